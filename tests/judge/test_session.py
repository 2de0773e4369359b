"""The session against a healthy server: what is asked, what is kept, who waits for what."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from pathlib import Path

import pytest

from medq_tasks.judge import ClientOptions, JudgeItem, JudgeSession, item_of, judged, session_for
from medq_tasks.records import AXES, ReasoningRecord
from medq_tasks.settings import JudgeSettings, Settings
from tests.judge import server as fake
from tests.judge.server import Answer, Ask, FakeServer

KEY = "sk-verysecret-0123456789abcdef"
# Patience for tests: no back-off worth the name, and a hanging server is noticed at once.
QUICK = ClientOptions(timeout=0.5, max_retries=1, rounds=2, pause=0.01, give_up_after=8)


def make(server: FakeServer | str, cache: Path, options: ClientOptions = QUICK, **judge: object) -> JudgeSession:
    base_url = server if isinstance(server, str) else server.base_url
    known = {"model": "judge-1", "base_url": base_url, "api_key": KEY, "concurrency": 8, **judge}
    return JudgeSession(Settings(None, cache, JudgeSettings(**known)), options)  # type: ignore[arg-type]


def items(count: int) -> list[JudgeItem]:
    return [JudgeItem("no_reference", f"Text {n}: noisy, usable.", "Noisy. Usable.") for n in range(count)]


def axis_of(ask: Ask) -> str:
    return ask.text.split("Aspect: ")[1].split(".")[0]


def test_each_axis_of_an_item_is_one_call_with_text_only(tmp_path: Path):
    with FakeServer("Score: 1") as server:
        said = make(server, tmp_path).score(items(1)[0])
    assert {axis: judgement.score for axis, judgement in said.items()} == dict.fromkeys(AXES, 1)
    assert all(judgement.attempts == 1 and judgement.reply == "Score: 1" for judgement in said.values())
    assert sorted(map(axis_of, server.asks)) == sorted(
        ["completeness", "preciseness", "inner consistency", "accuracy of the verdict"]
    )
    for ask in server.asks:
        assert ask.path == "/v1/chat/completions"
        assert ask.images == []
        assert set(ask.body) == {"model", "messages", "temperature"}
        assert (ask.body["model"], ask.body["temperature"]) == ("judge-1", 0)


def test_scores_land_on_the_axis_that_was_asked(tmp_path: Path):
    levels = {"completeness": 0, "preciseness": 1, "inner consistency": 2, "accuracy of the verdict": 0}
    with FakeServer(lambda ask: f"Score: {levels[axis_of(ask)]}") as server:
        session = make(server, tmp_path)
        session.enqueue(items(20))
        for item in items(20):
            said = session.score(item)
            assert [said[axis].score for axis in AXES] == [0, 1, 2, 0]
    assert len(server.asks) == 80


def test_everything_queued_is_asked_at_full_concurrency_whatever_the_threads(tmp_path: Path):
    with FakeServer("Score: 2", latency=0.05) as server:
        session = make(server, tmp_path, concurrency=16)
        session.enqueue(items(40))
        found: list[int | None] = []
        threads = [threading.Thread(target=lambda: found.append(session.score(items(1)[0])["consistency"].score))]
        threads += [threading.Thread(target=lambda: found.append(session.score(items(40)[-1])["consistency"].score))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [2, 2]
    assert len(server.asks) == 160
    assert server.most_in_flight == 16
    assert server.connections == 16  # kept open: 160 calls need no more


def test_it_works_where_an_event_loop_is_running(tmp_path: Path):
    async def inside() -> int | None:
        return make(server, tmp_path).score(items(1)[0])["consistency"].score

    with FakeServer("Score: 2") as server:
        assert asyncio.run(inside()) == 2


def test_a_second_session_pays_nothing(tmp_path: Path):
    with FakeServer("Score: 2") as server:
        first = make(server, tmp_path)
        first.enqueue(items(10))
        first.score(items(10)[0])
        again = make(server, tmp_path)
        again.enqueue(items(12))
        said = again.score(items(10)[3])
        assert len(server.asks) == 40 + 8
    assert {judgement.attempts for judgement in said.values()} == {0}
    assert {judgement.score for judgement in said.values()} == {2}


def test_another_model_or_other_prompts_are_asked_anew(tmp_path: Path):
    other = tmp_path / "other.yaml"
    axes = "\n".join(f"  {axis}: Rate it." for axis in AXES)
    other.write_text(f"no_reference:\n{axes}\ncomparison:\n{axes}\n")
    with FakeServer("Score: 2") as server:
        for judge in ({}, {"model": "judge-2"}, {"prompts": other}):
            make(server, tmp_path, **judge).score(items(1)[0])
    # The other prompts are the same for all four axes, so one call answers them all.
    assert len(server.asks) == 4 + 4 + 1


def test_failed_and_empty_replies_score_zero_unasked(tmp_path: Path):
    with FakeServer("Score: 2") as server:
        session = make(server, tmp_path)
        failed = session.score(item_of("comparison", "[LMMS_EVAL_REQUEST_FAILED after 3 retries] Error: 500", "ref"))
        empty = session.score(item_of("comparison", "<think>All of it is thinking.</think>", "ref"))
        unknown = session.score(item_of("comparison", "Image 1 is better.", " "))
    assert [failed[axis].score for axis in AXES] == [0, 0, 0, 0]
    assert failed["consistency"].reason == "request failed"
    assert [empty[axis].score for axis in AXES] == [0, 0, 0, 0]
    assert empty["consistency"].reason == "empty reply"
    assert unknown["consistency"].score is None
    assert server.asks == []


def test_no_judge_configured_means_no_axes_and_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    session = JudgeSession(Settings(None, tmp_path, JudgeSettings()))
    record = ReasoningRecord("1", 0, "t", "no_reference", "q", "ref", "good", "reply", "good", "answered")
    with caplog.at_level(logging.WARNING):
        assert judged(record, session) == record
        assert judged(record, session) == record
    assert len(caplog.records) == 1
    assert "MEDQ_JUDGE_API_KEY" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_a_judged_record_carries_who_judged(tmp_path: Path):
    record = ReasoningRecord("1", 0, "t", "no_reference", "q", "ref", "good", "A reply. Good.", "good", "answered")
    with FakeServer("Score: 2") as server:
        done = judged(record, make(server, tmp_path))
    assert done.overall == 8
    assert done.judge is not None
    assert (done.judge.model, done.judge.prompts) == ("judge-1", "medq-tasks 1.0")
    assert len(done.judge.prompts_hash) == len(done.judge.settings_hash) == 16


def test_no_key_is_ever_written(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    replies = iter([f"Your key is {KEY}. Score: 1", fake.error(400, f"bad key {KEY}"), f"Bearer {KEY}"] * 40)
    with FakeServer(lambda ask: next(replies)) as server:
        session = make(server, tmp_path, concurrency=1)
        session.enqueue(items(3))
        said = [judgement for item in items(3) for judgement in session.score(item).values()]
        session.close()
    assert server.asks[0].headers["authorization"] == f"Bearer {KEY}"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert KEY[3:] not in path.read_text()
    assert KEY[3:] not in caplog.text
    # Both are kept in the records of a run: the reason and the judge's own words.
    assert {judgement.reply for judgement in said if judgement.score == 1} == {"Your key is ***. Score: 1"}
    assert {judgement.reason for judgement in said if judgement.score is None} == {"judge: HTTP 400: bad key ***"}
    assert KEY[3:] not in repr(said)
    assert KEY not in repr(session._settings)


def test_an_unwritable_cache_is_told_and_survived(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "judge").write_text("a file where the folder should be")
    with FakeServer("Score: 2") as server:
        said = make(server, tmp_path).score(items(1)[0])
    assert said["consistency"].score == 2
    assert "kept in memory only" in caplog.text


@pytest.mark.parametrize(
    ("model", "readable"),
    [("Qwen/Qwen2.5-VL:7b.", "Qwen-Qwen2.5-VL-7b"), ("../../x", "x"), ("x" * 61, "x" * 60), ("模型", "")],
)
def test_a_models_folder_is_readable_and_its_own(tmp_path: Path, model: str, readable: str):
    with FakeServer("Score: 2") as server:
        make(server, tmp_path, model=model).score(items(1)[0])
    (folder,) = (tmp_path / "judge").iterdir()
    assert folder.name == f"{readable}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"


def test_an_item_is_handed_out_before_the_pass_is_over_unless_an_axis_of_it_has_no_score(tmp_path: Path):
    rest = threading.Event()

    def answer(ask: Ask) -> Answer:
        if "Text 2:" in ask.text:
            return Answer(held=rest)
        return Answer("no idea" if "Text 1:" in ask.text and axis_of(ask) == "preciseness" else "Score: 1")

    with FakeServer(answer) as server:
        session = make(server, tmp_path, concurrency=12)
        session.enqueue(items(3))
        early = session.score(items(1)[0], whole_pass=False)
        assert [early[axis].score for axis in AXES] == [1, 1, 1, 1]
        (thread,) = [one for one in threading.enumerate() if one.name == "medq-judge"]
        assert thread.daemon  # Ctrl-C ends the process
        waits = {
            "the whole pass": lambda: session.score(items(1)[0]),
            "an axis without a score": lambda: session.score(items(2)[1], whole_pass=False),
            "the end": session.close,
        }
        threads = {name: threading.Thread(target=wait, daemon=True) for name, wait in waits.items()}
        for one in threads.values():
            one.start()
        while len(server.asks) < 12 + 2:  # all are in flight, and the one without a score asked again twice
            time.sleep(0.005)
        time.sleep(0.05)
        assert [name for name, one in threads.items() if not one.is_alive()] == []
        rest.set()
        for one in threads.values():
            one.join(20)
        assert [name for name, one in threads.items() if one.is_alive()] == []
        assert session._ledger is None
        assert [said.score for said in session.score(items(2)[1]).values()] == [1, None, 1, 1]
        assert session.score(items(4)[3])["consistency"].score == 1  # closed, and used again


def test_an_error_of_a_pass_is_raised_where_it_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("medq_tasks.judge.passes.Ledger", lambda *_: 1 // 0)
    session = make("http://127.0.0.1:9/v1", tmp_path)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            session.score(items(1)[0])
    session.close()  # ends: no pass is waited for


def test_a_process_has_one_session_for_the_same_settings(tmp_path: Path):
    settings = Settings(None, tmp_path, JudgeSettings(api_key=KEY))
    other = Settings(None, tmp_path, JudgeSettings(api_key=KEY, model="judge-2"))
    assert session_for(settings) is session_for(Settings(None, tmp_path, JudgeSettings(api_key=KEY)))
    assert session_for(settings) is not session_for(other)


def test_another_server_with_the_same_model_is_asked(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with FakeServer("Score: 2") as a, FakeServer("Score: 0") as b:
        first, second = make(a, tmp_path), make(b, tmp_path)
        assert first.score(items(1)[0])["consistency"].score == 2
        assert second.score(items(1)[0])["consistency"].score == 0
        assert make(f"{a.base_url}/", tmp_path).score(items(1)[0])["consistency"].score == 2
        assert (len(a.asks), len(b.asks)) == (4, 4)
    assert first.stamp != second.stamp
    assert "cannot be known" in caplog.text
