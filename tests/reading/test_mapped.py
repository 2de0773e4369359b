"""A text that is cut out of a raw one keeps its places, and so do the words of the raw one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.reading.locate import _Words
from medq_tasks.reading.mapped import Mapped, joined
from medq_tasks.reading.text import final_text, plain, seen, two_ends

PIECES = [
    *("<b>", "</b>", "<br>", "<A>", "**", "_x_", "__", "~~no~~", "- ", "# ", "`", "\\text{", "\\textbf", "$", "\\("),
    *("&amp;", "&nbsp;", "&lt;", "&amp;lt;", "Ｂ", "①", "ﬁ", "½", "e\u0301", "\u0301", "한", "\u1112\u1161\u11ab", "ｶﾞ"),
    *("\u00ad", "\u200b", "\ufe0f", "答案是", "選", "“", "—", "word—word", "e.g.", "OptionB", "answer_b"),
    *("\r\n", "\r", "\\n", "......", "     ", "👉", "👎", "word", "B", " ", "\n", "fine line\nwrapped"),
    *("<think>", "</think>", "<|im_end|>", "\nuser\n", "\nassistant\n", "[INST]", "[/INST]", "<answer>"),
    *("<dream>a b</dream>", "\u09c7\u09be", "İ", "ı", "🅱"),
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("around", ["{}", "so {} it", "so{} it", "{}{}"])
def test_the_words_of_a_raw_text_are_those_of_the_plain_one(piece, around):
    raw = around.replace("{}", piece)
    assert _Words.of_raw(raw).words == _Words.of(plain(raw)).words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("a **B**", ["a", "B"]),
        ("a<br>b", ["a", "b"]),
        ("x<B>", ["x", "B"]),
        ("isB optionB", ["is", "B", "option", "B"]),
        ("a&lt;B", ["a", "B"]),
        ("“so\u00ad it", ["so", "it"]),
        ("Ｂ①ﬁ", ["Ｂ①ﬁ"]),
        ("\\text{e\u0301a} \u1112\u1161\u11ab!", ["e\u0301a", "\u1112\u1161\u11ab"]),
        ("ca**us**e", ["ca**us**e"]),
    ],
)
def test_where_the_words_of_a_raw_text_stand(raw, words):
    found = _Words.of_raw(raw)
    assert [raw[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == words


def test_cut_stripped_and_joined():
    raw = Mapped.of("  ab cd ")
    assert (raw.strip().text, raw.strip().places) == ("ab cd", range(2, 7))
    assert (Mapped.of(" \n").strip().text, list(Mapped.of(" \n").strip().places)) == ("", [])
    both = joined([raw[2:4], raw[:0], raw[5:7]])
    assert (both.text, list(both.places)) == ("abcd", [2, 3, 5, 6])
    assert joined([raw[:0], raw[5:7]]).places == range(5, 7)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_is_seen_of_a_reply_keeps_its_places(reply):
    shown = seen(reply)
    assert shown.text == two_ends(final_text(reply))
    assert list(shown.places) == sorted(shown.places)
    assert all(reply[place] == sign or sign == "\n" for place, sign in zip(shown.places, shown.text, strict=True))


def test_the_two_ends_of_a_long_reply_keep_their_places():
    reply = "<think>a</think>" + "It is so. " * 1_000 + "The answer is Ｂ."
    shown = seen(reply)
    assert len(shown.text) < 4_000
    assert shown.places[shown.text.index("It is")] == len("<think>a</think>")
    assert shown.places[shown.text.rindex("Ｂ")] == len(reply) - 2
