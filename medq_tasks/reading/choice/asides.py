"""What a reply says and does not mean as its answer: the prompt's words, program text, conditions, others' opinions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from medq_tasks.reading.choice.options import WORDS
from medq_tasks.reading.clause_words import Clause, clause
from medq_tasks.reading.mapped import Mapped
from medq_tasks.reading.scope import Span, clauses, sentences

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


def without_asides(text: str) -> str:
    """The text with blanks in place of every part that does not decide; its places stay as they are."""
    manners = (Span(part.start + a, part.start + b) for part in clauses(text) for a, b in _manners(part.of(text)))
    kept = _blanked(text, manners)
    gone = []
    supposed = False
    for part in clauses(text):
        said = part.of(kept)
        words = clause(said)
        supposed = _sets_condition(words) or (supposed and words.opens("follows") > 0)
        if supposed or _is_told(words, said.rstrip().endswith(",")):
            answer = _ANSWER.match(said) if part.start and "\n" not in text[part.start - 2 : part.start] else None
            gone.append(Span(part.start + answer.end(), part.end) if answer else part)
    kept = _blanked(kept, gone)
    if kept[-3:].isspace() and text[-1].isalnum() and WORDS.singles["cut"].issuperset(clause(text).words[-1:]):
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


def _sets_condition(said: Clause) -> bool:
    """Whether a part is under a condition; "if I had to choose, B" is not."""
    forced = {at for place, end in said.find("forces") for at in range(place, end)}
    return any(place not in forced for place, _ in said.find("conditions"))


def _is_told(said: Clause, goes_on: bool) -> bool:
    """Whether a part reports what others think, weighs what might be, or gives advice."""
    if said.holds("reports") or (said.opens("concedes") and goes_on):
        return True
    weighed = said.holds("weighs") and not said.holds("performs")
    return bool(weighed or (said.holds("advises") and not said.holds("marks")))
