"""The tables of words: every line has its example, and the example shows the line at work."""

from __future__ import annotations

import re

import pytest

from medq_tasks.reading import lexicon
from medq_tasks.reading.text import plain
from medq_tasks.reading.tokens import tokenise
from tests.cases import check_all

TABLES = sorted(path.stem for path in lexicon.FOLDER.glob("*.tsv"))
LANGUAGES = {"en", "zh", "ja", "ko", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "id", "vi", "ar", "hi", "sv"}


def _holds(entry: lexicon.Entry, words: list[str]) -> bool:
    table = lexicon.Lexicon([entry])
    return any(table.longest(words, index) for index in range(len(words)))


@pytest.mark.parametrize("table", TABLES)
def test_the_example_of_every_entry_holds_one_of_its_forms(table):
    def check(entry):
        words = [unit.word for unit in tokenise(plain(entry.example))]
        lowered = [word.lower() for word in words]
        assert _holds(entry, words) or _holds(entry, lowered)

    check_all(((f"{entry.role} {entry.example}", entry) for entry in lexicon.load(table).entries), check)


@pytest.mark.parametrize("table", TABLES)
def test_entries_are_words_not_patterns(table):
    def check(entry):
        assert entry.language in LANGUAGES
        words = [word for form in entry.forms for slot in form for word in slot.words]
        assert all(word == word.strip() and word for word in words)
        assert not any(re.search(r"[\\*^$\[\]{}]", word) for word in words)

    check_all(((f"{entry.role} {entry.example}", entry) for entry in lexicon.load(table).entries), check)


def test_the_longest_form_wins_and_of_equals_the_first():
    words = lexicon.load("common")
    assert words.longest(["i", "do", "not", "think"], 1) == ("denies_belief", 4)
    assert words.longest(["no", "doubt"], 0) == ("likely", 2)
    assert words.longest(["zebra"], 0) is None


def test_an_optional_word_may_be_missing_and_no_form_is_found_behind_the_end():
    form = (lexicon.Slot(frozenset(["of"]), True), lexicon.Slot(frozenset(["it"]), False))
    table = lexicon.Lexicon([lexicon.Entry("role", "en", (form,), "of it")])
    assert table.longest(["of", "it"], 0) == ("role", 2)
    assert table.longest(["it"], 0) == ("role", 1)
    assert table.longest(["of"], 0) is None


@pytest.mark.parametrize("column", ["common", "grades", "comparison", "numbers", "scores"])
def test_a_code_is_one_character_of_a_role_that_exists(column):
    roles = {entry.role for table in TABLES for entry in lexicon.load(table).entries}
    roles |= {unit.role for unit in tokenise('a 1 % . ? \n ; , : -> - ( ) " / _ ✓ ✗ a.b &')}
    for role, sign in lexicon.codes(column).items():
        assert role in roles
        assert len(sign) == 1


def test_tables_that_are_read_together_share_no_role():
    """Both would give their words to it, and one reader's words would move the other's readings."""
    roles = [{entry.role for entry in lexicon.load(name).entries} for name in ("clauses", "aside")]
    assert not roles[0] & roles[1]
