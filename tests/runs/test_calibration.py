"""The file of rated items: read as it was written, and refused in one line where it is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.records import JudgeStamp
from medq_tasks.runs.calibration import SCHEMA, RatedItem, Scores, as_json, read_calibration

STAMP = JudgeStamp("judge", "ours", "aaaa", "bbbb", "http://127.0.0.1")
ITEMS = [
    RatedItem("MQ-1", "task", "no_reference", "7", "", "t1", STAMP, 0, {"completeness": Scores(2, {"ann": 1})}),
    RatedItem("MQ-2", "task", "comparison", "8", "v", "t1", None, None, {"consistency": Scores(None, {"ann": 0})}),
]


def content() -> dict[str, Any]:
    return {"schema": SCHEMA, "axes": [], "paper": {}, "calibration": as_json(ITEMS, {"name": "a run"})}


def written(folder: Path, data: object, encoding: str = "utf-8") -> Path:
    path = folder / "align.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])  # the last two: what PowerShell's > writes
def test_what_was_written_is_read(tmp_path: Path, encoding: str) -> None:
    assert read_calibration(written(tmp_path, content(), encoding)).items == tuple(ITEMS)


def test_keys_of_later_versions_are_ignored(tmp_path: Path) -> None:
    data = content()
    data["calibration"]["items"][0]["later"] = data["later"] = 1
    assert read_calibration(written(tmp_path, data)).items == tuple(ITEMS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("item,completeness", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is none of `medq align` (schema medq-align/1)"),
        ("NaN", "is none of `medq align`"),
        ('{"schema": "medq-report/1", "runs": []}', "is none of `medq align`"),
        ('{"axes": [], "paper": {}}', "holds agreement alone, as an older release wrote it"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    refused(written(tmp_path, text), words)


def refused(path: Path, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_calibration(path)
    message = str(caught.value)
    assert message.startswith(f"--calibration {path}: ")
    assert words in message
    assert message.endswith("Give what `medq align RUN human.csv --json` prints.")
    assert "\n" not in message


@pytest.mark.parametrize("name", ["none.json", "."])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    refused(tmp_path / name, "cannot be read (")


def item(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda held: held["items"][0].update({name: value})


def scores(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda held: held["items"][0]["scores"]["completeness"].update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (scores(judge=float("nan")), "items[0], completeness: a score is NaN, not 0, 1 or 2"),
        (scores(judge=float("inf")), "a score is Infinity"),
        (scores(judge=True), "a score is true"),
        (scores(judge=3), "a score is 3"),
        (scores(experts={"ann": 0.5}), "a score is 0.5"),
        (scores(experts={"ann": None}), "a score is null"),
        (scores(experts={}), "items[0], completeness: no scores of experts"),
        (scores(experts=[1]), "no scores of experts"),
        (item("scores", {"charm": {}}), "items[0]: scores are not by axis (completeness"),
        (item("code", 7), "items[0] lacks one of code, task"),
        (item("code", "MQ-2"), "holds an item twice"),
        (item("kind", "perception"), 'items[0]: kind is "perception", not one of no_reference, comparison'),
        (item("judged_by", 1), "items[0]: judged_by is 1, no place in judges"),
        (item("judged_by", -1), "judged_by is -1"),
        (item("picture_group", "x" * 500), "items[0]: picture_group is"),
        (lambda held: held.update(items=[]), "holds no rated item"),
        (lambda held: held.update(items={}), "no lists of judges and items"),
        (lambda held: held.update(items=[None]), "items[0] lacks one of"),
        (lambda held: held.update(judges=[{"model": "x"}]), "judges[0] names no judge"),
    ],
)
def test_damage_is_named_by_place(tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    data = content()
    change(data["calibration"])
    refused(written(tmp_path, data), words)
