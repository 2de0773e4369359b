"""Judging many items at once: queue, one full-speed pass over everything queued, answers from memory after that."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import logging
import re
import threading
from collections.abc import Sequence

from medq_tasks.judge.asking import Asker, Job
from medq_tasks.judge.client import BASE_PARAMETERS, Breaker, ClientOptions, Parameters, secrets_of
from medq_tasks.judge.items import JudgeItem, item_of, settled
from medq_tasks.judge.ledger import Ledger
from medq_tasks.judge.rubric import REMINDERS, Message, Rubric, load_rubric
from medq_tasks.records import AXES, AxisJudgement, JudgeStamp, ReasoningRecord
from medq_tasks.settings import Settings

_log = logging.getLogger(__name__)


class JudgeSession:
    """One judge (model, prompts, settings) for the life of a process. Thread-safe.

    ``enqueue`` costs nothing and calls nobody; the first ``score`` judges everything queued with
    ``MEDQ_JUDGE_CONCURRENCY`` calls in flight, whatever the number of threads that ask for scores.
    """

    def __init__(self, settings: Settings, options: ClientOptions | None = None) -> None:
        """Load the prompts; nothing is called or written yet.

        Raises:
            JudgeError: ``MEDQ_JUDGE_PROMPTS`` cannot be used.
        """
        self._settings = settings
        self._options = options or ClientOptions()
        self.rubric: Rubric = load_rubric(settings.judge.prompts)
        self._parameters = Parameters()
        self._breaker = Breaker(self._options.give_up_after, self._options.cool_down)
        self._queue: dict[JudgeItem, None] = {}
        self._done: dict[JudgeItem, dict[str, AxisJudgement]] = {}
        self._ledger: Ledger | None = None
        self._lock = threading.Lock()
        self._warned = False
        self.calls = 0  # made by this session, for tests and reports

    @property
    def available(self) -> bool:
        """Whether a judge is configured (a key or a base URL); not whether it answers."""
        return self._settings.judge.configured

    @property
    def stamp(self) -> JudgeStamp:
        """Who judges. Read it after scoring: a parameter that the server refuses is known only then."""
        return JudgeStamp(
            model=self._settings.judge.model,
            prompts=self.rubric.name,
            prompts_hash=self.rubric.hash,
            settings_hash=self._parameters.hash,
        )

    def enqueue(self, items: Sequence[JudgeItem]) -> None:
        """Remember items that will be scored later."""
        with self._lock:
            self._queue.update(dict.fromkeys(item for item in items if item not in self._done))

    def score(self, item: JudgeItem) -> dict[str, AxisJudgement]:
        """The four axes of one item; {} when no judge is configured.

        Never raises for what a server does: an axis that could not be judged has score None and a reason.
        """
        if not self.available:
            self._warn_unavailable()
            return {}
        with self._lock:  # other threads wait here while one of them judges everything queued
            if item not in self._done:
                self._queue[item] = None
            if self._queue:
                self._drain()
            return dict(self._done[item])

    def close(self) -> None:
        """Flush the ledger. The session can be used again."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    def _drain(self) -> None:
        items = [item for item in self._queue if item not in self._done]
        self._queue.clear()
        answers = {item: settled(item) for item in items}
        jobs = {
            (item, axis): self._job(item, axis) for item, known in answers.items() if known is None for axis in AXES
        }
        if jobs:
            asker = Asker(self._settings.judge, self._parameters, self._breaker, self._opened(), self._options)
            said = asker.run(list(jobs.values()))
            self.calls += asker.calls
            answers |= {item: {axis: said[jobs[item, axis]] for axis in AXES} for item, _ in jobs}
        self._done |= {item: known for item, known in answers.items() if known is not None}

    def _opened(self) -> Ledger:
        if self._ledger is None:
            folder = self._settings.cache_dir / "judge" / _slug(self._settings.judge.model)
            self._ledger = Ledger(folder, secrets_of(self._settings.judge))
        return self._ledger

    def _job(self, item: JudgeItem, axis: str) -> Job:
        chat = functools.partial(self.rubric.messages, item.kind, axis, item.reply, item.reference)
        first = chat()
        return Job(self._keys(first), first, chat)

    def _keys(self, first: Sequence[Message]) -> tuple[str, ...]:
        """The ledger's keys, one per attempt: everything that shapes a reply, and neither key, server nor concurrency.

        The base parameters count, not those left after a refusal, or a fresh process could not find its replies
        before it has been refused once itself. Later chats are the first one and a reminder, so they are not written
        out here: nearly all would be for nothing.
        """
        parts = json.dumps([first, self._settings.judge.model, BASE_PARAMETERS], sort_keys=True).encode()
        return tuple(
            hashlib.sha256(parts + json.dumps([attempt, reminder]).encode()).hexdigest()
            for attempt, reminder in enumerate(REMINDERS, 1)
        )

    def _warn_unavailable(self) -> None:
        with self._lock:
            if not self._warned:
                _log.warning(
                    "No judge is configured: the four axes stay empty. Set MEDQ_JUDGE_API_KEY (or OPENAI_API_KEY), or "
                    "MEDQ_JUDGE_BASE_URL for a server of your own; `medq judge RUN_DIR` can judge this run later."
                )
            self._warned = True


@functools.lru_cache(maxsize=8)
def session_for(settings: Settings) -> JudgeSession:
    """The process's session for these settings."""
    return JudgeSession(settings)


def judged(record: ReasoningRecord, session: JudgeSession) -> ReasoningRecord:
    """The record with its four axes and who judged them; unchanged when no judge is configured."""
    axes = session.score(item_of(record.kind, record.reply, record.reference))
    return dataclasses.replace(record, axes=axes, judge=session.stamp) if axes else record


def _slug(model: str) -> str:
    """A folder name that is readable, and distinct also where two models differ only in odd characters."""
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", model).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"
