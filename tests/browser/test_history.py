"""The history's page in a real browser: any width, light and dark, paper, and readers that do not see it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.records import Record
from medq_tasks.report.history import append
from medq_tasks.report.history_file import read
from medq_tasks.report.history_page import write_page
from medq_tasks.runs.load import load_runs
from tests.browser.driving import errors, found, look, requests
from tests.browser.test_everybody import axe, contrast, faults
from tests.runs import factory

pytestmark = pytest.mark.browser


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Two models over three days, the third judged by another; the test split of no-reference reasoning is whole."""
    file = tmp_path / "h.jsonl"
    for day in range(3):
        stamp = factory.STAMP if day < 2 else replace(factory.STAMP, model="another-judge")
        for model in ("Qwen/Qwen2.5-VL-7B-Instruct", "OpenGVLab/InternVL3-8B"):
            texts: list[Record] = [factory.reasoning(n, scores=(1, day % 3, 2, 1), stamp=stamp) for n in range(221)]
            choices: list[Record] = [factory.perception(n, right=n % (day + 2) > 0) for n in range(30)]
            folder = factory.write_run(
                tmp_path / f"{day}" / model.partition("/")[0],
                {"medq_reasoning_no_reference": texts, "medq_perception_dev": choices},
                model_args=f"pretrained={model}",
                stamp=f"2026112{day}_060000",
            )
            append(file, load_runs([folder]), lambda run: f"reports/{run.when}-{run.name}.html")
    write_page(tmp_path / "index.html", read(file), "Quality of scans", file)
    return tmp_path / "index.html"


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_any_width_in_both_schemes_and_axe_finds_nothing(
    history: Path, chrome: Any, width: int, scheme: str
) -> None:
    look(chrome, width, scheme)
    chrome.get(history.as_uri())
    assert chrome.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth") == 0
    colours = "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
    assert contrast(*chrome.execute_script(colours)) > 7
    assert errors(chrome) == []
    assert requests(chrome) == {history.as_uri()}
    chrome.execute_script(axe())
    assert faults(chrome) == []


def test_lines_lie_within_their_chart_and_a_model_has_one_colour(history: Path, chrome: Any) -> None:
    chrome.get(history.as_uri())
    inside = (
        "return [...document.querySelectorAll('.lines')].every((chart) => { const box = chart.getBoundingClientRect();"
        "return [...chart.querySelectorAll('.dot, .ci, .curve')].every((one) => {"
        "const part = one.getBoundingClientRect();"
        "return part.left >= box.left && part.right <= box.right && part.top >= box.top - 6 && "
        "part.bottom <= box.bottom + 6; }); })"
    )
    assert chrome.execute_script(inside)
    colours = (
        "return [...document.querySelectorAll('.key li')].filter((one) => one.textContent.includes('InternVL3-8B'))"
        ".map((one) => getComputedStyle(one.querySelector('.dot')).fill)"
    )
    said = chrome.execute_script(colours)
    assert len(said) == 3  # perception on the dev split, and texts by two judges
    assert len(set(said)) == 1


def test_paper_has_the_title_the_chart_and_the_numbers(history: Path, chrome: Any) -> None:
    chrome.get(history.as_uri())
    media = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert found(chrome, "h1").is_displayed()
    assert found(chrome, ".lines").is_displayed()
    assert found(chrome, ".board").is_displayed()
    assert chrome.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    hint = "return getComputedStyle(document.querySelector('.scroll'), '::before').content"
    assert chrome.execute_script(hint) == "none"


@pytest.mark.parametrize("width", [390, 1400])
def test_no_entry_of_the_navigation_is_cut_and_no_mark_stands_apart_from_its_name(
    history: Path, chrome: Any, width: int
) -> None:
    look(chrome, width, "light")
    chrome.get(history.as_uri())
    said = chrome.execute_script("return [...document.querySelectorAll('nav a')].map((one) => one.innerText)")
    assert said == ["Perception dev", "No-reference reasoning another-judge", "No-reference reasoning gpt-4o"]
    whole = (
        "return [...document.querySelectorAll('nav a')].every((one) => { const box = one.getBoundingClientRect();"
        "return box.left >= 0 && box.right <= document.documentElement.clientWidth; })"
    )
    assert chrome.execute_script(whole)
    together = (
        "return [...document.querySelectorAll('.named')].map((one) => {"
        "const [mark, name] = [...one.children].map((part) => part.getBoundingClientRect());"
        "return !name || (mark.right <= name.left && mark.top >= name.top - 3 && mark.top <= name.top + 24); })"
    )
    beside = chrome.execute_script(together)
    assert len(beside) > 10
    assert all(beside)
