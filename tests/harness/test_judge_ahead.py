"""The filter that queues all replies: it must change nothing, call nobody, and never raise."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from medq_tasks import judge
from medq_tasks.harness.judge_ahead import JudgeAhead
from medq_tasks.scoring.replies import read
from medq_tasks.settings import Settings
from tests.data.docs import doc
from tests.judge.server import FakeServer


@dataclass
class Instance:
    doc_id: int
    resps: list[str] = field(default_factory=list)


class Rows(list[Any]):
    """Stands in for ``datasets.Dataset``; a picture column that is touched is an error."""

    @property
    def column_names(self) -> list[str]:
        return list(self[0])

    def select_columns(self, names: list[str]) -> Rows:
        assert not [name for name in names if name.startswith("image")]
        return Rows({name: row[name] for name in names} for row in self)


def ensemble_apply(filter_: JudgeAhead, instances: list[Instance], docs: Any) -> list[Any]:
    """What lmms_eval.api.filter.FilterEnsemble.apply does, with its names."""
    resps = [inst.resps for inst in instances]
    for f in [filter_]:
        resps = f.apply(resps, docs)
    return list(resps)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    with FakeServer("Score: 2", latency=0.02) as running:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", running.base_url)
        monkeypatch.setenv("MEDQ_JUDGE_MODEL", "judge-1")
        yield running


def test_replies_are_queued_in_the_order_of_their_documents_and_nobody_is_called(server: FakeServer):
    docs = Rows(doc("no_reference", row=n, reference=f"Reference {n}. Usable.") for n in range(6))
    # Not named as in the filter's caller: it must look there, and no farther.
    asked = [Instance(n, [f" Reply {n}. Usable.\n"]) for n in (5, 3, 1)]
    assert ensemble_apply(JudgeAhead(), asked, docs) == [instance.resps for instance in asked]
    assert server.asks == []
    session = judge.session_for(Settings.from_env())
    said = session.score(judge.item_of("no_reference", "Reply 5. Usable.", "Reference 5. Usable."))
    assert said["consistency"].score == 2
    assert len(server.asks) == 12  # the first score asks for all three items, and for nothing else
    # The first call goes ahead, so that a wrong key is met once; four threads by themselves would keep four in flight.
    assert 4 < server.most_in_flight <= 11
    for n in (5, 3, 1):
        session.score(judge.item_of("no_reference", f"Reply {n}. Usable.", f"Reference {n}. Usable."))
    assert len(server.asks) == 12


class Task:
    """As much of a task of the harness as filters see."""

    def __init__(self, kind: str, rows: int) -> None:
        self._filters = [Ensemble([JudgeAhead()])]
        self.docs = Rows(doc(kind, row=n, reference=f"Reference {n}. Usable.") for n in range(rows))
        self.instances = [Instance(n, [f"{kind} {n}. Usable."]) for n in range(rows)]
        self.filtered = 0

    def apply_filters(self) -> None:
        self.filtered += 1
        for ensemble in self._filters:
            ensemble.apply(self.instances, self.docs)


@dataclass
class Ensemble:
    filters: list[JudgeAhead]

    def apply(self, instances: list[Instance], docs: Any) -> None:
        resps = [inst.resps for inst in instances]
        for f in self.filters:
            resps = f.apply(resps, docs)


@dataclass
class Output:
    task: Task


def evaluate(tasks: list[Task], score: Any) -> None:
    """The order of lmms_eval.evaluator.evaluate, with its names: filter and score one task after the other."""
    eval_tasks = [Output(task) for task in tasks]
    for task_output in eval_tasks:
        task_output.task.apply_filters()
        score(task_output.task)


def test_all_tasks_of_an_evaluation_are_judged_in_one_pass(server: FakeServer, monkeypatch: pytest.MonkeyPatch):
    passes: list[int] = []
    made = judge.JudgeSession._pass
    monkeypatch.setattr(
        judge.JudgeSession, "_pass", lambda self, items: (passes.append(len(items)), made(self, items))[-1]
    )
    tasks = [Task("no_reference", 4), Task("comparison", 3), Task("no_reference", 0)]

    def score(task: Task) -> None:
        for instance in task.instances:
            row = task.docs[instance.doc_id]
            session = judge.session_for(Settings.from_env())
            session.score(judge.item_of(row["kind"], instance.resps[0], row["reference"]), whole_pass=False)

    evaluate(tasks, score)
    assert passes == [7]
    assert [task.filtered for task in tasks] == [1, 2, 1]  # the last has nothing to be judged
    assert len(server.asks) == 28


def test_of_choices_one_row_is_read_where_there_is_a_judge_and_no_second_reader(server: FakeServer):
    rows_read: list[int] = []

    class Counted(Rows):
        def select_columns(self, names: list[str]) -> Counted:
            return Counted(super().select_columns(names))

        def __getitem__(self, index: Any) -> Any:
            rows_read.append(index)
            return super().__getitem__(index)

    docs = Counted(doc("perception", row=n) for n in range(8))
    ensemble_apply(JudgeAhead(), [Instance(n, ["A"]) for n in range(2, 8)], docs)
    assert [n for n in rows_read if n] == [2]  # row 0 tells the columns' names


def test_replies_that_no_rule_reads_are_queued_for_the_second_reader(server: FakeServer, monkeypatch):
    monkeypatch.setenv("MEDQ_READER_MODEL", "reader-1")
    docs = Rows(doc("perception", row=n) for n in range(8))
    asked = [Instance(n, [f"Well, number {n} is hard."]) for n in range(7)] + [Instance(7, ["A"])]
    ensemble_apply(JudgeAhead(), asked, docs)
    assert server.asks == []
    settings = Settings.from_env()
    judge.second_reading(read(docs[0], asked[0].resps[0]), settings)
    assert len({ask.text for ask in server.asks}) >= 7  # one reading asks for all seven, and not for the eighth
    assert not any("number 7" in ask.text for ask in server.asks)
    assert {ask.body["model"] for ask in server.asks} == {"reader-1"}


def test_another_caller_is_told_that_it_is_slower(server: FakeServer, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        assert JudgeAhead().apply([["Reply."]], Rows([doc("no_reference")])) == [["Reply."]]
    assert "does not show a filter its requests): judging will be slower" in caplog.text


def test_without_a_judge_it_does_nothing(caplog: pytest.LogCaptureFixture):
    assert ensemble_apply(JudgeAhead(), [Instance(0, ["Reply."])], object()) == [["Reply."]]
    assert caplog.text == ""


@pytest.mark.parametrize("resps", [[[]], [[None]], [["a"], ["b"]], iter([["a"]]), []])
def test_odd_replies_pass_through(server: FakeServer, resps: Any):
    kept = list(resps)
    assert JudgeAhead().apply(iter(kept), Rows([doc("comparison")])) == kept


def test_faulty_settings_do_not_lose_the_replies(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setenv("MEDQ_JUDGE_CONCURRENCY", "many")
    assert ensemble_apply(JudgeAhead(), [Instance(0, ["Reply."])], Rows([doc("no_reference")])) == [["Reply."]]
    assert "MEDQ_JUDGE_CONCURRENCY" in caplog.text
