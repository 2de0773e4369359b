"""A text that is cut out of a raw one and changed keeps its places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.reading.mapped import Mapped, joined
from medq_tasks.reading.text import final_text, seen, two_ends, undressed

PIECES = [
    *("<b>", "</b>", "<br>", "<A>", "**", "_x_", "__", "~~no~~", "- ", "# ", "`", "\\text{", "\\textbf", "$", "\\("),
    *("&amp;", "&nbsp;", "&lt;", "&amp;lt;", "Ｂ", "①", "ﬁ", "½", "e\u0301", "\u0301", "한", "\u1112\u1161\u11ab", "ｶﾞ"),
    *("\u00ad", "\u200b", "\ufe0f", "答案是", "選", "“", "—", "word—word", "e.g.", "OptionB", "answer_b"),
    *("\r\n", "\r", "\\n", "......", "     ", "👉", "👎", "word", "B", " ", "\n", "fine line\nwrapped"),
    *("<think>", "</think>", "<|im_end|>", "\nuser\n", "\nassistant\n", "[INST]", "[/INST]", "<answer>"),
    *("<dream>a b</dream>", "\u09c7\u09be", "İ", "ı", "🅱"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "plain_text", "shown"),
    [
        ("a **B**", "a B", ["a", " ", "B"]),
        ("a<br>b", "a b", ["a", "<br>", "b"]),
        ("x<B>", "x(B)", ["x", "<", "B", ">"]),
        ("optionB", "option B", [*"option", "B", "B"]),
        ("a&lt;B", "a<B", ["a", "&lt;", "B"]),
        ("“so\u00ad it", '"so it', ["“", "s", "o", " ", "i", "t"]),
        ("Ｂ①ﬁ", "B1fi", ["Ｂ", "①", "ﬁ", "ﬁ"]),
        ("e\u0301a \u1112\u1161\u11ab!", "éa 한!", ["e\u0301", "a", " ", "\u1112\u1161\u11ab", "!"]),
        ("it is e.g. so", "it is eg so", [*"it is ", "e", ".g.", *" so"]),
        ("\\text{B}", "{B}", ["{", "B", "}"]),
    ],
)
def test_the_places_of_a_plain_text(raw, plain_text, shown):
    said = undressed(Mapped.of(raw))
    assert said.text == plain_text
    assert [raw[start:end] for start, end in zip(said.starts, said.ends, strict=True)] == shown


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_plain_text_knows_its_places_in_order(reply):
    said = undressed(Mapped.of(reply))
    assert len(said.text) == len(said.starts) == len(said.ends)
    assert list(said.starts) == sorted(said.starts)
    assert all(start < end for start, end in zip(said.starts, said.ends, strict=True))


def test_what_stands_nowhere_has_no_place():
    assert Mapped("B").place(0, 1) is None
    assert joined([Mapped.of("a"), Mapped("b")]).place(0, 2) is None
    assert Mapped("ab").sub(re.compile("b"), "cd") == Mapped("acd")
    assert Mapped.of("(B).").place(0, 4) == (1, 2)
    assert Mapped.of("...").place(0, 3) is None


def test_cut_stripped_and_joined():
    raw = Mapped.of("  ab cd ")
    assert (raw.strip().text, raw.strip().starts) == ("ab cd", range(2, 7))
    assert (Mapped.of(" \n").strip().text, list(Mapped.of(" \n").strip().starts)) == ("", [])
    both = joined([raw[2:4], raw[:0], raw[5:7]])
    assert (both.text, list(both.starts)) == ("abcd", [2, 3, 5, 6])
    assert joined([raw[:0], raw[5:7]]).starts == range(5, 7)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_is_seen_of_a_reply_keeps_its_places(reply):
    shown = seen(reply)
    assert shown.text == two_ends(final_text(reply))
    assert list(shown.starts) == sorted(shown.starts)
    assert all(reply[place] == sign or sign == "\n" for place, sign in zip(shown.starts, shown.text, strict=True))


def test_the_two_ends_of_a_long_reply_keep_their_places():
    reply = "<think>a</think>" + "It is so. " * 1_000 + "The answer is Ｂ."
    shown = seen(reply)
    assert len(shown.text) < 4_000
    assert shown.starts[shown.text.index("It is")] == len("<think>a</think>")
    assert shown.starts[shown.text.rindex("Ｂ")] == len(reply) - 2
