"""What the pages say of names, files, exit codes and versions is what the code does."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from medq_tasks.align.sheet import COLUMNS, SHOWN
from medq_tasks.data import prepare
from medq_tasks.harness.plugin import task_folder
from medq_tasks.metrics import METRICS
from medq_tasks.records import AXES, SLICE_FIELDS
from medq_tasks.runs.differences import ALL, DIFFERENCES
from medq_tasks.scoring.shipped import shipped_tasks
from medq_tasks.settings import Settings
from tests.cli.streams import runner
from tests.data.factory import write_official
from tests.documentation import pages, world
from tests.documentation.pages import ROOT
from tests.documentation.test_pages import COMMANDS, options
from tests.judge.server import FakeServer
from tests.runs import factory


def page(name: str) -> Path:
    return ROOT / "docs" / name


def rows(name: str, heading: str = "") -> list[list[str]]:
    """The cells of the tables' rows of a page, or of one section of it."""
    text = "\n".join(line for _, line in pages.prose(page(name)))
    if heading:
        text = re.split(r"^## ", text.partition(f"\n{heading}\n")[2], flags=re.MULTILINE)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def named(cells: list[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_metric_has_a_row_with_its_range_and_direction() -> None:
    said = {name: row[2] for row in rows("scores.md") for name in named(row[:1]) if name in METRICS}
    assert set(said) == set(METRICS)
    for name, metric in METRICS.items():
        begins = "count" if metric.top is None else f"0 to {metric.top}"
        assert said[name] == begins + (", lower is better" if metric.lower_is_better else ""), name


def test_readme_names_every_task_and_group() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    groups = [yaml.safe_load(path.read_text())["group"] for path in (task_folder() / "groups").glob("*.yaml")]
    for name in [*shipped_tasks(task_folder()), *groups]:
        if not name.endswith("_dev"):  # "..._dev of each"
            assert f"`{name}`" in text, name


def test_the_changelog_names_the_versions_of_the_tasks() -> None:
    said = re.search(r"Perception is at version (\S+), reasoning at (\S+)\. ", (ROOT / "CHANGELOG.md").read_text())
    assert said is not None
    found = {task.kind: str(task.version) for task in shipped_tasks(task_folder()).values()}
    assert found == {"perception": said[1], "no_reference": said[2], "comparison": said[2]}


class TestGate:
    def test_the_page_has_every_way_to_accept_something(self) -> None:
        text = page("gate.md").read_text(encoding="utf-8")
        ways = sorted(name for name in options(COMMANDS["gate"]) if name.startswith("--allow"))
        assert len(ways) == 6
        for name in ways:
            assert f"`{name}" in text, name
        table = rows("gate.md", "## What makes a run unusable, and what accepts it")
        kinds = named([row[0] for row in table[[row[0] for row in table].index("kind") + 1 :]])
        assert sorted(kinds) == sorted([*DIFFERENCES, ALL])

    def test_the_page_has_every_slice_field(self) -> None:
        (line,) = [line for _, line in pages.prose(page("gate.md")) if line.startswith("The fields are")]
        assert re.findall(r"`(\w+)`", line.partition(", as far")[0]) == list(SLICE_FIELDS)

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (0, ("--min", "accuracy=0.7")),
            (1, ("--min", "accuracy=0.8")),
            (2, ()),
            (2, ("--min", "accuracy[modality=xray]=0.1")),
            (2, ("--no-such-option",)),
        ],
    )
    def test_its_exit_codes(self, code, words, tmp_path, monkeypatch) -> None:
        # 45 of 60 are right: 0.75
        run = factory.write_run(tmp_path / "RUN", {"medq_perception": world.records(True)["medq_perception"]})
        assert runner(monkeypatch)("gate", run, *words).code == code
        assert str(code) in [row[0] for row in rows("gate.md")]


def test_the_sheet_has_the_columns_of_the_page() -> None:
    said = named([row[0] for row in rows("align.md", "## The sheet")[1:]])
    assert sorted(said) == sorted(COLUMNS)
    (block,) = [one for one in pages.blocks(page("align.md")) if one.language == "csv"]
    assert block.lines[0].split(",") == [name for name in COLUMNS if name not in (*SHOWN, "remarks")]
    assert [cell in "012" for cell in block.lines[1].split(",")[1:]] == [True] * len(AXES)


