"""How long `medq` takes to answer, and what this package adds to the start of lmms-eval.

    python -m benchmarks startup [--quick]

* the command: help, and the error of a run that is not there, beside what nobody can avoid (an empty Python) and what
  the parser of the words costs (`import typer`);
* the harness: `lmms-eval models`, which loads the plugins, and the index of all tasks, which every evaluation makes;
  each in fresh processes that see our entry point and in ones that do not.

Every figure is a median over processes that are started in turns, after one round that is not counted. CPU time is
that of the process and its children, user and system. Nothing here runs in parallel, so on a machine that does nothing
else the clock shows the same; on a busy one only CPU time can be compared, and the aims are held against it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

BIN = Path(sys.executable).parent
AIM_HELP, AIM_ERROR = 0.3, 0.5  # seconds
WORDS = {  # words -> exit code, aim
    "medq --version": (0, AIM_HELP),
    "medq --help": (0, AIM_HELP),
    "medq gate --help": (0, AIM_HELP),
    "medq report nothing-there": (1, AIM_ERROR),
    "medq gate nothing-there": (2, AIM_ERROR),
    "medq judge nothing-there": (1, AIM_ERROR),
    "medq fidelity --model nothing": (2, AIM_ERROR),
    "medq info --no-probe": (0, AIM_ERROR),
}
EMPTY, TYPER = "python -c pass", 'python -c "import typer"'

# The harness meets a stand-in that does nothing under one name: ours, or one that nobody has. Both cost the same.
_HIDE = """
import sys
from importlib.metadata import EntryPoint
hidden, load = sys.argv[1], EntryPoint.load
EntryPoint.load = lambda entry: list if entry.name == hidden else load(entry)
"""
HARNESS = {
    "lmms-eval models": 'from lmms_eval.cli.dispatch import main; sys.argv = ["lmms-eval", "models"]; main()',
    "import of the evaluator, index of all tasks": (
        "import lmms_eval.evaluator; from lmms_eval.tasks import TaskManager; tasks = TaskManager().all_tasks\n"
        'assert ("medq_perception" in tasks) is (hidden != "medq_tasks")'
    ),
}


@dataclass(frozen=True)
class Cost:
    """Seconds of one process."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Case:
    """A process to start, and the exit code that shows that it did what it was started for."""

    words: Sequence[str | Path]
    code: int = 0


def cost(case: Case, env: Mapping[str, str] | None = None) -> Cost:
    """Run a process to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(case.words, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != case.code:
        raise SystemExit(f"{case.words} ended with {done.returncode}:\n{done.stderr}")
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def in_turns(cases: Mapping[str, Case], repeats: int) -> dict[str, list[Cost]]:
    """Every case once, then every case again ...: what else the machine does meets all of them alike."""
    rounds = [{name: cost(case) for name, case in cases.items()} for _ in range(repeats + 1)]
    return {name: [found[name] for found in rounds[1:]] for name in cases}


def report_command(repeats: int) -> None:
    cases = {EMPTY: Case([sys.executable, "-c", "pass"]), TYPER: Case([sys.executable, "-c", "import typer"])}
    cases |= {name: Case([BIN / "medq", *name.split()[1:]], code) for name, (code, _) in WORDS.items()}
    if subprocess.run(cases["medq --version"].words, capture_output=True, check=False).returncode != 0:
        del cases["medq --version"]
    found = in_turns(cases, repeats)
    cpu = {name: median(one.cpu for one in costs) for name, costs in found.items()}
    print(f"## The command ({repeats} runs each)\n")
    print("| process | wall, s | CPU, s | aim | beside empty Python | beside typer |\n|---|---|---|---|---|---|")
    for name, costs in found.items():
        aim = WORDS[name][1] if name in WORDS else None
        met = "" if aim is None else f"{aim:g}: {'met' if cpu[name] <= aim else 'MISSED'}"
        beside = f"{cpu[name] / cpu[EMPTY]:.1f} x | {cpu[name] / cpu[TYPER]:.2f} x"
        print(f"| `{name}` | {median(one.wall for one in costs):.3f} | {cpu[name]:.3f} | {met} | {beside} |")
    first = median(first_time(cases["medq --help"]).cpu for _ in range(repeats))
    print(f"\n`medq --help` where no bytecode is compiled yet: {first:.2f} s of CPU.\n")


def first_time(case: Case) -> Cost:
    """The cost where nothing is compiled, as after an installation that does not compile."""
    with tempfile.TemporaryDirectory() as empty:
        return cost(case, {"PYTHONPYCACHEPREFIX": empty})


def report_harness(repeats: Mapping[str, int]) -> None:
    print("## The harness (CPU time)\n\n| start | runs | without us, s | with us, s | ratio | added, ms (quartiles) |")
    print("|---|---|---|---|---|---|")
    for name, code in HARNESS.items():
        run = [sys.executable, "-c", _HIDE + code]
        found = in_turns({"without": Case([*run, "medq_tasks"]), "with": Case([*run, "nobody"])}, repeats[name])
        without, ours = ([one.cpu for one in found[case]] for case in ("without", "with"))
        added = sorted((b - a) * 1e3 for a, b in zip(without, ours, strict=True))
        low, high = added[len(added) // 4], added[-1 - len(added) // 4]
        print(
            f"| {name} | {repeats[name]} | {median(without):.3f} | {median(ours):.3f} | "
            f"{median(ours) / median(without):.3f} x | {median(added):.0f} ({low:.0f} to {high:.0f}) |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few runs")
    quick = parser.parse_args().quick
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}\n")
    report_command(3 if quick else 15)
    report_harness(dict(zip(HARNESS, (3, 1) if quick else (15, 5), strict=True)))


if __name__ == "__main__":
    main()
