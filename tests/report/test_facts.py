"""What stands in sight beside a run's numbers, and where its warnings lead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from medq_tasks.records import PromptStamp, Record
from medq_tasks.report.facts import RunFacts, facts
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from medq_tasks.scoring.panel import panel
from tests.runs import factory

TEXTS = "medq_reasoning_no_reference"


def of(folder: Path, tasks: dict[str, list[Record]], **options: Any) -> RunFacts:
    factory.write_run(folder / "run", tasks, **options)
    runs = load_runs([folder / "run"])
    (found,) = facts(runs, summarise(runs))
    return found


def test_each_task_says_how_it_was_asked_and_judged(tmp_path: Path) -> None:
    words = PromptStamp("default", "0123456789abcdef")
    tasks: dict[str, list[Record]] = {
        "medq_perception": [factory.perception(n, right=n < 2, prompts=words) for n in range(4)],
        TEXTS: [factory.reasoning(0)],
    }
    run = of(tmp_path, tasks)
    assert (run.label, run.about) == ("Qwen2-VL-7B-Instruct", "qwen2_vl · pretrained=Qwen/Qwen2-VL-7B-Instruct")
    assert run.made == "2026-11-22 12:00 (zone not recorded)"
    seen, text = run.tasks
    assert (seen.value, seen.metric, seen.items, seen.judge) == ("50.00", "% accuracy", "4", "")
    assert (seen.prompts, seen.transport, seen.table) == ("default", "not recorded", factory.TABLE)
    assert (text.value, text.metric, text.judge) == ("5.000", "of 8", "gpt-4o · medq-tasks 1.0")
    assert (text.prompts, text.warnings) == ("not recorded", ())


def test_warnings_lead_to_their_samples(tmp_path: Path) -> None:
    states = ("unanswered", "unanswered", "failed", "")
    tasks: dict[str, list[Record]] = {
        "medq_perception": [factory.perception(n, right=True, state=state) for n, state in enumerate(states)],
        TEXTS: [factory.reasoning(0, scores=(1, None, 1, 1)), factory.reasoning(1)],
    }
    run = of(tmp_path, tasks, original={"medq_perception": 9})
    seen, text = ([(one.text, one.link) for one in task.warnings] for task in run.tasks)
    there = "#samples?task=medq_perception&run=0"
    assert seen == [
        ("1 failed", f"{there}&outcome=failed"),
        ("2 unanswered", f"{there}&outcome=unanswered"),
        ("4 of 9 items", there),
    ]
    assert text == [("1 not fully judged", f"#samples?task={TEXTS}&run=0&outcome=unjudged")]


def test_without_a_judge_the_verdict_is_the_figure_and_the_lack_is_a_warning(tmp_path: Path) -> None:
    run = of(tmp_path, {TEXTS: [factory.reasoning(n, scores=None) for n in range(3)]})
    (task,) = run.tasks
    assert (task.value, task.metric, task.judge) == ("100.00", "% verdict accuracy", "none")
    assert [one.text for one in task.warnings] == ["no judge"]


def test_the_scores_of_a_panel_are_said_to_be_one_s(tmp_path: Path) -> None:
    other = replace(factory.STAMP, model="gpt-5")
    members = [tuple(factory.reasoning(n, stamp=stamp) for n in range(3)) for stamp in (factory.STAMP, other)]
    run = of(tmp_path, {TEXTS: list(panel(members))})
    assert run.tasks[0].judge == "panel of 2: gpt-4o, gpt-5 · medq-tasks 1.0"
