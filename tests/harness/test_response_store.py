"""The harness's own response store, opened for tasks of ours and of others."""

import contextlib
import json
import os
import sqlite3
import types

import openai
import pytest
from lmms_eval.api.instance import GenerationResult, Instance, TokenCounts, unwrap_generation_output
from lmms_eval.caching import response_cache
from lmms_eval.caching.response_cache import ResponseCache

from medq_tasks.harness import answering, inputs, response_store, store_rows
from tests.judge.server import FakeServer

FAILED = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Error code: 500"


@pytest.fixture(autouse=True)
def _patched():
    response_store.make_honest(response_cache)


class Task:
    def __init__(self, hook, **more):
        self.config = types.SimpleNamespace(doc_to_visual=hook)
        self.more = more

    def dump_config(self):
        return {"name": "t", **self.more}


class Model:
    """Answers with what it is told to, and takes ``until`` out of the request, as qwen2_vl does."""

    def __init__(self, reply, takes="until"):
        self.reply = reply
        self.takes = takes
        self.asked = 0

    def generate_until(self, requests):
        self.asked += len(requests)
        for request in requests:
            request.args[1].pop(self.takes, None)
        return [self.reply] * len(requests)


def others_hook(doc):
    return []


OURS, OTHERS = Task(inputs.doc_to_visual), Task(others_hook)


def run(folder, model, tasks, items=1, name="m", args="", settings=None, repeats=1):
    """One run over the items of each task, as the evaluator does it; returns the replies."""
    nested = {"group": dict(tasks)}
    store = ResponseCache.create(str(folder), model=name, model_args=args, task_dict=nested)
    requests = [
        Instance(
            request_type="generate_until",
            arguments=("prompt", {"until": ["x"], "temperature": 0, **(settings or {})}, None, item, task, "test"),
            idx=0,
            metadata={"task": task, "doc_id": item, "repeats": repeats},
        )
        for task in tasks
        for item in range(items)
        for _ in range(repeats)
    ]
    well = False
    try:
        replies = store.execute(model, "generate_until", requests)
        well = True
    finally:
        store.finalize(success=well)
    return replies


def test_a_failed_request_is_asked_again_once_the_server_is_well(tmp_path, warned):
    assert run(tmp_path, Model(FAILED), {"medq": OURS}) == [FAILED]
    assert warned == []
    well = Model("B")
    assert run(tmp_path, well, {"medq": OURS}) == ["B"]
    assert well.asked == 1
    (line,) = warned
    assert f"1 failed requests in the response store {tmp_path} are asked again" in line
    warned.clear()
    again = Model("C")
    assert run(tmp_path, again, {"medq": OURS}) == ["B"]
    assert again.asked == 0


def test_a_failure_that_a_job_left_in_its_log_is_not_read_back(tmp_path, monkeypatch):
    # With a run id from the scheduler the harness replays the log of the job's earlier run.
    monkeypatch.setenv("LMMS_CACHE_RUN_ID", "job")
    assert run(tmp_path, Model(FAILED), {"medq": OURS}) == [FAILED]
    assert run(tmp_path, Model("B"), {"medq": OURS}) == ["B"]


def test_other_tasks_keep_what_they_had(tmp_path):
    run(tmp_path, Model(FAILED, takes="nothing"), {"medq": OURS, "other": OTHERS})
    model = Model("B", takes="nothing")
    assert run(tmp_path, model, {"medq": OURS, "other": OTHERS}) == ["B", FAILED]
    assert model.asked == 1
    database = sqlite3.connect(tmp_path / "cache.db")
    kept = dict(database.execute("SELECT task_name, count(*) FROM responses WHERE response LIKE '%FAILED%' GROUP BY 1"))
    assert kept == {"other": 1}


def test_a_backend_that_changes_the_request_still_finds_its_reply(tmp_path):
    run(tmp_path, Model("B"), {"medq": OURS})
    model = Model("C")
    assert run(tmp_path, model, {"medq": OURS}) == ["B"]
    assert model.asked == 0


class Killed(Model):
    """Answers the first step and dies in the second one."""

    def generate_until(self, requests):
        if self.asked:
            raise KeyboardInterrupt
        return super().generate_until(requests)


