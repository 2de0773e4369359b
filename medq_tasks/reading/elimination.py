"""The option that is left, where a reply goes through the options and turns down the others one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from medq_tasks.reading.clause_words import holds
from medq_tasks.reading.scope import clauses

Named = Callable[[str], Collection[str]]


def left_over(text: str, options: Collection[str], named: Named) -> tuple[str, str] | None:
    """The only option that is not turned down, if it is named and all others are, and the clause that names it.

    None where this does not come out.

    Args:
        text: a plain text.
        options: the keys of all options.
        named: which options a clause names.
    """
    rejected: set[str] = set()
    spoken: dict[str, str] = {}  # option -> the last clause that affirms it
    confirmed: set[str] = set()  # "Is it noise? Yes, ..."
    accepted: set[str] = set()
    asked: set[str] = set()  # what the question before was about: "Is it noise? No, ..."
    for clause in clauses(text, labels=False):
        said = clause.of(text)
        answered = bool(asked) and not named(said)
        keys = set(named(said)) or asked
        asked = keys if said.endswith("?") else set()
        if asked:
            continue
        if len(keys) == 1 and holds(said, "excepts") and holds(said, "rejects"):
            return next(iter(keys)), said  # "All options except B can be dismissed"
        if holds(said, "rejects"):
            rejected |= keys
        elif len(keys) == 1 and not holds(said, "supposes"):
            accepted |= keys
            spoken |= dict.fromkeys(keys, said)
            confirmed |= keys if answered and holds(said, "confirms") else set()
    if len(confirmed) == 1 and rejected and not confirmed & rejected:
        key = confirmed.pop()
        return key, spoken[key]
    left = set(options) - rejected
    only = next(iter(left)) if len(left) == 1 and left <= accepted else None
    return None if only is None else (only, spoken[only])
