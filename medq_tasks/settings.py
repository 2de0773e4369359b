"""The settings a user can make, read from the environment in one place (see the table in README.md)."""

from __future__ import annotations

import json
import math
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import platformdirs

from medq_tasks.errors import JudgeError, SettingsError
from medq_tasks.records import RULES

HUB_DATASET = "jiyaoliufd/MedQ-Bench"
DEFAULT_JUDGE_CONCURRENCY = 32
DEFAULT_WANDB_PICTURES = 64
_LONGEST_WAIT = 86_400  # seconds
_LIMITS = ("max_tokens", "max_completion_tokens")
_NOT_EXTRA = {  # what an extra body may not set, and why
    "model": "the judge is named by MEDQ_JUDGE_MODEL",
    "messages": "they are the judge's prompts (MEDQ_JUDGE_PROMPTS)",
    "stream": "replies are read whole",
    "n": "one reply is read",
}
_MOST_DIGITS = 9  # of a whole number: Python itself refuses thousands of digits with words about its own limits


@dataclass(frozen=True)
class JudgeSettings:
    """Which judge to ask, and how hard. ``api_key`` is never shown, logged or stored.

    ``model`` is "" where nobody has named one: ``judge.which.named`` then asks the server for its only one.
    """

    model: str = ""
    base_url: str | None = field(default=None, repr=False)  # may hold a password
    api_key: str | None = field(default=None, repr=False)
    concurrency: int = DEFAULT_JUDGE_CONCURRENCY
    prompts: Path | None = None
    max_tokens: int | None = None  # of one reply; None: no limit
    timeout: float | None = None  # seconds for one reply; None: the client's own
    extra_body: str = ""  # a JSON object in one spelling, merged into each request; "" for none
    replies_of: str | None = field(default=None, repr=False)  # another server whose kept replies answer as well
    trouble: str = ""  # why no key may be sent with these settings; "" where nothing is wrong

    @property
    def extra(self) -> dict[str, Any]:
        """What the user adds to the body of each request."""
        return dict(json.loads(self.extra_body or "{}"))

    @property
    def configured(self) -> bool:
        """Whether there is a judge at all: a key, or a server of one's own that may need none."""
        return self.api_key is not None or self.base_url is not None

    def require(self) -> None:
        """Raise unless there is a judge.

        Raises:
            JudgeError: there is none, or its settings contradict each other.
        """
        if self.trouble:
            raise JudgeError(self.trouble)
        if not self.configured:
            raise JudgeError("No judge is configured. Set MEDQ_JUDGE_API_KEY or OPENAI_API_KEY, or give --base-url.")