def test_a_killed_run_loses_one_step_at_most(tmp_path, warned):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Killed("B"), {"medq": OURS}, items=300)
    model = Model("C")
    # The steps are of 128 items: the first one was stored, in a folder that the harness itself would not look at.
    assert run(tmp_path, model, {"medq": OURS}, items=300) == ["B"] * 128 + ["C"] * 172
    assert model.asked == 172
    assert "128 replies of interrupted runs" in warned[0]


@pytest.mark.parametrize(("batch_size", "steps"), [(32, [256, 44]), ("auto", [128, 128, 44])])
def test_steps_hold_whole_batches_of_the_model(tmp_path, batch_size, steps):
    asked = []

    class Batched(Model):
        def generate_until(self, requests):
            asked.append(len(requests))
            return super().generate_until(requests)

    model = Batched("B")
    model.batch_size = batch_size
    run(tmp_path, model, {"medq": OURS}, items=300)
    assert asked == steps


def test_other_tasks_of_a_run_are_left_to_the_harness(tmp_path):
    asked = []

    class Noting(Model):
        def generate_until(self, requests):
            asked.append([requests[0].task_name, len(requests)])
            return super().generate_until(requests)

    replies = run(tmp_path, Noting("B", takes="nothing"), {"medq": OURS, "other": OTHERS}, items=300)
    assert replies == ["B"] * 600
    assert asked == [["medq", 128], ["medq", 128], ["medq", 44], ["other", 300]]


def test_a_changed_task_is_not_answered_from_the_old_store(tmp_path):
    run(tmp_path, Model("B"), {"medq": Task(inputs.doc_to_visual, metadata={"input_code": "1"})})
    assert run(tmp_path, Model("C"), {"medq": Task(inputs.doc_to_visual, metadata={"input_code": "2"})}) == ["C"]


def test_a_store_that_is_no_database_is_told_and_left_to_the_harness(tmp_path, warned):
    (tmp_path / "cache.db").write_bytes(b"this is not a database" * 100)
    assert not response_store._forget_in_file(tmp_path / "cache.db", {"medq"})
    (line,) = warned
    assert f"{tmp_path / 'cache.db'} could not be searched" in line


def test_what_is_forgotten_is_gone_from_the_main_file_while_others_hold_it_open(tmp_path):
    # The harness opens the file as one that never changes: what stands in the log beside it is not seen.
    file = tmp_path / "cache.db"
    holder = sqlite3.connect(file)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("CREATE TABLE responses (cache_key, task_name, response)")
    replies = {"failed": json.dumps(FAILED), "as text": FAILED, "choice": json.dumps("B"), "list": json.dumps([FAILED])}
    holder.executemany("INSERT INTO responses VALUES (?, 'medq', ?)", replies.items())
    holder.commit()
    holder.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert dict(response_store._forget_in_file(file, {"medq"})) == {"failed requests": 3}
    with contextlib.closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as seen:
        assert [key for (key,) in seen.execute("SELECT cache_key FROM responses")] == ["choice"]
    holder.close()


@pytest.mark.parametrize(("task", "lines"), [("medq_perception", 1), ("mme", 0)])
def test_a_store_of_another_form_is_told_to_whoever_uses_it_for_our_tasks(task, lines, monkeypatch):
    class ResponseCache:  # as in lmms-eval 0.7, which makes it by its constructor
        def execute(self, lm, reqtype, requests):
            return getattr(lm, reqtype)(requests)

    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    response_store.make_honest(types.SimpleNamespace(ResponseCache=ResponseCache))
    store = ResponseCache()
    request = types.SimpleNamespace(task_name=task, args=("prompt", {}))
    for _ in range(2):
        assert store.execute(Model("B"), "generate_until", [request]) == ["B"]
    assert len(said) == lines
    assert all("lmms-eval>=0.7.3" in line for line in said)


PARTS = ["db_path", "execute", "_lookup", "_merge_run_to_root", "_run_dir", "_model_fingerprint_hash"]


