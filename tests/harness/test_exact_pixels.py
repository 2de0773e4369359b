"""The transport of tasks that name none, around a stand-in for the harness's evaluator."""

from types import ModuleType, SimpleNamespace

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.harness import exact_pixels
from medq_tasks.harness.inputs import doc_to_visual
from medq_tasks.harness.shape import Unlike


def task(words=None, block=None, hook=doc_to_visual):
    """``words``: what the harness has made of the blocks for this model."""
    config = SimpleNamespace(lmms_eval_specific_kwargs=block if block is not None else words, doc_to_visual=hook)
    return SimpleNamespace(config=config, lmms_eval_specific_kwargs=words)


def model(name="qwen2_vl", package="lmms_eval.models.simple", simple=True, base=object):
    kind = type("Model", (base,), {"__module__": f"{package}.{name}"})
    made = kind()
    made.is_simple = simple
    return made


@pytest.mark.parametrize(
    ("words", "backend", "transport"),
    [
        (None, "qwen2_vl", "png"),
        ({}, "qwen2_vl", "png"),
        ({"pre_prompt": "Look. "}, "claude", "png"),
        ({"pre_prompt": "Look. ", "image_transport": None}, "qwen2_vl", "png"),
        ({"image_transport": ""}, "qwen2_vl", "png"),
        ({"image_transport": "  "}, "qwen2_vl", "png"),
        ({"image_transport": "as_is"}, "qwen2_vl", "as_is"),
        ({"image_transport": "jpeg85"}, "openai", "jpeg85"),
        ({"qwen2_vl": {"image_transport": "png"}}, "openai", "as_is"),  # another model's block
        (None, "openai", "as_is"),
    ],
)
def test_a_task_gets_what_the_backend_needs_unless_it_names_something(words, backend, transport):
    given = task(words)
    assert exact_pixels.fill(given, backend) == transport
    assert given.lmms_eval_specific_kwargs["image_transport"] == transport
    assert given.config.lmms_eval_specific_kwargs["image_transport"] == transport
    assert given.lmms_eval_specific_kwargs.get("pre_prompt") == (words or {}).get("pre_prompt")


def test_the_blocks_stay_in_the_result_as_they_were_given():
    block = {"qwen2_vl": {"pre_prompt": "x"}, "default": {"pre_prompt": "y"}}
    given = task({"pre_prompt": "x"}, block)
    exact_pixels.fill(given, "qwen2_vl")
    assert given.config.lmms_eval_specific_kwargs == {**block, "image_transport": "png"}
    assert block == {"qwen2_vl": {"pre_prompt": "x"}, "default": {"pre_prompt": "y"}}


def test_a_task_that_serves_two_models_gets_to_each_what_it_needs():
    given = task({"pre_prompt": "x"})
    assert [exact_pixels.fill(given, name) for name in ("openai", "qwen2_vl", "openai")] == ["as_is", "png", "as_is"]
    asked = task({"image_transport": "as_is"})
    assert [exact_pixels.fill(asked, name) for name in ("openai", "qwen2_vl")] == ["as_is", "as_is"]


def test_pictures_shown_through_a_function_of_the_user_s_own_are_exact_too():
    own = task(hook=len)
    own.config.process_results = doc_to_visual  # any hook of ours
    made = evaluator({"mine": own})
    made.simple_evaluate(model())
    assert made.seen == {"mine": {"image_transport": "png"}}


def test_a_transport_that_does_not_exist_is_refused():
    with pytest.raises(SettingsError, match="'jpg' is unknown"):
        exact_pixels.fill(task({"image_transport": "jpg"}), "qwen2_vl")


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (model(), "qwen2_vl"),
        (model("openai", "lmms_eval.models.chat"), "openai"),
        (model("claude", "medq_tasks.harness.backends"), "claude"),
        (model("mine", "my_package", base=type(model())), "qwen2_vl"),  # a user's own class over the harness's
        (model("baseline", "somewhere"), ""),
    ],
)
def test_the_backend_is_known_by_its_class(made, name):
    assert exact_pixels.backend_of(made) == name


def evaluator(tasks):
    made = ModuleType("evaluator")

    def evaluate(lm, task_dict):
        made.seen = {name: one.lmms_eval_specific_kwargs for name, one in task_dict.items()}
        return {"configs": {name: {"metadata": {"medq": {"table": 1}}} for name in task_dict}}

    def simple_evaluate(lm):
        return made.evaluate(lm=lm, task_dict=tasks)

    made.evaluate, made.simple_evaluate = evaluate, simple_evaluate
    exact_pixels.watch(made)
    exact_pixels.watch(made)  # a second plugin: nothing is wrapped twice
    return made


def test_only_tasks_of_ours_are_touched_and_an_exact_run_says_nothing(warned):
    made = evaluator({"ours": task(), "other": task(hook=len)})
    result = made.simple_evaluate(model("xcomposer2d5"))
    assert made.seen == {"ours": {"image_transport": "png"}, "other": None}
    assert result["configs"]["ours"]["metadata"]["medq"] == {"table": 1}
    assert warned == []


@pytest.mark.parametrize(
    ("words", "made", "variable", "said"),
    [
        ({"image_transport": "as_is"}, model(), "", "lets qwen2_vl make JPEG at quality 85 of each picture"),
        ({"image_transport": "jpeg50"}, model("openai"), "", "jpeg50 makes JPEG of each picture"),
        (None, model("openai", simple=False), "jpeg", "LMMS_IMAGE_ENCODE_FORMAT=JPEG makes JPEG of each picture"),
    ],
)
def test_a_lossy_path_is_told_at_the_start_and_in_the_result(monkeypatch, warned, words, made, variable, said):
    monkeypatch.setenv("LMMS_IMAGE_ENCODE_FORMAT", variable or "PNG")
    result = evaluator({"ours": task(words)}).simple_evaluate(made)
    (line,) = warned
    assert said in line
    assert result["configs"]["ours"]["metadata"]["medq"]["pixels_changed"] in line


@pytest.mark.parametrize(
    ("made", "variable"),
    [
        (model("qwen2_5_vl", simple=False), "PNG"),
        (model("qwen2_5_vl", simple=False), "JPEG"),  # does not read it
        (model("openai"), "JPEG"),
        (model("openai", simple=False), "tiff"),
        (model("openai", simple=False), ""),
    ],
)
def test_an_exact_path_is_not_called_lossy(monkeypatch, warned, made, variable):
    # The chat class of qwen2_5_vl hands pictures on; the variable is the chat backends' alone.
    monkeypatch.setenv("LMMS_IMAGE_ENCODE_FORMAT", variable)
    evaluator({"ours": task({"image_transport": "as_is"})}).simple_evaluate(made)
    assert warned == []


def test_a_harness_of_another_shape_is_told():
    with pytest.raises(Unlike):
        exact_pixels.watch(ModuleType("evaluator"))
