"""``medq data check`` on tables that a user could take for sound."""

import pytest
from PIL import Image
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.data import open_table, prepare
from tests.data.factory import cell, encode, no_reference_rows, perception_rows
from tests.data.tables import images, prepared, settings

QA = "medqbench_QA_test.tsv"


def write_as_text(folder, rows):
    folder.mkdir(exist_ok=True)
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (folder / QA).write_text("\n".join(lines) + "\n")


def checked(folder):
    done = CliRunner().invoke(app, ["data", "check", str(folder)])
    return done.exit_code, " ".join(done.output.split())


def test_two_rows_that_quotation_marks_would_melt_are_two(tmp_path):
    rows = perception_rows(3)
    rows[0]["question"], rows[1]["question"] = '"Sharp or not, is it good?', '"Free" of noise?'
    write_as_text(tmp_path / "data", rows)
    assert checked(tmp_path / "data")[0] == 0
    table = prepare("perception", "test", settings(tmp_path))
    with open_table(table.path) as opened:
        found = [(row["question"], row["answer"]) for row in map(opened.row, range(3))]
    assert found == [(row["question"], row["answer"]) for row in rows]


def test_two_rows_that_may_be_one_are_told_with_file_row_and_line(tmp_path):
    rows = perception_rows(2)  # with a third one its index would decide
    rows[0]["question"], rows[1]["question"] = '"Sharp or not, is it good?', 'Is it noisy?"'
    write_as_text(tmp_path / "data", rows)
    code, said = checked(tmp_path / "data")
    assert code == 1
    assert "row 1" in said
    assert "(lines 2 to 3)" in said


def test_a_reference_of_several_lines_is_one_cell(tmp_path):
    rows = no_reference_rows(2)
    rows[0]["description"] = 'Grainy.\n"Soft" edges, it says "x".\n\nThe quality is good.'
    table = prepared(tmp_path, "no_reference", rows)
    with open_table(table.path) as opened:
        assert opened.row(0)["reference"] == rows[0]["description"]
    assert len(images(table)) == 2


def test_a_key_that_names_two_options(tmp_path):
    rows = perception_rows(1)
    rows[0] |= {"A": "1", "B": "2", "answer": "1"}
    write_as_text(tmp_path / "data", rows)
    code, said = checked(tmp_path / "data")
    assert code == 1
    assert "row 1" in said
    assert "ambiguous: it names the options A, B" in said


def with_picture(folder, picture):
    rows = perception_rows(2)
    rows[1]["image"] = cell(picture)
    write_as_text(folder, rows)
    return checked(folder)


def test_a_picture_with_odd_exif_is_noted_and_used(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    sound = with_picture(tmp_path / "sound", encode(Image.new("RGB", (20, 10)), "JPEG", exif=exif))
    assert sound[0] == 0
    assert "EXIF" not in sound[1]
    plain = encode(Image.new("RGB", (20, 10)), "JPEG")
    junk = b"Exif\0\0XX*\0\0\0\0\x08"  # no TIFF header behind the marker
    odd = plain[:2] + b"\xff\xe1" + (len(junk) + 2).to_bytes(2, "big") + junk + plain[2:]
    code, said = with_picture(tmp_path / "odd", odd)
    assert code == 0
    assert "1 picture with EXIF that cannot be read: shown as stored" in said


@pytest.mark.parametrize(("size", "noted"), [((2000, 10), False), ((2010, 10), True), ((10, 2010), True)])
def test_a_picture_of_very_unequal_sides_is_noted_with_its_row(tmp_path, size, noted):
    code, said = with_picture(tmp_path / "data", encode(Image.new("L", size)))
    assert code == 0
    assert ("1 rows (2) have a picture whose sides are more than 200 to 1" in said) is noted


@pytest.mark.parametrize(("side", "code"), [(65_500, 0), (65_501, 1)])
def test_a_side_longer_than_any_jpeg_is_a_fault_of_its_row(tmp_path, side, code):
    found, said = with_picture(tmp_path / "data", encode(Image.new("L", (side, 1))))
    assert found == code
    assert ("row 2" in said and f"{side} x 1 pixels, a side longer than the 65,500 of a JPEG" in said) is bool(code)
