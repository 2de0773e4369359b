"""What one row gives; pictures are numbers in the order in which they are taken."""

import pytest

from medq_tasks.data.items import CellError, Hands, Reference, confined, read_item
from tests.data.factory import cell, comparison_rows, perception_rows, png


def read(kind, row):
    taken = []
    hands = Hands(lambda path: path.encode(), lambda data: taken.append(data) or len(taken) - 1)
    item, faults = read_item(kind, 1, {name.lower(): text for name, text in row.items()}, hands)
    return item, [fault.problem for fault in faults]


def test_every_short_cell_that_has_no_other_use_is_a_word():
    (row,) = perception_rows(1)
    del row["severity"], row["degradation"], row["source"], row["scope"]
    item, faults = read("perception", {**row, "E": "", "image_path": "x.png", "remark": " " + "x" * 300, "": "y"})
    assert item.words == {"modality": "CT", "question_type": "Yes-or-No", "remark": "x" * 200}
    assert faults == []
    (row,) = comparison_rows(1)
    assert set(read("comparison", row)[0].words) == {"modality", "severity", "degradation", "source", "grain"}


def test_sixteen_pictures_are_allowed():
    item, faults = read("no_reference", {"index": "1", "image": str(["7"] * 16), "description": "Good."})
    assert item.slots == tuple(Reference("7", place) for place in range(16))
    assert faults == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"image": str([cell(png(1)), "?" * 100])},
            "column image, element 2: not base64 (character '?' at position 1)",
        ),
        ({"image_a": cell(png(1)), "image_b": "?" * 65}, "column image_b: not base64 (character '?' at position 1)"),
    ],
)
def test_a_bad_picture_among_several_is_told_by_its_place(row, problem):
    assert read("comparison", {"index": "1", "description": "First.", **row})[1] == [problem]


@pytest.mark.parametrize("length", [64, 65])
def test_how_long_a_reference_may_be(length):
    item, _ = read("perception", {**perception_rows(1)[0], "image": "A" * length})
    assert item.slots == ((Reference("A" * 64),) if length == 64 else ())


def test_absolute_paths_may_name_the_folder_or_what_it_links_to(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    (real / "x.png").write_bytes(b"x")
    for named in (real, link):
        assert confined(link, str(named / "x.png")) == real / "x.png"
    with pytest.raises(CellError, match="outside") as error:
        confined(link, str(tmp_path / "x.png"))
    assert error.value.outside
