"""The answers shown as a file: all of them, in their order, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.driving import at_hash, errors, found, report, requests, wait_for
from tests.runs import factory

pytestmark = pytest.mark.browser


def saved(folder: Path, name: str) -> str:
    path = folder / "downloads" / name
    wait_for(path.is_file)
    return path.read_bytes().decode("utf-8")


def test_the_answers_shown_in_their_order(pages: Path, chrome: Any) -> None:
    page = report(pages / "out.html", pages / "runs")
    at_hash(chrome, page, "#samples?run=1&outcome=wrong&sort=longest")
    found(chrome, "#save-csv").click()
    rows = list(csv.DictReader(io.StringIO(saved(pages, "samples.csv").removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ["1000", "1002", "1004", "1006", "1008", "1010"]
    first = rows[0]
    assert (first["run"], first["task"], first["outcome"]) == ("model", "medq_perception", "wrong")
    assert (first["key"], first["read"], first["options"]) == ("A", "B", "A. Yes\nB. No")
    assert first["overall"] == ""  # nobody judges a choice

    at_hash(chrome, page, "#samples?task=medq_reasoning_comparison")
    found(chrome, "#save-jsonl").click()
    lines = [json.loads(line) for line in saved(pages, "samples.jsonl").splitlines()]
    assert [line["id"] for line in lines] == ["co0", "co1", "co2", "co3"]
    assert (lines[0]["overall"], lines[0]["consistency"], lines[0]["judge"]) == (5, 2, "gpt-4o · medq-tasks 1.0")
    assert (lines[0]["options"], lines[0]["key"], lines[0]["grain"]) == (None, "first", "coarse")
    assert errors(chrome) == []
    assert {url.split("#")[0] for url in requests(chrome)} == {page.as_uri()}


def test_hostile_texts_come_back_and_start_no_formula(tmp_path: Path, chrome: Any) -> None:
    records = factory.hostile(factory.perception_records(14))
    factory.write_run(tmp_path / "run", {"medq_perception_dev": records})
    at_hash(chrome, report(tmp_path / "out.html", tmp_path / "run"))
    found(chrome, "#save-csv").click()
    rows = list(csv.DictReader(io.StringIO(saved(tmp_path, "samples.csv").removeprefix("\ufeff"), newline="")))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    replies = [row["reply"] for row in rows]
    assert [reply[1:] if reply.startswith("'=") else reply for reply in replies] == [one.reply for one in records]
    found(chrome, "#save-jsonl").click()
    lines = saved(tmp_path, "samples.jsonl").split("\n")[:-1]
    assert [json.loads(line)["reply"] for line in lines] == [one.reply for one in records]
