"""Items that share a picture."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.data import open_table
from medq_tasks.records import PerceptionRecord, from_dict, picture_digest, to_dict
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.picture_groups import _read, groups_of, with_pictures, without_pictures
from medq_tasks.runs.run import with_judge
from medq_tasks.scoring import replies
from medq_tasks.settings import Settings
from tests.data.factory import cell, perception_rows, png
from tests.data.tables import prepared, settings
from tests.runs import factory


def records(*pictures: str) -> list[PerceptionRecord]:
    return [factory.perception(number, pictures=tuple(shown)) for number, shown in enumerate(pictures)]


def groups(*pictures: str) -> list[int]:
    found = groups_of(records(*pictures))
    assert found is not None
    return list(found.values())


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        (("x", "y", "z"), [0, 1, 2]),
        (("x", "y", "x"), [0, 1, 0]),
        (("ab", "cd", "bc", "e"), [0, 0, 0, 1]),  # the third pair shows a picture of each of the first two
        (("x", "x", "x"), [0, 0, 0]),
        (("xx",), [0]),
    ],
)
def test_items_with_a_picture_in_common_are_one_group(pictures: tuple[str, ...], expected: list[int]) -> None:
    assert groups(*pictures) == expected


def test_the_order_of_items_does_not_change_the_groups() -> None:
    shown = records("ab", "c", "bd", "c", "e")
    there, back = groups_of(shown), groups_of(shown[::-1])
    assert there is not None
    assert back is not None
    pairs = [(one.identity, other.identity) for one in shown for other in shown]
    assert [there[a] == there[b] for a, b in pairs] == [back[a] == back[b] for a, b in pairs]


def test_a_long_chain_is_one_group() -> None:
    chain = [factory.perception(n, pictures=(str(n), str(n + 1))) for n in range(3000)]
    found = groups_of(chain)
    assert found is not None
    assert set(found.values()) == {0}


def test_variants_of_an_item_share_its_picture() -> None:
    first, second = factory.perception(1), replace(factory.perception(1), variant="rotated 1")
    assert groups_of([first, second]) == {first.identity: 0, second.identity: 0}


def test_nothing_is_said_where_a_picture_is_not_known() -> None:
    assert groups_of(records("x", "")) is None
    assert groups_of([]) is None


def logged(folder: Path, found: list[PerceptionRecord]) -> Path:
    """A run of 0.1.0: its records do not name their pictures."""
    factory.write_run(folder, {"medq_perception": found})
    for path in folder.rglob("*_samples_*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            del line["record"]["pictures"]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_an_old_run_gets_its_pictures_from_the_table(tmp_path: Path) -> None:
    rows = perception_rows(4)
    rows[2]["image"] = rows[0]["index"]  # the official way to show the picture of another row again
    rows[3]["image"] = cell(png(1))  # equal bytes
    table = prepared(tmp_path, "perception", rows)
    with open_table(table.path) as opened:
        new = [replies.read_choice(opened.row(row), "A") for row in range(4)]
    assert [record.pictures for record in new] == [(picture_digest(png(shown)),) for shown in (0, 1, 0, 1)]
    (old,) = load_runs([logged(tmp_path / "run", new)])
    here = settings(tmp_path)
    assert groups_of(old.tasks["medq_perception"].records) is None
    filled = with_pictures(old, here).tasks["medq_perception"].records
    assert [record.pictures for record in filled] == [record.pictures for record in new]
    assert list((groups_of(filled) or {}).values()) == [0, 1, 0, 1]
    bare = Settings.from_env({"MEDQ_CACHE_DIR": str(tmp_path / "empty")})
    assert groups_of(with_pictures(old, bare).tasks["medq_perception"].records) is None


def test_pictures_are_taken_only_from_a_table_that_holds_the_row(tmp_path: Path) -> None:
    table = prepared(tmp_path, "perception", perception_rows(1))
    found = [factory.perception(row, table=table.fingerprint[:16], pictures=()) for row in range(2)]
    (old,) = load_runs([logged(tmp_path / "run", found)])
    filled = with_pictures(old, settings(tmp_path)).tasks["medq_perception"].records
    assert [bool(record.pictures) for record in filled] == [True, False]


def test_without_pictures_each_item_counts_by_itself(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {"medq_perception": factory.sharing(factory.perception_records(4), 2)})
    (run,) = load_runs([tmp_path])
    assert list((groups_of(run.tasks["medq_perception"].records) or {}).values()) == [0, 0, 1, 1]
    assert groups_of(without_pictures(run).tasks["medq_perception"].records) is None


def test_a_later_judgement_keeps_the_pictures(tmp_path: Path) -> None:
    name = "medq_reasoning_no_reference"
    judged = [factory.reasoning(number) for number in range(4)]
    factory.write_run(tmp_path, {name: judged})
    factory.write_judged(tmp_path, name, judged, "strict")
    (run,) = load_runs([tmp_path])
    bare = without_pictures(run)
    assert with_judge(bare, "strict").tasks[name].judgement == "strict"
    assert groups_of(with_judge(run, "strict").tasks[name].records) is not None
    assert groups_of(with_judge(bare, "strict").tasks[name].records) is None


def test_a_whole_record_of_a_judged_file_gets_the_pictures_of_the_samples(tmp_path: Path) -> None:
    name = "medq_reasoning_no_reference"
    judged = [factory.reasoning(number) for number in range(4)]
    factory.write_run(tmp_path, {name: judged})
    old = [replace(record, pictures=()) for record in judged]
    factory.write_judged(tmp_path, name, old, "strict", whole=True)  # as 0.1.0 wrote it
    (run,) = load_runs([tmp_path], "strict")
    assert [record.pictures for record in run.tasks[name].records] == [record.pictures for record in judged]


def test_a_damaged_table_is_one_that_is_not_here(tmp_path: Path) -> None:
    table = prepared(tmp_path, "perception", perception_rows(3))
    found = [factory.perception(row, table=table.fingerprint[:16], pictures=()) for row in (0, -1)]
    (old,) = load_runs([logged(tmp_path / "run", found)])
    filled = with_pictures(old, settings(tmp_path)).tasks["medq_perception"].records
    assert sorted(bool(record.pictures) for record in filled) == [False, True]  # no row before the first
    arrow = next(table.path.glob("*/*.arrow"))
    data = bytearray(arrow.read_bytes())
    data[8:400] = bytes(392)
    arrow.write_bytes(data)
    _read.cache_clear()
    filled = with_pictures(old, settings(tmp_path)).tasks["medq_perception"].records
    assert not any(record.pictures for record in filled)


@pytest.mark.parametrize("odd", ["x", [1], {"a": 1}, "", 0, None, {}])
def test_pictures_that_are_no_list_of_texts_are_a_fault_of_the_line(odd: object) -> None:
    line = to_dict(factory.perception(1))
    assert from_dict({**line, "pictures": ["a"]}).pictures == ("a",)
    with pytest.raises(ValueError, match="pictures are no list of texts"):
        from_dict({**line, "pictures": odd})
