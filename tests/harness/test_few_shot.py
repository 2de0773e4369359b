"""Few-shot is refused by every door, around a stand-in for the harness's evaluator."""

import types

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import few_shot
from medq_tasks.harness.inputs import doc_to_visual
from medq_tasks.harness.shape import Unlike


def task(shots=0, hook=doc_to_visual):
    return types.SimpleNamespace(config=types.SimpleNamespace(num_fewshot=shots, doc_to_visual=hook))


def evaluator(**tasks):
    """A module of the harness's shape; ``simple_evaluate`` notes that the model was made and evaluates ``tasks``."""
    made = types.ModuleType("evaluator")
    made.models, made.evaluated = [], []

    def evaluate(lm, task_dict, limit=None):
        made.evaluated.append(list(task_dict))
        return {"results": {}}

    def simple_evaluate(model, model_args=None, tasks=None, num_fewshot=None):
        made.models.append(model)
        return made.evaluate(lm=model, task_dict=given)

    given = tasks
    made.evaluate, made.simple_evaluate = evaluate, simple_evaluate
    few_shot.watch(made, {"medq_mini"})
    few_shot.watch(made, {"medq_mini"})  # a second plugin: nothing is wrapped twice
    return made


@pytest.mark.parametrize("shots", [1, 5, "2", 1.0, True, -1])
@pytest.mark.parametrize(
    "asked", [{"tasks": ["mme", "medq_mini"]}, {"tasks": "medq_mini"}, {"tasks": [{"task": "medq_mini"}]}]
)
def test_a_number_that_is_asked_for_ends_the_run_before_the_model_is_made(shots, asked):
    host = evaluator(medq_mini=task())
    with pytest.raises(HarnessStop, match=rf"asked for \(num_fewshot {shots}\), but MedQ-Bench is zero-shot"):
        host.simple_evaluate("m", **asked, num_fewshot=shots)
    assert host.models == []


@pytest.mark.parametrize("shots", [0, None, "0", ""])
def test_zero_shot_is_not_refused(shots):
    host = evaluator(medq_mini=task(shots))
    assert host.simple_evaluate("m", None, ["medq_mini"], shots) == {"results": {}}


def test_a_copy_of_ours_under_another_name_is_refused_where_tasks_are_known():
    host = evaluator(group={"my_own": task()})
    with pytest.raises(HarnessStop, match="zero-shot"):
        host.simple_evaluate("m", tasks=["my_own"], num_fewshot=2)
    assert host.evaluated == []
    assert host.simple_evaluate("m", tasks=["my_own"]) == {"results": {}}  # the number asked for is not remembered


def test_a_yaml_that_asks_for_examples_is_refused():
    host = evaluator(my_own=task(shots=2))
    with pytest.raises(HarnessStop, match=r"the YAML of my_own asks for few-shot examples \(num_fewshot 2\)"):
        host.simple_evaluate("m", tasks=["my_own"])


def test_other_tasks_have_their_examples():
    host = evaluator(mme=task(shots=5, hook=len))
    assert host.simple_evaluate("m", tasks=["mme"], num_fewshot=5) == {"results": {}}


@pytest.mark.parametrize(
    ("name", "other", "told"),
    [
        ("simple_evaluate", lambda tasks: None, r"evaluator.* takes no num_fewshot"),
        ("simple_evaluate", 7, "evaluator.simple_evaluate is a int and cannot be called"),
        ("evaluate", lambda lm: None, r"evaluator.* takes no task_dict"),
        ("evaluate", None, "there is no evaluator.evaluate"),
    ],
)
def test_a_harness_of_another_shape_is_told_and_left_alone(name, other, told):
    host = types.ModuleType("evaluator")
    host.simple_evaluate = lambda tasks, num_fewshot: host.evaluate(tasks)
    host.evaluate = lambda task_dict: None
    setattr(host, name, other)
    before = (host.simple_evaluate, host.evaluate)
    with pytest.raises(Unlike, match=told):
        few_shot.watch(host, {"medq_mini"})
    assert (host.simple_evaluate, host.evaluate) == before
