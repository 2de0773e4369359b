"""The records that flow between the rooms: one per item, complete enough for a report and a re-score.

The harness's sample log drops the table row, so a record carries everything that is needed later, except
the pixels: those are found again by ``table`` and ``row``. ``to_dict`` / ``from_dict`` are the log format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, TypeVar, get_args

_Made = TypeVar("_Made")

Kind = Literal["perception", "no_reference", "comparison"]
# What a reply to an item is: the choice of an option, or a text that a judge scores. The rest is in ``families``.
Shape = Literal["choice", "text"]
SHAPES: dict[Kind, Shape] = {"perception": "choice", "no_reference": "text", "comparison": "text"}
KINDS: tuple[Kind, ...] = tuple(SHAPES)
TEXT_KINDS: tuple[Kind, ...] = tuple(kind for kind, shape in SHAPES.items() if shape == "text")
Split = Literal["test", "dev", "mini"]
SPLITS: tuple[Split, ...] = get_args(Split)

QUESTION_TYPES = ("yes_or_no", "what", "how")
MODALITIES = ("ct", "mri", "histopathology", "endoscopy", "fundus")
SEVERITIES = ("none", "mild", "severe")
RULES = "rules"  # who reads a reply, unless no rule could
PICTURE_DIGITS = 16  # hex digits of a picture's sha256 in a record
AXES = ("completeness", "preciseness", "consistency", "quality_accuracy")

# Outcome of one item. "failed": the model's request failed in the harness; "unanswered" (perception): a reply
# without a readable option; "empty" (reasoning): nothing to judge; "answered" (reasoning): a text to judge.
Identity = tuple[str, str]  # id and variant of an item
PerceptionState = Literal["right", "wrong", "unanswered", "failed"]
ReasoningState = Literal["answered", "empty", "failed"]


@dataclass(frozen=True)
class Slices:
    """What an item can be grouped by; "" means that the table does not say.

    ``inferred`` names the fields below that were not read from a column but worked out from the row.
    """

    question_type: str = ""  # one of QUESTION_TYPES (perception only)
    modality: str = ""  # one of MODALITIES, or the table's own word for another one
    severity: str = ""  # one of SEVERITIES
    scope: str = ""  # "general" or "specific" (to a modality)
    grain: str = ""  # "coarse" or "fine" (comparison only)
    source: str = ""  # "authentic", "simulated", "ai_generated", or the table's own word
    degradation: str = ""  # free text
    inferred: tuple[str, ...] = ()


# The fields of ``Slices`` that group items, in the order in which they are shown.
SLICE_FIELDS: tuple[str, ...] = tuple(item.name for item in fields(Slices) if item.name != "inferred")


def levels_of(kind: Kind, axis: str) -> tuple[int, ...]:
    """The scores that an axis has: a pair of images is judged right (2) or wrong (0), with nothing between.

    Source: the protocol of arXiv 2510.01691; every published sum of that axis is even.
    """
    return (0, 2) if (kind, axis) == ("comparison", "quality_accuracy") else (0, 1, 2)


def picture_digest(data: bytes) -> str:
    """What a record says of a picture: equal for equal files, so that items which share one can be told."""
    return hashlib.sha256(data).hexdigest()[:PICTURE_DIGITS]


def choice_state(choice: str | None, answer: str) -> Literal["right", "wrong", "unanswered"]:
    """What a choice counts as beside the key; None is a reply in which no option was read."""
    return "unanswered" if choice is None else "right" if choice == answer else "wrong"


@dataclass(frozen=True)
class Statement:
    """The words of a reply that decided how it was read: characters ``start`` to ``end``, and by which rule."""

    start: int
    end: int
    rule: str = ""


@dataclass(frozen=True)
class PerceptionRecord:
    """One multiple-choice item: what was asked, what came back, how it was read, and what it is worth."""

    id: str
    row: int  # 0-based row of the prepared table
    table: str  # fingerprint of the prepared table (first 16 hex digits)
    question: str
    options: dict[str, str]  # letter -> text, in table order
    answer: str  # letter
    reply: str  # the model's text as the harness handed it over
    choice: str | None  # letter read from the reply
    state: PerceptionState
    reason: str = ""  # why state is "unanswered" or "failed"
    slices: Slices = field(default_factory=Slices)
    kind: Kind = "perception"
    variant: str = ""  # which form of the item was asked, "" for the item as the table has it
    pictures: tuple[str, ...] = ()  # see ``picture_digest``; () where not known: a log, or a table, of 0.1.0
    prompts: PromptStamp | None = None  # the words it was asked in; None where not known
    read_by: str = RULES  # who read the reply: these, or where no rule could the name of a model
    second: str | None = None  # what that model read in it: a letter, or "none"
    statement: Statement | None = None  # what decided; None where nothing did, where it is not known, and in older logs

    @property
    def identity(self) -> Identity:
        """What tells this record from all others of its task."""
        return self.id, self.variant


@dataclass(frozen=True)
class Usage:
    """What replies of a server have cost: requests sent, retries among them, and tokens as the server counts them."""

    calls: int = 0
    metered: int = 0  # replies that came with a count; of the others the tokens are not known
    prompt: int = 0
    completion: int = 0
    cached: int = 0  # of the prompt's
    reasoning: int = 0  # of the completion's

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Usage)))


@dataclass(frozen=True)
class AxisJudgement:
    """What the judge said on one axis. ``score`` is None when the axis could not be judged, never a silent 0."""

    score: float | None  # 0, 1, 2 or None; of a panel, whose median it is, also 0.5 and 1.5
    reply: str = ""  # the judge's raw text
    reason: str = ""  # why score is None; or why it was set without asking ("empty reply", "request failed")
    attempts: int = 0  # calls made for this axis, 0 when served from the ledger or not asked
    off_scale: int | None = None  # a level that the axis does not have: the judge gave it, and none that it has
    model: str = ""  # as whom the judge's server answered; "" where it did not say, and in logs of 0.1.0
    usage: Usage | None = None  # of all replies to the question, whenever they were paid; None where it is not known


@dataclass(frozen=True)
class JudgeStamp:
    """Who judged: model, prompts and settings by name and hash. Two runs compare only when these are equal."""

    model: str
    prompts: str  # name, e.g. "medq-tasks 1.0" or a file name
    prompts_hash: str  # first 16 hex digits of the sha256 over the prompts in force
    settings_hash: str  # the same over temperature and every other request parameter
    server: str = ""  # its address without secrets; "" in a log of 0.1.0
    parameters: str = field(default="", compare=False)  # what ``settings_hash`` is of, as JSON; "" in older logs


@dataclass(frozen=True)
class PromptStamp:
    """In which words an item was asked, by name and hash. Two runs compare only when the hashes are equal."""

    name: str  # "default", a file's name, "reference"; with what a task's YAML has replaced
    hash: str  # first 16 hex digits of the sha256 over the words in force


@dataclass(frozen=True)
class Judgement:
    """What one judge said on one reply: four axes, and who said it (None: a log that does not tell)."""

    stamp: JudgeStamp | None
    axes: dict[str, AxisJudgement]


@dataclass(frozen=True)
class ReasoningRecord:
    """One free-text item and its judgements; of several the first is the one that counts."""

    id: str
    row: int
    table: str
    kind: Literal["no_reference", "comparison"]
    question: str
    reference: str
    reference_verdict: str | None  # good / usable / reject, or first / second
    reply: str
    verdict: str | None
    state: ReasoningState
    reason: str = ""
    slices: Slices = field(default_factory=Slices)
    judgements: tuple[Judgement, ...] = ()  # none when no judge was configured
    variant: str = ""  # which form of the item was asked, "" for the item as the table has it
    pictures: tuple[str, ...] = ()  # see ``picture_digest``; () where not known: a log, or a table, of 0.1.0
    prompts: PromptStamp | None = None  # the words it was asked in; None where not known
    read_by: str = RULES  # who read the reply: these, or where no rule could the name of a model
    second: str | None = None  # what that model read in it: a verdict, or "none"
    statement: Statement | None = None  # what decided; None where nothing did, where it is not known, and in older logs
    marked: bool | None = None  # whether it has the verdict line asked for; None without a reply, in older logs

    @property
    def identity(self) -> Identity:
        """What tells this record from all others of its task."""
        return self.id, self.variant

    @property
    def judge(self) -> JudgeStamp | None:
        """Who gave ``axes``; None when nobody did."""
        return self.judgements[0].stamp if self.judgements else None

    @property
    def axes(self) -> dict[str, AxisJudgement]:
        """The four axes that count; {} when nobody judged."""
        return self.judgements[0].axes if self.judgements else {}

    @property
    def overall(self) -> float | None:
        """Sum of the four axes (0 to 8; of a panel in half steps), or None unless all four are scored."""
        scores = [self.axes[axis].score for axis in AXES if axis in self.axes]
        if len(scores) < len(AXES) or any(score is None for score in scores):
            return None
        return sum(score for score in scores if score is not None)


Record = PerceptionRecord | ReasoningRecord


def to_dict(record: Record) -> dict[str, Any]:
    """The record as plain JSON values; ``from_dict`` undoes it."""
    return asdict(record)


def from_dict(data: Mapping[str, Any]) -> Record:
    """Rebuild a record from its log form. Unknown keys (of a newer version) are ignored.

    Raises:
        ValueError: ``kind`` is missing or unknown, a required key is absent, or a value is of another kind.
    """
    kind = data.get("kind")
    values = dict(data)
    values["slices"] = _slices(values.get("slices") or {})
    values["pictures"] = _digests(values.get("pictures", ()))
    values["prompts"] = prompt_stamp(values.get("prompts"))
    values["statement"] = _statement(values.get("statement"))
    _check_reading(values)
    if kind not in SHAPES:
        raise ValueError(f"unknown record kind {kind!r}, expected one of {', '.join(KINDS)}")
    if SHAPES[kind] == "choice":
        return _build(PerceptionRecord, values)
    values["judgements"] = judgements_from(data)
    return _build(ReasoningRecord, values)


def judgements_from(data: Mapping[str, Any]) -> tuple[Judgement, ...]:
    """The judgements in the log form of a record (0.1.0 wrote one, spread over ``judge`` and ``axes``).

    Raises:
        ValueError: a judgement is not one.
    """
    old = [{"stamp": data.get("judge"), "axes": data["axes"]}] if data.get("axes") else []
    return tuple(_judgement(said) for said in data.get("judgements") or old)


_LEVELS = (None, 0, 0.5, 1, 1.5, 2)


def _judgement(said: Mapping[str, Any]) -> Judgement:
    if not isinstance(said, Mapping):
        raise ValueError(f"{said!r} is no judgement")
    stamp = said.get("stamp")
    axes = {axis: _axis(one) for axis, one in (said.get("axes") or {}).items()}
    odd = [f"{axis}: {one.score!r}" for axis, one in axes.items() if one.score not in _LEVELS]
    if odd:
        raise ValueError(f"a score is none of 0, 1, 2 ({', '.join(odd)})")
    return Judgement(stamp_from(stamp) if stamp else None, axes)


def stamp_from(said: Any) -> JudgeStamp:
    """A judge's stamp in the form of a log.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(said, Mapping):
        raise ValueError(f"{said!r} names no judge")
    return _build(JudgeStamp, said)


