import json

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.data import check
from medq_tasks.families import file_name
from medq_tasks.records import KINDS
from tests.data.factory import cell, perception_rows, png, write_official, write_tsv

run = CliRunner().invoke
OFFICIAL = [file_name(kind, split) for split in ("test", "dev") for kind in KINDS]


def test_a_sound_folder(tmp_path):
    report = check(write_official(tmp_path, perception=20, no_reference=6, comparison=5))
    assert report.ok
    assert [(table.file, table.rows, table.pictures) for table in report.tables] == [
        (name, rows, pictures) for name, rows, pictures in zip(OFFICIAL, [20, 6, 5] * 2, [20, 6, 10] * 2, strict=True)
    ]
    assert report.tables[0].slices["question_type"] == {"yes_or_no": 7, "what": 7, "how": 6}
    assert report.tables[2].slices["grain"] == {"coarse": 3, "fine": 2}
    assert "question_type" not in report.tables[1].slices
    assert report.tables[0].formats == {"PNG RGB": 20}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(OFFICIAL)  # nothing written


def test_the_command_says_it_all(tmp_path):
    rows = [{name: text for name, text in row.items() if name != "question_type"} for row in perception_rows(6)]
    write_tsv(write_official(tmp_path), "perception", rows, "dev")
    done = run(app, ["data", "check", str(tmp_path)])
    assert done.exit_code == 0
    assert "medqbench_QA_dev.tsv: 6 rows, 6 different pictures (6 PNG RGB)" in done.output
    assert "question_type: yes_or_no 2, what 2, how 2 (6 inferred)" in done.output
    assert "note: question type inferred from wording and options in 6 of 6 rows" in done.output
    assert done.output.endswith("6 tables, 22 rows, no faults\n")


def test_every_fault_of_every_table_is_listed(tmp_path):
    rows = perception_rows(9)
    for row in rows[2:]:
        row["question"] = ""
    write_tsv(write_official(tmp_path), "perception", rows, "dev")
    (tmp_path / OFFICIAL[1]).write_text("index,image,description\n")
    done = run(app, ["data", "check", str(tmp_path)])
    assert done.exit_code == 1
    assert [f"QA_dev.tsv, row {number}: the question is empty" in done.output for number in range(1, 10)] == [
        number > 2 for number in range(1, 10)
    ]
    assert f"{OFFICIAL[1]}: the columns are separated by ',', not by tabs" in done.output
    assert done.output.endswith("8 faults\n")


def test_the_folder_may_come_from_the_environment(tmp_path, monkeypatch):
    assert run(app, ["data", "check"]).exit_code == 1
    monkeypatch.setenv("MEDQ_DATA_DIR", str(write_official(tmp_path)))
    assert run(app, ["data", "check"]).exit_code == 0


@pytest.mark.parametrize(
    ("there", "missed"),
    [
        ([0, 1, 2], []),  # one split
        ([0, 3], []),  # one kind
        ([4], []),
        ([0, 1, 2, 3, 4], [5]),
        ([0, 1, 3], [4]),  # dev has a QA table, and there is a description table: dev's is missed
    ],
)
def test_which_missing_files_are_faults(tmp_path, there, missed):
    write_official(tmp_path)
    for number, name in enumerate(OFFICIAL):
        if number not in there:
            (tmp_path / name).unlink()
    report = check(tmp_path)
    assert [fault.file for fault in report.faults] == [OFFICIAL[number] for number in missed]
    assert len(report.absent) == 6 - len(there) - len(missed)


def test_no_folder_and_no_files(tmp_path):
    assert "does not exist" in str(check(tmp_path / "none").faults[0])
    assert "none of the official files" in str(check(tmp_path).faults[0])
    assert run(app, ["data", "check", str(tmp_path)]).exit_code == 1


def test_a_sample_set_folder(tmp_path):
    report = check(write_official(tmp_path, splits=("mini",)))
    assert report.ok
    assert [table.split for table in report.tables] == ["mini"] * 3
    assert report.absent == ()
    write_official(tmp_path, perception=0, comparison=0, splits=("test",))  # of the sample set there is a QA table too
    report = check(tmp_path)
    assert report.ok
    assert report.absent == (OFFICIAL[0], OFFICIAL[2], *OFFICIAL[3:])


def test_json(tmp_path):
    rows = perception_rows(2)
    rows[1]["image"] = cell(png(1)[:200])
    for row in rows:
        del row["question_type"]
    write_tsv(tmp_path, "perception", rows)
    done = run(app, ["data", "check", "--json", str(tmp_path)])
    assert done.exit_code == 1
    said = json.loads(done.output)
    assert said["ok"] is False
    table = {**said["tables"][0], "slices": said["tables"][0]["slices"]["question_type"]}
    assert table == {
        "file": OFFICIAL[0],
        "kind": "perception",
        "split": "test",
        "rows": 2,
        "pictures": 2,
        "formats": {"PNG RGB": 1},  # the other one is cut
        "slices": {"yes_or_no": 1, "what": 1},
        "inferred": {"question_type": 2},
        "notes": ["question type inferred from wording and options in 2 of 2 rows"],
    }
    assert [(fault["file"], fault["row"]) for fault in said["faults"]] == [(OFFICIAL[0], 2)]
    assert len(said["absent"]) == 5
