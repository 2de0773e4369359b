"""Degradations of a stained slide and of its scan."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from medq_tasks.demo.samples.base_pictures import Picture, Pixels


def stain_shift(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Wrong staining: haematoxylin and DAB optical densities times ``gain`` and its inverse (HED colour space)."""
    from skimage.color import hed2rgb, rgb2hed

    stains = np.asarray(rgb2hed(np.clip(picture.pixels, 1e-6, 1.0)))
    gain = parameters["gain"]
    stains[..., 0] = stains[..., 0] * gain + parameters["background"]
    stains[..., 1] = stains[..., 1] + parameters["background"] * 0.6
    stains[..., 2] = stains[..., 2] / gain
    return np.clip(np.asarray(hed2rgb(stains), dtype=np.float64), 0.0, 1.0)


def compression(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """JPEG at ``quality``, the coder's own 8 x 8 blocks and colour subsampling."""
    packed = io.BytesIO()
    Image.fromarray(np.rint(picture.pixels * 255).astype(np.uint8)).save(
        packed, "JPEG", quality=int(parameters["quality"]), subsampling=2
    )
    with Image.open(packed) as opened:
        return np.asarray(opened.convert("RGB"), dtype=np.float64) / 255.0


def air_bubble(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """``count`` air bubbles of about ``radius`` pixels under the cover slip: dark refracting rim, milky inside."""
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    result = picture.pixels.copy()
    hazy = gaussian_filter(picture.pixels, (2.2, 2.2, 0)) * 0.72 + 0.25
    for _ in range(int(parameters["count"])):
        row, column = rng.uniform(0.2, 0.8) * height, rng.uniform(0.2, 0.8) * width
        radius = parameters["radius"] * rng.uniform(0.85, 1.15)
        squash = rng.uniform(0.85, 1.0)
        distance = np.hypot(rows - row, (columns - column) * squash) / radius
        inside = np.clip((1.0 - distance) * radius / 2.0, 0.0, 1.0)[..., None]
        result = result * (1.0 - inside) + hazy * inside
        rim = np.exp(-(((distance - 1.0) * radius / 1.9) ** 2))[..., None]
        glint = np.exp(-(((distance - 1.0) * radius / 2.0 + 2.6) ** 2))[..., None]
        result = result * (1.0 - 0.62 * rim) + 0.45 * glint * (1.0 - result)
    return np.clip(result, 0.0, 1.0)


def tissue_fold(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """A ragged band of about ``width`` pixels where ``layers`` of the section lie on each other (Beer-Lambert)."""
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    angle = rng.uniform(0, np.pi)
    across = (columns - width / 2) * np.sin(angle) - (rows - height / 2) * np.cos(angle)
    across += (
        rng.uniform(-0.2, 0.2) * width + _field(rng, (height, width), 30.0, 9.0) + _field(rng, (height, width), 6, 1)
    )
    half = 0.5 * parameters["width"] * (1.0 + _field(rng, (height, width), 40.0, 0.3))
    band = np.clip((half - np.abs(across)) / 7.0 + 0.5, 0.0, 1.0)[..., None]
    density = -np.log(np.clip(picture.pixels, 0.02, 1.0))
    typical = np.quantile(density, 0.6, axis=(0, 1))  # the layer that folds over brings tissue of its own
    extra = 0.5 * gaussian_filter(density, (2, 2, 0)) + 0.5 * typical
    folded = np.exp(-(density + (parameters["layers"] - 1.0) * extra))
    return np.asarray(np.clip(picture.pixels * (1.0 - band) + folded * band, 0.0, 1.0))


def _field(rng: np.random.Generator, shape: tuple[int, int], size: float, spread: float) -> NDArray[np.float64]:
    """A smooth random field of mean about 0, correlated over ``size`` pixels, with standard deviation ``spread``."""
    smooth = gaussian_filter(rng.standard_normal(shape), size)
    return np.asarray(spread * smooth / smooth.std())
