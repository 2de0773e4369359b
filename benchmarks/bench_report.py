"""What a report costs: reading runs, their numbers, the page, and how long a browser takes to open and to filter it.

    python -m benchmarks report [--quick]

Two runs of the whole test split (1,305 + 221 + 133 items, so 3,318 answers) and of eight times that, without pictures;
one with a 512 x 512 picture per question; and what `medq view` takes until its address is there, and holds in memory,
for 3,318 and 24,885 answers. The browser's times are taken where chromium and its driver are installed.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # the run factory of the tests

import numpy as np
from PIL import Image

from medq_tasks.data import prepare
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.page import write_page
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from medq_tasks.settings import Settings
from tests.runs import factory

SIZES = {"medq_perception": 1305, "medq_reasoning_no_reference": 221, "medq_reasoning_comparison": 133}
REPLY = "The image shows fine grain in the dark parts and soft edges; contrast is fair. " * 8  # about 600 characters
AIM_BUILD, AIM_OPEN = 10.0, 1.0  # seconds, x1 without pictures; "builds in seconds and opens fast"


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times[name] = time.perf_counter() - start


def write(folder: Path, growth: int, table: str = factory.TABLE, model: str = "o/one", every: int = 3) -> Path:
    """A run of ``growth`` test splits with replies of realistic length; each ``every``-th choice is wrong."""
    perception = [
        factory.perception(n, right=n % every > 0, reply=REPLY, table=table)
        for n in range(growth * SIZES["medq_perception"])
    ]
    tasks: dict[str, Any] = {"medq_perception": perception}
    for name, kind in (("medq_reasoning_no_reference", "no_reference"), ("medq_reasoning_comparison", "comparison")):
        tasks[name] = [
            factory.reasoning(n, kind, scores=[n % every, 1, 2, n % 2], reply=REPLY)
            for n in range(growth * SIZES[name])
        ]
    return factory.write_run(folder, tasks, model_args=f"pretrained={model}")


def build(run: Path, page: Path, pictures: PictureMode, settings: Settings) -> dict[str, float]:
    times: dict[str, float] = {}
    with timed(times, "read"):
        runs = load_runs([run])
    with timed(times, "numbers"):
        found = summarise(runs)
        boards = leaderboards(found, runs)
    with timed(times, "page"):
        write_page(page, runs, found, boards, pictures=pictures, settings=settings)
    return times


def view(run: Path, settings: Settings, repeat: int) -> str:
    """What ``medq view`` costs: seconds until the address, until the page is usable, and memory (Linux)."""
    call = "import sys; from medq_tasks.cli import main; sys.argv = ['medq', *sys.argv[1:]]; main()"
    environment = {**os.environ, "MEDQ_CACHE_DIR": str(settings.cache_dir)}
    start = time.perf_counter()
    command = [sys.executable, "-c", call, "view", str(run), "--no-open"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as made:
        assert made.stdout is not None
        address = made.stdout.readline().strip()
        ready = time.perf_counter() - start
        opened = open_times(address, repeat)
        status = Path(f"/proc/{made.pid}/status")
        held = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
        made.kill()
    told = "no browser here" if opened is None else f"opens in {opened[0]:.2f} s"
    own = int(held["RssAnon"].split()[0]) / 1e3 if "RssAnon" in held else float("nan")
    return f"address after {ready:.2f} s; {told}; {own:.0f} MB of memory"


def open_times(page: str, repeat: int) -> tuple[float, float, float] | None:
    """Seconds until the page is usable (median), per step to the next sample, and per change of a filter (the slowest
    of ten); None without a browser."""
    driver_path = shutil.which("chromedriver")
    if driver_path is None:
        return None
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
    try:
        loads = []
        for _ in range(repeat):
            driver.get("about:blank")
            driver.get(page)
            loads.append(_opened(driver))
        step = driver.execute_script(
            "const start = performance.now(); const list = document.getElementById('list');"
            "const key = () => new KeyboardEvent('keydown', {key: 'j', bubbles: true});"
            "for (let n = 0; n < 100; n += 1) list.dispatchEvent(key());"
            "return (performance.now() - start) / 100"
        )
        filtering = driver.execute_script(
            "const outcome = document.getElementById('f-outcome'); const times = [];"
            "for (let n = 0; n < 10; n += 1) { const start = performance.now(); outcome.value = n % 2 ? '' : 'wrong';"
            "outcome.dispatchEvent(new Event('change', {bubbles: true})); times.push(performance.now() - start); }"
            "return Math.max(...times)"
        )
    finally:
        driver.quit()
    return statistics.median(loads) / 1000, float(step) / 1000, float(filtering) / 1000


def _opened(driver: Any) -> float:
    """Milliseconds from the navigation to a page that is complete and usable."""
    while True:  # the browser fills the entry in a moment after it says that the page is loaded
        complete = driver.execute_script("return performance.getEntriesByType('navigation')[0].domComplete")
        if complete:
            return float(complete)
        time.sleep(0.05)


def pictured(folder: Path, rows: int) -> tuple[Settings, str]:
    """A prepared perception table of ``rows`` 512 x 512 PNG files (about 200 kB each); its fingerprint prefix."""
    rng = np.random.default_rng(0)
    data = folder / "data"
    data.mkdir(parents=True)
    ramp = np.linspace(40, 200, 512)
    with (data / "medqbench_QA_test.tsv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["index", "image", "question", "A", "B", "answer"])
        for row in range(rows):
            pixels = np.clip(ramp[:, None] + rng.normal(0, 6, (512, 512)), 0, 255).astype(np.uint8)
            out = io.BytesIO()
            Image.fromarray(pixels).save(out, "PNG", compress_level=1)
            writer.writerow([row, base64.b64encode(out.getvalue()).decode(), "Is there noise?", "Yes", "No", "A"])
    settings = Settings.from_env({"MEDQ_DATA_DIR": str(data), "MEDQ_CACHE_DIR": str(folder / "cache")})
    return settings, prepare("perception", "test", settings).fingerprint[:16]


def line(name: str, times: dict[str, float], page: Path, opened: tuple[float, float, float] | None) -> None:
    told = "no browser here"
    if opened is not None:
        told = f"opens in {opened[0]:.2f} s, next sample {1000 * opened[1]:.1f} ms, filter {1000 * opened[2]:.0f} ms"
    parts = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in times.items())
    print(f"{name:<34} {sum(times.values()):6.2f} s ({parts}); {page.stat().st_size / 1e6:5.1f} MB; {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer pictures, one opening each")
    quick = parser.parse_args().quick
    repeat = 1 if quick else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nowhere = Settings.from_env({"MEDQ_CACHE_DIR": str(folder / "empty")})
        for growth in (1, 8):
            run, page = write(folder / f"x{growth}", growth), folder / f"x{growth}.html"
            write(run, growth, model="o/other", every=2)
            times = build(run, page, PictureMode.NONE, nowhere)
            opened = open_times(page.as_uri(), repeat)
            line(f"{2 * growth * sum(SIZES.values()):,} answers, no pictures", times, page, opened)
            if growth == 1:
                print(f"{'':<34} aim: builds in {AIM_BUILD:.0f} s, opens in {AIM_OPEN:.0f} s")
        pictures = 60 if quick else SIZES["medq_perception"]
        settings, table = pictured(folder / "pictured", pictures)
        run, page = write(folder / "p", 1, table), folder / "p.html"
        if pictures < SIZES["medq_perception"]:
            records = [factory.perception(n, right=True, reply=REPLY, table=table) for n in range(pictures)]
            run = factory.write_run(folder / "quick", {"medq_perception": records})
        times = build(run, page, PictureMode.EMBED, settings)
        line(f"{pictures:,} pictures of 512 x 512", times, page, open_times(page.as_uri(), repeat))
        print(f"{'medq view, the same':<34} {view(run, settings, repeat)}")
        for growth in (2, 15):
            large = write(folder / f"view{growth}", growth)
            name = f"medq view, {growth * sum(SIZES.values()):,} items"
            print(f"{name:<34} {view(large, nowhere, repeat)}", flush=True)


if __name__ == "__main__":
    main()
