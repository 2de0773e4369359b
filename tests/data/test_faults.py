"""Every kind of bad input once: the message names file, row and cure, and nothing half-prepared is left behind."""

import base64
import os

import pytest

from medq_tasks.data import prepare
from medq_tasks.errors import DataError
from medq_tasks.settings import Settings
from tests.data.factory import cell, comparison_rows, no_reference_rows, perception_rows, png, write_tsv

QA = "medqbench_QA_test.tsv"


def settings(tmp_path):
    return Settings.from_env({"MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")})


def refused(tmp_path, kind="perception"):
    """The error that preparing gives; afterwards the cache holds no table, finished or not."""
    with pytest.raises(DataError) as error:
        prepare(kind, "test", settings(tmp_path))
    tables = tmp_path / "cache" / "tables"
    assert not tables.exists() or os.listdir(tables) == []
    assert not (tmp_path / "cache" / "sources").exists()
    return error.value


def change(row, **cells):
    return lambda rows: rows[row - 1].update(cells)


CUT = cell(png(1)[:300])
# what is done to a sound table of 6 rows -> row, problem, cure
PERCEPTION = {
    "empty question": (change(2, question=" "), 2, "question is empty", "Fill in"),
    "missing question": (change(2, question="NaN"), 2, "question is empty", "Fill in"),
    "answer outside the options": (change(4, answer="D"), 4, "'D' names none of the options A, B", "letter"),
    "answer digit outside": (change(1, answer="7"), 1, "'7' names none of the options", "counted from 0"),
    "missing answer": (change(1, answer=""), 1, "answer is missing", "letter of an option"),
    "one option": (change(1, A="", B="Yes"), 1, "has 1 options", "columns A, B"),
    "double index": (change(3, index="0"), 3, "index '0' is also that of row 1", "unique"),
    "missing index": (change(3, index=""), 3, "index is missing", "index of its own"),
    "cut picture": (change(5, image=CUT), 5, "cut short", "Replace the picture"),
    "no picture": (change(5, image=cell(b"no picture at all, only text" * 4)), 5, "not a picture", "Replace"),
    "not base64": (change(5, image="?" * 100), 5, "column image: not base64", "base64 of the picture"),
    "empty image": (change(5, image=""), 5, "has no picture", "image_path"),
    "dangling reference": (change(6, image="99"), 6, "'99' is no base64 picture (too short) and no row has", "row"),
    "own reference": (change(6, image="5"), 6, "runs in a circle", "picture itself"),
    "evil list": (change(2, image="[__import__('os').system('true')]"), 2, "neither JSON nor", "as JSON"),
    "list of nothing": (change(2, image="[]"), 2, "has 0 pictures", "at least 1"),
    "list with a gap": (change(2, image='["", ""]'), 2, "empty picture", "JSON"),
    "17 pictures": (change(2, image=str(["0"] * 17)), 2, "lists 17 pictures", "At most 16"),
}  # fmt: skip


@pytest.mark.parametrize("name", PERCEPTION)
def test_bad_rows_of_the_perception_table(tmp_path, name):
    spoil, row, problem, cure = PERCEPTION[name]
    rows = perception_rows(6)
    spoil(rows)
    write_tsv(tmp_path / "data", "perception", rows)
    error = refused(tmp_path)
    assert [(fault.file, fault.row) for fault in error.faults] == [(QA, row)]
    assert problem in error.faults[0].problem
    assert cure in error.faults[0].cure
    assert str(error).startswith(f"{QA}, row {row}: ")


COMPARISON = {
    "one side empty": (change(2, image_b=""), 2, "image_b is empty", "both pictures"),
    "both sides empty": (change(2, image_a="", image_b=""), 2, "has no picture", "image"),
    "one side cut": (change(2, image_b=CUT), 2, "cut short", "Replace"),
    "reference is a circle": (change(2, image_a="1", image_b="1"), 2, "circle", "picture itself"),
    "empty description": (change(1, description="nan"), 1, "description is empty", "reference text"),
}


@pytest.mark.parametrize("name", COMPARISON)
def test_bad_rows_of_the_paired_table(tmp_path, name):
    spoil, row, problem, cure = COMPARISON[name]
    rows = comparison_rows(3)
    spoil(rows)
    write_tsv(tmp_path / "data", "comparison", rows)
    faults = refused(tmp_path, "comparison").faults
    assert {fault.row for fault in faults} == {row}
    assert problem in faults[0].problem
    assert cure in faults[0].cure


@pytest.mark.parametrize("count", [1, 3])
def test_a_pair_that_is_no_pair(tmp_path, count):
    rows = [
        {"index": "7", "image": str([cell(png(number)) for number in range(count)]), "description": "First is better."}
    ]
    write_tsv(tmp_path / "data", "comparison", rows)
    assert f"has {'1 picture' if count == 1 else f'{count} pictures'}. This table needs exactly 2" in str(
        refused(tmp_path, "comparison")
    )


def test_a_reference_circle_names_every_row_of_it(tmp_path):
    rows = perception_rows(5)
    rows[1]["image"], rows[2]["image"], rows[3]["image"] = "2", "3", "1"  # 1 -> 2 -> 3 -> 1
    rows[4]["image"] = "1"  # leads into the circle
    write_tsv(tmp_path / "data", "perception", rows)
    faults = refused(tmp_path).faults
    assert [fault.row for fault in faults] == [2, 3, 4, 5]
    assert all("circle" in fault.problem for fault in faults)


