"""How far one JPEG pass moves the pixels of the sample set, by modality and severity.

    python -m benchmarks.measure_jpeg                           # quality 85 and 75; about 10 seconds
    python -m benchmarks.measure_jpeg --write docs/pixels.md    # and put the tables into the page

For each distinct picture of the three tables of medq_mini: PSNR and SSIM between the picture and its JPEG copy
(Pillow's encoder, as lmms-eval calls it), and the estimated noise before and after. Figures are
medians over pictures, but for the worst PSNR and the range of the change of noise.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.__main__ import put
from medq_tasks.demo import samples
from medq_tasks.demo.samples import design
from medq_tasks.demo.samples.build import render
from medq_tasks.demo.samples.shot import Shot
from medq_tasks.fidelity.picture_change import psnr, ssim
from medq_tasks.pixels import hand_over
from medq_tasks.records import MODALITIES, SEVERITIES

QUALITIES = [85, 75]  # what lmms-eval's backends encode at


@dataclass(frozen=True)
class Measured:
    """One picture after one JPEG pass. ``noise``: grey levels of standard deviation, before and after."""

    modality: str
    severity: str
    quality: int
    psnr: float
    ssim: float
    noise: tuple[float, float]


def shots(seed: int) -> list[Shot]:
    """The distinct pictures of the three tables."""
    pairs = (shot for item in design.comparison(seed) for shot in (item.first, item.second))
    singles = (item.shot for item in (*design.perception(seed), *design.no_reference(seed)))
    return list(dict.fromkeys(itertools.chain(singles, pairs)))


def noise_level(picture: NDArray[np.uint8]) -> float:
    """Estimated standard deviation of the noise in grey levels, mean over the channels; 0 below 3 x 3 pixels.

    Immerkaer 1996 ("Fast noise variance estimation"): the mean absolute response to the difference of two Laplacians,
    which ramps and straight edges pass without trace. A median of it would not do: the 8-bit levels and the black
    surround of most medical pictures make that 0 or one of a few steps.
    """
    values = picture.astype(np.float64)
    lines = values[:-2] - 2 * values[1:-1] + values[2:]
    response = lines[:, :-2] - 2 * lines[:, 1:-1] + lines[:, 2:]
    return float(math.sqrt(math.pi / 2) / 6 * np.mean(np.abs(response))) if response.size else 0.0


def measure(quality: list[int]) -> Iterator[Measured]:
    for shot in shots(samples.SEED):
        image = Image.fromarray(render(shot, samples.SEED)).convert("RGB")
        before = np.asarray(image)
        for level in quality:
            after = np.asarray(hand_over(image, f"jpeg{level}"))
            noise = (noise_level(before), noise_level(after))
            yield Measured(shot.modality, shot.severity, level, psnr(before, after), ssim(before, after), noise)


def row(name: str, group: list[Measured]) -> str:
    median = statistics.median
    changes = [one.noise[1] / one.noise[0] - 1 for one in group]
    cells = [
        name,
        str(len(group)),
        f"{median(one.psnr for one in group):.1f}",
        f"{min(one.psnr for one in group):.1f}",
        f"{median(one.ssim for one in group):.4f}",
        *(f"{median(one.noise[side] for one in group):.2f}" for side in (0, 1)),
        f"{min(changes):+.0%} to {max(changes):+.0%}",
    ]
    return f"| {' | '.join(cells)} |"


def table(found: list[Measured], quality: int) -> Iterator[str]:
    yield f"Quality {quality}:\n"
    yield "| pictures | number | PSNR dB | worst PSNR | SSIM | noise before | noise after | change of noise |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    chosen = [one for one in found if one.quality == quality]
    for modality, severity in itertools.product(MODALITIES, SEVERITIES):
        group = [one for one in chosen if (one.modality, one.severity) == (modality, severity)]
        if group:
            yield row(f"{modality}, {severity}", group)
    yield row("all", chosen)
    equal = sum(math.isinf(one.psnr) for one in chosen)
    yield f"\n{equal} of {len(chosen)} pictures kept every pixel.\n"


def tables(quality: list[int]) -> str:
    found = list(measure(quality))
    return "\n".join(line for level in quality for line in table(found, level))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", type=int, nargs="+", default=QUALITIES, help="JPEG qualities, 1 to 95")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into this page, between its marks")
    given = parser.parse_args()
    shown = tables(given.quality)
    print(shown)
    if given.write:
        put(given.write, "measure_jpeg", f"{shown}\n")


if __name__ == "__main__":
    main()
