"""Makes the project's own environment from requirements.lock, for `make demo`, `make test` and `make check`.

    python tools/environment.py FOLDER EXTRA    e.g. `.venv demo`

Only the standard library: it runs before anything is installed. uv does the work (under a minute where pip takes five
and a half): the one on PATH, else one put into FOLDER. Where there is none to be had, pip does, from the same lock.

Nothing is taken for whole that is not: FOLDER carries a mark from its first moment, and a stamp for an extra only once
everything of it is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
MARK = ".medq-tasks"  # in a folder that this script made: it may be cleared
EXTRAS = ("demo", "dev")  # each holds the ones before it
GIGABYTES = 8  # what a whole environment takes, PyTorch's CUDA build included
# What builds this package and the three dependencies that come as sources only. Locked too, and used as they are
# (`--no-build-isolation`): an isolated build would fetch whatever is the newest build tool on that day. And pip, which
# uv leaves out of an environment: the cures that `medq info --check` prints are lines for it.
TOOLS = ("hatchling", "editables", "setuptools", "wheel", "pip")
_TABLES = ("[project]", "[project.optional-dependencies]", "[dependency-groups]")


class Unusable(Exception):
    """The environment cannot be made; the text says why and what to do."""


def main() -> int:
    """Make or complete the environment; 0 when it is whole."""
    parser = argparse.ArgumentParser(description="Make the project's own environment from requirements.lock.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("extra", choices=EXTRAS)
    given = parser.parse_args()
    pip = os.environ.get("INSTALLER") == "pip"
    try:
        make(given.folder.absolute(), given.extra, wheels=os.environ.get("WHEELS", ""), pip=pip)
    except Unusable as error:
        print(f"medq-tasks: {error}", file=sys.stderr)
    except OSError as error:
        print(f"medq-tasks: {error.filename}: {error.strerror}; name another place: make VENV=FOLDER", file=sys.stderr)
    except KeyboardInterrupt:
        print("medq-tasks: interrupted; what is there will be made anew next time", file=sys.stderr)
    else:
        return 0
    return 1


def make(folder: Path, extra: str, *, wheels: str = "", pip: bool = False) -> None:
    """Bring ``folder`` to the lock, with the extra.

    Args:
        folder: the virtual environment, absolute.
        extra: ``demo`` (what the sample set needs) or ``dev`` (that, and what checks and tests need).
        wheels: a folder of wheels to use instead of the network; "" = the network.
        pip: use pip even where uv is at hand.

    Raises:
        Unusable: no environment can be made, or a step failed.
    """
    if not LOCK.is_file():
        raise Unusable("requirements.lock is not there; make it: make lock")
    if not is_current():
        raise Unusable("requirements.lock is older than the dependencies in pyproject.toml; make it anew: make lock")
    if folder in (ROOT, *ROOT.parents):
        raise Unusable(f"{folder} is no place for an environment; name another: make VENV=FOLDER ...")
    if is_whole(folder, extra):
        return
    if wheels and not any(Path(wheels).glob("*.whl")):
        raise Unusable(f"WHEELS={wheels} is no folder with wheels in it; fill one with: make wheels")
    _open(folder, pip=pip)
    print(f"Installing what requirements.lock names into {folder} (once; PyTorch alone is some gigabytes)", flush=True)
    for name in EXTRAS:
        _stamp(folder, name).unlink(missing_ok=True)
    source = ["--no-index", "--find-links", str(Path(wheels).absolute())] if wheels else []
    uv = "" if pip else shutil.which("uv") or _own_uv(folder, source)
    for step in _uv_steps(uv, folder, extra, source) if uv else _pip_steps(folder, source):
        _run(step, folder)
    for name in EXTRAS[: EXTRAS.index(extra) + 1]:
        _stamp(folder, name).write_text(_state(folder), encoding="utf-8")


def requirements(text: str) -> list[str]:
    """The requirement strings of a pyproject.toml, in order, and its ``requires-python``.

    Python 3.10 has no TOML reader and nothing is installed yet; our file has one requirement a line.
    """
    found, inside, in_list = [], False, False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside, in_list = line in _TABLES, False
        elif line.endswith("= ["):
            in_list = inside and not line.startswith(("classifiers", "keywords"))
        elif line.startswith("]"):
            in_list = False
        elif inside and line.startswith("requires-python"):
            found.append(line.partition('"')[2].rstrip('"'))
        elif in_list and line.startswith('"'):
            found.append(line[1 : line.index('"', 1)])
    return found


def is_current() -> bool:
    """Whether the lock was made from the requirements that stand in pyproject.toml now."""
    return LOCK.read_text(encoding="utf-8").startswith(first_line())


def first_line() -> str:
    """The lock's first line, with a digest that every change of a requirement in pyproject.toml changes."""
    wanted = "\n".join(requirements(PYPROJECT.read_text(encoding="utf-8")))
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:16]
    return f"# Made by `make lock` from the requirements in pyproject.toml with digest {digest}.\n"


