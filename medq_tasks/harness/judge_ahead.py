"""A harness filter that shows judge and second reader all replies of this rank, before they are scored one by one.

The harness scores documents in four threads. Left to themselves these would keep at most four items before the judge,
or one unread reply before a second reader; with everything queued first, ``MEDQ_JUDGE_CONCURRENCY`` calls are in
flight. The filter also runs under ``--predict_only``, where nothing may be judged: so it only queues, and calls nobody.

How it learns which document a reply belongs to: the harness's ``FilterEnsemble.apply(instances, docs)`` passes on the
replies alone, in the order of ``instances``. This filter therefore looks at that one local variable of its caller
(``lmms_eval/api/filter.py``, the same in 0.6.0 to 0.7.3). Where it is not found, nothing is queued, items are judged as
they come, and one warning says that this is slower. Scores do not depend on it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from medq_tasks import judge
from medq_tasks.records import TEXT_KINDS
from medq_tasks.scoring.replies import read
from medq_tasks.settings import Settings

_log = logging.getLogger(__name__)


class JudgeAhead:
    """Queues the first reply of each request, a text for the judge and what no rule reads for a second reader, and
    hands all replies on as they are."""

    def __init__(self, **_: object) -> None:
        pass

    def apply(self, resps: Iterable[Any], docs: Any) -> list[Any]:
        """``resps`` unchanged (as a list). Never raises."""
        kept = list(resps)
        try:
            instances = sys._getframe(1).f_locals.get("instances")
            _enqueue([_first(reply) for reply in kept], instances, docs)
        except Exception as error:  # a queue is a matter of speed: no reply may be lost over it
            _log.warning("Replies could not be queued for the judge (%s): judging will be slower.", error)
        return kept


def _enqueue(replies: Sequence[str], instances: Any, docs: Any) -> None:
    settings = Settings.from_env()
    if not replies or not (settings.judge.configured or settings.reader.model):
        return
    if instances is None or len(instances) != len(replies):
        raise LookupError("this version of lmms-eval does not show a filter its requests")
    if hasattr(docs, "select_columns"):  # or every picture would be decoded
        docs = docs.select_columns([name for name in docs.column_names if not name.startswith("image_")])
    if not settings.reader.model and docs[int(instances[0].doc_id)]["kind"] not in TEXT_KINDS:
        return  # a table has one kind: no choice goes before a judge, and thousands of rows need not be read for that
    found = [(docs[int(instance.doc_id)], reply) for instance, reply in zip(instances, replies, strict=True)]
    texts = [(row, reply) for row, reply in found if row["kind"] in TEXT_KINDS]
    if texts and (session := judge.session_for(settings)).available:
        session.enqueue([judge.item_of(row["kind"], reply.strip(), row["reference"]) for row, reply in texts])
    if settings.reader.model:
        judge.queue_unread([read(row, reply) for row, reply in found], settings)


def _first(reply: Any) -> str:
    if isinstance(reply, str):
        return reply
    first = reply[0] if reply else ""
    return "" if first is None else str(first)
