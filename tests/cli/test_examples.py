"""The examples of each help: every command has some, the real command accepts them, and the page shows them whole."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from medq_tasks.cli import COMMANDS, app
from medq_tasks.cli.examples import EXAMPLES

THERE = [*COMMANDS, "data check"]
GROUP: Any = typer.main.get_command(app)


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command and what is left of the words for it."""
    command, rest = GROUP.commands[words[0]], words[1:]
    return (command.commands[rest[0]], rest[1:]) if hasattr(command, "commands") else (command, rest)


@pytest.mark.parametrize("name", THERE)
def test_a_help_shows_one_to_three_examples_each_on_a_line(name: str) -> None:
    assert 1 <= len(EXAMPLES[name]) <= 3
    for width in ("60", "200"):
        done = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": width})
        assert done.exit_code == 0
        lines = [line.strip() for line in done.output.splitlines()]
        assert set(EXAMPLES[name]) <= set(lines)


@pytest.mark.parametrize("line", [line for name in THERE for line in EXAMPLES[name] if "medq " in line])
def test_the_real_command_accepts_it(line: str) -> None:
    words = shlex.split(line.split(" | ")[-1].partition(" > ")[0])
    if words[0] != "medq":
        assert "$(medq tasks-path)" in line
        return
    command, rest = command_of(words[1:])
    command.make_context(words[1], rest)  # raises on an unknown option or a bad value


@pytest.mark.parametrize("name", sorted({*THERE} - {"history", "view", "runs"}))  # whose words are made anew
def test_no_option_shows_a_type_of_python_for_what_it_takes(name: str) -> None:
    command, _ = command_of(name.split())
    bare = [param.name for param in command.params if not getattr(param, "is_flag", False) and param.metavar is None]
    assert set(bare) <= {"help", "split"}  # which lists its choices
