"""Judge a run in bulk: questions out, replies in, by files or by a server's Batch API.

What has been collected lies in the judge's ledger like any other reply. A batch that is under way is noted in the run's
folder (``judge-batch.<judge>.json``), so that the command can be called again hours later, from another process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from medq_tasks.errors import JudgeError, RunError
from medq_tasks.judge import JudgeSession
from medq_tasks.judge.asking import CHARACTERS_PER_TOKEN
from medq_tasks.judge.batch_api import BatchApi, BatchRefused, BatchState
from medq_tasks.judge.bulk import MOST, Collected, collect, request_lines
from medq_tasks.judge.items import JudgeItem
from medq_tasks.scoring.judge_run import items_of, judge_slug
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole
from medq_tasks.wording.counts import count

NOT_COLLECTED = "no whole reply with a score was among those collected; `medq judge RUN_DIR` asks for it"


@dataclass
class BulkRun:
    """One run and one judge, asked in bulk."""

    folder: Path
    session: JudgeSession
    items: list[JudgeItem]

    @classmethod
    def of(cls, folder: Path, settings: Settings, session: JudgeSession) -> BulkRun:
        """Read the run's samples, and settle which judge is meant.

        Raises:
            RunError: there is nothing to judge.
            JudgeError: no judge is configured, or none is named.
        """
        items = items_of(folder, settings)
        session.require()
        return cls(folder if folder.is_dir() else folder.parent, session, items)

    def lines(self) -> list[str]:
        """The requests that are open, a line each."""
        questions = self.session.open_questions(self.items)
        return request_lines(questions, self.session.judge.model, self.session.parameters)

    def export(self, file: Path) -> int:
        """Write them; how many they are."""
        lines = self.lines()
        write_whole(file, "".join(line + "\n" for line in lines))
        return len(lines)

    def collect(self, text: str, source: str) -> Collected:
        """Keep the replies in a batch's output.

        Raises:
            RunError: not one of its lines is of this run.
        """
        found = collect(text, self.session.attempts(self.items), self.session.judge, self.session.parameters)
        if found.foreign and not found.replies and not found.failed:
            raise RunError(
                f"{source}: none of its {found.foreign:,} lines answers a question of this run to this judge. Name the "
                "run, the model and the settings that the requests were made with."
            )
        self.session.keep(self.items, found.replies)
        for name in found.refused:
            self.session.drop(name)
        return found

    @property
    def note(self) -> Path:
        """Where it stands which batch is under way."""
        return note_of(self.folder, self.session)

    def batch(self, api: BatchApi, given: str, wait: float | None, tell: Callable[[str], None]) -> Collected | None:
        """Submit, or look after what was submitted; None while it is under way or where nothing is open.

        Args:
            api: of the judge's server.
            given: id of a batch that was submitted elsewhere; "" for the one that is noted, or a new one.
            wait: seconds between two looks; None to look once.
            tell: hears how it stands.
        """
        name = given or self._noted() or self._submit(api, tell)
        if not name:
            return None
        state = api.state(name)
        while state.under_way and wait is not None:
            tell(_words(name, state))
            time.sleep(wait)
            state = api.state(name)
        tell(_words(name, state))
        if state.under_way:
            return None
        found = None
        text = "\n".join(filter(None, (api.text_of(state.output), api.text_of(state.errors))))
        if text:
            found = self.collect(text, f"batch {name}")
        self.note.unlink(missing_ok=True)  # only now: what was paid for is in the ledger
        if found is None:
            raise JudgeError(f"{_words(name, state)} It has no replies. See to it at the judge's provider.")
        return found

    def _noted(self) -> str:
        try:
            name = str(json.loads(self.note.read_text(encoding="utf-8"))["batch"])
            if not name:
                raise ValueError("it was being submitted when the answer was lost")
            return name
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self.note}: does not say which batch is under way ({error}). Look for it at the judge's provider "
                "and name it with --batch-id, or delete the file to submit anew."
            ) from error

    def _submit(self, api: BatchApi, tell: Callable[[str], None]) -> str:
        lines = self.lines()
        if not lines:
            return ""
        if len(lines) > MOST:
            raise RunError(
                f"{len(lines):,} requests are more than one batch takes ({MOST:,}). Judge fewer runs at once."
            )
        tokens = sum(map(len, lines)) // CHARACTERS_PER_TOKEN
        tell(f"{count(len(lines), 'request')} to submit, about {tokens:,} tokens to read.")
        file = api.upload(lines)
        self._write_note("", len(lines))  # before: a batch that cannot be noted would be paid for and lost
        try:
            name = api.submit(file)
        except BatchRefused:
            self.note.unlink(missing_ok=True)
            raise
        self._write_note(name, len(lines))
        tell(f"Batch {name}: {count(len(lines), 'request')} submitted; noted in {self.note}.")
        return name

    def _write_note(self, batch: str, requests: int) -> None:
        note = {"batch": batch, "requests": requests, "model": self.session.judge.model}
        write_whole(self.note, json.dumps(note, indent=2) + "\n")


def refuse_while_under_way(folder: Path, session: JudgeSession) -> None:
    """Raise where this judge's batch is under way: ordinary calls would ask, and pay for, the same again.

    Raises:
        RunError: it is; the message says how to go on.
        JudgeError: no judge is configured, or none is named.
    """
    base = folder if folder.is_dir() else folder.parent
    if any(base.glob("judge-batch.*.json")):
        session.require()
        note = note_of(base, session)
        if note.exists():
            raise RunError(
                f"{note}: a batch of this judge is under way. Collect it with --batch, or delete the file to ask by "
                "ordinary calls."
            )


def note_of(folder: Path, session: JudgeSession) -> Path:
    """Where it stands which batch of a judge is under way."""
    # By what was set, not by what a server has since refused: the name must be found again by another process.
    stamp = replace(session.stamp, settings_hash=session.asked_with)
    return folder / f"judge-batch.{judge_slug(stamp)}.json"


def _words(name: str, state: BatchState) -> str:
    told = f"Batch {name}: {state.status}, {state.done:,} of {state.total:,} done"
    if state.why:
        told += f" ({state.why})"
    return told + (". Call again to collect; it may take hours." if state.under_way else ".")
