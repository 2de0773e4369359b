"""The words of a statement in the raw reply."""

import pytest

from medq_tasks.reading.locate import locate


@pytest.mark.parametrize(
    ("reply", "said", "found"),
    [
        ("The answer is B.", "The answer is B", "The answer is B"),
        ("I look.\n**The  answer** is: $\\boxed{B}$ ok", "the answer is boxed B", "The  answer** is: $\\boxed{B"),
        ("Answer: A\nAnswer: B", "Answer: A", "Answer: A"),
        ("B\n\nRegion A is dark, region B is bright.", "B", None),  # which of the two?
        ("Ｂ. Noise", "B. Noise", "Ｂ. Noise"),
        ("答案是 B", "B", "B"),
        ("BAB", "B", None),  # no word of its own
        ("The answer is A.", "The answer is B", None),
        ("B", "", None),
        ("", "B", None),
        ("B", "...", None),
    ],
)
def test_a_statement_is_found_by_its_words(reply, said, found):
    place = locate(reply, said)
    assert (None if place is None else reply[slice(*place)]) == found


def test_of_several_places_none_is_marked():
    """The last one was marked once: the B of "region B is bright" for a reply that begins with its answer, B."""
    assert locate("B and then B", "B") is None


def test_of_a_long_statement_the_first_words_are_found():
    words = " ".join(f"w{number}" for number in range(200))
    start, end = locate(f"x {words} y", words)
    assert (start, end) == (2, 2 + len(" ".join(f"w{number}" for number in range(60))))
