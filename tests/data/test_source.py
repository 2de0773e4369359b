"""Picture files that a table names, and what is said when one cannot be read."""

import pytest

from medq_tasks.data.items import CellError
from medq_tasks.data.source import Source
from tests.data.factory import png


def test_a_picture_file_is_read_or_its_cell_is_at_fault(tmp_path):
    (tmp_path / "x.png").write_bytes(png(1))
    source = Source(tmp_path / "table.tsv", "table", lambda cell: tmp_path / cell)
    assert source.open_file("x.png") == png(1)
    with pytest.raises(CellError) as error:
        source.open_file(".")
    assert error.value.problem == "image_path '.' cannot be read (Is a directory)"
    assert "permissions" in error.value.cure
