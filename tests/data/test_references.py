"""Which picture a row is given that names another row. Pictures are numbers here; whole tables: ``test_preparing``."""

import pytest

from medq_tasks.data import references
from medq_tasks.data.items import Reference, TableItem
from medq_tasks.data.references import resolve


def resolved(**slots):
    """Row name -> its pictures, or what is said of it."""
    items = [TableItem(number, name, slots=found) for number, (name, found) in enumerate(slots.items(), start=1)]
    faults = resolve(items)
    return {item.id: item.pictures for item in items} | {item.id: error.problem for item, error in faults}


def test_whole_numbers_are_one_index_with_and_without_the_point_of_pandas():
    found = resolved(**{"7.0": (1,), "8": (2,), "x": (Reference("7"),), "y": (Reference("8.00"),)})
    assert (found["x"], found["y"]) == ((1,), (2,))


@pytest.mark.parametrize("order", ["1.0 1", "1 1.0"])
def test_the_exact_spelling_comes_first(order):
    rows = {name: (len(name),) for name in order.split()}
    found = resolved(**rows, x=(Reference("1"),), y=(Reference("1.0"),))
    assert (found["x"], found["y"]) == ((1,), (3,))


@pytest.mark.parametrize("name", ["3.1", "3.", ".0", "v3.0"])
def test_what_is_no_whole_number_has_one_spelling(name):
    # "3." is a whole number as "3.0" is.
    found = resolved(**{name: (1,), "x": (Reference("3"),), "y": (Reference(name),)})
    assert found["y"] == (1,)
    assert (found["x"] == (1,)) == (name == "3.")


def test_a_place_that_the_other_row_does_not_have():
    found = resolved(pair=(1, 2), x=(3, 4, Reference("pair", 2)), y=(5, Reference("pair", 1)))
    assert found["x"] == "the image reference 'pair' leads to a row with 2 pictures"
    assert found["y"] == (5, 2)


def test_a_row_whose_own_picture_is_at_fault():
    assert resolved(bad=(), x=(Reference("bad"),))["x"].endswith("'bad' leads to a row without a usable picture")


def test_circles_through_rows_of_one_and_of_two_pictures():
    found = resolved(
        own=(Reference("own"),),
        side=(1, Reference("side", 1)),
        whole=(Reference("pair"),),
        pair=(Reference("whole", 0), Reference("whole", 1)),
        sound=(Reference("side", 0), 2),
    )
    assert {name for name, said in found.items() if "runs in a circle" in said} == {"own", "side", "whole", "pair"}
    assert found["sound"] == (1, 2)


def test_a_long_chain_is_walked_once_and_not_climbed(monkeypatch):
    # Longer than Python's stack is deep. Each of its rows is stepped over once, whichever is asked for first.
    steps = []
    real = references._step
    monkeypatch.setattr(references, "_step", lambda *given: steps.append(1) or real(*given))
    items = [TableItem(n + 1, str(n), slots=(Reference(str(n + 1)),)) for n in range(20_000)]
    assert resolve([*items, TableItem(20_001, "20000", slots=(9,))]) == []
    assert {item.pictures for item in items} == {(9,)}
    assert len(steps) == 20_000


def test_a_long_circle_is_told_of_each_of_its_rows():
    items = [TableItem(n + 1, str(n), slots=(Reference(str((n + 1) % 5_000)),)) for n in range(5_000)]
    assert {(item.id, "circle" in error.problem) for item, error in resolve(items)} == {
        (str(n), True) for n in range(5_000)
    }
