"""Judging in bulk: the same questions as lines of a file, their replies collected into the same ledger.

The form is that of OpenAI's Batch API (and of ``vllm run-batch``): a request a line, found again by ``custom_id``,
which is the ledger's own key. So nothing is paid twice, and what a batch leaves open is asked by the next batch, or by
ordinary calls.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from medq_tasks.judge.client import secrets_of
from medq_tasks.judge.parameters import named_in
from medq_tasks.judge.passes import Question
from medq_tasks.judge.refusal import parsed, read_refusal
from medq_tasks.judge.reply import Reply, read_reply
from medq_tasks.judge.response import Response
from medq_tasks.records import Usage
from medq_tasks.settings import JudgeSettings
from medq_tasks.store.secrets import scrub, scrub_message
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain

ENDPOINT = "/v1/chat/completions"
MOST = 50_000  # requests in one batch (OpenAI's limit)
_REASON = 200  # characters of why a line has no reply


def request_lines(questions: Iterable[Question], model: str, parameters: Mapping[str, Any]) -> list[str]:
    """A line of a batch file for each question."""
    return [
        json.dumps(
            {
                "custom_id": question.key,
                "method": "POST",
                "url": ENDPOINT,
                "body": {"model": model, "messages": list(question.messages), **parameters},
            }
        )
        for question in questions
    ]


@dataclass
class Collected:
    """What a file of replies holds: by key the reply, and what else there was."""

    replies: dict[str, Reply] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)  # why a line of this run holds no reply -> lines
    refused: set[str] = field(default_factory=set)  # parameters that the server does not take
    foreign: int = 0  # lines of other runs, or of none

    @property
    def words(self) -> str:
        """A sentence for people."""
        told = f"{count(len(self.replies), 'reply', 'replies')} collected"
        if self.failed:
            told += f"; {count(sum(self.failed.values()), 'line')} failed ({'; '.join(self.failed)})"
        if self.refused:
            told += f"; the server refuses {', '.join(sorted(self.refused))}"
        if self.foreign:
            told += f"; {count(self.foreign, 'line answers', 'lines answer')} no question of this run"
        return f"{told}."


def collect(text: str, known: Iterable[str], settings: JudgeSettings, sent: Mapping[str, Any]) -> Collected:
    """Read the lines of a batch's output or error file.

    Args:
        text: the file.
        known: keys of every question that the run asks, each attempt.
        settings: of the judge, whose secrets must not be kept.
        sent: the parameters of the requests, some of which may have been refused.
    """
    ours, found = set(known), Collected()
    for line in filter(str.strip, text.split("\n")):
        data = parsed(line)
        key = data.get("custom_id") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(key, str) or key not in ours:
            found.foreign += 1
            continue
        reply, reason, status = _reply_in(data)
        if reply is None:
            named = named_in(reason, sent) if status in (400, 422) else None
            found.refused |= {named} if named else set()
            found.failed[plain(scrub_message(reason, secrets_of(settings)), _REASON)] += 1
        elif key not in found.replies:  # the first of two lines counts
            text_ = scrub(reply.text, secrets_of(settings))
            found.replies[key] = replace(reply, text=text_, usage=replace(reply.usage, calls=1))
    return found


def _reply_in(line: Mapping[str, Any]) -> tuple[Reply | None, str, int]:
    """The reply in a line, or None and why there is none, and the status of the response (0: there was none)."""
    response = line.get("response")
    if isinstance(response, str):  # written by hand: {"custom_id": ..., "response": "Score: 2"}
        return Reply(response, usage=Usage()), "", 200
    body = response.get("body") if isinstance(response, Mapping) else None
    status = response.get("status_code", 200) if isinstance(response, Mapping) else 0
    error = line.get("error") or (None if isinstance(body, Mapping) else "the line holds no response")
    if error or not isinstance(status, int):
        said = error.get("message") or error.get("code") if isinstance(error, Mapping) else error
        return None, str(said or "no status"), status if isinstance(status, int) else 0
    seen = Response(status, "application/json", json.dumps(body))
    reply = read_reply(seen) if status == 200 else None
    return reply, "" if reply else read_refusal(seen).said, status
