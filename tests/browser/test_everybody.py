"""The page for everybody: narrow and wide, light and dark, on paper, and for readers that do not see it."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.browser.driving import at_hash, found, look, press, report, text

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def axe() -> str:
    """The checker's source."""
    if not AXE.is_file():
        why = "axe-core is not installed: `npm ci --prefix tests/browser`, which `make browser` does where npm is"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return AXE.read_text(encoding="utf-8")


def faults(driver: Any) -> list[str]:
    """What axe-core finds: rule, help and the places."""
    run = "const done = arguments[0]; axe.run().then((all) => done(JSON.stringify(all.violations)))"
    seen = json.loads(driver.execute_async_script(run))
    return [f"{one['id']}: {one['help']}: {[node['target'][-1][-60:] for node in one['nodes']][:4]}" for one in seen]


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(pages: Path, chrome: Any, width: int, scheme: str) -> None:
    source = axe()
    look(chrome, width, scheme)
    at_hash(chrome, report(pages / "out.html", pages / "runs"), "#samples?task=medq_reasoning_comparison")
    chrome.execute_script(source)
    assert faults(chrome) == []
    chrome.execute_script("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    press(chrome, "?")
    assert faults(chrome) == []
    found(chrome, "#keys form button").click()
    press(chrome, "f")
    assert faults(chrome) == []


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_any_width_in_both_schemes(pages: Path, chrome: Any, width: int, scheme: str) -> None:
    look(chrome, width, scheme)
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    assert chrome.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth") == 0
    back = chrome.execute_script("return getComputedStyle(document.body).backgroundColor")
    ink = chrome.execute_script("return getComputedStyle(document.body).color")
    assert contrast(back, ink) > 7
    muted = chrome.execute_script("return getComputedStyle(document.querySelector('.lede')).color")
    assert contrast(back, muted) > 4.5  # WCAG AA
    chrome.find_element(By.ID, "theme").click()
    assert chrome.execute_script("return getComputedStyle(document.body).backgroundColor") != back


def test_no_table_is_cut_off_on_a_phone(pages: Path, chrome: Any) -> None:
    look(chrome, 390)
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    cut = (
        "return [...document.querySelectorAll('table')].filter((one) => one.offsetWidth).filter((one) => {"
        "const frame = one.closest('.scroll, .detail');"
        "return !frame || frame.getBoundingClientRect().right > innerWidth;"
        "}).map((one) => one.className)"
    )
    assert chrome.execute_script(cut) == []
    hinted = (
        "return [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
        ".map((one) => getComputedStyle(one, '::before').content)"
    )
    hints = chrome.execute_script(hinted)
    assert hints  # the leaderboard is wider than a phone
    assert set(hints) == {'"scroll sideways →"'}


def test_a_phone_folds_the_filters_and_has_buttons_for_keys(pages: Path, chrome: Any) -> None:
    look(chrome, 390)
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    assert not found(chrome, "#f-text").is_displayed()
    found(chrome, "#fold summary").click()
    assert found(chrome, "#f-text").is_displayed()
    chrome.execute_script("document.getElementById('next').click()")
    assert "id 1001" in text(chrome, "#detail")


def test_paper_has_the_title_and_the_numbers(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs", "--title", "Quality of scans"))
    media = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert found(chrome, "h1").is_displayed()
    assert found(chrome, "h1").text == "Quality of scans"
    assert found(chrome, ".board").is_displayed()
    assert not found(chrome, "#samples").is_displayed()
    colours = "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
    assert contrast(*chrome.execute_script(colours)) > 7
    assert chrome.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert pdf.startswith(b"%PDF")


def test_runs_and_scores_are_told_apart_without_hue(pages: Path, chrome: Any) -> None:
    """Runs by shape; the three scores by how light they are, as on grey paper."""
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    shapes = "return [...document.querySelectorAll('.run-facts .mark path')].map((one) => one.getAttribute('d'))"
    found_ = chrome.execute_script(shapes)
    assert len(found_) == len(set(found_)) == 2
    scores = "return [0, 1, 2].map((n) => getComputedStyle(document.querySelector('.swatch.s-' + n)).backgroundColor)"
    for scheme in ("light", "dark"):
        look(chrome, 1366, scheme)
        low, middle, high = chrome.execute_script(scores)
        assert contrast(low, middle) > 1.8
        assert contrast(middle, high) > 1.8


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two ``rgb(...)`` colours."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
