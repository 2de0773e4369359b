"""The name of an item together with the very text that was written for it."""

from __future__ import annotations

import hashlib

from medq_tasks.records import ReasoningRecord


def code(record: ReasoningRecord) -> str:
    """The blinded name of an item: says nothing, and depends on table, item and reply.

    It begins with letters, because spreadsheet programs turn a code such as ``12e4`` into the number 120000.
    """
    parts = (record.table, record.kind, *filter(None, record.identity), record.reply)
    # A lone surrogate in a reply has no UTF-8 of its own.
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"MQ-{digest[:12]}"
