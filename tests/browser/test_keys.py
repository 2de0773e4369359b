"""Keys of the sample browser: from wherever the focus is, but while somebody types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.driving import at_hash, choose, errors, found, press, report, shown_id, text
from tests.runs import factory

pytestmark = pytest.mark.browser


def test_they_work_wherever_the_focus_is(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    ids = [shown_id(chrome)]
    for key in "jjk":  # the page as it opens: nothing has the focus
        press(chrome, key)
        ids.append(shown_id(chrome))
    assert ids == ["1000", "1001", "1002", "1001"]
    for selector in ("#list", "#detail", "#f-clear", "#save-csv", "#detail pre"):
        chrome.execute_script("document.querySelector(arguments[0]).focus()", selector)
        press(chrome, Keys.HOME)
        assert shown_id(chrome) == "1000"
        press(chrome, Keys.ARROW_DOWN)
        assert shown_id(chrome) == "1001"
        press(chrome, Keys.ARROW_DOWN, Keys.ARROW_UP)
        assert shown_id(chrome) == "1001"
        chrome.execute_script("document.querySelector(arguments[0]).focus()", selector)
        press(chrome, Keys.END)
        assert shown_id(chrome) == "1011"  # the last one of the second run
        press(chrome, Keys.PAGE_UP, Keys.PAGE_UP, Keys.PAGE_UP, Keys.PAGE_UP)
        assert shown_id(chrome) == "1000"
    assert errors(chrome) == []


def test_a_closed_select_keeps_the_arrows_alone(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    chrome.execute_script("document.getElementById('f-outcome').focus()")
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert chrome.switch_to.active_element.get_attribute("id") == "f-outcome"
    ids = [shown_id(chrome)]
    for key in "jjk":
        press(chrome, key)
        ids.append(shown_id(chrome))
    assert ids == ["1000", "1003", "1006", "1003"]
    press(chrome, Keys.ARROW_UP)  # from "wrong" to "right", as the browser does it
    assert found(chrome, "#f-outcome").get_property("value") == "right"
    press(chrome, "f")
    assert found(chrome, "#zoom").get_property("open")
    assert chrome.execute_script("return getComputedStyle(document.documentElement).overflowY") == "hidden"
    press(chrome, "f")
    chrome.execute_script("document.getElementById('f-outcome').focus()")
    press(chrome, "?")
    assert found(chrome, "#keys").get_property("open")
    press(chrome, Keys.ESCAPE)
    press(chrome, "/")
    assert chrome.switch_to.active_element.get_attribute("id") == "f-text"
    assert errors(chrome) == []


def test_the_page_itself_scrolls_where_the_samples_are_not_in_view(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    press(chrome, Keys.END)
    assert shown_id(chrome) == "1000"


def test_a_long_text_is_scrolled_by_its_own_keys(tmp_path: Path, chrome: Any) -> None:
    records = [factory.perception(n, right=True, reply="line\n" * 200) for n in range(3)]
    factory.write_run(tmp_path / "run", {"medq_perception": records})
    at_hash(chrome, report(tmp_path / "out.html", tmp_path / "run"), "#samples?run=0")
    chrome.execute_script("document.querySelector('#detail pre').focus()")
    press(chrome, Keys.ARROW_DOWN)
    assert shown_id(chrome) == "1000"
    press(chrome, "j")
    assert shown_id(chrome) == "1001"


def test_search_help_and_a_closer_look(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    press(chrome, "/")
    assert chrome.switch_to.active_element.get_attribute("id") == "f-text"
    press(chrome, "j?", Keys.ESCAPE)  # letters in the search move nothing and open nothing
    assert chrome.switch_to.active_element.get_attribute("id") == "list"
    assert not found(chrome, "#keys").get_property("open")
    found(chrome, "#f-clear").click()
    assert shown_id(chrome) == "1000"
    press(chrome, "?")
    assert "next, previous sample" in text(chrome, "#keys")
    press(chrome, Keys.ESCAPE)
    assert not found(chrome, "#keys").get_property("open")
    press(chrome, "f")
    assert found(chrome, "#zoom").get_property("open")
    press(chrome, "f")
    assert not found(chrome, "#zoom").get_property("open")
    assert errors(chrome) == []


def test_what_has_the_focus_is_marked(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    for _ in range(12):
        press(chrome, Keys.TAB)
        drawn = (
            "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]"
        )
        style, width = chrome.execute_script(drawn)
        assert style != "none"
        assert width >= 1
