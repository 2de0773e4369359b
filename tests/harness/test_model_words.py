"""Settings of a YAML: empty ones are the default, what cannot be meant is one line."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import inputs, model_words
from tests.data.docs import doc
from tests.prompts.test_choice import words_file
from tests.prompts.test_words import CHOICE


def config_of(**blocks):
    """A task's config as the harness makes it, with these blocks."""
    given = {"until": ["<|own|>"], "max_new_tokens": 8}
    usual = {"dataset_kwargs": None, "lmms_eval_specific_kwargs": None, "generation_kwargs": given}
    return SimpleNamespace(**{**usual, "task": "mine", "fewshot_delimiter": "\n\n", **blocks})


@pytest.mark.parametrize("empty", [{}, {"pre_prompt": None}, {"post_prompt": None, "image_transport": ""}, None])
def test_an_empty_value_is_the_default(empty):
    assert inputs.doc_to_text(doc(), empty) == inputs.doc_to_text(doc())
    assert inputs.doc_to_visual(doc(), empty)[0].size == (6, 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"pre_prompt": 5}, "pre_prompt: 5 is no text"),
        ({"post_prompt": ["a"]}, "post_prompt"),
        ({"image_transport": 3}, "image_transport: 3 is no name"),
        ({"image_transport": "jpg"}, "'jpg' is unknown"),
        ({"preprompt": "x"}, "has 'preprompt', which means nothing here"),
        ("png", "not a mapping"),
        ({"pre_prompt": "<image>"}, "pre_prompt holds '<image>'"),
        ({"prompts": 5}, "the words of perception: prompts: 5 is no text"),
        ({"prompts": "no.yaml"}, "the words of perception: no.yaml: no such file or folder"),
    ],
)
def test_what_cannot_be_meant(words, said):
    with pytest.raises(HarnessStop) as stop:
        inputs.doc_to_text(doc(), words)
    assert said in str(stop.value)


def test_a_model_s_own_mark_in_a_file_of_words_is_refused_with_its_part(tmp_path):
    words = words_file(tmp_path, perception={**CHOICE, "options_heading": "<|im_end|>"})
    with pytest.raises(HarnessStop, match=r"options_heading of mine\.yaml holds '<\|im_end\|>'.*Take it out"):
        inputs.doc_to_text(doc(), {"prompts": str(words)})


@pytest.mark.parametrize("given", [{}, {"max_new_tokens": 9, "temperature": 0.5}])
def test_settings_without_a_stop_word_do_not_stop_at_a_blank_line(given, warned):
    config = config_of(generation_kwargs={"do_sample": False, **given, "until": ["\n\n"]})  # as the harness fills it
    model_words.fill_blocks(config)
    usual = {"max_new_tokens": 4096, "temperature": 0, "do_sample": False}
    assert config.generation_kwargs == {**usual, **given, "until": ["<|im_end|>", "<|mine|>"]}
    (line,) = warned
    assert "generation_kwargs of mine names no `until`" in line


def test_settings_with_a_stop_word_stay(warned):
    config = config_of()
    model_words.fill_blocks(config)
    assert config.generation_kwargs == {"until": ["<|own|>"], "max_new_tokens": 8}
    assert warned == []


@pytest.fixture
def models(monkeypatch):
    """A harness that knows one model, under two names."""
    made = ModuleType("lmms_eval.models")
    made.list_available_models = lambda include_aliases: ["qwen2_vl", "qwen2-vl"]
    monkeypatch.setitem(sys.modules, "lmms_eval.models", made)
    model_words._tell_once.cache_clear()
    yield made
    model_words._tell_once.cache_clear()


@pytest.mark.parametrize(
    ("block", "cure"), [("defualt", "Write default"), ("qwen2vl", "Write qwen2"), ("x", "Name it")]
)
def test_a_block_that_no_model_asks_for_is_told_once(models, warned, block, cure):
    for _ in range(2):
        model_words.fill_blocks(config_of(lmms_eval_specific_kwargs={block: {"pre_prompt": "Hi. "}}))
    (line,) = warned
    assert f"has a block {block}, which is no model of this lmms-eval: it has no effect. {cure}" in line


def test_blocks_of_models_are_fine(models, warned):
    words = {"default": {}, "qwen2_vl": {}, "qwen2-vl": {}, "pre_prompt": "Hi. "}
    model_words.fill_blocks(config_of(lmms_eval_specific_kwargs=words))
    del models.list_available_models
    model_words.fill_blocks(config_of(lmms_eval_specific_kwargs={"defualt": {}}))
    assert warned == []


def told(words, model, warned, **config):
    """What is said of these blocks when this model is asked."""
    before = len(warned)
    model_words.fill_blocks(config_of(lmms_eval_specific_kwargs=words, **config), model)
    return warned[before:]


