"""The Batch API of OpenAI-compatible servers: a file up, a batch made of it, its state, its files down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from medq_tasks.errors import JudgeError
from medq_tasks.judge.address import client_arguments
from medq_tasks.judge.bulk import ENDPOINT
from medq_tasks.judge.client import secrets_of
from medq_tasks.judge.refusal import read_refusal, unreached
from medq_tasks.judge.response import response_of
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import scrub_message
from medq_tasks.wording.escape import plain

UNDER_WAY = ("validating", "in_progress", "finalizing", "cancelling")
_TIMEOUT = 120.0  # seconds: files are a few megabytes
_SHOWN = 300  # characters of what a server says
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class BatchState:
    """How a batch stands. ``output`` and ``errors``: files to fetch, "" where there is none (yet)."""

    status: str
    done: int = 0
    total: int = 0
    output: str = ""
    errors: str = ""
    why: str = ""  # of one that failed as a whole

    @property
    def under_way(self) -> bool:
        """Whether waiting helps."""
        return self.status in UNDER_WAY


class BatchApi:
    """One server's Batch API. Every method raises JudgeError, in one line with a cure, where the server refuses."""

    def __init__(self, settings: JudgeSettings) -> None:
        """Nothing is sent yet."""
        import openai

        self._settings = settings
        self._client = openai.OpenAI(**client_arguments(settings), timeout=_TIMEOUT, max_retries=3)

    def submit(self, lines: list[str]) -> str:
        """Send the requests and have them asked; the batch's id."""
        data = "".join(line + "\n" for line in lines).encode()
        file = self._call(lambda: self._client.files.create(file=("requests.jsonl", data), purpose="batch"))
        made = self._call(
            lambda: self._client.batches.create(
                input_file_id=file.id,
                endpoint=ENDPOINT,  # type: ignore[arg-type]
                completion_window="24h",
            )
        )
        return str(made.id)

    def state(self, batch: str) -> BatchState:
        """How the batch stands."""
        found: Any = self._call(lambda: self._client.batches.retrieve(batch))
        counts = found.request_counts
        errors = getattr(found.errors, "data", None) or []
        return BatchState(
            status=str(found.status),
            done=(counts.completed + counts.failed) if counts else 0,
            total=counts.total if counts else 0,
            output=found.output_file_id or "",
            errors=found.error_file_id or "",
            why=plain("; ".join(str(error.message) for error in errors[:3]), _SHOWN),
        )

    def text_of(self, file: str) -> str:
        """The text of a file of the server; "" for no file."""
        return self._call(lambda: self._client.files.content(file).text) if file else ""

    def _call(self, send: Callable[[], _Made]) -> _Made:
        import openai

        try:
            return send()
        except openai.APIStatusError as error:
            seen = response_of(error.response)
            cure = (
                "This server has no Batch API: use --export FILE and --collect FILE, or ordinary calls"
                if seen.status in (404, 405, 501)
                else "See to it at the judge's provider; nothing is lost"
            )
            said = plain(scrub_message(read_refusal(seen).said, secrets_of(self._settings)), _SHOWN)
            raise JudgeError(f"the batch could not be handled ({said}). {cure}.") from error
        except openai.OpenAIError as error:
            why = unreached(error)[0] or f"nothing within {_TIMEOUT:g} s"
            said = plain(scrub_message(why, secrets_of(self._settings)), _SHOWN)
            raise JudgeError(f"the judge's server was not reached ({said}). Call again; nothing is lost.") from error
