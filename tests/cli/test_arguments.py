import sys

import pytest

from medq_tasks import cli
from medq_tasks.cli.arguments import UsageError, refuse_empty


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gate", ""], "the argument after gate is empty"),
        (["report", "a", "-o", " "], "the argument after -o is empty"),
        ([""], "the argument after medq is empty"),
        (["gate", "a", "--baseline="], "--baseline= has no value"),
    ],
)
def test_an_empty_argument_is_not_the_current_folder(words, said):
    with pytest.raises(UsageError, match=said):
        refuse_empty(words)


def test_words_that_say_something_pass():
    refuse_empty(["gate", "a=", "--min", "x=1", "-"])


@pytest.mark.parametrize(("command", "status"), [("gate", 2), ("report", 1)])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IsADirectoryError(21, "Is a directory", "page"), "medq: page: Is a directory\n"),
        (ModuleNotFoundError("x", name="scipy"), "medq: scipy is not installed. In the folder of medq-tasks: pip inst"),
    ],
)
def test_what_the_machine_refuses_is_one_line(command, status, error, said, monkeypatch, capsys):
    def app(args):
        raise error

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["medq", command, "x"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == status  # 1 of the gate is a verdict
    assert capsys.readouterr().err.startswith(said)


def test_a_module_of_ours_that_is_missing_is_our_fault(monkeypatch):
    def app(args):
        raise ModuleNotFoundError("x", name="medq_tasks.gone")

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["medq", "info"])
    with pytest.raises(ModuleNotFoundError):
        cli.main()
