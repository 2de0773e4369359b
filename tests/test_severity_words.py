"""One table of severity words, read as whole cells and as words inside an option."""

from collections import Counter

import pytest

from medq_tasks.data.slice_words import fold
from medq_tasks.records import SEVERITIES
from medq_tasks.runs.confusion import severity_level
from medq_tasks.severity_words import LEVEL_WORDS


@pytest.mark.parametrize(
    ("text", "as_cell", "as_option"),
    [
        ("slight", "mild", "mild"),
        ("Normal", "none", "other"),
        ("Normal anatomy, severe noise", None, "severe"),
        ("moderate", None, "mild"),
        ("without", None, "none"),
    ],
)
def test_a_cell_is_read_whole_and_an_option_word_by_word(text, as_cell, as_option):
    assert (fold("severity", text), severity_level(text)) == (as_cell, as_option)


def test_every_level_has_words_and_no_word_two_levels():
    assert tuple(LEVEL_WORDS) == SEVERITIES
    counts = Counter(word for level in LEVEL_WORDS.values() for word in ", ".join(level).split(", "))
    assert [word for word, count in counts.items() if count > 1] == []
