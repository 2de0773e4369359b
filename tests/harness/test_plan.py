"""The planner's arithmetic, and the command on the sample set."""

import base64
import io

import pytest
from PIL import Image
from typer.testing import CliRunner

from medq_tasks import prompts
from medq_tasks.cli import app
from medq_tasks.families import file_name
from medq_tasks.harness import plan
from medq_tasks.judge import Rubric
from medq_tasks.records import AXES

# Every prompt of this rubric is the two texts and nothing more.
RUBRIC = Rubric("bare", {"no_reference": dict.fromkeys(AXES, "{model_text}{reference}")}, fenced=False)


def doc(**values):
    return {"kind": "no_reference", "question": "", "letters": [], "options": [], "reference": "r" * 400, **values}


def test_sizes_are_means_over_the_rows():
    docs = [doc(sizes=["28x28"]), doc(sizes=["280x56"], reference="r" * 800)]
    size = plan.size_of("no_reference", docs, 221, RUBRIC)
    assert size.prompt == len(prompts.load().of("no_reference").ask("")) / 4
    assert size.pictures == (1 + 20) / 2
    assert size.reply == 600 / 4  # the mean reference of 600 characters
    assert size.judging == 4 * 2 * 600 / 4  # four axes, reply and reference of 600 characters each
    assert size.rows == 221


def test_the_plan_by_hand():
    perception = plan.Size("perception", rows=100, prompt=50, pictures=250, reply=3, judging=0)
    comparison = plan.Size("comparison", rows=10, prompt=100, pictures=500, reply=150, judging=2000)
    first, second, judge = plan.steps(
        [perception, comparison], model_tokens_per_s=10, judge_latency=2.0, concurrency=8, thinking=7
    )
    # 100 items of 3 + 7 tokens at 10 tokens/s; 10 items of 150 + 7.
    assert first == plan.Step("model, perception", 100, 30_000, 1_000, 100.0)
    assert second == plan.Step("model, comparison", 10, 6_000, 1_570, 157.0)
    # 10 items on four axes, 2 s each, 8 at a time; 5 tokens for a score.
    assert judge == plan.Step("judge, comparison", 40, 20_000, 200, pytest.approx(10.0))


def test_rows_of_both_splits_add_up_to_the_benchmark():
    assert sum(plan.ROWS[split]["perception"] for split in plan.ROWS) == 2600
    assert sum(rows for split in plan.ROWS.values() for rows in split.values()) == 3308


def test_the_command_counts_the_tables_at_hand_and_says_what_it_assumes(tmp_path, monkeypatch):
    packed = io.BytesIO()
    Image.new("RGB", (56, 28)).save(packed, "PNG")
    image = base64.b64encode(packed.getvalue()).decode()
    tables = {
        "perception": f"index\timage\tquestion\tA\tB\tanswer\n1\t{image}\tNoisy?\tYes\tNo\tA\n",
        "no_reference": f"index\timage\tdescription\n1\t{image}\tSharp. Good.\n",
        "comparison": f"index\timage_a\timage_b\tdescription\n1\t{image}\t{image}\tThe first is sharper.\n",
    }
    for kind, text in tables.items():
        (tmp_path / file_name(kind, "dev")).write_text(text, encoding="utf-8")
    monkeypatch.setenv("MEDQ_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["plan", "--split", "dev", "--concurrency", "16"])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    # One row each: 3 calls of the model, 2 x 4 of the judge.
    assert " total 11 " in said
    assert "16 at a time" in said
    assert "28 x 28" in said


def test_money_is_shown_at_a_users_prices_and_a_model_without_one_is_named(tmp_path, monkeypatch):
    prices = tmp_path / "prices.yaml"
    prices.write_text("judge-x: {prompt: 1000000, completion: 0}\n")  # one a token: money is the tokens read
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "judge-x")
    told = CliRunner().invoke(app, ["plan", "--prices", str(prices)], env={"COLUMNS": "200"})
    rows = {line[:21].strip(): line[21:].split() for line in told.output.splitlines()}
    judged = rows["judge, comparison"]
    assert judged[-1] == f"{judged[1]}.00"
    assert rows["model, perception"][-1] == "–"
    assert f"in the currency of {prices}" in " ".join(told.output.split())
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "other")
    told = CliRunner().invoke(app, ["plan", "--prices", str(prices)])
    assert "has no price for other, only for judge-x" in str(told.exception)
