"""Pictures: a closer look with whole pixels, pairs with one view, flicker, and what is said of a preview."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.browser.driving import address, at_hash, errors, found, press, report, text, wait_for

pytestmark = pytest.mark.browser

PAIR = "#samples?task=medq_reasoning_comparison"


def widths(driver: Any) -> list[float]:
    """Of the pictures in the closer look, on the screen."""
    return [image.rect["width"] for image in driver.find_elements(By.CSS_SELECTOR, "#zoom .sheet img")]


def test_each_pixel_is_a_whole_square_and_a_pair_shares_one_view(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"), PAIR)
    first, second = chrome.find_elements(By.CSS_SELECTOR, ".pictures img")
    wait_for(lambda: second.get_property("complete"))
    assert first.rect["y"] == second.rect["y"]  # side by side
    press(chrome, "f")
    wait_for(lambda: widths(chrome) == [24, 24])  # 1:1 comes first
    for wanted in (2, 3, 4, 6, 8, 12, 16, 16):
        press(chrome, "+")
        assert widths(chrome) == [24 * wanted] * 2
        assert text(chrome, "#zoom-scale") == f"{100 * wanted} %"
    styles = "return [...document.querySelectorAll('#zoom img')].map((one) => getComputedStyle(one).imageRendering)"
    assert chrome.execute_script(styles) == ["pixelated", "pixelated"]
    assert text(chrome, "#zoom-note") == ""  # the files themselves are in the page
    assert "First image 24 × 16 px" in text(chrome, "#zoom-panes")

    chrome.set_window_size(500, 400)
    chrome.execute_script("document.querySelector('.port').scrollTo(90, 40)")
    places = "return [...document.querySelectorAll('.port')].map((port) => [port.scrollLeft, port.scrollTop])"
    wait_for(lambda: (lambda found_: found_[0] == found_[1] == [90, 40])(chrome.execute_script(places)))
    assert errors(chrome) == []


def test_flicker_shows_one_after_the_other_in_one_place(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    at_hash(chrome, page, PAIR)
    press(chrome, "f")

    def seen() -> list[str]:
        return [
            one.get_attribute("alt") for one in chrome.find_elements(By.CSS_SELECTOR, "#zoom img") if one.is_displayed()
        ]

    assert seen() == ["First image", "Second image"]
    press(chrome, "b")
    places = [image.rect for image in chrome.find_elements(By.CSS_SELECTOR, "#zoom img")]
    assert places[0] == places[1]
    for name in ("First image", "Second image", "First image"):
        assert seen() == [name]
        assert text(chrome, "#zoom-panes figcaption b") == name
        press(chrome, "b")
    press(chrome, "s")
    assert seen() == ["First image", "Second image"]
    press(chrome, "b", "+")
    wait_for(lambda: "zoom=2/flicker0/" in address(chrome))

    at_hash(chrome, page, address(chrome))  # the look itself can be shared
    assert found(chrome, "#zoom").get_property("open")
    assert seen() == ["First image"]
    wait_for(lambda: widths(chrome) == [48, 48])
    press(chrome, "j")  # on to the next pair, in the same view
    wait_for(lambda: "sample=0/medq_reasoning_comparison/co1" in address(chrome))
    assert seen() == ["First image"]
    chrome.find_element(By.CSS_SELECTOR, ".zoom-bar form button").click()
    wait_for(lambda: "zoom" not in address(chrome))
    assert errors(chrome) == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [(None, True), ([], False), ([0, 1], True)],
)
def test_a_preview_is_called_one_inside_the_closer_look(
    pages: Path, chrome: Any, listed: list[int] | None, said: bool
) -> None:
    page = report(pages / "out.html", pages / "runs")
    # As the page is written where the budget makes pictures smaller: all, none of the first ones, the first two.
    told = ("" if listed is None else f'"preview":{listed},') + '"edge":128'
    written = page.read_text(encoding="utf-8")
    assert '"preview":[],"edge":null' in written
    page.write_text(written.replace('"preview":[],"edge":null', told), encoding="utf-8")
    at_hash(chrome, page, "#samples?sample=0/medq_perception/1000&zoom=2")
    note = "Preview, at most 128 px: fine faults may not show."
    assert text(chrome, "#zoom-note") == (note if said else "")
    press(chrome, "f")
    assert ("preview, at most 128 px" in text(chrome, ".pictures")) is said


def test_full_size_pictures_lie_in_a_folder(pages: Path, chrome: Any) -> None:
    page = report(pages / "my report.html", pages / "runs", "--pictures", "folder", "--picture-budget", "0")
    at_hash(chrome, page)
    image = found(chrome, ".pictures img")
    wait_for(lambda: image.get_property("complete"))
    assert image.get_property("naturalWidth") == 24
    assert "my%20report_files/" in image.get_property("src")
    chrome.execute_script("arguments[0].click()", image)
    wait_for(lambda: widths(chrome) == [24])
    assert errors(chrome) == []


def test_a_folder_that_was_left_behind_is_missed_aloud(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs", "--pictures", "folder")
    shutil.rmtree(pages / "out_files")
    at_hash(chrome, page, "#samples?sample=0/medq_perception/1000&zoom=1")
    wait_for(
        lambda: "the file beside the page is not there, this is what the page holds" in text(chrome, "#zoom-panes")
    )
    assert widths(chrome) == [24]
