"""A drawn endoscopy scene: no freely usable endoscopy picture ships in a wheel, so this one is simulated.

It looks down a tube: mucosa with folds, a dark lumen, branching vessels, fine texture, light that falls off with
depth and towards the rim, and the black surround of an endoscope. It is not a recording and is never called one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

_MUCOSA = np.array([0.93, 0.55, 0.46])
_DEEP = np.array([0.62, 0.20, 0.16])  # blood-rich colour of vessels and of the depth of folds
_CALIBRES = (1.6, 1.1, 0.75)  # half widths of vessels in pixels, from trunk to twig


def draw(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """An RGB scene (side, side, 3) from 0 to 1."""
    rows, columns = np.mgrid[-1.0 : 1.0 : side * 1j, -1.0 : 1.0 : side * 1j]
    centre_x, centre_y = rng.uniform(-0.3, 0.3, size=2)
    radius, angle = np.hypot(rows - centre_y, columns - centre_x), np.arctan2(rows - centre_y, columns - centre_x)
    wobbly = radius * _wobble(angle, rng)
    light = _folds(wobbly, angle, rng) * _smoothstep(wobbly, 0.02, 0.62)
    light *= 1.0 - 0.25 * np.hypot(rows, columns) ** 2
    depth = _vessels(side, rng) * _smoothstep(wobbly, 0.25, 0.6)
    depth = np.clip(depth + 0.5 * (1.0 - _smoothstep(wobbly, 0.1, 0.55)), 0.0, 1.0)
    colour = _MUCOSA * (1.0 - depth[..., None]) + _DEEP * depth[..., None]
    picture = colour * (light * _texture(side, rng))[..., None]
    inside = _smoothstep(-np.hypot(rows, columns), -1.16, -1.14)
    return np.clip(picture * inside[..., None], 0.0, 1.0)


def _smoothstep(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _wobble(angle: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A closed outline that is not quite a circle: a few low harmonics of the angle."""
    outline = np.ones_like(angle)
    for harmonic in (2, 3, 5):
        outline += rng.uniform(0.03, 0.10) * np.cos(harmonic * angle + rng.uniform(0, 2 * np.pi))
    return outline


def _folds(radius: NDArray[np.float64], angle: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Light on ring-shaped folds: a slow rise towards the viewer, then a quick fall behind each crest."""
    bend = 0.12 * np.sin(angle * 3 + rng.uniform(0, 2 * np.pi))
    phase = (1.7 * np.log(radius + 0.12) + bend + rng.uniform(0, 1)) % 1.0
    crest = np.where(phase < 0.82, phase / 0.82, (1.0 - phase) / 0.18)
    return np.asarray(0.62 + 0.34 * gaussian_filter(crest, 1.2))


def _texture(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fine mucosal pattern: smooth random fields of a few sizes, about 6 % of the brightness."""
    field = np.ones((side, side))
    for size, share in ((0.9, 0.028), (2.5, 0.022), (12.0, 0.03)):
        smooth = gaussian_filter(rng.standard_normal((side, side)), size)
        field += share * smooth / smooth.std()
    return field


def _vessels(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Branching vessels as opacity (0 to 0.75): walks that turn a little at each step and now and then fork."""
    lines = np.zeros((len(_CALIBRES), side, side))
    branches = [(rng.uniform(0, side, 2), float(rng.uniform(0, 2 * np.pi)), number % 2, 170) for number in range(9)]
    while branches:
        place, heading, calibre, steps = branches.pop()
        for step in range(steps):
            heading += float(rng.normal(0.0, 0.13))
            place = place + np.array([np.sin(heading), np.cos(heading)]) * 0.8
            row, column = int(place[0]), int(place[1])
            if not (0 <= row < side and 0 <= column < side):
                break
            lines[calibre, row, column] = 1.0
            if calibre < 2 and step > 20 and rng.random() < 0.012:
                turn = float(rng.choice([-0.7, 0.7]))
                branches.append((place.copy(), heading + turn, calibre + 1, int(steps * 0.6)))
    opacity = [
        gaussian_filter(line, width) * width * 2.9 for line, width in zip(lines, _CALIBRES, strict=True)
    ]  # a blurred line peaks at 0.4 / width
    return np.asarray(0.75 * np.clip(np.max(opacity, axis=0), 0.0, 1.0))
