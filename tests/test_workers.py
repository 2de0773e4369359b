"""How tests are spread over worker processes."""

from __future__ import annotations

import types
from pathlib import Path

import pytest

from tests import workers

ROOT = Path(__file__).parents[1]
RANKS, COMMAND = "tests/end_to_end/test_ranks.py", "tests/end_to_end/test_command.py"
PIXELS, PERCEPTION = "tests/end_to_end/test_pixels.py", "tests/end_to_end/test_perception.py"
RECORDS, SETTINGS = "tests/test_records.py", "tests/test_settings.py"


def test_files_that_need_the_same_costly_thing_stay_together():
    assert workers.group_of(f"{RANKS}::test_a[x::y]") == workers.group_of(f"{COMMAND}::test_b")
    assert workers.group_of(f"{PIXELS}::TestStore::test_c") == workers.group_of(f"{PERCEPTION}::test_d")
    assert workers.group_of(f"{RANKS}::test_a") != workers.group_of(f"{PIXELS}::test_c")
    assert workers.group_of(f"{RECORDS}::test_e") == RECORDS


def test_every_file_of_a_group_exists():
    for files in workers.GROUPS.values():
        for pattern in files:
            assert list(ROOT.glob(pattern)), pattern


@pytest.mark.parametrize("worker", [True, False])
def test_in_a_worker_what_takes_longest_starts_first(worker):
    config = types.SimpleNamespace(**({"workerinput": {}} if worker else {}))
    nodeids = [f"{RECORDS}::a", f"{PIXELS}::b", f"{SETTINGS}::c", f"{RANKS}::d", f"{RECORDS}::e"]
    items = [types.SimpleNamespace(nodeid=nodeid) for nodeid in nodeids]
    workers.pytest_collection_modifyitems(config, items)
    found = [item.nodeid for item in items]
    # Within a group, and among files without one, the order stays.
    sorted_ = [f"{RANKS}::d", f"{PIXELS}::b", f"{RECORDS}::a", f"{SETTINGS}::c", f"{RECORDS}::e"]
    assert found == (sorted_ if worker else nodeids)
