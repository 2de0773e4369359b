"""What is embedded of which picture, with sizes of known files; and that the budget holds."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import pytest
from PIL import Image

from medq_tasks.report.picture_budget import FLOOR, spend
from medq_tasks.report.picture_files import uri_length
from medq_tasks.report.picture_sources import Source
from tests.data.factory import encode, png


@dataclass
class Table:
    """A table of one picture a row."""

    files: list[bytes]

    def image_views(self, row: int) -> tuple[memoryview, ...]:
        return (memoryview(self.files[row]),)


def sources(*files: bytes) -> list[Source]:
    table = Table(list(files))
    return [Source(table, row, 0) for row in range(len(files))]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def grain() -> bytes:
    """600 x 400 of faint noise: as PNG above 100 kB, a preview of 384 pixels less than a tenth of that."""
    return encode(Image.effect_noise((600, 400), 3))


def shown(uri: str | None) -> Image.Image:
    assert uri is not None
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def singles(count: int) -> list[list[int]]:
    return [[number] for number in range(count)]


def test_all_in_full_where_all_fit() -> None:
    files = [png(number) for number in range(3)]
    budget = sum(uri_length("jpeg", len(file)) for file in files)
    spent = spend(sources(*files), singles(3), budget)
    assert (spent.full, spent.preview, spent.edge) == (3, set(), None)
    assert [base64.b64decode(uri.partition(",")[2]) for uri in spent.uris if uri] == files


def test_what_matters_most_is_in_full_and_the_rest_is_previews(grain: bytes) -> None:
    # Room for three files. Ten of the largest previews take less than one of them, which leaves room for two.
    length = uri_length("png", len(grain))
    order = [[7], [3], *([n] for n in range(10) if n not in (3, 7))]
    spent = spend(sources(*(grain + bytes(n) for n in range(10))), order, 3 * length)
    assert spent.preview == set(range(10)) - {3, 7}
    assert {shown(spent.uris[number]).size for number in (3, 7)} == {(600, 400)}
    assert (spent.full, spent.edge) == (2, 384)
    assert {shown(spent.uris[number]).size for number in spent.preview} == {(384, 256)}
    assert spent.length <= 3 * length


def test_below_the_floor_there_is_no_picture_and_the_last_ones_go_without(grain: bytes) -> None:
    small = len(encode_preview(grain))
    budget = 5 * uri_length("webp", small) + 50
    spent = spend(sources(*(grain + bytes(n) for n in range(20))), singles(20), budget)
    assert (spent.full, spent.preview, spent.edge) == (0, {0, 1, 2, 3, 4}, FLOOR)
    assert spent.uris[5:] == [None] * 15
    assert spend(sources(grain), singles(1), 100).uris == [None]
    assert spend(sources(grain), singles(1), 0).edge is None


def encode_preview(data: bytes) -> bytes:
    from medq_tasks.report.picture_files import preview

    return preview(data, FLOOR)[1]


def test_a_pair_is_in_full_or_reduced_as_one(grain: bytes) -> None:
    # 1.9 files fit, so that one of the pair would; the item after it is one file.
    length = uri_length("png", len(grain))
    spent = spend(sources(*(grain + bytes(n) for n in range(3))), [[0, 1], [2]], round(1.9 * length))
    assert spent.preview == {0, 1}
    assert shown(spent.uris[2]).size == (600, 400)


def test_a_picture_of_several_items_is_paid_for_once(grain: bytes) -> None:
    length = uri_length("png", len(grain))
    spent = spend(sources(grain, grain + b"\0"), [[0], [0, 0], [1]], round(1.5 * length))
    assert spent.full == 1
    assert shown(spent.uris[0]).size == (600, 400)
    assert spent.preview == {1}


def test_a_file_smaller_than_its_preview_is_embedded_itself(grain: bytes) -> None:
    # The large file comes first and is a preview; of the small one a preview would be the larger file.
    tiny = png(0)
    spent = spend(sources(grain, tiny), [[0], [1]], uri_length("png", len(grain)) // 2)
    assert spent.preview == {0}
    assert shown(spent.uris[1]).format == "PNG"


def test_the_same_twice(grain: bytes) -> None:
    made = [spend(sources(*(grain + bytes(n) for n in range(6))), singles(6), 400_000) for _ in range(2)]
    assert made[0] == made[1]
