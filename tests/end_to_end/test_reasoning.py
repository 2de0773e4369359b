"""The reasoning tasks inside the real harness, with and without a judge."""

import pytest

from medq_tasks import records
from tests.judge.server import FakeServer, server_error
from tests.judge.test_session import QUICK

TASKS = ["medq_mini_no_reference", "medq_mini_comparison"]
AXES = records.AXES


@pytest.fixture
def judge(monkeypatch, tmp_path):
    """Points the settings at a server, with a ledger of its own; returns the environment setter."""

    def use(server):
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("MEDQ_JUDGE_MODEL", f"judge-of-{tmp_path.name}")

    return use


def perfect(doc, prompt, pictures):
    return doc["reference"]


def read(results, task):
    return [records.from_dict(line["record"]) for line in results["samples"][task]]


@pytest.mark.parametrize("chat", [False, True])
def test_without_a_judge_axes_are_null_and_the_verdict_is_scored(evaluate, chat):
    seen = []

    def answer(doc, prompt, pictures):
        seen.append((doc["kind"], prompt, len(pictures)))
        return doc["reference"]

    results = evaluate(TASKS, answer, chat=chat)
    for task in TASKS:
        metrics = results["results"][task]
        assert metrics["verdict_accuracy,none"] == 1.0
        assert metrics["judged,none"] == 0.0
        assert all(metrics[f"{axis},none"] is None for axis in (*AXES, "overall"))
    assert {(kind, pictures) for kind, _, pictures in seen} == {("no_reference", 1), ("comparison", 2)}
    pairs = [prompt for kind, prompt, _ in seen if kind == "comparison"]
    assert all(prompt.index("first image") < prompt.index("second image") for prompt in pairs)


def test_a_judge_scores_every_axis_and_is_named_in_record_and_result(evaluate, judge):
    with FakeServer(lambda ask: "Score: 1") as server:
        judge(server)
        results = evaluate(TASKS, perfect)
        calls = len(server.asks)
    alone, pairs = (len(results["samples"][task]) for task in TASKS)
    assert calls == 4 * alone + (3 + 3) * pairs  # one axis of a pair has no 1, and is asked for three times
    for task, off in ((TASKS[0], 0), (TASKS[1], pairs)):
        metrics = results["results"][task]
        shown = [metrics[f"{axis},none"] for axis in AXES]
        assert shown == [None if off and axis == "quality_accuracy" else 1.0 for axis in AXES]
        assert metrics["overall,none"] == (None if off else 4.0)
        assert metrics["off_scale,none"] == off
        assert metrics["judged,none"] == (0.0 if off else 1.0)
        (told,) = results["configs"][task]["metadata"]["medq"]["summary"]["judges"]
        for record in read(results, task):
            assert record.judge is not None
            assert record.judge.model == told["model"]
            assert record.judge.prompts_hash == told["prompts_hash"]
            assert record.axes["consistency"].reply == "Score: 1"


def test_the_models_failures_score_zero_and_are_not_sent(evaluate, judge):
    def answer(doc, prompt, pictures):
        return {0: "[LMMS_EVAL_REQUEST_FAILED after 5 retries] 500", 1: "", 2: "<think>cut off in the middle"}.get(
            doc["row"], doc["reference"]
        )

    with FakeServer(lambda ask: "Score: 2") as server:
        judge(server)
        results = evaluate(TASKS[:1], answer)
        calls = len(server.asks)
    found = read(results, TASKS[0])
    assert calls == 4 * (len(found) - 3)
    assert [record.state for record in found[:4]] == ["failed", "empty", "empty", "answered"]
    assert [record.overall for record in found[:4]] == [0, 0, 0, 8]
    metrics = results["results"][TASKS[0]]
    assert metrics["overall,none"] == pytest.approx(8 * (len(found) - 3) / len(found))
    assert metrics["request_failures,none"] == 1
    assert metrics["judged,none"] == 1.0


def test_a_judge_that_is_down_leaves_axes_unscored_and_says_so(evaluate, judge, monkeypatch):
    # Patience for tests: with the user's own it takes 40 s to give up.
    monkeypatch.setattr("medq_tasks.judge.session.ClientOptions", lambda: QUICK)
    with FakeServer(lambda ask: server_error()) as server:
        judge(server)
        results = evaluate(TASKS[:1], perfect, limit=2)
        assert server.asks
    metrics = results["results"][TASKS[0]]
    assert metrics["judged,none"] == 0.0
    assert metrics["overall,none"] is None
    assert metrics["verdict_accuracy,none"] == 1.0
    for record in read(results, TASKS[0]):
        assert all(said.score is None and said.reason for said in record.axes.values())


def test_nothing_is_judged_under_predict_only(evaluate, judge):
    with FakeServer(lambda ask: "Score: 2") as server:
        judge(server)
        results = evaluate(TASKS[:1], perfect, limit=2, predict_only=True)
        assert server.asks == []
    assert len(results["samples"][TASKS[0]]) == 2
