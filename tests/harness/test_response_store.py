"""The harness's own response store, opened for tasks of ours and of others."""

import contextlib
import json
import sqlite3
import types

import pytest
from lmms_eval.api.instance import Instance
from lmms_eval.caching import response_cache
from lmms_eval.caching.response_cache import ResponseCache

from medq_tasks.harness import inputs, response_store, resume

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


def run(folder, model, tasks, items=1):
    """One run over the items of each task, as the evaluator does it; returns the replies."""
    nested = {"group": dict(tasks)}
    store = ResponseCache.create(str(folder), model="m", model_args="", task_dict=nested)
    requests = [
        Instance(
            request_type="generate_until",
            arguments=("prompt", {"until": ["x"], "temperature": 0}, None, item, name, "test"),
            idx=0,
            metadata={"task": name, "doc_id": item, "repeats": 1},
        )
        for name in tasks
        for item in range(items)
    ]
    replies = store.execute(model, "generate_until", requests)
    store.finalize(success=True)
    return replies


def test_a_failed_request_is_asked_again_once_the_server_is_well(tmp_path, warned):
    assert run(tmp_path, Model(FAILED), {"medq": OURS}) == [FAILED]
    assert warned == []
    well = Model("B")
    assert run(tmp_path, well, {"medq": OURS}) == ["B"]
    assert well.asked == 1
    (line,) = warned
    assert f"1 failed requests in the response store {tmp_path} are asked again" in line
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
    assert ["128 replies of interrupted runs" in line for line in warned] == [True]


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


def test_a_run_with_other_tasks_is_left_to_the_harness(tmp_path):
    model = Killed("B", takes="nothing")
    run(tmp_path, model, {"medq": OURS, "other": OTHERS}, items=300)
    assert model.asked == 600


def test_a_changed_task_is_not_answered_from_the_old_store(tmp_path):
    run(tmp_path, Model("B"), {"medq": Task(inputs.doc_to_visual, metadata={"input_code": "1"})})
    assert run(tmp_path, Model("C"), {"medq": Task(inputs.doc_to_visual, metadata={"input_code": "2"})}) == ["C"]


def test_a_store_that_is_no_database_is_told_and_left_to_the_harness(tmp_path, warned):
    (tmp_path / "cache.db").write_bytes(b"this is not a database" * 100)
    assert response_store._forget_in_file(tmp_path / "cache.db", {"medq"}) == 0
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
    assert response_store._forget_in_file(file, {"medq"}) == 2
    with contextlib.closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as seen:
        assert [key for (key,) in seen.execute("SELECT cache_key FROM responses")] == ["choice", "list"]
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


@pytest.mark.parametrize("missing", ["db", "db_path", "execute", "table"])
def test_an_open_store_of_another_form_is_told_and_left_as_it_is(missing, tmp_path, monkeypatch):
    database = sqlite3.connect(":memory:")
    if missing != "table":
        database.execute(f"CREATE TABLE responses ({resume._COLUMNS})")
    parts = {"db": database, "db_path": str(tmp_path / "rank_0.db"), "execute": len}
    parts.pop(missing, None)

    class ResponseCache:
        @classmethod
        def create(cls, root, *, task_dict):
            return types.SimpleNamespace(**parts)

    said = []
    monkeypatch.setattr(response_store, "_tell", said.append)
    response_store.make_honest(types.SimpleNamespace(ResponseCache=ResponseCache))
    assert vars(ResponseCache.create(str(tmp_path), task_dict={"medq": OURS})) == parts
    (line,) = said
    assert "has a form that is not known here" in line
    database.close()


def test_patching_twice_wraps_once():
    wrapped = ResponseCache.create.__func__
    response_store.make_honest(response_cache)
    assert ResponseCache.create.__func__ is wrapped