def test_judging_writes_the_files_of_the_page_and_no_others(tmp_path, monkeypatch) -> None:
    run = factory.write_run(tmp_path / "RUN", world.records(False))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with FakeServer("Score: 2", models=("a/judge",)) as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "cache"))
        assert runner(monkeypatch)("judge", run).code == 0
    after = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    names = sorted(path.name for path in after.keys() - before.keys())
    known = [named(row[:1])[0] for row in rows("judge.md", "## Files")[1:3]]
    patterns = [
        re.escape(name).replace("<time>", r"\d{8}_\d{6}").replace("<task>", "medq_reasoning_[a-z_]+")
        .replace("NAME", "a-judge-[0-9a-f]{8}")
        for name in known
    ]  # fmt: skip
    assert [sum(bool(re.fullmatch(pattern, name)) for name in names) for pattern in patterns] == [2, 1]
    assert len(names) == 3


def test_the_cache_has_the_folders_of_the_page(tmp_path, monkeypatch) -> None:
    write_official(tmp_path / "data", splits=("test",))
    env = {"MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")}
    settings = Settings.from_env(env)
    prepare("perception", "test", settings)
    prepare("perception", "mini", settings)
    run = factory.write_run(tmp_path / "RUN", world.records(False))
    with FakeServer("Score: 2") as server:
        for name, value in {**env, "MEDQ_JUDGE_BASE_URL": server.base_url}.items():
            monkeypatch.setenv(name, value)
        assert runner(monkeypatch)("judge", run).code == 0
    text = page("kept-on-disk.md").read_text(encoding="utf-8").partition("Below `MEDQ_CACHE_DIR`:")[2]
    said = re.findall(r"^\| `(\w+)/[^`]*` \|", text.partition("\n## ")[0], re.MULTILINE)
    kept_runs = ["runs"]  # of evaluations: tests/end_to_end/test_kept_runs.py
    assert sorted(said) == sorted([path.name for path in (tmp_path / "cache").iterdir()] + kept_runs)


def test_a_history_is_added_to_once(tmp_path, monkeypatch) -> None:
    run = factory.write_run(tmp_path / "RUN", world.records(False))
    medq = ("history", run, "--file", tmp_path / "h.jsonl")
    assert runner(monkeypatch)(*medq).code == 0
    first = (tmp_path / "h.jsonl").read_bytes()
    assert runner(monkeypatch)(*medq).code == 0
    assert (tmp_path / "h.jsonl").read_bytes() == first
    assert first.count(b"\n") == 1
    with (tmp_path / "h.jsonl").open("ab") as file:
        file.write(b"{}\n")
    said = runner(monkeypatch)(*medq)
    assert said.code == 1
    assert "line 2: not an entry" in said.err


def test_backends_read_the_variables_of_the_page() -> None:
    (home,) = importlib.util.find_spec("lmms_eval").submodule_search_locations  # type: ignore[union-attr]
    for model, *cells in rows("backends.md")[4:]:
        for name in [name for name in named([model]) if re.fullmatch(r"[a-z0-9_]+", name) and name != "openai"]:
            source = (Path(home) / "models" / "simple" / f"{name}.py").read_text(encoding="utf-8")
            for variable in named(cells):
                assert f'"{variable}"' in source or "anthropic.Anthropic()" in source, f"{name}: {variable}"


def test_the_json_of_a_report_has_the_keys_of_the_page(tmp_path, monkeypatch) -> None:
    run = factory.write_run(tmp_path / "RUN", world.records(False))
    found = json.loads(runner(monkeypatch)("report", run, "--json").out)
    text = " ".join(line for block in pages.blocks(page("report.md")) for line in block.lines)
    named_there = set(re.findall(r"\w+", text))
    task, board = found["runs"][0]["tasks"][0], found["leaderboards"][0]
    cell = task["total"]
    for part in (found, found["runs"][0], task, board, board["rows"][0], cell, task["slices"][0]):
        assert set(part) <= named_there, set(part) - named_there


@pytest.mark.parametrize(
    ("name", "said", "command", "option"),
    [
        ("report.md", r"`--picture-budget` \((\d+) MB by default\)", "report", "--picture-budget"),
        ("report.md", r"\| `(\w+)` \(default\) \|", "report", "--pictures"),
        ("align.md", r"`--picture-budget` \((\d+) MB\)", "align", "--picture-budget"),
        ("health.md", r"other backends than (\w+) must be importable", "info", "--model"),
    ],
)
def test_defaults_that_a_page_names(name: str, said: str, command: str, option: str) -> None:
    (found,) = re.findall(said, page(name).read_text(encoding="utf-8"))
    (default,) = [one.default for one in COMMANDS[command].params if option in one.opts]
    assert found == str(default)
