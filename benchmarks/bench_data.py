"""How long a table takes, and how much memory: medq_tasks.data beside a plain pandas-load-and-decode loop.

    python benchmarks/bench_data.py                      # 1,300 rows of ~200 kB PNGs (350 MB TSV), and 1/4 of that
    python benchmarks/bench_data.py --rows 80 --growth 1 4   # a quick look

Every figure is taken in a process of its own, the table is made in a temporary folder, and the best of ``--repeat``
runs counts. "peak" is ru_maxrss of that process. Imports are timed apart: both sides need them once per run.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OFFICIAL_ROWS = 1300
SIDE = 282  # pixels: a PNG of about 200 kB
AIM_PEAK = 400  # MB
AIM_LOAD = 0.5  # seconds
AIM_RATIO = 1.05  # "no slower", within what repeated runs differ by
QUESTION = "Is there visible noise in this image?"


def make_table(folder: Path, rows: int) -> None:
    """An official QA table of distinct noisy PNGs, as a scanner's pictures are: the file is hardly compressible."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(2510)
    ramp = np.linspace(40, 200, SIDE)[None, :, None]
    with (folder / "medqbench_QA_test.tsv").open("w", encoding="utf-8", newline="") as file:
        file.write("index\timage\tquestion\tA\tB\tC\tD\tanswer\tmodality\tquestion_type\r\n")
        for row in range(rows):
            pixels = np.clip(ramp + rng.normal(0, 14, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            packed = io.BytesIO()
            Image.fromarray(pixels).save(packed, "PNG")
            image = base64.b64encode(packed.getvalue()).decode("ascii")
            file.write(f"{row}\t{image}\t{QUESTION}\tYes\tNo\t\t\t{'AB'[row % 2]}\tCT\tYes-or-No\r\n")


def settings(folder: Path) -> Any:
    from medq_tasks.settings import Settings

    return Settings.from_env({"MEDQ_DATA_DIR": str(folder), "MEDQ_CACHE_DIR": str(folder / "cache")})


def first_preparation(folder: Path) -> Callable[[], object]:
    """The table is read, every picture checked, the Arrow table written."""
    import shutil

    import PIL.Image  # noqa: F401  (what preparing imports, so that it is timed apart here too)
    import pyarrow  # noqa: F401

    from medq_tasks.data import prepare

    shutil.rmtree(folder / "cache", ignore_errors=True)
    return lambda: prepare("perception", "test", settings(folder))


def later_load(folder: Path) -> Callable[[], object]:
    """What every later run does: find the prepared table, map it into memory, read one row."""
    import datasets

    from medq_tasks.data import prepare

    return lambda: datasets.load_from_disk(str(prepare("perception", "test", settings(folder)).path))["test"][0]


def hand_over(folder: Path) -> Callable[[], object]:
    """Later load, then every prompt and every picture as the harness's hooks give them to a backend."""
    import datasets

    from medq_tasks.data import prepare
    from medq_tasks.harness import inputs

    def run() -> None:
        table = datasets.load_from_disk(str(prepare("perception", "test", settings(folder)).path))["test"]
        for doc in table:
            inputs.doc_to_text(doc)
            inputs.doc_to_visual(doc)

    return run


def plain_load(folder: Path) -> Callable[[], object]:
    """The plain way to have the table: pandas, every time again."""
    import pandas as pd

    return lambda: pd.read_csv(folder / "medqbench_QA_test.tsv", sep="\t")


def plain_loop(folder: Path) -> Callable[[], object]:
    """The plain way to have prompts and pixels: pandas, then base64 and Pillow row by row."""
    import pandas as pd
    from PIL import Image

    def run() -> None:
        table = pd.read_csv(folder / "medqbench_QA_test.tsv", sep="\t")
        for row in table.itertuples():
            _ = "\n".join([str(row.question), *(f"{letter}. {getattr(row, letter)}" for letter in "ABCD")])
            Image.open(io.BytesIO(base64.b64decode(row.image))).convert("RGB")

    return run


def decode_once(folder: Path) -> Callable[[], object]:
    """Nothing but Pillow: the files' bytes, already in hand, decoded to RGB one after the other."""
    from PIL import Image

    from medq_tasks.data import open_table, prepare

    table = open_table(prepare("perception", "test", settings(folder)).path)
    pictures = [table.images(row)[0] for row in range(len(table))]

    def run() -> None:
        for data in pictures:
            Image.open(io.BytesIO(data)).convert("RGB")

    return run


JOBS: dict[str, Callable[[Path], Callable[[], object]]] = {
    job.__name__: job for job in (first_preparation, later_load, hand_over, plain_load, plain_loop, decode_once)
}


def measure(job: str, folder: Path) -> dict[str, float]:
    """Seconds of imports and of the job, and this process's peak memory in MB."""
    start = time.perf_counter()
    run = JOBS[job](folder)
    ready, worked = time.perf_counter(), time.process_time()
    run()
    end, done = time.perf_counter(), time.process_time()
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {"imports": ready - start, "seconds": end - ready, "cpu": done - worked, "peak": peak / 1e6}


def measure_all(folder: Path, repeat: int) -> dict[str, dict[str, float]]:
    """The best of several runs of each job; each figure by itself. The jobs take turns, so that a busy minute of the
    machine does not fall on one of them alone."""
    found: dict[str, list[dict[str, float]]] = {job: [] for job in JOBS}
    for _ in range(repeat):
        for job, runs in found.items():
            command = [sys.executable, __file__, "--job", job, "--folder", str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    return {job: {name: min(run[name] for run in runs) for name in runs[0]} for job, runs in found.items()}


def show(rows: int, size: float, found: dict[str, dict[str, float]]) -> None:
    print(f"\n{rows} rows, TSV of {size:.0f} MB")
    print(f"{'':20}{'seconds':>10}{'cpu s':>10}{'imports':>10}{'peak MB':>10}   beside the plain way")
    beside = {
        "first_preparation": ("plain_loop", "pandas-load-and-decode loop"),
        "later_load": ("plain_load", "pandas load"),
        "hand_over": ("decode_once", "decoding the PNGs once"),
    }
    for job, one in found.items():
        words = ""
        if job in beside:
            other, name = beside[job]
            words = f"{one['seconds'] / found[other]['seconds']:.3g} x {name}"
        print(
            f"{job:20}{one['seconds']:>10.3f}{one['cpu']:>10.3f}{one['imports']:>10.2f}{one['peak']:>10.0f}   {words}"
        )


def show_aims(found: dict[str, dict[str, float]]) -> None:
    """What was aimed at for the official size. hand_over's peak counts mapped pages, which the system takes back."""
    ratio = found["hand_over"]["seconds"] / found["decode_once"]["seconds"]
    for text, value, aim in (
        ("peak memory of the first preparation, MB", found["first_preparation"]["peak"], AIM_PEAK),
        ("later load, s (imports apart)", found["later_load"]["seconds"], AIM_LOAD),
        ("hand-over beside decoding the PNGs once", ratio, AIM_RATIO),
    ):
        print(f"{text}: {value:.3g}, aim below {aim:g}: {'met' if value < aim else 'NOT met'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=OFFICIAL_ROWS // 4, help="rows of the smallest table")
    parser.add_argument("--growth", type=int, nargs="+", default=[1, 4], help="multiples of it to measure")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--job", choices=list(JOBS), help=argparse.SUPPRESS)
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.job:
        print(json.dumps(measure(chosen.job, chosen.folder)))
        return
    if chosen.make:
        make_table(chosen.folder, chosen.make)
        return
    for times in chosen.growth:
        rows = chosen.rows * times
        with tempfile.TemporaryDirectory(prefix="medq-bench-") as name:
            folder = Path(name)
            # In a process of its own too: a child's ru_maxrss starts from what its parent held.
            subprocess.run([sys.executable, __file__, "--make", str(rows), "--folder", name], check=True)
            size = (folder / "medqbench_QA_test.tsv").stat().st_size / 1e6
            found = measure_all(folder, chosen.repeat)
            show(rows, size, found)
    print()
    show_aims(found)


if __name__ == "__main__":
    main()
