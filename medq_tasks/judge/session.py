"""The judge of a process: four axes for an item, in one full-speed pass over everything queued."""

from __future__ import annotations

import dataclasses
import functools
import threading

from medq_tasks.judge.asking import Job
from medq_tasks.judge.client import ClientOptions, secrets_of
from medq_tasks.judge.items import JudgeItem, item_of, settled
from medq_tasks.judge.passes import Session
from medq_tasks.judge.rubric import Rubric, load_rubric
from medq_tasks.records import AXES, AxisJudgement, Judgement, JudgeStamp, ReasoningRecord, levels_of
from medq_tasks.settings import Settings
from medq_tasks.store.addresses import server_of
from medq_tasks.store.secrets import scrub


class JudgeSession(Session[JudgeItem]):
    """One judge (model, prompts, settings), asked for the four axes of items."""

    lacking = "The four axes stay empty: %s `medq judge RUN_DIR` can judge this run later."

    def __init__(self, settings: Settings, options: ClientOptions | None = None) -> None:
        """Load the prompts; nothing is called or written yet.

        Raises:
            JudgeError: ``MEDQ_JUDGE_PROMPTS`` cannot be used.
        """
        super().__init__(settings, options)
        self.rubric: Rubric = load_rubric(settings.judge.prompts)

    @property
    def stamp(self) -> JudgeStamp:
        """Who judges. Read it after scoring: a parameter that the server refuses is known only then."""
        return JudgeStamp(
            model=self._settings.judge.model,
            prompts=self.rubric.name,
            prompts_hash=self.rubric.hash,
            settings_hash=self._parameters.hash,
            server=server_of(self._settings.judge.base_url),
            parameters=scrub(self._parameters.shown, secrets_of(self._settings.judge)),
        )

    def _settled(self, item: JudgeItem) -> dict[str, AxisJudgement] | None:
        """What is said of an item that is not sent; None for one that is."""
        return settled(item)

    def _jobs(self, item: JudgeItem) -> dict[str, Job]:
        """The questions that an item makes, by the name of what they ask for."""
        return {axis: self._job(item, axis) for axis in AXES}

    def _job(self, item: JudgeItem, axis: str) -> Job:
        chat = functools.partial(self.rubric.messages, item.kind, axis, item.reply, item.reference)
        first = chat()
        return Job(self._keys(first), first, chat, levels_of(item.kind, axis))


_making = threading.RLock()


def session_for(settings: Settings) -> JudgeSession:
    """The process's session for these settings. The harness's four threads ask at once: without a lock, for four."""
    with _making:
        return _session(settings)


@functools.lru_cache(maxsize=8)
def _session(settings: Settings) -> JudgeSession:
    return JudgeSession(settings)


def judged(record: ReasoningRecord, session: JudgeSession) -> ReasoningRecord:
    """The record with its four axes and who judged them; unchanged when no judge is configured."""
    axes = session.score(item_of(record.kind, record.reply, record.reference), whole_pass=False)
    return dataclasses.replace(record, judgements=(Judgement(session.stamp, axes),)) if axes else record
