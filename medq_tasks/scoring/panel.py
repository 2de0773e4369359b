"""Several judges of the same texts as one: the median of each axis over those who scored it.

A panel is another measure than one judge: on skewed axes its median drifts to the majority. So it has a stamp of its
own, and comparisons and ranks take it for another judge (docs/judge.md; method: docs/statistics.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from medq_tasks.errors import SettingsError
from medq_tasks.records import AXES, AxisJudgement, Identity, Judgement, JudgeStamp, ReasoningRecord, Record

LEAST = 2  # valid scores that an axis needs
_APART = 2  # from how many judges on they are a panel


def check_models(models: Sequence[str]) -> None:
    """Raise unless several judges are several.

    Raises:
        SettingsError: one is named twice or not at all.
    """
    twice = [model for place, model in enumerate(models) if model in models[:place]]
    if twice:
        raise SettingsError(f"--judge-model names {twice[0]} twice: a panel has different judges. Take one out.")
    if not all(model.strip() for model in models):
        raise SettingsError("--judge-model names no model. Write its name behind it.")


def panel(members: Sequence[Sequence[Record]]) -> tuple[Record, ...]:
    """The records of one task with the panel's judgement first and its members' behind it.

    Args:
        members: the records of the same items as each judge has judged them, at least two sets.

    Items that not all of them hold keep the judgements that there are; an axis needs ``LEAST`` valid scores.
    """
    by_item: list[Mapping[Identity, Record]] = [{record.identity: record for record in own} for own in members]
    whole: list[Record] = []
    for record in members[0]:
        said = [own[record.identity] for own in by_item if record.identity in own]
        judgements = [one.judgements[0] for one in said if isinstance(one, ReasoningRecord) and one.judgements]
        if isinstance(record, ReasoningRecord) and len(judgements) >= _APART:
            whole.append(replace(record, judgements=(_joint(judgements), *judgements)))
        else:
            whole.append(record)
    return tuple(whole)


def stamp_of(stamps: Sequence[JudgeStamp]) -> JudgeStamp:
    """Who a panel is: its members in the order of their names, under the prompts that they share.

    Raises:
        SettingsError: they were not asked in the same words.
    """
    if len({stamp.prompts_hash for stamp in stamps}) > 1:
        asked = ", ".join(sorted({f"{stamp.prompts} ({stamp.prompts_hash})" for stamp in stamps}))
        raise SettingsError(f"the judges of a panel were asked in different prompts: {asked}. Judge again with one.")
    known = sorted(f"{stamp.model}\0{stamp.settings_hash}\0{stamp.server}" for stamp in stamps)
    names = ", ".join(sorted(stamp.model for stamp in stamps))
    digest = hashlib.sha256("\0\0".join(known).encode()).hexdigest()[:16]
    return JudgeStamp(f"panel of {len(stamps)}: {names}", stamps[0].prompts, stamps[0].prompts_hash, digest)


def _joint(judgements: Sequence[Judgement]) -> Judgement:
    stamps = [judgement.stamp for judgement in judgements if judgement.stamp]
    names = [judgement.stamp.model if judgement.stamp else "a judge not named" for judgement in judgements]
    axes = {axis: _median(names, [judgement.axes.get(axis) for judgement in judgements]) for axis in AXES}
    return Judgement(stamp_of(stamps) if stamps else None, axes)


def _median(names: Sequence[str], said: Sequence[AxisJudgement | None]) -> AxisJudgement:
    given = [one.score if one else None for one in said]
    scores = [score for score in given if score is not None]
    words = ("-" if score is None else f"{score:g}" for score in given)
    shown = ", ".join(f"{score} ({name})" for score, name in zip(words, names, strict=True))
    if len(scores) < LEAST:
        return AxisJudgement(None, reason=f"{len(scores)} of {len(said)} judges scored it: {shown}")
    middle = median(scores)
    return AxisJudgement(int(middle) if middle == int(middle) else middle, reply=f"The median of {shown}.")
