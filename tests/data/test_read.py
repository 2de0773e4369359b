import csv

import pytest

from medq_tasks.data import quoting, read
from medq_tasks.data.read import rows
from medq_tasks.errors import DataError


def write(folder, content):
    path = folder / "table.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(path):
    return [row.cells for row in rows(path)][1:]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_bom_line_ends_and_a_last_line_without_one(tmp_path, bom, newline, last):
    lines = [b"index\tquestion", b"1\tWhat?", b"2\tHow?"]
    path = write(tmp_path, bom + newline.join(lines) + (newline if last else b""))
    assert cells(path) == [{"index": "1", "question": "What?"}, {"index": "2", "question": "How?"}]


def test_quoted_cells_hold_tabs_line_breaks_and_quotation_marks(tmp_path):
    path = write(tmp_path, 'index\tquestion\r\n1\t"a\tb\r\nc ""d"""\r\n"2"\t5" wide\r\n')
    assert cells(path) == [
        {"index": "1", "question": 'a\tb\r\nc "d"'},
        {"index": "2", "question": '5" wide'},
    ]


@pytest.mark.parametrize("mark", ["", '"'])
def test_cells_far_above_the_limit_of_csv(tmp_path, mark):
    long = "A" * 5_000_000
    path = write(tmp_path, f"index\timage\n1\t{mark}{long}{mark}\n")
    before = csv.field_size_limit(131_072)  # Python's own; another library may have raised it in this process
    try:
        assert cells(path) == [{"index": "1", "image": long}]
        assert csv.field_size_limit() == 131_072  # left as it was
    finally:
        csv.field_size_limit(before)


def test_blank_lines_are_no_rows_and_numbers_count_rows_not_lines(tmp_path):
    path = write(tmp_path, 'index\tquestion\n\n1\t"two\nlines"\n\r\n2\tb\n')
    assert [(row.number, row.cells.get("index")) for row in rows(path)][1:] == [(1, "1"), (2, "2")]


def test_every_byte_goes_to_the_hash(tmp_path):
    content = b'\xef\xbb\xbfindex\tq\r\n\r\n1\t"a\r\nb"\r\n2\tc'
    seen = []
    list(rows(write(tmp_path, content), seen.append))
    assert b"".join(seen) == content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("index,image,question\n1,x,y\n", "separated by ',', not by tabs"),
        ("index;image;question\n1;x;y\n", "separated by ';', not by tabs"),
        ("index image question\n", "separated by no tab"),
        ("", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        ("<!DOCTYPE html>\n<html>", "web page"),
        ("index\tquestion\n".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\0", "compressed"),
        ("index\timage\tImage\n1\ta\tb\n", "more than once"),
        (b"index\tqu\xe9stion\n", "header cannot be read"),
    ],
)
def test_what_is_no_table(tmp_path, content, problem):
    with pytest.raises(DataError, match=problem) as error:
        list(rows(write(tmp_path, content)))
    assert str(error.value).startswith("table.tsv: ")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"2\tb\tc", "3 cells where the header names 2"),
        (b"2", "1 cells where the header names 2"),
        (b"2\tcaf\xe9", "not UTF-8"),
    ],
)
def test_a_bad_row_does_not_hide_the_others(tmp_path, line, problem):
    path = write(tmp_path, b"index\tquestion\n1\ta\n" + line + b"\n3\tc\n")
    found = list(rows(path))[1:]
    assert [row.number for row in found] == [1, 2, 3]
    assert problem in found[1].problem
    assert found[1].cure
    assert not found[0].problem
    assert not found[2].problem


def test_a_quotation_mark_that_is_never_closed_is_text(tmp_path):
    path = write(tmp_path, 'index\tquestion\n1\t"open\n2\tb\n3\tc\n')
    assert [row["question"] for row in cells(path)] == ['"open', "b", "c"]


def test_a_file_that_ends_inside_a_quoted_cell_is_told(tmp_path):
    (row,) = list(rows(write(tmp_path, 'index\tquestion\n1\t"open')))[1:]
    assert (row.number, "line 2 of the file" in row.problem, "never closed" in row.problem) == (1, True, True)


def test_a_quoted_word_before_text_closes_nothing(tmp_path):
    path = write(tmp_path, 'index\tquestion\n1\t"open\n2\tb\n3\t"c" d\n4\te\n')
    assert [row["question"] for row in cells(path)] == ['"open', "b", '"c" d', "e"]


def test_a_line_without_end_is_told_and_not_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MAX_LINE", 20)
    path = write(tmp_path, "index\tquestion\n1\t" + "x" * 16 + "\n")  # 19 bytes with the line break
    assert len(cells(path)) == 1
    path = write(tmp_path, "index\tquestion\n1\t" + "x" * 17 + "\n")
    with pytest.raises(DataError, match=r"table\.tsv: a line is longer than 20 bytes\. Check that"):
        cells(path)


def test_a_quoted_cell_beyond_the_limit_is_no_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(quoting, "MAX_QUOTED", 8)
    path = write(tmp_path, 'index\tquestion\n1\t"1234567\nx"\n2\t"12345678\nx"\n')
    found = list(rows(path))[1:]
    assert [row.cells.get("question") for row in found] == ["1234567\nx", '"12345678', None]


def test_a_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        list(rows(tmp_path / "none.tsv"))


def test_a_file_that_cannot_be_read_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)\. Check its permissions"):
        list(rows(tmp_path))
