"""Numbers that are no answer: the rubric said again, the scale, and scores of several things at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medq_tasks.judge.score_words import AXIS, any_of

# "2 = all covered", "- 1 for a part", "Score 0: none": one level and what it stands for.
_ITEM = re.compile(
    r"(?:\b(?:a )?(?:score|rating|level"
    r"|grade)s?(?: of)?:? ?)?(?<![\d./-])(?P<level>[012])(?: ?points?| ?分)?['\")\]]?\s*(?:"
    r"[=:(]|→| - |"
    + any_of(
        "if, for, means?, when, indicates?, is (?:for|given|used|reserved), would (?:mean|be for), represents?, denotes"
    )
    + r"\b)(?!\s*\d)",
    re.I,
)
_MEANING_ENDS = re.compile(r"[.;)\n]")
_ITEM_REACH = 250  # characters that a meaning may take before the next level

# The whole scale, as in "from 0 to 2", "(0-2)", "0, 1 or 2", "0/1/2": it names all levels and chooses none.
_SCALE = re.compile(
    r"(?<![\d./-])(?:0\s*(?:-|~|to|through|and|到|至|\.\.)\s*2|0\s*[,/|、]\s*1\s*(?:[,/|、]"
    r"|,?\s*(?:or|and|&|或))\s*(?:or\s+|and\s+)?2"
    r"|2\s*[,/|]\s*1\s*(?:[,/|]|,?\s*(?:or|and))\s*(?:or\s+|and\s+)?0)(?![\d.%])"
    r"|\b(?:zero|one) (?:to|through) two\b|(?<=[a-z] )(?<!one )(?<!two )(?<!zero )out of (?:2|two)\b(?!\s*[./]\d)",
    re.I,
)

_AXIS_VALUE = re.compile(
    rf"(?P<axis>{AXIS})(?: score| rating)?:?\s*(?:\([^)\n]*\))?\s*(?:[:=|{{]|is\b|→|-"
    rf"|of\b)[\s\"'(\[{{]*(?:score\s*[:=]?\s*)?\d(?!\d)"
    rf"|(?<![\d.])\d(?: points?)?\s+(?:for|in|on)\s+(?P<axis2>{AXIS})"
    rf"|(?P<axis3>{AXIS})\W{{0,3}}(?:i\s+)?(?:give|assign|get"
    rf"|rate)s?\s+(?:it\s+)?(?:a\s+)?[012]\b",
    re.I,
)
_IMAGE_VALUE = re.compile(
    r"\b(?P<image>image [12AB]|(?:first|second|left|right) image)(?:'s)?(?: score| rating)?\s*[:=]\s*[0-2](?!\d)", re.I
)
_OWN_TOTAL = re.compile(r"(?:^|[\n.;])\s*(?:final|overall)? ?score\s*[:=]\s*[012](?![\d.])", re.I)

# A scale that is not ours: what stands on it is no level, even where it looks like one.
_OTHER_SCALE = re.compile(
    r"\b(?:scale|range)\b[^.\n\d]{0,20}[01]\s*(?:-|to)\s*(?:[3-9]|\d\d)|\b(?:[4-9]|\d\d+)-point scale"
    r"|[(\[][01]\s?-\s?(?:[3-9]|\d\d+)[)\]]",
    re.I,
)


def other_scale(text: str) -> bool:
    """Whether the reply says that it scores on another scale than 0 to 2: "on a scale of 1-5, this is a 2"."""
    return bool(_OTHER_SCALE.search(text))


def several_targets(text: str) -> bool:
    """Whether the reply scores more than one axis or image: one was asked for, and which of the numbers is it?"""
    axes = {
        (match["axis"] or match["axis2"] or match["axis3"]).lower().removeprefix("internal ")
        for match in _AXIS_VALUE.finditer(text)
    }
    images = {match["image"].lower() for match in _IMAGE_VALUE.finditer(text)}
    return (len(axes) > 1 or len(images) > 1) and not _OWN_TOTAL.search(text)


def without_rubric(text: str) -> str:
    """The text with blanks where it enumerates the levels and their meanings, or names the scale."""
    pieces, blanked = [], 0  # each place is looked at and copied once, however many groups a loop makes
    for group in _groups(text):
        start, end = max(group[0].start(), blanked), max(group[-1].end(), blanked)
        tail = _MEANING_ENDS.search(text, end)
        end = tail.start() if tail else len(text)
        pieces += [text[blanked:start], " " * (end - start)]
        blanked = end
    return _SCALE.sub(lambda match: "scale", "".join([*pieces, text[blanked:]]))


def _groups(text: str) -> Iterator[list[re.Match[str]]]:
    group: list[re.Match[str]] = []
    for item in _ITEM.finditer(text):
        near = group and item.start() - group[-1].end() <= _ITEM_REACH
        if near and item["level"] not in {one["level"] for one in group}:
            group.append(item)
            continue
        if len(group) >= 2:
            yield group
        group = [item]
    if len(group) >= 2:
        yield group
