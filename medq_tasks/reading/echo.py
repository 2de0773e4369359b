"""What a reply repeats of the question and is no answer: "(Yes or No)", and program text."""

from __future__ import annotations

import re
from collections.abc import Collection

_LIST = re.compile(r"\(([^()\n]{1,120})\)")
_SEPARATOR = re.compile(r"\s*(?:,|/|\||\bor\b|\band\b)\s*", re.IGNORECASE)
_EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|for instance|such as),?\s*[\"'(]{0,2}[A-Z][\"')]{1,2}", re.IGNORECASE)
_KEYWORD = re.compile(
    r"\s*(?:def \w+\(|return\b|if .+[:{]$|elif .+:$|else\s*[:{]|for .+[:{]$|while .+[:{]$|import \w|from \w+ import|"
    r"if .+ then .+ else |print\(|console\.log\(|class \w+|(?:const|let|var) \w|function \w*\(|#include|switch ?\(|case .+:$)"
)
_ASSIGNED = re.compile(r"\s*[\w.\[\]'\"]+ ?[-+*/]?= ?\S|\s*[})\]];?$|\s*\w+\([^)]*\);?$|\s*(?:#|//).*$")


def without_lists(text: str, values: Collection[str]) -> str:
    """The text without bracketed lists of two or more of the values, and without `e.g. "A"`: both are of the question."""
    known = {value.casefold().strip() for value in values}

    def blank(found: re.Match[str]) -> str:
        parts = [part.casefold().strip(" .'\"") for part in _SEPARATOR.split(found[1]) if part]
        return " " if len(parts) > 1 and all(part in known for part in parts) else found[0]

    return _EXAMPLE.sub(" ", _LIST.sub(blank, text))


_INSTRUCTION = re.compile(
    r"[^.!?\n]*\b(?:option's letter|letter of the (?:one )?(?:correct|right)|only the letter|(?:only|just) with (?:a|the) "
    r"letter|letter from the given choices)\b[^.!?\n]*[.!?]?",
    re.IGNORECASE,
)


def without_instructions(text: str) -> str:
    """The text without sentences that only say how to answer, as prompts do."""
    return _INSTRUCTION.sub(" ", text)


def is_program(text: str) -> bool:
    """Whether a text is program text from its first line to its last: it answers nothing, it says how one would."""
    lines = [line for line in text.replace("```", "\n").splitlines() if line.strip()]
    lines = lines[1:] if lines and lines[0].strip().isalpha() and len(lines) > 1 else lines  # the fence's language
    keywords = [bool(_KEYWORD.match(line)) for line in lines]
    return any(keywords) and all(word or _ASSIGNED.match(line) for word, line in zip(keywords, lines, strict=True))
