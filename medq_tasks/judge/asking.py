"""One pass over many questions to the judge, with a fixed number in flight."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from medq_tasks.judge.breaker import Breaker, harmless
from medq_tasks.judge.client import SLOW_CURE, ClientOptions, JudgeClient, secrets_of
from medq_tasks.judge.parameters import Parameters
from medq_tasks.judge.reach import cure_of, reach
from medq_tasks.judge.reasons import by_reason, in_one_line
from medq_tasks.judge.refusal import CallFailed
from medq_tasks.judge.reply import Reply, cut_off
from medq_tasks.judge.rubric import Message
from medq_tasks.judge.scores import read_score
from medq_tasks.records import AxisJudgement, Usage
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.ledger import KeptReply, Ledger
from medq_tasks.store.secrets import scrub_message
from medq_tasks.wording.escape import plain

_log = logging.getLogger(__name__)
_INSISTED = "They are left out of the averages and counted in `off_scale`; asked again, this judge would say the same."
_MANY = 500  # calls in a pass above which it is said what they will take
CHARACTERS_PER_TOKEN = 4  # English text under the usual tokenizers
# Of many calls in flight, a quarter more workers: while a reply is read and kept, the next request is on its way. A
# kill loses what is on its way or being read, so of few calls there are none more.
_MANY_AT_ONCE = 16
_POLL = 0.05  # seconds between looks at a question that another process is asking


@dataclass(frozen=True)
class Job:
    """One axis of one item. Jobs with the same keys are the same question."""

    keys: tuple[str, ...]  # where the reply to each attempt is kept
    first: Sequence[Message] = field(compare=False)  # the chat of the first attempt
    write: Callable[[int], Sequence[Message]] = field(compare=False)  # the chat of attempt 1, 2 ...
    levels: tuple[int, ...] = field(compare=False, default=(0, 1, 2))  # the scores that the axis has
    read: Callable[[str], int | None] = field(compare=False, default=read_score)  # the score in a reply


@dataclass(frozen=True)
class Purpose:
    """What a pass, and who is asked, are called where people are told of them."""

    who: str = "Judge"
    setting: str = "MEDQ_JUDGE_MODEL"  # where the model is named
    asked: str = "axes"
    title: str = "Judging"
    unread: str = "no score could be read in %d replies of the judge"
    lost: str = "axes could not be scored"
    further: str = (
        "They are left out of the averages; `judged` says how many items are whole. Run `medq judge RUN_DIR` to ask "
        "for the missing ones again."
    )


class Asker:
    """Answers jobs from the ledger where it can and from the judge where it must."""

    def __init__(
        self,
        settings: JudgeSettings,
        parameters: Parameters,
        breaker: Breaker,
        ledger: Ledger,
        options: ClientOptions,
        purpose: Purpose,
    ) -> None:
        self._settings = settings
        self._purpose = purpose
        self._parameters = parameters
        self._breaker = breaker
        self._ledger = ledger
        self._options = options
        self._queue: deque[tuple[Job, int]] = deque()  # a job and the rounds it has failed in
        self._tell: Callable[[Job, AxisJudgement], None] = lambda job, said: None
        self._scattered = False
        self._settled_one = asyncio.Event()
        self._trying = asyncio.Lock()  # held while the harmless prompt is asked
        self._tried = 0.0  # when it was last asked, by time.monotonic()
        self._fared: CallFailed | None = None  # and how it fared; None: it was answered
        self._said: dict[Job, AxisJudgement] = {}
        self._failed: Counter[Job] = Counter()  # requests for it that brought no reply
        self.calls = 0

    def run(self, jobs: Sequence[Job], tell: Callable[[Job, AxisJudgement], None]) -> dict[Job, AxisJudgement]:
        """The judgement of every job; ``tell`` hears of each as it comes. Blocks; for a thread without event loop."""
        self._tell = tell
        self._ledger.refresh()
        open_jobs = [job for job in dict.fromkeys(jobs) if not self._known(job)]
        if open_jobs:
            self._queue.extend((job, 0) for job in open_jobs)
            self._tell_of_size(open_jobs)
            try:
                asyncio.run(self._ask_all())
            except Exception as error:  # an unforeseen one must not lose the run that was generated and paid for
                _log.error(
                    "%s stopped: %s", self._purpose.title, scrub_message(repr(error), secrets_of(self._settings))
                )
                reason = scrub_message(f"{self._purpose.who.lower()}: {error!r}", secrets_of(self._settings))
                for job in open_jobs:
                    self._said.setdefault(job, AxisJudgement(None, reason=reason))
            self._report(jobs)
        return self._said

    async def _ask_all(self) -> None:
        at_once = self._settings.concurrency
        workers = min(at_once + (at_once // 4 if at_once >= _MANY_AT_ONCE else 0), len(self._queue))
        hidden: dict[str, Any] = {} if os.environ.get("RANK", "0") == "0" else {"disable": True}  # {}: TQDM_DISABLE
        reached = self._breaker.worked
        opened = JudgeClient(
            self._settings, self._parameters, self._options, reached=reached, given_up=lambda: self._breaker.open
        )
        async with opened as client:
            with tqdm(
                total=len(self._queue), desc=plain(f"{self._purpose.title} ({self._settings.model})"), **hidden
            ) as bar:
                first = asyncio.create_task(self._work(client, bar))
                watch = asyncio.create_task(self._tell_if_slow())
                if not reached:
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(self._settled_one.wait(), self._options.head_start)
                await asyncio.gather(first, *(self._work(client, bar) for _ in range(workers - 1)))
                watch.cancel()
            self.calls = client.calls

    async def _tell_if_slow(self) -> None:
        """Say while it runs that the first reply takes long: a judge that does not stop shows nothing else."""
        await asyncio.sleep(self._options.slow)
        if not self._settled_one.is_set():
            _log.warning(
                "%s %s: no reply yet after %g s, and %g s is the longest wait for one: %s.",
                self._purpose.who, plain(self._settings.model), self._options.slow, self._options.timeout, SLOW_CURE,
            )  # fmt: skip

    def _tell_of_size(self, jobs: Sequence[Job]) -> None:
        """What a large pass will send, before it does."""
        if len(jobs) > _MANY:
            letters = sum(len(message["content"]) for job in jobs for message in job.first)
            _log.warning(
                "%s %s: %s calls, about %s tokens to read (%d characters a token), %d at a time.",
                self._purpose.title, plain(self._settings.model), f"{len(jobs):,}",
                f"{letters // CHARACTERS_PER_TOKEN:,}", CHARACTERS_PER_TOKEN, self._settings.concurrency,
            )  # fmt: skip

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
                self._settled_one.set()

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
                self._failed[job] += failed.calls
                if self._breaker.suspects(failed):
                    await self._find_out(client, job, failed)
                # A key that another prompt was just answered with is not wrong: such a refusal may be a moment's, too.
                again = failed.trouble in ("passing", "all prompts") and failures + 1 < self._options.rounds
                if again and not failed.slow and not self._breaker.open:
                    self._queue.append((job, failures + 1))
                    return
                self._hear(
                    job,
                    AxisJudgement(
                        None,
                        reason=f"{self._purpose.who.lower()}: {self._why(failed)}",
                        attempts=failures + 1,
                        usage=self._spent(job),
                    ),
                )
        bar.update()

    async def _find_out(self, client: JudgeClient, job: Job, failed: CallFailed) -> None:
        """Ask a harmless prompt, and let the breaker judge by it; one such question answers all who wait for it."""
        came = time.monotonic()
        async with self._trying:
            if self._breaker.open:
                return
            if self._tried < came:
                self._tried = time.monotonic()
                try:  # after eight calls with all their retries one more look is enough
                    await client.ask(harmless(job.first), retries=0 if failed.trouble == "passing" else None)
                    self._fared = None
                except CallFailed as error:
                    self._fared = error
            if self._breaker.judge(failed, self._fared):
                cure = await self._cure(self._fared or failed)
                who = f"{self._purpose.who} {plain(self._settings.model)}"
                _log.error(
                    "%s: %s. No more calls for now.%s", who, self._breaker.reason, f" Cure: {cure}." if cure else ""
                )

    async def _cure(self, failed: CallFailed) -> str:
        """What to do about what concerns all prompts.

        A server that hands out its list of models to anybody says nothing of the key that it has refused; of a model
        that is not there, or not for this key, the list is what helps.
        """
        of_key = cure_of(failed.status)
        if self._breaker.worked and not failed.status:
            return ""  # it has answered under this address and name: what is wrong with it now, its own log says
        if of_key and "model" not in failed.reason.lower():
            return of_key
        found = await asyncio.to_thread(reach, self._settings, self._purpose.setting)
        listed = found.said.startswith("reachable") and "model" not in failed.reason.lower()
        return of_key if listed else found.cure or of_key  # many servers answer to names that they do not list

    async def _ask(self, client: JudgeClient, job: Job) -> AxisJudgement:
        reply, problem, off = Reply(""), "", None
        for attempt, key in enumerate(job.keys, 1):
            kept = self._ledger.get(key)
            if kept is not None and (off_before := self._off_scale(job, kept)) is not None:
                reply, off = Reply(kept.reply, kept.finish, kept.model), off_before
                continue  # asked again it would say the same again
            if self._breaker.open:
                raise CallFailed(f"not asked, {self._breaker.reason}", "stopped")
            reply = await client.ask(job.first if attempt == 1 else job.write(attempt))
            self._breaker.success()
            dropped = tuple(sorted(self._parameters.dropped))
            spent = reply.usage + ((kept.usage if kept else None) or Usage())  # a reply that it replaces was paid, too
            self._ledger.put(key, KeptReply(reply.text, attempt, dropped, reply.finish, reply.model, spent))
            problem = reply.problem
            score = None if problem else job.read(reply.text)
            if score in job.levels:
                return AxisJudgement(score, reply.text, attempts=attempt, model=reply.model, usage=self._spent(job))
            off = off if score is None else score
        if off is not None:
            return dataclasses.replace(_insisted(job, reply, off, len(job.keys)), usage=self._spent(job))
        problem = problem or self._purpose.unread % len(job.keys)
        return AxisJudgement(None, reply.text, problem, attempts=len(job.keys), usage=self._spent(job))

    def _why(self, failed: CallFailed) -> str:
        stopped = failed.trouble == "stopped" and self._breaker.reason
        return f"not asked, {self._breaker.reason}" if stopped else failed.reason

    def _spent(self, job: Job) -> Usage:
        """What all replies to a question have cost, each attempt's, with the requests that brought none here."""
        kept = (self._ledger.get(key) for key in job.keys)
        return sum((entry.usage for entry in kept if entry and entry.usage), Usage(self._failed[job]))

    def _known(self, job: Job) -> bool:
        """Take the job's score from the ledger, if one of its replies there can be read.

        Unreadable ones do not count, nor do cut ones: in a new run the judge gets a new chance to answer. Replies of
        0.1.0 hold no word of how they ended, and are read as they were then.
        """
        kept = [entry for key in job.keys if (entry := self._ledger.get(key)) is not None]
        usage = self._spent(job) if any(entry.usage is not None for entry in kept) else None
        for entry in kept:
            score = None if cut_off(entry.finish) else job.read(entry.reply)
            if score in job.levels:
                self._parameters.dropped.update(entry.dropped)
                self._hear(job, AxisJudgement(score, entry.reply, model=entry.model, usage=usage))
                return True
        levels = [level for entry in kept if (level := self._off_scale(job, entry)) is not None]
        if not levels or len(kept) < len(job.keys):
            return False
        # It was reminded as often as it may be, and gave no level that the axis has.
        last = Reply(kept[-1].reply, kept[-1].finish, kept[-1].model)
        self._hear(job, dataclasses.replace(_insisted(job, last, levels[-1], 0), usage=usage))
        return True

    def _off_scale(self, job: Job, entry: KeptReply) -> int | None:
        """The level in a kept reply that the axis does not have; None where it is none such."""
        score = None if cut_off(entry.finish) else job.read(entry.reply)
        return None if score in job.levels else score

    def _report(self, jobs: Sequence[Job]) -> None:
        unscored = [said for said in (self._said[job] for job in dict.fromkeys(jobs)) if said.score is None]
        if not unscored:
            return
        insisted = all(said.off_scale is not None for said in unscored)
        _log.warning(
            "%s %s: %d of %d %s (%s). %s",
            self._purpose.who, plain(self._settings.model), len(unscored), len(set(jobs)), self._purpose.lost,
            in_one_line(by_reason(said.reason for said in unscored)),
            _INSISTED if insisted else self._purpose.further,
        )  # fmt: skip


def _insisted(job: Job, reply: Reply, score: int, attempts: int) -> AxisJudgement:
    levels = " and ".join(map(str, job.levels))
    reason = f"off scale: the judge gave {score}, and this axis has {levels} only"
    return AxisJudgement(None, reply.text, reason, attempts, off_scale=score, model=reply.model)
