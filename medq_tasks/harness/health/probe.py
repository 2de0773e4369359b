"""Runs ``harness/trial_run.py`` in a process of its own and reads what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from medq_tasks.harness.health.installed import INSTALL
from medq_tasks.harness.health.trap import Trap

PATIENCE = 300.0  # seconds; the imports take 50 on a cold disk
# The path of this process, not the one of `python -c`: that begins with the working folder, which lmms-eval's does not.
_CODE = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from {module} import main; main()"


def probe(backends: Sequence[str], patience: float = PATIENCE) -> list[Trap]:
    """What goes wrong when lmms-eval gets ready for a run with one of these backends. Takes about 20 seconds."""
    code = _CODE.format(module="medq_tasks.harness.trial_run")
    words = [sys.executable, "-c", code, json.dumps(sys.path), *backends]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
        said, how = done.stdout, f"ends the process (exit code {done.returncode}): {_last(done.stderr)}"
    except subprocess.TimeoutExpired as error:
        said, how = error.stdout or b"", f"takes longer than {patience:g} seconds"
    return list(read(said.decode("utf-8", "replace").splitlines(), how, Path.cwd()))


def read(lines: Iterable[str], how: str, folder: Path) -> Iterator[Trap]:
    """The traps in a report.

    Args:
        lines: of the report.
        how: how the process ended, for the case that the report does.
        folder: the working folder.
    """
    doing, whole = "starting Python", False
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:  # the process was ended in the middle of it
            break
        if "step" in found:
            doing = found["step"]
        elif "trap" in found:
            yield Trap(**found["trap"])
        else:
            whole = True
            yield from hidden_modules(found["modules"], folder)
    if not whole:
        yield Trap(f"{doing} {how}", INSTALL, stops=True)


def hidden_modules(modules: Mapping[str, str], folder: Path) -> Iterator[Trap]:
    """Files of the working folder that would be imported instead of a package (name -> its file)."""
    for name, file in sorted(modules.items()):
        for candidate in (folder / f"{name}.py", folder / name / "__init__.py"):
            if candidate.is_file() and candidate.resolve() != Path(file).resolve():
                yield Trap(
                    f"{candidate} hides the module {name} from runs that are started here with python -m, accelerate "
                    "or torchrun",
                    "rename it, or start runs from another folder",
                    stops=True,
                )


def _last(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "nothing said")
