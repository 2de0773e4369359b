"""What a reply repeats of the question and is no answer: "(Yes or No)", and program text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from medq_tasks.reading.choice.options import bare
from medq_tasks.reading.clause_words import holds, opens, words
from medq_tasks.reading.spans import sentences

_LIST = re.compile(r"\(([^()\n]{1,120})\)")
_FENCED = re.compile(r"```(?!json|text|markdown|plain|xml|yaml|latex)[A-Za-z+#]{1,15}\n[^`]{0,3000}(?:```|\Z)")
_SEPARATOR = re.compile(r"\s*(?:,|/|\||\bor\b|\band\b)\s*", re.IGNORECASE)
_EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|for instance|such as),?\s*[\"'(]{0,2}[A-Z][\"')]{1,2}", re.IGNORECASE)
_KEYWORDS = tuple(
    re.compile(r"\s*" + form)
    for form in (
        r"def \w+\(", r"return\b", r"if .+[:{]$", r"elif .+:$", r"else\s*[:{]", r"for .+[:{]$", r"while .+[:{]$",
        r"import \w", r"from \w+ import", r"if .+ then .+ else ", r"print\(", r"console\.log\(", r"class \w+",
        r"(?:const|let|var) \w", r"function \w*\(", r"#include", r"switch ?\(", r"SELECT\b.*;$", r"case .+:$",
    )
)  # fmt: skip
_ASSIGNED = re.compile(r"\s*[\w.\[\]'\"]+ ?[-+*/]?= ?\S|\s*[})\]];?$|\s*\w+\([^)]*\);?$|\s*(?:#|//).*$")


def without_echo(text: str, options: Mapping[str, str]) -> str:
    """The text without what prompts say: lists of the options, `e.g. "A"`, sentences on how to answer."""
    outside = _FENCED.sub(" ", text)
    text = outside if outside.strip() else text
    return _without_instructions(_EXAMPLE.sub(" ", _without_brackets(text, options)))


def _without_brackets(text: str, options: Mapping[str, str]) -> str:
    known = {bare(value) for value in (*options, *options.values())}

    def blank(found: re.Match[str]) -> str:
        said = [bare(part) for part in _SEPARATOR.split(found[1]) if part]
        return " " if len(said) > 1 and all(part in known for part in said) else found[0]

    return _LIST.sub(blank, text)


def _without_instructions(text: str) -> str:
    kept = list(text)
    for span in sentences(text):
        if holds(span.of(text), "instructs") or opens(words(span.of(text)), "illustrates"):
            kept[span.start : span.end] = " " * (span.end - span.start)
    return "".join(kept)


def is_program(text: str) -> bool:
    """Whether a text is program text from its first line to its last: it answers nothing, it says how one would."""
    lines = [line for line in text.replace("```", "\n").splitlines() if line.strip()]
    lines = lines[1:] if lines and lines[0].strip().isalpha() and len(lines) > 1 else lines  # the fence's language
    keywords = [any(form.match(line) for form in _KEYWORDS) for line in lines]
    return any(keywords) and all(word or _ASSIGNED.match(line) for word, line in zip(keywords, lines, strict=True))
