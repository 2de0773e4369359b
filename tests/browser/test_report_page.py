"""The report in a real browser: opens without an error, filters work, hostile texts stay texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from medq_tasks.judge.rubric import load_rubric
from medq_tasks.records import AXES, JudgeStamp, Statement
from tests.browser.driving import (
    choose,
    count,
    detail,
    errors,
    found,
    look,
    press,
    report,
    requests,
    shown_id,
    text,
    wait_for,
)
from tests.report import pictured
from tests.runs import factory

pytestmark = pytest.mark.browser


def test_a_reader_finds_a_sample(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    chrome.get(page.as_uri())
    assert count(chrome) == "28 of 28 answers"  # 12 + 4 and 12
    image = found(chrome, ".pictures img")
    wait_for(lambda: image.get_property("complete"))
    assert (image.get_property("naturalWidth"), image.get_property("naturalHeight")) == (24, 16)

    choose(chrome, "task", pictured.PERCEPTION)
    choose(chrome, "run", "model")
    assert count(chrome) == "12 of 28 answers"
    choose(chrome, "outcome", "wrong (or wrong verdict)")
    assert count(chrome) == "6 of 28 answers"  # even numbers are wrong
    assert shown_id(chrome) == "1000"
    choose(chrome, "severity", "Mild")
    assert count(chrome) == "0 of 28 answers"  # items 0 to 11 are of severity none
    assert "No sample matches" in detail(chrome)
    found(chrome, "#f-clear").click()
    assert count(chrome) == "28 of 28 answers"

    search = found(chrome, "#f-text")
    search.send_keys("question 7")
    wait_for(lambda: count(chrome) == "2 of 28 answers")
    assert "Question 7:" in detail(chrome)
    assert "The same item in other runs" in detail(chrome)
    search.clear()
    search.send_keys("no such thing")
    wait_for(lambda: count(chrome) == "0 of 28 answers")
    found(chrome, "#f-clear").click()
    choose(chrome, "differ", "read differently in some runs")
    # run 1 is right unless n % 3 == 0, run 2 where n is odd: they part at 2, 3, 4, 8, 9, 10
    assert count(chrome) == "12 of 28 answers"
    assert errors(chrome) == []
    assert requests(chrome) == {page.as_uri()}


def test_the_answer_stands_first_and_leads_to_the_samples_behind_it(pages: Path, chrome: Any) -> None:
    chrome.get(report(pages / "out.html", pages / "runs").as_uri())
    first = found(chrome, ".finding")
    # 8 of 12 right and 6 of 12; n = 2, 4, 8, 10 are right in the first run alone, 3 and 9 in the second alone
    assert "between Qwen2-VL-7B-Instruct and model: 16.7 points" in first.text
    first.find_element(By.TAG_NAME, "a").click()
    assert first.text.endswith("6 items differ")
    wait_for(lambda: count(chrome) == "6 of 28 answers")  # of the run with the higher figure alone
    assert [shown_id(chrome), *(press(chrome, "j") or shown_id(chrome) for _ in range(5))] == [
        "1002",
        "1003",
        "1004",
        "1008",
        "1009",
        "1010",
    ]


def test_warnings_lead_to_the_samples_behind_them(tmp_path: Path, chrome: Any) -> None:
    records = [factory.perception(n, right=True, state="unanswered" if n in (3, 7) else "") for n in range(9)]
    factory.write_run(tmp_path / "run", {"medq_perception": records})
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    warning = found(chrome, ".warned a")
    assert warning.text == "2 unanswered"
    warning.click()
    wait_for(lambda: count(chrome) == "2 of 9 answers")
    assert shown_id(chrome) == "1003"


def test_the_words_that_decided_are_marked_in_the_reply(tmp_path: Path, chrome: Any) -> None:
    reply = "\U0001f600 <b>Hm</b>. The answer is B. Bye."
    told = {"reply": reply, "statement": Statement(13, 28, "announced")}
    records = [replace(record, **told) for record in factory.perception_records(2)]  # type: ignore[arg-type]
    factory.write_run(tmp_path / "runs", {"medq_perception": records})
    chrome.get(report(tmp_path / "out.html", tmp_path / "runs").as_uri())
    mark = found(chrome, "#detail mark")
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
    assert "The judge's prompts (aaaa0000bbbb1111) are not at hand" in detail(chrome)
    assert len(chrome.find_elements(By.CSS_SELECTOR, ".pictures.pair img")) == 2
    choose(chrome, "axis", "Completeness")
    assert count(chrome) == "0 of 28 answers"
    assert errors(chrome) == []


def test_orders(pages: Path, chrome: Any) -> None:
    chrome.get(report(pages / "out.html", pages / "runs").as_uri())
    choose(chrome, "task", pictured.PERCEPTION)
    choose(chrome, "sort", "lowest score first")

    def ids(rows: int) -> list[str]:
        press(chrome, Keys.ESCAPE)  # out of the select
        chrome.execute_script("document.getElementById('list').focus()")
        press(chrome, Keys.HOME)
        seen = [shown_id(chrome)]
        for _ in range(rows - 1):
            press(chrome, "j")
            seen.append(shown_id(chrome))
        return seen

    # wrong are 0, 3, 6, 9 of the first run, then the even ones of the second, then what is right
    assert ids(11) == [*("1000", "1003", "1006", "1009"), *("1000", "1002", "1004", "1006", "1008", "1010"), "1001"]
    choose(chrome, "sort", "runs differ most")
    assert ids(4) == ["1002", "1002", "1003", "1003"]


def test_tables_of_one_run_fit_into_a_desktop_s_window(tmp_path: Path, chrome: Any) -> None:
    tasks = {
        "medq_perception": factory.perception_records(300),
        "medq_reasoning_no_reference": factory.reasoning_records(60),
    }
    factory.write_run(tmp_path / "run", tasks)
    page = report(tmp_path / "out.html", tmp_path / "run")
    cut = "return [...document.querySelectorAll('.scroll.cut')].map((frame) => frame.getAttribute('aria-label'))"
    for width in (1400, 1280):
        look(chrome, width)
        chrome.get(page.as_uri())
        assert chrome.execute_script(cut) == []


def test_a_name_begins_on_the_line_of_its_mark(tmp_path: Path, chrome: Any) -> None:
    factory.write_run(
        tmp_path / "run", {"medq_perception": factory.perception_records(9)}, model_args="pretrained=o/medgemmas-4b-it"
    )
    look(chrome, 390)
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    lines = """
        const name = document.querySelector(".board tr.run th");
        const range = document.createRange();
        const text = name.querySelector(".tied").nextSibling;
        const start = text.data.search(/\\S/);
        range.setStart(text, start);
        range.setEnd(text, start + 1);
        const boxes = [name.querySelector(".mark"), range].map((one) => one.getBoundingClientRect());
        return boxes.map((box) => [box.top, box.bottom]);
    """
    (top, bottom), (above, below) = chrome.execute_script(lines)
    assert above < (top + bottom) / 2 < below


def test_pairs_are_offered_where_both_runs_have_a_value(tmp_path: Path, chrome: Any) -> None:
    seen, text = factory.perception_records(4), [factory.reasoning(n, scores=None) for n in range(4)]
    for place, tasks in enumerate(
        (
            {"medq_perception": seen},
            {"medq_reasoning_no_reference": text},
            {"medq_perception": seen, "medq_reasoning_no_reference": text},
        )
    ):
        factory.write_run(tmp_path / "runs", tasks, model_args=f"pretrained=o/m{place}", stamp=f"2026112{place}_120000")
    chrome.get(report(tmp_path / "out.html", tmp_path / "runs").as_uri())
    offered = [option.get_property("value") for option in chrome.find_elements(By.CSS_SELECTOR, "#f-differ option")]
    assert offered == ["", "any", "0-2", "1-2v"]  # m0 and m1 share nothing, m1 and m2 have no scores


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
        chrome.execute_script("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
        seen += detail(chrome)
        body.send_keys("j")
    assert "<script>window.pwned = 1</script>" in seen
    assert '<img src=x onerror="window.pwned = 2">' in seen
    choose(chrome, "modality", factory.HOSTILE[1])  # a slice's own name
    assert count(chrome) == "4 of 28 answers"
    turned = [node.text for node in chrome.find_elements(By.CSS_SELECTOR, ".sub")]
    assert all(line.count("\u2068") == line.count("\u2069") > 0 for line in turned)  # each foreign word by itself
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


def test_thousands_of_samples_keep_a_short_list(tmp_path: Path, chrome: Any) -> None:
    factory.write_run(tmp_path / "run", {"medq_perception": factory.perception_records(5220)})
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    assert count(chrome) == "5,220 of 5,220 answers"
    assert len(chrome.find_elements(By.CSS_SELECTOR, "#list .item")) < 60
    found(chrome, "#list").send_keys(Keys.END)
    assert shown_id(chrome) == "6219"
    assert len(chrome.find_elements(By.CSS_SELECTOR, "#list .item")) < 60


def test_the_prompt_is_shown_as_the_model_got_it(tmp_path: Path, chrome: Any) -> None:
    records = [factory.perception(0, right=True), factory.reasoning(1, question="")]
    factory.write_run(tmp_path / "run", {"medq_perception": records[:1], "medq_reasoning_no_reference": records[1:]})
    (log,) = (tmp_path / "run").rglob("*_samples_medq_perception.jsonl")
    question = str(records[0].question)
    asked = f"Look.\\n\\nQuestion: {question}\\nA. Yes\\nB. No\\nAnswer."
    written = log.read_text().replace(f'"input": "{question}"', f'"input": "{asked}"')
    log.write_text(
        written.replace('"token_counts": [null]', '"token_counts": [{"input_tokens": 9, "output_tokens": 1}]')
    )
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    assert "1 token written, 9 read" in detail(chrome)
    found(chrome, "#detail summary").click()
    wait_for(lambda: chrome.find_elements(By.CSS_SELECTOR, "#detail .folded .text"))
    assert text(chrome, "#detail .folded .text") == asked.replace("\\n", "\n")
    press(chrome, "j")
    assert "No-reference reasoning" in detail(chrome)  # the item has no question of its own
    assert "(the task's own instruction)" not in detail(chrome)


def test_the_judge_s_prompt_is_shown_as_it_was_sent(tmp_path: Path, chrome: Any) -> None:
    rubric = load_rubric()
    stamp = JudgeStamp("m", rubric.name, rubric.hash, "")
    record = factory.reasoning(0, reply="Noise {reference} $& at 5 < 6.", stamp=stamp)
    factory.write_run(tmp_path / "run", {"medq_reasoning_no_reference": [record]})
    chrome.get(report(tmp_path / "out.html", tmp_path / "run").as_uri())
    chrome.execute_script("document.querySelectorAll('#detail details').forEach((box) => { box.open = true; })")
    shown = "return [...document.querySelectorAll('#detail .folded pre')].map((box) => box.textContent)"
    wait_for(lambda: len(chrome.execute_script(shown)) == 6)  # the model's prompt, a system message and four axes
    system, *axes = chrome.execute_script(shown)[1:]
    sent = [rubric.messages("no_reference", axis, record.reply, record.reference) for axis in AXES]
    assert system == sent[0][0]["content"]
    assert axes == [one[1]["content"] for one in sent]
