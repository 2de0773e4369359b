"""What the commands of the pages find where they run: official tables, runs, ratings, files of predictions, servers."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from medq_tasks.align.sheet import rateable
from medq_tasks.harness.plugin import task_folder
from medq_tasks.records import AXES, Record
from medq_tasks.runs.load import load_runs
from medq_tasks.scoring.import_run import import_files, write_runs
from medq_tasks.scoring.shipped import shipped_tasks
from medq_tasks.settings import Settings
from tests.data.factory import no_reference_rows, perception_rows, write_official
from tests.runs import factory

ROWS = 6  # of each table; the model of these commands is asked about all of them
OF_THE_TABLES = ("runs/old", "runs/new")  # runs whose replies are read anew: their ids are those of the tables
REPLIES = (
    ("perception", ROWS, "A"),
    ("reasoning_no_reference", 3, "Noise. Verdict: good."),
    ("reasoning_comparison", 2, "Noise in the second. Verdict: first."),
)
PRICES = "gpt-5: {prompt: 1.25, completion: 10}\n"


def fill(folder: Path, runs: tuple[str, ...]) -> Path:
    """Write everything that a page may name below ``folder``; returns it."""
    write_official(folder / "data", perception=ROWS, no_reference=3, comparison=2)
    for name in runs:
        if name in OF_THE_TABLES:
            _import(folder, name)
        else:
            factory.write_run(folder / name, records(name == "OLD"))
    if "RUN" in runs:
        for expert in ("ann", "bob", "human"):
            _rate(folder / f"{expert}.csv", folder / "RUN")
    (folder / "prices.yaml").write_text(PRICES)
    for name, rows in (("MCQ", perception_rows(ROWS)), ("Caption", no_reference_rows(3))):
        _workbook(folder / f"Qwen2-VL-7B_Medqbench{name}_test.xlsx", rows)
    return folder


def records(older: bool) -> dict[str, list[Record]]:
    """Good enough for every gate of the pages; the older run is no better. Ids of perception begin at 0."""
    right = 0 if older else 1
    return {
        "medq_perception": [factory.perception(n, right=n % 4 > 0 or n == right, id=str(n)) for n in range(60)],
        "medq_reasoning_no_reference": [factory.reasoning(n) for n in range(40)],
        "medq_reasoning_comparison": [factory.reasoning(n, "comparison") for n in range(20)],
    }


def _import(folder: Path, name: str) -> None:
    settings = Settings.from_env({"MEDQ_DATA_DIR": str(folder / "data"), "MEDQ_CACHE_DIR": str(folder / "cache")})
    files = []
    for task, count, reply in REPLIES:
        path = folder / f"m_medq_{task}.jsonl"
        path.write_text("".join(json.dumps({"id": n, "reply": reply}) + "\n" for n in range(count)))
        files.append(path)
    found = import_files(files, shipped_tasks(task_folder()), settings)
    write_runs(found, folder / name, datetime(2026, 11, 22, 12))


def _rate(path: Path, run: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", *AXES])
        for number, item in enumerate(rateable(load_runs([run])[0])):
            scores = [item.record.axes[axis].score for axis in AXES]
            writer.writerow([item.code, *((number % 3, *scores[1:]) if number % 5 == 0 else scores)])


def _workbook(path: Path, rows: list[dict[str, str]]) -> None:
    """As VLMEvalKit writes its predictions."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    names = [name for name in rows[0] if not name.startswith("image")]
    sheet.append([*names, "prediction"])
    for row in rows:
        sheet.append([*(row[name] for name in names), "A"])
    book.save(path)


def answer_batch(folder: Path) -> None:
    """``replies.jsonl`` for the requests in ``ask.jsonl``, in the short form."""
    asked = [json.loads(line) for line in (folder / "ask.jsonl").read_text().splitlines()]
    lines = [json.dumps({"custom_id": one["custom_id"], "response": "Score: 2"}) + "\n" for one in asked]
    (folder / "replies.jsonl").write_text("".join(lines))
