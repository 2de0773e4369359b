"""The page's address: it names what is shown, old ones open, and one that leads nowhere says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.driving import (
    address,
    at_hash,
    choose,
    count,
    detail,
    errors,
    found,
    press,
    report,
    shown_id,
    text,
    wait_for,
)
from tests.report import pictured
from tests.runs import factory

pytestmark = pytest.mark.browser


def test_filters_order_and_the_sample_shown_stand_in_it(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    at_hash(chrome, page)
    assert address(chrome) == ""  # nothing chosen yet
    press(chrome, "j")
    assert address(chrome) == "#samples?sample=0/medq_perception/1001"
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert shown_id(chrome) == "1000"  # 1001 is right: the address no longer names it
    assert address(chrome) == "#samples?outcome=wrong&sample=0/medq_perception/1000"
    choose(chrome, "sort", "lowest score first")
    found(chrome, "#f-text").send_keys("question 9")
    wanted = "#samples?outcome=wrong&find=question%209&sort=lowest&sample=0/medq_perception/1009"
    wait_for(lambda: address(chrome) == wanted)
    found(chrome, "#theme").click()
    wait_for(lambda: address(chrome).startswith("#samples?theme="))

    here = address(chrome)
    at_hash(chrome, page, here)
    assert (count(chrome), shown_id(chrome), address(chrome)) == ("1 of 28 answers", "1009", here)
    assert chrome.execute_script("return document.documentElement.dataset.theme") == here[15:].split("&")[0]
    assert errors(chrome) == []


def test_back_takes_one_filter_away(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    choose(chrome, "task", pictured.PERCEPTION)
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert count(chrome) == "10 of 28 answers"  # 0, 3, 6, 9 and the even ones
    chrome.back()
    wait_for(lambda: count(chrome) == "24 of 28 answers")
    chrome.forward()
    wait_for(lambda: count(chrome) == "10 of 28 answers")


def test_back_to_the_bare_address_shows_all_again(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"))
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert count(chrome) == "10 of 28 answers"
    chrome.back()
    wait_for(lambda: count(chrome) == "28 of 28 answers")
    assert address(chrome) == ""
    chrome.forward()
    wait_for(lambda: count(chrome) == "10 of 28 answers")


def test_a_link_to_a_part_of_the_page_keeps_the_filters_in_the_address(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    at_hash(chrome, page)
    found(chrome, "header nav a").click()
    wait_for(lambda: address(chrome) == "#section-1")
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    wanted = "outcome=wrong&sample=0/medq_perception/1000"
    assert address(chrome) == f"#samples?{wanted}"
    found(chrome, "header nav a").click()
    wait_for(lambda: address(chrome) == f"#section-1?{wanted}")
    assert count(chrome) == "10 of 28 answers"
    top = "return document.getElementById('section-1').getBoundingClientRect().top"
    assert 0 <= chrome.execute_script(top) < 200
    at_hash(chrome, page, f"#section-1?{wanted}")
    assert count(chrome) == "10 of 28 answers"
    assert 0 <= chrome.execute_script(top) < 200
    at_hash(chrome, page)
    found(chrome, "header nav a").click()
    wait_for(lambda: address(chrome) == "#section-1")
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    chrome.back()  # there the filters were empty
    wait_for(lambda: count(chrome) == "28 of 28 answers")
    assert address(chrome) == "#section-1"
    assert errors(chrome) == []


def test_addresses_of_the_first_version_open(pages: Path, chrome: Any) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"), "#sample/1/medq_perception/1007")
    assert "Question 7:" in detail(chrome)
    assert address(chrome) == "#samples?sample=1/medq_perception/1007"
    assert not found(chrome, "#astray").is_displayed()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("#sample/9/nothing/%zz", "which is not in this page. The list shows what is."),
        ("#samples?sample=0/medq_perception/77", 'The address names the sample "⁨77⁩" of ⁨Qwen2-VL-7B-Instruct⁩'),
        ("#samples?outcome=wrong&sample=0/medq_perception/1001", "which the filters leave out. Clear them to see it."),
        ("#samples?modality=xray", 'The address asks for modality "⁨xray⁩", which this page does not have.'),
        ("#samples?sort=random", 'the order "⁨random⁩"'),
        ("#samples?find=%", 'the words "⁨%⁩", which cannot be read'),
        ("#samples?zoom=7", 'the zoom "⁨7⁩"'),
        ("#samples?theme=blue", 'the theme "⁨blue⁩"'),
        ("#samples?<script>=1", "which means nothing here"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(pages: Path, chrome: Any, given: str, said: str) -> None:
    at_hash(chrome, report(pages / "out.html", pages / "runs"), given)
    assert said in text(chrome, "#astray")
    assert count(chrome) == ("10 of 28 answers" if "outcome" in given else "28 of 28 answers")
    press(chrome, "j")  # whoever goes on has read it
    assert not found(chrome, "#astray").is_displayed()
    assert errors(chrome) == []


def test_an_item_is_named_with_its_variant(tmp_path: Path, chrome: Any) -> None:
    plain = factory.perception(0, right=True, id="a/b c")
    records = [plain, replace(plain, variant="rotated 1", state="wrong", choice="B")]
    factory.write_run(tmp_path / "run", {"medq_perception": records})
    page = report(tmp_path / "out.html", tmp_path / "run")
    at_hash(chrome, page)
    press(chrome, "j")
    there = "#samples?sample=0/medq_perception/a%2Fb%20c/rotated%201"
    assert address(chrome) == there
    at_hash(chrome, page, there)
    assert "id a/b c (rotated 1)" in detail(chrome)
    at_hash(chrome, page, "#samples?sample=0/medq_perception/a%2Fb%20c/rotated%202")
    assert "is not in this page" in text(chrome, "#astray")
