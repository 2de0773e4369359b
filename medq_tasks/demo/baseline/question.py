"""Reads a prompt: what is asked, about which problems, with which options. Text in, a value out; no pixels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from medq_tasks.demo.baseline import vocabulary

QuestionKind = Literal["yes_or_no", "what", "how", "describe", "compare"]

_OPTION = re.compile(r"^\s*[(\[]?([A-H])[)\].:]\s*(\S.*?)\s*$", re.MULTILINE)
_ABSENCE = re.compile(
    r"\bfree (of|from)\b|\bwithout\b|\babsence\b|\babsent\b|\black(s|ing)?\b|\bdevoid\b"
    r"|\bno (visible|sign|trace|evidence)|\bnot (affected|visible|present|show)",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"\b(sharp|clear|crisp|in focus|well[- ](focused|lit|illuminated)|even(ly)?|uniform(ly)?|homogeneous|adequate|"
    r"sufficient|good|high[- ]quality|acceptable|normal|correct|proper(ly)?|diagnostic|usable|excellent|natural)\b",
    re.IGNORECASE,
)
_OF_QUALITY = re.compile(r"quality|sharp|clarity|contrast|focus|detail|uniform|even\b|good", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """A prompt as the baseline understands it.

    ``problems`` are those asked for ("yes_or_no", "how"); empty with ``overall`` False means that nothing in the
    question is known. ``wants_absence``: Yes stands for a picture that does not have them.
    """

    kind: QuestionKind
    text: str
    options: Mapping[str, str]
    modality: str
    problems: tuple[str, ...] = ()
    overall: bool = False
    wants_absence: bool = False


def read_question(prompt: str, pictures: int) -> Question:
    """Understand a prompt that came with that many pictures. Never raises; what is not understood stays empty."""
    text, options = _split(prompt)
    modality = vocabulary.modality_of(text) or vocabulary.modality_of(prompt)
    if not options:
        return Question("compare" if pictures >= 2 else "describe", text, options, modality)
    problems = vocabulary.problems_of(text, modality)
    overall = not problems and re.search(vocabulary.OVERALL, text, re.IGNORECASE) is not None
    kind = _kind(text, options)
    absence = bool(_ABSENCE.search(text)) != bool(_FINE.search(text))
    return Question(kind, text, options, modality, problems, overall, absence)


def yes_option(options: Mapping[str, str]) -> tuple[str, str] | None:
    """The letters of Yes and of No; None when these are not the two options."""
    if len(options) != 2:
        return None
    words = {re.split(r"\W+", text.strip().lower())[0]: letter for letter, text in options.items()}
    yes = next((words[word] for word in ("yes", "true", "present") if word in words), None)
    no = next((words[word] for word in ("no", "false", "absent") if word in words), None)
    return (yes, no) if yes and no else None


def strengths(question: Question) -> dict[str, float] | None:
    """The strength that each option stands for; None unless every option names one and they differ."""
    of_quality = _OF_QUALITY.search(question.text) is not None
    found = {letter: vocabulary.strength_of(text, of_quality=of_quality) for letter, text in question.options.items()}
    known = {letter: strength for letter, strength in found.items() if strength is not None}
    return known if len(known) == len(found) and len(set(known.values())) > 1 else None


def _split(prompt: str) -> tuple[str, dict[str, str]]:
    """The question itself, and the lettered options below it (A, B, ... without gaps, at least two)."""
    matches = list(_OPTION.finditer(prompt))
    start = next((place for place in range(len(matches) - 1, -1, -1) if matches[place][1] == "A"), None)
    if start is None:
        return prompt.strip(), {}
    options: dict[str, str] = {}
    for match in matches[start:]:
        if match[1] != "ABCDEFGH"[len(options)]:
            break
        options[match[1]] = match[2]
    if len(options) < 2:
        return prompt.strip(), {}
    before = prompt[: matches[start].start()]
    asked = re.search(r"question:\s*(.+)", before, re.IGNORECASE | re.DOTALL)
    text = asked[1] if asked else before
    return re.sub(r"\s*options:?\s*$", "", text.strip(), flags=re.IGNORECASE), options


def _kind(text: str, options: Mapping[str, str]) -> QuestionKind:
    if yes_option(options):
        return "yes_or_no"
    draft = Question("how", text, options, "")
    return "how" if strengths(draft) else "what"
