"""How the words of a family make a prompt, and which words are refused."""

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import ChoiceWords, TextWords
from medq_tasks.prompts.words import hash_of, part_names, parts, words_from

CHOICE = {
    "introduction": "I ",
    "question_prefix": "Q: ",
    "options_heading": "|O\n",
    "option_line": "({letter}) {text}",
    "closing_line": "|C",
}
TEXT = {"introduction": "I ", "instruction": "Look.", "verdict_line": "|V"}


def test_a_choice_is_its_parts_in_order():
    words = words_from(CHOICE, "perception", "words.yaml")
    assert words.ask(" Why? ", {"A": "x", "C": "{letter} {0}"}) == "I Q: Why?|O\n(A) x\n(C) {letter} {0}|C"


def test_a_text_asks_the_tables_question_or_the_instruction():
    words = words_from(TEXT, "comparison", "words.yaml")
    assert words.ask(" Which? ") == "I Which?|V"
    assert words.ask(" \n") == "I Look.|V"


def test_words_as_written_keep_the_blanks_around_a_question():
    assert ChoiceWords("", "", "|", "{letter}{text}", "", as_written=True).ask(" Why? ", {"A": "x"}) == " Why? |Ax"
    assert TextWords("", "Look.", "", as_written=True).ask(" Why? ") == " Why? "


@pytest.mark.parametrize(("given", "kind"), [(CHOICE, "perception"), (TEXT, "no_reference")])
def test_what_stands_before_and_after_can_be_other_words_even_none(given, kind):
    words = words_from(given, kind, "words.yaml")
    assert words.around(None, None) == words
    changed = words.around("", "!")
    first, last = part_names(type(words))[0], part_names(type(words))[-1]
    assert (parts(changed)[first], parts(changed)[last]) == ("", "!")
    assert hash_of(changed) != hash_of(words)


def test_equal_words_have_one_hash_and_any_part_changes_it():
    words = words_from(CHOICE, "perception", "a")
    assert hash_of(words) == hash_of(words_from(dict(reversed(CHOICE.items())), "perception", "b"))
    hashes = {hash_of(words_from({**CHOICE, part: f"{text}."}, "perception", "c")) for part, text in CHOICE.items()}
    assert len(hashes | {hash_of(words)}) == 6
    assert len(hash_of(words)) == 16


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("perception", {"closing_line": None}, 'perception lacks closing_line (write "" for none)'),
        ("perception", {"introduction": 5}, "perception.introduction is 5, no text"),
        ("perception", {"opening": "x"}, "perception.opening is no part"),
        ("perception", {3: "x"}, "perception.3 is no part"),
        ("perception", {"option_line": "{letter}."}, "option_line needs {letter} and {text}, once each"),
        ("perception", {"option_line": "{letter} {text} {text}"}, "once each"),
        ("perception", {"option_line": "{letter} {text.__class__}"}, "once each"),
        ("perception", {"option_line": "{letter!r} {text:>9}"}, "once each"),
        ("perception", {"option_line": "{letter} {text"}, "once each"),
        ("no_reference", {"instruction": " "}, "no_reference.instruction is empty"),
        ("no_reference", {"option_line": "x"}, "no_reference.option_line is no part"),
        ("comparison", {"verdict_line": ["x"]}, "comparison.verdict_line is ['x'], no text"),
    ],
)
def test_words_that_cannot_be_used_are_one_message(kind, changed, said):
    given = {**(CHOICE if kind == "perception" else TEXT), **changed}
    with pytest.raises(SettingsError) as error:
        words_from(given, kind, "words.yaml")
    assert str(error.value).startswith("words.yaml: ")
    assert said in str(error.value)
    assert "The parts are introduction, " in str(error.value)


@pytest.mark.parametrize("given", [None, "text", ["x"], 3])
def test_a_family_that_is_no_mapping(given):
    with pytest.raises(SettingsError, match=r"not a mapping. Its parts are introduction"):
        words_from(given, "perception", "words.yaml")
