"""How the tests are spread over worker processes (``pytest -n auto``), so that two cores are busy to the end.

A file stays with one worker: what its tests share is made once. So do the files of a group: importing lmms-eval costs a
process 15 s, and so does the server from which runs of its command line are forked. What takes longest starts first.
"""

from __future__ import annotations

import os
from fnmatch import fnmatch

import pytest

# Group -> files (the first that fits counts), in the order in which they start. A file that is not named is a group of
# its own and comes last.
GROUPS = {
    "harness, forked": (
        "tests/end_to_end/test_ranks.py",
        "tests/end_to_end/test_command.py",
        "tests/documentation/test_commands.py",
    ),
    "demo": ("tests/end_to_end/test_demo.py",),
    "install": ("tests/end_to_end/test_install.py",),
    "broken host": ("tests/end_to_end/test_broken_host.py",),
    "harness, imported": ("tests/end_to_end/*.py",),
    "judge": ("tests/judge/*.py", "tests/store/*.py"),
    "hub": ("tests/data/test_hub.py",),
    "samples": ("tests/demo/samples/*.py",),
    "baseline": ("tests/demo/baseline/*.py",),
    "answers": ("tests/answers/*.py",),
}
MOST_WORKERS = 4  # more have nothing to do while the longest group runs


def group_of(nodeid: str) -> str:
    """The group of a test; the file itself when it is in none."""
    file = nodeid.split("::", 1)[0]
    return next((name for name, files in GROUPS.items() if any(fnmatch(file, one) for one in files)), file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: groups in the order in which they start. Without workers tests run as they are written."""
    if hasattr(config, "workerinput"):
        places = {name: place for place, name in enumerate(GROUPS)}
        items.sort(key=lambda item: places.get(group_of(item.nodeid), len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What ``-n auto`` means."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hands out groups, in the order of collection."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False  # the order would be that of the number of tests
    return ByGroup(config, log)
