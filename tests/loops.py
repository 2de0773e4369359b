"""Replies that repeat themselves: units that rules react to, alone, in pairs and triples, with a head and a tail.

The units are drawn from the rules themselves, so a new word in a vocabulary is tried with the rest.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
from collections.abc import Iterator

import medq_tasks.answers
import medq_tasks.judge
import medq_tasks.reading
from medq_tasks.reading import lexicon

MARKS = [
    *"()[]{}<>\"'`*_~#|\\/-+=.,;:!?$%&@^ \n\t\r\x0b\x85\u2028\u00a0\u3000\u200b1２٣½éı中\x00\ud800👉✓ﷺ",
    *(
        "\\n",
        "```",
        "**",
        "~~",
        "<br>",
        "<b ",
        "<score>",
        "</score>",
        '<score x="',
        "<answer>",
        "</answer>",
        "<answer ",
    ),
    *("<think>", "</think>", "<|", "<|im_end|>", "<|channel|>", "<|channel|>final<|message|>", "[INST]", "\\boxed{"),
    *("\\text{", '{"a":', '{"answer":', "[[", "[]", "&lt;", "&#", "&#1", "://", "sk-", "bearer ", "a\u0301\u0327"),
    *("\u0301\u0327", "user:\n", "### user\n", "- ", "> ", "1. ", "1,", "0.", "A.", "B ", "aA", "'d ", "answerB "),
]
PHRASES = [
    *(
        "Score: 1 ",
        "Score: 1\n",
        "Score: 1. Score: 2. ",
        "2分",
        "score:0 ",
        "score-",
        "so 1, ",
        "1 is right ",
        "1 point ",
    ),
    *(
        "the answer is B. ",
        "A or B, ",
        "not A, ",
        "no, wait, ",
        "if ",
        "A: 10%, ",
        "A. Motion blur B. Noise ",
        "no noise, ",
    ),
    *("image a is better than image b ", "The quality is good. ", "good, usable, reject ", "Verdict: good\n", "to be "),
    *("clinical ", "call", "deem", " graded", "technical\nclinical ", "0 = none, 1 = part, 2 = all ", "0, 1 or 2 "),
]
HEADS = ["", "", "the image ", "Score ", "not ", "<think>", '{"answer":"', "A. ", "accuracy "]
TAILS = ["", "", " Score: 1", "\nAnswer: B", " truly good in general", "</think>B", "}", " x"]
_JUDGE = ("fence",)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled rule of the readers: ``module.NAME`` -> pattern."""
    names = [f"medq_tasks.answers.{module.name}" for module in pkgutil.iter_modules(medq_tasks.answers.__path__)]
    names += [module.name for module in pkgutil.walk_packages(medq_tasks.reading.__path__, "medq_tasks.reading.")]
    found: dict[str, re.Pattern[str]] = {}
    for name in [*names, *(f"medq_tasks.judge.{module}" for module in _JUDGE)]:
        for attribute, value in vars(importlib.import_module(name)).items():
            steps = [step[0] for step in value if isinstance(step, tuple)] if isinstance(value, tuple) else [value]
            for number, rule in enumerate(steps):
                if isinstance(rule, re.Pattern) and rule not in found.values():
                    found[f"{name.rpartition('.')[2]}.{attribute}{number or ''}"] = rule
    return found


def units() -> list[str]:
    """The marks, phrases and words that rules react to."""
    words = (re.findall(r"[a-z']{2,}|[\u4e00-\u9fff]+", rule.pattern, re.IGNORECASE) for rule in patterns().values())
    tables = (path.stem for path in sorted(lexicon.FOLDER.glob("*.tsv")))
    entries = (
        " ".join(min(slot.words) for slot in form)
        for name in tables
        for entry in lexicon.load(name).entries
        for form in entry.forms
    )
    return list(dict.fromkeys([*MARKS, *PHRASES, *(word for found in words for word in found), *entries]))


def recipes(mixed: int, seed: int = 13) -> list[tuple[str, str, str]]:
    """Head, unit and tail of every loop: each unit by itself, then ``mixed`` random pairs and triples."""
    draw, single = random.Random(seed), units()
    pairs = ["".join(draw.choices(single, k=2 + number % 2)) for number in range(mixed)]
    spaced = [f"{word} " for word in single if word.isalpha()]
    return [(draw.choice(HEADS), unit, draw.choice(TAILS)) for unit in [*single, *spaced, *pairs]]


def loop(recipe: tuple[str, str, str], size: int) -> str:
    """The loop of ``recipe`` with ``size`` characters between head and tail."""
    head, unit, tail = recipe
    return f"{head}{(unit * (size // len(unit) + 1))[:size]}{tail}"


NESTED = [
    ('{"a":', "1", "}"),
    ("[", "", "]"),
    ('{"answer":[', '"B"', "]}"),
    ("<answer>", "B", "</answer>"),
    ("\\boxed{", "B", "}"),
    ("<think>", "B", "</think>"),
    ("(", "B", ")"),
]


def nested(depth: int) -> Iterator[str]:
    """JSON and marks inside each other, closed and not, by themselves and as an answer."""
    for opening, inner, closing in NESTED:
        closed = opening * depth + inner + closing * depth
        yield from (opening * depth, closed, f'{{"answer":{closed}}}')
