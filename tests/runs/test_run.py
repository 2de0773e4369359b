"""One evaluation as an object: labels, judgements side by side, the name of a checkpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medq_tasks.records import AxisJudgement, Judgement
from medq_tasks.runs.run import OWN_JUDGE, Run, TaskRun, display_name, labels, side_by_side, with_judge
from tests.runs import factory

REASONING = "medq_reasoning_no_reference"


def run_of(**changes: object) -> Run:
    return replace(Run("m", "model=x", "1", None, {}), **changes)  # type: ignore[arg-type]


def judged_run() -> Run:
    """Its own judgement, one of all items and one of two items."""
    own, whole = ((*factory.reasoning_records(3, seed=seed),) for seed in (0, 1))
    task = TaskRun(REASONING, "no_reference", "test", "1.0", own, judgements={"b": whole, "a": whole[:2]})
    return run_of(tasks={REASONING: task})


@pytest.mark.parametrize(
    ("model", "model_args", "expected"),
    [
        ("qwen2_vl", "pretrained=Qwen/Qwen2-VL-7B-Instruct,device_map=auto", "Qwen2-VL-7B-Instruct (qwen2_vl)"),
        ("openai", "model_version=gpt-4o,base_url=http://h/v1?a=b", "gpt-4o (openai)"),
        ("qwen2_vl", "pretrained=/models/run7/,max_pixels=1000", "run7 (qwen2_vl)"),
        ("hf", "pretrained=base,peft=mine/lora", "lora (hf)"),
        ("medq_baseline", "", "medq_baseline"),
    ],
)
def test_the_name_is_the_checkpoint_and_the_backend(model: str, model_args: str, expected: str) -> None:
    assert display_name(model, model_args) == expected


@pytest.mark.parametrize(
    "key", ["peft", "delta", "pretrained", "model", "model_version", "model_name", "model_id", "path", "engine"]
)
def test_each_key_that_the_harness_knows_names_the_checkpoint(key: str) -> None:
    assert display_name("hf", f"dtype=auto,{key}=mine/x,device=cpu") == "x (hf)"


def test_labels_say_no_more_than_tells_the_runs_apart() -> None:
    assert labels([run_of(when="1"), run_of(when="2", model_args="model=y")]) == ["x (m)", "y (m)"]
    assert labels([run_of(when="1"), run_of(when="2")]) == ["x (m) · 1", "x (m) · 2"]
    assert labels([run_of()] * 3) == ["x (m)", "x (m) · 2", "x (m) · 3"]
    run = judged_run()
    assert labels([run, with_judge(run, "a")]) == ["x (m)", "x (m) · a"]


def test_every_further_judgement_is_a_run_beside_the_own_one() -> None:
    shown = side_by_side(judged_run())
    assert [run.tasks[REASONING].judgement for run in shown] == [OWN_JUDGE, "a", "b"]
    assert [len(run.tasks[REASONING].records) for run in shown] == [3, 2, 3]


def test_an_own_judgement_without_a_judge_is_none() -> None:
    """Records that nobody judged, and such whose judge is not told."""
    unjudged = tuple(factory.reasoning(number, scores=None) for number in range(2))
    nameless = tuple(
        replace(record, judgements=(Judgement(None, {"quality_accuracy": AxisJudgement(1)}),)) for record in unjudged
    )
    for records in (unjudged, nameless):
        task = TaskRun(REASONING, "no_reference", "test", "1.0", records, judgements={"a": records})
        assert with_judge(run_of(tasks={REASONING: task}), None).tasks[REASONING].judgement == "a"


def test_the_own_judgement_is_offered_beside_another_one_wherever_a_task_has_it() -> None:
    run = judged_run()
    unjudged = tuple(factory.reasoning(number, "comparison", scores=None) for number in range(2))
    later = tuple(factory.reasoning(number, "comparison") for number in range(2))
    task = TaskRun("medq_reasoning_comparison", "comparison", "test", "1.0", unjudged, judgements={"a": later})
    run = with_judge(replace(run, tasks={**run.tasks, task.name: task}), "a")
    assert {task.judgement for task in run.tasks.values()} == {"a"}
    assert run.judges == (OWN_JUDGE, "a", "b")
