"""Measures of light and colour: illumination, contrast, exposure, reflections, colour cast, staining."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, label, white_tophat

from medq_tasks.demo.baseline.canvas import Canvas, Floats


def light_slope(canvas: Canvas) -> float:
    """How many times brighter one side is than the other, as a natural logarithm.

    A plane fitted to the logarithm of the smoothed brightness over the field; its rise across the field.
    """
    smooth, field = _smooth_light(canvas)[::4, ::4], canvas.field[::4, ::4]  # smooth: a sixteenth of it says it all
    if field.sum() < 3:
        return 0.0
    rows, columns = np.mgrid[-1.0 : 1.0 : field.shape[0] * 1j, -1.0 : 1.0 : field.shape[1] * 1j]
    design = np.column_stack([np.ones(int(field.sum())), rows[field], columns[field]])
    _, down, across = np.linalg.lstsq(design, np.log(smooth[field] + 0.02), rcond=None)[0]
    return float(2.0 * np.hypot(down, across))


def _smooth_light(canvas: Canvas) -> Floats:
    """Brightness smoothed inside the field only, over an eighth of the picture."""
    size = canvas.side / 8.0
    weight = gaussian_filter(canvas.field.astype(np.float64), size)
    return np.asarray(gaussian_filter(canvas.grey * canvas.field, size) / np.maximum(weight, 1e-3))


def contrast(canvas: Canvas) -> float:
    """Spread of brightness inside the field: 95th minus 5th percentile."""
    low, high = np.quantile(canvas.grey[canvas.core], [0.05, 0.95])
    return float(high - low)


def saturation(canvas: Canvas) -> float:
    """Mean colourfulness inside the field: (largest - smallest channel) / largest."""
    colours = canvas.rgb[canvas.field]
    return float(((colours.max(axis=1) - colours.min(axis=1)) / (colours.max(axis=1) + 0.02)).mean())


def brightness(canvas: Canvas) -> float:
    """Mean brightness inside the field."""
    return float(canvas.grey[canvas.field].mean())


def clipped(canvas: Canvas) -> float:
    """Share of the field in which a channel is at its upper end."""
    return float((canvas.rgb[canvas.field].max(axis=1) > 0.985).mean())


def spots(canvas: Canvas) -> float:
    """Area share of small white spots: what a white top-hat of a twelfth of the picture keeps of the palest channel."""
    palest = canvas.rgb.min(axis=2)
    reach = max(5, canvas.side // 12)
    peaks = white_tophat(palest, size=(reach, reach))
    found, count = label((peaks > 0.25) & (palest > 0.6) & canvas.field)
    if count == 0:
        return 0.0
    sizes = np.bincount(found.ravel())[1:]
    return float(sizes[sizes >= 4].sum() / canvas.field.sum())


def redness(canvas: Canvas) -> float:
    """Share of red in the mean colour of the field (a third is grey): tissue seen by white light is red."""
    mean = canvas.rgb[canvas.field].mean(axis=0)
    return float(mean[0] / (mean.sum() + 0.02))


def blueness(canvas: Canvas) -> float:
    """Blue minus the mean of red and green, mean over the field: above 0 a slide looks blue or violet."""
    mean = canvas.rgb[canvas.field].mean(axis=0)
    return float(mean[2] - (mean[0] + mean[1]) / 2.0)


def dark_band(canvas: Canvas) -> float:
    """Share of the field that is dark over more than fine structure: a fold, a thread, a blot."""
    smooth = gaussian_filter(canvas.grey, 4.0)[canvas.field]
    usual = float(np.quantile(smooth, 0.75))
    return float((smooth < 0.45 * usual).mean())
