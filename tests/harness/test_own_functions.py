"""Two functions of a user's own have one digest only if they ask in the same words."""

import functools
import importlib.util
import itertools

import pytest

from medq_tasks.harness import inputs
from medq_tasks.harness.own_functions import digest, is_ours

SOURCE = """
import functools
from {words} import CLOSING, helper
OPENING = "Look."
def plain(row):
    return OPENING + row["question"] + CLOSING + helper()
@functools.wraps(plain)
def wrapped(row):
    return plain(row) + " Think."
"""
_numbers = itertools.count()


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(words='CLOSING = "End."\ndef helper():\n    return "x"\n', change=("", "")):
        name = f"words_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(words)
        path = tmp_path / f"own_{name}.py"
        path.write_text(SOURCE.format(words=name).replace(*change) if change[0] else SOURCE.format(words=name))
        spec = importlib.util.spec_from_file_location("own", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        path.write_text(path.read_text().replace(name, "words"))  # the name of the file is no part of the words
        return module

    return make


def test_the_same_source_has_one_digest(made):
    one, two = made(), made()
    assert digest([one.plain]) == digest([two.plain])
    assert digest([one.wrapped]) == digest([two.wrapped])


def test_a_constant_beside_it_counts(made):
    assert digest([made().plain]) != digest([made(change=("Look.", "See.")).plain])


def test_an_imported_constant_counts(made):
    other = made('CLOSING = "Stop."\ndef helper():\n    return "x"\n')
    assert digest([made().plain]) != digest([other.plain])


def test_a_helper_in_another_file_beside_it_counts(made):
    other = made('CLOSING = "End."\ndef helper():\n    return "y"\n')
    assert digest([made().plain]) != digest([other.plain])


def test_what_wraps_a_function_and_what_is_bound_to_it_count(made):
    own = made()
    bound = [functools.partial(own.plain, row) for row in ({"question": "a"}, {"question": "b"})]
    changed = made(change=(" Think.", " Wait.")).wrapped
    assert len({digest([thing]) for thing in (own.plain, own.wrapped, changed, *bound)}) == 5


def closing_over(text):
    return lambda row: row["question"] + text


class Callable:
    def __init__(self, text):
        self.text = text

    def __call__(self, row):
        return self.text

    def ask(self, row):
        return self.text


@pytest.mark.parametrize("make", [closing_over, Callable])
def test_what_it_holds_counts(make):
    assert digest([make("a")]) == digest([make("a")]) != digest([make("b")])


def test_a_function_made_at_run_time_is_known_by_its_code():
    found = [digest([eval(source)]) for source in ("lambda row: 'a'", "lambda row: 'b'", "lambda row: row")]
    assert len(set(found)) == 3


def test_what_cannot_be_read_is_known_by_its_type():
    assert digest([{1, 2}]) == digest([{3}]) != digest([len])


def test_ours_is_ours_and_what_wraps_it_is_not():
    assert is_ours(inputs.doc_to_text)
    assert is_ours(inputs.doc_to_messages)
    wrapped = functools.wraps(inputs.doc_to_text)(lambda row: "x")
    assert wrapped.__module__ == inputs.__name__
    assert not is_ours(wrapped)
    assert not is_ours("{{question}}")
    assert not is_ours(None)
