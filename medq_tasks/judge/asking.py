"""One pass over many questions to the judge, with a fixed number in flight."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from medq_tasks.judge.client import Breaker, CallFailed, ClientOptions, JudgeClient, Parameters, secrets_of
from medq_tasks.judge.rubric import Message
from medq_tasks.judge.scores import read_score
from medq_tasks.records import AxisJudgement
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.ledger import KeptReply, Ledger
from medq_tasks.store.secrets import scrub_message

_log = logging.getLogger(__name__)
_POLL = 0.05  # seconds between looks at a question that another process is asking


@dataclass(frozen=True)
class Job:
    """One axis of one item. Jobs with the same keys are the same question."""

    keys: tuple[str, ...]  # where the reply to each attempt is kept
    first: Sequence[Message] = field(compare=False)  # the chat of the first attempt
    write: Callable[[int], Sequence[Message]] = field(compare=False)  # the chat of attempt 1, 2 ...


class Asker:
    """Answers jobs from the ledger where it can and from the judge where it must."""

    def __init__(
        self,
        settings: JudgeSettings,
        parameters: Parameters,
        breaker: Breaker,
        ledger: Ledger,
        options: ClientOptions,
    ) -> None:
        self._settings = settings
        self._parameters = parameters
        self._breaker = breaker
        self._ledger = ledger
        self._options = options
        self._queue: deque[tuple[Job, int]] = deque()  # a job and the rounds it has failed in
        self._tell: Callable[[Job, AxisJudgement], None] = lambda job, said: None
        self._scattered = False
        self._said: dict[Job, AxisJudgement] = {}
        self.calls = 0

    def run(self, jobs: Sequence[Job], tell: Callable[[Job, AxisJudgement], None]) -> dict[Job, AxisJudgement]:
        """The judgement of every job; ``tell`` hears of each as it comes. Blocks; for a thread without event loop."""
        self._tell = tell
        self._ledger.refresh()
        open_jobs = [job for job in dict.fromkeys(jobs) if not self._known(job)]
        if open_jobs:
            self._queue.extend((job, 0) for job in open_jobs)
            try:
                asyncio.run(self._ask_all())
            except Exception as error:  # an unforeseen one must not lose the run that was generated and paid for
                _log.error("Judging stopped: %s", scrub_message(repr(error), secrets_of(self._settings)))
                reason = scrub_message(f"judge: {error!r}", secrets_of(self._settings))
                for job in open_jobs:
                    self._said.setdefault(job, AxisJudgement(None, reason=reason))
            self._report(jobs)
        return self._said

    async def _ask_all(self) -> None:
        workers = min(self._settings.concurrency, len(self._queue))
        hidden: dict[str, Any] = {} if os.environ.get("RANK", "0") == "0" else {"disable": True}  # {}: TQDM_DISABLE
        async with JudgeClient(self._settings, self._parameters, self._options) as client:
            with tqdm(total=len(self._queue), desc=f"Judging ({self._settings.model})", **hidden) as bar:
                await asyncio.gather(*(self._work(client, bar) for _ in range(workers)))
            self.calls = client.calls

    async def _work(self, client: JudgeClient, bar: tqdm[Any]) -> None:
        while self._queue:
            job, failures = self._queue.popleft()
            if not self._ledger.claim(job.keys[0]):
                self._queue.append((job, failures))
                self._scatter()
                await asyncio.sleep(_POLL)
                continue
            try:
                await self._settle(client, job, failures, bar)
            finally:
                self._ledger.release(job.keys[0])

    def _scatter(self) -> None:
        """Go on at random places, where another run is at the same one: each then finds most answers of the other."""
        if not self._scattered:
            self._scattered = True
            random.Random(os.urandom(8)).shuffle(self._queue)

    def _hear(self, job: Job, said: AxisJudgement) -> None:
        self._said[job] = said
        self._tell(job, said)

    async def _settle(self, client: JudgeClient, job: Job, failures: int, bar: tqdm[Any]) -> None:
        self._ledger.refresh()  # only now, under the claim: nobody else can be about to store this one
        if not self._known(job):
            try:
                self._hear(job, await self._ask(client, job))
            except CallFailed as failed:
                if self._breaker.failure(failed):
                    _log.error("Judge %s: %s. No more calls for now.", self._settings.model, self._breaker.reason)
                if failed.trouble == "passing" and failures + 1 < self._options.rounds and not self._breaker.open:
                    self._queue.append((job, failures + 1))
                    return
                self._hear(job, AxisJudgement(None, reason=f"judge: {failed.reason}", attempts=failures + 1))
        bar.update()

    async def _ask(self, client: JudgeClient, job: Job) -> AxisJudgement:
        reply = ""
        for attempt, key in enumerate(job.keys, 1):
            if self._breaker.open:
                raise CallFailed(f"not asked, {self._breaker.reason}", "stopped")
            reply = await client.ask(job.first if attempt == 1 else job.write(attempt))
            self._breaker.success()
            self._ledger.put(key, KeptReply(reply, attempt, tuple(sorted(self._parameters.dropped))))
            score = read_score(reply)
            if score is not None:
                return AxisJudgement(score, reply, attempts=attempt)
        reason = (
            f"no score could be read in {len(job.keys)} replies of the judge" if reply else "the judge sent no text"
        )
        return AxisJudgement(None, reply, reason, attempts=len(job.keys))

    def _known(self, job: Job) -> bool:
        """Take the job's score from the ledger, if one of its replies there can be read.

        Unreadable ones do not count: in a new run the judge gets a new chance to answer.
        """
        for key in job.keys:
            entry = self._ledger.get(key)
            score = None if entry is None else read_score(entry.reply)
            if entry is not None and score is not None:
                self._parameters.dropped.update(entry.dropped)
                self._hear(job, AxisJudgement(score, entry.reply))
                return True
        return False

    def _report(self, jobs: Sequence[Job]) -> None:
        unscored = [said for said in (self._said[job] for job in dict.fromkeys(jobs)) if said.score is None]
        if unscored:
            _log.warning(
                "Judge %s: %d of %d axes could not be scored (for example: %s). They are left out of the averages; "
                "`judged` says how many items are whole. Run `medq judge RUN_DIR` to ask for the missing ones again.",
                self._settings.model, len(unscored), len(set(jobs)), unscored[0].reason,
            )  # fmt: skip
