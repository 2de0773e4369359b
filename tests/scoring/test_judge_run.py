"""``medq judge`` on run folders as lmms-eval writes them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medq_tasks import records
from medq_tasks.cli import app
from medq_tasks.data import prepare
from medq_tasks.errors import JudgeError, RunError
from medq_tasks.records import AXES
from medq_tasks.runs.load import load_runs
from medq_tasks.scoring.judge_run import judge_slug
from medq_tasks.settings import Settings
from tests.data.factory import no_reference_rows, perception_rows, write_official
from tests.data.tables import prepared
from tests.judge.server import Answer, Ask, FakeServer, error
from tests.runs import factory

STAMP = "20260102_030405"


def run_folder(root: Path, tasks: dict[str, list[dict[str, Any]]], configs: dict[str, Any] | None = None) -> Path:
    folder = root / "run" / "model"
    folder.mkdir(parents=True)
    for task, samples in tasks.items():
        lines = [json.dumps(sample, ensure_ascii=False) for sample in samples]
        (folder / f"{STAMP}_samples_{task}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    results = {"results": {}, "configs": configs or {}, "n-samples": {task: {} for task in tasks}, "config": {}}
    (folder / f"{STAMP}_results.json").write_text(json.dumps(results))
    return root / "run"


def logged(*made: records.Record) -> list[dict[str, Any]]:
    return [{"doc_id": record.row, "target": "", "record": records.to_dict(record)} for record in made]


def judge(run: Path, server: FakeServer, *words: str, env: dict[str, str] | None = None) -> Any:
    return CliRunner().invoke(app, ["judge", str(run), "--base-url", server.base_url, *words], env=env)


def read(run: Path, pattern: str) -> list[Path]:
    return sorted(run.rglob(pattern))


def test_a_run_is_judged_beside_its_own_files_which_stay_as_they_are(tmp_path: Path):
    made = [factory.reasoning(n, scores=None) for n in range(3)]
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(*made)})
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with FakeServer("Score: 1") as server:
        result = judge(run, server, "--judge-model", "org/judge-1")
        assert result.exit_code == 0, result.output
        assert len(server.asks) == 12
        assert {ask.body["model"] for ask in server.asks} == {"org/judge-1"}
    assert {path: path.read_bytes() for path in before} == before
    (file,) = read(run, "*.judged.org-judge-1-*.jsonl")
    # The run's own samples are not written out again.
    assert [sorted(json.loads(line)) for line in file.read_text().splitlines()] == [["id", "judgements", "variant"]] * 3
    (loaded,) = load_runs([run])
    assert loaded.judges == (judge_slug(loaded.tasks["medq_reasoning_no_reference"].stamps[0]),)
    judged = loaded.tasks["medq_reasoning_no_reference"].records
    assert [record.overall for record in judged] == [4, 4, 4]
    assert [dataclasses.replace(record, judgements=()) for record in judged] == made
    (summary,) = read(run, f"{STAMP}_judged.org-judge-1-*.json")
    metrics = json.loads(summary.read_text())["results"]["medq_reasoning_no_reference"]
    # Verdicts of the factory's replies equal the references'; each axis is 1, so the sum is 4.
    assert {name: metrics[name] for name in ("overall", *AXES, "judged", "verdict_accuracy")} == {
        "overall": 4.0, **dict.fromkeys(AXES, 1.0), "judged": 1.0, "verdict_accuracy": 1.0,
    }  # fmt: skip
    assert "overall" in result.output


def test_a_second_judge_stands_beside_the_first_and_a_repeat_asks_nothing(tmp_path: Path):
    run = run_folder(tmp_path, {"medq_reasoning_comparison": logged(factory.reasoning(0, "comparison"))})
    with FakeServer("Score: 2") as server:
        assert judge(run, server, "--judge-model", "one").exit_code == 0
        assert judge(run, server, "--judge-model", "two").exit_code == 0
        assert len(server.asks) == 8
        assert judge(run, server, "--judge-model", "one").exit_code == 0
        assert len(server.asks) == 8
    assert len(read(run, "*.judged.one-*.jsonl")) == len(read(run, "*.judged.two-*.jsonl")) == 1


def test_replies_without_records_are_judged_with_the_table_of_the_run(tmp_path: Path):
    """A ``--predict_only`` log holds doc_id and reply; the rest is in the prepared table that the results name."""
    write_official(tmp_path / "data", splits=("test",), perception=3, no_reference=3, comparison=0)
    env = {"MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")}
    settings = Settings.from_env(env)
    tables = {kind: prepare(kind, "test", settings) for kind in ("no_reference", "perception")}
    configs = {
        f"medq_{name}": {"metadata": {"medq": {"table": {
            "kind": kind, "split": "test", "fingerprint": tables[kind].fingerprint},
            "prompts": {"name": "mine.yaml", "hash": "b2"}}}}
        for name, kind in (("reasoning_no_reference", "no_reference"), ("perception", "perception"))
    }  # fmt: skip
    tasks = {
        "medq_reasoning_no_reference": [
            {"doc_id": 2, "filtered_resps": "Noisy. The image is usable."},
            {"doc_id": 0, "filtered_resps": ["Sharp. The image is good."]},
            {"doc_id": 1, "filtered_resps": "[LMMS_EVAL_REQUEST_FAILED after 3 retries] timeout"},
        ],
        "medq_perception": [
            {"doc_id": row, "filtered_resps": "I cannot tell." if row == 1 else found["answer"]}
            for row, found in enumerate(perception_rows(3))
        ],
    }
    run = run_folder(tmp_path, tasks, configs)
    with FakeServer("Score: 2") as server:
        result = judge(run, server, env=env)
        assert result.exit_code == 0, result.output
        assert len(server.asks) == 8  # two replies of four axes; the failed request is not sent
    (file,) = read(run, "*_samples_medq_reasoning_no_reference.judged.*.jsonl")
    judged = [records.from_dict(json.loads(line)["record"]) for line in file.read_text().splitlines()]
    assert [(record.row, record.state, record.overall) for record in judged] == [
        (2, "answered", 8),
        (0, "answered", 8),
        (1, "failed", 0),
    ]
    assert {record.prompts for record in judged} == {records.PromptStamp("mine.yaml", "b2")}
    (summary,) = read(run, f"{STAMP}_judged.*.json")
    results = json.loads(summary.read_text())["results"]
    assert results["medq_reasoning_no_reference"]["overall"] == pytest.approx(16 / 3)
    assert results["medq_perception"]["accuracy"] == pytest.approx(2 / 3)  # row 1 was not answered
    assert results["medq_perception"]["unanswered"] == pytest.approx(1 / 3)


def test_a_second_reader_reads_what_is_left_of_replies_without_records(tmp_path: Path):
    write_official(tmp_path / "data", splits=("test",), perception=3, no_reference=0, comparison=0)
    env = {"MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")}
    env |= {"MEDQ_READER_MODEL": "reader-1", "MEDQ_READER_COUNTS": "1"}
    found = prepare("perception", "test", Settings.from_env(env))
    table = {"kind": "perception", "split": "test", "fingerprint": found.fingerprint}
    samples = [{"doc_id": row, "filtered_resps": f"Well, {row} is hard."} for row in range(3)]
    run = run_folder(
        tmp_path, {"medq_perception": samples}, {"medq_perception": {"metadata": {"medq": {"table": table}}}}
    )
    with FakeServer("Choice: A") as server:
        env |= {"MEDQ_JUDGE_BASE_URL": server.base_url}
        result = judge(run, server, env=env)
    assert result.exit_code == 0, result.output
    assert [ask.body["model"] for ask in server.asks] == ["reader-1"] * 3
    assert "medq_perception: reader-1 read 3 of 3 replies that no rule could" in " ".join(result.output.split())
    (summary,) = read(run, f"{STAMP}_judged.*.json")
    (told,) = json.loads(summary.read_text())["second_readings"]["medq_perception"]
    assert (told["model"], told["asked"], told["read"], told["counted"]) == ("reader-1", 3, 3, True)


def test_a_table_that_is_not_the_runs_own_is_refused(tmp_path: Path):
    write_official(tmp_path / "data", splits=("test",), perception=0, no_reference=3, comparison=0)
    table = {"kind": "no_reference", "split": "test", "fingerprint": "f" * 64}
    run = run_folder(
        tmp_path,
        {"medq_reasoning_no_reference": [{"doc_id": 0, "filtered_resps": "x"}]},
        {"medq_reasoning_no_reference": {"metadata": {"medq": {"table": table}}}},
    )
    with FakeServer() as server:
        result = judge(run, server, env={"MEDQ_DATA_DIR": str(tmp_path / "data")})
    assert isinstance(result.exception, RunError)
    assert "ffffffffffffffff" in str(result.exception)


def test_a_judge_that_never_answers_leaves_no_files(tmp_path: Path):
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(factory.reasoning(0, scores=None))})
    with FakeServer(lambda ask: error(401, "bad key")) as server:
        result = judge(run, server)
    assert isinstance(result.exception, RunError)
    assert "HTTP 401" in str(result.exception)
    assert read(run, "*judged*") == []


def test_without_a_judge_it_says_what_to_set(tmp_path: Path):
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(factory.reasoning(0, scores=None))})
    result = CliRunner().invoke(app, ["judge", str(run)])
    assert isinstance(result.exception, JudgeError)
    assert "MEDQ_JUDGE_API_KEY" in str(result.exception)


def test_a_torn_samples_line_is_named(tmp_path: Path):
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(factory.reasoning(0, scores=None))})
    (file,) = read(run, "*samples*.jsonl")
    with file.open("a") as handle:
        handle.write('{"doc_id": 1, "rec')
    with FakeServer() as server:
        result = judge(run, server)
    assert isinstance(result.exception, RunError)
    assert f"{file}, line 2" in str(result.exception)


def test_part_of_the_axes_unscored_is_written_and_said(tmp_path: Path):
    made = [factory.reasoning(n, scores=None, reply=f"Reply number {n}. Usable.") for n in range(4)]
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(*made)})
    with FakeServer(lambda ask: "no idea" if "number 3" in ask.text else "Score: 2") as server:
        result = judge(run, server)
    assert result.exit_code == 0
    assert "4 axes not scored" in result.output
    (summary,) = read(run, f"{STAMP}_judged.*.json")
    said = json.loads(summary.read_text())
    assert said["results"]["medq_reasoning_no_reference"]["judged"] == 0.75
    assert said["results"]["medq_reasoning_no_reference"]["overall"] == 8.0
    assert list(said["unscored"]["medq_reasoning_no_reference"].values()) == [4]


def test_what_is_no_score_is_told_by_reason_and_stops_no_other_item(tmp_path: Path):
    """A prompt that is too long, a reply that is cut, a proxy's page: each costs its own axes."""
    made = [factory.reasoning(n, scores=None, reply=f"Reply number {n}. Usable.") for n in range(12)]
    run = run_folder(tmp_path, {"medq_reasoning_no_reference": logged(*made)})

    def answer(ask: Ask) -> Answer | str:
        number = next((n for n in range(11, -1, -1) if f"number {n}." in ask.text), None)
        if number is not None and number < 9:
            return error(400, f"maximum context length exceeded by {900 + number} tokens")
        return Answer(text="A score of 2 ", finish_reason="length") if number == 9 else "Score: 2"

    with FakeServer(answer) as server:
        result = judge(run, server)
    assert result.exit_code == 0
    (summary,) = read(run, f"{STAMP}_judged.*.json")
    unscored = json.loads(summary.read_text())["unscored"]["medq_reasoning_no_reference"]
    assert list(unscored.values()) == [9 * 4, 4]
    assert list(unscored)[1] == "the judge's reply was cut off at its token limit (finish_reason: length)"
    assert "36 axes not scored" in result.output


