"""Scores of several things at once."""

from __future__ import annotations

from medq_tasks.reading.score_stream import Words


def several_targets(w: Words) -> bool:
    """Whether the reply scores more than one axis or image: one was asked for, and which of the numbers is it?"""
    axes: set[str] = set()
    images: set[str] = set()
    for at in range(len(w.words)):
        end = w.at("axis", at)
        if end and not w.at("axis", at - 1):
            after = end + 1 if w.at("score", end) else end
            if w.role(after) == "open" and w.role(after + 1) != "value":
                while after < end + 14 and w.role(after) not in ("close", "line", "end"):
                    after += 1
                after += 1
            value = (
                w.value(after + 1)
                if w.role(after) in ("colon", "slash", "arrow", "dash") or w.word(after) in ("is", "of")
                else None
            )
            value = value or (w.value(after) if w.role(after) in ("open", "value") else None)
            before = w.word(at - 1) in ("for", "in", "on") and (
                w.role(at - 2) == "value" or w.word(at - 2) in ("point", "points")
            )
            given = w.word(after) in ("i", "give", "assign", "gets") and any(
                w.role(one) == "value" for one in range(after, after + 5)
            )
            if value or before or given:
                axes.add(w.word(end - 1))
        image = _image(w, at)
        if image and w.role(image) == "colon" and w.value(image + 1):
            images.add(w.word(at) + w.word(at + 1))
    return (len(axes) > 1 or len(images) > 1) and not _own_total(w)


def _image(w: Words, at: int) -> int:
    named = (w.word(at) == "image" and w.word(at + 1) in ("1", "2", "a", "b")) or (
        w.word(at) in ("first", "second", "left", "right") and w.word(at + 1) == "image"
    )
    end = at + 2
    return (end + 1 if w.at("score", end) else end) if named else 0


def _own_total(w: Words) -> bool:
    for at in range(len(w.words)):
        start = at + 1 if w.word(at) in ("final", "overall") else at
        opens = at == 0 or w.role(at - 1) in ("line", "stop", "semicolon")
        if opens and w.word(start) == "score" and w.role(start + 1) == "colon" and w.word(start + 2) in ("0", "1", "2"):
            return True
    return False
