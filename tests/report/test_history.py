"""The history file and the page that is drawn from it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.errors import RunError
from medq_tasks.prompts import in_force
from medq_tasks.records import PromptStamp, Record
from medq_tasks.report.history import append, charts, page, read
from medq_tasks.runs.load import load_runs
from medq_tasks.stats import wilson
from tests.runs import factory

PERCEPTION, REASONING = "medq_perception", "medq_reasoning_no_reference"


def perception(right: int, of: int = 10) -> list[Record]:
    return [factory.perception(number, right=number < right) for number in range(of)]


def write(folder: Path, right: int, stamp: str, model: str = "a/one") -> Path:
    return factory.write_run(folder, {PERCEPTION: perception(right)}, stamp=stamp, model_args=f"pretrained={model}")


def test_runs_are_added_once_and_kept_in_order_of_time(tmp_path: Path) -> None:
    late = load_runs([write(tmp_path / "late", 8, "20261123_060000")])
    early = load_runs([write(tmp_path / "early", 6, "20261122_060000")])
    file = tmp_path / "deep" / "history.jsonl"
    assert append(file, late) == 1
    assert append(file, [*early, *late, *early]) == 1
    entries = read(file)
    assert [entry["when"] for entry in entries] == ["20261122_060000", "20261123_060000"]
    accuracy = entries[0]["tasks"][PERCEPTION]["metrics"]["accuracy"]
    interval = wilson(6, 10)
    assert interval is not None
    assert accuracy == {"value": 0.6, "low": interval.low, "high": interval.high, "n": 10, "pictures": 10}
    assert [path.name for path in file.parent.iterdir() if path.suffix != ".lock"] == ["history.jsonl"]


def test_few_pictures_are_said_beside_the_interval_and_old_lines_say_nothing_of_them(tmp_path: Path) -> None:
    shared = factory.sharing(perception(6), 2)  # type: ignore[type-var]
    factory.write_run(tmp_path / "a", {PERCEPTION: shared})  # type: ignore[dict-item]
    append(tmp_path / "h.jsonl", load_runs([tmp_path / "a"]))
    (entry,) = read(tmp_path / "h.jsonl")
    ((row,),) = (chart.rows for chart in charts([entry]))
    assert row[3].endswith(" (5 pictures)")
    assert row[4:] == ("10", "5", "0")
    for value in entry["tasks"][PERCEPTION]["metrics"].values():
        del value["pictures"]
    ((row,),) = (chart.rows for chart in charts([entry]))
    assert row[4:] == ("10", "–", "0")


def test_only_comparable_numbers_share_a_chart(tmp_path: Path) -> None:
    other_table = [factory.perception(number, right=True, table="fff0") for number in range(10)]
    runs = [
        *load_runs([write(tmp_path / "a", 6, "20261122_060000")]),
        *load_runs([write(tmp_path / "b", 7, "20261123_060000")]),
        *load_runs([write(tmp_path / "c", 5, "20261123_060000", "b/two")]),
        *load_runs([factory.write_run(tmp_path / "d", {PERCEPTION: other_table}, stamp="20261124_060000")]),
    ]
    append(tmp_path / "h.jsonl", runs)
    first, second = charts(read(tmp_path / "h.jsonl"))
    assert [(line.name, len(line.points)) for line in first.lines] == [("one (qwen2_vl)", 2), ("two (qwen2_vl)", 1)]
    assert first.detail == "table 0123456789abcdef, task version 1.0"
    assert [len(line.points) for line in second.lines] == [1]
    # Height 220 with margins of 12: 0.6 stands 0.6 * 196 above the lower margin.
    assert first.lines[0].points[0].y == pytest.approx(220 - 12 - 0.6 * 196)
    assert first.lines[0].points[0].x < first.lines[0].points[1].x
    assert first.rows[-1][:3] == ("20261122_060000", "one (qwen2_vl)", "0.600")


def test_questions_in_other_words_have_a_chart_of_their_own(tmp_path: Path) -> None:
    runs = []
    ours = in_force("default", "perception")[1]
    mine = [PromptStamp("my words.yaml", given) for given in ("b2", "b3")]
    for day, stamp in enumerate((None, ours, mine[0], PromptStamp("renamed.yaml", "b2"), mine[1])):
        items = [factory.perception(number, right=True, prompts=stamp) for number in range(4)]
        when = f"2026112{day}_060000"
        runs += load_runs([factory.write_run(tmp_path / str(day), {PERCEPTION: items}, stamp=when)])
    append(tmp_path / "h.jsonl", runs)
    # A run of 0.1.0 says nothing of its words and was asked in ours.
    drawn = charts(read(tmp_path / "h.jsonl"))
    assert [len(chart.lines[0].points) for chart in drawn] == [2, 2, 1]
    assert drawn[0].detail == "table 0123456789abcdef, task version 1.0"
    said = [chart.detail.partition(", asked in the words of ")[2] for chart in drawn[1:]]
    assert said == ["renamed.yaml (b2)", "my words.yaml (b3)"]


def test_what_a_second_reader_adds_has_a_chart_of_its_own(tmp_path: Path) -> None:
    rest = [factory.perception(number, right=True) for number in range(1, 4)]
    counted = replace(factory.perception(0, right=True), read_by="reader-1", second="A")
    beside = replace(factory.perception(0, state="unanswered"), read_by="reader-1", second="A")
    for day, first in enumerate((factory.perception(0, right=True), beside, counted)):
        made = factory.write_run(tmp_path / str(day), {PERCEPTION: [first, *rest]}, stamp=f"2026112{day}_060000")
        append(tmp_path / "h.jsonl", load_runs([made]))
    drawn = charts(read(tmp_path / "h.jsonl"))
    assert [len(chart.lines[0].points) for chart in drawn] == [2, 1]
    assert drawn[1].detail.endswith(", counting what reader-1 read in replies that no rule reads")


def test_an_imported_run_shares_no_chart_with_words_that_are_known(tmp_path: Path) -> None:
    items = [factory.perception(number, right=True) for number in range(4)]
    for day in range(2):
        factory.write_run(tmp_path / str(day), {PERCEPTION: items}, stamp=f"2026112{day}_060000")
    (one,), (other,) = (load_runs([tmp_path / str(day)]) for day in range(2))
    append(tmp_path / "h.jsonl", [one, replace(other, origin="imported from x.csv")])
    drawn = charts(read(tmp_path / "h.jsonl"))
    assert [len(chart.lines[0].points) for chart in drawn] == [1, 1]
    assert drawn[1].detail.endswith(", in which words it asked is not known")


def test_words_that_an_older_run_named_in_its_definition_have_a_chart_of_their_own(tmp_path: Path) -> None:
    items = [factory.perception(number, right=True) for number in range(4)]
    for day, block in enumerate(({}, {"default": {"pre_prompt": "Hi. "}}, {"default": {"pre_prompt": "Ho. "}})):
        made = factory.write_run(tmp_path / str(day), {PERCEPTION: items}, stamp=f"2026112{day}_060000")
        path = next(made.rglob("*_results.json"))
        results = json.loads(path.read_text())
        results["configs"][PERCEPTION]["lmms_eval_specific_kwargs"] = block
        path.write_text(json.dumps(results))
        append(tmp_path / "h.jsonl", load_runs([made]))
    drawn = charts(read(tmp_path / "h.jsonl"))
    assert [len(chart.lines[0].points) for chart in drawn] == [1, 1, 1]
    assert len({chart.detail for chart in drawn}) == 3
    assert ", asked in the words of own pre_prompt (" in drawn[1].detail


def test_a_task_without_its_metric_has_no_chart_and_no_zero(tmp_path: Path) -> None:
    records = [factory.reasoning(n, scores=None, reference_verdict=None) for n in range(4)]
    append(tmp_path / "h.jsonl", load_runs([factory.write_run(tmp_path / "run", {REASONING: records})]))
    assert charts(read(tmp_path / "h.jsonl")) == []
    assert "No run yet" in page([])


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    for number, text in enumerate(factory.HOSTILE):
        stamp = f"2026112{number}_060000"
        run = factory.write_run(tmp_path / str(number), {PERCEPTION: perception(5)}, model=text, stamp=stamp)
        append(tmp_path / "h.jsonl", load_runs([run]))
    assert len(read(tmp_path / "h.jsonl")) == len(factory.HOSTILE)
    text = page(read(tmp_path / "h.jsonl"), title="<script>alert(1)</script>")
    assert "<script" not in text
    assert "<img" not in text
    body = text[text.index("<svg") : text.index("</svg>") + 6]
    ElementTree.fromstring(body)  # well formed


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"when": 1}', '{"when": 1, "name": 1, "tasks": {"x": {}}}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "h.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(RunError, match=r"h\.jsonl, line 2: not an entry of this history .*Delete the line"):
        read(tmp_path / "h.jsonl")


def test_command(tmp_path: Path) -> None:
    run = write(tmp_path / "run", 6, "20261122_060000")
    file, html = tmp_path / "h.jsonl", tmp_path / "site" / "index.html"
    arguments = ["history", str(run), "--file", str(file), "--html", str(html)]
    for added in (1, 0):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.exception
        assert f"{added} runs added, 1 in all" in result.output
    assert "0.600" in html.read_text()
    html.unlink()
    assert CliRunner().invoke(app, ["history", "--file", str(file), "--html", str(html)]).exit_code == 0
    assert html.exists()
    assert json.loads(file.read_text())["name"] == "one (qwen2_vl)"


def test_the_history_counts_pictures_unless_told_not_to(tmp_path: Path) -> None:
    factory.write_run(tmp_path / "run", {PERCEPTION: factory.sharing(perception(6), 2)})  # type: ignore[type-var,dict-item]
    for options, pictures in (((), 5), (("--no-by-picture",), None)):
        file = tmp_path / f"{pictures}.jsonl"
        arguments = ["history", str(tmp_path / "run"), "--file", str(file), "--html", f"{file}.html", *options]
        assert CliRunner().invoke(app, arguments).exit_code == 0
        assert json.loads(file.read_text())["tasks"][PERCEPTION]["metrics"]["accuracy"]["pictures"] == pictures
        page = Path(f"{file}.html").read_text()
        heads = re.findall(r"<th>(.*?)</th>", page)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
        assert dict(zip(heads, cells, strict=True))["pictures"] == ("–" if pictures is None else "5")
        assert dict(zip(heads, cells, strict=True))["items"] == "10"
