"""A text that knows its places, step by step and through all of the plain spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.reading.mapped import Compatible, Mapped, Replace, Signs, Sub, joined, respell
from medq_tasks.reading.text import final_text, plain, plain_mapped, seen, two_ends

PIECES = [
    *("<b>", "</b>", "<br>", "<A>", "**", "_x_", "__", "~~no~~", "- ", "# ", "`", "\\text{", "\\textbf", "$", "\\("),
    *("&amp;", "&nbsp;", "&lt;", "&amp;lt;", "Ｂ", "①", "ﬁ", "½", "e\u0301", "\u0301", "한", "\u1112\u1161\u11ab", "ｶﾞ"),
    *("\u00ad", "\u200b", "\ufe0f", "答案是", "選", "“", "—", "word—word", "e.g.", "OptionB", "answer_b"),
    *("\r\n", "\r", "\\n", "......", "     ", "👉", "👎", "word", "B", " ", "\n", "fine line\nwrapped"),
    *("<think>", "</think>", "<|im_end|>", "\nuser\n", "\nassistant\n", "[INST]", "[/INST]", "<answer>"),
    *("<dream>a b</dream>", "\u09c7\u09be", "İ", "ı", "🅱"),
]  # fmt: skip


def origins(mapped: Mapped, raw: str) -> list[str]:
    """The raw characters that each character stands for."""
    return [raw[start:end] for start, end in zip(mapped.starts, mapped.ends, strict=True)]


@pytest.mark.parametrize(
    ("step", "raw", "text", "from_"),
    [
        (Sub(re.compile(r"\*\*"), ""), "a **B**", "a B", ["a", " ", "B"]),
        (Sub(re.compile(r"<br>"), " "), "a<br>b", "a b", ["a", "<br>", "b"]),
        (Sub(re.compile(r"<(\w)>"), r"(\1)"), "x<B>", "x(B)", ["x", "<", "B", ">"]),
        (Sub(re.compile(r"(is)(B)"), r"\1 \2"), "isB", "is B", ["i", "s", "", "B"]),  # inserted: it stands for nothing
        (Sub(re.compile(r"(-)\1+"), r"\1\1"), "a----", "a--", ["a", "-", "-"]),
        (Sub(re.compile("b"), "cc", within=2), "bbb", "ccccb", ["b", "b", "b", "b", "b"]),
        (Replace("&lt;", "<"), "a&lt;B", "a<B", ["a", "&lt;", "B"]),
        (Signs({0xAD: None, ord("“"): '"'}), "“so\u00ad", '"so', ["“", "s", "o"]),
        (Compatible(), "Ｂ①ﬁ", "B1fi", ["Ｂ", "①", "ﬁ", "ﬁ"]),
        (Compatible(), "e\u0301a", "éa", ["e\u0301", "a"]),
        (Compatible(), "\u1112\u1161\u11ab!", "한!", ["\u1112\u1161\u11ab", "!"]),
    ],
)
def test_a_step_keeps_the_places(step, raw, text, from_):
    assert step(raw) == text
    mapped = step.mapped(Mapped.of(raw))
    assert (mapped.text, origins(mapped, raw)) == (text, from_)


def test_steps_follow_each_other_and_one_without_effect_changes_nothing():
    raw = Mapped.of("so &lt;Ｂ")
    steps = (Compatible(), Replace("&lt;", "<"), Replace("?", "!"))
    assert origins(respell(raw, steps), raw.text) == ["s", "o", " ", "&lt;", "Ｂ"]
    assert respell(raw, (Replace("?", "!"),)) is raw


def test_cut_stripped_and_joined():
    raw = Mapped.of("  ab cd ")
    assert (raw.strip().text, raw.strip().raw(0, 5)) == ("ab cd", (2, 7))
    assert (Mapped.of(" \n").strip().text, list(Mapped.of(" \n").strip().starts)) == ("", [])
    both = joined([raw[2:4], raw[:0], raw[5:7]])
    assert (both.text, list(both.starts), list(both.ends)) == ("abcd", [2, 3, 5, 6], [3, 4, 6, 7])
    assert joined([raw[:0], raw[5:7]]).starts == range(5, 7)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_the_spelling_with_places_is_the_one_without(reply):
    final = seen(reply)
    assert final.text == two_ends(final_text(reply))
    mapped = plain_mapped(final)
    assert mapped.text == plain(final.text)
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    assert all(start <= end for start, end in zip(mapped.starts, mapped.ends, strict=True))
    assert list(mapped.starts) == sorted(mapped.starts)


def test_the_two_ends_of_a_long_reply_keep_their_places():
    reply = "<think>a</think>" + "It is so. " * 1_000 + "The answer is Ｂ."
    mapped = plain_mapped(seen(reply))
    assert len(mapped.text) < 4_000
    first, last = mapped.text.index("It is"), mapped.text.rindex("B")
    assert mapped.raw(first, first + 5) == (16, 21)
    assert mapped.raw(last, last + 1) == (len(reply) - 2, len(reply) - 1)
