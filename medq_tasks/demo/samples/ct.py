"""CT degradations, made where they arise: in the projections, before filtered back-projection.

Each function returns the degraded slice as shown (0 to 1). Filtered back-projection is linear, so only the
*change* of the projections is reconstructed and added to the original slice: a picture without degradation is
exactly the original one, and reconstruction itself adds no blur that would give the degraded ones away.

A wide window hides what a narrow one shows. Doses and gain errors are given for a window of 400 Hounsfield units and
scaled to the window in use, so that mild looks equally mild in a brain window and in a bone window.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from medq_tasks.demo.samples.base_pictures import CtSlice, Picture, Pixels

VIEWS = 240  # projections over 180 degrees, about the number of pixels across: none of the streaks are ours
WATER = 0.0193  # attenuation of water per mm at about 70 keV (NIST XCOM)
WINDOW = 400.0  # Hounsfield units: the window width for which the parameter tables are written


def low_dose(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Poisson noise of the detected photons; ``photons`` is the count behind the densest ray."""
    ct = _slice(picture)
    lines = _projections(ct)
    photons = parameters["photons"] * (WINDOW / ct.window[1]) ** 2
    expected = photons * np.exp(lines.max() - lines)
    detected = np.maximum(rng.poisson(expected), 0.5)  # a dead ray still has a finite logarithm
    return _shown(ct, np.log(expected / detected))


def sparse_view(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Only ``views`` projections instead of VIEWS: fine straight streaks all over."""
    ct = _slice(picture)
    lines = _projections(ct)
    step = round(VIEWS / parameters["views"])
    first = int(rng.integers(step))
    change = _reconstruct(lines[:, first::step], _angles()[first::step]) - _reconstruct(lines, _angles())
    return _with_change(ct, change)


def metal(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Metal discs of ``radius_mm``: rays through them saturate (beam hardening, starved detector) at ``ceiling``."""
    ct = _slice(picture)
    lines = _projections(ct)
    metal_lines = np.zeros_like(lines)
    for row, column in _places(ct, int(parameters["discs"]), rng):
        metal_lines += _disc_lines(lines.shape[0], row, column, parameters["radius_mm"] / ct.pixel_mm) * ct.pixel_mm
    metal_lines *= WATER * 9.0  # titanium to steel: roughly 8000 Hounsfield units above water
    true_lines = lines + metal_lines
    ceiling = lines.max() + parameters["ceiling"]
    measured = np.where(metal_lines > 0, np.minimum(true_lines, ceiling), true_lines)
    starved = np.where(metal_lines > 0, parameters["jitter"] * rng.standard_normal(lines.shape), 0.0)
    return _shown(ct, measured + starved - lines)


def ring(picture: Picture, parameters: Mapping[str, float], rng: np.random.Generator) -> Pixels:
    """Detector channels with a wrong gain, the same at every angle: rings round the centre of rotation."""
    ct = _slice(picture)
    channels = ct.hounsfield.shape[0]
    faulty = rng.random(channels) < parameters["share"]
    size = parameters["gain"] * ct.window[1] / WINDOW
    gain = np.where(faulty, size * rng.standard_normal(channels), 0.0)
    return _shown(ct, np.repeat(gain[:, None], VIEWS, axis=1))


# --- projection and reconstruction ----------------------------------------------------------------------------------


def _slice(picture: Picture) -> CtSlice:
    if picture.ct is None:
        raise ValueError("a CT degradation needs a picture with a CT slice")
    return picture.ct


def _angles() -> NDArray[np.float64]:
    return np.linspace(0.0, 180.0, VIEWS, endpoint=False)


def _projections(ct: CtSlice) -> NDArray[np.float64]:
    """Line integrals (detector channel, angle) of the slice, no unit: attenuation per mm times mm."""
    from skimage.transform import radon

    attenuation = WATER * np.clip(1.0 + ct.hounsfield / 1000.0, 0.0, None)
    side = attenuation.shape[0]
    rows, columns = np.mgrid[:side, :side] - side // 2
    attenuation = np.where(np.hypot(rows, columns) < side / 2 - 1, attenuation, 0.0)
    lines = np.asarray(radon(attenuation, theta=_angles(), circle=True), dtype=np.float64) * ct.pixel_mm
    return lines


def _reconstruct(lines: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.float64]:
    from skimage.transform import iradon

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(iradon(lines, theta=angles, circle=True, filter_name="shepp-logan"), dtype=np.float64)


def _shown(ct: CtSlice, change_of_lines: NDArray[np.float64]) -> Pixels:
    return _with_change(ct, _reconstruct(change_of_lines, _angles()))


def _with_change(ct: CtSlice, attenuation: NDArray[np.float64]) -> Pixels:
    return ct.show(ct.hounsfield + attenuation / ct.pixel_mm / WATER * 1000.0)


def _places(ct: CtSlice, count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Places inside tissue, as (row, column) from the centre, well inside the field of view."""
    side = ct.hounsfield.shape[0]
    rows, columns = np.mgrid[:side, :side] - side // 2
    inside = np.argwhere((ct.hounsfield > -100) & (np.hypot(rows, columns) < 0.22 * side)) - side // 2
    chosen = rng.choice(len(inside), size=count, replace=False)
    return [(float(row), float(column)) for row, column in inside[chosen]]


def _disc_lines(channels: int, row: float, column: float, radius: float) -> NDArray[np.float64]:
    """Chord lengths (pixels) through a disc, exact: 2 sqrt(r^2 - d^2), in the geometry of ``skimage``'s radon."""
    angles = np.deg2rad(_angles())
    centre = column * np.cos(angles) - row * np.sin(angles)
    distance = (np.arange(channels) - channels // 2)[:, None] - centre[None, :]
    return np.asarray(2.0 * np.sqrt(np.maximum(radius**2 - distance**2, 0.0)))
