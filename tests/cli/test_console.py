"""What reaches the terminal: any encoding, any text, any reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medq_tasks.cli.console import wide_console
from tests.cli.streams import Stream, runner
from tests.runs import factory

NAME = "[/INST] run[test] \x1b[31mred \u202eesrever"
TASK = "medq_perception"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return factory.write_run(tmp_path / "run", {TASK: factory.perception_records(9)}, model_args=f"pretrained={NAME}")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
@pytest.mark.parametrize("words", ["report", "compare", "gate --min accuracy=0"])
def test_any_encoding_shows_foreign_text_as_text(words, encoding, run, monkeypatch):
    command, *rest = words.split()
    more = [run] if command == "compare" else []
    said = runner(monkeypatch)(command, run, *more, *rest, encoding=encoding)
    assert said.code == 0
    assert said.err == ""
    assert "INST] run[test]" in " ".join(said.out.split())
    assert not {"\x1b", "\u202e"} & set(said.out)


def test_a_closed_pipe_is_no_verdict(run, monkeypatch, tmp_path):
    junit = tmp_path / "gate.xml"
    said = runner(monkeypatch)("gate", run, "--min", "accuracy=0", "--junit", junit, room=0)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert junit.exists()


def test_an_error_of_a_hostile_path_is_one_line_of_text(monkeypatch):
    said = runner(monkeypatch)("report", "none\x1b[31m", encoding="ascii")
    assert said.code == 1
    assert "none" in said.err
    assert "\x1b" not in said.err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "words",
    [
        "report RUN",
        "report RUN --markdown",
        "compare RUN RUN --markdown",
        "gate RUN --min accuracy=0",
        "explain RUN --id 1000",
        "plan",
        "info --no-probe",
        "judge RUN",
        "--version",
        "gate --help",
    ],
)
def test_no_command_ends_for_what_the_encoding_lacks_and_its_numbers_still_read(words, encoding, run, monkeypatch):
    said = runner(monkeypatch)(*(run if word == "RUN" else word for word in words.split()), encoding=encoding)
    assert said.code == 0, said.err
    assert "Traceback" not in said.err
    assert not re.search(r"\d\?|\? *\d|[| ]\?[| ]", said.out)


def test_files_are_utf_8_whatever_the_terminal_is(run, monkeypatch, tmp_path):
    page = tmp_path / "page.html"
    said = runner(monkeypatch)("report", run, "-o", page, encoding="ascii")
    assert said.code == 0
    assert "–" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "width"), [("70", 70), ("200", 200), (None, 120), ("many", 120)])
def test_a_pipe_has_the_width_that_the_environment_says(columns, width, monkeypatch):
    monkeypatch.setattr("sys.stdout", Stream("utf-8"))
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert wide_console().width == width
