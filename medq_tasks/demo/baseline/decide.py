"""Answers a multiple-choice question from measures: prompt text and measures in, answer text out."""

from __future__ import annotations

from medq_tasks.demo.baseline import findings as found
from medq_tasks.demo.baseline import vocabulary
from medq_tasks.demo.baseline.findings import Finding
from medq_tasks.demo.baseline.quality_measures import Measures
from medq_tasks.demo.baseline.question import Question, strengths, yes_option
from medq_tasks.demo.baseline.signatures import SIGNATURES

_NO_MEASURE = "None of my measures fits this question, so I take the most neutral option."
_NEUTRAL_STRENGTH = 1.0  # mild: neither end of the scale


def choose(question: Question, measures: Measures) -> str:
    """The reply to a question with options: one or two sentences and ``Answer: <letter>``.

    Says so plainly when no measure fits and the option is only the most neutral one.
    """
    modality = question.modality or found.guess_modality(measures)
    if question.kind == "yes_or_no":
        reason, letter = _yes_or_no(question, measures, modality)
    elif question.kind == "how":
        reason, letter = _how(question, measures, modality)
    else:
        reason, letter = _what(question, measures, modality)
    return f"{reason}\nAnswer: {letter}"


def neutral(question: Question) -> str:
    """The letter that claims least: No, the mild end of a scale, "no degradation", else the first."""
    letters = yes_option(question.options)
    if letters:
        return letters[1]
    scale = strengths(question)
    if scale:
        return min(scale, key=lambda letter: abs(scale[letter] - _NEUTRAL_STRENGTH))
    return next((letter for letter, text in question.options.items() if vocabulary.says_nothing_wrong(text)), "A")


def _yes_or_no(question: Question, measures: Measures, modality: str) -> tuple[str, str]:
    letters = yes_option(question.options)
    finding = _asked(question, measures, modality)
    if finding is None or letters is None:
        return _NO_MEASURE, neutral(question)
    # "Is the quality good enough?" is still Yes for a mild problem; "is there noise?" is Yes for it too.
    limit = 1.5 if question.overall and question.wants_absence else 0.0
    there = finding.level > limit
    return _said(finding), letters[1] if there == question.wants_absence else letters[0]


def _how(question: Question, measures: Measures, modality: str) -> tuple[str, str]:
    scale = strengths(question)
    finding = _asked(question, measures, modality)
    if finding is None or scale is None:
        return _NO_MEASURE, neutral(question)
    return _said(finding), min(scale, key=lambda letter: abs(scale[letter] - finding.level))


def _what(question: Question, measures: Measures, modality: str) -> tuple[str, str]:
    """The option whose problem is clearest; when none is there, the option that says so."""
    named: dict[str, Finding] = {}
    for letter, text in question.options.items():
        candidates = _findings(vocabulary.problems_of(text, modality), measures, modality)
        if candidates and not vocabulary.says_nothing_wrong(text):
            named[letter] = max(candidates, key=lambda finding: finding.presence)
    nothing = next((key for key, text in question.options.items() if vocabulary.says_nothing_wrong(text)), None)
    if not named:
        return _NO_MEASURE, neutral(question)
    best = max(named, key=lambda letter: named[letter].presence)
    if named[best].presence <= 0 and nothing is not None:
        return f"No option's problem is measurable; closest: {_said(named[best])}", nothing
    return _said(named[best]), best


def _asked(question: Question, measures: Measures, modality: str) -> Finding | None:
    """The finding that a question is about: the clearest of the problems named, or the worst of all."""
    if question.problems:
        candidates = _findings(question.problems, measures, modality)
        return max(candidates, key=lambda finding: finding.presence) if candidates else None
    return found.worst(found.find(measures, modality)) if question.overall else None


def _findings(problems: tuple[str, ...], measures: Measures, modality: str) -> list[Finding]:
    """Findings of the modality's own problems; only if there are none, with thresholds borrowed from another one."""
    own = found.find(measures, modality) if modality in SIGNATURES else {}
    known = [own[problem] for problem in problems if problem in own]
    if known:
        return known
    return [finding for problem in problems if (finding := found.borrow(measures, problem))]


def _said(finding: Finding) -> str:
    strength = "not seen"
    if finding.level > 0:
        strength = "mild" if finding.level < 1.5 else "severe"
    return f"{finding.problem}: {strength} ({finding.because})."
