"""Comparison of two runs: numbers by hand, refusals, flips, and what the command prints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.decide.compare import ComparedMetric, RunComparison, compare, compare_measure
from medq_tasks.errors import RunError
from medq_tasks.records import JudgeStamp, Record
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.picture_groups import NOT_KNOWN, without_pictures
from medq_tasks.runs.run import Run, TaskRun
from tests.runs import factory

PERCEPTION, REASONING = "medq_perception", "medq_reasoning_no_reference"
STAMP = factory.STAMP


def run_of(folder: Path, tasks: dict[str, list[Any]], **options: Any) -> Run:
    (run,) = load_runs([factory.write_run(folder, tasks, **options)])
    return run


def perception(outcomes: str) -> list[Record]:
    """One record per letter: r(ight), w(rong), u(nanswered), f(ailed)."""
    states = {"r": "right", "w": "wrong", "u": "unanswered", "f": "failed"}
    return [factory.perception(number, state=states[letter]) for number, letter in enumerate(outcomes)]


def reasoning(sums: list[tuple[int | None, ...]], **options: Any) -> list[Record]:
    return [factory.reasoning(number, scores=scores, **options) for number, scores in enumerate(sums)]


def whole(comparison: RunComparison, metric: str) -> ComparedMetric:
    (row,) = [row for row in comparison.rows if row.metric == metric and not row.where]
    return row


def test_forms_of_one_item_are_compared_each_with_its_own(tmp_path: Path) -> None:
    forms = ("", "rotated-1")
    a = run_of(tmp_path / "a", {PERCEPTION: [replace(perception("r")[0], variant=form) for form in forms]})
    second = [replace(perception(outcome)[0], variant=form) for form, outcome in zip(forms, "rw", strict=True)]
    found = compare(a, run_of(tmp_path / "b", {PERCEPTION: second}))
    row = whole(found, "accuracy").paired
    assert (row.n, row.mean_a, row.mean_b) == (2, 1.0, 0.5)
    assert [(flip.id, flip.change) for flip in found.flips] == [("1000 rotated-1", "right -> wrong")]


def test_accuracy_by_hand(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rrrwwwwwww")})
    b = run_of(tmp_path / "b", {PERCEPTION: perception("rrwrrrrruw")})
    row = whole(compare(a, b), "accuracy").paired
    # A: 3 of 10, B: 7 of 10; 1 item only A's, 5 only B's: p = 2 * (C(6,0) + C(6,1)) / 2^6 = 14 / 64
    assert (row.n, row.mean_a, row.mean_b) == (10, pytest.approx(0.3), pytest.approx(0.7))
    assert row.difference == pytest.approx(0.4)
    assert row.p_value == pytest.approx(14 / 64)
    assert row.test == "exact McNemar"
    unanswered = whole(compare(a, b), "unanswered").paired
    assert unanswered.difference == pytest.approx(0.1)


def test_scores_by_hand_and_items_without_a_score(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {REASONING: reasoning([(1, 1, 1, 1), (2, 1, 1, 1), (0, 0, 0, 0), (1, 1, None, 1)])})
    b = run_of(tmp_path / "b", {REASONING: reasoning([(2, 1, 1, 2), (2, 1, 1, 2), (0, 0, 0, 0), (2, 2, 2, 2)])})
    found = compare(a, b)
    overall = whole(found, "overall")
    # Overall +2, +1, 0 on three items; the fourth is not judged in A. Sign patterns of (2, 1): 2 of 4 reach 3.
    assert (overall.paired.n, overall.left_out) == (3, 1)
    assert overall.paired.difference == pytest.approx(1)
    assert overall.paired.p_value == pytest.approx(0.5)
    completeness = whole(found, "completeness")
    # +1, 0, 0, +1 on all four items: p = 2 / 4
    assert (completeness.paired.n, completeness.left_out) == (4, 0)
    assert completeness.paired.difference == pytest.approx(0.5)
    assert completeness.paired.p_value == pytest.approx(0.5)
    assert completeness.paired.test == "exact paired permutation"


def test_slices_are_corrected_per_metric(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: factory.perception_records(90, 0.2)})
    b = run_of(tmp_path / "b", {PERCEPTION: factory.perception_records(90, 0.9, seed=1)})
    found = compare(a, b, fields=["question_type", "severity"])
    slices = [row for row in found.rows if row.where]
    assert [row.slice for row in slices] == [
        "question_type=how",
        "question_type=what",
        "question_type=yes_or_no",
        "severity=mild",
        "severity=none",
        "severity=severe",
    ]
    smallest = min(slices, key=lambda row: row.paired.p_value)
    assert smallest.p_holm == pytest.approx(6 * smallest.paired.p_value)  # six slices were looked at
    assert sum(row.paired.n for row in slices[:3]) == 90


def both(folder: Path) -> tuple[Run, Run]:
    tasks = [
        {
            PERCEPTION: factory.perception_records(90, 0.3 + 0.3 * seed, seed=seed),
            REASONING: reasoning([(1, 1, 2, seed)] * 9),
        }
        for seed in (0, 1)
    ]
    first, second = (run_of(folder / str(seed), made) for seed, made in enumerate(tasks))
    return first, second


def test_rows_of_whole_tasks_are_corrected_together(tmp_path: Path) -> None:
    rows = [row for row in compare(*both(tmp_path), fields=["modality"]).rows if not row.where]
    assert len(rows) == 8  # accuracy, unanswered; overall, four axes, verdict
    ranked = sorted(row.paired.p_value or 0 for row in rows)
    # Nine differences of 1: 2 / 2^9 for quality accuracy and overall; accuracy less; of the others nothing differs.
    assert ranked[1:] == pytest.approx([2 / 512] * 2 + [1] * 5)
    assert whole_of(rows, "accuracy").p_holm == pytest.approx(8 * ranked[0])
    assert whole_of(rows, "overall").p_holm == whole_of(rows, "quality_accuracy").p_holm == pytest.approx(7 * 2 / 512)
    assert not any(row.primary for row in rows)


def whole_of(rows: list[ComparedMetric], metric: str) -> ComparedMetric:
    (row,) = [row for row in rows if row.metric == metric]
    return row


@pytest.mark.parametrize("name", ["overall", f"{REASONING}.overall"])
def test_the_question_asked_first_is_not_corrected_nor_are_others_for_it(tmp_path: Path, name: str) -> None:
    rows = [row for row in compare(*both(tmp_path), fields=[], primary=name).rows if not row.where]
    first = whole_of(rows, "overall")
    assert (first.primary, first.p_holm) == (True, pytest.approx(2 / 512))
    accuracy = whole_of(rows, "accuracy")
    assert accuracy.p_holm == pytest.approx(7 * (accuracy.paired.p_value or 0))
    assert sum(row.primary for row in rows) == 1


def test_a_slice_may_be_the_question_asked_first(tmp_path: Path) -> None:
    runs = both(tmp_path)
    rows = compare(*runs, fields=["modality"], primary="accuracy[modality=ct]").rows
    slices = [row for row in rows if row.where and row.metric == "accuracy"]
    (first,) = [row for row in slices if row.primary]
    assert (first.slice, first.p_holm) == ("modality=ct", first.paired.p_value)
    smallest = min((row for row in slices if not row.primary), key=lambda row: row.paired.p_value or 0)
    assert smallest.p_holm == pytest.approx(4 * (smallest.paired.p_value or 0))  # of five modalities


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("accuracy_how", "--primary accuracy_how: no row of the comparison. There is: medq_perception.accuracy, "),
        ("acuracy", "no value of 'acuracy'"),
        ("accuracy[modality=ct]", "no row of the comparison"),  # only severity is looked at
        ("completeness=1", "is not a name"),
    ],
)
def test_a_first_question_that_is_no_row_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RunError, match=re.escape(message)):
        compare(*both(tmp_path), fields=["severity"], primary=name)


def test_items_that_share_a_picture_count_together(tmp_path: Path) -> None:
    # Six questions on three pictures, B better on all: 2 of 2^3 sign patterns by picture, 2 of 2^6 by item.
    a, b = (
        run_of(tmp_path / name, {PERCEPTION: factory.sharing(list(perception(name * 6)), 2)}) for name in ("w", "r")
    )
    row = whole(compare(a, b), "accuracy")
    assert (row.paired.p_value, row.pictures, row.paired.n) == (pytest.approx(2 / 8), 3, 6)
    alone = compare(without_pictures(a), without_pictures(b))
    assert whole(alone, "accuracy").paired.p_value == pytest.approx(2 / 64)
    assert whole(alone, "accuracy").pictures is None
    assert f"{PERCEPTION}: {NOT_KNOWN}" in alone.notes
    # One of the runs is of 0.1.0: its items are those of the other one.
    assert whole(compare(without_pictures(a), b), "accuracy").pictures == 3


def test_a_slice_of_several_conditions_is_named_by_all_and_holds_what_meets_all(tmp_path: Path) -> None:
    # Items 0 to 2 are CT and yes_or_no, what, how in turn.
    task = run_of(tmp_path, {PERCEPTION: perception("rrwrr")}).tasks[PERCEPTION]
    found = compare_measure(task, task, "accuracy", (("modality", "ct"), ("question_type", "how")))
    assert (found.slice, found.paired.n, found.paired.mean_a) == ("modality=ct,question_type=how", 1, 0.0)


def test_the_metrics_that_are_compared_and_those_that_are_sliced(tmp_path: Path) -> None:
    tasks = {PERCEPTION: perception("rw"), REASONING: reasoning([(1, 1, 1, 1)] * 2)}
    run = run_of(tmp_path, tasks)
    rows = compare(run, run, fields=["modality"]).rows
    axes = ["completeness", "preciseness", "consistency", "quality_accuracy"]
    whole_tasks = [row.metric for row in rows if not row.where]
    assert whole_tasks == ["accuracy", "unanswered", "overall", *axes, "verdict_accuracy"]
    assert list(dict.fromkeys(row.metric for row in rows if row.where)) == [
        "accuracy",
        "overall",
        *axes,
        "verdict_accuracy",
    ]


def test_a_run_against_itself_has_no_difference(tmp_path: Path) -> None:
    run = run_of(tmp_path, {PERCEPTION: factory.perception_records(40), REASONING: factory.reasoning_records(20)})
    found = compare(run, run)
    assert found.flips == ()
    assert {row.paired.difference for row in found.rows} == {0}
    assert {row.paired.p_value for row in found.rows} == {1}


def transported(folder: Path, *sides: tuple[str, str | None]) -> list[Run]:
    """A run per (model, image_transport)."""
    runs = []
    for number, (model, transport) in enumerate(sides):
        run = run_of(folder / f"{number} {model} {transport}", {PERCEPTION: perception("rw")}, model=model)
        block = {"lmms_eval_specific_kwargs": {"default": {"image_transport": "as_is"}, model: {}}}
        block["lmms_eval_specific_kwargs"][model] = {"image_transport": str(transport)}
        config = block if transport else {}
        runs.append(replace(run, tasks={PERCEPTION: replace(run.tasks[PERCEPTION], config=config)}))
    return runs


CHANGES: list[tuple[str, JudgeStamp]] = [
    ("judge-model", replace(STAMP, model="gpt-5")),
    ("judge-prompts", replace(STAMP, prompts_hash="0000000000000000")),
    ("judge-settings", replace(STAMP, settings_hash="0000000000000000")),
]


class TestRefusals:
    @pytest.mark.parametrize(("kind", "stamp"), CHANGES, ids=[kind for kind, _ in CHANGES])
    def test_another_judge(self, tmp_path: Path, kind: str, stamp: JudgeStamp) -> None:
        a = run_of(tmp_path / "a", {REASONING: factory.reasoning_records(4)})
        b = run_of(tmp_path / "b", {REASONING: reasoning([(1, 1, 1, 1)] * 4, stamp=stamp)})
        self.check_refused_and_allowed(a, b, kind)

    def test_another_table(self, tmp_path: Path) -> None:
        a = run_of(tmp_path / "a", {PERCEPTION: perception("rw")})
        b = run_of(tmp_path / "b", {PERCEPTION: [replace(item, table="fff0") for item in perception("rw")]})
        self.check_refused_and_allowed(a, b, "table")
        with pytest.raises(RunError, match="table is 0123456789abcdef in A and fff0 in B"):
            compare(a, b)

    def test_another_task_version(self, tmp_path: Path) -> None:
        a = run_of(tmp_path / "a", {PERCEPTION: perception("rw")})
        b = run_of(tmp_path / "b", {PERCEPTION: perception("rw")}, metadata={"version": "2.0"})
        self.check_refused_and_allowed(a, b, "version")

    def test_another_image_transport(self, tmp_path: Path) -> None:
        a, b = transported(tmp_path, ("qwen2_vl", "png"), ("qwen2_vl", "jpeg85"))
        self.check_refused_and_allowed(a, b, "image-transport")
        a, b = transported(tmp_path, ("qwen2_vl", "png"), ("qwen2_vl", "as_is"))  # stock qwen2_vl encodes JPEG
        self.check_refused_and_allowed(a, b, "image-transport")
        with pytest.raises(RunError, match="image transport is exact in A and as qwen2_vl sends it in B"):
            compare(a, b)

    def test_two_ways_to_exact_pixels_are_one_transport(self, tmp_path: Path) -> None:
        a, b = transported(tmp_path, ("qwen2_vl", "png"), ("vllm", "as_is"))
        assert compare(a, b).allowed == ()

    def test_a_variable_that_makes_the_harness_send_jpeg(self, tmp_path: Path) -> None:
        a, b = transported(tmp_path, ("openai", "as_is"), ("openai", "as_is"))
        made = {"medq": {"image_environment": {"LMMS_IMAGE_ENCODE_FORMAT": "JPEG"}}}
        task = replace(b.tasks[PERCEPTION], config={**b.tasks[PERCEPTION].config, "metadata": made})
        b = replace(b, tasks={PERCEPTION: task})
        self.check_refused_and_allowed(a, b, "image-transport")
        with pytest.raises(RunError, match="exact in A and exact unless changed by LMMS_IMAGE_ENCODE_FORMAT=JPEG in B"):
            compare(a, b)

    def test_a_transport_that_is_not_recorded_is_no_difference(self, tmp_path: Path) -> None:
        a, b = transported(tmp_path, ("qwen2_vl", "png"), ("qwen2_vl", None))
        assert compare(a, b).allowed == ()

    def check_refused_and_allowed(self, a: Run, b: Run, kind: str) -> None:
        with pytest.raises(RunError, match=f"cannot be compared:\n.*\n.*--allow-different {kind}$"):
            compare(a, b)
        for allow in (kind, "all"):
            (difference,) = compare(a, b, allow=[allow]).allowed
            assert difference.kind == kind
        other = "version" if kind != "version" else "table"
        with pytest.raises(RunError):
            compare(a, b, allow=[other])

    def test_an_unknown_allowance(self, tmp_path: Path) -> None:
        run = run_of(tmp_path, {PERCEPTION: perception("rw")})
        with pytest.raises(RunError, match=r"--allow-different tabel is unknown\. There is: table, version"):
            compare(run, run, allow=["tabel"])

    def test_no_common_task_or_item(self, tmp_path: Path) -> None:
        a = run_of(tmp_path / "a", {PERCEPTION: perception("rw")})
        b = run_of(tmp_path / "b", {REASONING: factory.reasoning_records(3)})
        with pytest.raises(RunError, match="no task in common: medq_perception against medq_reasoning"):
            compare(a, b)
        c = run_of(tmp_path / "c", {PERCEPTION: perception("rwrr")[2:]})
        with pytest.raises(RunError, match="no item in common"):
            compare(a, c)


def test_what_is_not_shared_is_noted(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rwrr"), REASONING: factory.reasoning_records(3)})
    b = run_of(tmp_path / "b", {PERCEPTION: perception("rww")})
    notes = compare(a, b).notes
    assert f"{REASONING}: only in A." in notes
    assert f"{PERCEPTION}: 3 items in common; 1 are only in A and 0 only in B." in notes


def test_how_the_answers_were_made_is_noted(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {PERCEPTION: perception("rw")}, metadata={"medq": {"input_code": "aaaa"}})
    b = run_of(tmp_path / "b", {PERCEPTION: perception("rw")}, metadata={"medq": {"input_code": "bbbb"}})
    assert not any("temperature" in note for note in compare(a, a).notes)
    task = b.tasks[PERCEPTION]
    warmer = replace(task, config={**task.config, "generation_kwargs": {"temperature": 1}})
    notes = compare(a, replace(b, tasks={PERCEPTION: warmer})).notes
    assert f'{PERCEPTION}: generation_kwargs is null in A, {{"temperature": 1}} in B.' in notes
    assert f"{PERCEPTION}: the code that makes prompts and pixels is not the same in A and B." in notes


def test_one_run_without_a_judge_is_noted_and_nothing_judged_is_compared(tmp_path: Path) -> None:
    a = run_of(tmp_path / "a", {REASONING: factory.reasoning_records(5)})
    b = run_of(tmp_path / "b", {REASONING: [factory.reasoning(number, scores=None) for number in range(5)]})
    found = compare(a, b)
    assert any("judged only in A" in note for note in found.notes)
    assert whole(found, "overall").paired.n == 0
    assert whole(found, "verdict_accuracy").paired.n == 5


@given(st.lists(st.sampled_from(["rr", "rw", "wr", "ww", "uf"]), min_size=1, max_size=30), st.randoms())
def test_swapping_changes_the_sign_and_order_changes_nothing(pairs: list[str], rng: Any) -> None:
    def build(side: int) -> Run:
        records = tuple(perception("".join(pair[side] for pair in pairs)))
        made = run_from_records(records)
        shuffled = rng.sample(records, len(records))
        task = replace(made.tasks[PERCEPTION], records=tuple(shuffled))
        return replace(made, tasks={PERCEPTION: task})

    a, b = build(0), build(1)
    there, back = whole(compare(a, b, fields=[]), "accuracy"), whole(compare(b, a, fields=[]), "accuracy")
    assert there.paired.difference == pytest.approx(-back.paired.difference)
    assert there.paired.p_value == pytest.approx(back.paired.p_value)
    again = whole(compare(build(0), build(1), fields=[]), "accuracy")
    assert again == there


def run_from_records(records: tuple[Record, ...]) -> Run:
    task = TaskRun(PERCEPTION, "perception", "test", "", records)
    return Run("m", "", "", None, {PERCEPTION: task})
