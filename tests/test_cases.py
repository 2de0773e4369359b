"""The helper behind every table of cases: it fails when a case does, and then says which, with what values and why."""

import pytest

from tests.cases import check_all


def is_even(number):
    assert number % 2 == 0


def no_number(text):
    with pytest.raises(ValueError, match="invalid literal"):
        int(text)


def test_sound_tables_pass():
    check_all({"two": 2, "four": 4}, is_even)
    check_all([("a word", "two"), ("nothing", "")], no_number)


def test_every_failing_case_is_named_with_its_values_and_the_reason():
    with pytest.raises(AssertionError) as caught:
        check_all({"two": 2, "three": 3, "four": 4, "nine": 9}, is_even)
    first, *told = str(caught.value).splitlines()
    assert first == "2 of 4 cases fail"
    assert [line for line in told if not line.startswith(" ")] == ["three: 3", "nine: 9"]
    assert "    assert (9 % 2) == 0" in told


@pytest.mark.parametrize(
    ("cases", "check", "said"),
    [
        ({"a number": "7"}, no_number, "a number: '7'\n    Failed: DID NOT RAISE ValueError"),
        ({"a text": "x"}, is_even, "a text: 'x'\n    TypeError: not all arguments"),
        ({"long": "x" * 10**6}, is_even, "1 of 1 cases fail\nlong: 'xxx"),
    ],
)
def test_any_error_is_a_failing_case(cases, check, said):
    with pytest.raises(AssertionError) as caught:
        check_all(cases, check)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 2_000


def test_an_empty_table_proves_nothing():
    with pytest.raises(AssertionError, match="no case"):
        check_all(iter(()), is_even)
