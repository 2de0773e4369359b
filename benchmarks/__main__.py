"""Runs the benches and says what repeats each of them.

    python -m benchmarks                    # all of them, some minutes each
    python -m benchmarks data report        # these
    python -m benchmarks --quick            # smaller tables, fewer repetitions: does it run, is the order right?
    python -m benchmarks --write docs/performance.md    # and put the output into the page

A bench is a script ``bench_NAME.py`` beside this file that prints its figures and exits with 0.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
# x1, x4 and x16 of a table, the last one as large as the official one.
FULL = {"data": ["--rows", "82", "--growth", "1", "4", "16"]}
# What makes a bench small; a bench that is not named here takes --quick.
QUICK = {"data": ["--rows", "80", "--growth", "1", "4", "--repeat", "1"]}


def benches() -> list[str]:
    """The names of all benches, in alphabetical order."""
    return sorted(file.stem.removeprefix("bench_") for file in FOLDER.glob("bench_*.py"))


def machine() -> str:
    """What the figures below were taken on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def run(name: str, quick: bool) -> tuple[bool, str]:
    """Run one bench in a process of its own; returns whether it ended well, and what it printed."""
    size = QUICK.get(name, ["--quick"]) if quick else FULL.get(name, [])
    words = ["-m", f"benchmarks.bench_{name}", *size]
    print(f"# {name}\n\nRepeat with: python {shlex.join(words)}\n", flush=True)
    start = time.perf_counter()
    printed = ""
    # Progress bars would be part of what is measured, and of the log.
    env = {**os.environ, "TQDM_DISABLE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    with subprocess.Popen(
        [sys.executable, *words], cwd=FOLDER.parent, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            printed += line
    end = "" if process.returncode == 0 else f", FAILED with code {process.returncode}"
    print(f"\n({name}: {time.perf_counter() - start:.0f} s{end})\n", flush=True)
    return process.returncode == 0, f"$ python {shlex.join(words)}\n\n{printed.strip()}\n"


def write(page: Path, name: str, printed: str) -> None:
    """Put what a bench printed into the page, as text."""
    put(page, f"bench {name}", f"```text\n{machine()}, {time.strftime('%Y-%m-%d')}\n{printed}```\n")


def put(page: Path, name: str, shown: str) -> None:
    """Put ``shown`` between the two marks that the page has for ``name``."""
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"{page} has no place for {name}: a line {begin.strip()} and a line {end}")
    head, _, rest = text.partition(begin)
    page.write_text(f"{head}{begin}{shown}{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(benches())}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="small tables and few repetitions")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the output into this page, between its marks")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in benches()]
    if unknown:
        parser.error(f"no bench is called {', '.join(unknown)}; there are: {', '.join(benches())}")
    print(f"{machine()}, {time.strftime('%Y-%m-%d')}\n")
    failed = []
    for name in given.names or benches():
        well, printed = run(name, given.quick)
        if not well:
            failed.append(name)
        elif given.write:
            write(given.write, name, printed)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
