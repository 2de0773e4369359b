"""In which words a task asks, around a stand-in for the harness's evaluator."""

from types import ModuleType, SimpleNamespace

import pytest

from medq_tasks import prompts
from medq_tasks.errors import HarnessStop
from medq_tasks.harness import prompt_stamps
from medq_tasks.harness.inputs import doc_to_messages, doc_to_text
from medq_tasks.harness.shape import Unlike
from tests.data.docs import doc
from tests.prompts.test_choice import CHOICE, words_file

DEFAULT = prompts.in_force("default", "perception")[1]


def task(words=None, hook=doc_to_text, kind="perception"):
    config = SimpleNamespace(doc_to_text=hook, process_results=doc_to_text, test_split="test")
    made = SimpleNamespace(config=config, lmms_eval_specific_kwargs=words, dataset={"test": [doc(kind)]})
    made.process_results = lambda doc, results, full_docs=None: {"accuracy": 1, "record": {"reply": results[0]}}
    return made


def evaluate(tasks, watch=1):
    made = ModuleType("evaluator")

    def evaluate(lm, task_dict):
        made.records = {name: one.process_results({}, ["A"], full_docs=[]) for name, one in task_dict.items()}
        return {"configs": {name: {"metadata": {"version": 1}} for name in task_dict}}

    def simple_evaluate(lm):
        return made.evaluate(lm=lm, task_dict=tasks)

    made.evaluate, made.simple_evaluate = evaluate, simple_evaluate
    for _ in range(watch):
        prompt_stamps.watch(made)
    return made.simple_evaluate(None), made.records


def test_every_record_and_the_result_name_the_words(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDQ_PROMPTS", str(words_file(tmp_path)))
    tasks = {"own": task(), "said": task({"prompts": "default"}), "more": task({"pre_prompt": "Hi. "})}
    result, records = evaluate(tasks, watch=2)
    names = {name: made["record"]["prompts"]["name"] for name, made in records.items()}
    assert names == {"own": "mine.yaml", "said": "default", "more": "mine.yaml, own pre_prompt"}
    assert records["said"]["record"] == {"reply": "A", "prompts": {"name": "default", "hash": DEFAULT.hash}}
    assert records["said"]["accuracy"] == 1
    for name, made in records.items():
        assert result["configs"][name]["metadata"]["medq"]["prompts"] == made["record"]["prompts"]


def test_a_task_object_that_serves_two_models_gets_each_one_s_words():
    one = task({"pre_prompt": "Hi. "})
    assert evaluate({"t": one})[1]["t"]["record"]["prompts"]["name"] == "default, own pre_prompt"
    one.lmms_eval_specific_kwargs = None
    assert evaluate({"t": one})[1]["t"]["record"]["prompts"]["name"] == "default"


def own_text(row):
    return "Hm?"


def test_words_from_a_function_of_the_user_s_own_are_known_by_its_source():
    other = eval("lambda row: '?'")
    found = [prompt_stamps.stamp_of(task(hook=hook)) for hook in (own_text, other, "{{question}}")]
    assert {stamp.name for stamp in found} == {"own doc_to_text"}
    assert len({stamp.hash for stamp in found}) == 3


@pytest.mark.parametrize(
    ("chat", "text", "messages", "name"),
    [
        (True, doc_to_text, own_text, "own doc_to_messages"),
        (True, own_text, doc_to_messages, "default"),
        (True, own_text, None, "own doc_to_text"),
        (False, doc_to_text, own_text, "default"),
        (False, own_text, doc_to_messages, "own doc_to_text"),
    ],
)
def test_the_hook_that_the_model_is_asked_through_counts(chat, text, messages, name):
    one = task(hook=text)
    one.config.doc_to_messages = messages
    assert prompt_stamps.stamp_of(one, chat).name == name


def test_a_function_that_adds_to_our_words_changes_with_them(tmp_path):
    found = [prompt_stamps.stamp_of(task(words, own_text)).hash for words in (None, {"pre_prompt": "Hi. "})]
    assert found[0] != found[1]


def test_words_hold_for_a_whole_evaluation_though_their_file_is_edited(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDQ_PROMPTS", str(words_file(tmp_path)))
    one = task()
    before = doc_to_text(doc())

    def edit(row, results, full_docs=None):
        words_file(tmp_path, perception={**CHOICE, "introduction": "Gaze "})
        return {"record": {"text": doc_to_text(doc())}}

    one.process_results = edit
    assert evaluate({"t": one})[1]["t"]["record"]["text"] == before
    assert doc_to_text(doc()) == "Gaze" + before.removeprefix("I")


def test_what_is_no_record_of_ours_is_left_alone():
    one = task()
    one.process_results = lambda *_, **__: {"accuracy": 1}
    assert evaluate({"t": one})[1]["t"] == {"accuracy": 1}
    other = task(hook=len)
    other.config.process_results = len
    assert "prompts" not in evaluate({"t": other})[1]["t"]["record"]


@pytest.mark.parametrize("words", ["no/such.yaml", "/no/checkout#qwen2_vl"])
def test_words_that_cannot_be_used_end_the_run_before_anything_is_asked(words):
    with pytest.raises(HarnessStop, match=r"the words of perception: .*no such file or folder"):
        evaluate({"t": task({"prompts": words})})


def test_a_harness_of_another_shape_is_refused():
    with pytest.raises(Unlike):
        prompt_stamps.watch(ModuleType("evaluator"))
