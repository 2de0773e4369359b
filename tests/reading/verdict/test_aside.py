"""What an assessment says that is not its own word on the images is left out, and nothing else is."""

import pytest

from medq_tasks.reading.aside import own_words


def left(text):
    kept = own_words(text, "verdict")
    assert len(kept) == len(text)  # places stay as they are
    return " ".join(kept.split())


ASIDE = [
    "A repeat acquisition could yield a good image",  # what might be
    "Had the patient moved, the slice would be unusable",
    "If the noise were stronger, I would reject it",
    "But for the haze, this would be a good image",
    "Some readers might call it good",  # what others say
    "The technologist marked it as good",
    "According to the file name, the image is good",
    "At first glance it is good",  # what was given up
    "Images are rejected when they are dark",  # images as such
    "A good image shows the vessels",
    "Such artifacts are often a reason to reject it",
    "I was asked whether it is good or usable",  # the question
    "I would hesitate to call it good",
    "The previous scan was good",  # another image
]


@pytest.mark.parametrize("aside", ASIDE)
@pytest.mark.parametrize("own", ["The image is usable.", "I reject it."])
def test_what_is_no_word_of_its_own_is_left_out_before_and_behind_a_verdict(aside, own):
    assert left(f"{aside}. {own}").lstrip(",. ") == own
    assert left(f"{own} {aside}.").rstrip(",. ") == own.rstrip(".")


@pytest.mark.parametrize(
    "text",
    [
        "I would call it good.",
        "It could be described as usable.",
        "If I had to choose, I would say usable.",
        "No artifact would disturb the reading, so it is good.",
        "The image as a whole is usable.",
        "My inclination is towards usable.",
        "Except for one corner, the image is good.",
        "The best I can give is usable.",
    ],
)
def test_what_it_says_itself_stays(text):
    assert left(text) == text


def test_a_condition_reaches_to_the_turn():
    text = "As long as only bones matter, it is usable; it is a reject."
    assert left(text) == "it is a reject."
