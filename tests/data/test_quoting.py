"""Never a wrong row without a fault: marks at every place of two neighbouring rows, and whatever csv writes."""

import csv
import io
import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from medq_tasks.data.quoting import Line, join_lines, split_line
from medq_tasks.data.read import rows

COLUMNS = ("index", "image", "question", "A", "B", "answer")
MARKED = ("{}", '"{}', '{}"', '"{}"', '"{}" x', 'x "{}"', 'x "{}', '""{}""', '"{}""', '"x" {}"', '"')


def table(count, marks=(), start=7):
    """Rows of plain cells; ``marks``: (row, column, form) puts quotation marks into a cell."""
    made = [[str(start + row), f"p{row}", f"q{row}", f"a{row}", f"b{row}", "AB"[row % 2]] for row in range(count)]
    for row, column, form in marks:
        made[row][column] = form.format(made[row][column])
    return made


def sound(cells):
    return cells["answer"] in ("A", "B") and cells["image"].startswith("p")


def read_back(path, text, fits=sound):
    path.write_bytes(text.encode())
    found = list(rows(path, fits=fits))[1:]
    # A row without a problem of its own that does not fit is refused by the table's check: no index, no answer.
    problems = [row.problem or "does not fit" for row in found if row.problem or not fits(row.cells)]
    return problems, [list(row.cells.values()) for row in found]


def written_raw(made, end="\n"):
    return end.join("\t".join(row) for row in [list(COLUMNS), *made]) + end


def written_by_csv(made, quoting, end="\n"):
    out = io.StringIO()
    csv.writer(out, delimiter="\t", quoting=quoting, lineterminator=end).writerows([list(COLUMNS), *made])
    return out.getvalue()


def meant(raw):
    """What a cell that was written as it is may be read as: itself or, quoted as csv does it, what it quotes."""
    inner = raw[1:-1]
    quoted = len(raw) > 1 and raw[0] == raw[-1] == '"' and '"' not in inner.replace('""', "")
    return {raw, inner.replace('""', '"')} if quoted else {raw}


def wrong_rows(made, found):
    if len(made) != len(found):
        return [(made, found)]
    pairs = zip(made, found, strict=True)
    return [
        (own, read) for own, read in pairs if any(cell not in meant(raw) for raw, cell in zip(own, read, strict=True))
    ]


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_every_pair_of_marked_cells_in_two_neighbouring_rows(tmp_path, before, after):
    places = list(itertools.product(range(len(COLUMNS)), MARKED))
    clean = 0
    for (one, form), (other, second) in itertools.product(places, places):
        made = table(before + 2 + after, [(before, one, form), (before + 1, other, second)])
        problems, found = read_back(tmp_path / "t.tsv", written_raw(made))
        clean += not problems
        assert problems or not wrong_rows(made, found), (form, second)
    assert clean > len(places) ** 2 / 2  # most files are read, not refused


@given(
    marks=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.sampled_from(MARKED)), max_size=8, unique_by=lambda m: m[:2]
    ),
    names=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=400, deadline=None)
def test_any_marks_in_four_rows(tmp_path_factory, marks, names, end):
    made = table(4, marks)
    if names:  # indexes that do not count up: nothing but the cells can tell
        made = [[f"item {row[0]}", *row[1:]] for row in made]
    problems, found = read_back(tmp_path_factory.mktemp("t") / "t.tsv", written_raw(made, end))
    assert problems or not wrong_rows(made, found)


TEXTS = st.text(st.sampled_from('ab \t\n"'), max_size=12)


@given(
    texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=4),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    columns=st.sampled_from([(2, 3), (2, 4), (3, 4)]),
)
@example(texts=[("", ""), ("\t\t\n\t\t\ta", "\t\t\n")], quoting=csv.QUOTE_MINIMAL, end="\n", columns=(3, 4))
@settings(max_examples=600, deadline=None)
def test_what_csv_writes_is_read_as_it_was_or_refused(tmp_path_factory, texts, quoting, end, columns):
    made = table(len(texts))
    for row, cells in zip(made, texts, strict=True):
        for column, text in zip(columns, cells, strict=True):
            row[column] = text
    problems, found = read_back(tmp_path_factory.mktemp("t") / "t.tsv", written_by_csv(made, quoting, end))
    assert problems or found == made


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("column", [2, 3, 4])
@pytest.mark.parametrize(
    "text", ["a\nb", 'She said "x"\nand "y"', '"x"', "a\tb", "\n", 'ends in "', '"\n"', "a\n\n\nb", '""']
)
def test_ordinary_cells_of_csv_s_writers_are_read_without_a_fault(tmp_path, quoting, column, text):
    made = table(3)
    made[1][column] = text
    assert read_back(tmp_path / "t.tsv", written_by_csv(made, quoting)) == ([], made)


def test_the_values_of_split_line():
    assert split_line('1\t"a\tb"\tc', 3) == Line(["1", "a\tb", "c"])
    assert split_line('1\t"a\tb"\tc', 4) == Line(["1", '"a', 'b"', "c"])
    assert split_line('1\t"a\tb', 3) == Line(["1", '"a', "b"], unclosed=1)
    assert split_line('"""a"""\t""\t"', 3) == Line(['"a"', "", '"'], unclosed=2)


def test_the_values_of_join_lines():
    assert join_lines('1\t"a\r\n', ["b\n", 'c "" d"\te\n', "2\n"], 3) == (["1", 'a\r\nb\nc " d', "e"], 2)
    assert join_lines('1\t"a\n', ['b"\t"c\n', 'd"\n'], 3) == (["1", "a\nb", "c\nd"], 2)
    assert join_lines('1\t"a\n', ['b" c\n'], 2) is None  # a mark before other text closes nothing
    assert join_lines('1\t"a\n', ["2\tb\n", '3\tc"\n'], 2) is None  # behind a whole row
    assert join_lines('1\t"a\n', ["b\n"], 2) is None  # the file ends
