"""``medq import`` at its user's level: predictions in, a run folder out that every other command takes."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from medq_tasks.data import open_table, prepare
from medq_tasks.scoring import replies
from tests.cli.streams import runner
from tests.data.factory import perception_rows, write_official
from tests.data.tables import settings
from tests.judge.server import FakeServer
from tests.runs import factory


@pytest.fixture
def medq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_official(tmp_path / "data", perception=6, no_reference=3, comparison=2)

    def run(*words: object):
        monkeypatch.setenv("MEDQ_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "cache"))
        return runner(monkeypatch)(*words)

    return run


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """What the reference implementation writes of six items, three of them right."""
    book = openpyxl.Workbook()
    book.active.append(["index", "question", "A", "B", "C", "D", "answer", "prediction", "hit"])
    for number, row in enumerate(perception_rows(6)):
        wrong = "A" if row["answer"] == "B" else "B"
        cells = (row[name] for name in ("question", "A", "B", "C", "D", "answer"))
        book.active.append([float(number), *cells, row["answer"] if number < 3 else wrong, 1])
    book.save(tmp_path / "Qwen2-VL_MedqbenchMCQ_test.xlsx")
    return tmp_path / "Qwen2-VL_MedqbenchMCQ_test.xlsx"


def test_a_workbook_becomes_a_run_that_report_and_gate_take(medq, workbook, tmp_path):
    said = medq("import", workbook, "-o", tmp_path / "run")
    assert said.code == 0
    assert said.out.splitlines()[0] == "medq_perception: 6 of 6 items imported as Qwen2-VL"
    assert "ids from 'index', replies from 'prediction'" in said.err
    assert "the scores in hit are not taken over" in said.err
    report = json.loads(medq("report", tmp_path / "run", "--json").out)
    (run,) = report["runs"]
    assert run["origin"] == "imported from Qwen2-VL_MedqbenchMCQ_test.xlsx"
    assert run["problems"] == []
    assert run["tasks"][0]["total"]["metrics"]["accuracy"]["value"] == 0.5
    for words in (["--markdown"], []):
        assert "imported from Qwen2-VL" in medq("report", tmp_path / "run", *words).out.replace("\\", "")
    assert medq("report", tmp_path / "run", "-o", tmp_path / "page.html").code == 0
    assert "Qwen2-VL · imported from Qwen2-VL_MedqbenchMCQ_test.xlsx" in (tmp_path / "page.html").read_text()
    assert medq("gate", tmp_path / "run", "--min", "accuracy=0.5").code == 0
    assert medq("gate", tmp_path / "run", "--min", "accuracy=0.6").code == 1
    assert medq("history", tmp_path / "run", "--file", tmp_path / "h.jsonl").code == 0


def test_the_report_is_that_of_a_run_with_the_same_replies(medq, workbook, tmp_path):
    assert medq("import", workbook, "-o", tmp_path / "run").code == 0
    table = prepare("perception", "test", settings(tmp_path))
    cells = openpyxl.load_workbook(workbook).active.iter_rows(min_row=2, values_only=True)
    with open_table(table.path) as opened:
        own = list(replies.records_from(opened, [(int(row[0]), row[7]) for row in cells]))
    factory.write_run(tmp_path / "own", {"medq_perception": own})
    (a,), (b,) = (json.loads(medq("report", tmp_path / name, "--json").out)["runs"] for name in ("run", "own"))
    assert a["tasks"][0]["total"] == b["tasks"][0]["total"]
    assert a["tasks"][0]["slices"] == b["tasks"][0]["slices"]


def test_texts_can_be_judged_without_asking_the_model_again(medq, tmp_path, monkeypatch):
    path = tmp_path / "m_MedqbenchCaption_test.tsv"
    path.write_text('"index"\t"prediction"\n' + "".join(f'"{n}"\t"Some noise.\nVerdict: good"\n' for n in range(3)))
    assert medq("import", path, "-o", tmp_path / "run").code == 0
    with FakeServer("Score: 2") as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("MEDQ_JUDGE_API_KEY", "none")
        judged = medq("judge", tmp_path / "run", "--judge-model", "m", "--base-url", server.base_url)
    assert judged.code == 0, judged.err
    (run,) = json.loads(medq("report", tmp_path / "run", "--json").out)["runs"]
    assert run["tasks"][0]["total"]["metrics"]["overall"]["value"] == 8


def test_nothing_is_written_when_one_of_the_files_cannot_be_used(medq, workbook, tmp_path):
    (tmp_path / "m.pkl").write_bytes(b"")
    said = medq("import", workbook, tmp_path / "m.pkl", "-o", tmp_path / "run")
    assert said.code == 1
    assert said.err.startswith(f"medq: {tmp_path / 'm.pkl'}: is a pickle, which is not read")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_what_is_wrong_with_ids_is_said_and_shown(medq, tmp_path):
    (tmp_path / "m_medq_perception.csv").write_text("id,reply\n0,A\n99,A\n")
    said = medq("import", tmp_path / "m_medq_perception.csv", "-o", tmp_path / "run")
    assert said.code == 0
    problem = "medq_perception: 1 id is not in its table and is left out: 99."
    assert problem in said.err
    (run,) = json.loads(medq("report", tmp_path / "run", "--json").out)["runs"]
    assert problem in run["problems"]
    assert medq("gate", tmp_path / "run", "--min", "accuracy=0").code == 2  # not the whole table


def test_a_run_folder_that_is_a_file(medq, workbook, tmp_path):
    (tmp_path / "run").write_text("")
    said = medq("import", workbook, "-o", tmp_path / "run")
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith(f"medq: {tmp_path / 'run'}")
