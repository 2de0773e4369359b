"""All measures of a picture by name: classical no-reference image quality, no weights, no learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from medq_tasks.demo.baseline import artefacts, detail, tone
from medq_tasks.demo.baseline.canvas import Canvas, prepare

Measures = dict[str, float]

MEASURES: Mapping[str, Callable[[Canvas], float]] = {
    function.__name__: function
    for function in (
        detail.noise,
        detail.fine_share,
        detail.heavy_tails,
        detail.direction,
        detail.lines,
        detail.blockiness,
        tone.light_slope,
        tone.contrast,
        tone.saturation,
        tone.brightness,
        tone.clipped,
        tone.spots,
        tone.redness,
        tone.blueness,
        tone.dark_band,
        artefacts.rings,
        artefacts.streaks,
        artefacts.comb,
        artefacts.echo,
        artefacts.circles,
    )
}


def measure(rgb: NDArray[np.uint8]) -> Measures:
    """Every measure of an 8 bit RGB picture (height, width, 3) of any size, each a finite number.

    Raises:
        ValueError: the array is not (height, width, 3), or is empty.
    """
    canvas = prepare(rgb)
    found = {name: float(function(canvas)) for name, function in MEASURES.items()}
    found["is_grey"] = float(canvas.is_grey)
    return {name: value if np.isfinite(value) else 0.0 for name, value in found.items()}