@pytest.mark.parametrize("missing", ["db", *PARTS, "_task_fingerprints", "table", "the task"])
def test_an_open_store_of_another_form_is_told_and_left_as_it_is(missing, tmp_path, monkeypatch):
    database = sqlite3.connect(":memory:")
    if missing != "table":
        database.execute(f"CREATE TABLE responses ({store_rows._COLUMNS})")
        database.execute("CREATE TABLE meta (key, value)")
    parts = {
        "db": database,
        "_task_fingerprints": {} if missing == "the task" else {"medq": ""},
        **dict.fromkeys(PARTS),
    }
    parts.pop(missing, None)

    class ResponseCache:
        @classmethod
        def create(cls, root, *, task_dict, model="", model_args=""):
            return types.SimpleNamespace(**parts)

    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    response_store.make_honest(types.SimpleNamespace(ResponseCache=ResponseCache, _serialize_response=repr))
    assert vars(ResponseCache.create(str(tmp_path), task_dict={"medq": OURS})) == parts
    (line,) = said
    assert "has a form that is not known here" in line
    database.close()


def test_tasks_of_another_form_are_told(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    renamed = types.SimpleNamespace(settings=OURS.config, dump_config=OURS.dump_config)
    ResponseCache.create(str(tmp_path), task_dict={"group": {"medq_perception": renamed, "mme": object()}}).close()
    (line,) = said
    assert "(tasks without config.doc_to_visual)" in line


def test_patching_twice_wraps_once():
    wrapped = ResponseCache.create.__func__
    response_store.make_honest(response_cache)
    assert ResponseCache.create.__func__ is wrapped


def test_what_comes_from_the_store_is_told_with_what_it_goes_by(tmp_path, warned):
    run(tmp_path, Model("B"), {"medq": OURS}, items=3)
    assert warned == []
    run(tmp_path, Model("C"), {"medq": OURS}, items=4)
    (line,) = warned
    assert f"3 of 4 replies come from {tmp_path} (--use_cache), which goes by the model's name and arguments" in line
    assert "other weights behind that name cannot be seen. MEDQ_ASK_ANEW=1 asks for all of them again" in line


def weights(folder, content):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(content)
    return f"pretrained={folder},device=cpu"


def test_other_weights_in_the_same_folder_are_asked(tmp_path, warned):
    store, args = tmp_path / "store", weights(tmp_path / "model", b"old" * 99)
    assert run(store, Model("old"), {"medq": OURS}, name="qwen2_vl", args=args) == ["old"]
    os.utime(tmp_path / "model" / "model.safetensors", (9, 9))  # copied or touched: the same weights
    assert run(store, Model("x"), {"medq": OURS}, name="qwen2_vl", args=args) == ["old"]
    assert "goes by the content of its weights. MEDQ_ASK_ANEW" in warned[-1]
    weights(tmp_path / "model", b"new" * 99)
    assert run(store, Model("new"), {"medq": OURS}, name="qwen2_vl", args=args) == ["new"]
    assert f"the model has other weights than when {store} was last written" in warned[-1]
    weights(tmp_path / "model", b"old" * 99)
    assert run(store, Model("x"), {"medq": OURS}, name="qwen2_vl", args=args) == ["old"]


def test_weights_are_no_part_of_the_keys_of_other_tasks(tmp_path):
    store, args = tmp_path / "store", weights(tmp_path / "model", b"w")
    run(store, Model("A", takes="nothing"), {"other": OTHERS}, name="qwen2_vl", args=args)
    both = {"medq": OURS, "other": OTHERS}
    assert run(store, Model("B", takes="nothing"), both, name="qwen2_vl", args=args) == ["B", "A"]


def test_asking_anew_replaces_what_was_stored(tmp_path, monkeypatch):
    run(tmp_path, Model("old", takes="nothing"), {"medq": OURS, "other": OTHERS})
    monkeypatch.setenv("MEDQ_ASK_ANEW", "1")
    assert run(tmp_path, Model("new", takes="nothing"), {"medq": OURS, "other": OTHERS}) == ["new", "old"]
    monkeypatch.delenv("MEDQ_ASK_ANEW")
    assert run(tmp_path, Model("x", takes="nothing"), {"medq": OURS, "other": OTHERS}) == ["new", "old"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"temperature": 0.7}, "temperature 0.7"),
        ({"temperature": "0.7"}, "temperature 0.7"),
        ({"do_sample": True}, "do_sample"),
        ({"n": 2}, "n 2"),
        ({"num_return_sequences": 3}, "num_return_sequences 3"),
    ],
)
def test_a_drawn_request_is_neither_kept_nor_answered(tmp_path, warned, settings, why):
    for reply in ("first", "second"):
        assert run(tmp_path, Model(reply), {"medq": OURS}, settings=settings) == [reply]
    assert [f"1 request is drawn at random ({why}): --use_cache neither keeps" in line for line in warned] == [True] * 2


