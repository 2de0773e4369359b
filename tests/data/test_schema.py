import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.data import schema

OPTIONS = {"A": "Yes", "B": "No", "C": "Unclear"}


@pytest.mark.parametrize(
    ("cell", "letter"),
    [
        ("A", "A"),
        ("b", "B"),
        (" C ", "C"),
        ("0", "A"),
        ("2", "C"),
        ("1.0", "B"),  # pandas' whole number beside a NaN
        ("(b)", "B"),
        ("B.", "B"),
        ("Unclear", "C"),
        ("no", "B"),
    ],
)
def test_answers_that_name_an_option(cell, letter):
    assert schema.read_answer(cell, OPTIONS) == letter


@pytest.mark.parametrize("cell", ["D", "3", "9999", "-1", "1.5", "AB", "Maybe", "A,B"])
def test_answers_that_name_no_option(cell):
    with pytest.raises(ValueError, match="names none of the options A, B, C"):
        schema.read_answer(cell, OPTIONS)


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "<NA>", "null"])
def test_missing_answers(cell):
    with pytest.raises(ValueError, match="missing"):
        schema.read_answer(cell, OPTIONS)


@pytest.mark.parametrize("word", ["Null", "NONE", "Nan"])
def test_a_word_that_no_writer_puts_for_missing_is_an_option_and_a_key(word):
    options = schema.read_options({"a": "Mild", "b": word, "c": "null"})
    assert options == {"A": "Mild", "B": word}
    assert schema.read_answer(word, options) == "B"


def test_an_answer_counts_places_among_columns_not_among_options():
    # Option B is empty: 2 is column C, although C is the second option that there is.
    assert schema.read_answer("2", {"A": "Yes", "C": "No"}) == "C"


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("1", ("1", "2")),
        ("1.0", ("1", "2")),
        ("1", ("1.0", "2")),
        ("0", ("1", "0")),
        ("A", ("Yes", "A")),
        ("b", ("B", "A")),
        ("(A)", ("x", "a")),
        ("A.", ("x", "A")),
        ("yes", ("Yes", "YES")),
    ],
)
def test_a_key_that_names_two_options_is_ambiguous(cell, texts):
    with pytest.raises(ValueError, match="ambiguous: it names the options A, B"):
        schema.read_answer(cell, dict(zip("AB", texts, strict=True)))


@pytest.mark.parametrize(
    ("cell", "texts", "letter"),
    [
        ("2", ("2", "3"), "A"),
        ("7", ("5", "7"), "B"),
        ("I", ("I", "II"), "A"),
        ("r", ("L", "R"), "B"),
        ("5.0", ("5", "6"), "A"),
    ],
)
def test_a_key_whose_place_is_no_option_is_a_text(cell, texts, letter):
    assert schema.read_answer(cell, dict(zip("ABC", texts, strict=False))) == letter


@pytest.mark.parametrize(("cell", "texts", "letter"), [("0", ("0", "1"), "A"), ("B", ("A", "B"), "B")])
def test_a_key_that_is_place_and_text_of_one_option(cell, texts, letter):
    assert schema.read_answer(cell, dict(zip("AB", texts, strict=True))) == letter


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (("Yes", "No", "", ""), "AB"),
        (("Yes", "No", "nan", "NaN"), "AB"),
        (("Yes", "No", "None", "None"), "AB"),  # Python's missing value, written out
        (("None", "Mild", "Severe", ""), "ABC"),  # a severity
        (("None", "Mild", "nan", "nan"), "AB"),
        (("N/A", "Mild", "Severe", ""), "ABC"),
        ((" Yes ", "\tNo", " ", "  "), "AB"),
        (("a", "b", "c", "d", "e"), "ABCDE"),
    ],
)
def test_options(cells, options):
    read = schema.read_options(dict(zip("abcde", cells, strict=False)))
    assert "".join(read) == options
    assert all(text == text.strip() for text in read.values())


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ('["x", "y"]', ["x", "y"]),
        ("['x', 'y']", ["x", "y"]),
        ("('x', \"y\",)", ["x", "y"]),
        ("[12, 13]", ["12", "13"]),
        (" ['x'] ", ["x"]),
        ("[]", []),
        ("plain", None),
        ("", None),
    ],
)
def test_lists(cell, texts):
    assert schema.read_list(cell) == texts


@pytest.mark.parametrize(
    "cell",
    [
        "['x', __import__('os').system('true')]",
        "[x for x in ()]",
        "['x' + 'y']",
        "['x', ['y']]",
        '[["x"]]',
        '[{"a": 1}]',
        "['x'",
        "[,]",
        "['x' 'y']",
        "['x\\x41']",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "(" + "-" * 100_000 + "1)",
    ],
)
def test_what_is_no_flat_list_of_texts_is_refused_and_never_evaluated(cell):
    with pytest.raises(ValueError, match="list"):
        schema.read_list(cell)


PLAIN = st.text(st.characters(exclude_characters="'\\\"", exclude_categories=["Cs"])).map(str.strip)


@given(st.lists(PLAIN, min_size=1))
def test_json_and_python_lists_come_back(texts):
    assert schema.read_list(json.dumps(texts)) == texts
    assert schema.read_list("[" + ", ".join(f"'{text}'" for text in texts) + "]") == texts


@given(st.text())
def test_any_cell_gives_a_list_of_texts_nothing_or_a_value_error(cell):
    try:
        read = schema.read_list(cell)
    except ValueError:
        return
    assert read is None or all(isinstance(text, str) for text in read)


@given(st.text(), st.dictionaries(st.sampled_from("ABCDE"), st.text(min_size=1), min_size=2))
def test_an_answer_is_always_one_of_the_options(cell, options):
    with contextlib.suppress(ValueError):
        assert schema.read_answer(cell, options) in options


@pytest.mark.parametrize(
    "header", ["Question Type", " question_type ", "question-type", "QUESTION  TYPE", "[Question type]"]
)
def test_headers_are_compared_without_case_and_marks(header):
    assert schema.column_name(header) == "question_type"


@pytest.mark.parametrize("cell", ["", " ", "NaN", "<NA>", " null ", "None", "#N/A", "n/a", "-"])
def test_every_spelling_of_a_missing_value_is_empty(cell):
    assert schema.value(cell) == ""


@pytest.mark.parametrize("cell", ["nulls", "none at all", "0", "--"])
def test_every_other_cell_is_its_text(cell):
    assert schema.value(f" {cell} ") == cell


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("x" * 40, "x" * 40), ("x" * 41, "x" * 40 + "..."), (" a\n\tb ", "a b"), (" " * 161 + "x", "")],
)
def test_a_cell_in_a_message_is_one_short_line(cell, shown):
    assert schema.shorten(cell) == repr(shown)


@pytest.mark.parametrize(
    ("kind", "columns", "lacking"),
    [
        ("perception", "index image question a b answer", []),
        ("perception", "index image_path question a b answer", []),
        ("perception", "image question a answer", ["index", "B"]),
        ("no_reference", "index image description", []),
        ("no_reference", "index image", ["description"]),
        ("comparison", "index image_a image_b description", []),
        ("comparison", "index image description", []),
        ("comparison", "index image_a description", ["image_a and image_b (or image, or image_path)"]),
    ],
)
def test_columns_that_a_table_cannot_do_without(kind, columns, lacking):
    assert schema.missing_columns(kind, columns.split()) == lacking
