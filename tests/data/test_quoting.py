"""Quotation marks at every place: a table is read as it was written, or refused; never a wrong row without a fault."""

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.data.read import rows

HEADER = ("index", "question", "A", "B", "answer", "modality")
MARKS = ("{}", '"{}', '{}"', '"{}"', '"{}" x', 'x "{}"')


def accept(cells):
    return cells["index"].isdecimal() and cells["answer"] in "AB" and len(cells["answer"]) == 1


def read(path, text):
    path.write_text(text, newline="")
    return list(rows(path, accept=accept))[1:]


def bare(found):
    """What a cell says whichever way its own marks are read."""
    return [[text.strip('"') for text in row.cells.values()] for row in found]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("column", [1, 2, 5])
def test_marks_that_are_text(tmp_path, column, end):
    """Each pair of marks in each pair of columns of two neighbours, a third row behind them."""
    path = tmp_path / "t.tsv"
    refused = 0
    for first, second, other in itertools.product(MARKS, MARKS, (1, 2, 5)):
        table = [["7", "q", "a", "b", "A", "ct"], ["8", "r", "c", "d", "B", "mr"], ["9", "s", "e", "f", "A", "us"]]
        table[0][column] = first.format(table[0][column])
        table[1][other] = second.format(table[1][other])
        text = end.join("\t".join(row) for row in (HEADER, *table)) + end
        found = read(path, text)
        if any(row.problem for row in found):
            refused += 1
            continue
        assert bare(found) == [[cell.strip('"') for cell in row] for row in table], text
    assert refused <= 3 * 2  # an open mark in one row closed at the end of a cell of the next, and nothing else


TEXTS = ("p", "", '"', 'say "x"', "two\nlines", '"two"\n"lines" of', "a\r\n\r\nb", 'end"\n"')


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_marks_that_are_quoting(tmp_path, quoting):
    """Every text in every two cells of two rows as a writer of CSV quotes them: all come back."""
    path = tmp_path / "t.tsv"
    for one, two, three in itertools.product(TEXTS, repeat=3):
        table = [["7", one, "a", "b", "A", two], ["8", three, "c", two, "B", one], ["9", "s", "e", "f", "A", three]]
        text = io.StringIO()
        csv.writer(text, delimiter="\t", quoting=quoting, lineterminator="\n").writerows([HEADER, *table])
        found = read(path, text.getvalue())
        assert [list(row.cells.values()) for row in found] == table, text.getvalue()


CELL = st.text(alphabet='"x ', max_size=4)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=4))
def test_any_marks_in_any_cells(tmp_path_factory, texts):
    table = [[str(n), q, a, "b", "A", m] for n, (q, a, m) in enumerate(texts)]
    text = "\n".join("\t".join(row) for row in (HEADER, *table)) + "\n"
    found = read(tmp_path_factory.getbasetemp() / "any.tsv", text)
    if any(row.problem for row in found):
        return
    # Whatever the marks: as many rows as were written, and in each cell its own text, its marks aside.
    without = [[cell.replace('"', "") for cell in row] for row in table]
    assert [[cell.replace('"', "") for cell in row.cells.values()] for row in found] == without
