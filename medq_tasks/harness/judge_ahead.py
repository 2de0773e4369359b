"""A harness filter that shows judge and second reader all replies of this rank, before they are scored one by one.

The harness scores documents in four threads. Left to themselves these would keep at most four items before the judge,
or one unread reply before a second reader; with everything queued first, ``MEDQ_JUDGE_CONCURRENCY`` calls are in
flight. The filter also runs under ``--predict_only``, where nothing may be judged: so it only queues, and calls nobody.

How it learns which document a reply belongs to: the harness's ``FilterEnsemble.apply(instances, docs)`` passes on the
replies alone, in the order of ``instances``. This filter therefore looks at that one local variable of its caller
(``lmms_eval/api/filter.py``, the same in 0.6.0 to 0.7.3). Where it is not found, nothing is queued, items are judged as
they come, and one warning says that this is slower. Scores do not depend on it.

The harness filters and scores one task after the other, which would make a pass of each: a start and a tail, in which
few calls are under way, for every task. So the first filter of an evaluation has the other tasks filtered as well (they
are filtered again when their turn comes, to the same). It finds them as ``eval_tasks`` further up in its callers
(``lmms_eval/evaluator.py``, 0.7 and 0.7.3); where that is not there, each task is a pass of its own.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any

from medq_tasks import judge
from medq_tasks.records import TEXT_KINDS
from medq_tasks.scoring.replies import read
from medq_tasks.settings import Settings

_log = logging.getLogger(__name__)
_MARK = "_medq_filtered_ahead"  # on a task of the harness


class JudgeAhead:
    """Queues the first reply of each request, a text for the judge and what no rule reads for a second reader, and
    hands all replies on as they are."""

    def __init__(self, **_: object) -> None:
        pass

    def apply(self, resps: Iterable[Any], docs: Any) -> list[Any]:
        """``resps`` unchanged (as a list). Never raises."""
        kept = list(resps)
        try:
            caller = sys._getframe(1)
            if _enqueue([_first(reply) for reply in kept], caller.f_locals.get("instances"), docs):
                _filter_the_others(caller, caller.f_locals.get("instances"))
        except Exception as error:  # a queue is a matter of speed: no reply may be lost over it
            _log.warning("Replies could not be queued for the judge (%s): judging will be slower.", error)
        return kept


def _filter_the_others(frame: FrameType | None, own: object) -> None:
    """Let the other tasks of this evaluation queue their replies now; each once, and none from within another."""
    while frame is not None and "eval_tasks" not in frame.f_locals:
        frame = frame.f_back
    for output in frame.f_locals["eval_tasks"] if frame is not None else ():
        task = output.task
        filters = [one for ensemble in getattr(task, "_filters", ()) for one in ensemble.filters]
        if not task.instances or hasattr(task, _MARK) or not any(isinstance(one, JudgeAhead) for one in filters):
            continue
        setattr(task, _MARK, True)  # before: its own filter comes by here
        if task.instances is not own:
            task.apply_filters()


def _enqueue(replies: Sequence[str], instances: Any, docs: Any) -> bool:
    """Queue what the replies need; whether anybody is to be asked at all."""
    settings = Settings.from_env()
    if not replies or not (settings.judge.configured or settings.reader.model):
        return False
    if instances is None or len(instances) != len(replies):
        raise LookupError("this version of lmms-eval does not show a filter its requests")
    if hasattr(docs, "select_columns"):  # or every picture would be decoded
        docs = docs.select_columns([name for name in docs.column_names if not name.startswith("image_")])
    if not settings.reader.model and docs[int(instances[0].doc_id)]["kind"] not in TEXT_KINDS:
        return True  # a table has one kind: no choice goes before a judge, and its rows need not be read for that
    found = [(docs[int(instance.doc_id)], reply) for instance, reply in zip(instances, replies, strict=True)]
    texts = [(row, reply) for row, reply in found if row["kind"] in TEXT_KINDS]
    if texts and (session := judge.session_for(settings)).available:
        session.enqueue([judge.item_of(row["kind"], reply.strip(), row["reference"]) for row, reply in texts])
    if settings.reader.model:
        judge.queue_unread([read(row, reply) for row, reply in found], settings)
    return True


def _first(reply: Any) -> str:
    if isinstance(reply, str):
        return reply
    first = reply[0] if reply else ""
    return "" if first is None else str(first)
