"""What the YAMLs ask for at load time: ``<kind>_<split>`` and ``<kind>_<split>_metadata``.

A leaf YAML says ``dataset_path: !function medq_tasks.harness.tables.perception_test``. The harness resolves
``!function`` by ``getattr`` when, and only when, that task is asked for; the module's ``__getattr__`` prepares the
table (or finds it prepared) and answers with the path of its folder. So ``MEDQ_DATA_DIR`` can choose the table, the
configuration that the harness logs names the very table used, and, since the folder's name holds the table's
fingerprint, the harness's response cache can never answer for another table.

It also happens outside the harness's five retries: a fault in the data is told once, at once.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from medq_tasks import prompts
from medq_tasks.data import PreparedTable, prepare, provenance
from medq_tasks.errors import HarnessStop, MedqError
from medq_tasks.harness import model_words, plugin
from medq_tasks.harness.health.guard import ready_judge
from medq_tasks.judge import load_rubric
from medq_tasks.records import KINDS, SPLITS, TEXT_KINDS, Kind, Split
from medq_tasks.settings import Settings
from medq_tasks.wording.escape import lines

_NAME = re.compile(rf"(?P<kind>{'|'.join(KINDS)})_(?P<split>{'|'.join(SPLITS)})(?P<metadata>_metadata)?")


def __getattr__(name: str) -> Any:
    match = _NAME.fullmatch(name)
    if match is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        plugin.join_late()
        model_words.watch_blocks()
        settings = Settings.from_env()
        # Words and prompts that cannot be used, and a judge that cannot be asked, are told now, not when every reply
        # has been generated.
        prompts.load(settings.prompts).of(match["kind"])  # type: ignore[arg-type]
        if match["kind"] in TEXT_KINDS:
            load_rubric(settings.judge.prompts)
            ready_judge()
        table = _table(match["kind"], match["split"], settings)  # type: ignore[arg-type]
        return provenance.task_metadata(table) if match["metadata"] else str(table.path)
    except MedqError as error:
        raise HarnessStop(lines(str(error))) from error


@functools.cache
def _table(kind: Kind, split: Split, settings: Settings) -> PreparedTable:
    return prepare(kind, split, settings)
