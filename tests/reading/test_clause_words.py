"""Every line of the lexicon of clauses: its example holds one of its forms."""

import pytest

from medq_tasks.reading.clause_words import clause
from medq_tasks.reading.lexicon import load

ENTRIES = load("clauses").entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.role}-{entry.language}")
def test_the_example_holds_the_role(entry):
    assert clause(entry.example).holds(entry.role)


def test_each_role_and_language_is_one_line():
    lines = [(entry.role, entry.language) for entry in ENTRIES]
    assert len(lines) == len(set(lines))


def test_marks_are_no_words():
    assert clause("It's (not) **Image A**, is it?").words == ("it", "'s", "not", "image", "a", "is", "it")


def test_the_longest_phrase_at_a_place_counts():
    assert clause("Take that back, B is better.").find("retracts") == [(0, 3)]
    assert clause("Take that one.").find("retracts") == []
    assert clause("As long as it is sharp, B.").find("breaks") == [(0, 3)]  # not the "as" in it once more


def test_what_a_stretch_of_words_holds_ends_within_it():
    said = clause("not B, and not C")
    assert [said.holds("rejects", *stretch) for stretch in ((), (0, 3), (1, 3), (3, 5), (3, 3))] == [4, 1, 0, 4, 0]


@pytest.mark.parametrize(("text", "length"), [("the answer is B", 3), ("final answer: B", 2), ("it is B", 0), ("", 0)])
def test_what_words_open_with(text, length):
    assert clause(text).opens("marks") == length
