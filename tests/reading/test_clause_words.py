"""Every line of the lexicon of clauses: its example holds one of its forms."""

import pytest

from medq_tasks.reading.clause_words import find, holds, opens, words
from medq_tasks.reading.lexicon import load

ENTRIES = load("clauses").entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.role}-{entry.language}")
def test_the_example_holds_the_role(entry):
    assert holds(entry.example, entry.role)


def test_each_role_and_language_is_one_line():
    lines = [(entry.role, entry.language) for entry in ENTRIES]
    assert len(lines) == len(set(lines))


def test_marks_are_no_words():
    assert words("It's (not) **Image A**, is it?") == ("it", "'s", "not", "image", "a", "is", "it")


def test_the_longest_phrase_at_a_place_counts():
    (found,) = find("In terms of contrast, B is better.", "regarding")
    assert (found.place, found.end) == (0, 3)
    assert find("Nothing of the kind.", "regarding") == []


@pytest.mark.parametrize(
    ("clause", "length"), [("the answer is B", 3), ("final answer: B", 2), ("it is B", 0), ("", 0)]
)
def test_what_words_open_with(clause, length):
    assert opens(words(clause), "marks") == length
