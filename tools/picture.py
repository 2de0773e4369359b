"""The picture of README: the first screen of a run's page, in light and in dark.

    python tools/picture.py [RUN]    # by default demo_run, as `make demo` leaves it; needs Debian's chromium-driver

Writes docs/pictures/report-light.png and report-dark.png, in a palette so that each stays small.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
THEMES = ("light", "dark")
WIDTH, HEIGHT = 1400, 900
COLOURS = 128
MOST = 150_000  # bytes
FLAGS = "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking"
DRIVER = "/usr/bin/chromedriver"


def page_of(run: Path) -> Path:
    """The run's page; made where ``make demo`` has left none."""
    page = run / "report.html"
    if not page.is_file():
        words = [sys.executable, "-c", "from medq_tasks.cli import main; main()", "report", str(run), "-o", str(page)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return page


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window, with a profile of its own."""
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def take(driver: Any, page: Path, theme: str) -> Image.Image:
    """The first screen of ``page`` as a reader with this theme sees it."""
    size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    driver.get(page.resolve().as_uri())
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    return Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")


def write(picture: Image.Image, path: Path) -> None:
    """Write ``picture`` in a palette.

    Raises:
        SystemExit: it is larger than a README should load.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes, more than {MOST:,}: take fewer COLOURS.")


def main(run: Path, folder: Path = PICTURES) -> None:
    """Take both pictures of the run's page."""
    page = page_of(run)
    with browser() as driver:
        for theme in THEMES:
            path = folder / f"report-{theme}.png"
            write(take(driver, page, theme), path)
            print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path((*sys.argv[1:], "demo_run")[0]))
