"""The ``medq`` command. One module per subcommand; each imports what it needs only when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from medq_tasks.cli import (
    align,
    compare,
    data,
    explain,
    fidelity,
    gate,
    history,
    import_,
    info,
    judge,
    plan,
    report,
    runs,
    view,
)
from medq_tasks.cli.arguments import UsageError, refuse_empty
from medq_tasks.cli.console import careful_streams, say
from medq_tasks.cli.examples import epilog
from medq_tasks.errors import MedqError

COMMANDS: dict[str, Callable[..., None]] = {
    "info": info.info,
    "fidelity": fidelity.fidelity,
    "report": report.report,
    "view": view.view,
    "judge": judge.judge,
    "tasks-path": info.tasks_path,
    "compare": compare.compare,
    "gate": gate.gate,
    "align": align.align,
    "plan": plan.plan,
    "history": history.history,
    "explain": explain.explain,
    "import": import_.import_,
    "runs": runs.runs,
}

# To make a bool of a --help that was not given, typer 0.29 imports pydantic: 0.2 s. What is a bool already, it leaves.
_NO_HELP = {"help": False}

app = typer.Typer(
    name="medq",
    help="MedQ-Bench on lmms-eval: check data, judge, report, compare, gate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # typer's boxes of rich cost 0.2 s of each help page and each wrong argument
    context_settings={"default_map": {**_NO_HELP, **dict.fromkeys([*COMMANDS, "data"], _NO_HELP)}},
)


@app.callback()
def _medq(
    version: bool = typer.Option(
        False, "--version", callback=info.version, is_eager=True, help="Versions of medq-tasks, lmms-eval and Python."
    ),
) -> None:
    pass


for name, command in COMMANDS.items():
    # Given by itself, because typer would cut it to one line of the list.
    app.command(name, short_help=(command.__doc__ or "").partition("\n")[0], epilog=epilog(name))(command)
app.add_typer(data.app, name="data")


def main() -> None:
    """Run the command; an expected error is one message on stderr, not a traceback.

    Exit code 1; 2 where the words themselves cannot be used, and for the gate, whose 1 is a verdict.
    """
    words = sys.argv[1:]
    code = 2 if words[:1] == ["gate"] else 1
    careful_streams()
    try:
        refuse_empty(words)
        try:
            app(args=words)
        finally:
            sys.stdout.flush()  # here, where a full disk is told; not when the interpreter ends
    except UsageError as error:
        _end(str(error), 2)
    except MedqError as error:
        _end(str(error), code)
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}" if error.filename else str(error), code)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("medq_tasks"):  # a fault of ours, and no line of the user's
            raise
        _end(f"{error.name} is not installed. In the folder of medq-tasks: pip install .", code)


def _end(message: str, code: int) -> NoReturn:
    say(f"medq: {message}", err=True)
    raise SystemExit(code) from None


if __name__ == "__main__":
    main()
