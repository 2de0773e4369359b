"""Items that share a picture: they are not independent, and a fair interval knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from medq_tasks.errors import RunError
from medq_tasks.records import Identity
from medq_tasks.runs.run import TaskRun
from medq_tasks.runs.tables import open_table_of
from medq_tasks.settings import Settings


def picture_groups(task: TaskRun, settings: Settings) -> dict[Identity, int]:
    """The group of each record (by identity): items with a picture in common, also by way of others, are one group.

    Raises:
        RunError: the table is not on this machine.
    """
    digests: dict[Identity, Sequence[bytes]] = {}
    for fingerprint in task.tables:
        table = open_table_of(task, fingerprint, settings)
        records = [record for record in task.records if record.table == fingerprint]
        if table is None or max(record.row for record in records) >= len(table):
            raise RunError(
                f"{task.name}: its table ({fingerprint}) is not on this machine, so nobody knows which items share a "
                "picture. Compare where the run was made, or set MEDQ_DATA_DIR to the same data."
            )
        with table:
            for record in records:
                digests[record.identity] = [hashlib.sha256(data).digest() for data in table.images(record.row)]
    return connected(digests)


def connected(digests: Mapping[Identity, Sequence[bytes]]) -> dict[Identity, int]:
    """Connected groups of items, from the pictures of each item."""
    items = list(digests)
    pictures = {
        digest: len(items) + number for number, digest in enumerate({d for found in digests.values() for d in found})
    }
    edges = [(place, pictures[digest]) for place, item in enumerate(items) for digest in digests[item]]
    size = len(items) + len(pictures)
    ends = np.array(edges, dtype=int).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(edges)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, groups = connected_components(graph, directed=False)
    return {item: int(groups[place]) for place, item in enumerate(items)}
