"""What makes two runs unfit for comparison, apart from what ``tests/decide/test_compare.py`` shows of whole runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medq_tasks.records import PromptStamp, Record
from medq_tasks.runs.differences import differences, image_transport, notes, other_words
from medq_tasks.runs.run import Run, TaskRun
from tests.runs import factory

TASK = "medq_perception"


def run_of(model: str = "vllm", backend: str = "", records: tuple[Record, ...] = (), **task: Any) -> Run:
    tasks = {TASK: TaskRun(TASK, "perception", "test", "1.0", records or (factory.perception(0),), **task)}
    return Run(model, "", "1", None, tasks, config={"model_backend": backend})


def sent(block: object, model: str = "vllm", backend: str = "") -> str | None:
    run = run_of(model, backend, config={"lmms_eval_specific_kwargs": block})
    return image_transport(run, run.tasks[TASK])


@pytest.mark.parametrize(
    ("block", "model", "backend", "reached"),
    [
        ({}, "vllm", "", "exact"),  # without the key the hooks hand pictures over as they are
        ({}, "qwen2_vl", "", "as qwen2_vl sends it"),
        ({}, "qwen2_vl", "lmms_eval.models.chat.qwen2_vl", "exact"),
        ({"image_transport": "png"}, "qwen2_vl", "", "exact"),  # resolved: the key lies at the top
        ({"qwen2_vl": {"image_transport": "png"}, "default": {"image_transport": "jpeg85"}}, "qwen2_vl", "", "exact"),
        ({"qwen2_vl": {}, "default": {"image_transport": "jpeg85"}}, "qwen2_vl", "", "jpeg85"),
        ({"default": {"image_transport": 3}}, "vllm", "", "exact"),
        (None, "qwen2_vl", "", None),
    ],
)
def test_the_transport_is_told_by_its_effect(block: object, model: str, backend: str, reached: str | None) -> None:
    assert sent(block, model, backend) == reached


def test_what_a_run_has_seen_counts_where_its_backend_s_name_says_nothing() -> None:
    def of(model: str, **medq: str) -> str | None:
        run = run_of(model, config={"lmms_eval_specific_kwargs": {}, "metadata": {"medq": medq}})
        return image_transport(run, run.tasks[TASK])

    assert of("mine", pixels_changed="mine makes JPEG of each picture") == "mine makes JPEG of each picture"
    # A run of 0.1.0 has seen nothing: the same way must not be refused.
    assert of("qwen2_vl", pixels_changed="as_is lets qwen2_vl make JPEG") == of("qwen2_vl") == "as qwen2_vl sends it"


def asked_in(*stamps: tuple[str, str] | None, **task: Any) -> Run:
    told = (None if stamp is None else PromptStamp(*stamp) for stamp in stamps)
    return run_of(records=tuple(factory.perception(n, prompts=one) for n, one in enumerate(told)), **task)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (("default", "a1"), ("mine.yaml", "b2"), "is default (a1) in A and mine.yaml (b2) in B"),
        (("mine.yaml", "a1"), ("mine.yaml", "b2"), "is mine.yaml (a1) in A and mine.yaml (b2) in B"),
        (("mine.yaml", "a1"), ("copy.yaml", "a1"), ""),  # a file by another name is the same words
        (None, ("mine.yaml", "b2"), ""),  # not known: no difference, but a note
    ],
)
def test_other_words_are_a_difference_by_what_they_say(a: Any, b: Any, said: str) -> None:
    found = [str(one) for one in differences(asked_in(a), asked_in(b))]
    assert found == ([f"{TASK}: wording of the questions {said}"] if said else [])
    unknown = f"{TASK}: A does not say in which words it asked."
    assert (unknown in notes(asked_in(a), asked_in(b))) == (a is None)


def test_the_words_of_a_run_are_named_where_they_are_not_ours() -> None:
    def of(run: Run) -> str:
        return other_words(run, run.tasks[TASK])

    assert of(asked_in(("default", "a1"))) == ""
    assert of(asked_in(("default", "a1"), ("mine.yaml", "b2"), ("mine.yaml", "b2"))) == "mine.yaml"
    old = {"lmms_eval_specific_kwargs": {"default": {"pre_prompt": "x", "post_prompt": " "}}}
    assert of(asked_in(None, config=old)) == "own pre_prompt"
    assert of(asked_in(("default, own pre_prompt", "c3"), config=old)) == "default, own pre_prompt"
    assert of(asked_in(None)) == ""


@pytest.mark.parametrize(("counts", "said"), [(True, ["none in A and m in B"]), (False, [])])
def test_a_second_reader_that_counts_is_a_difference(counts: bool, said: list[str]) -> None:
    read = factory.perception(0, state="" if counts else "unanswered", read_by="m", second="A")
    found = [str(one) for one in differences(run_of(), run_of(records=(read,)))]
    assert found == [f"{TASK}: second reader whose readings count is {one}" for one in said]


def test_another_version_and_another_judge_are_differences_of_their_task_alone() -> None:
    a, b = run_of(), run_of()
    only = replace(b.tasks[TASK], name="other", version="7")
    b = replace(b, tasks={TASK: replace(b.tasks[TASK], version=""), "other": only})
    assert [str(found) for found in differences(a, b)] == [f"{TASK}: task version is 1.0 in A and unknown in B"]


@pytest.mark.parametrize(("server", "told"), [("http://b/v1", True), ("http://a/v1", False), ("", False)])
def test_another_server_of_the_judge_is_told_and_is_no_difference(server: str, told: bool) -> None:
    a, b = run_of(), run_of()
    for run, place in ((a, "http://a/v1"), (b, server)):
        judge = replace(factory.STAMP, server=place)
        run.tasks[TASK] = replace(run.tasks[TASK], records=(factory.reasoning(0, "no_reference", stamp=judge),))
    assert differences(a, b) == []
    expected = f"{TASK}: the judge's server is http://a/v1 in A, http://b/v1 in B: one name may stand for other weights"
    assert any(note.startswith(expected) for note in notes(a, b)) == told


def test_notes_tell_both_sides_and_cut_what_is_long() -> None:
    a, b = replace(run_of(), problems=("Cut off.", "Lost.")), run_of(backend="other")
    long = {"pre_prompt": "é" * 300}
    b = replace(
        b,
        problems=("It broke.",),
        tasks={
            "new": replace(b.tasks[TASK], name="new"),
            TASK: replace(
                b.tasks[TASK],
                records=(factory.perception(0), factory.perception(1), factory.perception(2)),
                config={"lmms_eval_specific_kwargs": long},
                pictures={"limits": {"max_side": 512}},
            ),
        },
    )
    cut = '{"pre_prompt": "' + "é" * 184 + "..."  # 16 + 184 = 200 characters
    assert list(notes(a, b)) == [
        "A: Cut off.",
        "A: Lost.",
        "B: It broke.",
        "new: only in B.",
        f"{TASK}: 1 items in common; 0 are only in A and 2 only in B.",
        f"{TASK}: lmms_eval_specific_kwargs is null in A, {cut} in B.",
        f'{TASK}: the picture limits are null in A, {{"max_side": 512}} in B.',
        "backend:  in A, other in B.",
    ]
    exactly = {"generation_kwargs": {"x": "é" * 191}}  # {"x": "..."}: 9 + 191 = 200 characters, not cut
    c = run_of(config=exactly)
    assert list(notes(c, run_of())) == [f'{TASK}: generation_kwargs is {{"x": "{"é" * 191}"}} in A, null in B.']
