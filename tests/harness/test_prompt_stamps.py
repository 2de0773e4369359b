"""In which words a task asks, around a stand-in for the harness's evaluator."""

import functools
from types import ModuleType, SimpleNamespace

import pytest

from medq_tasks import prompts
from medq_tasks.errors import HarnessStop
from medq_tasks.harness import model_texts, prompt_stamps
from medq_tasks.harness.inputs import doc_to_messages, doc_to_text
from medq_tasks.harness.shape import Unlike
from tests.data.docs import doc
from tests.prompts.test_choice import CHOICE, words_file

DEFAULT = prompts.in_force("default", "perception")[1]


def task(words=None, hook=doc_to_text, kind="perception"):
    config = SimpleNamespace(doc_to_text=hook, process_results=doc_to_text, test_split="test")
    made = SimpleNamespace(config=config, lmms_eval_specific_kwargs=words, dataset={"test": [doc(kind)]})
    made.doc_to_text = lambda row: hook(row) if callable(hook) else hook.replace("{{question}}", row["question"])
    made.doc_to_messages = lambda row: made.config.doc_to_messages(row)
    made.process_results = lambda doc, results, full_docs=None: {"accuracy": 1, "record": {"reply": results[0]}}
    return made


def evaluate(tasks, watch=1, lm=None):
    made = ModuleType("evaluator")

    def evaluate(lm, task_dict):
        made.records = {name: one.process_results({}, ["A"], full_docs=[]) for name, one in task_dict.items()}
        return {"configs": {name: {"metadata": {"version": 1}} for name in task_dict}}

    def simple_evaluate(lm):
        return made.evaluate(lm=lm, task_dict=tasks)

    made.evaluate, made.simple_evaluate = evaluate, simple_evaluate
    for _ in range(watch):
        prompt_stamps.watch(made)
    return made.simple_evaluate(lm), made.records


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


def own_text(row, words=None):
    return f"Hm? {row['question']}"


def same_text(row):
    return "Hm? " + row["question"]


def other_text(row):
    return f"Well? {row['question']}"


def test_words_from_a_function_of_the_user_s_own_are_known_by_what_it_says():
    hooks = (own_text, other_text, "Hm, {{question}}", same_text)
    found = [prompt_stamps.stamp_of(task(hook=hook)) for hook in hooks]
    assert {stamp.name for stamp in found} == {"own doc_to_text"}
    assert len({stamp.hash for stamp in found[:3]}) == 3
    assert found[3].hash == found[0].hash  # other source, the same words


def test_messages_of_the_user_s_own_are_known_by_their_texts_and_not_by_their_pictures():
    def messages(text, picture):
        return lambda row: [{"role": "user", "content": [{"url": picture}, {"type": "text", "text": text}]}]

    def stamp(text, picture):
        one = task()
        one.config.doc_to_messages = messages(text, picture)
        return prompt_stamps.stamp_of(one, chat=True)

    assert stamp("a", object()).name == "own doc_to_messages"
    assert stamp("a", object()) == stamp("a", object()) != stamp("b", object())


def test_a_function_that_fails_stops_nothing_before_the_harness_asks_it():
    assert prompt_stamps.stamp_of(task(hook=lambda row: row["nothing"])).name == "own doc_to_text"


def test_a_wrapper_that_says_it_is_ours_is_none():
    wrapped = functools.wraps(doc_to_text)(lambda row: "x")
    assert wrapped.__module__ == doc_to_text.__module__
    assert prompt_stamps.stamp_of(task(hook=wrapped)).name == "own doc_to_text"


@pytest.mark.parametrize("chat", [False, True])
def test_what_the_harness_puts_before_the_question_is_part_of_the_words(chat, warned):
    plain, system, both = task(), task(), task({"pre_prompt": "Hi. "})
    both.config.description = "About pictures. "
    found = [
        prompt_stamps.stamp_of(plain, chat),
        prompt_stamps.stamp_of(system, chat, "Answer B. "),
        prompt_stamps.stamp_of(system, chat, "Answer A. "),
        prompt_stamps.stamp_of(both, chat, "Answer B. "),
    ]
    names = ["default", "default, own system_instruction", "default, own system_instruction"]
    if chat:  # they never reach a message
        assert [stamp.name for stamp in found] == ["default"] * 3 + ["default, own pre_prompt"]
        assert len({stamp.hash for stamp in found[:3]}) == 1
        return
    assert [stamp.name for stamp in found] == [*names, "default, own pre_prompt and system_instruction and description"]
    assert len({stamp.hash for stamp in found}) == 4
    with pytest.raises(HarnessStop, match="system_instruction holds '<image>'"):
        prompt_stamps.stamp_of(plain, False, "<image>")


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


