"""Batch 1 and batch 4 give the same replies, through real backends, whatever side the checkpoint's tokenizer names.

The weights are random, but the comparison is stable: in float32 a batch of another size moves a logit by 2e-7, and the
two likeliest tokens of the replies compared here lie at least 4e-5 apart.
"""

from __future__ import annotations

import inspect
import json
import textwrap

import pytest

from medq_tasks.fidelity import tiny
from medq_tasks.harness.plugin import task_folder
from tests.end_to_end.checkpoints import build_tiny_glm4v

TASK = "medq_mini_perception"
ITEMS = 8
OTHERS = [f"Is it {'very ' * (9 * (number % 4))}bright?" for number in range(ITEMS)]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Folders by the side that the tokenizer names."""
    folder = tmp_path_factory.mktemp("checkpoints")
    return {side: tiny.build_tiny_qwen2_vl(folder / str(side), side) for side in ("left", None)}


@pytest.fixture(scope="module")
def other_task(tmp_path_factory):
    """Folder with a task of somebody else: prompts of unequal length, each with a small grey picture."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "table.jsonl").write_text("\n".join(json.dumps({"prompt": prompt}) for prompt in OTHERS))
    (folder / "hooks.py").write_text(
        textwrap.dedent(
            """
            from PIL import Image

            def visual(doc):
                return [Image.new("RGB", (56, 56), "grey")]

            def results(doc, replies):
                return {"reply": replies[0]}

            def first(values):
                return values[0]
            """
        )
    )
    (folder / "other.yaml").write_text(
        textwrap.dedent(
            f"""
            task: other
            dataset_path: json
            dataset_kwargs: {{data_files: {{test: "{folder / "table.jsonl"}"}}}}
            test_split: test
            output_type: generate_until
            doc_to_visual: !function hooks.visual
            doc_to_text: prompt
            doc_to_target: "A"
            process_results: !function hooks.results
            generation_kwargs: {{max_new_tokens: 8, temperature: 0, do_sample: false, until: ["<|im_end|>"]}}
            metric_list: [{{metric: reply, aggregation: !function hooks.first, higher_is_better: true}}]
            """
        )
    )
    return folder


def build(model, pretrained, batch_size):
    """The backend in float32: some load as bfloat16, whose noise decides between likely tokens."""
    from lmms_eval import models

    arguments = f"pretrained={pretrained},device=cpu,device_map=cpu"
    made = models.get_model(model).create_from_arg_string(arguments, {"batch_size": batch_size})
    made._model.float()
    return made


def ask(pretrained, batch_size, tasks=(TASK,), *, model="qwen2_vl", folder=None, limit=ITEMS, **options):
    """One run of the harness: replies by task and item, and what the result says of padding in our task."""
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    folders = [str(task_folder()), *([str(folder)] if folder else [])]
    results = simple_evaluate(
        model=build(model, pretrained, batch_size),
        model_args=str(pretrained),
        tasks=list(tasks),
        task_manager=TaskManager(include_path=folders, include_defaults=False, model_name=model),
        gen_kwargs="max_new_tokens=8",
        limit=limit,
        bootstrap_iters=0,
        **options,
    )
    replies = {
        (task, line["doc_id"]): line["record"]["reply"] if task == TASK else line["reply"]
        for task, lines in results["samples"].items()
        for line in lines
    }
    config = results["configs"].get(TASK, {"metadata": {"medq": {}}})
    return replies, config["metadata"]["medq"].get("padding_side")


def of(task, replies):
    return {item: reply for (name, item), reply in replies.items() if name == task}


@pytest.fixture
def unwatched(monkeypatch):
    """The harness as it is without this package's wraps."""
    from lmms_eval import evaluator
    from lmms_eval.tasks import TaskManager

    TaskManager(include_path=str(task_folder()), include_defaults=False)
    monkeypatch.setattr(evaluator, "evaluate", inspect.unwrap(evaluator.evaluate))


@pytest.fixture(scope="module")
def alone(checkpoints, shared_cache):
    """The replies of batch size 1."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDQ_CACHE_DIR", str(shared_cache))
        replies, told = ask(checkpoints["left"], 1)
    assert len(replies) == ITEMS
    assert told is None
    return replies


USED = {"checkpoint": "right", "used": "left", "batch_size": 4}


@pytest.mark.parametrize(("side", "told"), [("left", None), (None, USED)])
def test_batch_of_four_gives_the_replies_of_batch_of_one(side, told, checkpoints, alone):
    assert ask(checkpoints[side], 4) == (alone, told)


@pytest.mark.usefixtures("unwatched")
def test_without_the_wrap_they_are_others(checkpoints, alone):
    replies, _ = ask(checkpoints[None], 4)
    assert replies != alone


def test_through_the_response_store_as_well(checkpoints, alone, tmp_path):
    assert ask(checkpoints[None], 4, use_cache=str(tmp_path))[0] == alone


class TestBesideAnotherTask:
    @pytest.fixture(scope="class")
    def others_before(self, checkpoints, other_task):
        return ask(checkpoints[None], 4, ["other"], folder=other_task)[0]

    def test_ours_are_set_right_and_theirs_are_what_they_were(self, checkpoints, other_task, others_before, alone):
        replies, told = ask(checkpoints[None], 4, [TASK, "other"], folder=other_task)
        assert of(TASK, replies) == of(TASK, alone)
        assert told == USED
        assert of("other", replies) == of("other", others_before)

    def test_which_left_padding_would_have_changed(self, checkpoints, other_task, others_before):
        assert ask(checkpoints["left"], 4, ["other"], folder=other_task)[0] != others_before


def test_a_chat_backend_that_names_the_side_is_left_alone(tmp_path):
    pretrained = tiny.build_tiny_qwen2_5_vl(tmp_path)
    replies, told = ask(pretrained, 4, model="qwen2_5_vl", limit=4)
    assert replies == ask(pretrained, 1, model="qwen2_5_vl", limit=4)[0]
    assert told is None


def test_another_backend_that_follows_the_tokenizer_is_set_right(tmp_path, request):
    pretrained = build_tiny_glm4v(tmp_path / "Flash")  # by this word the backend knows the size
    first, _ = ask(pretrained, 1, model="glm4v")
    assert ask(pretrained, 4, model="glm4v") == (first, USED)
    request.getfixturevalue("unwatched")
    assert ask(pretrained, 4, model="glm4v")[0] != first
