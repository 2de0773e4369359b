"""One fault is no faults."""

from medq_tasks.wording.counts import count


def test_one_is_one_and_thousands_can_be_read() -> None:
    assert [count(n, "fault") for n in (0, 1, 2, 1305)] == ["0 faults", "1 fault", "2 faults", "1,305 faults"]
    assert [count(n, "row has", "rows have") for n in (1, 2)] == ["1 row has", "2 rows have"]
