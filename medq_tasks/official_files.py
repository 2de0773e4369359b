"""What the official files are called. The embedded sample set writes its tables under names of the same form."""

from __future__ import annotations

from collections.abc import Mapping

from medq_tasks.records import Kind

_STEMS: Mapping[Kind, str] = {"perception": "QA", "no_reference": "description", "comparison": "paired_description"}


def file_name(kind: Kind, split: str) -> str:
    """Name of a table's file, such as ``medqbench_QA_test.tsv``; ``split``: test, dev, or mini for the sample set."""
    return f"medqbench_{_STEMS[kind]}_{split}.tsv"
