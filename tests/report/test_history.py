"""The history file: what an entry keeps, and that no run is in it twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.records import Record
from medq_tasks.report.history import append, entry, judges_of
from medq_tasks.report.history_file import read
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.run import Run
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
    assert append(file, late) == (1, 0)
    assert append(file, [*early, *late, *early]) == (1, 0)
    entries = read(file)
    assert [entry["when"] for entry in entries] == ["20261122_060000", "20261123_060000"]
    accuracy = entries[0]["tasks"][PERCEPTION]["metrics"]["accuracy"]
    interval = wilson(6, 10)
    assert interval is not None
    assert accuracy == {"value": 0.6, "low": interval.low, "high": interval.high, "n": 10, "pictures": 10}
    assert [path.name for path in file.parent.iterdir() if path.suffix != ".lock"] == ["history.jsonl"]


def test_a_known_run_can_be_led_to_a_report_later(tmp_path: Path) -> None:
    (run,) = load_runs([write(tmp_path / "run", 6, "20261122_060000")])
    file = tmp_path / "h.jsonl"

    def add(report: str) -> tuple[int, int]:
        return append(file, [run], lambda run: report)

    assert [add(""), add("a.html"), add("a.html"), add("b.html"), add("")] == [(1, 0), (0, 1), (0, 0), (0, 1), (0, 0)]
    (found,) = read(file)
    assert found["report"] == "b.html"
    append(tmp_path / "new.jsonl", [run], lambda run: "a.html")
    assert read(tmp_path / "new.jsonl")[0]["report"] == "a.html"


def test_only_the_whole_test_split_is_comparable_with_published_rows(tmp_path: Path) -> None:
    for place, (count, table) in enumerate([(221, 221), (220, 221), (220, 220)]):
        records: list[Record] = [factory.reasoning(number) for number in range(count)]
        folder = factory.write_run(tmp_path / str(place), {REASONING: records}, original={REASONING: table})
        (run,) = load_runs([folder])
        assert entry(run)["tasks"][REASONING]["comparable"] == (place == 0)


def test_judges_are_named_with_their_prompts_and_in_old_entries_by_their_model(tmp_path: Path) -> None:
    (run,) = load_runs([factory.write_run(tmp_path / "run", {REASONING: [factory.reasoning(0)]})])
    task = entry(run)["tasks"][REASONING]
    assert judges_of(task) == ["gpt-4o · medq-tasks 1.0"]
    old = {"judge": "gpt-4o aaaa0000bbbb1111 cccc2222dddd3333, my judge aaaa0000bbbb1111 cccc2222dddd3333"}
    assert judges_of(old) == ["gpt-4o", "my judge"]
    assert judges_of({"judge": ""}) == []


def test_the_moment_is_kept_where_a_run_says_it() -> None:
    assert (
        entry(Run("m", "", "20261122_060000", None, {}, utc="2026-11-21T22:00:00+00:00"))["utc"][:13] == "2026-11-21T22"
    )


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"when": 1}', '{"when": 1, "name": 1, "tasks": {"x": {}}}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "h.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(RunError, match=r"h\.jsonl, line 2: not an entry of this history .*Delete the line"):
        read(tmp_path / "h.jsonl")
