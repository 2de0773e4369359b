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
    long = "A" * 5_000_000  # csv's limit is 131,072 characters, for the whole process
    assert cells(write(tmp_path, f"index\timage\n1\t{mark}{long}{mark}\n")) == [{"index": "1", "image": long}]


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


def problems(path, **options):
    return [row.problem for row in rows(path, **options)][1:]


def test_a_mark_that_nothing_closes_is_text_where_the_row_is_whole_without_it(tmp_path):
    path = write(tmp_path, 'index\tquestion\n1\t"open\n2\tb\n3\t"\n4\td\n')
    assert cells(path) == [
        {"index": "1", "question": '"open'},
        {"index": "2", "question": "b"},
        {"index": "3", "question": '"'},
        {"index": "4", "question": "d"},
    ]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_last_cell_that_is_opened_and_never_closed_may_be_cut_short(tmp_path, end):
    path = write(tmp_path, f'index\tquestion\n1\ta\n2\t"the first half{end}')
    assert problems(path) == ["", "a quotation mark is opened and never closed (line 3)"]


def test_a_row_that_is_not_whole_when_its_mark_is_text_is_told(tmp_path):
    path = write(tmp_path, 'index\tquestion\tanswer\n1\t"open\n2\tb\tA\n')
    assert problems(path) == ["a quotation mark is opened and never closed (line 2)", ""]


def test_marks_inside_or_around_part_of_a_cell_are_text(tmp_path):
    path = write(tmp_path, 'index\tquestion\ta\n1\t"Free" of noise\t5" "wide"\n2\t""x""\t"""x"""\n')
    assert cells(path) == [
        {"index": "1", "question": '"Free" of noise', "a": '5" "wide"'},
        {"index": "2", "question": '""x""', "a": '"x"'},
    ]


def test_two_cells_that_begin_and_end_with_a_mark_are_not_one_with_a_tab(tmp_path):
    path = write(tmp_path, 'index\tquestion\ta\n1\t"Is it\tsharp"\n2\t"one\tcell"\tb\n')
    assert cells(path) == [
        {"index": "1", "question": '"Is it', "a": 'sharp"'},
        {"index": "2", "question": "one\tcell", "a": "b"},
    ]


MELTING = 'index\tquestion\tanswer\n1\t"Sharp or not\tA\n2\tIs it "sharp"\tB\n'  # the pair, and ...
READS_BOTH_WAYS = 'index\tquestion\tanswer\n1\t"Sharp or not\tA\n2\tit is sharp"\tB\n'  # ... what csv melts


def test_two_rows_do_not_melt_into_one(tmp_path):
    assert [row["answer"] for row in cells(write(tmp_path, MELTING))] == ["A", "B"]


def test_two_readings_are_a_fault_that_names_the_lines(tmp_path):
    found = problems(write(tmp_path, READS_BOTH_WAYS))
    assert found == ["a quotation mark leaves two readings, one row or several (lines 2 to 3)", ""]


def test_the_index_of_the_row_after_decides_between_two_readings(tmp_path):
    several = cells(write(tmp_path, READS_BOTH_WAYS + "3\tc\tC\n"))
    assert [(row["index"], row["answer"]) for row in several] == [("1", "A"), ("2", "B"), ("3", "C")]
    one = cells(write(tmp_path, READS_BOTH_WAYS + "2\tc\tC\n"))
    assert [(row["index"], row["question"]) for row in one] == [
        ("1", "Sharp or not\tA\n2\tit is sharp"),
        ("2", "c"),
    ]


def test_the_reading_whose_cells_fit_is_taken(tmp_path):
    path = write(tmp_path, READS_BOTH_WAYS)
    found = list(rows(path, fits=lambda row: "\n" not in row["question"]))[1:]
    assert [row.cells["answer"] for row in found] == ["A", "B"]


def test_one_row_over_two_lines_needs_the_index_of_the_row_after_to_agree(tmp_path):
    # The lines alone do not fit, so one of them may be a broken row, and what melts with it would look whole.
    for index, expected in (("2", ["B", "C"]), ("3", None)):
        path = write(tmp_path, f"{READS_BOTH_WAYS}{index}\tc\tC\n")
        found = list(rows(path, fits=lambda row: "\n" in row["question"] or row["question"] == "c"))[1:]
        assert expected is None or [row.cells["answer"] for row in found] == expected
        assert ("two readings" in found[0].problem) == (expected is None)


def test_a_text_over_several_lines_in_the_last_column_is_one_cell(tmp_path):
    path = write(tmp_path, 'index\tdescription\nx\t"Sharp.\r\n\r\nIt is good."\r\ny\tb\r\n')
    assert cells(path) == [
        {"index": "x", "description": "Sharp.\r\n\r\nIt is good."},
        {"index": "y", "description": "b"},
    ]


def test_a_mark_is_followed_over_a_bounded_number_of_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(quoting, "MAX_LINES", 3)
    text = "\n".join("abcd")
    assert problems(write(tmp_path, f'index\tq\tr\n1\t"{text}"\tx\n')) == [""]
    found = problems(write(tmp_path, f'index\tq\tr\n1\t"{text}\ne"\tx\n'))
    assert found[0] == "a quotation mark is opened and never closed (line 2)"


def test_a_cell_over_several_lines_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(quoting, "MAX_QUOTED", 12)
    assert problems(write(tmp_path, 'index\tq\tr\n1\t"a\nb"\tx\n')) == [""]  # 5 and 5 characters
    assert "never closed" in problems(write(tmp_path, 'index\tq\tr\n1\t"a\nbcde"\tx\n'))[0]  # 5 and 8


def test_a_line_without_end_is_told_and_not_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MAX_LINE", 20)
    path = write(tmp_path, "index\tquestion\n1\t" + "x" * 16 + "\n")  # 19 bytes with the line break
    assert len(cells(path)) == 1
    path = write(tmp_path, "index\tquestion\n1\t" + "x" * 17 + "\n")
    with pytest.raises(DataError, match=r"table\.tsv: a line is longer than 20 bytes\. Check that"):
        cells(path)


def test_a_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        list(rows(tmp_path / "none.tsv"))


def test_a_file_that_cannot_be_read_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)\. Check its permissions"):
        list(rows(tmp_path))
