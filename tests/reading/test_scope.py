"""A text as sentences and clauses, by their places."""

import itertools

import pytest

from medq_tasks.reading.scope import clauses, sentences


def said(text):
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is noisy. So B.", ["It is noisy.", "So B."]),
        ("Is it B? No! It is 2.5 mm, e.g. here.", ["Is it B?", "No!", "It is 2.5 mm, e.g. here."]),
        ("Is it blurred?, No: sharp", ["Is it blurred?", ", No: sharp"]),
        ("It is dark; see Fig. 2.", ["It is dark; see Fig. 2."]),
        ("B. Noise\nC. Blur", ["B. Noise", "C. Blur"]),  # labels end no sentence
        ("1. First. 2. Second.", ["1. First.", "2. Second."]),
        ("The answer is A. The rest is fine.", ["The answer is A.", "The rest is fine."]),
        ("图像有噪声。答案是B。", ["图像有噪声。", "答案是B。"]),
        ("It has the higher\nquality.", ["It has the higher\nquality."]),  # only wrapped
        ("Reasons:\nnone", ["Reasons:", "none"]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("  \n \n", []),
        ("", []),
    ],
)
def test_sentences(text, found):
    assert said(text) == found


def test_spans_lie_in_the_text_in_order():
    text = "A b. C d? E\n\nf g! " * 50
    spans = sentences(text)
    assert all(0 <= one.start < one.end <= other.start for one, other in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("While it is noisy, it is usable but soft.", ["While it is noisy,", "it is usable", "but soft."]),
        ("Noise: none; blur - some", ["Noise: none;", "blur - some"]),
        ("B. C would show rings.", ["B.", "C would show rings."]),
        ("If so, A. While B is tempting, C fits.", ["If so, A.", "While B is tempting,", "C fits."]),
        ("All but B are out.", ["All but B are out."]),
    ],
)
def test_a_clause_ends_at_a_semicolon_and_where_the_thought_turns(text, found):
    assert [span.of(text).strip() for span in clauses(text)] == found
