"""The words of the command line, before they are parsed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

# Options of `medq gate` that take NAME=VALUE, one or several after one flag.
SEVERAL = frozenset({"--min", "--max", "--max-drop"})


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