def is_whole(folder: Path, extra: str) -> bool:
    """Whether everything of the extra was installed from this lock by this Python."""
    stamp = _stamp(folder, extra)
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _state(folder)


def entries(names: Collection[str], lock: str) -> str:
    """The lock's entries for these packages, hashes included."""
    return "".join(entry for entry in re.split(r"(?m)^(?=\S)", lock) if entry.partition("==")[0] in names)


def executable(folder: Path, name: str) -> Path:
    """A command of a virtual environment."""
    return folder / "Scripts" / f"{name}.exe" if os.name == "nt" else folder / "bin" / name


def _lock_state(folder: Path) -> str:
    # With the places: the commands of an environment that was moved name its old one, and what is installed in it is
    # the code of the checkout that made it.
    places = f"{sys.version}\0{ROOT}\0{folder}"
    return hashlib.sha256(LOCK.read_bytes() + places.encode()).hexdigest()


def _state(folder: Path) -> str:
    return _lock_state(folder) + hashlib.sha256(PYPROJECT.read_bytes()).hexdigest()


def _stamp(folder: Path, extra: str) -> Path:
    return folder / f"{MARK}-{extra}"


def _open(folder: Path, *, pip: bool) -> None:
    """Leave an environment that holds nothing but what this lock put there; clear a half-made one or another lock's."""
    mark = folder / MARK
    stamped = any(_stamp(folder, name).is_file() for name in EXTRAS)
    if stamped and mark.is_file() and mark.read_text(encoding="utf-8") == _lock_state(folder):
        return
    if folder.exists() and not mark.is_file() and not (folder / ".installed").is_file():  # the mark of release 0.1.0
        raise Unusable(f"{folder} was not made by this project; remove it, or name another: make VENV=FOLDER ...")
    uv = "" if pip else shutil.which("uv")
    if not uv and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Unusable("this Python has no venv module; install it (Debian: apt install python3-venv), or uv")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    with_uv = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)]
    _run(with_uv if uv else [sys.executable, "-m", "venv", str(folder)], folder)
    mark.write_text(_lock_state(folder), encoding="utf-8")


def _uv_steps(uv: str, folder: Path, extra: str, source: list[str]) -> list[list[str]]:
    # Bytecode is compiled at once, as pip does it: otherwise the first start of every command pays for it.
    install = [uv, "pip", "install", "--python", str(executable(folder, "python")), "--compile-bytecode", *source]
    install += ["--constraint", str(LOCK)]  # uv holds to the hashes of constraints too
    return [[*install, *TOOLS], [*install, "--no-build-isolation", "--editable", f"{ROOT}[{extra}]"]]


def _pip_steps(folder: Path, source: list[str]) -> list[list[str]]:
    # pip knows hashes only in requirements, so it takes the whole lock, whichever extra was asked for.
    print("medq-tasks: installing with pip; with uv on PATH it takes a fraction of the time", flush=True)
    install = [*_pip(folder), *source]
    held = ["--require-hashes", "--no-deps", "--no-build-isolation", "--requirement"]
    return [
        [*install, *held, _part(folder, ("setuptools", "wheel", "packaging"))],
        [*install, *held, str(LOCK)],
        [*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ]


def _own_uv(folder: Path, source: list[str]) -> str:
    """uv inside the environment; "" when it cannot be had."""
    uv = executable(folder, "uv")
    if not uv.exists():
        held = ["--require-hashes", "--no-deps", "--quiet", "--requirement", _part(folder, ("uv",))]
        subprocess.run([*_pip(folder), *source, *held], check=False)
    return str(uv) if uv.exists() else ""


def _pip(folder: Path) -> list[str]:
    return [str(executable(folder, "python")), "-m", "pip", "install", "--disable-pip-version-check"]


def _part(folder: Path, names: Collection[str]) -> str:
    file = folder / f"{MARK}-part.txt"
    file.write_text(entries(names, LOCK.read_text(encoding="utf-8")), encoding="utf-8")
    return str(file)


def _run(words: list[str], folder: Path) -> None:
    if subprocess.run(words, check=False).returncode == 0:
        return
    free = shutil.disk_usage(folder).free / 1e9
    raise Unusable(
        f"this step failed; what is there is not taken for whole and will be made anew:\n  {' '.join(words)}\n"
        f"medq-tasks: {free:.1f} GB are free there, about {GIGABYTES} GB are needed. Without a network, give a folder "
        "of wheels: make ... WHEELS=FOLDER (filled by `make wheels` on the same platform and Python)"
    )


if __name__ == "__main__":
    sys.exit(main())
