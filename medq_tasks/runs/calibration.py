"""What experts and judge gave to the same texts, as ``medq align --json`` writes it and ``medq report`` reads it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medq_tasks.errors import SettingsError
from medq_tasks.records import AXES, TEXT_KINDS, JudgeStamp, Kind

SCHEMA = "medq-align/1"  # grows by new keys only; a changed meaning would be medq-align/2
_LEVELS = (0, 1, 2)
_TEXTS = ("code", "task", "kind", "id", "variant", "table")
_STAMP = ("model", "prompts", "prompts_hash", "settings_hash")
_CURE = "Give what `medq align RUN human.csv --json` prints."


class _Odd(Exception):
    """A part of the file that is not what it must be; the text says which."""


@dataclass(frozen=True)
class Scores:
    """One axis of one text: the judge's score, None where it gave none, and the experts' by name."""

    judge: int | None
    experts: Mapping[str, int]


@dataclass(frozen=True)
class RatedItem:
    """One text that experts have rated, named by ``code``: the same in two runs only where the text is the same."""

    code: str
    task: str
    kind: Kind
    id: str
    variant: str
    table: str
    judge: JudgeStamp | None
    picture_group: int | None  # items of one number share a picture; None: not known
    scores: Mapping[str, Scores]  # by axis


@dataclass(frozen=True)
class Calibration:
    """All rated items of one run; ``source`` is the file, for messages."""

    source: str
    items: tuple[RatedItem, ...]


def as_json(items: Sequence[RatedItem], run: Mapping[str, str]) -> dict[str, Any]:
    """The items as plain values; ``run`` says for people of which run they are."""
    judges = list(dict.fromkeys(item.judge for item in items if item.judge is not None))
    told = []
    for item in items:
        place = None if item.judge is None else judges.index(item.judge)
        scores = {axis: asdict(said) for axis, said in item.scores.items()}
        named = {name: getattr(item, name) for name in _TEXTS}
        told.append({**named, "judged_by": place, "picture_group": item.picture_group, "scores": scores})
    stamps = [{name: getattr(stamp, name) for name in (*_STAMP, "server")} for stamp in judges]
    return {"run": dict(run), "judges": stamps, "items": told}


def read_calibration(path: Path) -> Calibration:
    """The rated items in a file of ``medq align --json``.

    Raises:
        SettingsError: it cannot be read or is no such file; one line with file, place and cure.
    """
    try:
        text = path.read_bytes()
        return Calibration(str(path), tuple(_items(_parsed(text))))
    except OSError as error:
        raise SettingsError(f"--calibration {path}: cannot be read ({error.strerror}). {_CURE}") from error
    except _Odd as error:
        raise SettingsError(f"--calibration {path}: {error}. {_CURE}") from error


def _parsed(text: bytes) -> Any:
    if not text.strip():
        raise _Odd("is empty")
    try:
        return json.loads(text)  # UTF-8 or, as some shells write what is printed, UTF-16
    except (ValueError, RecursionError) as error:
        raise _Odd(f"is no JSON ({error})") from error


def _items(data: Any) -> list[RatedItem]:
    held = data.get("calibration") if isinstance(data, Mapping) else None
    if held is None and isinstance(data, Mapping) and {"axes", "paper"} <= set(data):
        raise _Odd("holds agreement alone, as an older release wrote it")
    if not isinstance(held, Mapping) or data.get("schema") != SCHEMA:
        raise _Odd(f"is none of `medq align` (schema {SCHEMA})")
    stamps, rows = held.get("judges"), held.get("items")
    if not isinstance(stamps, list) or not isinstance(rows, list):
        raise _Odd("calibration has no lists of judges and items")
    if not rows:
        raise _Odd("holds no rated item")
    judges = [_stamp(said, place) for place, said in enumerate(stamps)]
    items = [_item(said, f"items[{place}]", judges) for place, said in enumerate(rows)]
    if len({item.code for item in items}) < len(items):
        raise _Odd("holds an item twice")
    return items


def _stamp(said: Any, place: int) -> JudgeStamp:
    if not isinstance(said, Mapping) or not all(isinstance(said.get(name), str) for name in _STAMP):
        raise _Odd(f"judges[{place}] names no judge ({', '.join(_STAMP)})")
    server = said.get("server", "")
    return JudgeStamp(**{name: said[name] for name in _STAMP}, server=server if isinstance(server, str) else "")


def _item(said: Any, place: str, judges: Sequence[JudgeStamp]) -> RatedItem:
    if not isinstance(said, Mapping) or not all(isinstance(said.get(name), str) for name in _TEXTS):
        raise _Odd(f"{place} lacks one of {', '.join(_TEXTS)}")
    if said["kind"] not in TEXT_KINDS:
        raise _Odd(f"{place}: kind is {_shown(said['kind'])}, not one of {', '.join(TEXT_KINDS)}")
    number, group, scores = said.get("judged_by"), said.get("picture_group"), said.get("scores")
    if number is not None and (type(number) is not int or not 0 <= number < len(judges)):
        raise _Odd(f"{place}: judged_by is {_shown(number)}, no place in judges")
    if group is not None and type(group) is not int:
        raise _Odd(f"{place}: picture_group is {_shown(group)}, no whole number")
    if not isinstance(scores, Mapping) or not set(scores) <= set(AXES):
        raise _Odd(f"{place}: scores are not by axis ({', '.join(AXES)})")
    return RatedItem(
        **{name: said[name] for name in _TEXTS},
        judge=None if number is None else judges[number],
        picture_group=group,
        scores={axis: _scores(one, f"{place}, {axis}") for axis, one in scores.items()},
    )


def _scores(said: Any, place: str) -> Scores:
    experts = said.get("experts") if isinstance(said, Mapping) else None
    if not isinstance(experts, Mapping) or not experts:
        raise _Odd(f"{place}: no scores of experts")
    given = [*experts.values(), *([] if said.get("judge") is None else [said["judge"]])]
    odd = [one for one in given if type(one) is not int or one not in _LEVELS]
    if odd:
        raise _Odd(f"{place}: a score is {_shown(odd[0])}, not 0, 1 or 2")
    return Scores(said.get("judge"), dict(experts))


def _shown(value: Any) -> str:
    """As JSON writes it, cut: the file may hold anything."""
    return "NaN" if isinstance(value, float) and math.isnan(value) else json.dumps(value)[:40]