def test_a_run_of_choices_alone_has_nothing_to_judge_and_that_is_no_failure(tmp_path: Path):
    run = run_folder(tmp_path, {"medq_perception": logged(factory.perception(0))})
    result = CliRunner().invoke(app, ["judge", str(run)])  # and no judge is asked for
    assert (result.exit_code, result.exception) == (0, None)
    assert result.output == f"{run}: nothing to judge: the choices of medq_perception need no judge.\n"
    assert read(run, "*judged*") == []


def test_a_run_without_its_samples_is_refused(tmp_path: Path):
    # Perception is scored already, and of the reasoning task no sample was logged.
    run = run_folder(tmp_path, {"medq_perception": logged(factory.perception(0)), "medq_reasoning_comparison": []})
    with FakeServer() as server:
        result = judge(run, server)
        assert server.asks == []
    assert isinstance(result.exception, RunError)
    assert str(result.exception).startswith(f"{run}: no samples of a reasoning task.")
    assert read(run, "*judged*") == []


def test_a_reply_with_broken_bytes_is_judged(tmp_path: Path):
    run = run_folder(
        tmp_path, {"medq_reasoning_no_reference": logged(factory.reasoning(0, scores=None, reply="Sh#rp."))}
    )
    (file,) = read(run, "*samples*.jsonl")
    file.write_bytes(file.read_bytes().replace(b"#", b"\xff"))
    with FakeServer("Score: 2") as server:
        assert judge(run, server).exit_code == 0
        assert all("Sh\ufffdrp." in ask.text for ask in server.asks)
        assert len(server.asks) == 4


