"""Shared by all tests: nothing reaches the network, nothing reads or fills the user's own cache or settings.

Costly things are made once for all worker processes of a session: see ``shared``. How tests are spread over workers:
``workers.py``.
"""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests import workers

# A busy machine must not fail a test: what is checked is the answer, not the time it took.
settings.register_profile("medq", deadline=None)
settings.load_profile("medq")

for name in [name for name in os.environ if name.startswith(("MEDQ_", "OPENAI_")) or name == "COLUMNS"]:
    del os.environ[name]
os.environ["HF_HUB_OFFLINE"] = "1"
# The models here are tiny: more threads than one bring nothing, and those of two workers wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

pytest_xdist_auto_num_workers = workers.pytest_xdist_auto_num_workers
pytest_xdist_make_scheduler = workers.pytest_xdist_make_scheduler
pytest_collection_modifyitems = workers.pytest_collection_modifyitems


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A folder that all workers of this session see, and no other session."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared_cache(shared) -> Path:
    """A MEDQ_CACHE_DIR in which the embedded sample set is built: once a session, not once a test."""
    from medq_tasks.demo.sample_folder import sample_folder

    sample_folder(shared / "cache")
    return shared / "cache"


@pytest.fixture(scope="session")
def imported_harness() -> Iterator[None]:
    """lmms-eval is imported (15 s, once a worker), and each run of it in this process is half a second quicker.

    The harness collects garbage twice after every run, among a million objects that belong to modules. Frozen, they are
    not looked at.
    """
    import lmms_eval.evaluator
    import lmms_eval.models  # noqa: F401

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()  # else triton, at the interpreter's end, reports what was never collected


@pytest.fixture(scope="session")
def tiny_qwen2_vl(shared) -> Path:
    """A tiny Qwen2-VL checkpoint with random weights. Copy it before you change it."""
    from medq_tasks.fidelity.tiny import build_tiny_qwen2_vl

    return _made_once(shared / "tiny-qwen2-vl", build_tiny_qwen2_vl)


def _made_once(folder: Path, build) -> Path:
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            half = folder.with_suffix(".half")  # of a worker that was killed, or made now
            build(half)
            half.rename(folder)
    return folder


@pytest.fixture
def warned():
    """The warnings of the test, as lmms-eval logs them."""
    from loguru import logger

    said = []
    handler = logger.add(lambda message: said.append(message.record["message"]), level="WARNING")
    yield said
    logger.remove(handler)


_numbers = itertools.count()


@pytest.fixture(scope="session")
def _own_caches(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def _own_cache(_own_caches, monkeypatch):
    # Named and not made: to make a numbered folder, pytest looks through all that there are.
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(_own_caches / str(next(_numbers))))