def test_several_draws_of_one_item_are_each_asked(tmp_path):
    for _ in range(2):
        model = Model("B")
        assert run(tmp_path, model, {"medq": OURS}, repeats=3) == ["B"] * 3
        assert model.asked == 3


def test_a_draw_whose_temperature_the_harness_takes_out_is_not_kept_by_the_client_s_folder(tmp_path):
    class Reasoner:  # as the openai backend with o1 and o3: no temperature is sent
        def __init__(self, server):
            self.client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0)

        def generate_until(self, requests):
            chat = [{"role": "user", "content": "q"}]
            said = [self.client.chat.completions.create(model="o3", messages=chat) for _ in requests]
            return [one.choices[0].message.content for one in said]

    with FakeServer(lambda ask: f"draw {ask.number}") as server:
        for number in range(2):
            replies = run(tmp_path, Reasoner(server), {"medq": OURS}, settings={"temperature": 1})
            assert replies == [f"draw {number}"]


ODD = ["\ud800", "B \udfff", "\x00B", "B\u2028", "12", "null", '["a"]', "y" * 5_000_000, ["a", "b"], ["\ud800"], "***"]


@pytest.mark.parametrize("reply", ODD, ids=range(len(ODD)))
def test_an_odd_reply_is_given_as_the_plain_harness_gives_it_and_again(tmp_path, reply):
    assert run(tmp_path, Model(reply), {"medq": OURS}) == [reply]
    again = Model("other")
    assert run(tmp_path, again, {"medq": OURS}) == [reply]
    assert again.asked == 0


@pytest.mark.parametrize("reply", ["", " ", None])
def test_a_reply_that_says_nothing_is_asked_again(tmp_path, reply):
    assert run(tmp_path, Model(reply), {"medq": OURS}) == [reply]
    assert run(tmp_path, Model("B"), {"medq": OURS}) == ["B"]


def test_a_store_that_is_handed_its_tasks_by_position_is_honest_too(tmp_path, monkeypatch):
    class Other(ResponseCache):
        create = classmethod(
            lambda cls, root, model="", model_args="", task_dict=None: response_cache_create(
                cls, root, model=model, model_args=model_args, task_dict=task_dict
            )
        )

    response_cache_create = ResponseCache.create.__func__.__wrapped__
    setattr(Other, response_store._MARK, False)
    response_store.make_honest(types.SimpleNamespace(ResponseCache=Other, _serialize_response=str))
    run(tmp_path, Model(FAILED), {"medq": OURS})
    store = Other.create(str(tmp_path), "m", "", {"medq": OURS})
    assert isinstance(store.execute, answering.Honest)
    store.close()


@pytest.mark.parametrize("create", [lambda cls, root, *, tasks=None, model="", model_args="": cls(), None])
def test_a_store_that_is_made_otherwise_is_told_when_our_tasks_use_it(create, monkeypatch):
    class Other:
        def execute(self, model, kind, requests):
            return ["B"] * len(requests)

    if create:
        Other.create = classmethod(create)
    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    response_store.make_honest(types.SimpleNamespace(ResponseCache=Other))
    store = Other.create("x") if create else Other()
    for task in ("mme", "medq_perception", "medq_perception"):
        assert store.execute(None, "generate_until", [types.SimpleNamespace(task_name=task, args=())]) == ["B"]
    (line,) = said
    assert "Cure: " in line


