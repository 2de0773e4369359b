"""``medq runs``."""

import json

import pytest

from medq_tasks.cli import runs
from medq_tasks.runs import kept
from tests.cli.streams import runner
from tests.runs.test_kept import with_kept


@pytest.fixture
def medq(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "cache"))
    return lambda *words: runner(pytest.MonkeyPatch())("runs", *words)


def test_none_are_kept(medq):
    assert medq().out == "no runs are kept here\n"
    assert json.loads(medq("--json").out) == []


def test_a_run_takes_two_lines_and_its_path_one_of_its_own(medq, tmp_path):
    folder = with_kept(tmp_path / "out", at=tmp_path / "cache" / kept.BELOW_CACHE / ("a" * 150))
    head, path, end = medq().out.split("\n")
    assert head.startswith(
        "2026-11-22 04:00 UTC Qwen2-VL-7B-Instruct (qwen2_vl) medq_perception, medq_reasoning_no_reference: 7 items, "
        "3 judged, "
    )
    assert head.endswith(" kB")
    assert (path.strip(), end) == (str(folder), "")


def test_folders_can_be_named(medq, tmp_path):
    with_kept(tmp_path / "out", ended="KeyboardInterrupt")
    assert medq().out == "no runs are kept here\n"
    (told,) = json.loads(medq(tmp_path / "out", "--json").out)
    assert (told["utc"], told["ended"]) == ("2026-11-22T04:00:00+00:00", "KeyboardInterrupt")
    assert "ended early (KeyboardInterrupt)" in medq(tmp_path / "out").out


@pytest.mark.parametrize(
    ("items", "scored", "judged", "later", "told"),
    [
        (1, True, {}, 0, "1 item, 1 kB"),  # choices: there is nothing to judge
        (2, True, {"t": 0}, 0, "2 items, not judged, 1 kB"),
        (2, True, {"t": 2}, 0, "2 items, 2 judged, 1 kB"),
        (2, True, {"t": 0}, 1, "2 items, 1 later judgement, 1 kB"),
        (2, False, {}, 0, "2 items, not scored yet, 1 kB"),
    ],
)
def test_what_is_missing_is_said_and_nothing_else(tmp_path, monkeypatch, items, scored, judged, later, told):
    run = kept.KeptRun(
        tmp_path, "", "m", "", ("t",), items, scored, bool(judged), sum(judged.values()), later, 1000, ""
    )
    monkeypatch.setattr(runs, "_size", lambda size: "1 kB")
    assert runs._in_words(run).split("\n")[0].endswith(f"t: {told}")


def test_a_folder_that_is_not_there_is_told(medq, tmp_path):
    said = medq(tmp_path / "gone")
    assert (said.code, f"{tmp_path / 'gone'}: no such folder." in said.err) == (1, True)
