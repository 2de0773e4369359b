"""What waits for its check is bounded; what a check finds is kept by number."""

import pytest

from medq_tasks.data import pictures
from medq_tasks.data.pictures import Pictures
from medq_tasks.pixels import FORMATS
from tests.data.factory import png


@pytest.mark.parametrize(
    ("weights", "waiting"),
    [
        ([1, 1, 1, 1, 1], [1, 2, 3, 3, 3]),  # at most 3 of them
        ([5, 5, 1, 9], [1, 2, 2, 2]),  # at most 10 bytes: 11 and 15 are too many, 10 are not
        ([50, 50, 2], [1, 1, 1]),  # one of any weight
    ],
)
def test_what_waits_is_bounded_in_number_and_weight(monkeypatch, weights, waiting):
    monkeypatch.setattr(pictures, "_WAITING", 3)
    monkeypatch.setattr(pictures, "_WAITING_BYTES", 10)
    found = []
    with Pictures() as taken:
        for number, weight in enumerate(weights):
            assert taken.add(bytes([number]) * weight) == number
            found.append(len(taken._checks))
        taken.finish()
        assert len(taken._checks) == taken._waiting_bytes == 0
        assert all(taken.problem(number) for number in range(len(weights)))
    assert found == waiting


def test_what_a_check_finds(monkeypatch, tmp_path):
    with (tmp_path / "park").open("w+b") as park, Pictures(park) as taken:
        assert [taken.add(data) for data in (png(1), b"text", png(1), png(2, (5, 4), "L"))] == [0, 1, 0, 2]
        taken.finish()
        assert [taken.problem(number) for number in (0, 2)] == ["", ""]
        assert taken.problem(1) == f"not a picture file of a known format ({', '.join(FORMATS)})"
        assert (len(taken), taken.size(1), taken.dimensions(2)) == (3, 4, "5x4")
        assert [taken.read(number) for number in (2, 0, 1)] == [png(2, (5, 4), "L"), png(1), b"text"]
        assert taken.formats() == {"PNG RGB": 1, "PNG L": 1}


def test_a_decoder_s_own_bug_is_the_picture_s_fault(monkeypatch):
    def inspect(_):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(pictures.images, "inspect", inspect)
    with Pictures() as taken:
        taken.add(png(1))
        taken.finish()
        assert taken.problem(0) == "the picture cannot be decoded (RuntimeError: out of luck)"
