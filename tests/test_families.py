"""What is known of each kind of task."""

from __future__ import annotations

import pytest

from medq_tasks import metrics
from medq_tasks.demo.samples import TABLES
from medq_tasks.families import FAMILIES, file_name
from medq_tasks.records import KINDS, SHAPES, TEXT_KINDS


def test_every_kind_has_a_family_words_and_a_shape():
    assert tuple(FAMILIES) == tuple(SHAPES) == KINDS
    assert TEXT_KINDS == ("no_reference", "comparison")


@pytest.mark.parametrize(
    ("kind", "shape", "stem", "pictures", "paired", "printed"),
    [
        ("perception", "choice", "QA", (1, None), False, metrics.PERCEPTION),
        ("no_reference", "text", "description", (1, None), False, metrics.REASONING),
        ("comparison", "text", "paired_description", (2, 2), True, metrics.REASONING),
    ],
)
def test_the_three_families_of_the_benchmark(kind, shape, stem, pictures, paired, printed):
    family = FAMILIES[kind]
    found = (family.shape, family.stem, family.pictures, family.paired, family.metrics)
    assert found == (shape, stem, pictures, paired, printed)
    assert family.splits == ("test", "dev", "mini")


def test_names_are_those_of_the_release_and_of_the_sample_set():
    assert [file_name(kind, split) for split in ("test", "dev") for kind in KINDS] == [
        "medqbench_QA_test.tsv",
        "medqbench_description_test.tsv",
        "medqbench_paired_description_test.tsv",
        "medqbench_QA_dev.tsv",
        "medqbench_description_dev.tsv",
        "medqbench_paired_description_dev.tsv",
    ]
    assert list(TABLES.items()) == [
        ("perception", "medqbench_QA_mini.tsv"),
        ("no_reference", "medqbench_description_mini.tsv"),
        ("comparison", "medqbench_paired_description_mini.tsv"),
    ]
