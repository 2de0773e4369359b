"""Predictions matched to their table, and the run folder that they become."""

from __future__ import annotations

import dataclasses
import json
import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from medq_tasks import metrics
from medq_tasks.data import open_table, prepare
from medq_tasks.decide.compare import compare
from medq_tasks.errors import PredictionsError
from medq_tasks.harness.plugin import task_folder
from medq_tasks.runs.differences import differences, notes
from medq_tasks.runs.load import load_runs
from medq_tasks.scoring import import_run, replies
from medq_tasks.scoring.shipped import shipped_tasks
from medq_tasks.scoring.which_table import named_task
from medq_tasks.settings import ReaderSettings
from tests.data.factory import no_reference_rows, perception_rows, write_tsv
from tests.data.tables import settings
from tests.judge.server import FakeServer
from tests.runs import factory

TASKS = shipped_tasks(task_folder())
NOW = datetime(2026, 11, 26, 12, 0, 0)
REPLIES = ["A", "The answer is B.", "Failed to obtain answer via API.", "", "I cannot say.", "C"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Official tables: perception test (6 items) and dev (4, other questions), no_reference test (3)."""
    dev = [
        {**row, "question": f"{row['question']} Really?", "index": str(n)} for n, row in enumerate(perception_rows(4))
    ]
    write_tsv(tmp_path / "data", "perception", perception_rows(6))
    write_tsv(tmp_path / "data", "perception", dev, "dev")
    write_tsv(tmp_path / "data", "no_reference", no_reference_rows(3))
    return tmp_path


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def found(folder: Path, *paths: Path, **options: str) -> list[import_run.ImportedTask]:
    return import_run.import_files(paths, TASKS, settings(folder), **options)


def rows(*ids: object, start: int = 0) -> list[dict[str, object]]:
    return [{"id": item, "reply": REPLIES[start + n]} for n, item in enumerate(ids)]


def test_a_second_reader_is_asked_where_one_is_named(folder: Path) -> None:
    replies_ = [{"id": 0, "reply": "A"}, {"id": 4, "reply": "I cannot say."}]
    path = write(folder, "m_medq_perception.jsonl", replies_)
    with FakeServer("Choice: A") as server:
        current = settings(folder)
        judge = dataclasses.replace(current.judge, base_url=server.base_url)
        current = dataclasses.replace(current, judge=judge, reader=ReaderSettings("reader-1"))
        (one,) = import_run.import_files([path], TASKS, current)
    assert [(record.id, record.read_by, record.second) for record in one.records] == [
        ("0", "rules", None),
        ("4", "reader-1", "A"),
    ]
    assert len(server.asks) == 1
    assert any("reader-1 read 1 of 1 replies that no rule could" in problem for problem in one.problems)


def test_the_tasks_are_those_of_the_yaml_files():
    assert len(TASKS) == 9
    assert (TASKS["medq_mini_no_reference"].kind, TASKS["medq_mini_no_reference"].split) == ("no_reference", "mini")
    text = (task_folder() / "perception" / "medq_perception_dev.yaml").read_text()
    assert f"version: {TASKS['medq_perception_dev'].version}\n" in text


@pytest.mark.parametrize(
    ("stem", "task", "model"),
    [
        ("Qwen2-VL-7B_MedqbenchMCQ_test", "medq_perception", "Qwen2-VL-7B"),
        ("GPT4o_MedqbenchCaption_dev_gpt-4o_result", "medq_reasoning_no_reference_dev", "GPT4o"),
        ("m_MEDQBENCHPAIREDDESCRIPTION_test", "medq_reasoning_comparison", "m"),
        ("medq_perception_dev_my-model", "medq_perception_dev", "my-model"),
        ("m_medqbench_QA_test", "medq_perception", "m"),
        ("medq_mini_comparison", "medq_mini_comparison", "medq_mini_comparison"),
        ("m_MedqbenchMCQ", None, "m"),
        ("predictions", None, "predictions"),
    ],
)
def test_task_and_model_by_the_name_of_a_file(stem, task, model):
    assert named_task(stem, TASKS) == (task, model)


def test_the_run_is_what_the_same_replies_give(folder):
    path = write(folder, "m_medq_perception.jsonl", rows("0", 1, 2.0, " 3 ", "4.0", 5))
    (one,) = found(folder, path)
    with open_table(prepare("perception", "test", settings(folder)).path) as table:
        own = tuple(replies.records_from(table, enumerate(REPLIES)))
    assert one.records == own
    assert one.problems == ()
    assert [record.state for record in own][2] == "failed"
    (written,) = import_run.write_runs([one], folder / "run", NOW)
    assert written == folder / "run" / "m" / "20261126_120000_results.json"
    (run,) = load_runs([folder / "run"])
    task = run.tasks["medq_perception"]
    assert task.records == own
    assert task.stamped
    assert task.complete
    assert run.problems == ()
    assert (run.name, run.origin) == ("m", "imported from m_medq_perception.jsonl")
    assert run.utc == NOW.astimezone(timezone.utc).isoformat()
    assert {name: value for name, value in task.metrics.items() if value is not None} == metrics.of_records(own)
    assert task.version == str(TASKS["medq_perception"].version)
    assert "input_code" not in task.provenance  # what makes prompts here did not make these


def test_the_sample_log_of_a_run_is_read_by_the_rules_of_today(folder):
    """A log as 0.1.0 wrote it: what it read ("choice") and found ("state") counts for nothing."""
    lines = [
        {
            "doc_id": row,
            "target": "A",
            "filtered_resps": reply,
            "record": {
                "id": str(row),
                "row": row,
                "reply": reply,
                "choice": "D",
                "state": "right",
                "kind": "perception",
            },
        }
        for row, reply in enumerate(REPLIES)
    ]
    path = write(folder, "20261122_120000_samples_medq_perception.jsonl", lines)
    (one,) = found(folder, path, model="qwen2_vl")
    with open_table(prepare("perception", "test", settings(folder)).path) as table:
        assert one.records == tuple(replies.records_from(table, enumerate(REPLIES)))
    assert (one.task.name, one.model, one.problems) == ("medq_perception", "qwen2_vl", ())


def test_unknown_missing_and_double_ids_are_counted_and_kept(folder):
    path = write(folder, "m_medq_perception.jsonl", [*rows(0, "x", "y", 3), *rows(0)])
    told = (
        "medq_perception: 2 ids are not in its table and are left out: x, y.",
        "medq_perception: 4 of 6 items have no reply: 1, 2, 4, 5.",
        "medq_perception: 1 id stands more than once with equal replies: 0.",
    )
    (one,) = found(folder, path)
    assert one.problems == told
    import_run.write_runs([one], folder / "run", NOW)
    (run,) = load_runs([folder / "run"])
    assert run.problems == told
    assert (len(run.tasks["medq_perception"].records), run.tasks["medq_perception"].n_original) == (2, 6)


def keyed(folder: Path, **inner: dict[str, object]) -> Path:
    """An object of rows by key, as json and with these cells beside the reply."""
    path = folder / "m_medq_perception.json"
    path.write_text(json.dumps({key: {"prediction": REPLIES[int(key)], **row} for key, row in inner.items()}))
    return path


def test_a_key_that_is_an_id_of_the_table_counts_before_what_the_row_holds(folder):
    path = keyed(folder, **{"0": {"qid": "x"}, "1": {"qid": 99}, "2": {"qid": 2}, "5": {}})
    (one,) = found(folder, path)
    assert [(record.id, record.reply) for record in one.records] == [(key, REPLIES[int(key)]) for key in "0125"]
    assert one.problems == ("medq_perception: 2 of 6 items have no reply: 3, 4.",)


def test_a_key_that_is_none_leaves_the_id_in_the_row(folder):
    path = folder / "m_medq_perception.json"
    path.write_text(json.dumps({f"run {n}": {"index": 5 - n, "prediction": text} for n, text in enumerate("AB")}))
    (one,) = found(folder, path)
    assert [(record.id, record.reply) for record in one.records] == [("4", "B"), ("5", "A")]


@pytest.mark.parametrize("name", ["image_id", "uid", "sample_id", "qid"])
def test_a_key_and_an_id_that_name_two_items_are_refused(folder, name):
    path = keyed(folder, **{"0": {name: 0}, "1": {name: "2.0"}, "2": {name: 1}})
    with pytest.raises(PredictionsError) as error:
        found(folder, path)
    told = "two ids of it, or its key and its id, name two items of medq_perception, 2.0 and 1 (so for 2 of 3 rows)"
    assert str(error.value) == f"{path}, entry '1': {told}. Leave one of them in the file."


@pytest.mark.parametrize("name", ["id", "index", "question_id", "item_id"])
def test_keys_that_only_number_the_rows_give_way_to_an_id_inside(folder, name):
    path = keyed(folder, **{"0": {name: 0}, "1": {name: "2.0"}, "2": {name: 1}})  # pandas, orient="index"
    (one,) = found(folder, path)
    assert [(record.id, record.reply) for record in one.records] == [
        ("0", REPLIES[0]), ("1", REPLIES[2]), ("2", REPLIES[1]),
    ]  # fmt: skip
    other = keyed(folder, **{"5": {name: 0}, "4": {name: 1}})  # these do not: which of the two is the id?
    with pytest.raises(PredictionsError, match="name two items of medq_perception, 0 and 5"):
        found(folder, other)


@pytest.mark.parametrize("form", ["columns", "index", "csv", "xlsx"])
@pytest.mark.parametrize("name", ["sample_id", "index"])
def test_labels_of_pandas_never_name_an_item_beside_an_id(folder, name, form):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({name: [1003, 1001, 2], "prediction": ["A", "B", "C"]})
    path = folder / f"m_medq_perception.{form if form in ('csv', 'xlsx') else 'json'}"
    written = {"csv": table.to_csv, "xlsx": table.to_excel}.get(form)
    written(path) if written else table.to_json(path, orient=form)
    (one,) = found(folder, path)
    assert [(record.id, record.reply) for record in one.records] == [("2", "C")]
    assert "medq_perception: 2 ids are not in its table and are left out: 1003, 1001." in one.problems


@pytest.mark.parametrize("name", ["id", "question_id", "qid"])
def test_an_index_that_only_numbers_the_rows_does_not_outvote_an_id(folder, name):
    said = [{"index": n, name: id_, "prediction": REPLIES[id_]} for n, id_ in enumerate((3, 1, 5, 0, 2, 4))]
    path = folder / "m_medq_perception.json"
    path.write_text(json.dumps(said))
    with pytest.raises(PredictionsError, match="two ids of it, or its key and its id, name two items"):
        found(folder, path)
    path.write_text(json.dumps([{**row, name: row["index"]} for row in said]))  # both say the same
    assert len(found(folder, path)[0].records) == 6


@pytest.mark.parametrize("inner", [{"image_id": "img{}.png"}, {"uid": "chatcmpl-{}"}])
def test_keys_count_beside_what_is_of_a_picture_or_a_reply(folder, inner):
    path = keyed(folder, **{str(n): {name: said.format(n) for name, said in inner.items()} for n in range(6)})
    (one,) = found(folder, path)
    assert [record.reply for record in one.records] == list(REPLIES[:6])


def test_the_question_tells_which_of_key_and_id_is_meant(folder):
    with open_table(prepare("perception", "test", settings(folder)).path) as table:
        asked = [table.row(row)["question"] for row in range(3)]
    inner = {str(n): {"sample_id": id_, "question": asked[id_]} for n, id_ in enumerate((0, 2, 1))}
    (one,) = found(folder, keyed(folder, **inner))
    assert [record.reply for record in one.records] == [REPLIES[0], REPLIES[2], REPLIES[1]]


def test_two_replies_for_one_id_are_named_by_the_key(folder):
    path = folder / "m_medq_perception.json"
    path.write_text(json.dumps({"0": {"uid": "a", "reply": "A"}, "00": {"uid": "b", "reply": "B"}}))
    with pytest.raises(PredictionsError, match="two different replies for id 0 "):
        found(folder, path)


def test_two_replies_for_one_id(folder):
    path = write(folder, "m_medq_perception.jsonl", [*rows(0, 1, 2), {"id": "1.0", "reply": "No"}])
    with pytest.raises(PredictionsError) as error:
        found(folder, path)
    assert str(error.value) == (
        f"{path}, line 2 and {path}, line 4: two different replies for id 1 (1 such id). "
        "Remove one, or say which counts: --duplicates first|last."
    )
    for which, reply in (("first", REPLIES[1]), ("last", "No")):
        (one,) = found(folder, path, duplicates=which)
        assert one.records[1].reply == reply
        assert f"medq_perception: 1 id has different replies, the {which} counts: 1." in one.problems
    with pytest.raises(PredictionsError, match="--duplicates any is not one of refuse, first, last"):
        found(folder, path, duplicates="any")


def test_files_of_one_model_and_task_are_parts_of_one_run(folder):
    first = write(folder, "m_medq_perception_part1.jsonl", rows(0, 1, 2))
    second = write(folder, "m_medq_perception_part2.jsonl", rows(3, 4, 5, start=3))
    texts = write(folder, "m_MedqbenchCaption_test.jsonl", rows(0, 1, 2))
    other = write(folder, "n_medq_perception.jsonl", rows(0))
    every = found(folder, first, second, texts, other)
    assert [(one.model, one.task.name, len(one.records)) for one in every] == [
        ("m", "medq_perception", 6),
        ("m", "medq_reasoning_no_reference", 3),
        ("n", "medq_perception", 1),
    ]
    assert len(import_run.write_runs(every, folder / "run", NOW)) == 2
    both = {run.name: run for run in load_runs([folder / "run"])}
    assert sorted(both["m"].tasks) == ["medq_perception", "medq_reasoning_no_reference"]
    assert both["m"].origin == f"imported from {first.name}, {second.name}, {texts.name}"


def test_a_stamp_that_is_there_is_left_alone(folder):
    (one,) = found(folder, write(folder, "m_medq_perception.jsonl", rows(0)))
    (first,) = import_run.write_runs([one], folder / "run", NOW)
    before = first.read_bytes()
    (second,) = import_run.write_runs([one], folder / "run", NOW)
    assert second.name == "20261126_120001_results.json"
    assert first.read_bytes() == before
    assert len(load_runs([folder / "run"])) == 2


def test_a_disk_that_is_full_leaves_no_half_of_a_run(folder, monkeypatch):
    (one,) = found(folder, write(folder, "m_medq_perception.jsonl", rows(0)))
    whole = import_run.write_whole

    def full(path, *rest):
        if path.name.endswith("_results.json"):
            raise OSError(28, "No space left on device", str(path))
        whole(path, *rest)

    monkeypatch.setattr(import_run, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        import_run.write_runs([one], folder / "run", NOW)
    assert not [path for path in (folder / "run").rglob("*") if path.is_file()]


def asked(count: int, tail: str = "") -> list[dict[str, object]]:
    own = perception_rows(count)
    return [{**one, "question": own[n]["question"] + tail} for n, one in enumerate(rows(*range(count)))]


def test_another_tables_ids_are_told_by_their_questions(folder):
    path = write(folder, "m_medq_perception.jsonl", asked(4, " Really?")[::-1])
    (one,) = found(folder, path)  # the table's question stands in theirs: nothing to refuse
    assert len(one.records) == 4
    dev = write(folder, "m_medq_perception_dev.jsonl", asked(4))
    with pytest.raises(PredictionsError) as error:
        found(folder, dev)
    assert str(error.value) == (
        f"{dev}, line 1: the question of id 0 is not the one that the table of medq_perception_dev has "
        "(so for 4 of 4 rows): the ids are of another table. They fit medq_perception: say so with --task."
    )
    neither = write(folder, "n_medq_perception.jsonl", [{**asked(1)[0], "question": "What organ is this?"}])
    with pytest.raises(PredictionsError, match="No other table in MEDQ_DATA_DIR fits"):
        found(folder, neither)


def test_blanks_and_marks_of_backends_make_no_other_question(folder):
    table = [{**row, "question": f"<image> {row['question']}"} for row in perception_rows(2)]
    write_tsv(folder / "data", "perception", table)
    theirs = [{**rows(n)[0], "question": f" {table[n]['question'].upper()}\r\n"} for n in range(2)]
    (one,) = found(folder, write(folder, "m_medq_perception.jsonl", theirs))
    assert len(one.records) == 2


def test_no_id_matches(folder):
    path = write(folder, "m_MedqbenchCaption_test.jsonl", rows(3, 4, 5))
    with pytest.raises(PredictionsError) as error:
        found(folder, path)
    assert str(error.value) == (
        f"{path}: none of its ids are in the table of medq_reasoning_no_reference (not there: 3, 4, 5). "
        "They fit medq_perception: say so with --task."
    )


def test_ids_that_are_in_part_the_tables_and_wholly_anothers(folder):
    path = write(folder, "m_MedqbenchCaption_test.jsonl", rows(0, 1, 4, 5))
    with pytest.raises(PredictionsError) as error:
        found(folder, path)
    assert str(error.value) == (
        f"{path}: 2 of 4 of its ids are in the table of medq_reasoning_no_reference (not there: 4, 5). "
        "They fit medq_perception: say so with --task."
    )
    (said,) = found(folder, path, task="medq_reasoning_no_reference")
    assert [record.id for record in said.records] == ["0", "1"]


def test_without_a_name_the_table_that_fits_best(folder):
    (by_ids,) = found(folder, write(folder, "predictions.jsonl", rows(0, 1, 2, 3, 4)))
    assert (by_ids.task.name, by_ids.model) == ("medq_perception", "predictions")
    (by_question,) = found(folder, write(folder, "q.jsonl", asked(4, " Really?")), model="m")
    assert (by_question.task.name, by_question.model) == ("medq_perception_dev", "m")
    with_options = [{**row, "A": "Yes", "B": "No"} for row in rows(0, 1, 2)]
    with pytest.raises(PredictionsError, match="its ids fit medq_perception and medq_perception_dev alike"):
        found(folder, write(folder, "three.jsonl", with_options))
    with pytest.raises(PredictionsError, match="its ids are of no table at hand"):
        found(folder, write(folder, "none.jsonl", rows("x")))
    (said,) = found(folder, write(folder, "three.jsonl", with_options), task="medq_perception_dev")
    assert said.task.split == "dev"
    with pytest.raises(PredictionsError, match="--task medq is unknown"):
        found(folder, folder / "three.jsonl", task="medq")


def test_another_key_in_the_file_is_told(folder):
    key = perception_rows(1)[0]["answer"]
    for theirs, told in (("B" if key == "A" else "A", 1), (key.lower(), 0), ("0", 0), ("Yes", 0)):
        path = write(folder, "m_medq_perception.jsonl", [{**rows(0)[0], "answer": theirs}])
        (one,) = found(folder, path)
        problem = "medq_perception: 1 item has another key in the files than in the table, whose key counts: 0."
        assert one.problems.count(problem) == told


def test_a_models_name_stays_inside_the_run_folder(folder):
    (one,) = found(folder, write(folder, "p_medq_perception.jsonl", rows(0)), model="../../up/x")
    (written,) = import_run.write_runs([one], folder / "run", NOW)
    assert written.parent.parent == folder / "run"
    (run,) = load_runs([folder / "run"])
    assert run.model == "../../up/x"


def test_a_comparison_says_that_prompts_and_pictures_are_unknown(folder):
    (one,) = found(folder, write(folder, "m_medq_perception.jsonl", rows(0, 1, 2, 3, 4, 5)))
    import_run.write_runs([one], folder / "run", NOW)
    (run,) = load_runs([folder / "run"])
    said = {"version": TASKS["medq_perception"].version}
    medq = {"input_code": "c0de", "pictures": {"limits": {"max_side": 512}}}
    known = {**said, "medq": medq}
    backend = {"model_backend": "lmms_eval.models.simple.qwen2_vl"}
    factory.write_run(folder / "own", {"medq_perception": one.records}, metadata=known, config=backend)
    (own,) = load_runs([folder / "own"])
    own.tasks["medq_perception"].config["generation_kwargs"] = {"temperature": 0}
    assert differences(run, own) == []
    unknown = "is imported from m_medq_perception.jsonl: its prompts, pictures, code and settings are not known."
    assert list(notes(run, own)) == [f"A {unknown}"]
    assert list(notes(run, run)) == [f"A {unknown}", f"B {unknown}"]
    assert list(notes(own, own)) == []
    assert compare(run, own) is not None


def test_a_file_in_the_way_of_the_folder_is_named(folder: Path) -> None:
    tasks = found(folder, write(folder, "m_medq_perception.jsonl", rows(0)))
    (folder / "out").write_text("x")
    with pytest.raises(PredictionsError, match=r"a file stands in the way. Name another folder with -o"):
        import_run.write_runs(tasks, folder / "out", NOW)


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jsonl")
    with pytest.raises(PredictionsError, match=r"pipe.jsonl: is no file"):
        found(folder, folder / "pipe.jsonl")
