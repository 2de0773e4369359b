"""The names of the official files, written out as the release has them."""

from medq_tasks.demo.samples import TABLES
from medq_tasks.official_files import file_name
from medq_tasks.records import KINDS


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
