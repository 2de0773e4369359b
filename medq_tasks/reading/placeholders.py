"""Texts that the harness puts in the place of a reply when a request failed.

They arrive through the same door as real replies, and read as prose they are worse than nothing: an error
preview such as "... Error code: B" would be an answer.

Source: lmms-eval 0.7.3, ``models/chat/openai.py``, ``async_openai.py``, ``gemini.py`` and ``models/simple/openai.py``,
``gemini.py`` (``failure_content``, ``[LMMS_EVAL_BUDGET_EXCEEDED]``) and ``cosmos_wm.py``. Some other backends hand over
an empty string for a failed request; that cannot be told from an empty reply, so it is not called a failure here.
"""

from __future__ import annotations

import re

from medq_tasks.reading.text import require_text

# The number of retries is the backend's own setting; the error preview is at most 200 characters, on one line.
_FAILED = re.compile(
    r"\s*\[LMMS_EVAL_REQUEST_FAILED(?: after (?P<retries>\S{1,12}) retries)?\](?P<error>.*)", re.DOTALL
)
_BUDGET = re.compile(r"\s*\[LMMS_EVAL_BUDGET_EXCEEDED\]")
# cosmos_wm's own mark. Not here: gemini's [SAFETY_BLOCKED], which is the API's refusal to answer, not a broken request.
_BROKEN = re.compile(r"\s*\[GENERATION_FAILED\](?P<error>.*)", re.DOTALL)
# The reference implementation's own (VLMEvalKit, ``constant.FAIL_MSG``, ``api/*.fail_msg``): the whole reply, no less.
_NOT_OBTAINED = re.compile(
    r"\s*Failed to obtain answer(?:(?: via)?(?: \w{1,20})? API)?\.?\s*(?::(?P<error>.*))?", re.DOTALL
)
_ERROR_SHOWN = 300


def failure(reply: str) -> str | None:
    """Say why the request behind ``reply`` failed, or None when ``reply`` is the model's own text.

    An empty reply is the model's own: it holds no answer, but nothing says that the request failed.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    require_text(reply)
    if _BUDGET.match(reply):
        return "token budget of the run exceeded"
    broken = _BROKEN.match(reply)
    if broken is not None:
        return f"generation failed: {_shown(broken['error'])}"
    found = _FAILED.match(reply) or _NOT_OBTAINED.fullmatch(reply)
    if found is None:
        return None
    retries, error = found.groupdict().get("retries"), _shown(found["error"] or "")
    return f"request failed{f' after {retries} retries' if retries else ''}{f': {error}' if error else ''}"


def _shown(error: str) -> str:
    return " ".join(error.split())[:_ERROR_SHOWN]
