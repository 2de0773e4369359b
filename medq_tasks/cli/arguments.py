"""The words of the command line, before they are parsed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from medq_tasks.errors import MedqError

# Options of `medq gate` that take NAME=VALUE, one or several after one flag.
SEVERAL = frozenset({"--min", "--max", "--max-drop"})


class UsageError(MedqError):
    """The words of a command cannot be used."""


def refuse_empty(words: Sequence[str]) -> None:
    """An empty path would be the current folder: `medq gate "$RUN"` without RUN would pass on some old run there.

    Raises:
        UsageError: a word, or the value of an option, is empty.
    """
    for before, word in zip(["", *words], words, strict=False):
        if not word.strip():
            raise UsageError(f"the argument after {before or 'medq'} is empty, as of a variable that is not set")
        if word.startswith("--") and word.endswith("="):
            raise UsageError(f"{word} has no value, as of a variable that is not set")


def spread(words: Sequence[str], options: Collection[str] = SEVERAL) -> list[str]:
    """``--min a=1 b=2`` as ``--min a=1 --min b=2``: the parser takes one value after a flag."""
    spread_out: list[str] = []
    flag = ""  # the flag whose values are being read
    taken = 0  # how many it has so far
    for word in words:
        if flag and taken and "=" in word and not word.startswith("-"):
            spread_out.append(flag)
        elif word in options:
            flag, taken = word, -1
        elif taken:
            flag = ""
        spread_out.append(word)
        taken += 1
    return spread_out
