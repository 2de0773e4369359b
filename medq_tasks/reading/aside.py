"""What a reply says and does not mean: the prompt's words, program text, conditions, advice, others' opinions.

Clause by clause; what is left out is blank, so that places stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from medq_tasks.reading import lexicon
from medq_tasks.reading.clause_words import Clause, clause
from medq_tasks.reading.mapped import Mapped
from medq_tasks.reading.scope import Span, clauses, sentences


class _Manner(NamedTuple):
    """What one reader leaves out of a text, in roles of words."""

    takes: Mapping[str, tuple[str, ...]]  # a phrase of it takes its clause out, where none of these saves the clause
    concedes: str  # opens a clause up to a comma that is no word of its own
    leads: str  # opens a clause up to a comma that takes the next one along
    follows: str  # opens a clause that goes with the one before
    stops: str  # marks that stay where a sentence is left out


_MANNERS = {
    "choice": _Manner(
        {"conditions": ("forces",), "reports": (), "weighs": ("performs",), "advises": ("marks",)},
        *("concedes", "", "follows", ""),
    ),
    "verdict": _Manner(
        {"condition": ("concession",), "modal": ("concession", "asserts", "seems", "beside")}
        | dict.fromkeys(("told_by_others", "at_first", "in_general", "asked", "others"), ()),
        *("", "condition", "tied", ".!?"),
    ),
}
_CUT_OFF = lexicon.load("choices").singles["cut"]
_FENCED = re.compile(r"```(?!json|text|markdown|plain|xml|yaml|latex)[A-Za-z+#]{1,15}\n[^`]{0,3000}(?:```|\Z)")
_EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|for instance|such as),?\s*[\"'(]{0,2}[A-Z][\"')]{1,2}", re.IGNORECASE)
_KEYWORDS = tuple(
    re.compile(r"\s*" + form)
    for form in (
        r"def \w+\(", r"return\b", r"if .+[:{]$", r"elif .+:$", r"else\s*[:{]", r"for .+[:{]$", r"while .+[:{]$",
        r"import \w", r"from \w+ import", r"if .+ then .+ else ", r"print\(", r"console\.log\(", r"class \w+",
        r"(?:const|let|var) \w", r"function \w*\(", r"#include", r"switch ?\(", r"SELECT\b.*;$", r"case .+:$",
    )
)  # fmt: skip
_ANSWER = re.compile(r"[A-Z][.](?=\s)")  # of "... so it is metal. D. Hope that helps!" the D
_ASSIGNED = re.compile(r"\s*[\w.\[\]'\"]+ ?[-+*/]?= ?\S|\s*[})\]];?$|\s*\w+\([^)]*\);?$|\s*(?:#|//).*$")


def is_program(text: str) -> bool:
    """Whether a text is program text from its first line to its last: it answers nothing, it says how one would."""
    lines = [line for line in text.replace("```", "\n").splitlines() if line.strip()]
    lines = lines[1:] if lines and lines[0].strip().isalpha() and len(lines) > 1 else lines  # the fence's language
    keywords = [any(form.match(line) for form in _KEYWORDS) for line in lines]
    return any(keywords) and all(word or _ASSIGNED.match(line) for word, line in zip(keywords, lines, strict=True))


def without_echo(text: Mapped) -> Mapped:
    """The text without what prompts say: `e.g. "A"`, sentences on how to answer; nor program text beside an answer."""
    outside = text.sub(_FENCED, " ")
    text = (outside if outside.text.strip() else text).sub(_EXAMPLE, " ")
    said = ((span, clause(span.of(text.text))) for span in sentences(text.text))
    echoes = (span for span, words in said if words.holds("instructs") or words.opens("illustrates"))
    return replace(text, text=_blanked(text.text, echoes))


def _blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in place of the spans; its places stay as they are."""
    kept = list(text)
    for span in spans:
        kept[span.start : span.end] = " " * (span.end - span.start)
    return "".join(kept)


def without_asides(text: str, options: Iterable[str] = ()) -> str:
    """The text with blanks in place of every part that does not decide; its places stay as they are.

    Words of ``options`` suppose nothing: "The number would rise" may be one.
    """
    manners = (Span(part.start + a, part.start + b) for part in clauses(text) for a, b in _manners(part.of(text)))
    kept = own_words(_blanked(text, manners), "choice", clauses(text), options)
    if kept[-3:].isspace() and text[-1].isalnum() and _CUT_OFF.issuperset(clause(text).words[-1:]):
        return kept[:-3] + "..."  # still seen to be cut off
    return kept


def _manners(said: str) -> list[tuple[int, int]]:
    """Where conditions stand that are manners of speaking: of "if you look closely, B" not the B."""
    words, found = clause(said), []
    placed = (*words.starts, len(said))
    for place, end in words.find("manners"):
        comma = said.find(",", placed[place])
        found.append((placed[place], comma if comma >= 0 else placed[end]))
    return found


def own_words(text: str, reader: str, parts: list[Span] | None = None, options: Iterable[str] = ()) -> str:
    """The text with blanks in place of every clause that is not its own word on what ``reader`` looks for."""
    manner = _MANNERS[reader]
    weighed = text
    for option in options:
        if " " in option and _is_out(clause(option), manner):
            weighed = re.sub(
                re.escape(option.rstrip(".")), lambda said: "x" * len(said[0]), weighed, flags=re.IGNORECASE
            )
    gone = list[Span]()
    left = led = False  # what stands before, and whether it takes this along
    for part in parts or clauses(text):
        said = part.of(text)
        words = clause(part.of(weighed))
        ends = said.rstrip().endswith(",")
        along = left and not words.opens("turns") and (led or words.opens(manner.follows))
        left = bool(along or (ends and words.opens(manner.concedes)) or _is_out(words, manner))
        led = ends and words.opens(manner.leads) > 0
        answer = _ANSWER.match(said) if "\n" not in text[max(0, part.start - 2) : part.start] and part.start else None
        start = part.start + (answer.end() if answer else 0)
        gone += [Span(start, part.start + len(said.rstrip(manner.stops)))] if left else []
    return _blanked(text, gone)


def _is_out(said: Clause, manner: _Manner) -> bool:
    return any(said.holds(role) and not any(map(said.holds, saved_by)) for role, saved_by in manner.takes.items())
