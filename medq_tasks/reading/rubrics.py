"""Numbers that are no answer: the rubric said again, the scale, and scores of several things at once."""

from __future__ import annotations

from medq_tasks.reading.score_values import Words

_ITEM_REACH = 60  # units that a meaning may take before the next level
_MEANS = frozenset(["if", "for", "mean", "means", "when", "indicates", "represent", "represents", "denotes"])


def other_scale(w: Words) -> bool:
    """Whether the reply says that it scores on another scale than 0 to 2: "on a scale of 1-5, this is a 2"."""
    for at, word in enumerate(w.words):
        joined = w.word(at + 1) in ("-", "to", "~") or w.word(at + 1).startswith("-")
        top = w.word(at + 2) if w.word(at + 1) in ("-", "to", "~") else w.word(at + 1).lstrip("-")
        if word in ("0", "1") and joined and top.isdigit() and int(top[:4]) > 2:
            named = any(one in ("scale", "range") for one in w.words[max(0, at - 5) : at])
            if named or (w.role(at - 1) == "open" and w.role(at + 3) == "close"):
                return True
        if word.isdigit() and int(word[:4]) > 3 and w.words[at + 1 : at + 4] == ["-", "point", "scale"]:
            return True
    return False


def several_targets(w: Words) -> bool:
    """Whether the reply scores more than one axis or image: one was asked for, and which of the numbers is it?"""
    axes: set[str] = set()
    images: set[str] = set()
    for at in range(len(w.words)):
        end = w.at("axis", at)
        if end and not w.at("axis", at - 1):
            after = end + 1 if w.at("score", end) else end
            if w.role(after) == "open" and w.role(after + 1) != "number":
                while after < end + 14 and w.role(after) not in ("close", "line", "end"):
                    after += 1
                after += 1
            value = (
                w.value(after + 1)
                if w.role(after) in ("colon", "slash", "arrow", "dash") or w.word(after) in ("is", "of")
                else None
            )
            value = value or (w.value(after) if w.role(after) in ("open", "number") else None)
            before = w.word(at - 1) in ("for", "in", "on") and (
                w.role(at - 2) == "number" or w.word(at - 2) in ("point", "points")
            )
            given = w.word(after) in ("i", "give", "assign", "gets") and any(
                w.role(one) == "number" for one in range(after, after + 5)
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


def without_rubric(text: str) -> str:
    """The text with blanks where it enumerates the levels and their meanings, or names the scale."""
    w = Words(text)
    spans = [*_scales(w), *_rubric(w)]
    pieces, done = [], 0
    for first, end in sorted(spans):
        start, stop = max(w.units[first].start, done), w.units[end - 1].end
        if stop > start:
            pieces += [text[done:start], ("scale" if end - first < 8 else " ").ljust(stop - start)]
            done = stop
    return "".join([*pieces, text[done:]])


def _scales(w: Words) -> list[tuple[int, int]]:
    """ "from 0 to 2", "(0-2)", "0, 1 or 2", "0/1/2": names all levels and chooses none."""
    found = []
    for at, word in enumerate(w.words):
        glued = at and w.role(at - 1) in ("slash", "point", "dash") and w.units[at - 1].end == w.units[at].start
        if glued or word not in ("0", "2", "zero", "one", "out"):
            continue
        if word == "0" and w.word(at + 1) == "-2":
            found.append((at, at + 2))
        elif (
            word == "0"
            and w.word(at + 1) in ("-", "~", "to", "through", "and", "到", "至", ".")
            and (w.word(at + 1) != "." or w.word(at + 2) == ".")
            and "2" in (w.word(at + 2), w.word(at + 3))
        ):
            end = at + 3 if w.word(at + 2) == "2" else at + 4
            if not (w.word(end) == "%" or w.role(end) == "point"):
                found.append((at, end))
        elif word in ("zero", "one") and w.words[at + 1 : at + 3] in (["to", "two"], ["through", "two"]):
            found.append((at, at + 3))
        elif word == "out":
            named = w.word(at - 1).isalpha() and not any(w.at(f"number_{level}", at - 1) for level in "012x")
            if (
                w.word(at + 1) == "of"
                and w.word(at + 2) in ("2", "two")
                and named
                and w.role(at + 3) not in ("slash", "point")
            ):
                found.append((at, at + 3))
        elif word in ("0", "2"):
            end = _all_levels(w, at)
            if end:
                found.append((at, end))
    return found


def _all_levels(w: Words, at: int) -> int:
    """Where "0, 1 or 2" ends; 0 where no such list begins."""
    wanted = ["1", "2" if w.word(at) == "0" else "0"]
    end = at + 1
    for level in wanted:
        skipped = 0
        while w.word(end) in (",", "/", "|", "、", "or", "and", "&", "或", "-") and skipped < 3:
            end, skipped = end + 1, skipped + 1
        if not skipped or w.word(end) != level:
            return 0
        end += 1
    return end if w.role(end) not in ("slash", "percent", "point") else 0


def _rubric(w: Words) -> list[tuple[int, int]]:
    """Groups of levels with what each stands for: "2 = all covered", "- 1 for a part", "Score 0: none"."""
    found: list[tuple[int, int]] = []
    group: list[tuple[int, int]] = []
    for at in range(len(w.words)):
        item = _item(w, at)
        if not item:
            continue
        near = group and at - group[-1][1] <= _ITEM_REACH
        if not (near and w.word(item[2]) not in {w.word(one) for one, _ in group}):
            found += _blank(w, group)
            group = []
        group.append((item[2], item[1]))
    return found + _blank(w, group)


def _item(w: Words, at: int) -> tuple[int, int, int] | None:
    """First unit, end and level of an item that begins its level at ``at``."""
    if w.word(at) not in ("0", "1", "2") or (
        at and w.role(at - 1) in ("slash", "point") and w.units[at - 1].end == w.units[at].start
    ):
        return None
    end = w.at("unit", at + 1) or at + 1
    while w.role(end) in ("quote", "close"):
        end += 1
    sign = w.role(end) in ("colon", "open", "arrow") or (
        w.role(end) == "dash" and w.text[w.units[end].end : w.units[end].end + 1] == " "
    )
    means = w.word(end) in _MEANS or (w.word(end) == "is" and w.word(end + 1) in ("for", "given", "used", "reserved"))
    means = means or (w.word(end) == "would" and w.word(end + 1) in ("mean", "be", "represent"))
    return (at, end + 1, at) if (sign or means) and w.role(end + 1) != "number" else None


def _blank(w: Words, group: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(group) < 2:
        return []
    first, end = group[0][0], group[-1][1]
    if w.at("score", first - 1) or w.word(first - 1) in ("level", "grade"):
        first -= 1
    return [(first, w.meaning_ends[end] if end < len(w.words) else end)]
