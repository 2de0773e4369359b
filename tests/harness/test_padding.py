"""Which models are set to pad on the left, for which requests, and when a run is refused; with stand-ins for models.

The real harness with real backends: tests/end_to_end/test_batches.py.
"""

import importlib.util
import types
from importlib import metadata
from pathlib import Path

import pytest
import torch

from medq_tasks.harness import inputs, padding
from medq_tasks.harness.shape import Unlike
from medq_tasks.harness.tables import HarnessStop


def tokenizer(side="right", attribute="padding_side"):
    return types.SimpleNamespace(**{attribute: side, "name_or_path": "some/checkpoint"})


def network(**config):
    made = torch.nn.Linear(1, 1)
    made.config = types.SimpleNamespace(**config)
    return made


class Model:
    """Answers each request with its own name and the side that it found."""

    def __init__(self, batch_size=4, **parts):
        self.batch_size = batch_size
        self.__dict__.update(parts)
        self.calls = []

    def generate_until(self, requests):
        self.calls.append([request.name for request in requests])
        return [f"{request.name} {self._tokenizer.padding_side}" for request in requests]


def local(batch_size=4, **parts):
    return Model(batch_size, **{"_model": network(is_encoder_decoder=False), "_tokenizer": tokenizer(), **parts})


def coded_in(module):
    """A local model whose ``generate_until`` lies in this module of the harness."""
    made = type(
        "Backend", (Model,), {"generate_until": lambda self, requests: [], "__module__": f"lmms_eval.models.{module}"}
    )
    made.generate_until.__module__ = made.__module__
    return made


def names(model):
    return [name for _, name in padding.right_sides(model)]


def test_every_tokenizer_that_a_local_model_holds_is_found_once():
    shared = tokenizer()
    model = local(_tokenizer=shared, processor=types.SimpleNamespace(tokenizer=shared), other=tokenizer("left"))
    assert padding.right_sides(model) == [(shared, "padding_side")]
    model.processor.tokenizer = apart = tokenizer()
    assert [holder for holder, _ in padding.right_sides(model)] == [shared, apart]


def test_llavas_own_models_fill_up_by_their_configuration():
    config = tokenizer(attribute="tokenizer_padding_side")
    assert names(local(_tokenizer=tokenizer("left"), _config=config)) == ["tokenizer_padding_side"]


@pytest.mark.parametrize("batch_size", [1, "1", None])
def test_a_batch_of_one_has_nothing_to_fill_up(batch_size):
    assert names(local(batch_size)) == []


def test_a_batch_size_that_is_not_known_yet_may_be_any():
    assert names(local("auto")) == ["padding_side"]


def test_where_nothing_is_padded_here_nothing_is_done():
    assert (
        names(Model(_tokenizer=tokenizer(), client=object())) == []
    )  # an API or an engine: no network in this process
    assert names(local(_model=network(is_encoder_decoder=True))) == []
    assert names(local(_tokenizer=tokenizer("left"))) == []


def test_a_part_that_cannot_be_asked_is_passed_over():
    class Grumpy:
        @property
        def tokenizer(self):
            raise RuntimeError("not loaded")

    assert names(local(part=Grumpy())) == ["padding_side"]


def test_a_backend_that_names_the_side_in_each_call_is_left_alone():
    parts = {"_model": network(), "_tokenizer": tokenizer()}
    assert names(coded_in("chat.qwen2_5_vl")(**parts)) == []
    assert names(coded_in("simple.qwen2_vl")(**parts)) == ["padding_side"]


def test_gemma3_pads_a_single_prompt_too():
    parts = {"batch_size": 1, "_model": network(), "_tokenizer": tokenizer()}
    assert names(coded_in("simple.gemma3")(**parts)) == ["padding_side"]


@pytest.mark.skipif(metadata.version("lmms_eval") < "0.7.3", reason="two of them came later")
def test_what_is_said_of_backends_is_said_of_backends_that_exist():
    root = Path(importlib.util.find_spec("lmms_eval.models").origin).parent
    for name in {*padding._NAMES_THE_SIDE, *padding._PADS_AT_BATCH_SIZE_ONE, *padding._REFUSED}:
        source = root.joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert "def generate_until(" in source, name


def requests(*named):
    return [types.SimpleNamespace(name=name, task_name=name.rstrip("0123456789")) for name in named]


def answered(model, *named):
    sides = padding.right_sides(model)
    with padding.padding_left(model, sides, {"ours"}):
        return model.generate_until(requests(*named))


