"""Preparing made-up tables in a temporary folder: ``data`` holds the source, ``cache`` the prepared tables."""

from medq_tasks.data import open_table, prepare
from medq_tasks.settings import Settings
from tests.data.factory import write_tsv


def settings(tmp_path):
    return Settings.from_env({"MEDQ_DATA_DIR": str(tmp_path / "data"), "MEDQ_CACHE_DIR": str(tmp_path / "cache")})


def prepared(tmp_path, kind, rows, **options):
    write_tsv(tmp_path / "data", kind, rows, **options)
    return prepare(kind, "test", settings(tmp_path))


def images(table):
    with open_table(table.path) as opened:
        return [opened.images(row) for row in range(len(opened))]
