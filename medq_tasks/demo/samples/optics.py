"""Degradations of photographs through a lens: fundus camera and endoscope."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label
from scipy.signal import fftconvolve

from medq_tasks.demo.samples.base_pictures import Picture, Pixels


def defocus(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """The blur disc of a lens out of focus, ``radius`` in pixels."""
    reach = int(np.ceil(parameters["radius"])) + 1
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(parameters["radius"] + 0.5 - np.hypot(rows, columns), 0.0, 1.0)
    return _blur(picture.pixels, disc)


def motion_blur(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """The camera moves ``length`` pixels in a straight line while the shutter is open."""
    reach = int(np.ceil(parameters["length"] / 2)) + 1
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    angle = rng.uniform(0, np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    across = -rows * np.cos(angle) + columns * np.sin(angle)
    line = np.clip(parameters["length"] / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1.0 - np.abs(across), 0, 1)
    return _blur(picture.pixels, line)


def uneven_light(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """The light misses one side: brightness falls smoothly to ``darkest`` there."""
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = (rows * np.sin(angle) + columns * np.cos(angle)) / 2.2 + 0.5
    share = np.clip(along, 0.0, 1.0)
    field = 1.0 - (1.0 - parameters["darkest"]) * share * share * (3.0 - 2.0 * share)
    return np.asarray(picture.pixels * field[..., None])


def low_contrast(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Stray light (haze, smoke, a cloudy lens): contrast shrinks to ``kept`` of it under a pale veil."""
    field = _field(picture.pixels)
    tint = picture.pixels[field].mean(axis=0)
    veil = 0.2 + 0.4 * tint + 0.4 * tint.mean()
    soft = gaussian_filter(field.astype(np.float64), 1.0)[..., None]  # the black surround stays black
    hazy = parameters["kept"] * picture.pixels + (1.0 - parameters["kept"]) * veil
    return np.asarray(np.clip(soft * hazy + (1.0 - soft) * picture.pixels, 0.0, 1.0))


def colour_cast(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """A wrong white balance: the red channel loses, the blue or the green one gains (``shift``, a share)."""
    shift = parameters["shift"]
    gains = np.array([1.0 - shift, 1.0, 1.0 + 2.0 * shift])
    if rng.random() < 0.5:
        gains = np.array([1.0 - shift, 1.0 + shift, 1.0])
    # Red tissue has so little green and blue that gains alone would not show; a wrong light also adds its own colour.
    added = 0.35 * np.maximum(gains - 1.0, 0.0) * picture.pixels.max(axis=2, keepdims=True)
    return np.asarray(np.clip((picture.pixels + added) * gains, 0.0, 1.0))


def specular(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """``count`` wet spots that mirror the lamp: small saturated ellipses with a soft glow, ``size`` in pixels."""
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    wet = np.argwhere(picture.pixels.max(axis=2) > 0.35)  # tissue near the lamp, not the depth of the lumen
    glare = np.zeros((height, width))
    for row, column in wet[rng.choice(len(wet), size=int(parameters["count"]), replace=False)]:
        angle, long = rng.uniform(0, np.pi), parameters["size"] * rng.uniform(0.5, 1.3)
        short = long * rng.uniform(0.35, 0.8)
        along = (rows - row) * np.sin(angle) + (columns - column) * np.cos(angle)
        across = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
        glare = np.maximum(glare, np.clip(1.6 - np.hypot(along / long, across / short), 0.0, 1.0))
    glare = np.clip(glare + 0.25 * gaussian_filter(glare, parameters["size"]), 0.0, 1.0)
    glare = (glare * _field(picture.pixels))[..., None]
    lit: Pixels = np.clip(picture.pixels * (1.0 - glare) + glare, 0.0, 1.0)
    return lit


def overexposure(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Too much light: ``gain`` times the signal, cut off at white."""
    return np.clip(picture.pixels * parameters["gain"], 0.0, 1.0)


def _field(pixels: Pixels) -> NDArray[np.bool_]:
    """Where the camera sees: everything but the black surround that touches the border of the picture."""
    regions, _ = label(pixels.max(axis=2) < 0.08)
    border = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    return ~np.isin(regions, border[border > 0])


def _blur(pixels: Pixels, kernel: NDArray[np.float64]) -> Pixels:
    """Blur inside the field of view only: the field stop lies in the camera and stays sharp."""
    field = _field(pixels).astype(np.float64)[..., None]
    reach = kernel.shape[0] // 2
    stacked = np.concatenate([pixels * field, field], axis=2)
    padded = np.pad(stacked, [(reach, reach), (reach, reach), (0, 0)], mode="reflect")
    blurred = fftconvolve(padded, (kernel / kernel.sum())[..., None], mode="valid", axes=(0, 1))
    inside = blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-6)
    return np.clip(np.where(field > 0, inside, pixels), 0.0, 1.0)