DATASET = "has a block dataset, which lmms-eval takes in place of default alone: it has no effect"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"pre_prompt": "Top. ", "qwen2_vl": {}}, "pre_prompt at the top of lmms_eval_specific_kwargs has no effect"),
        ({"prompts": "a", "post_prompt": "b", "qwen2_vl": None}, "prompts, post_prompt at the top of"),
        ({"pre_promt": "Top. ", "qwen2_vl": {}}, "pre_promt at the top of lmms_eval_specific_kwargs has no effect"),
        ({"pre_prompt": "Top. ", "default": {"pre_prompt": "x"}}, "has no effect beside default. Write it into that"),
        ({"pre_prompt": "Top. ", "dataset": {"pre_prompt": "x"}}, "has no effect beside dataset. Write it into that"),
        ({"pre_prompt": "Top. ", "default": {"post_prompt": "x"}}, ""),
        ({"pre_prompt": "", "prompts": None, "qwen2_vl": {}}, ""),
        ({"dataset": {"pre_prompt": "x"}}, ""),
        ({"dataset": {"pre_prompt": "x"}, "default": {}}, DATASET),
        ({"dataset": {"pre_prompt": "x"}, "qwen2_vl": {}}, DATASET),
        ({"default": {"perception": {}}, "qwen2_vl": {}}, ""),  # not in use
    ],
)
def test_words_that_the_harness_passes_over_are_told_once(models, warned, words, said):
    lines = told(words, "qwen2_vl", warned)
    assert (len(lines), said in " ".join(lines)) == (bool(said), True)
    assert told(words, "qwen2_vl", warned) == []


@pytest.mark.parametrize("block", ["default", "qwen2_vl", "dataset"])
@pytest.mark.parametrize("inner", ["perception", "qwen2_vl", "pixels"])
def test_a_block_within_the_block_in_use_is_refused(models, warned, block, inner):
    words = {block: {"pre_prompt": "x", inner: {"introduction": "y"}}}
    with pytest.raises(HarnessStop, match=f"{block} has {inner}, which means nothing there. Known are prompts, pre_"):
        told(words, "qwen2_vl", warned)
    assert told(words, "qwen2_vl", warned, doc_to_text=len) == []  # whose own key it may be
    assert told({block: {"pre_prompt": {}}}, "qwen2_vl", warned) == []  # refused by what it is, where it is asked


@pytest.mark.parametrize("model", ["qwen2_vl", "openai"])
@pytest.mark.parametrize("words", [{"qwen2_vl": None}, {"default": {"pre_prompt": "x"}, "qwen2_vl": None}])
def test_an_empty_block_of_a_model_sets_nothing_for_it_and_refuses_no_other(models, warned, model, words):
    config = config_of(lmms_eval_specific_kwargs=dict(words))
    model_words.fill_blocks(config, model)
    assert config.lmms_eval_specific_kwargs["qwen2_vl"] == {}
    asked = config.lmms_eval_specific_kwargs
    assert "technical quality" in inputs.doc_to_text(doc(), asked["qwen2_vl"] if model == "qwen2_vl" else asked)
    assert warned == []


@pytest.mark.parametrize("words", [None, {}, {"default": None}, {"default": []}, {"default": {}}])
def test_empty_blocks_are_the_default(words):
    config = config_of(dataset_kwargs=None, lmms_eval_specific_kwargs=words)
    model_words.fill_blocks(config)
    assert config.dataset_kwargs == {"load_from_disk": True}
    assert not (config.lmms_eval_specific_kwargs or {}).get("default")
    assert (config.lmms_eval_specific_kwargs or {}).get("default", {}) == {}


@pytest.mark.parametrize(
    ("dataset", "words", "said"),
    [("x", None, "dataset_kwargs is 'x'"), (None, "png", "is 'png'"), (None, {"default": 3}, "default is 3")],
)
def test_a_block_that_is_no_mapping_is_one_line(dataset, words, said):
    with pytest.raises(HarnessStop, match=said):
        model_words.fill_blocks(config_of(dataset_kwargs=dataset, lmms_eval_specific_kwargs=words))


def harness(monkeypatch, **shape):
    module = SimpleNamespace(**shape)
    monkeypatch.setitem(model_words.sys.modules, "lmms_eval.api.task", module)
    return module


def test_the_harness_s_reading_is_watched_once_and_for_our_tasks(monkeypatch):
    class ConfigurableTask:
        def __init__(self, hook):
            self.config = config_of(doc_to_visual=hook, lmms_eval_specific_kwargs={"default": None})

        def _prepare_model_specific_config(self):
            return self.config.lmms_eval_specific_kwargs["default"]

    harness(monkeypatch, ConfigurableTask=ConfigurableTask)
    model_words.watch_blocks()
    once = ConfigurableTask._prepare_model_specific_config
    model_words.watch_blocks()
    assert ConfigurableTask._prepare_model_specific_config is once
    assert ConfigurableTask(inputs.doc_to_visual)._prepare_model_specific_config() == {}
    assert ConfigurableTask(len)._prepare_model_specific_config() is None


@pytest.mark.parametrize("shape", [{}, {"ConfigurableTask": object}])
def test_a_harness_that_reads_elsewhere_is_told(monkeypatch, warned, shape):
    harness(monkeypatch, **shape)
    model_words.watch_blocks()
    assert "empty blocks in a YAML may end the run" in warned[0]
