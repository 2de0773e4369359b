"""The Batch API of OpenAI-compatible servers: a file up, a batch made of it, its state, its files down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from medq_tasks.errors import JudgeError
from medq_tasks.judge.address import client_arguments, has_path, is_classic_azure, with_version
from medq_tasks.judge.bulk import ENDPOINT
from medq_tasks.judge.client import secrets_of
from medq_tasks.judge.refusal import read_refusal, unreached
from medq_tasks.judge.response import response_of
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import scrub_message
from medq_tasks.wording.escape import plain

_ENDED = ("completed", "failed", "expired", "cancelled", "canceled")
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
        """Whether it goes on, or has files to come: a word that is not known ends nothing that was paid for."""
        ended = self.status.lower() in _ENDED
        return not ended or (self.status.lower() == "completed" and self.total > 0 and not (self.output or self.errors))


class BatchRefused(JudgeError):
    """The server has refused: nothing was begun."""


class BatchApi:
    """One server's Batch API. Every method raises JudgeError, in one line with a cure, where the server refuses."""

    def __init__(self, settings: JudgeSettings) -> None:
        """Nothing is sent yet.

        Raises:
            JudgeError: the address is that of one deployment, which has no batches.
        """
        import openai

        if is_classic_azure(settings.base_url):
            raise JudgeError(
                "an address of one deployment has no Batch API. Set MEDQ_JUDGE_BASE_URL to .../openai/v1, or use "
                "--export."
            )
        self._settings = settings
        self._client = openai.OpenAI(**client_arguments(settings), timeout=_TIMEOUT, max_retries=3)
        if not has_path(settings.base_url):
            self._client.base_url = with_version(self._client.base_url)  # where such an address is asked, too

    def upload(self, lines: list[str]) -> str:
        """Send the requests as a file; its id. Nothing is asked yet."""
        data = "".join(line + "\n" for line in lines).encode()
        return str(self._call(lambda: self._client.files.create(file=("requests.jsonl", data), purpose="batch")).id)

    def submit(self, file: str) -> str:
        """Have the requests of a file asked; the batch's id. Sent once: after an answer that was lost, nobody knows."""
        once = self._client.with_options(max_retries=0)
        made: Any = self._call(
            lambda: once.batches.create(
                input_file_id=file,
                endpoint=ENDPOINT,  # type: ignore[arg-type]
                completion_window="24h",
            )
        )
        if not getattr(made, "id", None):
            raise JudgeError("the server's answer names no batch. Look for it at the judge's provider.")
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
            why=self._clean("; ".join(str(error.message) for error in errors[:3])),
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
                "The server has no such batch, or no Batch API: then use --export FILE and --collect FILE"
                if seen.status in (404, 405, 501)
                else "See to it at the judge's provider; nothing is lost"
            )
            refused = f"the batch could not be handled ({self._clean(read_refusal(seen).said)}). {cure}."
            raise (BatchRefused if 400 <= seen.status < 500 else JudgeError)(refused) from error
        except openai.OpenAIError as error:
            why = self._clean(unreached(error)[0] or f"nothing within {_TIMEOUT:g} s")
            raise JudgeError(f"the judge's server was not reached ({why}). Call again; nothing is lost.") from error

    def _clean(self, text: str) -> str:
        return plain(scrub_message(text, secrets_of(self._settings)), _SHOWN)
