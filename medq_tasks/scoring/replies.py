"""One reply -> one record: the one way from what a model wrote to how it was read, for hooks and whole runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from medq_tasks import answers
from medq_tasks.data import OpenTable
from medq_tasks.data.doc import Doc, options_of, pictures_of, slices_of, variant_of
from medq_tasks.errors import RunError
from medq_tasks.records import SHAPES, PerceptionRecord, ReasoningRecord, Record, Statement, choice_state


def records_from(table: OpenTable, replies: Iterable[tuple[int | str, str]]) -> Iterator[Record]:
    """The records of many replies, in the order given.

    Args:
        table: where the items are.
        replies: for each the item's row (0-based) or its id, and what the model wrote.

    Raises:
        RunError: the table has no such row or id.
    """
    rows: dict[str, int] = {}
    for item, reply in replies:
        if isinstance(item, str) and not rows:
            rows = {name: row for row, name in enumerate(table.ids())}
        row = rows.get(item, -1) if isinstance(item, str) else item
        if not 0 <= row < len(table):
            raise RunError(f"the table has no {'item' if isinstance(item, str) else 'row'} {item!r}")
        yield read(table.row(row), reply)


def read(doc: Doc, reply: str) -> Record:
    """The record of one reply to one row of a table (of reasoning: not judged yet)."""
    return read_choice(doc, reply) if SHAPES[doc["kind"]] == "choice" else read_text(doc, reply)


def read_choice(doc: Doc, reply: str) -> PerceptionRecord:
    """The record of one reply to a multiple-choice item."""
    options = options_of(doc)
    choice: str | None = None
    statement: Statement | None = None
    failure = answers.failure(reply)
    if failure is not None:
        state, reason = "failed", failure
    else:
        reading = answers.explain_choice(reply, options)
        choice, reason = reading.choice, "" if reading.choice else reading.reason
        statement = statement_of(reading)
        state = choice_state(choice, doc["answer"])
    return PerceptionRecord(
        id=doc["id"],
        row=doc["row"],
        table=doc["table"],
        question=doc["question"].strip(),
        options=options,
        answer=doc["answer"],
        reply=reply,
        choice=choice,
        state=state,  # type: ignore[arg-type]
        reason=reason,
        statement=statement,
        slices=slices_of(doc),
        kind=doc["kind"],
        variant=variant_of(doc),
        pictures=pictures_of(doc),
    )


def read_text(doc: Doc, reply: str) -> ReasoningRecord:
    """The record of one reply to a free-text item, not judged yet."""
    kind = doc["kind"]
    failure = answers.failure(reply)
    text = "" if failure else answers.final_text(reply)
    reading = answers.explain_verdict(reply, kind) if text else answers.Reading(None)
    record = ReasoningRecord(
        id=doc["id"],
        row=doc["row"],
        table=doc["table"],
        kind=kind,
        question=doc["question"].strip(),
        reference=doc["reference"],
        reference_verdict=answers.read_verdict(doc["reference"], kind),
        reply=reply,
        verdict=reading.choice,
        statement=statement_of(reading),
        state="answered",
        marked=answers.is_marked(text, kind) if text.strip() else None,
        slices=slices_of(doc),
        variant=variant_of(doc),
        pictures=pictures_of(doc),
    )
    if failure is not None:
        return dataclasses.replace(record, state="failed", reason=failure)
    if not text.strip():
        return dataclasses.replace(record, state="empty", reason="no text outside the model's thinking")
    return record


def statement_of(reading: answers.Reading) -> Statement | None:
    """Where in the raw reply stands what decided the reading; None where nothing did, or that is not certain."""
    return None if reading.choice is None or reading.place is None else Statement(*reading.place, reading.rule)
