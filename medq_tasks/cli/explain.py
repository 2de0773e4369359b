"""``medq explain``: what is read in a reply, where, and by which rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from medq_tasks.cli.arguments import UsageError
from medq_tasks.cli.console import say
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import lines, plain

if TYPE_CHECKING:
    from medq_tasks.answers import Reading
    from medq_tasks.records import Record

_VERDICTS = ("no_reference", "comparison")


def explain(
    run_dir: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="A run, to explain its samples; else standard input.")
    ] = None,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Id of a sample; else all that were not read.")
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A=TEXT", help='The options, as A=text (once for each) or as JSON: \'{"A": "Yes", "B": "No"}\'.'
        ),
    ] = None,
    verdict: Annotated[
        str | None, typer.Option(metavar="KIND", help="Read a verdict: no_reference or comparison.")
    ] = None,
) -> None:
    """What was read in a reply, the words that decided it marked, and the rule that read them."""
    _refuse_mixtures(run_dir, id_, options, verdict)
    if run_dir is not None:
        for text in _of_run(run_dir, id_):
            say(text)
        return
    from medq_tasks import answers

    if verdict is not None:
        kind = cast(Literal["no_reference", "comparison"], verdict)
        reply = _standard_input()
        say(_told(reply, answers.explain_verdict(reply, kind), "verdict"))
        return
    offered = _options(options or [])
    reply = _standard_input()
    say(_told(reply, answers.explain_choice(reply, offered), "choice"))


def _refuse_mixtures(run_dir: Path | None, id_: str | None, options: list[str] | None, verdict: str | None) -> None:
    """A word that would have no effect is refused, before anything is read: it was meant to have one."""
    asked = [name for name, given in (("--options", options), ("--verdict", verdict is not None)) if given]
    if run_dir is not None and asked:
        raise UsageError(f"{asked[0]} is for a reply on standard input: a run says itself what its samples were asked")
    if run_dir is None and id_ is not None:
        raise UsageError("--id names a sample of a run: give the run, too")
    if len(asked) > 1:
        raise UsageError("give --options for a choice or --verdict for a verdict, not both")
    if verdict is not None and verdict not in _VERDICTS:
        raise UsageError(f"--verdict is one of {', '.join(_VERDICTS)}, not {verdict}")
    if run_dir is None and not asked:
        raise UsageError("give the options (--options A=Yes --options B=No), or --verdict, or a run")


def _standard_input() -> str:
    """What was piped in, whatever its bytes and the terminal's encoding."""
    if sys.stdin is None:
        raise UsageError("standard input is closed: pipe the reply in, or name a run")
    piped = getattr(sys.stdin, "buffer", None)
    return piped.read().decode("utf-8-sig", errors="replace") if piped is not None else sys.stdin.read()


_MOST = 20  # samples of a run that are printed


def _options(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for letter, text in (pair for one in given for pair in _pairs(one)):
        if letter in found:
            raise UsageError(f"--options names {letter!r} twice")
        found[letter] = text
    if len(found) < 2:
        raise UsageError("give at least two options, each with an --options of its own: --options A=Yes --options B=No")
    return found


def _pairs(given: str) -> list[tuple[str, str]]:
    """The options in one word of the command, A=text or a JSON object, in which a letter may stand twice."""
    import json

    try:
        parsed = json.loads(given, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, _Object):
        letter, sign, text = given.partition("=")
        parsed = _Object([(letter if sign else "", text.strip())])
    for letter, text in parsed:
        if not letter.strip():
            raise UsageError(f"--options {given[:60]!r} is neither A=text nor a JSON object")
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            raise UsageError(f"--options: {letter.strip()!r} is no text in {given[:60]!r}")
    return [(letter.strip(), str(text)) for letter, text in parsed]


class _Object(list[tuple[str, Any]]):
    """A JSON object with all that it names, also what it names twice."""


def _told(reply: str, reading: Reading, what: str) -> str:
    from medq_tasks.scoring.replies import statement_of

    statement = statement_of(reading)
    read = f"{what}: {reading.choice or 'none'}"
    read += f" (rule: {reading.rule})" if reading.rule else f" ({reading.reason})" if reading.reason else ""
    return f"{lines(_marked(reply, statement.start, statement.end) if statement else reply).rstrip()}\n{plain(read)}"


def _marked(text: str, start: int, end: int) -> str:
    return f"{text[:start]}>>>{text[start:end]}<<<{text[end:]}"


def _of_run(folder: Path, wanted: str | None) -> Iterator[str]:
    """The samples asked for; without an id those in which nothing was read."""
    from medq_tasks.errors import RunError
    from medq_tasks.runs.load import load_runs

    found = [(task.name, record) for run in load_runs([folder]) for task, record in run.records()]
    if wanted is None:
        unread = [(name, record) for name, record in found if _unread(record)]
        yield from (_sample(name, record) for name, record in unread[:_MOST])
        shown = f"; the first {_MOST} are shown, --id names one" if len(unread) > _MOST else ""
        yield f"{len(unread):,} of {count(len(found), 'reply was', 'replies were')} not read{shown}"
        return
    chosen = [(name, record) for name, record in found if record.id == wanted]
    if not chosen:
        raise RunError(
            f"{folder}: no sample has the id {wanted!r}. Ids are those of the tables, such as {found[0][1].id}."
        )
    yield from (_sample(name, record) for name, record in chosen)


def _unread(record: Record) -> bool:
    from medq_tasks.records import PerceptionRecord

    if isinstance(record, PerceptionRecord):
        return record.state == "unanswered"
    return record.state == "answered" and record.verdict is None


def _second(record: Record) -> str:
    """What a second reader made of it; "" where none was asked."""
    if record.second is None:
        return ""
    from medq_tasks.runs.run import has_value

    counts = "which counts" if has_value(record) else "which does not count"
    return plain(f"second reader {record.read_by}: {record.second}, {counts}")


def _sample(task: str, record: Record) -> str:
    """A sample read anew: a run keeps its readings, the rules may have changed."""
    from medq_tasks import answers
    from medq_tasks.records import PerceptionRecord

    head = plain(f"--- {task}, id {record.id}, {record.state}")
    if isinstance(record, PerceptionRecord):
        options = plain("; ".join(f"{letter}: {text}" for letter, text in record.options.items()))
        read = answers.explain_choice(record.reply, record.options)
        then = "" if read.choice == record.choice else f"\nthe run has {record.choice or 'none'}"
        then += f"\n{second}" if (second := _second(record)) else ""
        return f"{head}\n{options}\n{_told(record.reply, read, 'choice')}{then}"
    read = answers.explain_verdict(record.reply, record.kind)
    then = "" if read.choice == record.verdict else f"\nthe run has {record.verdict or 'none'}"
    then += f"\n{second}" if (second := _second(record)) else ""
    return f"{head}\n{_told(record.reply, read, 'verdict')}{then}"
