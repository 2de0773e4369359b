"""What a second reader is asked, what it may say, and when that counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.judge import second_reading, second_readings_of
from medq_tasks.judge.second_reader import session_for, unread
from medq_tasks.records import Record
from medq_tasks.settings import JudgeSettings, ReaderSettings, Settings
from tests.judge.server import Answer, FakeServer
from tests.runs import factory

VAGUE = "Well, <image> it is the sort of thing one sees when somebody moves."
UNREAD = factory.perception(1, state="unanswered", reply=VAGUE, options={"A": "Blur", "B": "None"}, answer="A")
TEXT = factory.reasoning(0, scores=None, reply="Not what one hopes for.", verdict=None, reference_verdict="good")


def settings(folder: Path, server: FakeServer | None, *, counts: bool = False, model: str = "reader-1") -> Settings:
    judge = JudgeSettings("judge-1", server.base_url if server else None)
    return Settings(None, folder, judge, reader=ReaderSettings(model, counts))


def read(record: Record, folder: Path, says: str | Answer, **options: object) -> tuple[Record, FakeServer]:
    with FakeServer(lambda ask: says) as server:
        found = second_reading(record, settings(folder, server, **options))  # type: ignore[arg-type]
    return found, server


def test_it_is_asked_what_the_reply_says_and_not_what_is_right(tmp_path: Path) -> None:
    found, server = read(UNREAD, tmp_path, "Choice: A")
    (ask,) = server.asks
    assert ask.body["model"] == "reader-1"
    assert "A: Blur\nB: None" in ask.text
    assert UNREAD.question in ask.text
    assert "sort of thing one sees" in ask.text
    assert "<image>" not in ask.text  # the reply is data
    assert "A, B or none" in ask.text
    assert ask.images == []
    assert (found.second, found.read_by) == ("A", "reader-1")


def test_what_it_reads_counts_only_when_that_is_asked_for(tmp_path: Path) -> None:
    found, _ = read(UNREAD, tmp_path / "1", "Choice: A")
    assert (found.choice, found.state) == (None, "unanswered")  # type: ignore[union-attr]
    counted, _ = read(UNREAD, tmp_path / "2", "Choice: A", counts=True)
    assert (counted.choice, counted.state, counted.reason, counted.read_by) == ("A", "right", "", "reader-1")  # type: ignore[union-attr]
    text, _ = read(TEXT, tmp_path / "3", "**Choice: good**", counts=True)
    assert (text.verdict, text.second, text.read_by) == ("good", "good", "reader-1")  # type: ignore[union-attr]


@pytest.mark.parametrize("counts", [False, True])
def test_none_is_an_answer_and_is_not_asked_again(tmp_path: Path, counts: bool) -> None:
    found, server = read(UNREAD, tmp_path, "Choice: none", counts=counts)
    assert (found.second, found.read_by, found.state) == ("none", "reader-1", "unanswered")
    assert len(server.asks) == 1


@pytest.mark.parametrize(
    ("says", "value"),
    [
        ("b", "B"),
        ("**Choice:** (B).", "B"),
        ("Choice: A\nOn reflection:\nChoice: B", "B"),
        ("<think>Choice: A</think>Choice: B", "B"),
        ("The text decides for blur.", "A"),
        ("Choice: A (Blur)", "A"),
        ("Choice： A", "A"),
        ("A!", "A"),
        ("**A**", "A"),
        ("\\boxed{A}", "A"),
        ("**Final choice**: Blur", "A"),
        ('{"choice": "A"}', "A"),
        ("Choice: B (None)", "B"),
        ("Choice: none", "none"),
        ("None.", "none"),
        ("Choice: none of them", "none"),
        ("Choice: none (it breaks off)", None),  # or option B, whose text it is
        ("It weighs A.\nIt weighs B.", None),
        ("I cannot say.", None),
        ("Choice: C", None),
        ("Choice: A or B", None),
        ("", None),
    ],
)
def test_only_a_value_of_the_item_is_a_reading(tmp_path: Path, says: str, value: str | None) -> None:
    found, server = read(UNREAD, tmp_path, says)
    assert (found.second, found.read_by) == ((value, "reader-1") if value else (None, "rules"))
    assert len(server.asks) == (1 if value else 3)  # asked again with a reminder, as a judge is
    assert ("one line and nothing else" in server.asks[-1].text) == (value is None)


@pytest.mark.parametrize(
    "record",
    [
        factory.perception(1, right=True),
        factory.perception(1, state="failed"),
        factory.perception(1, state="unanswered", reply=""),
        factory.perception(1, state="unanswered", reply="<think>A or B"),
        factory.reasoning(0, scores=None),
        factory.reasoning(0, scores=None, state="empty"),
        replace(UNREAD, read_by="other", second="A"),
    ],
)
def test_what_rules_have_read_or_nobody_can_is_not_asked(tmp_path: Path, record: Record) -> None:
    assert unread(record) is None
    found, server = read(record, tmp_path, "Choice: A")
    assert found == record
    assert server.asks == []


@pytest.mark.parametrize(
    ("says", "value"), [("Verdict: usable", "usable"), ("Choice: Usable.", "usable"), ("Choice: none at all", "none")]
)
def test_a_verdict_is_read_as_verdicts_are(tmp_path: Path, says: str, value: str) -> None:
    assert read(TEXT, tmp_path, says)[0].second == value


def test_many_are_asked_at_a_time_and_told_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    records = [replace(UNREAD, id=str(number), reply=f"{VAGUE} {number}") for number in range(12)]
    with FakeServer("Choice: A", latency=0.05) as server:
        found = second_readings_of([*records, factory.perception(99, right=True)], settings(tmp_path / "1", server))
    assert [record.second for record in found] == [*["A"] * 12, None]
    assert server.most_in_flight > 4
    with FakeServer(lambda ask: Answer(status=400, raw=b'{"error": {"message": "no"}}')) as server:
        assert second_readings_of(records, settings(tmp_path / "2", server)) == records
    (line,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert line.startswith(
        "Second reader reader-1: 12 of 12 replies could not be read by it either (12: second reader: "
    )


def test_a_model_that_the_server_has_not_is_cured_by_its_own_setting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = [replace(UNREAD, reply=f"{VAGUE} {number}") for number in range(12)]
    missing = Answer(status=404, raw=b'{"error": {"message": "model not found"}}')
    with FakeServer(lambda ask: missing, models=["other"]) as server:
        second_readings_of(records, settings(tmp_path, server))
    assert "set MEDQ_READER_MODEL to one of other" in caplog.text
    assert "MEDQ_JUDGE_MODEL" not in caplog.text


def test_without_a_reader_nothing_is_asked(tmp_path: Path) -> None:
    found, server = read(UNREAD, tmp_path, "Choice: A", model="")
    assert found == UNREAD
    assert server.asks == []


def test_without_a_server_one_line_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    current = settings(tmp_path, None)
    assert [second_reading(UNREAD, current) for _ in range(2)] == [UNREAD, UNREAD]
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("Replies that no rule can read stay unread: No judge is configured.")


def test_a_server_that_fails_leaves_the_reply_unread(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found, _ = read(UNREAD, tmp_path, Answer(status=400, raw=b'{"error": {"message": "no"}}'))
    assert found == UNREAD
    assert "replies could not be read by it either" in caplog.text


def test_replies_are_kept_as_a_judge_s_are(tmp_path: Path) -> None:
    with FakeServer("Choice: A") as server:
        first, second = (settings(tmp_path, server, counts=counts) for counts in (False, True))
        assert second_reading(UNREAD, first).second == "A"
        session_for(first).close()
        assert second_reading(UNREAD, second).choice == "A"  # type: ignore[union-attr]
        assert len(server.asks) == 1
