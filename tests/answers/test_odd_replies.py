"""Replies that loop, nest, are huge or hold odd characters: read as what they say, in time that their length bounds."""

from __future__ import annotations

import re._constants as constants
import re._parser as parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.answers import Reading, explain_choice, failure, final_text, read_choice, read_verdict
from medq_tasks.reading.choice.options import OptionBook
from medq_tasks.reading.text import two_ends
from tests import loops
from tests.cases import check_all

TYPES = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "No obvious degradation"}
POLAR = {"A": "No", "B": "Yes"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)  # half surrogates and NUL, too


@pytest.mark.parametrize(
    ("reply", "reading"),
    [
        ("", Reading(None, "empty reply")),
        (" \n\t\u3000", Reading(None, "empty reply")),
        ("\x00\x07\x7f", Reading(None, "empty reply")),
        ("\ud800", Reading(None, "no option named")),
        ("B\ud800", Reading("B")),
        ("Answer:\x00 B", Reading("B")),
        ("<think>" + "A or D? " * 600_000 + "</think>B", Reading("B")),
        ("<think>" + "A or D? " * 600_000, Reading(None, "cut off while thinking")),
        ("The edges are sharp in this part. " * 150_000 + "The answer is C.", Reading("C")),
        ("B" * 5_000_000, Reading(None, "no option named")),
        ("<|channel|>final<|constrain|>" + " " * 1_000_000 + "json<|message|>B", Reading("B")),
        ('{"answer": ' + "1" * 5_000 + "}", Reading(None, "no option named")),
        ("the f\u0131rst option", Reading("A")),  # a pattern that ignores case takes a dotless i for an i
        ("the F\u0130RST option", Reading("A")),
    ],
)
def test_what_odd_replies_become(reply, reading):
    said = explain_choice(reply, TYPES)
    assert (said.choice, said.reason) == (reading.choice, reading.reason)


@pytest.mark.parametrize("reply", [None, b"B", ["B", "C"], 1])
@pytest.mark.parametrize(
    "read",
    [final_text, failure, lambda reply: read_choice(reply, TYPES), lambda reply: read_verdict(reply, "comparison")],
)
def test_what_is_no_text_is_refused(read, reply):
    """Several draws are several replies; joined to one they would have a meaning that no draw has."""
    with pytest.raises(TypeError, match="a reply is a str"):
        read(reply)


@pytest.mark.parametrize("lead", ["call", "deem", "judge", "consider", " graded", " to be", " is call"])
def test_words_that_a_rule_could_cut_in_many_ways_are_tried_in_few(lead):
    """2 ** 24 ways and more took minutes and hours; nothing but the end of this test shows that they are few."""
    assert read_verdict(f"The image {lead * (100 // len(lead))} truly good in general.", "no_reference") in (
        "good",
        None,
    )


@pytest.mark.parametrize("words", ["clinical ", "diagnostic ", "and clear ", "\"'"])
def test_words_after_a_level_are_tried_in_few_ways(words):
    assert read_verdict(f"The good {words * (3_000 // len(words))}x", "no_reference") is None


def test_json_is_read_fifty_deep_whatever_the_stack():
    def nest(depth: int) -> str:
        return '{"a":' * depth + '{"answer": "B"}' + "}" * depth

    def deeper(frames: int, reply: str) -> str | None:
        return read_choice(reply, TYPES) if frames == 0 else deeper(frames - 1, reply)

    assert read_choice(nest(40), TYPES) == "B"
    for reply in [*loops.nested(45), *loops.nested(60), *loops.nested(570), *loops.nested(20_000)]:
        assert deeper(400, reply) == read_choice(reply, TYPES)


def test_an_option_of_any_length_is_prepared():
    book = OptionBook(
        {"A": "a" + "\u0301\u0327" * 500_000, "B": "noise " * 100_000, "C": "Yes, the", "D": "{" * 10_000}
    )
    assert book.keys == ("A", "B", "C", "D")
    assert max(book.sizes) <= 2_000
    assert read_choice("noise " * 300, {"A": "noise " * 300, "B": "Blur"}) == "A"


def test_blanks_without_end_are_skipped_once():
    """Two rules for blanks side by side would share these out in 10 ** 10 ways."""
    assert final_text("<|channel|>final<|constrain|>" + " " * 200_000 + "!") == "final"


def test_readers_look_at_two_ends_of_a_bounded_size():
    def check(recipe):
        assert len(two_ends(loops.loop(recipe, 100_000))) <= 3_502

    check_all(((repr(recipe), recipe) for recipe in loops.recipes(300)), check)


# A repeat without bound inside another one: each must be unable to match the same text in two ways. Looked at by hand:
NESTED = {
    "verdicts._LOOP",  # blanks part the words
    "spelling._SUM",  # a sign of arithmetic stands in each round
    "spelling._REPEATED",  # blanks part the letters
    "spelling._LOOP",  # each round is the first one again
}


def _flaws(tree, inside=False):
    for kind, value in tree:
        if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            endless = value[1] is constants.MAXREPEAT
            yield from ["nested"] if endless and inside else []
            yield from _flaws(value[2], inside or endless or value[1] >= 16)
        elif kind is constants.SUBPATTERN:
            yield from _flaws(value[3], inside)
        elif kind in (constants.ASSERT, constants.ASSERT_NOT):
            yield from _flaws(value[1], inside)
        elif kind is constants.BRANCH:
            branches = [repr(list(branch)) for branch in value[1]]
            yield from ["twice"] if len(set(branches)) < len(branches) else []
            for branch in value[1]:
                yield from _flaws(branch, inside)


def test_no_rule_repeats_a_repeat_or_names_a_word_twice():
    """ "clinical" named twice in a list that repeats: each "clinical" of a reply doubled the time."""
    rules = loops.patterns()
    assert len(rules) > 100
    found = {name: set(_flaws(parser.parse(rule.pattern, rule.flags))) for name, rule in rules.items()}
    assert {name for name, flaws in found.items() if "nested" in flaws} == NESTED
    assert not {name for name, flaws in found.items() if "twice" in flaws}


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.sampled_from(loops.recipes(300)), st.sampled_from([TYPES, POLAR]))
def test_any_character_in_any_loop_is_read_alike_twice(text, recipe, options):
    reply = text + loops.loop(recipe, 400)
    reading = explain_choice(reply, options)
    assert reading == explain_choice(reply, options)
    assert reading.choice is None or reading.choice in options
    for kind in ("no_reference", "comparison"):
        assert read_verdict(reply, kind) == read_verdict(reply, kind)


@settings(max_examples=200, deadline=None)
@given(st.lists(ANY_TEXT, max_size=4), ANY_TEXT)
def test_options_of_any_characters_raise_nothing(texts, reply):
    options = dict(zip("ABCD", texts, strict=False))
    assert read_choice(reply, options) in {*options, None}