PREDICTED = {"medq_reasoning_no_reference": [{"doc_id": 1, "resps": [["Sharp. The image is good."]]}]}


def test_a_run_that_names_no_fingerprint_is_judged_with_the_folder_it_read(tmp_path: Path):
    table = prepared(tmp_path, "no_reference", no_reference_rows(3))
    run = run_folder(tmp_path, PREDICTED, {"medq_reasoning_no_reference": {"dataset_path": str(table.path)}})
    with FakeServer("Score: 2") as server:
        assert judge(run, server).exit_code == 0
    (file,) = read(run, "*.judged.*.jsonl")
    (record,) = [records.from_dict(json.loads(line)["record"]) for line in file.read_text().splitlines()]
    assert (record.row, record.reply, record.overall) == (1, "Sharp. The image is good.", 8)


@pytest.mark.parametrize("config", [{}, {"dataset_path": "/no/such/folder"}])
def test_replies_of_no_known_table_are_refused_with_the_cure(tmp_path: Path, config: dict[str, str]):
    run = run_folder(tmp_path, PREDICTED, {"medq_reasoning_no_reference": config})
    with FakeServer() as server:
        result = judge(run, server)
    assert isinstance(result.exception, RunError)
    assert "names the table of medq_reasoning_no_reference. Copy the run's `*_results.json`" in str(result.exception)


@pytest.mark.parametrize("line", ["[]", "7", "null"])
def test_a_line_that_is_no_object_is_named(line, tmp_path):
    from medq_tasks.scoring.judge_run import _samples

    (tmp_path / "s.jsonl").write_text(f"{line}\n")
    with pytest.raises(RunError, match=r"s\.jsonl, line 1: not a sample"):
        _samples(tmp_path / "s.jsonl")
