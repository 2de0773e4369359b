"""The settings a user can make, read from the environment in one place (see the table in README.md)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from medq_tasks.errors import JudgeError, SettingsError
from medq_tasks.records import RULES

HUB_DATASET = "jiyaoliufd/MedQ-Bench"
DEFAULT_JUDGE_CONCURRENCY = 32
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

    @property
    def configured(self) -> bool:
        """Whether there is a judge at all: a key, or a server of one's own that may need none."""
        return self.api_key is not None or self.base_url is not None

    def require(self) -> None:
        """Raise unless there is a judge.

        Raises:
            JudgeError: there is none.
        """
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

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all ``MEDQ_*`` variables; an empty value counts as not set.

        Raises:
            SettingsError: ``MEDQ_JUDGE_CONCURRENCY`` is not a whole number of at least 1, a switch (``MEDQ_ASK_ANEW``,
                ``MEDQ_READER_COUNTS``) is neither 0 nor 1, a second reader has the name of the rules, or a path starts
                at the home of a user who is not there.
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
        return cls(path("MEDQ_DATA_DIR"), cache_dir, judge, prompts, reader, ask_anew)


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


def _positive(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        raise SettingsError(f"{name}={text!r} is not a whole number of at least 1. Unset it to use {default}.")
    return int(text)


def _switch(name: str, text: str | None) -> bool:
    if text not in (None, "0", "1"):
        raise SettingsError(f"{name}={text!r} is neither 1 (on) nor 0 (off).")
    return text == "1"