def test_a_function_over_the_rows_is_part_of_the_words():
    stamps = []
    for text in ("Think long. ", "Answer B. "):
        one = task()
        one.config.process_docs = len
        rows = [{**doc(), "question": text + "Why?"}]
        one.test_docs = lambda rows=rows: rows
        one.doc_to_text = lambda row: row["question"]
        stamps.append(prompt_stamps.stamp_of(one))
    assert {stamp.name for stamp in stamps} == {"default, own process_docs"}
    assert len({stamp.hash for stamp in stamps} | {DEFAULT.hash}) == 3


@pytest.mark.parametrize(
    ("given", "description", "said"),
    [
        ({"cache_requests": True}, None, "--cache_requests keeps prompts whatever their words are"),
        ({"system_instruction": "Hi."}, "About. ", "lmms-eval fails with --system_instruction beside"),
    ],
)
def test_what_the_harness_does_wrong_with_words_is_refused(given, description, said):
    with pytest.raises(HarnessStop, match=said):
        prompt_stamps._check(given, [SimpleNamespace(description=description)], chat=False)


@pytest.mark.parametrize(
    ("chat", "config", "said"),
    [
        (True, {"description": "About. "}, "description have no effect here"),
        (True, {"doc_to_text": own_text, "doc_to_messages": doc_to_messages}, "doc_to_text of mine has no effect"),
        (True, {"doc_to_text": own_text, "doc_to_messages": None}, ""),
        (True, {"doc_to_text": own_text, "doc_to_messages": own_text}, ""),  # which may call it
        (True, {"doc_to_visual": own_text}, "doc_to_visual of mine has no effect: this backend takes doc_to_messages"),
        (True, {"doc_to_visual": own_text, "doc_to_messages": None}, ""),
        (False, {"doc_to_messages": own_text}, "doc_to_messages of mine has no effect: this backend takes doc_to_text"),
        (False, {"description": "About. ", "doc_to_text": own_text, "doc_to_messages": doc_to_messages}, ""),
    ],
)
def test_words_that_never_reach_the_model_are_told(chat, config, said, warned):
    config = {"task": "mine", "doc_to_text": doc_to_text, "doc_to_messages": doc_to_messages, **config}
    prompt_stamps._check({}, [SimpleNamespace(**config)], chat)
    assert (said in " ".join(warned)) if said else not warned


class Backend:
    """A model that puts a text of its arguments before each question."""

    is_simple = True

    def __init__(self, pretrained="", system_prompt="Be helpful.", reasoning_prompt=None, **rest):
        self.system_prompt, self.reasoning_prompt = system_prompt, reasoning_prompt

    def generate_until(self, requests):
        return [self._ask(one) for one in requests]

    def _ask(self, request):
        return self.system_prompt, self.reasoning_prompt


def test_texts_of_a_model_s_own_arguments_are_part_of_the_words(warned):
    def stamped(**given):
        return evaluate({"t": task()}, lm=Backend(**given))[1]["t"]["record"]["prompts"]

    plain, other = {"name": "default", "hash": DEFAULT.hash}, "default, own system_prompt"
    assert stamped() == stamped(system_prompt="Be helpful.", reasoning_prompt="") == plain
    found = [stamped(system_prompt=text) for text in ("Be a pirate.", "Be brief.", "")]
    assert [one["name"] for one in found] == [other] * 3
    behind = stamped(reasoning_prompt="Be brief.")
    both = stamped(system_prompt="Be brief.", reasoning_prompt="Be brief.")
    assert behind["name"] == "default, own reasoning_prompt"
    assert both["name"] == "default, own system_prompt and reasoning_prompt"
    assert len({one["hash"] for one in (*found, behind, both, plain)}) == 6
    assert warned == []
    with pytest.raises(HarnessStop, match="system_prompt holds '<image>'"):
        stamped(system_prompt="<image>")


def test_a_text_that_the_backend_never_looks_at_is_told_and_no_part_of_the_words(warned):
    class Chat(Backend):
        is_simple = False

        def generate_until(self, requests):
            return requests

    prompts = evaluate({"t": task()}, lm=Chat(system_prompt="Be brief."))[1]["t"]["record"]["prompts"]
    assert prompts["name"] == "default"
    assert "system_prompt in --model_args has no effect: this backend does not look at it" in warned[0]


def test_a_text_is_seen_through_subclasses_and_what_they_call():
    def timed(method):
        return functools.wraps(method)(lambda *given: method(*given))

    class Below(Backend):
        def __init__(self, **given):
            super().__init__(**given)

        @timed
        def generate_until(self, requests):
            return [(lambda one: super(Below, self).generate_until([one]))(one) for one in requests]

    assert model_texts.own_texts(Below(system_prompt="Be brief.")) == {"system_prompt": "Be brief."}
    assert model_texts.asked_with(Below(), "system_prompt")
    assert not model_texts.asked_with(Below(), "pretrained")
    assert model_texts.own_texts(None) == {}


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
