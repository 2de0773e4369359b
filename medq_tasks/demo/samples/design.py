"""Which items the sample set has: pure bookkeeping by seed, no pixels.

Perception: per modality nine pictures (three of each severity), each asked in two of the three question types, so
that every severity meets every question type twice: 90 items. No-reference: one picture per modality and severity.
Comparison: per modality one coarse pair (none against severe) and two fine ones (none against mild, mild against
severe).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from medq_tasks.demo.samples import base_pictures, catalogue, texts
from medq_tasks.demo.samples.draw import deck, pick, shuffled, stream
from medq_tasks.demo.samples.shot import Shot
from medq_tasks.records import MODALITIES, SEVERITIES

_PAIRS = (("yes_or_no", "what"), ("what", "how"), ("how", "yes_or_no"))
_GRAINS = (("coarse", "none", "severe"), ("fine", "none", "mild"), ("fine", "mild", "severe"))


@dataclass(frozen=True)
class PerceptionItem:
    """One multiple-choice item: the picture, the question, and the answer by construction."""

    id: str
    shot: Shot
    question_type: str
    scope: str
    question: str
    options: tuple[str, ...]
    answer: int  # 0-based place in options


@dataclass(frozen=True)
class NoReferenceItem:
    """One picture to describe, with the reference text."""

    id: str
    shot: Shot
    reference: str


@dataclass(frozen=True)
class ComparisonItem:
    """Two pictures of one view with the reference text; ``better`` is "first" or "second"."""

    id: str
    first: Shot
    second: Shot
    grain: str
    better: str
    reference: str


def perception(seed: int) -> list[PerceptionItem]:
    """The perception items, in an order in which any beginning of the table is a fair mix."""
    planned: list[tuple[int, int, PerceptionItem]] = []
    for place, modality in enumerate(MODALITIES):
        decks = {kind: _Decks(seed, modality, kind) for kind in ("yes_or_no", "what", "how")}
        for turn, shot in enumerate(_shots(seed, modality, "perception", first_number=0, per_severity=3)):
            for half, question_type in enumerate(_PAIRS[turn % 3]):
                item = _ask(
                    seed, shot, question_type, decks[question_type], f"mini_{modality}_{turn + 1}_{question_type}"
                )
                planned.append((half, (turn + 2 * place) % 9, item))
    planned.sort(key=lambda entry: entry[:2])
    return [item for _, _, item in planned]


def no_reference(seed: int) -> list[NoReferenceItem]:
    """The no-reference items."""
    items = []
    for severity in range(len(SEVERITIES)):
        for modality in MODALITIES:
            shot = _shots(seed, modality, "no_reference", first_number=100, per_severity=1)[severity]
            rng = stream(seed, "reference", modality, shot.severity)
            items.append(NoReferenceItem(f"mini_{modality}_{shot.severity}", shot, texts.describe(shot, rng)))
    return items


def comparison(seed: int) -> list[ComparisonItem]:
    """The comparison items; the better picture comes first and second equally often (15 pairs: 8 to 7)."""
    order = shuffled(["first", "second"] * 8, stream(seed, "order"))[: len(MODALITIES) * len(_GRAINS)]
    items = []
    for turn, (grain, better_severity, worse_severity) in enumerate(_GRAINS):
        for place, modality in enumerate(MODALITIES):
            rng = stream(seed, "pair", modality, turn)
            degradation = deck(list(catalogue.CATALOGUE[modality]), 3, stream(seed, "pairs", modality))[turn]
            view = _view_for(degradation, rng)
            shots = [
                Shot(view, modality, severity, "" if severity == "none" else degradation.key, 200 + turn)
                for severity in (better_severity, worse_severity)
            ]
            better = order[turn * len(MODALITIES) + place]
            first, second = shots if better == "first" else shots[::-1]
            reference = texts.compare(first, second, better, rng)
            name = f"mini_{modality}_{better_severity}_{worse_severity}"
            items.append(ComparisonItem(name, first, second, grain, better, reference))
    return items


def _shots(seed: int, modality: str, table: str, first_number: int, per_severity: int) -> list[Shot]:
    """``per_severity`` pictures of each severity; degradations are dealt so that each comes up about equally often."""
    rng = stream(seed, "shots", table, modality)
    numbers = iter(range(first_number, first_number + len(SEVERITIES) * per_severity))
    dealt = iter(deck(list(catalogue.CATALOGUE[modality]), 2 * per_severity, rng))
    clean = iter(deck(list(base_pictures.views(modality)), per_severity, rng))
    shots = []
    for severity in SEVERITIES:
        for number in itertools.islice(numbers, per_severity):
            if severity == "none":
                shots.append(Shot(next(clean).name, modality, severity, "", number))
            else:
                degradation = next(dealt)
                shots.append(Shot(_view_for(degradation, rng), modality, severity, degradation.key, number))
    return shots


def _view_for(degradation: catalogue.Degradation, rng: np.random.Generator) -> str:
    shown_in = [
        view.name for view in base_pictures.views(degradation.modality) if view.name not in degradation.unseen_in
    ]
    return pick(shown_in, rng)


class _Decks:
    """What must come out balanced over one modality's questions of one type: answers, their places, templates."""

    def __init__(self, seed: int, modality: str, question_type: str) -> None:
        rng = stream(seed, "decks", modality, question_type)
        self.truth = {severity: iter(shuffled([True, False], rng)) for severity in SEVERITIES}
        self.place = {count: iter(deck(list(range(count)), 9, rng)) for count in (2, 3, 4)}
        self.size = iter(deck([4, 4, 3], 9, rng))
        self.template = iter(deck(list(range(6)), 12, rng))


def _ask(seed: int, shot: Shot, question_type: str, decks: _Decks, name: str) -> PerceptionItem:
    rng = stream(seed, name)
    present = catalogue.find(shot.degradation) if shot.degradation else None
    template = next(decks.template)
    if question_type == "yes_or_no":
        asked = texts.ask_yes_or_no(shot.modality, present, next(decks.truth[shot.severity]), template, rng)
    elif question_type == "what":
        asked = texts.ask_what(shot.modality, present, next(decks.size), template, rng)
    else:
        asked = texts.ask_how(shot.modality, present, shot.severity, template, rng)
    place = next(decks.place[1 + len(asked.others)])
    options = [*asked.others[:place], asked.answer, *asked.others[place:]]
    return PerceptionItem(name, shot, question_type, asked.scope, asked.question, tuple(options), place)
