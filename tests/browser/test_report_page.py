"""The report in a real browser: opens without an error, filters, keys and links work, hostile texts stay texts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.records import Statement
from tests.report import pictured
from tests.runs import factory

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1366,950"
)


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def report(page: Path, *arguments: object) -> Path:
    result = CliRunner().invoke(app, ["report", *map(str, arguments), "-o", str(page)])
    assert result.exit_code == 0, result.exception
    return page


def wait_for(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen within 15 s")


def errors(driver: Any) -> list[str]:
    """Whatever the console says, a violation of the page's policy included."""
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver: Any) -> set[str]:
    """Every file and network address that was asked for (the browser's own start page is not ours)."""
    log = "\n".join(entry["message"] for entry in driver.get_log("performance"))
    urls = re.findall(r'"Network\.requestWillBeSent".*?"request":\{.*?"url":"([^"]*)"', log)
    return {url for url in urls if url.startswith(("file:", "http", "ws"))}


def count(driver: Any) -> str:
    return str(driver.find_element(By.ID, "count").text)


def detail(driver: Any) -> str:
    return str(driver.find_element(By.ID, "detail").text)


def choose(driver: Any, name: str, text: str) -> None:
    Select(driver.find_element(By.ID, f"f-{name}")).select_by_visible_text(text)


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs over the same pictured items."""
    settings = pictured.settings(tmp_path)
    monkeypatch.setenv("MEDQ_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(settings.cache_dir))
    tasks = pictured.tasks(tmp_path)
    factory.write_run(tmp_path / "runs", tasks)
    other = [factory.perception(n, right=n % 2 > 0, table=tasks[pictured.PERCEPTION][0].table) for n in range(12)]
    factory.write_run(tmp_path / "runs", {pictured.PERCEPTION: other}, model_args="pretrained=other/model")
    return tmp_path


def test_a_reader_finds_a_sample(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    chrome.get(page.as_uri())
    assert count(chrome) == "28 of 28 answers"  # 12 + 4 and 12
    image = chrome.find_element(By.CSS_SELECTOR, ".pictures img")
    wait_for(lambda: image.get_property("complete"))
    assert (image.get_property("naturalWidth"), image.get_property("naturalHeight")) == (24, 16)

    choose(chrome, "task", pictured.PERCEPTION)
    choose(chrome, "run", "model (qwen2_vl)")
    assert count(chrome) == "12 of 28 answers"
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert count(chrome) == "6 of 28 answers"  # even numbers are wrong
    assert "id 1000" in detail(chrome)
    choose(chrome, "severity", "Mild")
    assert count(chrome) == "0 of 28 answers"  # items 0 to 11 are of severity none
    assert "No sample matches" in detail(chrome)
    chrome.find_element(By.ID, "f-clear").click()
    assert count(chrome) == "28 of 28 answers"

    search = chrome.find_element(By.ID, "f-text")
    search.send_keys("question 7")
    wait_for(lambda: count(chrome) == "2 of 28 answers")
    assert "Question 7:" in detail(chrome)
    assert "THE SAME ITEM IN OTHER RUNS" in detail(chrome)
    search.clear()
    search.send_keys("no such thing")
    wait_for(lambda: count(chrome) == "0 of 28 answers")
    chrome.find_element(By.ID, "f-clear").click()
    chrome.find_element(By.ID, "f-differ").click()
    # run 1 is right unless n % 3 == 0, run 2 where n is odd: they part at 2, 3, 4, 8, 9, 10
    assert count(chrome) == "12 of 28 answers"
    assert errors(chrome) == []
    assert requests(chrome) == {page.as_uri()}


def test_the_words_that_decided_are_marked_in_the_reply(tmp_path: Path, chrome: Any) -> None:
    reply = "\U0001f600 <b>Hm</b>. The answer is B. Bye."
    told = {"reply": reply, "statement": Statement(13, 28, "announced")}
    records = [replace(record, **told) for record in factory.perception_records(2)]  # type: ignore[arg-type]
    factory.write_run(tmp_path / "runs", {"medq_perception": records})
    chrome.get(report(tmp_path / "out.html", tmp_path / "runs").as_uri())
    mark = chrome.find_element(By.CSS_SELECTOR, "#detail mark")
    assert (mark.text, mark.get_attribute("title")) == ("The answer is B", 'read by the rule "announced"')
    assert mark.find_element(By.XPATH, "..").text == reply
    assert errors(chrome) == []


def test_axis_scores_filter_and_show_the_judge(pages: Path, chrome: Any) -> None:
    chrome.get(report(pages / "out.html", pages / "runs").as_uri())
    choose(chrome, "axis", "Consistency")
    choose(chrome, "score", "2")
    assert count(chrome) == "4 of 28 answers"  # every comparison has 1, 1, 2, 1
    assert "Score: 2" in detail(chrome)
    assert "gpt-4o · medq-tasks 1.0" in detail(chrome)
    assert len(chrome.find_elements(By.CSS_SELECTOR, ".pictures img")) == 2
    choose(chrome, "axis", "Completeness")
    assert count(chrome) == "0 of 28 answers"
    assert errors(chrome) == []


def test_keys_and_links_lead_to_samples(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    chrome.get(page.as_uri())
    body = chrome.find_element(By.TAG_NAME, "body")
    ids = [re.search(r"id (\S+)", detail(chrome)).group(1)]  # type: ignore[union-attr]
    for key in "jjk":
        body.send_keys(key)
        ids.append(re.search(r"id (\S+)", detail(chrome)).group(1))  # type: ignore[union-attr]
    assert ids == ["1000", "1001", "1002", "1001"]
    assert chrome.current_url.endswith("#sample/0/medq_perception/1001")

    chrome.find_element(By.ID, "list").send_keys(Keys.END)
    assert "id 1011" in detail(chrome)
    chrome.find_element(By.ID, "list").send_keys(Keys.HOME)
    assert "id 1000" in detail(chrome)
    body.send_keys("/")
    assert chrome.switch_to.active_element.get_attribute("id") == "f-text"
    chrome.switch_to.active_element.send_keys("j", Keys.ESCAPE)  # a letter in the search does not move the list
    assert chrome.switch_to.active_element.get_attribute("id") == "list"
    chrome.find_element(By.ID, "f-clear").click()
    body.send_keys("f")
    assert chrome.find_element(By.ID, "zoom").get_property("open")

    chrome.get("about:blank")
    chrome.get(page.as_uri() + "#sample/1/medq_perception/1007")
    assert "Question 7:" in detail(chrome)
    assert "model (qwen2_vl)" in detail(chrome)
    chrome.get("about:blank")
    chrome.get(page.as_uri() + "#sample/9/nothing/%zz")
    assert count(chrome) == "28 of 28 answers"
    assert errors(chrome) == []


def test_hostile_texts_stay_texts(tmp_path: Path, chrome: Any) -> None:
    tasks = {
        "medq_perception_dev": factory.hostile(factory.perception_records(21, unanswered=7)),
        "medq_reasoning_comparison_dev": factory.hostile([factory.reasoning(n, "comparison") for n in range(7)]),
    }
    factory.write_run(tmp_path / "run", tasks, model_args='pretrained="><script>window.pwned=9<|script>')
    title = "</title><script>window.pwned=8</script>"
    chrome.get(report(tmp_path / "out.html", tmp_path / "run", "--title", title).as_uri())
    body = chrome.find_element(By.TAG_NAME, "body")
    seen = ""
    for _ in range(28):
        seen += detail(chrome)
        body.send_keys("j")
    assert "<script>window.pwned = 1</script>" in seen
    assert '<img src=x onerror="window.pwned = 2">' in seen
    choose(chrome, "modality", factory.HOSTILE[1])  # a slice's own name
    assert count(chrome) == "4 of 28 answers"
    turned = [node.text for node in chrome.find_elements(By.CSS_SELECTOR, ".sub")]
    assert all(text.count("\u2068") == text.count("\u2069") > 0 for text in turned)  # each foreign word by itself
    assert chrome.execute_script("return window.pwned") is None
    assert chrome.execute_script("return document.querySelectorAll('#browser script, #browser a').length") == 0
    assert chrome.title == title
    assert errors(chrome) == []


def test_the_policy_stops_a_script_that_got_in(pages: Path, chrome: Any) -> None:
    chrome.get(report(pages / "out.html", pages / "runs").as_uri())
    chrome.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s);"
        "const i = document.createElement('img'); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i);"
    )
    assert chrome.execute_script("return window.pwned") is None
    stopped = wait_for(lambda: chrome.get_log("browser"))
    assert any("Content Security Policy" in entry["message"] for entry in stopped)


def test_full_size_pictures_lie_in_a_folder(pages: Path, chrome: Any) -> None:
    page = report(pages / "my report.html", pages / "runs", "--pictures", "folder", "--picture-budget", "0")
    chrome.get(page.as_uri())
    image = chrome.find_element(By.CSS_SELECTOR, ".pictures img")
    wait_for(lambda: image.get_property("complete"))
    assert image.get_property("naturalWidth") == 24
    assert "my%20report_files/" in image.get_property("src")
    image.click()
    zoomed = chrome.find_element(By.ID, "zoom-image")
    wait_for(lambda: zoomed.get_property("naturalWidth") == 24)
    assert errors(chrome) == []


def test_thousands_of_samples_keep_a_short_list(tmp_path: Path, chrome: Any) -> None:
    factory.write_run(tmp_path / "run", {"medq_perception": factory.perception_records(5220)})
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    assert count(chrome) == "5,220 of 5,220 answers"
    assert len(chrome.find_elements(By.CSS_SELECTOR, "#list .item")) < 60
    chrome.find_element(By.ID, "list").send_keys(Keys.END)
    assert "id 6219" in detail(chrome)
    assert len(chrome.find_elements(By.CSS_SELECTOR, "#list .item")) < 60


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_any_width_in_both_schemes(pages: Path, chrome: Any, width: int, scheme: str) -> None:
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    chrome.get(report(pages / "out.html", pages / "runs").as_uri())
    assert chrome.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth") == 0
    back = chrome.execute_script("return getComputedStyle(document.body).backgroundColor")
    ink = chrome.execute_script("return getComputedStyle(document.body).color")
    assert contrast(back, ink) > 7
    muted = chrome.execute_script("return getComputedStyle(document.querySelector('.lede')).color")
    assert contrast(back, muted) > 4.5  # WCAG AA
    chrome.find_element(By.ID, "theme").click()
    assert chrome.execute_script("return getComputedStyle(document.body).backgroundColor") != back


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two ``rgb(...)`` colours."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