@dataclass(frozen=True)
class ReaderSettings:
    """Which model on the judge's server reads replies that no rule can read ("": none), and whether that counts."""

    model: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Settings:
    """Everything that the environment can change."""

    data_dir: Path | None
    cache_dir: Path
    judge: JudgeSettings
    prompts: str = "default"  # words of the questions: see ``prompts.load``
    reader: ReaderSettings = ReaderSettings()
    ask_anew: bool = False  # with --use_cache: ask for every reply again, and keep the new ones
    wandb_pictures: int = DEFAULT_WANDB_PICTURES  # most megabytes of pictures in a task's table in W&B; 0: none
    keep_runs: bool = True  # records of every run are kept, also without --output_path and --log_samples

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all ``MEDQ_*`` variables; an empty value counts as not set.

        Raises:
            SettingsError: a number (``MEDQ_JUDGE_CONCURRENCY``, ``_MAX_TOKENS``, ``_TIMEOUT``,
                ``MEDQ_WANDB_PICTURES``) is none that is allowed, ``MEDQ_JUDGE_EXTRA_BODY`` is no JSON object that may
                be sent, a switch (``MEDQ_ASK_ANEW``, ``MEDQ_KEEP_RUNS``, ``MEDQ_READER_COUNTS``) is neither 0 nor 1, a
                second reader has the name of the rules, or a path starts at the home of a user who is not there.
        """
        env = os.environ if environ is None else environ

        def get(*names: str) -> str | None:
            return next((value for name in names if (value := env.get(name, "").strip())), None)

        def path(name: str) -> Path | None:
            value = get(name)
            return _path(name, value) if value else None

        judge = JudgeSettings(
            model=get("MEDQ_JUDGE_MODEL") or "",
            base_url=get("MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL"),
            api_key=get("MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY"),
            concurrency=_positive("MEDQ_JUDGE_CONCURRENCY", get("MEDQ_JUDGE_CONCURRENCY"), DEFAULT_JUDGE_CONCURRENCY),
            prompts=path("MEDQ_JUDGE_PROMPTS"),
            max_tokens=_positive("MEDQ_JUDGE_MAX_TOKENS", get("MEDQ_JUDGE_MAX_TOKENS"), None),
            timeout=_seconds("MEDQ_JUDGE_TIMEOUT", get("MEDQ_JUDGE_TIMEOUT")),
            extra_body=extra_body(get("MEDQ_JUDGE_EXTRA_BODY") or ""),
            replies_of=get("MEDQ_JUDGE_REPLIES_OF"),
            trouble=_trouble(env),
        )
        if judge.max_tokens and (twice := {*_LIMITS} & {*judge.extra}):
            raise SettingsError(
                f"MEDQ_JUDGE_EXTRA_BODY has {twice.pop()!r} and MEDQ_JUDGE_MAX_TOKENS is set: one limit is enough. "
                "Take one of them out."
            )
        cache_dir = path("MEDQ_CACHE_DIR") or Path(platformdirs.user_cache_dir("medq-tasks"))
        ask_anew = _switch("MEDQ_ASK_ANEW", get("MEDQ_ASK_ANEW"))
        prompts = get("MEDQ_PROMPTS") or cls.prompts
        counts = _switch("MEDQ_READER_COUNTS", get("MEDQ_READER_COUNTS"))
        reader = ReaderSettings(get("MEDQ_READER_MODEL") or "", counts)
        if reader.model == RULES:
            raise SettingsError(
                f"MEDQ_READER_MODEL={RULES} is what records call the rules themselves. Name a model, or unset it."
            )
        pictures = get("MEDQ_WANDB_PICTURES")
        megabytes = 0 if pictures == "0" else _positive("MEDQ_WANDB_PICTURES", pictures, cls.wandb_pictures)
        keep_runs = _switch("MEDQ_KEEP_RUNS", get("MEDQ_KEEP_RUNS"), unset=True)
        return cls(path("MEDQ_DATA_DIR"), cache_dir, judge, prompts, reader, ask_anew, megabytes, keep_runs)


def check_prompts(path: Path | None) -> None:
    """Raise unless ``path`` is None (the built-in prompts), a file or a folder. What is in it shows when it is loaded.

    Raises:
        JudgeError: there is no such file or folder.
    """
    if path is not None and not (path.is_file() or path.is_dir()):
        raise JudgeError(f"{path}: no such file or folder. MEDQ_JUDGE_PROMPTS names a YAML file or a checkout.")


def _path(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~ of a user without a home
        raise SettingsError(
            f"{name}={text!r} starts at a home folder that is not there. Write the whole path."
        ) from error


_Default = TypeVar("_Default", int, None)


def _positive(name: str, text: str | None, default: _Default) -> int | _Default:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        without = "for no limit" if default is None else f"to use {default}"
        raise SettingsError(f"{name}={text!r} is not a whole number of at least 1. Unset it {without}.")
    return int(text)


def _seconds(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_WAIT:  # also false of nan
        raise SettingsError(
            f"{name}={text!r} is not a number of seconds above 0 and up to {_LONGEST_WAIT:,}. Unset it for the usual."
        )
    return seconds


def extra_body(text: str) -> str:
    """The JSON object in ``text`` in one spelling, so that two spellings of one body are one; "" for none.

    Raises:
        SettingsError: it is no JSON object, or sets what the judge's requests are made of.
    """
    if not text.strip():
        return ""
    name = "MEDQ_JUDGE_EXTRA_BODY"
    try:
        said = json.loads(text, parse_constant=_no_constant)
        json.dumps(
            said, ensure_ascii=False, allow_nan=False
        ).encode()  # 1e999, half a character: no server can be sent it
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f'{name} is no JSON ({error}). Write an object, as in {name}=\'{{"reasoning_effort": "low"}}\'.'
        ) from error
    if not isinstance(said, dict):
        raise SettingsError(f"{name} is a JSON {type(said).__name__}, not an object ({{...}}) to merge into a request.")
    for key, why in _NOT_EXTRA.items():
        if key in said:
            raise SettingsError(f"{name} sets {key!r}: {why}. Take it out.")
    return json.dumps(said, sort_keys=True) if said else ""


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def _names_a_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of brackets that are not closed, of a port that is none
        return False


def _trouble(env: Mapping[str, str]) -> str:
    """Why the judge's key may not be sent with this environment; "" where it may."""
    keys = ("MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY")
    name = next((name for name in keys if env.get(name, "").strip()), "")
    key = env.get(name, "").strip() if name else ""
    odd = next((sign for sign in key if not "!" <= sign <= "~"), "")
    if odd:
        what = unicodedata.name(odd, "a control character").lower()
        return (
            f"{name} holds U+{ord(odd):04X} ({what}), which no key has and no HTTP header can hold. Copy the key "
            "again, without quotation marks of a text program, blanks or line breaks."
        )
    address = next((one for one in ("MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL") if env.get(one, "").strip()), "")
    if address and not _names_a_host(env[address].strip()):
        return f"{address} is no address of a server. It begins with http:// or https:// and names a host."
    if key and env.get("OPENAI_API_BASE", "").strip() and not address:
        return (
            f"OPENAI_API_BASE is set and not read, so {name} would go to api.openai.com. Set MEDQ_JUDGE_BASE_URL to "
            "the judge's server, or unset OPENAI_API_BASE."
        )
    return ""


def _switch(name: str, text: str | None, *, unset: bool = False) -> bool:
    if text is None:
        return unset
    if text not in ("0", "1"):
        raise SettingsError(f"{name}={text!r} is neither 1 (on) nor 0 (off).")
    return text == "1"