def test_a_bad_picture_is_told_once_where_it_stands(tmp_path):
    rows = perception_rows(4)
    rows[0]["image"] = CUT
    rows[1]["image"] = rows[2]["image"] = "0"
    write_tsv(tmp_path / "data", "perception", rows)
    assert [fault.row for fault in refused(tmp_path).faults] == [1]


def test_faults_come_in_the_order_of_rows(tmp_path):
    rows = perception_rows(5)
    rows[4]["question"] = ""  # seen when the row is read
    rows[1]["image"] = "99"  # seen when all rows are known
    rows[0]["image"] = CUT
    write_tsv(tmp_path / "data", "perception", rows)
    assert [fault.row for fault in refused(tmp_path).faults] == [1, 2, 5]


def test_all_faults_are_kept_and_five_are_shown(tmp_path):
    rows = perception_rows(9)
    for row in rows[1:]:
        row["question"] = ""
    write_tsv(tmp_path / "data", "perception", rows)
    error = refused(tmp_path)
    assert [fault.row for fault in error.faults] == list(range(2, 10))
    assert str(error).splitlines()[4].startswith(f"{QA}, row 6")
    assert str(error).splitlines()[5] == "... and 3 more faults; `medq data check` lists them all."


@pytest.mark.parametrize("column", ["index", "image", "question", "answer", "A", "B"])
def test_a_missing_column(tmp_path, column):
    rows = [{name: text for name, text in row.items() if name != column} for row in perception_rows(2)]
    write_tsv(tmp_path / "data", "perception", rows)
    assert str(refused(tmp_path)).startswith(f"{QA}: no column {column}")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_wrong_delimiter_is_named(tmp_path, delimiter):
    write_tsv(tmp_path / "data", "perception", perception_rows(2), delimiter=delimiter)
    assert f"separated by {delimiter!r}, not by tabs" in str(refused(tmp_path))


def test_a_missing_folder(tmp_path):
    assert f"{tmp_path / 'data'}: the data folder does not exist. Set MEDQ_DATA_DIR" in str(refused(tmp_path))


def test_a_missing_file_says_what_is_there(tmp_path):
    write_tsv(tmp_path / "data", "no_reference", no_reference_rows(1))
    message = str(refused(tmp_path))
    assert QA in message
    assert "The folder holds medqbench_description_test.tsv" in message


def test_a_header_without_rows(tmp_path):
    path = write_tsv(tmp_path / "data", "perception", perception_rows(1))
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert "a header and no rows" in str(refused(tmp_path))


def test_a_file_that_was_cut_short(tmp_path):
    path = write_tsv(tmp_path / "data", "perception", perception_rows(3))
    path.write_bytes(path.read_bytes()[:-60])
    error = refused(tmp_path)
    assert error.faults[0].row == 3
    assert "cut short" in error.faults[0].cure


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("../secret.png", "leads outside"),
        ("a/../../secret.png", "leads outside"),
        ("..\\secret.png", "leads outside"),
        ("C:\\secret.png", "leads outside"),
        ("/etc/hostname", "leads outside"),
        ("link.png", "is a link that leads outside"),
        ("linked/secret.png", "is a link that leads outside"),
        ("none.png", "names no file"),
        ("folder", "is no file"),
        ("['folder/x.png', '../secret.png']", "leads outside"),
        ("a<NUL>b", "names no file"),
    ],
)
def test_paths_stay_inside_the_data_folder(tmp_path, path, problem):
    (tmp_path / "secret.png").write_bytes(png(1))
    (tmp_path / "data" / "folder").mkdir(parents=True)
    (tmp_path / "data" / "folder" / "x.png").write_bytes(png(2))
    (tmp_path / "data" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "data" / "linked").symlink_to(tmp_path)
    rows = [{"index": "1", "image_path": path, "description": "Good."}]
    source = write_tsv(tmp_path / "data", "no_reference", rows)
    source.write_bytes(source.read_bytes().replace(b"<NUL>", b"\0"))  # Python 3.10 cannot write it
    error = refused(tmp_path, "no_reference")
    assert error.faults[0].row == 1
    assert problem in error.faults[0].problem


def test_a_cache_that_cannot_be_written(tmp_path):
    write_tsv(tmp_path / "data", "perception", perception_rows(2))
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(DataError, match="Set MEDQ_CACHE_DIR to a folder that can be written"):
        prepare("perception", "test", settings(tmp_path))


def test_an_unknown_kind_or_split_is_the_callers_mistake(tmp_path):
    with pytest.raises(ValueError, match="no table"):
        prepare("perception", "train", settings(tmp_path))


def test_base64_that_is_merely_odd_is_no_fault(tmp_path):
    rows = perception_rows(3)
    rows[0]["image"] = "data:image/png;base64," + rows[0]["image"]
    rows[1]["image"] = base64.encodebytes(png(1)).decode().replace("\n", "\r\n ")
    rows[2]["image"] = rows[2]["image"].rstrip("=")
    write_tsv(tmp_path / "data", "perception", rows)
    assert prepare("perception", "test", settings(tmp_path)).rows == 3
