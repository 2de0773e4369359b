"""What reaches the terminal: any encoding, any text, any reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.streams import runner
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
