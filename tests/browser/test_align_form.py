"""The rating form in a real browser: pictures, keys, hostile texts, kept entries, and a CSV that reads back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from typer.testing import CliRunner

from medq_tasks.align.ratings import read_ratings
from medq_tasks.align.sheet import rateable
from medq_tasks.cli import app
from medq_tasks.data import prepare
from medq_tasks.records import AXES
from medq_tasks.runs.load import load_runs
from medq_tasks.settings import Settings
from tests.data.factory import write_official
from tests.runs import factory

pytestmark = pytest.mark.browser

TASK = "medq_reasoning_comparison"
COUNT = len(factory.HOSTILE)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A judged run with hostile texts, whose table is at hand."""
    data = write_official(tmp_path / "data", perception=0, no_reference=0, comparison=COUNT, splits=("test",))
    monkeypatch.setenv("MEDQ_DATA_DIR", str(data))
    table = prepare("comparison", "test", Settings.from_env())
    fingerprint = table.fingerprint[:16]
    records = [factory.reasoning(number, "comparison", table=fingerprint) for number in range(COUNT)]
    return factory.write_run(tmp_path / "run", {TASK: factory.hostile(records)})


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,1600"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path / "downloads")})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def wait_for(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen within 10 s")


def wait_for_keys(browser: Any) -> None:
    """Until the page has heard a key that means nothing to it: a cold browser drops the first ones."""
    browser.execute_script("addEventListener('keyup', () => { window.heard = true; }, {once: true})")

    def heard() -> Any:
        browser.find_element(By.TAG_NAME, "body").send_keys(Keys.SHIFT)
        return browser.execute_script("return window.heard")

    wait_for(heard)


def test_a_specialist_fills_in_the_form(run: Path, browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "form.html"
    result = CliRunner().invoke(app, ["align", str(run), "--sample", str(COUNT), "--html", str(page)])
    assert result.exit_code == 0, result.exception
    assert f"{COUNT} items, {2 * COUNT} pictures" in result.output
    assert "Qwen" not in page.read_text(encoding="utf-8")

    browser.get(page.as_uri())
    images = browser.find_elements(By.TAG_NAME, "img")
    assert [image.get_property("alt") for image in images] == ["First image", "Second image"]
    assert all(image.get_property("naturalWidth") == 24 for image in images)  # the file itself, not a preview

    wait_for_keys(browser)
    keys = browser.find_element(By.TAG_NAME, "body").send_keys
    expected: dict[str, list[int]] = {}
    for number in range(COUNT):
        scores = [(number + place) % 3 for place in range(4)]
        keys("".join(map(str, scores)))
        finished = (
            f"{number + 1} finished"  # the browser may be slower than the keys: none may be lost with the refresh
        )
        wait_for(lambda text=finished: browser.find_element(By.ID, "done").text == text)
        item = browser.execute_script("return data.items[here].item")
        expected[item] = scores
        if number == 0:
            browser.refresh()  # entries are kept
            keys = browser.find_element(By.TAG_NAME, "body").send_keys
        keys("\ue014")  # right arrow
    assert browser.find_element(By.ID, "done").text == f"{COUNT} finished"
    browser.find_element(By.ID, "rater").send_keys("=Dr, Who")
    browser.find_element(By.CSS_SELECTOR, "textarea").send_keys('=1+1 "quoted"')
    browser.find_element(By.ID, "export").click()
    file = wait_for(lambda: next((tmp_path / "downloads").glob("ratings-*.csv"), None))

    ratings = read_ratings([file], rateable(load_runs([run])[0]))
    assert {rating.rater for rating in ratings} == {"=Dr, Who"}
    assert {r.item.code: [r.scores[axis] for axis in AXES] for r in ratings} == expected
    assert "'=1+1" in file.read_text(encoding="utf-8-sig")
    assert browser.execute_script("return window.pwned === undefined")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_without_the_table_the_form_works_and_says_so(run: Path, browser: Any, tmp_path: Path) -> None:
    records = [factory.reasoning(number, "comparison") for number in range(3)]
    elsewhere = factory.write_run(tmp_path / "elsewhere", {TASK: records})
    page = tmp_path / "form.html"
    result = CliRunner().invoke(app, ["align", str(elsewhere), "--sample", "3", "--html", str(page)])
    assert "3 items, 0 pictures" in result.output
    browser.get(page.as_uri())
    assert "is not on this machine" in browser.find_element(By.ID, "notes").text
    assert browser.find_element(By.ID, "place").text == "Item 1 of 3"
