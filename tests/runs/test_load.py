"""Run folders: what is found, what is merged, what is refused and how the refusal reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.records import Record
from medq_tasks.report.embed import sample_data
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.measures import find
from medq_tasks.runs.run import OWN_JUDGE, labels, side_by_side, with_judge
from tests.runs import factory

PERCEPTION = "medq_perception"
REASONING = "medq_reasoning_no_reference"


def test_a_run_holds_what_was_written(tmp_path: Path) -> None:
    records = factory.perception_records(30, failed=2, unanswered=1)
    factory.write_run(tmp_path, {PERCEPTION: records}, limit=30, original={PERCEPTION: 1305})
    (run,) = load_runs([tmp_path])
    task = run.tasks[PERCEPTION]
    assert (run.name, run.when, run.problems) == ("Qwen2-VL-7B-Instruct (qwen2_vl)", "20261122_120000", ())
    assert task.records == tuple(records)
    assert (task.kind, task.split, task.version, task.limit) == ("perception", "test", "1.0", 30)
    assert (task.n_original, task.n_effective, task.complete) == (1305, 30, False)
    assert task.provenance["versions"]["lmms_eval"] == "0.7.3"
    assert set(task.metrics) == {"accuracy"}


@pytest.mark.parametrize(
    ("name", "split"),
    [
        (PERCEPTION, "test"),
        ("medq_perception_dev", "dev"),
        ("medq_mini_comparison", "mini"),
        (f"{REASONING}_dev", "dev"),
    ],
)
def test_the_split_is_read_from_the_name(tmp_path: Path, name: str, split: str) -> None:
    factory.write_run(tmp_path, {name: factory.perception_records(3)})
    (run,) = load_runs([tmp_path])
    assert run.tasks[name].split == split


def test_records_come_in_table_order_whatever_the_rank_order(tmp_path: Path) -> None:
    records = factory.perception_records(6)
    interleaved: list[Record] = [*records[0::2], *records[1::2]]
    factory.write_run(tmp_path, {PERCEPTION: interleaved})
    (run,) = load_runs([tmp_path])
    assert [record.row for record in run.tasks[PERCEPTION].records] == [0, 1, 2, 3, 4, 5]


def test_results_without_a_common_task_are_one_run_and_with_one_are_two(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)}, stamp="20261122_100000")
    factory.write_run(tmp_path, {REASONING: factory.reasoning_records(3)}, stamp="20261122_110000")
    (run,) = load_runs([tmp_path])
    assert (set(run.tasks), run.when) == ({PERCEPTION, REASONING}, "20261122_110000")
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)}, stamp="20261122_120000")
    runs = load_runs([tmp_path])
    assert [set(run.tasks) for run in runs] == [{PERCEPTION, REASONING}, {PERCEPTION}]
    assert labels(runs) == [f"{run.name} · {run.made}" for run in runs]


def test_another_model_in_the_same_folder_is_another_run(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
    factory.write_run(tmp_path, {REASONING: factory.reasoning_records(3)}, model_args="pretrained=a/b")
    assert len(load_runs([tmp_path])) == 2


def test_one_folder_given_twice_is_one_run(tmp_path: Path) -> None:
    factory.write_run(tmp_path / "run", {PERCEPTION: factory.perception_records(3)})
    assert len(load_runs([tmp_path, tmp_path / "run"])) == 1


def test_a_results_file_names_its_run_alone(tmp_path: Path) -> None:
    for stamp in ("20261122_100000", "20261122_110000"):
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)}, stamp=stamp)
    (file,) = tmp_path.rglob("20261122_110000_results.json")
    (run,) = load_runs([file])
    assert run.when == "20261122_110000"


def test_tasks_of_others_are_ignored(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
    (results,) = tmp_path.rglob("*_results.json")
    (results.parent / "20261122_120000_samples_mme.jsonl").write_text('{"doc_id": 0, "mme_score": 1}\n')
    (run,) = load_runs([tmp_path])
    assert set(run.tasks) == {PERCEPTION}


def test_what_is_doubtful_is_named(tmp_path: Path) -> None:
    records = factory.perception_records(5)
    folder = factory.write_run(
        tmp_path, {PERCEPTION: [*records, records[0]], REASONING: []}, original={PERCEPTION: 9, REASONING: 4}
    )
    (run,) = load_runs([folder])
    assert len(run.tasks[PERCEPTION].records) == 5
    (results,) = folder.rglob("*_results.json")
    assert run.problems == (
        f"{PERCEPTION}: 1 item is logged more than once; the last of each counts.",
        f"{PERCEPTION}: 5 of 9 items are logged; the rest is missing.",
        # 5 of the 10 were right, and 3 of the 5 that are left.
        f"{results}: accuracy of {PERCEPTION} is 0.5 there, and 0.6 by the samples (5 items).",
        f"{REASONING}: its samples file is empty.",
    )


def test_records_that_do_not_belong_together_are_named(tmp_path: Path) -> None:
    other = replace(factory.STAMP, model="other")
    records = [factory.reasoning(0), factory.reasoning(1, table="fff0", stamp=other), factory.perception(2)]
    factory.write_run(tmp_path, {REASONING: records})
    (run,) = load_runs([tmp_path])
    assert run.problems[:3] == (
        f"{REASONING}: records of 2 different tables (0123456789abcdef, fff0).",
        f"{REASONING}: judged by 2 different judges or prompts.",
        f"{REASONING}: records of several kinds.",
    )


def test_what_the_results_say_of_themselves_goes_before_names(tmp_path: Path) -> None:
    factory.write_run(
        tmp_path, {PERCEPTION: factory.perception_records(3)}, metadata={"medq": {"table": {"split": "dev"}}}
    )
    (file,) = tmp_path.rglob("*_results.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    said["config"]["model_args"] = {"pretrained": "a/b", "device": "cpu"}
    file.write_text(json.dumps({**said, "date": "20270101_000000"}), encoding="utf-8")
    (run,) = load_runs([tmp_path])
    assert (run.tasks[PERCEPTION].split, run.when, run.model_args) == (
        "dev",
        "20270101_000000",
        "pretrained=a/b,device=cpu",
    )
    del said["date"]
    file.write_text(json.dumps(said), encoding="utf-8")
    assert load_runs([tmp_path])[0].when == "20261122_120000"  # then the stamp of the file


def test_a_lost_samples_file_is_named(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3), REASONING: factory.reasoning_records(3)})
    next(tmp_path.rglob(f"*_samples_{REASONING}.jsonl")).unlink()
    (run,) = load_runs([tmp_path])
    assert run.problems == (f"{REASONING}: in the results, but its samples file is missing.",)


def test_samples_without_results_are_usable_and_say_so(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
    next(tmp_path.rglob("*_results.json")).unlink()
    (run,) = load_runs([tmp_path])
    assert run.problems[0].startswith("20261122_120000: samples without a results file")


def test_a_later_judgement_is_used_when_the_run_has_none(tmp_path: Path) -> None:
    unjudged = [factory.reasoning(number, scores=None) for number in range(4)]
    judged = [factory.reasoning(number, scores=(2, 2, 2, 2)) for number in range(4)]
    factory.write_run(tmp_path, {REASONING: unjudged})
    factory.write_judged(tmp_path, REASONING, judged, "local-7b")
    (run,) = load_runs([tmp_path])
    assert run.judges == ("local-7b",)
    assert run.tasks[REASONING].records == tuple(judged)
    assert run.tasks[REASONING].judgement == "local-7b"


def test_a_judged_file_of_whole_records_is_read_on(tmp_path: Path) -> None:
    """The form of 0.1.0: judge and axes in the record."""
    factory.write_run(tmp_path, {REASONING: [factory.reasoning(number, scores=None) for number in range(2)]})
    judged = [factory.reasoning(number, scores=(2, 1, 0, 2)) for number in range(2)]
    path = factory.write_judged(tmp_path, REASONING, judged, "old", whole=True)
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)["record"]
        (said,) = record.pop("judgements")
        lines.append(json.dumps({"record": {**record, "judge": said["stamp"], "axes": said["axes"]}}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (run,) = load_runs([tmp_path])
    assert run.tasks[REASONING].records == tuple(judged)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "no7", "variant": "", "judgements": []}', "line 1: judges an item that the samples do not hold"),
        ('{"id": "no0", "variant": "x", "judgements": []}', "line 1: judges an item that the samples do not hold"),
        ('{"id": "no0", "variant": "", "judgements": [7]}', "line 1: not a judgement"),
        ('{"id": "no0", "judgements": [{"stamp": {"model": "m"}}]}', "line 1: not a judgement"),
        (
            '{"id": "no0", "judgements": [{"axes": {"completeness": {"score": 7}}}]}',
            "line 1: not a judgement (a score is none of 0, 1, 2 (completeness: 7)).",
        ),
        ('{"id": "no0"}', "line 1: holds no `record`"),
        ("[]", "line 1: not a sample"),
    ],
)
def test_a_judged_line_that_fits_nothing_is_named(tmp_path: Path, line: str, said: str) -> None:
    factory.write_run(tmp_path, {REASONING: [factory.reasoning(0)]})
    path = factory.write_judged(tmp_path, REASONING, [factory.reasoning(0)], "x")
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RunError) as refused:
        load_runs([tmp_path])
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_a_run_that_waits_for_its_scores_is_left_out_of_a_report_of_others_and_named(tmp_path: Path) -> None:
    factory.write_run(tmp_path / "a", {PERCEPTION: factory.perception_records(3)})
    (waiting,) = (factory.write_run(tmp_path / "b", {PERCEPTION: factory.perception_records(3)})).rglob("*samples*")
    waiting.write_text('{"doc_id": 0, "filtered_resps": ["A"]}\n', encoding="utf-8")
    with pytest.raises(RunError, match="holds no `record`"):
        load_runs([tmp_path])
    with pytest.raises(RunError, match=r"holds no `record`.*First `medq judge"):
        load_runs([tmp_path / "b"], totals=True)
    (run,) = load_runs([tmp_path], totals=True)
    (told,) = [problem for problem in run.problems if "Left out" in problem]
    assert str(waiting) in told


def test_forms_of_one_item_stand_beside_each_other(tmp_path: Path) -> None:
    plain = factory.perception(0, right=True)
    forms = [plain, *(replace(plain, variant=f"rotated-{place}") for place in (1, 2))]
    factory.write_run(tmp_path, {PERCEPTION: [forms[2], forms[0], forms[1]]})
    (run,) = load_runs([tmp_path])
    assert run.tasks[PERCEPTION].records == tuple(forms)
    assert run.problems == ()
    assert find(run, "accuracy").values == {record.identity: 1.0 for record in forms}
    data = sample_data([run], {})
    assert (len(data["items"]), len(data["answers"])) == (3, 3)


def test_judgements_are_selectable_and_the_own_one_is_kept(tmp_path: Path) -> None:
    own = [factory.reasoning(number) for number in range(4)]
    other = [factory.reasoning(number, scores=(0, 0, 0, 0)) for number in range(3)]
    factory.write_run(tmp_path, {REASONING: own})
    factory.write_judged(tmp_path, REASONING, other, "strict.v2")
    (run,) = load_runs([tmp_path])
    assert run.judges == (OWN_JUDGE, "strict.v2")
    assert run.tasks[REASONING].records == tuple(own)
    strict = with_judge(run, "strict.v2")
    assert strict.tasks[REASONING].records == tuple(other)
    assert strict.problems == (f"{REASONING}: judgement 'strict.v2' holds 3 of 4 items.",)
    assert with_judge(strict, OWN_JUDGE).tasks[REASONING].records == tuple(own)
    with pytest.raises(
        RunError, match=r"no judgement 'gpt-9'\. There is: \(the run\), by gpt-4o; strict\.v2, by gpt-4o\."
    ):
        load_runs([tmp_path], judge="gpt-9")


def test_a_run_that_was_only_generated_is_read_from_its_judged_files(tmp_path: Path) -> None:
    names = (PERCEPTION, REASONING)
    records: dict[str, list[Record]] = {
        PERCEPTION: [*factory.perception_records(3)],
        REASONING: [*factory.reasoning_records(3)],
    }
    factory.write_run(tmp_path, records, predict_only=True)
    for name in names:
        samples = next(tmp_path.rglob(f"*_samples_{name}.jsonl"))
        samples.write_text('{"doc_id": 0, "filtered_resps": "A", "bypass": null}\n' * 3)
    with pytest.raises(RunError, match="medq judge"):
        load_runs([tmp_path])
    for slug in ("gpt-4o", "other"):
        for name in names:
            factory.write_judged(tmp_path, name, records[name], slug, whole=True)
    (run,) = load_runs([tmp_path])
    assert {name: list(task.records) for name, task in run.tasks.items()} == records
    assert (run.judges, run.problems) == (("gpt-4o", "other"), ())
    assert [set(shown.tasks) for shown in side_by_side(run)] == [set(names), {REASONING}]  # no judge, no second row


class TestRefusals:
    def test_no_task_of_ours(self, tmp_path: Path) -> None:
        (tmp_path / "20261122_120000_results.json").write_text('{"n-samples": {"mme": {}}}')
        with pytest.raises(RunError, match="none of a MedQ task"):
            load_runs([tmp_path])

    def test_no_samples(self, tmp_path: Path) -> None:
        factory.write_run(tmp_path, {PERCEPTION: factory.perception_records(3)})
        next(tmp_path.rglob("*.jsonl")).unlink()
        with pytest.raises(RunError, match=r"totals of medq_perception and no samples.*--log_samples"):
            load_runs([tmp_path])


def test_a_line_separator_in_a_reply_does_not_split_the_line(tmp_path: Path) -> None:
    records = factory.hostile(factory.perception_records(7))
    factory.write_run(tmp_path, {PERCEPTION: records})
    (run,) = load_runs([tmp_path])
    assert run.tasks[PERCEPTION].records == tuple(records)


def test_a_judgement_may_be_named_by_its_judges_model(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {REASONING: [factory.reasoning(0)]})
    for slug, model in (("strict-1", "qwen"), ("mild-1", "llama"), ("mild-2", "llama")):
        stamp = replace(factory.STAMP, model=model)
        factory.write_judged(tmp_path, REASONING, [factory.reasoning(0, scores=(2, 2, 2, 2), stamp=stamp)], slug)
    (run,) = load_runs([tmp_path], "qwen")
    assert run.tasks[REASONING].judgement == "strict-1"
    (own,) = load_runs([tmp_path], "gpt-4o")
    assert own.tasks[REASONING].judgement == ""
    with pytest.raises(RunError, match=r"'llama' has judged more than once \(mild-1, by llama; mild-2, by llama\)"):
        load_runs([tmp_path], "llama")
