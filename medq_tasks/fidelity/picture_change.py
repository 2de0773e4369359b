"""How far two pictures are apart, and whether a resize alone explains it. Arrays are RGB, 8 bit, height x width x 3."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

# What processors resize with; the first that explains a picture exactly is named.
_FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
}
_WINDOW = 7  # side of the SSIM window, scikit-image's default


@dataclass(frozen=True)
class PictureChange:
    """What became of one picture. ``psnr`` is in dB, infinite for equal pixels; ``ssim`` is 1 for equal pixels.

    A picture of another size is compared with the original resized to that size; ``resized_with`` names the filter
    that comes closest ("" when the size is the same), and ``same`` says whether it explains every pixel.
    """

    same: bool
    psnr: float
    ssim: float
    resized_with: str = ""


def compare(original: Pixels, received: Pixels) -> PictureChange:
    """Compare what a backend received with the original."""
    if original.shape == received.shape:
        return PictureChange(bool((original == received).all()), psnr(original, received), ssim(original, received))
    picture, (height, width) = Image.fromarray(original), received.shape[:2]
    candidates = {name: np.asarray(picture.resize((width, height), method)) for name, method in _FILTERS.items()}
    best = max(candidates, key=lambda name: psnr(candidates[name], received))
    return PictureChange(
        bool((candidates[best] == received).all()),
        psnr(candidates[best], received),
        ssim(candidates[best], received),
        best,
    )


def psnr(first: Pixels, second: Pixels) -> float:
    """Peak signal-to-noise ratio in dB over all three channels, peak 255; infinite for equal arrays."""
    error = float(np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def ssim(first: Pixels, second: Pixels) -> float:
    """Mean structural similarity (Wang et al. 2004), scikit-image's defaults; NaN for a picture below 3 pixels."""
    if (first == second).all():
        return 1.0
    from skimage.metrics import structural_similarity

    side = min(_WINDOW, *first.shape[:2])
    window = side - 1 + side % 2
    if window < 3:
        return math.nan
    return float(structural_similarity(first, second, channel_axis=2, data_range=255, win_size=window))
