"""What an assessment says that is not its own word on the images as a whole is left out, and nothing else is."""

import pytest

from medq_tasks.reading.verdict.aside import own_words


def left(text, kind):
    kept = own_words(text, kind)
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
    "In the centre the image is good",  # a part
    "With regard to contrast, the image is good",  # one attribute
]


@pytest.mark.parametrize("aside", ASIDE)
@pytest.mark.parametrize("own", ["The image is usable.", "I reject it."])
def test_what_is_no_word_of_its_own_is_left_out_before_and_behind_a_verdict(aside, own):
    assert left(f"{aside}. {own}", "no_reference").lstrip(",. ") == own
    assert left(f"{own} {aside}.", "no_reference").rstrip(",. ") == own.rstrip(".")


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
    assert left(text, "no_reference") == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("The contrast of the second image is better. I prefer the first.", ". I prefer the first."),
        ("Brightness is better in the first image.", "."),
        ("Noise: the first image is better. Overall, the second.", ". Overall, the second."),
        ("Contrast-wise, the second image is better.", "."),
        ("Contrast aside, the second image is better.", "Contrast aside, the second image is better."),
        ("Thanks to its lower noise the second is better.", "Thanks to its lower noise the second is better."),
        ("The overall contrast and quality favour image A.", "The overall contrast and quality favour image A."),
    ],
)
def test_what_compares_one_attribute_is_left_out(text, rest):
    assert left(text, "comparison") == rest


def test_a_condition_reaches_to_the_turn():
    text = "As long as only bones matter, it is usable; it is a reject."
    assert left(text, "no_reference") == "it is a reject."
