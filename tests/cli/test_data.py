"""``medq data check`` on tables that a user could take for sound."""

from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.data import open_table, prepare
from tests.data.factory import no_reference_rows, perception_rows
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
    rows = perception_rows(3)
    rows[0]["question"], rows[1]["question"] = '"Sharp or not, is it good?', 'Is it noisy?"'
    write_as_text(tmp_path / "data", rows)
    code, said = checked(tmp_path / "data")
    assert code == 1
    assert "row 1" in said
    assert "line 2 of the file" in said


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
