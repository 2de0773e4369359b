"""The ``medq`` command. One module per subcommand; each imports what it needs only when it runs."""

from __future__ import annotations

import sys

import typer

from medq_tasks.cli import align, compare, data, fidelity, gate, history, info, judge, plan, report
from medq_tasks.cli.words import spread
from medq_tasks.errors import MedqError

app = typer.Typer(
    name="medq",
    help="MedQ-Bench on lmms-eval: check data, judge, report, compare, gate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _medq(
    version: bool = typer.Option(
        False, "--version", callback=info.version, is_eager=True, help="Versions of medq-tasks, lmms-eval and Python."
    ),
) -> None:
    pass


app.command("info")(info.info)
app.add_typer(data.app, name="data")
app.command("fidelity")(fidelity.fidelity)
app.command("report")(report.report)
app.command("judge")(judge.judge)
app.command("tasks-path")(info.tasks_path)
app.command("compare")(compare.compare)
app.command("gate")(gate.gate)
app.command("align")(align.align)
app.command("plan")(plan.plan)
app.command("history")(history.history)


def main() -> None:
    """Run the command; an expected error is one message on stderr and exit code 1, not a traceback."""
    try:
        app(args=spread(sys.argv[1:]))
    except MedqError as error:
        print(f"medq: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
