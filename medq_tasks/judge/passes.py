"""Judging many items at once: queue, one full-speed pass over everything queued, answers from memory after that."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from medq_tasks.errors import JudgeError
from medq_tasks.judge.asking import Asker, Job, Purpose
from medq_tasks.judge.breaker import Breaker
from medq_tasks.judge.client import ClientOptions, secrets_of
from medq_tasks.judge.earlier import Earlier, keys_of
from medq_tasks.judge.parameters import Parameters
from medq_tasks.judge.reply import Reply, cut_off
from medq_tasks.judge.rubric import Message
from medq_tasks.judge.which import named
from medq_tasks.records import AxisJudgement, Usage
from medq_tasks.settings import JudgeSettings, Settings
from medq_tasks.store.addresses import server_of
from medq_tasks.store.ledger import PATIENCE, KeptReply, Ledger
from medq_tasks.store.secrets import scrub
from medq_tasks.wording.escape import plain

_log = logging.getLogger(__name__)
Item = TypeVar("Item", bound=Hashable)


@dataclasses.dataclass(frozen=True)
class Question:
    """One question that is open: the key under which its reply will be kept, and the chat."""

    key: str
    messages: Sequence[Message]


class Session(Generic[Item]):
    """One model on the judge's server, asked about items of one kind, for the life of a process. Thread-safe.

    ``enqueue`` costs nothing and calls nobody; the first ``score`` starts a pass over everything queued with
    ``MEDQ_JUDGE_CONCURRENCY`` calls in flight, whatever the number of threads that ask for scores.
    """

    purpose = Purpose()
    lacking = ""  # what is said, once, where no judge is available; holds a %s for the reason

    def __init__(self, settings: Settings, options: ClientOptions | None = None) -> None:
        """Nothing is called or written yet."""
        self._settings = settings
        self._options = (options or ClientOptions()).as_set(settings.judge)
        self._parameters = Parameters(settings.judge.max_tokens, settings.judge.extra)
        self._breaker = Breaker(self._options.give_up_after, self._options.cool_down)
        self._queue: dict[Item, None] = {}
        self._done: dict[Item, dict[str, AxisJudgement]] = {}
        self._ledger: Ledger | None = None
        self._lock = threading.Condition()  # told of every item that is done, and of the end of a pass
        self._passing = False  # whether a pass is being made, in a thread of its own
        self._trouble: Exception | None = None
        self._told = False
        self.told = False  # why no judge is available; may be set by whoever has said it before
        self._ask_from, self._lacking = 0.0, ""  # when, by time.monotonic(), and why no judge is available
        self._earlier: Earlier | None = None  # as long as the ledger is open
        self._moved = 0  # questions that another server's kept replies answer, as MEDQ_JUDGE_REPLIES_OF says
        self.calls = 0  # made by this session, for tests and reports

    def require(self) -> None:
        """Settle which judge is meant; may ask its server for its models.

        Raises:
            JudgeError: none is configured or named; the message says what to set.
        """
        self._settings = dataclasses.replace(self._settings, judge=named(self._settings.judge))

    @property
    def available(self) -> bool:
        """Whether a judge is configured and named, not whether it answers; looked at again after a while."""
        if self._named:
            return True
        with self._lock:
            if time.monotonic() >= self._ask_from:
                self._ask_from = time.monotonic() + self._options.cool_down
                try:
                    self.require()
                except JudgeError as error:
                    self._lacking = str(error)
        return self._named

    @property
    def _named(self) -> bool:
        judge = self._settings.judge
        return bool(judge.model) and judge.configured and not judge.trouble

    def enqueue(self, items: Sequence[Item]) -> None:
        """Remember items that will be scored later."""
        with self._lock:
            self._queue.update(dict.fromkeys(item for item in items if item not in self._done))

    def score(self, item: Item, *, whole_pass: bool = True) -> dict[str, AxisJudgement]:
        """What was said of one item, by the name of the question; {} when no judge is configured.

        Waits for everything that was queued, or with ``whole_pass=False`` for this item alone while the others are
        still being judged. Never raises for what a server does: an axis that could not be judged has score None and a
        reason.
        """
        if not self.available:
            self._warn_unavailable()
            return {}
        with self._lock:
            while item not in self._done:
                if self._trouble is not None:
                    raise self._trouble
                if not self._passing:
                    self._queue[item] = None
                    self._start()
                self._lock.wait()
            while whole_pass and self._passing:
                self._lock.wait()
            return dict(self._done[item])

    def open_questions(self, items: Sequence[Item]) -> list[Question]:
        """What has to be asked for these items and was not yet: of each axis the next attempt. Asks nobody."""
        with self._lock:
            ledger = self._opened()
            ledger.refresh()
            found: dict[str, Question] = {}
            for job in self._jobs_of(items):
                kept = [ledger.get(key) for key in job.keys]
                scores = [None if one is None or cut_off(one.finish) else job.read(one.reply) for one in kept]
                attempt = next((place for place, one in enumerate(kept, 1) if one is None), None)
                self._parameters.dropped.update(name for one in kept if one for name in one.dropped)
                if attempt and not any(score in job.levels for score in scores):
                    chat = job.first if attempt == 1 else job.write(attempt)
                    found[job.keys[attempt - 1]] = Question(job.keys[attempt - 1], chat)
            return list(found.values())

    def keep(self, items: Sequence[Item], replies: Mapping[str, Reply]) -> None:
        """Keep replies that came another way than by a call; ``replies``: by key of the ledger.

        One that is kept already stays, where a score can be read in it: it was paid for, and may be the better one.
        """
        with self._lock:
            ledger, dropped = self._opened(), tuple(sorted(self._parameters.dropped))
            ledger.refresh()
            for job in self._jobs_of(items):
                for attempt, key in enumerate(job.keys, 1):
                    said, kept = replies.get(key), ledger.get(key)
                    if said is None or (kept and not cut_off(kept.finish) and job.read(kept.reply) is not None):
                        continue
                    if kept and (kept.reply, kept.finish) == (said.text, said.finish):
                        continue  # the same file once more
                    spent = said.usage + ((kept.usage if kept else None) or Usage())
                    ledger.put(key, KeptReply(said.text, attempt, dropped, said.finish, said.model, spent))

    def attempts(self, items: Sequence[Item]) -> dict[str, int]:
        """Every key under which a reply to these items may be kept, and of which attempt it is."""
        with self._lock:
            self._opened()
            return {key: attempt for job in self._jobs_of(items) for attempt, key in enumerate(job.keys, 1)}

    def drop(self, name: str) -> None:
        """Send a parameter no more that the server has refused in a line of a batch."""
        if not self._parameters.is_users(name):
            self._parameters.drop(name)

    def ask_nobody(self, why: str) -> None:
        """From now on answer from the ledger alone; what it does not hold is unscored, for this reason."""
        self._breaker.stop(why)

    @property
    def parameters(self) -> dict[str, object]:
        """What goes into a request beside model and chat."""
        return self._parameters.sent

    @property
    def asked_with(self) -> str:
        """The parameters that were set, as JSON: the same before and after a refusal."""
        return json.dumps(self._parameters.shaping, sort_keys=True)

    @property
    def judge(self) -> JudgeSettings:
        """Who is asked; its model is known once a judge was required."""
        return self._settings.judge

    def _jobs_of(self, items: Sequence[Item]) -> list[Job]:
        asked = [item for item in dict.fromkeys(items) if self._settled(item) is None]
        return list(dict.fromkeys(job for item in asked for job in self._jobs(item).values()))

    def close(self) -> None:
        """Flush the ledger, after the last answer. The session can be used again."""
        with self._lock:
            while self._passing:
                self._lock.wait()
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    def _start(self) -> None:
        """Judge what is queued in a thread of its own: no event loop runs there, and being daemonic it does not keep
        the process alive after Ctrl-C."""
        items = [item for item in self._queue if item not in self._done]
        self._queue.clear()
        self._passing = True
        threading.Thread(target=self._pass, args=(items,), name="medq-judge", daemon=True).start()

    def _pass(self, items: Sequence[Item]) -> None:
        answers: dict[Item, dict[str, AxisJudgement]] = {}
        try:
            answers = self._answers(items)
        except Exception as error:  # to be raised where it is waited for
            self._trouble = error
        with self._lock:
            self._done |= answers
            self._passing = False
            self._lock.notify_all()

    def _answers(self, items: Sequence[Item]) -> dict[Item, dict[str, AxisJudgement]]:
        answers = {item: known for item in items if (known := self._settled(item)) is not None}
        ledger = self._opened() if len(answers) < len(items) else None
        jobs = {item: self._jobs(item) for item in items if item not in answers}
        if ledger is not None:
            self._tell_of_kept(ledger, [job for axes in jobs.values() for job in axes.values()])
            asker = Asker(self._settings.judge, self._parameters, self._breaker, ledger, self._options, self.purpose)
            said = asker.run([job for axes in jobs.values() for job in axes.values()], self._teller(jobs))
            self.calls += asker.calls
            answers |= {item: {axis: said[job] for axis, job in axes.items()} for item, axes in jobs.items()}
        return answers

    def _teller(self, jobs: Mapping[Item, Mapping[str, Job]]) -> Callable[[Job, AxisJudgement], None]:
        """What hands an item out as soon as its four axes are scored, so that its threads can go on with it.

        Items with an unscored axis wait for the end of the pass: what could not be judged is told before a result is.
        """
        owners: dict[Job, list[Item]] = {}
        for item, axes in jobs.items():
            for job in set(axes.values()):
                owners.setdefault(job, []).append(item)
        said: dict[Job, AxisJudgement] = {}

        def tell(job: Job, judgement: AxisJudgement) -> None:
            said[job] = judgement
            for item in owners[job]:
                axes = {axis: said[one] for axis, one in jobs[item].items() if one in said}
                if len(axes) == len(jobs[item]) and all(one.score is not None for one in axes.values()):
                    with self._lock:
                        self._done[item] = axes
                        self._lock.notify_all()

        return tell

    def _opened(self) -> Ledger:
        if self._ledger is None:
            folder = self._settings.cache_dir / "judge" / _slug(self._settings.judge.model)
            clean = functools.partial(scrub, secrets=secrets_of(self._settings.judge))
            self._ledger = Ledger(folder, clean, max(PATIENCE, self._options.deadline))
            self._earlier = Earlier(self._ledger, server_of(self._settings.judge.base_url))
        return self._ledger

    def _tell_of_kept(self, ledger: Ledger, jobs: Sequence[Job]) -> None:
        kept = sum(any(ledger.get(key) for key in job.keys) for job in dict.fromkeys(jobs))
        if self._told or self._earlier is None or not (kept or self._earlier.others):
            return
        self._told = True
        server = server_of(self._settings.judge.base_url)
        answered = (
            f"{kept} {self.purpose.asked} are answered from {ledger.folder}; whether the weights behind that name have "
            "changed cannot be known (another MEDQ_CACHE_DIR asks anew)."
        )
        moved = f"{self._moved} of them are replies of {server_of(self._settings.judge.replies_of)}, as was asked for."
        said = [answered] * bool(kept) + [moved] * bool(self._moved) + [self._earlier.said] * bool(self._earlier.said)
        who = f"{self.purpose.who} {self._settings.judge.model} at {server}"
        _log.warning("%s: %s", plain(who), plain(" ".join(said)))

    def _settled(self, item: Item) -> dict[str, AxisJudgement] | None:
        """What is said of an item that is not sent; None for one that is."""
        raise NotImplementedError

    def _jobs(self, item: Item) -> dict[str, Job]:
        """The questions that an item makes, by the name of what they ask for."""
        raise NotImplementedError

    def _keys(self, first: Sequence[Message]) -> tuple[str, ...]:
        """The ledger's keys, one per attempt: everything that shapes a reply, and neither key nor concurrency.

        The parameters that were set count, not those left after a refusal, or a fresh process could not find its
        replies before it has been refused once itself. Later chats are the first one and a reminder, so they are not
        written out here: nearly all would be for nothing.
        """
        shapes = [first, self._settings.judge.model, self._parameters.shaping]
        keys = keys_of(shapes, server_of(self._settings.judge.base_url))
        if self._earlier is not None:
            self._earlier.find(keys, shapes)
        if self._settings.judge.replies_of and self._ledger is not None:
            theirs = keys_of(shapes, server_of(self._settings.judge.replies_of))
            found = [self._ledger.answer_also(key, old) for key, old in zip(keys, theirs, strict=True)]
            self._moved += any(found)
        return keys

    def _warn_unavailable(self) -> None:
        with self._lock:
            if not self.told:
                _log.warning(self.lacking, plain(self._lacking))
            self.told = True


def _slug(model: str) -> str:
    """A folder name that is readable, and distinct also where two models differ only in odd characters."""
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", model).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"
