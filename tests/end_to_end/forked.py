"""The harness's command line in processes of its own, forked from one that has imported the harness.

``lmms-eval`` takes 25 s of CPU before it answers, nearly all of it for imports and for reading its index of tasks. Here
one process (the fork server of ``multiprocessing``) does that once; each run is a fork of it that calls what the
console script calls, with arguments, environment and output of its own. The real commands are started by ``test_demo``
(``lmms-eval``), ``test_install`` (``python -m lmms_eval``) and ``test_command`` (``torchrun``).
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.end_to_end.commands import SECONDS, environment

_ROOT = Path(__file__).parents[2]


class Job:
    """One ``lmms-eval`` that runs, or all ranks of one."""

    def __init__(self, words: Sequence[str], processes: Sequence[ForkServerProcess], printed: Sequence[Path]) -> None:
        self._words = words
        self._processes = processes
        self._printed = printed

    @property
    def running(self) -> bool:
        return any(process.is_alive() for process in self._processes)

    def terminate(self) -> None:
        """End it by SIGTERM, as a scheduler does."""
        for process in self._processes:
            process.terminate()

    def wait(self) -> subprocess.CompletedProcess[str]:
        """The worst exit status of a rank (-15: ended by SIGTERM), and what all of them printed."""
        for process in self._processes:
            process.join(SECONDS)
        late = [process for process in self._processes if process.is_alive()]
        for process in late:
            process.kill()
            process.join()
        stdout, stderr = (
            "".join(file.read_text(errors="replace") for file in self._printed if file.suffix == suffix)
            for suffix in (".stdout", ".stderr")
        )
        assert not late, f"{self._words} did not end within {SECONDS} s\n{stdout}\n{stderr}"
        status = max((process.exitcode or 0 for process in self._processes), key=abs)
        return subprocess.CompletedProcess(self._words, status, stdout, stderr)


def start(
    folder: Path,
    *words: str,
    env: Mapping[str, str] | None = None,
    ranks: int = 0,
    hooked: bool = True,
    cwd: Path = _ROOT,
) -> Job:
    """Start ``lmms-eval WORDS``.

    Args:
        folder: for the files with what is printed.
        env: variables beside those of this process.
        ranks: 0 for the plain command; else so many processes, each told what torchrun tells its ranks.
        hooked: False for a harness that has not loaded the entry points of its models.
        cwd: where it is started.
    """
    stem = str(folder / uuid.uuid4().hex)
    processes, printed = [], []
    for rank, told in enumerate(_ranks(ranks) if ranks else [{}]):
        files = [Path(f"{stem}-{rank}.{name}") for name in ("stdout", "stderr")]
        processes.append(_process(_run, list(words), environment({**(env or {}), **told}), files, hooked, cwd))
        printed += files
    return Job(words, processes, printed)


def run(folder: Path, *words: str, status: int = 0, **options: object) -> subprocess.CompletedProcess[str]:
    """Run ``lmms-eval WORDS`` to its end; see ``start``.

    Raises:
        AssertionError: it did not end with ``status``.
    """
    done = start(folder, *words, **options).wait()  # type: ignore[arg-type]
    assert done.returncode == status, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def _process(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.end_to_end.imported_harness", __name__])
    process = context.Process(target=target, args=arguments, daemon=True)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(_ROOT)  # the server imports what is preloaded before it learns of our sys.path
    try:
        process.start()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return process


def _run(words: list[str], env: dict[str, str], printed: list[Path], hooked: bool, cwd: Path) -> None:
    """In the fork: be ``lmms-eval WORDS``."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, file in enumerate(printed, 1):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), number)
    if not hooked:
        from lmms_eval.tasks import TaskManager

        TaskManager.initialize_tasks = TaskManager.initialize_tasks.__wrapped__
    from lmms_eval.cli.dispatch import main

    sys.argv = ["lmms-eval", *words]
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a process of multiprocessing leaves them out


def _ranks(count: int) -> list[dict[str, str]]:
    """What torchrun tells each rank. The store at which they meet has a process of its own, as with torchrun's agent:
    it lets the system choose the port, and no one else can take it first.
    """
    ours, theirs = multiprocessing.Pipe()
    _process(_store, theirs)
    theirs.close()
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(ours.recv()), "TORCHELASTIC_USE_AGENT_STORE": "True"}
    sizes = {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count)}
    _keep_open.append(ours)
    return [{**meeting, **sizes, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(count)]


_keep_open: list[Connection] = []  # the stores end with this process


def _store(other_end: Connection) -> None:
    from torch.distributed import TCPStore

    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    other_end.send(store.port)
    try:
        other_end.recv()
    except EOFError:
        return
