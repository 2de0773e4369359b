"""The tasks of this package as their YAML files define them: name, table and version, read where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medq_tasks.records import KINDS, SPLITS, Kind, Split


@dataclass(frozen=True)
class ShippedTask:
    """One task with a table of its own. ``version`` is that of its YAML file."""

    name: str
    kind: Kind
    split: Split
    version: float


def shipped_tasks(folder: Path) -> dict[str, ShippedTask]:
    """Name -> task, for each leaf below ``folder`` (of ``harness.plugin.task_folder``) that asks a table as it is."""
    import yaml

    class Loader(yaml.SafeLoader):
        """``!function a.b`` is the text "a.b": nothing is imported."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: getattr(node, "value", None))
    tables = {f"{kind}_{split}": (kind, split) for kind in KINDS for split in SPLITS}
    found: dict[str, ShippedTask] = {}
    for path in sorted(folder.rglob("medq_*.yaml")):
        leaf: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)  # a SafeLoader
        table = tables.get(str(leaf.get("dataset_path") or "").rpartition(".")[2])
        if table is not None:
            found[leaf["task"]] = ShippedTask(leaf["task"], *table, version=leaf["metadata"]["version"])
    return found