def test_only_our_requests_are_padded_on_the_left_and_the_order_stays():
    model = local()
    asked = ("theirs1", "ours1", "ours2", "theirs2", "ours3")
    assert answered(model, *asked) == ["theirs1 right", "ours1 left", "ours2 left", "theirs2 right", "ours3 left"]
    assert model.calls == [["ours1", "ours2", "ours3"], ["theirs1", "theirs2"]]


def test_a_run_of_ours_alone_is_one_call():
    model = local()
    assert answered(model, "ours1", "ours2") == ["ours1 left", "ours2 left"]
    assert model.calls == [["ours1", "ours2"]]


def test_all_is_as_before_afterwards_whatever_happens():
    model = local()
    with pytest.raises(AttributeError):
        answered(model, "ours1", None)
    assert model._tokenizer.padding_side == "right"
    assert "generate_until" not in vars(model)

    def others_wrap(requests):
        raise KeyboardInterrupt

    model.generate_until = others_wrap
    with pytest.raises(KeyboardInterrupt):
        answered(model, "ours1")
    assert model._tokenizer.padding_side == "right"
    assert model.generate_until is others_wrap


def test_a_backend_that_answers_too_little_harms_only_itself():
    model = local()
    model.generate_until = lambda requests: [request.name for request in requests][:1]
    assert answered(model, "ours1", "theirs1", "ours2", "theirs2") == ["ours1", "theirs1", None, None]


def evaluator(evaluate=None):
    """Stands in for lmms_eval.evaluator."""
    module = types.ModuleType("lmms_eval.evaluator")

    def plain(lm, task_dict, limit=None):
        return {"replies": lm.generate_until(requests("ours1", "theirs1")), "configs": {"ours": {}, "theirs": {}}}

    module.evaluate = evaluate or plain
    module.simple_evaluate = lambda model, tasks: module.evaluate(lm=model, task_dict=tasks)
    return module


def task(hook):
    return types.SimpleNamespace(config=types.SimpleNamespace(doc_to_visual=hook))


OURS, THEIRS = {"ours": task(inputs.doc_to_visual)}, {"theirs": task(print)}


def test_an_evaluation_with_our_tasks_is_watched_told_and_recorded(warned):
    module = evaluator()
    padding.watch(module)
    found = module.simple_evaluate(local(), {"group": OURS, **THEIRS})
    assert found["replies"] == ["ours1 left", "theirs1 right"]
    told = {"checkpoint": "right", "used": "left", "batch_size": 4}
    assert found["configs"] == {"ours": {"metadata": {"medq": {"padding_side": told}}}, "theirs": {}}
    (line,) = warned
    assert "padding_side of some/checkpoint" in line
    assert "--batch_size 4" in line
    assert "ours" in line


def test_only_the_first_rank_tells(warned, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    module = evaluator(lambda lm, task_dict: None)  # a rank above 0 has no results
    padding.watch(module)
    assert module.simple_evaluate(local(), OURS) is None
    assert warned == []


def test_an_evaluation_without_our_tasks_is_none_of_our_business(warned):
    module = evaluator()
    padding.watch(module)
    assert module.simple_evaluate(local(), THEIRS)["replies"] == ["ours1 right", "theirs1 right"]
    assert warned == []


def test_arguments_by_position_are_understood():
    module = evaluator()
    padding.watch(module)
    assert module.evaluate(local(), OURS)["replies"] == ["ours1 left", "theirs1 right"]


def test_watching_twice_wraps_once():
    module = evaluator()
    padding.watch(module)
    once = module.evaluate
    padding.watch(module)
    assert module.evaluate is once


@pytest.mark.parametrize(
    "shape",
    [
        types.ModuleType("empty"),
        evaluator(lambda model, tasks: None),
        evaluator("no function"),
        types.SimpleNamespace(evaluate=lambda lm, task_dict: None, simple_evaluate=lambda **options: None),
    ],
)
def test_a_harness_of_another_shape_is_refused_and_stays_as_it_is(shape):
    before = getattr(shape, "evaluate", None)
    for _ in range(2):
        with pytest.raises(Unlike, match="evaluate"):
            padding.watch(shape)
    assert getattr(shape, "evaluate", None) is before


@pytest.mark.parametrize("module", sorted(padding._REFUSED))
def test_what_no_side_can_mend_is_refused_before_anything_is_asked(module):
    model = coded_in(module)(batch_size=2)
    name = module.rpartition(".")[2]
    watched = evaluator()
    padding.watch(watched)
    with pytest.raises(HarnessStop, match=f"medq-tasks: {name} .*--batch_size 2 .*--batch_size 1"):
        watched.simple_evaluate(model, OURS)
    watched.simple_evaluate(model, THEIRS)
    watched.simple_evaluate(coded_in(module)(batch_size=1), OURS)
