"""A real browser, and what tests ask it: shared by the tests of the report page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from typer.testing import CliRunner

from medq_tasks.cli import app

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1366,950"
)


def report(page: Path, *arguments: object) -> Path:
    """The page that ``medq report`` writes."""
    result = CliRunner().invoke(app, ["report", *map(str, arguments), "-o", str(page)])
    assert result.exit_code == 0, result.exception
    return page


def wait_for(what: Callable[[], Any]) -> Any:
    """What it answers as soon as that is true."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen within 15 s")


def look(driver: Any, width: int, scheme: str = "light") -> None:
    """A window of this width, a phone's if it is narrow, for somebody who likes it ``light`` or ``dark``."""
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def errors(driver: Any) -> list[str]:
    """Whatever the console says, a violation of the page's policy included."""
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver: Any) -> set[str]:
    """Every file and network address that was asked for (the browser's own start page is not ours)."""
    log = "\n".join(entry["message"] for entry in driver.get_log("performance"))
    urls = re.findall(r'"Network\.requestWillBeSent".*?"request":\{.*?"url":"([^"]*)"', log)
    return {url for url in urls if url.startswith(("file:", "http", "ws"))}


def found(driver: Any, selector: str) -> Any:
    """The first element."""
    return driver.find_element(By.CSS_SELECTOR, selector)


def text(driver: Any, selector: str) -> str:
    return str(found(driver, selector).text)


def count(driver: Any) -> str:
    return text(driver, "#count")


def detail(driver: Any) -> str:
    return text(driver, "#detail")


def shown_id(driver: Any) -> str:
    """The id of the sample that is shown."""
    match = re.search(r"\bid (\S+)", detail(driver))
    assert match
    return match.group(1)


def address(driver: Any) -> str:
    """What stands behind the page's name."""
    return str(driver.execute_script("return location.hash"))


def press(driver: Any, *keys: str) -> None:
    """Keys, wherever the focus is."""
    driver.switch_to.active_element.send_keys(*keys)


def choose(driver: Any, name: str, label: str) -> None:
    Select(driver.find_element(By.ID, f"f-{name}")).select_by_visible_text(label)


def at_hash(driver: Any, page: Path, hash_: str = "") -> None:
    """Open the page anew at an address of its own."""
    driver.get("about:blank")
    driver.get(page.as_uri() + hash_)
