"""Clauses that only suppose, or speak of one attribute."""

import pytest

from medq_tasks.reading.scope import clauses, without_attributes, without_suppositions


def left(mask, text):
    masked = mask(text)
    assert len(masked) == len(text)  # places stay as they are
    return " ".join(masked.split())


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("This should be rejected. A repeat could yield a good image.", "This should be rejected."),
        ("If it were darker, it would be usable; it is good.", "; it is good."),
        ("One might expect noise, but it is blurred.", ", but it is blurred."),
        ("I would choose B.", "I would choose B."),  # the writer's own act
        ("If I had to choose, B.", "If I had to choose, B."),
        ("It is good.", "It is good."),
    ],
)
def test_what_is_only_supposed_is_left_out(text, rest):
    assert left(without_suppositions, text) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("The contrast of the second image is better. I prefer the first.", "I prefer the first."),
        ("Brightness is better in the first image.", ""),
        ("The second image is better in contrast.", "The second image is better in contrast."),
        ("The overall contrast and quality favour image A.", "The overall contrast and quality favour image A."),
    ],
)
def test_a_clause_about_one_attribute_is_left_out(text, rest):
    assert left(without_attributes, text) == rest


def test_labels_may_belong_to_their_clause():
    text = "Noise: none; blur - some"
    assert [span.of(text) for span in clauses(text)] == ["Noise", "none", "blur", "some"]
    assert [span.of(text) for span in clauses(text, labels=False)] == ["Noise: none", "blur - some"]
