"""Who stands beside whom: published rows only where they compare, and the gap to the experts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.demo import scripted_judge
from medq_tasks.records import AXES, PromptStamp, Record
from medq_tasks.report.leaderboard import Leaderboard, leaderboards
from medq_tasks.runs import published
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.runs import factory


def board(folder: Path, tasks: dict[str, list[Record]], **options: object) -> Leaderboard:
    factory.write_run(folder, tasks, **options)  # type: ignore[arg-type]
    (found,) = leaderboards(summarise(load_runs([folder])))
    return found


def of(found: Leaderboard, origin: str) -> list[str]:
    return [row.label for row in found.rows if row.origin == origin]


def test_a_whole_test_run_stands_beside_the_published_rows(tmp_path: Path) -> None:
    records = [factory.perception(n, right=n < 783) for n in range(1305)]  # 783 / 1305 = 0.6
    found = board(tmp_path, {"medq_perception": records})
    assert found.published
    assert len(of(found, "published")) == 13
    assert of(found, "experts") == ["Human experts"]
    (row,) = (row for row in found.rows if row.origin == "run")
    assert row.gap_to_experts is not None
    assert row.gap_to_experts.value == pytest.approx(0.6 - 0.825)
    assert row.metrics["accuracy"].low is not None
    assert row.gap_to_experts.low == pytest.approx(row.metrics["accuracy"].low - 0.825)
    values = [row.metrics["accuracy"].value for row in found.rows]
    assert values == sorted(values, reverse=True)


def test_a_limited_run_compares_with_nothing_published(tmp_path: Path) -> None:
    found = board(
        tmp_path, {"medq_perception": factory.perception_records(30)}, limit=30, original={"medq_perception": 1305}
    )
    assert not found.published
    assert of(found, "published") == []
    (row,) = (row for row in found.rows if row.origin == "run")
    assert (row.note, row.gap_to_experts) == ("30 of 1,305 items", None)
    assert "no run here covers all 1,305 items" in found.notes[0]


@pytest.mark.parametrize(("name", "words"), [("medq_mini_perception", "smoke test"), ("medq_perception_dev", "dev")])
def test_other_splits_never_stand_beside_published_rows(tmp_path: Path, name: str, words: str) -> None:
    found = board(tmp_path, {name: factory.perception_records(1305)})
    assert not found.published
    assert {row.origin for row in found.rows} == {"run", "chance"}
    assert words in found.title + found.notes[0]


def test_the_chance_row_follows_from_the_options(tmp_path: Path) -> None:
    found = board(tmp_path, {"medq_mini_perception": factory.perception_records(45)})
    (row,) = (row for row in found.rows if row.origin == "chance")
    assert row.metrics["accuracy_yes_or_no"].value == 0.5
    assert row.metrics["accuracy_what"].value == 0.25
    assert row.metrics["accuracy_how"].value == pytest.approx(1 / 3)
    assert row.metrics["accuracy"].value == pytest.approx((1 / 2 + 1 / 4 + 1 / 3) / 3)


def test_different_tables_and_judges_are_told(tmp_path: Path) -> None:
    name = "medq_reasoning_comparison"
    factory.write_run(tmp_path / "a", {name: factory.reasoning_records(133, "comparison")})
    other = [factory.reasoning(n, "comparison", table="f" * 16) for n in range(133)]
    factory.write_run(tmp_path / "b", {name: other}, model_args="pretrained=other")
    strict = [factory.reasoning(n, "comparison", stamp=factory.STAMP.__class__("x", "y", "z", "w")) for n in range(133)]
    factory.write_run(tmp_path / "c", {name: strict}, model_args="pretrained=third")
    (found,) = leaderboards(summarise(load_runs([tmp_path])))
    text = " ".join(found.notes)
    assert "different tables" in text
    assert "different judges or prompts" in text
    assert len(of(found, "published")) == 5


def test_other_words_are_named(tmp_path: Path) -> None:
    for name, stamp in (("a", PromptStamp("default", "a1")), ("b", PromptStamp("mine.yaml", "b2"))):
        items = [factory.perception(number, right=number % 3 > 0, prompts=stamp) for number in range(12)]
        factory.write_run(tmp_path / name, {"medq_perception": items}, model_args=f"pretrained={name}")
    (found,) = leaderboards(summarise(load_runs([tmp_path])))
    said = "Asked in other words than this package's, which moves scores: medq_perception (mine.yaml, b2)."
    assert said in found.notes


def test_a_run_that_does_not_say_its_words_beside_one_that_does_is_told(tmp_path: Path) -> None:
    for name, stamp in (("a", PromptStamp("default", "a1")), ("b", None)):
        items = [factory.perception(number, right=number % 3 > 0, prompts=stamp) for number in range(12)]
        factory.write_run(tmp_path / name, {"medq_perception": items}, model_args=f"pretrained={name}")
    said = "Some runs of medq_perception do not say in which words they asked (0.1.0, or imported)."
    (found,) = leaderboards(summarise(load_runs([tmp_path])))
    assert said in found.notes
    (alone,) = leaderboards(summarise(load_runs([tmp_path / "b"])))
    assert said not in alone.notes


@pytest.mark.parametrize(("servers", "told"), [(("http://a/v1", "http://b/v1"), True), (("", "http://b/v1"), False)])
def test_one_judge_s_name_on_several_servers_is_told(tmp_path: Path, servers: tuple[str, str], told: bool) -> None:
    name = "medq_reasoning_comparison"
    for place, server in enumerate(servers):  # "": judged by 0.1.0, which did not note it
        judge = replace(factory.STAMP, server=server)
        items = [factory.reasoning(n, "comparison", stamp=judge) for n in range(4)]
        factory.write_run(tmp_path / str(place), {name: items}, model_args=f"pretrained={place}")
    (found,) = leaderboards(summarise(load_runs([tmp_path])))
    assert any("One judge's name on several servers (http://a/v1, http://b/v1)" in note for note in found.notes) == told
    assert not any("different judges" in note for note in found.notes)


@pytest.mark.parametrize(("metric", "n"), [("accuracy_yes_or_no", 558), ("accuracy_what", 258), ("accuracy_how", 489)])
def test_rows_said_to_be_fractions_are(metric: str, n: int) -> None:
    exact = [row for row in published.PERCEPTION if row.items]
    assert len(exact) == 11
    for row in exact:
        assert round(round(row.metrics[metric] * n) / n, 4) == row.metrics[metric], row.model


@pytest.mark.parametrize("rows", [published.NO_REFERENCE, published.COMPARISON])
def test_published_overall_is_the_sum_of_its_axes(rows: tuple[published.PublishedRow, ...]) -> None:
    for row in rows:
        assert sum(row.metrics[axis] for axis in AXES) == pytest.approx(row.metrics["overall"], abs=0.0021), row.model


def test_levels_that_an_axis_does_not_have_are_told(tmp_path: Path) -> None:
    ones = [factory.reasoning(n, "comparison", scores=(1, 1, 1, 1)) for n in range(3)]
    found = board(tmp_path, {"medq_reasoning_comparison": ones})
    assert any("3 scores are levels that the axis does not have" in note for note in found.notes)


def test_published_scores_name_their_judge_and_runs_of_another_do_not_compare_with_them(tmp_path: Path) -> None:
    found = board(tmp_path, {"medq_reasoning_no_reference": list(factory.reasoning_records(221))})
    assert of(found, "run") == ["Qwen2-VL-7B-Instruct (qwen2_vl)"]
    assert {(row.origin, row.judge) for row in found.rows} == {
        ("run", "gpt-4o"),
        ("published", "gpt-4o-2024-05-13"),
    }
    assert found.judge_line == "Judge of the runs: gpt-4o; of the published rows: gpt-4o-2024-05-13."
    text = "\n".join(found.notes)
    assert "do not compare with theirs: Qwen2-VL-7B-Instruct (qwen2_vl) (by gpt-4o)." in text
    assert "judgements of gpt-4o-2024-05-13 under the paper's own prompts. That model was" in text


def test_a_run_of_the_published_rows_judge_and_prompts_is_not_set_apart(tmp_path: Path) -> None:
    stamp = replace(factory.STAMP, model=published.JUDGE, prompts=published.JUDGE_PROMPTS)
    records = [factory.reasoning(number, stamp=stamp) for number in range(221)]
    found = board(tmp_path, {"medq_reasoning_no_reference": list(records)})
    assert found.judge_line == f"Judge: {published.JUDGE}."
    assert not any("do not compare with theirs" in note for note in found.notes)


@pytest.mark.parametrize(
    ("stamps", "judges"),
    [
        ((factory.STAMP, replace(factory.STAMP, model="qwen")), {"gpt-4o", "qwen"}),
        ((factory.STAMP, replace(factory.STAMP, prompts="own.yaml")), {"gpt-4o (medq-tasks 1.0)", "gpt-4o (own.yaml)"}),
        ((factory.STAMP, None), {"gpt-4o", "none"}),
    ],
)
def test_where_judges_differ_each_row_names_its_own(
    tmp_path: Path, stamps: tuple[object, ...], judges: set[str]
) -> None:
    name = "medq_mini_no_reference"
    for place, stamp in enumerate(stamps):
        options = {"scores": None} if stamp is None else {"stamp": stamp}
        records = [factory.reasoning(number, **options) for number in range(4)]  # type: ignore[arg-type]
        factory.write_run(tmp_path, {name: records}, model_args=f"pretrained=o/model-{place}")
    (found,) = leaderboards(summarise(load_runs([tmp_path])))
    assert (found.judge, found.judge_line, found.judges_differ) == ("", "", True)
    assert {row.judge for row in found.rows} == judges


def test_where_nobody_judged_the_line_below_says_how_to(tmp_path: Path) -> None:
    found = board(tmp_path, {"medq_mini_no_reference": [factory.reasoning(n, scores=None) for n in range(4)]})
    assert found.judge_line == "Judge: none, so that the axes have no scores; `medq judge RUN` makes them."


def test_the_demos_judge_is_said_to_mean_nothing(tmp_path: Path) -> None:
    stamp = replace(factory.STAMP, model=scripted_judge.NAME)
    found = board(tmp_path, {"medq_mini_no_reference": [factory.reasoning(n, stamp=stamp) for n in range(4)]})
    assert scripted_judge.NOTE in found.notes


def test_without_published_rows_a_run_is_named_as_ever(tmp_path: Path) -> None:
    found = board(tmp_path, {"medq_mini_no_reference": list(factory.reasoning_records(5))})
    assert of(found, "run") == ["Qwen2-VL-7B-Instruct (qwen2_vl)"]
    assert not any("gpt-4o-2024-05-13" in note for note in found.notes)


def test_axes_that_do_not_add_up_to_overall_are_said_to_do_so(tmp_path: Path) -> None:
    # Overall 4 and 6 on two items; the third has no consistency: axes 1, 1.5, .. over three, consistency over two.
    scores = [(1, 1, 1, 1), (2, 1, 2, 1), (0, 0, None, 0)]
    records: list[Record] = [factory.reasoning(n, scores=values) for n, values in enumerate(scores)]
    found = board(tmp_path, {"medq_mini_no_reference": records})
    # 3/3 + 2/3 + 3/2 + 2/3 = 3.833 beside 5.000
    assert found.notes[-1] == (
        "medq_mini_no_reference: overall 5.000 is over the 2 items with all four axes, each axis over the items where "
        "it is scored; the axes shown add up to 3.833."
    )
    whole = board(tmp_path / "whole", {"medq_mini_no_reference": records[:2]})
    assert not any("add up to" in note for note in whole.notes)