def test_a_store_without_tasks_is_told(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    store = ResponseCache.create(str(tmp_path), model="m", model_args="")
    owner = OURS
    request = Instance(
        "generate_until", ("p", {}, None, 0, "my_own", "test"), 0, {"task": "my_own", "doc_id": 0, "repeats": 1}
    )
    request.arguments = ("p", {}, types.MethodType(lambda task, doc: doc, owner), 0, "my_own", "test")
    store.execute(Model("B"), "generate_until", [request])
    store.close()
    (line,) = said
    assert "has a form that is not known here (no tasks)" in line


def test_killed_runs_are_cleared_away_by_the_first_that_ends_well_and_not_before(tmp_path, warned):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, Killed("B"), {"medq": OURS}, items=300)
    folders = set((tmp_path / "runs").iterdir())
    assert len(folders) == 2
    run(tmp_path, Model("C"), {"medq": OURS}, items=300)
    (left,) = (tmp_path / "runs").iterdir()
    assert left not in folders
    warned.clear()
    run(tmp_path, Model("D"), {"medq": OURS}, items=300)
    assert not any("interrupted" in line for line in warned)


def test_what_a_killed_run_answered_of_a_task_waits_for_a_run_of_that_task(tmp_path):
    with pytest.raises(KeyboardInterrupt):  # in the second step, after 100 items of one and 28 of two
        run(tmp_path, Killed("A"), {"one": OURS, "two": OURS}, items=100)
    assert run(tmp_path, Model("B"), {"one": OURS}, items=100) == ["A"] * 100
    assert run(tmp_path, Model("B"), {"two": OURS}, items=29) == ["A"] * 28 + ["B"]


def test_a_killed_run_s_replies_do_not_come_back_over_newer_ones(tmp_path, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Killed("old"), {"medq": OURS}, items=129)
    monkeypatch.setenv("MEDQ_ASK_ANEW", "1")
    run(tmp_path, Model("new"), {"medq": OURS}, items=128)
    monkeypatch.delenv("MEDQ_ASK_ANEW")
    assert run(tmp_path, Model("x"), {"medq": OURS}, items=128) == ["new"] * 128


def test_a_stored_reply_that_cannot_be_read_is_asked_again_and_told(tmp_path, warned):
    run(tmp_path, Model("A"), {"medq": OURS})
    with contextlib.closing(sqlite3.connect(tmp_path / "cache.db")) as database:
        database.execute("UPDATE responses SET response = '\"and/or'")
        database.commit()
    assert run(tmp_path, Model("B"), {"medq": OURS}) == ["B"]
    assert warned == [f"medq-tasks: 1 replies that cannot be read in the response store {tmp_path} are asked again."]


def test_a_killed_run_s_file_that_cannot_be_read_is_told(tmp_path, warned):
    file = tmp_path / "runs" / "killed" / "rank_0.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database" * 99)
    run(tmp_path, Model("A"), {"medq": OURS})
    assert f"1 file of interrupted runs cannot be read ({file})" in warned[0]


COUNTED = TokenCounts(1, 2, 3)


@pytest.mark.parametrize(
    "reply",
    [
        *[("B", COUNTED), ("B", {"output_tokens": 2}), GenerationResult("B", COUNTED), GenerationResult(["a", "b"])],
        *[
            GenerationResult("\ud800"),
            GenerationResult(None),
            None,
            5,
            {1: 2},
            (1, 2),
            ["a", None],
            [],
            b"B",
            float("nan"),
        ],
    ],
    ids=repr,
)
def test_whatever_a_backend_returns_becomes_what_the_plain_harness_makes_of_it(tmp_path, reply):
    plain = unwrap_generation_output(reply)[0]
    for _ in range(2):
        (given,) = run(tmp_path, Model(reply), {"medq": OURS})
        assert unwrap_generation_output(given)[0] == plain


def test_another_server_of_the_same_model_is_asked(tmp_path):
    class Served(Model):
        def __init__(self, server, reply):
            super().__init__(reply)
            self.client = openai.OpenAI(base_url=server, api_key="none")

    for server, reply in (("http://a/v1", "A"), ("http://b/v1", "B")):
        assert run(tmp_path, Served(server, reply), {"medq": OURS}, name="openai") == [reply]
    again = Served("http://a/v1/", "x")
    assert run(tmp_path, again, {"medq": OURS}, name="openai") == ["A"]
    assert again.asked == 0
