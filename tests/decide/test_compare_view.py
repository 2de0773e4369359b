"""A comparison as Markdown and as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.decide.compare import compare
from medq_tasks.decide.compare_view import cells, to_json, to_markdown
from medq_tasks.records import Record
from tests.decide.test_compare import PERCEPTION, REASONING, perception, run_of
from tests.runs import factory


def test_markdown_and_json_agree(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rrrw")})
    b = run_of(tmp_path / "b", {PERCEPTION: perception("rwww")})
    found = compare(a, b)
    assert "| accuracy | 0.750 | 0.250 | -0.500 |" in to_markdown(found)
    assert to_json(found)["rows"][0]["difference"] == pytest.approx(-0.5)


def shown(a: list[Record], b: list[Record], folder: Path, **options: str) -> list[str]:
    """The cells of the row of accuracy."""
    runs = [run_of(folder / str(place), {PERCEPTION: side}) for place, side in enumerate((a, b))]
    return cells(compare(*runs, fields=[], **options).rows[0])  # type: ignore[arg-type]


def test_a_row_whose_interval_and_test_disagree_is_marked(tmp_path: Path) -> None:
    # Of 60 items B is right on 5 that A missed: Newcombe's interval leaves 0 out, the exact p is 2 / 2^5 = .0625.
    row = shown(perception("r" * 30 + "w" * 30), perception("r" * 35 + "w" * 25), tmp_path)
    assert row[4:] == ["+0.007 to +0.157 *", "0.062", "0.125", "60", "60"]


def test_few_pictures_are_said_beside_the_interval(tmp_path: Path) -> None:
    a, b = (factory.sharing(list(perception(side)), 2) for side in ("wwww", "rwrr"))
    row = shown(a, b, tmp_path)
    assert row[4].endswith(" (2 pictures)")
    assert row[8] == "2"
    alike = shown(*(factory.sharing(list(perception(side)), 4) for side in ("wwww", "rwrr")), tmp_path / "one")  # type: ignore[misc]
    assert (alike[4], alike[8]) == ("none: 1 picture", "1")


def test_pictures_that_are_not_known_and_the_question_asked_first(tmp_path: Path) -> None:
    a, b = ([replace(record, pictures=()) for record in perception(side)] for side in ("ww", "rr"))
    row = shown(a, b, tmp_path, primary="accuracy")
    assert (row[0], row[8]) == ("accuracy (asked first)", "n/a")


def test_the_judge_stands_over_what_it_judged_and_the_list_is_of_the_tasks_own_figure(tmp_path: Path) -> None:
    stamp = replace(factory.STAMP, model="qwen")
    sides = ([factory.reasoning(0, stamp=factory.STAMP)], [factory.reasoning(0, scores=(0, 0, 0, 0), stamp=stamp)])
    a, b = (run_of(tmp_path / str(place), {REASONING: side}) for place, side in enumerate(sides))
    found = compare(a, b, allow=["judge-model"])
    text = to_markdown(found).replace("\\", "")
    assert f"### {REASONING}, judged by gpt-4o in A and qwen in B\n" in text
    assert f"{REASONING}, from A to B: overall: 1 lower in B, 0 higher in B, 0 alike; verdict_accuracy: 0 " in text
    assert "| no0 | 5 -&gt; 0 |" in text
    assert to_json(found)["judges"] == {REASONING: ("gpt-4o", "qwen")}
