"""What the history's page shows: which numbers share a chart, the changes between them, the rows beside them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.prompts import in_force
from medq_tasks.records import PromptStamp, Record
from medq_tasks.report.history import append
from medq_tasks.report.history_chart import HEIGHT
from medq_tasks.report.history_file import read
from medq_tasks.report.history_view import sections
from medq_tasks.runs.load import load_runs
from tests.report.test_history import PERCEPTION, REASONING, perception, write
from tests.runs import factory


def value(share: float, low: float | None = None, high: float | None = None, n: int = 100) -> dict[str, Any]:
    return {"value": share, "low": low, "high": high, "n": n, "pictures": n}


def made(
    when: str, share: dict[str, Any], model: str = "one", *, kind: str = "perception", judge: str = "", **task: Any
) -> dict[str, Any]:
    """An entry by hand."""
    main = "accuracy" if kind == "perception" else "overall"
    told = {"main": main, "kind": kind, "split": "test", "version": "1.0", "table": "t", "judge": judge, "items": 100}
    whole = {**told, "complete": True, "states": {}, "metrics": {main: share}, **task}
    return {"when": when, "name": model, "model": "m", "model_args": "a", "tasks": {f"medq_{kind}": whole}}


def test_few_pictures_are_said_beside_the_interval_and_old_lines_say_nothing_of_them(tmp_path: Path) -> None:
    shared = factory.sharing(perception(6), 2)  # type: ignore[type-var]
    factory.write_run(tmp_path / "a", {PERCEPTION: shared})  # type: ignore[dict-item]
    append(tmp_path / "h.jsonl", load_runs([tmp_path / "a"]))
    (entry,) = read(tmp_path / "h.jsonl")
    ((row,),) = (section.rows for section in sections([entry]))
    assert row.interval.endswith(", 5 pictures")
    assert (row.items, row.pictures, row.failed) == ("10", "5", "0")
    for found in entry["tasks"][PERCEPTION]["metrics"].values():
        del found["pictures"]
    ((row,),) = (section.rows for section in sections([entry]))
    assert (row.items, row.pictures, row.failed) == ("10", "–", "0")


def test_only_comparable_numbers_share_a_chart(tmp_path: Path) -> None:
    other_table = [factory.perception(number, right=True, table="fff0") for number in range(10)]
    runs = [
        *load_runs([write(tmp_path / "a", 6, "20261122_060000")]),
        *load_runs([write(tmp_path / "b", 7, "20261123_060000")]),
        *load_runs([write(tmp_path / "c", 5, "20261123_060000", "b/two")]),
        *load_runs([factory.write_run(tmp_path / "d", {PERCEPTION: other_table}, stamp="20261124_060000")]),
    ]
    append(tmp_path / "h.jsonl", runs)
    other, first = sections(read(tmp_path / "h.jsonl"))  # of one task the latest stands first
    assert [(line.name, len(line.points)) for line in first.chart.lines] == [
        ("one (qwen2_vl)", 2),
        ("two (qwen2_vl)", 1),
    ]
    assert first.detail == "medq_perception, table 0123456789abcdef, task version 1.0"
    assert (first.title, first.apart) == ("Perception, test split", "table 01234567")
    assert [len(line.points) for line in other.chart.lines] == [1]
    # Wilson's intervals of 5, 6 and 7 of 10 reach from 0.237 to 0.892: an axis from 0.2 to 1, and 0.6 in its middle.
    assert first.chart.ends == "20 to 100"
    assert first.chart.lines[0].points[0].y == pytest.approx(HEIGHT / 2)
    # Two moments: in the middle of each half.
    assert [point.x for line in first.chart.lines for point in line.points] == [25, 75, 75]
    assert first.chart.dates == ((25, "2026-11-22"), (75, "2026-11-23"))
    last = first.rows[-1]
    assert (last.made, last.name, last.value) == ("2026-11-22 06:00 (zone not recorded)", "one (qwen2_vl)", "60.00")


def test_a_model_has_one_colour_on_the_whole_page_and_keeps_it() -> None:
    entries = [made("1", value(0.5), "b"), made("2", value(0.5), "a"), made("3", value(0.5), "a", table="u")]
    places = {line.name: line.place for section in sections(entries) for line in section.chart.lines}
    assert places == {"b": 0, "a": 1}
    assert [line.place for section in sections(entries) for line in section.chart.lines] == [1, 0, 1]
    later = [*entries, made("4", value(0.5), "A new one")]
    assert {line.name: line.place for line in sections(later)[0].chart.lines} == {"b": 0, "a": 1, "A new one": 2}


def test_a_change_is_since_the_last_run_of_the_model_with_as_many_items() -> None:
    entries = [
        made("20261101_000000", value(0.50, 0.40, 0.60)),
        made("20261102_000000", value(0.90), "two"),
        made("20261103_000000", value(0.80), items=10, complete=False),
        made("20261104_000000", value(0.55, 0.46, 0.64)),
        {**made("20261105_000000", value(0.45)), "model_args": "b"},
    ]
    (section,) = sections(entries)
    rows = list(reversed(section.rows))
    assert [row.change for row in rows] == ["–", "–", "–", "+5.00", "-10.00"]
    # Newcombe: from 0.05 down by the root of (0.55 - 0.46)^2 + (0.60 - 0.50)^2, up by that of 0.09^2 + 0.10^2.
    reach = 100 * math.hypot(0.09, 0.10)
    assert rows[3].change_interval == f"{5 - reach:+.2f} to {5 + reach:+.2f}"
    assert [row.change_interval for row in rows if row is not rows[3]] == [""] * 4
    assert [row.rearranged for row in rows] == [False, False, False, False, True]
    assert [row.note for row in rows] == ["", "", "part of the table", "", ""]


def test_a_part_takes_no_whole_runs_place_and_no_line_joins_the_two() -> None:
    part = {"items": 10, "complete": False}
    entries = [
        made("20261101_000000", value(0.50), comparable=True),
        made("20261102_000000", value(0.95), **part),
        made("20261103_000000", value(0.60), comparable=True),
        made("20261104_000000", value(0.90), **part),
        made("20261105_000000", value(0.30), "two", **part),
    ]
    (section,) = sections(entries)
    now = {row.name: (row.value, row.note) for row in section.now if row.origin == "run"}
    assert now == {"one": ("60.00", ""), "two": ("30.00", "part of the table")}
    assert section.parts == (
        "one: its latest whole run stands here; 1 newer run covers a part of the items, "
        "the last on 2026-11-04 00:00 (zone not recorded) with 10: 90.00.",
    )
    # Five moments stand at 10, 30, ... 90 %: whole is joined to whole (10, 50), part to part (30, 70).
    one, two = section.chart.lines
    assert [(before.x, after.x) for before, after in one.joined] == [(10, 50), (30, 70)]
    assert two.joined == []
    assert [point.part for point in one.points] == [False, True, False, True]
    assert one.points[1].label.endswith(": 95.00 (10 items, part of the table)")
    assert sections(entries[:1])[0].chart.parts is False
    assert section.chart.parts is True


def test_scores_change_in_their_own_points() -> None:
    judge = "gpt-4o p s"
    entries = [made(str(n), value(v), kind="no_reference", judge=judge) for n, v in enumerate((5.0, 4.875))]
    (section,) = sections(entries)
    assert [row.change for row in section.rows] == ["-0.125", "–"]
    assert section.percent is False


def test_another_judge_or_other_prompts_are_another_line_in_a_chart_of_their_own() -> None:
    stamps = ["gpt-4o p1 s1", "gpt-4o p1 s1", "gpt-4o p2 s1", "qwen p1 s1", ""]
    entries = [
        made(
            str(n), value(5.0), kind="no_reference", judge=stamp, judges=[f"{stamp.split()[0]} · mine"] if stamp else []
        )
        for n, stamp in enumerate(stamps)
    ]
    found = sections(entries)
    assert [[len(line.points) for line in section.chart.lines] for section in found] == [[1], [1], [1], [2]]
    assert [section.judge for section in found] == ["", "qwen · mine", "gpt-4o · mine", "gpt-4o · mine"]
    assert found[2].detail.endswith("judged by gpt-4o · mine (p2 / s1)")
    assert [row.change for row in found[2].rows] == ["–"]
    assert {row.judge for row in found[3].rows} == {"gpt-4o · mine"}


def test_published_rows_stand_beside_runs_of_the_whole_test_split_alone() -> None:
    entries = [made("20261101_000000", value(0.6, 0.58, 0.62), comparable=True), made("20261102_000000", value(0.7))]
    (section,) = sections(entries)
    assert section.published
    assert [(row.name, row.origin) for row in section.now[:3]] == [
        ("Human experts", "experts"),
        ("one", "run"),  # its latest run: 70.00
        ("GPT-5", "published"),
    ]
    assert [row.value for row in section.now[:3]] == ["82.50", "70.00", "68.97"]
    heights = {text: height for height, _, text in section.chart.references}
    # The axis is of the runs, 50 to 80 %: 68.97 is drawn, 82.5 is named.
    assert section.chart.ends == "50 to 80"
    assert heights["Human experts: 82.50 (above the axis)"] is None
    best = heights["GPT-5, the best published: 68.97"]
    assert best == pytest.approx(HEIGHT * (0.8 - 0.6897) / 0.3, abs=0.05)
    for changed, why in (
        ({"comparable": False}, "no run here covers the whole test split and says so"),
        ({"split": "dev", "comparable": False}, "they are for the test split and do not compare with this one"),
    ):
        (section,) = sections([made("1", value(0.6), **changed)])
        assert [row.origin for row in section.now] == ["run"]
        assert section.chart.references == ()
        assert section.notes == (f"Published rows are left out: {why}.",)


def test_published_scores_name_their_judge_and_are_no_measure_beside_anothers() -> None:
    (section,) = sections([made("1", value(5.5), kind="no_reference", judge="qwen p s", comparable=True)])
    judges = {row.name: row.judge for row in section.now}
    assert judges["GPT-5"] == "gpt-4o-2024-05-13, the paper's prompts"
    assert judges["one"] == "qwen"
    assert "another judge's are another measure" in section.notes[0]


def test_times_are_in_utc_where_a_run_says_it_and_dates_are_not_repeated() -> None:
    entries = [
        {**made(f"20261122_{hour}0000", value(0.5)), "utc": f"2026-11-22T{hour}:00:00+00:00"} for hour in (10, 12, 14)
    ]
    (section,) = sections(entries)
    assert [row.made for row in section.rows] == [f"2026-11-22 {hour}:00 UTC" for hour in (14, 12, 10)]
    assert [day for _, day in section.chart.dates] == ["2026-11-22"]


def test_entries_of_other_versions_are_still_read() -> None:
    old = made("20261101_000000", {"value": 0.5, "low": 0.4, "high": 0.6, "n": 10})
    task = old["tasks"]["medq_perception"]
    del task["kind"], task["split"]
    newer = made(
        "20261102_000000", value(0.5, 0.25, 0.75), main="sharpness", metrics={"sharpness": value(0.5, 0.25, 0.75)}
    )
    newer["tasks"] = {"medq_sharpness": {**newer["tasks"]["medq_perception"], "kind": "sharpness"}}
    found = sections([old, newer])
    assert [(section.title, section.head, section.rows[0].value) for section in found] == [
        ("medq_perception", "Accuracy", "50.00"),
        ("medq_sharpness", "sharpness", "0.500"),
    ]
    assert found[1].rows[0].interval == "0.250 to 0.750"


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
    drawn = sections(read(tmp_path / "h.jsonl"))
    assert [len(section.chart.lines[0].points) for section in drawn] == [1, 2, 2]
    assert drawn[2].detail == "medq_perception, table 0123456789abcdef, task version 1.0"
    said = [section.detail.partition(", asked in the words of ")[2] for section in drawn[:2]]
    assert said == ["my words.yaml (b3)", "renamed.yaml (b2)"]


def test_what_a_second_reader_adds_has_a_chart_of_its_own(tmp_path: Path) -> None:
    rest = [factory.perception(number, right=True) for number in range(1, 4)]
    counted = replace(factory.perception(0, right=True), read_by="reader-1", second="A")
    beside = replace(factory.perception(0, state="unanswered"), read_by="reader-1", second="A")
    for day, first in enumerate((factory.perception(0, right=True), beside, counted)):
        run = factory.write_run(tmp_path / str(day), {PERCEPTION: [first, *rest]}, stamp=f"2026112{day}_060000")
        append(tmp_path / "h.jsonl", load_runs([run]))
    drawn = sections(read(tmp_path / "h.jsonl"))
    assert [len(section.chart.lines[0].points) for section in drawn] == [1, 2]
    assert drawn[0].detail.endswith(", counting what reader-1 read in replies that no rule reads")


def test_an_imported_run_shares_no_chart_with_words_that_are_known(tmp_path: Path) -> None:
    items = [factory.perception(number, right=True) for number in range(4)]
    for day in range(2):
        factory.write_run(tmp_path / str(day), {PERCEPTION: items}, stamp=f"2026112{day}_060000")
    (one,), (other,) = (load_runs([tmp_path / str(day)]) for day in range(2))
    append(tmp_path / "h.jsonl", [one, replace(other, origin="imported from x.csv")])
    drawn = sections(read(tmp_path / "h.jsonl"))
    assert [len(section.chart.lines[0].points) for section in drawn] == [1, 1]
    assert drawn[0].detail.endswith(", in which words it asked is not known")


def test_words_that_an_older_run_named_in_its_definition_have_a_chart_of_their_own(tmp_path: Path) -> None:
    items = [factory.perception(number, right=True) for number in range(4)]
    for day, block in enumerate(({}, {"default": {"pre_prompt": "Hi. "}}, {"default": {"pre_prompt": "Ho. "}})):
        run = factory.write_run(tmp_path / str(day), {PERCEPTION: items}, stamp=f"2026112{day}_060000")
        path = next(run.rglob("*_results.json"))
        results = json.loads(path.read_text())
        results["configs"][PERCEPTION]["lmms_eval_specific_kwargs"] = block
        path.write_text(json.dumps(results))
        append(tmp_path / "h.jsonl", load_runs([run]))
    drawn = sections(read(tmp_path / "h.jsonl"))
    assert [len(section.chart.lines[0].points) for section in drawn] == [1, 1, 1]
    assert len({section.detail for section in drawn}) == 3
    assert ", asked in the words of own pre_prompt (" in drawn[1].detail


def test_a_task_without_its_metric_has_no_chart_and_no_zero(tmp_path: Path) -> None:
    records: list[Record] = [factory.reasoning(n, scores=None, reference_verdict=None) for n in range(4)]
    append(tmp_path / "h.jsonl", load_runs([factory.write_run(tmp_path / "run", {REASONING: records})]))
    assert sections(read(tmp_path / "h.jsonl")) == []
