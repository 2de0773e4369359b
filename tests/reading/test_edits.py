"""Edits of replies written by hand: what an edit leaves as it is must be read as before it.

The replies, and what their marks mean, are in ``edit_bases``.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.judge import read_score
from tests.reading.edit_bases import CHOICES, GRADES, OPTIONS, PAIRS, SCORES

_MARK = re.compile(r"@(\w+)")
_NAME_ALONE = re.compile(r"(?im)^[\W_]*(?:the )?(?:first|second)(?: image)?[\W_]*$")
_IMAGES = {"first": "second", "A": "B", "1": "2"}
_OTHER_IMAGE = _IMAGES | {other: one for one, other in _IMAGES.items()}


@dataclass(frozen=True)
class Reader:
    """A reader with its bases, and what may be said beside an answer without saying one."""

    bases: Mapping[str, object]
    read: Callable[[str], object]
    attribute: str  # about one attribute, which is not what was asked
    advice: str
    thought: str  # holds other answers


READERS = {
    "choice": Reader(
        CHOICES,
        lambda reply: read_choice(reply, OPTIONS),
        "The brightness is normal.",
        "A repeat acquisition could give a good image.",
        "The answer is A. Or B? Answer: C. Or rather D, noise.",
    ),
    "no_reference": Reader(
        GRADES,
        lambda reply: read_verdict(reply, "no_reference"),
        "The brightness is good.",
        "A repeat acquisition could give a good image.",
        "Verdict: good. The image is usable. Or reject?",
    ),
    "comparison": Reader(
        PAIRS,
        lambda reply: read_verdict(reply, "comparison"),
        "The brightness of the first image is better.",
        "A repeat acquisition could give a good image.",
        "Verdict: first. The second image is better. Verdict: second. The first image is better.",
    ),
    "score": Reader(
        SCORES,
        read_score,
        "The description is fluent.",
        "A longer description could be more complete.",
        "Score: 2. Or 0? Score: 1. I give it a 0.",
    ),
}


# Edits take a base without its "@", and the reader's own sentences; None: the edit would change what this base says.
def sure(base: str, reader: Reader) -> str | None:
    return f"Sure!\n\n{base}"


def thanks(base: str, reader: Reader) -> str | None:
    return f"Thank you for sharing this. Here is my assessment.\n\n{base}"


def hope(base: str, reader: Reader) -> str | None:
    return f"{base}\n\nI hope this helps."


def offer(base: str, reader: Reader) -> str | None:
    return f"{base}\n\nLet me know if you have any other questions!"


def advised(base: str, reader: Reader) -> str | None:
    return f"{base}\n\n{reader.advice}"


def attribute_before(base: str, reader: Reader) -> str | None:
    return None if _is_topic(base, reader) else f"{reader.attribute}\n\n{base}"


def attribute_after(base: str, reader: Reader) -> str | None:
    return None if _is_topic(base, reader) else f"{base}\n\n{reader.attribute}"


def thought(base: str, reader: Reader) -> str | None:
    return f"<think>\n{reader.thought}\n</think>\n\n{base}"


def repeated(base: str, reader: Reader) -> str | None:
    return f"{base}\n\n{base}"


def crlf(base: str, reader: Reader) -> str | None:
    return f"{base}\n".replace("\n", "\r\n")


def padded(base: str, reader: Reader) -> str | None:
    return f"\n\n  {base}  \n\n"


def wrapped(base: str, reader: Reader) -> str | None:
    """Lines of 24 characters, words whole. A line that begins with "1." would be an item of a list."""
    lines = [textwrap.fill(line, 24, break_long_words=False, break_on_hyphens=False) for line in base.split("\n")]
    return None if _dressed(base) or any(re.search(r"\n\d\.", line) for line in lines) else "\n".join(lines)


def bold(base: str, reader: Reader) -> str | None:
    return _each_line(base, "**{}**")


def italic(base: str, reader: Reader) -> str | None:
    return _each_line(base, "_{}_")


def listed(base: str, reader: Reader) -> str | None:
    return _each_line(base, "- {}")


def under_heading(base: str, reader: Reader) -> str | None:
    return f"### Assessment\n\n{base}"


def as_headings(base: str, reader: Reader) -> str | None:
    return _each_line(base, "## {}")


def end_of_turn(base: str, reader: Reader) -> str | None:
    return f"{base}<|im_end|>"


def _dressed(base: str) -> bool:
    """Whether the base has a form of its own (JSON, tags, LaTeX, Markdown), which further dress would break."""
    return bool(re.search(r"[{<*]|^- ", base, re.MULTILINE))


def _is_topic(base: str, reader: Reader) -> bool:
    """Whether an image stands there by its name alone: beside a sentence on an image it may be what that is about."""
    return "image" in reader.attribute and bool(_NAME_ALONE.search(base))


def _each_line(base: str, form: str) -> str | None:
    if _dressed(base):
        return None
    return "\n".join(form.format(line) if line.strip() else line for line in base.split("\n"))


Edit = Callable[[str, Reader], "str | None"]
DRESS: tuple[Edit, ...] = (bold, italic, listed, as_headings, wrapped)
AROUND: tuple[Edit, ...] = (sure, thanks, hope, offer, advised, attribute_before, attribute_after, under_heading)
WHOLE: tuple[Edit, ...] = (thought, repeated, crlf, padded, end_of_turn)
BEFORE, AFTER = (sure, thanks, attribute_before), (hope, offer, advised, attribute_after)
# An edit, or one after the other: dress is of the answer alone, what is around it comes next, the whole last.
EDITS: dict[str, tuple[Edit, ...]] = {
    "+".join(edit.__name__ for edit in edits): edits
    for edits in (
        *((one,) for one in (*DRESS, *AROUND, *WHOLE)),
        *itertools.product(DRESS, AROUND),
        *itertools.product(BEFORE, AFTER),
        *itertools.product(AROUND, (thought, repeated, crlf)),
    )
}
_AS_IT_IS, _CUT = "as it is", "cut off"
# Flips of today, by reader, edit and base. Each must still flip, so that it goes from here when it is mended.
KNOWN: dict[tuple[str, str, str], str] = {
    (
        "choice",
        _CUT,
        "The dominant degradation in this slice is motion blur. || The edges are doubled along one direction.",
    ): "a sentence without its end takes the answer before it along",
}


def _shown(base: str) -> str:
    return _MARK.sub(r"\1", base).replace(" ||", "")


def _applied(base: str, edits: tuple[Edit, ...], reader: Reader) -> str | None:
    edited: str | None = _shown(base)
    for edit in edits:
        edited = None if edited is None else edit(edited, reader)
    return edited


def _cuts(base: str) -> list[str]:
    """The base, cut off after every word that stands behind its decision; nothing where the decision stands last."""
    decided, mark, rest = base.partition(" ||")
    return [_shown(decided + rest[: end.start()]) for end in re.finditer(r"\s|$", rest)] if mark else []


def _is_known(name: str, edit: str, base: str) -> bool:
    """Whether the edit, or a part of it, flips this base today."""
    return any((name, part, base) in KNOWN for part in (_AS_IT_IS, *edit.split("+")))


def _told(edit: str, flips: Mapping[str, tuple[object, object]]) -> str:
    told = [f"{reply!r} should be {expected!r}, is read as {read!r}" for reply, (expected, read) in flips.items()]
    return f"{edit}: {len(told)} flips\n" + "\n".join(told)


def _flips(read: Callable[[str], object], wanted: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """The replies that are read as something else than they say, with what they say and what is read."""
    return {reply: (say, got) for reply, say in wanted.items() if (got := read(reply)) != say}


@pytest.mark.parametrize("name", READERS)
def test_bases_are_read_as_a_person_reads_them(name):
    reader = READERS[name]
    wanted = {_shown(base): say for base, say in reader.bases.items() if not _is_known(name, _AS_IT_IS, base)}
    assert len(wanted) >= 30
    assert sum(say is None for say in wanted.values()) >= 5  # answers alone would reward a reader that guesses
    flips = _flips(reader.read, wanted)
    assert not flips, _told(_AS_IT_IS, flips)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", READERS)
def test_an_edit_beside_the_answer_changes_no_reading(name, edit):
    reader = READERS[name]
    wanted = {
        reply: say
        for base, say in reader.bases.items()
        if not _is_known(name, edit, base) and (reply := _applied(base, EDITS[edit], reader)) is not None
    }
    assert len(wanted) >= 15  # the rules that leave bases out leave most in
    flips = _flips(reader.read, wanted)
    assert not flips, _told(edit, flips)


@pytest.mark.parametrize("name", READERS)
def test_a_reply_cut_off_after_the_decision_is_read_as_the_whole(name):
    """A limit of tokens ends a reply in the middle of a sentence; what was decided before it stays so."""
    reader = READERS[name]
    wanted = {
        cut: say
        for base, say in reader.bases.items()
        if not _is_known(name, _CUT, base)
        for reply in _cuts(base)
        for cut in (reply, *(edit(reply, reader) for edit in (sure, thanks, attribute_before, thought, crlf)))
    }
    flips = _flips(reader.read, wanted)
    assert not flips, _told(_CUT, flips)


@pytest.mark.parametrize("order", ["BADC", "DCBA", "CDAB", "BCDA"])
def test_options_that_change_places_with_their_letters_keep_their_text(order):
    moved = dict(zip("ABCD", order, strict=True))
    options = {letter: OPTIONS[was] for letter, was in sorted((moved[was], was) for was in OPTIONS)}
    wanted = {}
    for base, say in CHOICES.items():
        swapped = _MARK.sub(lambda mark: moved[mark[1]], base)
        for edit in (padded, sure, hope, crlf, repeated):
            if not _is_known("choice", edit.__name__, base):
                wanted[_applied(swapped, (edit,), READERS["choice"])] = say and OPTIONS[say]
    flips = _flips(lambda reply: options.get(read_choice(reply, options)), wanted)
    assert not flips, _told(order, flips)


def test_images_that_change_places_flip_the_verdict():
    reader = READERS["comparison"]
    wanted = {}
    for base, say in PAIRS.items():
        swapped = _MARK.sub(lambda mark: _OTHER_IMAGE[mark[1]], base)
        for name, edits in EDITS.items():
            reply = _applied(swapped, edits, reader)
            if reply is not None and not _is_known("comparison", name, base):
                wanted[reply] = _OTHER_IMAGE.get(say)
    flips = _flips(reader.read, wanted)
    assert not flips, _told("images that change places", flips)


def test_what_is_known_to_flip_still_does():
    """What was mended is to be taken from ``KNOWN``, where it would hide the next flip."""
    mended = []
    for name, edit, base in KNOWN:
        reader = READERS[name]
        replies = _cuts(base) if edit == _CUT else [_applied(base, EDITS.get(edit, ()), reader)]
        if not _flips(reader.read, dict.fromkeys(replies, reader.bases[base])):
            mended.append((name, edit, base))
    assert not mended