def usage_from(said: Any) -> Usage | None:
    """What replies have cost, in the form of a log; None where it does not say.

    Raises:
        ValueError: it is no such count.
    """
    if said is None:
        return None
    counts = said.values() if isinstance(said, Mapping) else [None]
    if not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError(f"{said!r} counts no tokens")
    return _build(Usage, said)


def _axis(said: Any) -> AxisJudgement:
    if not isinstance(said, Mapping):
        raise ValueError(f"{said!r} is no judgement of an axis")
    return _build(AxisJudgement, {**said, "usage": usage_from(said.get("usage"))})


def prompt_stamp(said: Any) -> PromptStamp | None:
    """The stamp in the log form of a record, or of a task's configuration; None where there is none.

    Raises:
        ValueError: it is not one.
    """
    if said is None:
        return None
    if not isinstance(said, Mapping):
        raise ValueError(f"{said!r} names no prompts")
    return _build(PromptStamp, {name: str(value) for name, value in said.items()})


def _statement(said: Any) -> Statement | None:
    if said is None:
        return None
    if not isinstance(said, Mapping):
        raise ValueError(f"{said!r} is no statement")
    made = _build(Statement, said)
    whole = all(type(place) is int for place in (made.start, made.end)) and isinstance(made.rule, str)
    if not whole or not 0 <= made.start <= made.end:
        raise ValueError(f"{dict(said)!r} is no statement")
    return made


def _check_reading(values: Mapping[str, Any]) -> None:
    """Raise unless what says who read the reply, and how, is of its kind."""
    if not isinstance(values.get("read_by", RULES), str) or not isinstance(values.get("second"), str | None):
        raise ValueError(f"read_by is {values.get('read_by')!r} and second {values.get('second')!r}, not texts")
    if not isinstance(values.get("marked"), bool | None):
        raise ValueError(f"marked is {values['marked']!r}, neither true nor false")


def _slices(values: Mapping[str, Any]) -> Slices:
    return _build(Slices, {**values, "inferred": tuple(values.get("inferred") or ())})


def _digests(found: Any) -> tuple[str, ...]:
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"pictures are no list of texts: {found!r}")
    return tuple(found)


def _build(cls: type[_Made], values: Mapping[str, Any]) -> _Made:
    known = {item.name for item in fields(cls)}  # type: ignore[arg-type]  # always one of the dataclasses above
    try:
        return cls(**{name: value for name, value in values.items() if name in known})
    except TypeError as error:
        raise ValueError(f"not a {cls.__name__}: {error}") from error
