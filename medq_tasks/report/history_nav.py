"""What the entries of a history's navigation say: no more than tells those of one name apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medq_tasks.report.history import judges_of, words_of
from medq_tasks.wording.escape import plain

_HASH = 8  # characters of one that tell it from another


def apart(names: Sequence[str], tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each section what tells it from the others of its name; "" where nothing need be said but a split.

    Args:
        names: of the sections, as the navigation has them.
        tasks: the latest task of each section.
    """
    facets = [_facets(task) for task in tasks]
    told: list[list[str]] = [[own[0]] for own in facets]
    for column in range(1, len(facets[0]) if facets else 0):
        same: dict[tuple[str, ...], list[int]] = {}
        for place, (name, own) in enumerate(zip(names, told, strict=True)):
            same.setdefault((name, *own), []).append(place)
        for places in same.values():
            if len({facets[place][column] for place in places}) > 1:
                for place in places:
                    told[place].append(facets[place][column])
    return [plain(" · ".join(filter(None, own))) for own in told]


def _facets(task: Mapping[str, Any]) -> tuple[str, ...]:
    """All that makes a section one of its own; what people know it by comes first."""
    split = str(task.get("split", ""))
    judges = [one.partition(" · ")[::2] for one in judges_of(task)]
    reader = task.get("second_reader", "")
    asked = task.get("prompts", "")
    return (
        "" if split == "test" else split,
        ", ".join(model for model, _ in judges) or "no judge",
        ", ".join(dict.fromkeys(prompts for _, prompts in judges)),
        f"table {str(task['table'])[:_HASH] or 'not recorded'}",
        f"version {task['version'] or 'not recorded'}",
        f"read by {reader}" if reader else "rules alone",
        f"words of {asked}" if asked else "default words",
        f"words {words_of(task)[:_HASH]}",
        ", ".join(" / ".join(part[:_HASH] for part in one.rsplit(" ", 2)[1:]) for one in task["judge"].split(", ")),
    )
