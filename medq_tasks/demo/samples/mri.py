"""MRI degradations, made where they arise: in k-space, in the coil's sensitivity, or in the complex signal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from medq_tasks.demo.samples.base_pictures import Picture, Pixels


def undersampling(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Only every ``factor``-th phase-encoding line outside a fully sampled ``centre`` share: folded-over copies."""
    space = _to_k_space(picture.pixels)
    lines = space.shape[0]
    factor = int(parameters["factor"])
    kept = (np.arange(lines) + int(rng.integers(factor))) % factor == 0
    centre = np.abs(np.arange(lines) - lines // 2) < parameters["centre"] * lines / 2
    # Kept outer lines stand for their missing neighbours, as in a zero-filled scan that is weighted by density.
    weight = np.where(centre, 1.0, np.where(kept, float(factor), 0.0))
    return _magnitude(space * weight[:, None])


def motion(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """The subject shifts ``pixels`` to and fro (breathing) while lines are read: phase errors, hence ghosts."""
    space = _to_k_space(picture.pixels)
    lines = space.shape[0]
    frequency = np.fft.fftshift(np.fft.fftfreq(lines))
    cycles = rng.uniform(9.0, 14.0)
    time = np.arange(lines) / lines
    shift = parameters["pixels"] * np.sin(2 * np.pi * cycles * time + rng.uniform(0, 2 * np.pi))
    shift += 0.3 * parameters["pixels"] * rng.standard_normal(lines)
    return _magnitude(space * np.exp(-2j * np.pi * frequency * shift)[:, None])


def bias_field(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """A smooth receive sensitivity that falls to ``darkest`` across the picture, as near a surface coil."""
    height, width = picture.pixels.shape
    rows, columns = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    coil_row, coil_column = 0.75 * np.sin(angle), 0.75 * np.cos(angle)
    distance = np.hypot(rows - coil_row, columns - coil_column) / 1.6
    sensitivity = parameters["darkest"] ** (distance**1.5)
    return np.asarray(np.clip(picture.pixels * sensitivity * parameters["gain"], 0.0, 1.0))


def noise(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Rician noise: Gaussian noise of ``sigma`` (share of white) in both parts of the complex signal."""
    real, imaginary = parameters["sigma"] * rng.standard_normal((2, *picture.pixels.shape))
    return np.asarray(np.clip(np.hypot(picture.pixels + real, imaginary), 0.0, 1.0))


def _to_k_space(pixels: Pixels) -> NDArray[np.complex128]:
    return np.asarray(np.fft.fftshift(np.fft.fft2(np.fft.ifftshift(pixels))))


def _magnitude(space: NDArray[np.complex128]) -> Pixels:
    image = np.abs(np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(space))))
    return np.clip(np.asarray(image, dtype=np.float64), 0.0, 1.0)
