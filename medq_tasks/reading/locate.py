"""Where in a raw reply stands what was read in its plain form: the same words in order, whatever marks between them."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_MOST = 60  # words of a statement; a longer one is found by its first and last ones


def locate(reply: str, said: str) -> tuple[int, int] | None:
    """Start and end (behind the last character) of the one place in ``reply`` that holds the words of ``said``.

    Case and compatibility forms do not count. None where the words stand nowhere in this order, or in several places:
    a mark on the wrong one of two would say what is not so.
    """
    wanted = [_folded(word) for word in _WORD.findall(said)]
    if not wanted:
        return None
    found = [(_folded(word[0]), word.start(), word.end()) for word in _WORD.finditer(reply)]
    words = [word for word, _, _ in found]
    if len(wanted) > _MOST:
        wanted = wanted[:_MOST]
    places = [
        first
        for first in range(len(words) - len(wanted) + 1)
        if words[first] == wanted[0] and words[first : first + len(wanted)] == wanted
    ]
    return (found[places[0]][1], found[places[0] + len(wanted) - 1][2]) if len(places) == 1 else None


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
