import pytest

from medq_tasks.harness.calls import steps


@pytest.mark.parametrize(
    ("count", "batch", "sizes"), [(0, 1, []), (128, 1, [128]), (300, 1, [128, 128, 44]), (300, 32, [256, 44])]
)
def test_steps_keep_order_and_fill_batches(count, batch, sizes):
    pieces = list(steps(range(count), batch))
    assert [len(piece) for piece in pieces] == sizes
    assert [one for piece in pieces for one in piece] == list(range(count))
