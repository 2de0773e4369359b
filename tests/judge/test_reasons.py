"""Causes, counted."""

from medq_tasks.judge.reasons import by_reason, in_one_line


def test_numbers_of_one_request_are_no_cause_of_their_own_but_a_status_is() -> None:
    told = ["HTTP 404: no req_7f3a", "HTTP 403: no req_1", "HTTP 403: no req_2"]
    assert list(by_reason(told).items()) == [("HTTP 403: no req_1", 2), ("HTTP 404: no req_7f3a", 1)]


def test_a_line_names_five_causes_and_counts_the_rest() -> None:
    counts = dict.fromkeys("abcdefg", 1)
    assert in_one_line(counts) == "1: a; 1: b; 1: c; 1: d; 1: e; and 2 reasons more"
    assert in_one_line({"a": 3}) == "3: a"
