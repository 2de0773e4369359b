"""Terminal, Markdown and JSON: the same numbers, and no foreign text that does anything."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.records import Record
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.text import as_terminal
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from medq_tasks.wording.figures import metric_interval
from tests.runs import factory

NAME = "medq_mini_perception"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return factory.write_run(tmp_path / "run", {NAME: [factory.perception(n, right=n % 2 == 0) for n in range(60)]})


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    records = factory.hostile(factory.perception_records(70))
    return factory.write_run(tmp_path / "bad", {NAME: records}, model_args="pretrained=a|b<script>\x1b[31m,x=`y`")


def call(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["report", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_terminal_shows_accuracy_interval_counts_and_chance(run: Path) -> None:
    text = call(run)
    # 30 of 60: Wilson 0.5 -+ 0.1227 = 37.7 to 62.3
    assert "50.00 (37.7–62.3)" in text
    assert "Random choice (computed)" in text
    assert "smoke test" in text
    assert "published)" not in text


def test_json_is_the_documented_shape(run: Path) -> None:
    data = json.loads(call(run, "--json"))
    assert data["schema"] == "medq-report/1"
    (task,) = data["runs"][0]["tasks"]
    assert task["total"]["metrics"]["accuracy"] == {
        "value": 0.5,
        "low": pytest.approx(0.3773, abs=1e-4),
        "high": pytest.approx(0.6227, abs=1e-4),
        "pictures": 60,
        "n": 60,
        "method": "wilson",
    }
    assert {"kind", "split", "title", "rows", "notes", "published"} <= set(data["leaderboards"][0])


def test_markdown_tables_survive_hostile_names(hostile: Path) -> None:
    text = call(hostile, "--markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    plain = [line.replace("\\|", "") for line in rows]
    assert {line.count("|") for line in plain} == {10, 9}  # leaderboard: 9 columns, slices: 8
    assert "<" not in text.replace("\n> ", "\n")
    assert "\x1b" not in text
    assert "[click](" not in text
    assert "javascript:" not in text


def test_the_terminal_gets_no_control_characters(hostile: Path) -> None:
    text = call(hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x00" not in text


def test_pictures_stand_beside_items_and_few_of_them_beside_the_interval(tmp_path: Path) -> None:
    records = [factory.perception(n, right=n % 2 == 0) for n in range(60)]
    factory.write_run(tmp_path / "few", {NAME: factory.sharing(records, 4)})
    text = call(tmp_path / "few", "--markdown")
    # Fifteen pictures, each half right: 60 items with Student's t of 14 degrees in Wilson's form.
    assert "50.00 (36.7–63.3, 15 pictures) |" in text
    assert "| 60 | 15 | 0 | 0 |" in text
    alone = call(tmp_path / "few", "--markdown", "--no-by-picture")
    assert "50.00 (37.7–62.3) |" in alone
    assert "| 60 | – | 0 | 0 |" in alone
    assert f"{NAME}: each item counts by itself" in alone.replace("\\", "")


def test_several_runs_get_their_ranks(tmp_path: Path) -> None:
    for place, right in enumerate((40, 60)):
        records = [factory.perception(n, right=n < right) for n in range(60)]
        factory.write_run(tmp_path, {NAME: records}, model_args=f"pretrained=o/model-{place}")
    assert "May be the best: model-1 (qwen2_vl)." in call(tmp_path, "--markdown").replace("\\", "")
    (board,) = json.loads(call(tmp_path, "--json"))["leaderboards"]
    ranks = {row["label"]: row["rank"] for row in board["rows"] if row["origin"] == "run"}
    assert ranks["model-1 (qwen2_vl)"] == {"best": 1, "worst": 1, "may_be_first": True}


def test_problems_are_shown(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {NAME: factory.perception_records(5)}, original={NAME: 9})
    wanted = "5 of 9 items are logged; the rest is missing."
    assert wanted in call(tmp_path, "--markdown")
    assert wanted in call(tmp_path)
    assert wanted in json.loads(call(tmp_path, "--json"))["runs"][0]["problems"][0]


def test_every_judgement_is_a_row_and_one_can_be_chosen(tmp_path: Path) -> None:
    name = "medq_mini_no_reference"
    factory.write_run(tmp_path, {name: [factory.reasoning(n) for n in range(5)]}, model="m", model_args="")
    factory.write_judged(tmp_path, name, [factory.reasoning(n, scores=(2, 2, 2, 2)) for n in range(5)], "strict")
    assert [run["label"] for run in json.loads(call(tmp_path, "--json"))["runs"]] == ["m", "m · strict"]
    (only,) = json.loads(call(tmp_path, "--json", "--judge", "strict"))["runs"]
    assert only["tasks"][0]["total"]["metrics"]["overall"]["value"] == 8


@pytest.mark.parametrize("width", [120, 100, 80])
@pytest.mark.parametrize("kind", ["perception", "no_reference"])
def test_a_narrow_terminal_keeps_numbers_whole_and_every_count(tmp_path: Path, width: int, kind: str) -> None:
    name = f"medq_{'perception' if kind == 'perception' else 'reasoning_no_reference'}"
    for place in range(3):
        made = (
            factory.sharing(factory.perception_records(52, 0.5, seed=place), 4)
            if kind == "perception"
            else factory.sharing(factory.reasoning_records(26, seed=place, unjudged=2), 2)
        )
        factory.write_run(tmp_path, {name: made}, model_args=f"pretrained=org/Model-{place}-7B-Instruct")
    runs = load_runs([tmp_path])
    summaries = summarise(runs)
    boards = leaderboards(summaries, runs)
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(as_terminal(summaries, boards, width=width))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    heads = [line.split() for line in lines if " Items " in line]
    counts = ["Fail.", "Unans."] if kind == "perception" else ["Fail.", "Empty", "Unj."]
    full = {"Fail.": "Failed", "Unans.": "Unanswered", "Unj.": "Unjudged"}
    for head in heads:
        assert [full.get(name, name) for name in head[-len(counts) :]] == [full.get(name, name) for name in counts]
    assert any("Rank" in head for head in heads)
    interval = metric_interval(boards[0].metrics[0], boards[0].rows[0].metrics[boards[0].metrics[0]])
    for part in interval.split(", "):  # the number of pictures may stand on a line of its own
        assert any(part in line for line in lines)
    assert any(line.startswith("  Not shown, as the terminal has") for line in lines) == (
        width < 100 or (kind == "no_reference" and width == 100)
    )


def test_json_and_markdown_together_are_refused(run: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(run), "--json", "--markdown"])
    assert result.exit_code != 0
    assert "Choose one" in str(result.exception)


def two_judges(folder: Path) -> Path:
    """Three runs on one table: two under one judge, one under another with a long name."""
    for place, model in enumerate(("gpt-4o", "gpt-4o", "Qwen2.5-72B-Instruct-AWQ")):
        stamp = replace(factory.STAMP, model=model)
        records = [factory.reasoning(n, scores=(1, 1, 1, place), stamp=stamp) for n in range(8)]
        factory.write_run(folder, {"medq_mini_no_reference": records}, model_args=f"pretrained=o/model-{place}")
    return folder


def test_the_answers_come_before_the_tables(tmp_path: Path) -> None:
    two_judges(tmp_path)
    data = json.loads(call(tmp_path, "--json"))
    lines = [answer["line"] for answer in data["answers"]]
    # Eight differences of 1: p = 2 / 2^8.
    assert lines[0].startswith(
        "No-reference reasoning, embedded sample set: model-1 (qwen2_vl) beats model-0 (qwen2_vl) by "
    )
    assert lines[0].endswith(", p = 0.008, on the same 8 items, judged by gpt-4o.")
    assert len([line for line in lines if "cannot be compared" in line]) == 2
    text = call(tmp_path, "--markdown").replace("\\", "")
    assert text.index(f"- {lines[0]}") < text.index("| Model |")
    shown = " ".join(call(tmp_path).split())
    assert shown.index(lines[0]) < shown.index("Model Judge")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_judges_stand_in_the_table_at_any_width(
    tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_judges(tmp_path)
    monkeypatch.setenv("COLUMNS", str(width))
    text = " ".join(call(tmp_path).split())
    by_number = "Judges: 1 Qwen2.5-72B-Instruct-AWQ; 2 gpt-4o." in text
    assert by_number == (width < 200)
    assert " Judge " in text
    assert "Qwen2.5-72B-Instruct-AWQ" in text


def test_one_judge_of_all_stands_below_the_table(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {"medq_mini_no_reference": [factory.reasoning(n) for n in range(4)]})
    assert "  Judge: gpt-4o.\n" in call(tmp_path)
    markdown = call(tmp_path, "--markdown")
    assert "\n\nJudge: gpt-4o.\n\n" in markdown
    assert "medq\\_mini\\_no\\_reference, judged by gpt-4o\n" in markdown
    assert json.loads(call(tmp_path, "--json"))["leaderboards"][0]["judge"] == "gpt-4o"


@pytest.mark.parametrize("width", [30, 45, 60, 80, 100, 120])
def test_no_caveat_of_a_number_is_cut_off_at_any_width(
    tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: dict[str, list[Record]] = {
        "medq_perception": [factory.perception(n, state="unanswered" if n < 77 else "right") for n in range(100)],
        "medq_reasoning_comparison": [
            factory.reasoning(n, "comparison", scores=(1, 1, 2, None if n < 66 else 2)) for n in range(90)
        ],
    }
    factory.write_run(tmp_path, tasks, limit=100, original={"medq_perception": 1305, "medq_reasoning_comparison": 133})
    monkeypatch.setenv("COLUMNS", str(width))
    text = call(tmp_path)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert "…" not in text
    words = " ".join(text.split())
    assert " 77" in words
    assert " 66" in words
    for part in ("100", "of 1,305", "90", "of 133"):
        assert part in words


def test_a_run_says_when_it_was_made(run: Path) -> None:
    assert "made 2026-11-22 12:00 (zone not recorded)" in call(run)
    assert "- Made: 2026-11-22 12:00 (zone not recorded)" in call(run, "--markdown")
    (made,) = json.loads(call(run, "--json"))["runs"]
    assert (made["when"], made["utc"]) == ("20261122_120000", "")
