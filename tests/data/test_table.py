"""The Arrow file: how rows are batched, and how single ones are read."""

from types import SimpleNamespace

import pytest

from medq_tasks.data import open_table, table
from medq_tasks.data.items import TableItem
from medq_tasks.records import picture_digest
from tests.data.factory import perception_rows, png
from tests.data.tables import prepared


@pytest.mark.parametrize(
    ("weights", "batches"),
    [
        ([1, 1, 1, 1, 1], [[0, 1], [2, 3], [4]]),  # at most 2 rows
        ([5, 5, 6, 5], [[0, 1], [2], [3]]),  # at most 10 bytes of pictures: 10 are not too many, 11 are
        ([50, 1], [[0], [1]]),  # one of any weight
        ([], []),
    ],
)
def test_a_batch_is_bounded_in_rows_and_weight(monkeypatch, weights, batches):
    monkeypatch.setattr(table, "_BATCH_ROWS", 2)
    monkeypatch.setattr(table, "_BATCH_BYTES", 10)
    items = [TableItem(place + 1, str(place), pictures=(place,)) for place in range(len(weights))]
    assert list(table._batches(items, SimpleNamespace(size=weights.__getitem__))) == batches


def test_open_table_knows_its_rows(tmp_path):
    prepared_table = prepared(tmp_path, "perception", perception_rows(3))
    with open_table(prepared_table.path) as opened:
        assert len(opened) == 3
        assert opened.row(2)["answer"] == "A"
        assert opened.images(0) == (png(0),)
        assert opened.image_views(1) == (png(1),)
        assert opened.picture_digests() == [[picture_digest(png(row))] for row in range(3)]
        for row in (-1, 3):
            for look in (opened.images, opened.image_views, opened.row):
                with pytest.raises(IndexError, match=f"row {row} of a table with 3 rows"):
                    look(row)
    assert opened._map.closed
    with pytest.raises(FileNotFoundError, match="holds no prepared table"):
        open_table(tmp_path)
