"""``medq judge`` at its user's level: servers that misbehave, keys that must not be seen, two servers of one name."""

from __future__ import annotations

import dataclasses
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from medq_tasks.judge import session as sessions
from medq_tasks.runs.load import load_runs
from tests.cli.streams import Said, runner
from tests.judge.server import Answer, FakeServer, error
from tests.judge.test_session import QUICK
from tests.runs import factory

TASK = "medq_reasoning_no_reference"
KEY = "zq-secret-1234567890"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    records = [dataclasses.replace(factory.reasoning(n, "no_reference"), judgements=()) for n in range(6)]
    return factory.write_run(tmp_path / "run", {TASK: records})


def runner_in(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, model: str = "m") -> Callable[..., Said]:
    """``medq`` with a judge at ``address`` and its cache below ``folder``; ``runner`` undoes all that was set."""
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", address)
    monkeypatch.setenv("MEDQ_JUDGE_API_KEY", KEY)
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", model)
    monkeypatch.setattr(sessions, "ClientOptions", lambda: QUICK)
    return runner(monkeypatch)


@pytest.fixture
def judge(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def judged(server: FakeServer | str, *more: str) -> Said:
        address = server if isinstance(server, str) else server.base_url
        return runner_in(tmp_path, monkeypatch, address, "m[/INST]\x1b[31m")("judge", run, *more)

    return judged


def overall(run: Path) -> list[float | None]:
    (found,) = load_runs([run])
    slugs = found.judges
    return [load_runs([run], slug)[0].tasks[TASK].records[0].overall for slug in slugs]


def test_two_servers_of_one_name_are_two_judges(judge, run):
    with FakeServer("Score: 2") as first, FakeServer("Score: 0") as second:
        assert judge(first).code == 0
        assert judge(second).code == 0
        assert judge(first).code == 0
        texts = [ask.text for ask in first.asks]
        assert len(texts) == len(set(texts)) == len(second.asks)  # nothing is asked of one of them twice
    assert sorted(overall(run)) == [0, 8]


def test_a_wrong_key_is_met_by_few_calls_and_told_with_its_cure(judge):
    with FakeServer(
        lambda ask: error(401, f"Incorrect API key {KEY}. See usage policies", "invalid_api_key")
    ) as server:
        said = judge(server)
        assert len(server.asks) <= 4
    assert said.code != 0
    assert "Incorrect API key" in said.err
    assert KEY not in said.err + said.out


def test_a_web_page_in_place_of_a_reply_is_told_as_such(judge):
    page = Answer(raw=b"<html><title>Sign in to the proxy</title></html>", headers={"content-type": "text/html"})
    with FakeServer(lambda ask: page) as server:
        said = judge(server)
    assert said.code != 0
    assert "HTTP 200, text/html: Sign in to the proxy" in said.err


def test_what_a_judge_says_reaches_files_without_the_key_and_terminals_as_text(judge, run):
    with FakeServer(f"Score: 2 \x1b[31m[/INST] {KEY} \ud83d") as server:
        said = judge(server)
    assert said.code == 0
    assert "\x1b" not in said.out + said.err
    for file in [*run.rglob("*"), *run.parent.joinpath("cache").rglob("*")]:
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_judged_files_are_no_wider_than_the_samples(judge, run, mode):
    for file in run.rglob("*.jsonl"):
        file.chmod(mode)
    with FakeServer("Score: 2") as server:
        assert judge(server).code == 0
    made = [file for file in run.rglob("*judged*") if file.is_file()]
    assert len(made) == 2
    assert all(stat.S_IMODE(file.stat().st_mode) & ~mode == 0 for file in made)


COMPARED = "medq_reasoning_comparison"


def two_tasks(folder: Path, model: str, stamp: str = "20261122_120000") -> Path:
    first = [dataclasses.replace(factory.reasoning(n, "no_reference"), judgements=()) for n in range(3)]
    second = [dataclasses.replace(factory.reasoning(n, "comparison"), judgements=()) for n in range(3)]
    return factory.write_run(folder, {TASK: first, COMPARED: second}, model_args=f"pretrained={model}", stamp=stamp)


@pytest.mark.parametrize("width", [40, 120])
def test_each_run_of_a_folder_has_a_block_under_its_name_and_folder(tmp_path, monkeypatch, width):
    for name in ("a/one", "b/two"):
        two_tasks(tmp_path / "runs", name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(width))
    with FakeServer("Score: 2") as server:
        said = runner_in(tmp_path, monkeypatch, server.base_url)("judge", "runs")
    assert said.code == 0
    blocks = " ".join(said.out.split()).split(" (qwen2_vl) · runs/")
    assert len(blocks) == 3
    assert blocks[0].startswith("Judged by m, medq-tasks 1.0")
    assert [block.split()[-1] for block in blocks[:-1]] == ["one", "two"]
    assert [block.split()[0] for block in blocks[1:]] == ["a__one", "b__two"]
    for block, model in zip(blocks[1:], ("a__one", "b__two"), strict=True):
        assert block.count(f"{model}/20261122_120000_samples_{TASK}.judged.") == 1


def test_runs_of_one_name_are_told_apart_by_their_time_and_one_run_needs_no_block(tmp_path, monkeypatch):
    for hour in (12, 13):
        two_tasks(tmp_path / "runs", "a/one", f"20261122_{hour}0000")
    with FakeServer("Score: 2") as server:
        several = runner_in(tmp_path, monkeypatch, server.base_url)("judge", tmp_path / "runs").out
        one = two_tasks(tmp_path / "alone", "a/one")
        alone = runner_in(tmp_path, monkeypatch, server.base_url)("judge", one).out
    heads = [line.split(" (zone")[0] for line in several.splitlines() if line.startswith("one (")]
    assert heads == [f"one (qwen2_vl) · 2026-11-22 {hour}:00" for hour in (12, 13)]
    assert "one (qwen2_vl)" not in alone
    assert alone.startswith("Judged by m, medq-tasks 1.0")
