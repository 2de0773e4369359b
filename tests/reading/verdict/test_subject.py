"""What is said of a thing is not said of the image: subjects are a closed class, attributes an open one."""

import pytest

from medq_tasks.answers import read_verdict
from medq_tasks.reading.verdict.subject import of_something_else

# Words that stand in no table: what a rule for unknown nouns has to get right.
NOUNS = ["collimation", "fat suppression", "centering", "bowel preparation", "breath-hold timing", "field of view"]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_level_of_a_thing_is_no_verdict(noun):
    assert read_verdict(f"There is some grain. The {noun} is good, and streaks are seen.", "no_reference") is None
    assert read_verdict(f"The {noun} is usable.", "no_reference") is None
    assert read_verdict(f"The {noun} is good, but the image is usable.", "no_reference") == "usable"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_comparison_of_a_thing_is_no_preference(noun):
    assert read_verdict(f"The {noun} of the first image is better.", "comparison") is None
    said = f"The {noun} of the first image is better, but the second image has the higher quality."
    assert read_verdict(said, "comparison") == "second"


@pytest.mark.parametrize(
    "clause",
    [
        "The image is good",
        "The overall image quality is good",
        "The mammogram is usable",
        "The quality of the second one is better",
        "My verdict is good",
        "The image, despite its haze, remains usable",  # the noun before the verb is not what it is about
        "The artifacts are too severe for this image to be usable",
        "The noise is mild, hence usable",
        "It shows mild noise and is usable",
        "The better of the two is the second",
        "",
    ],
)
def test_subjects_that_are_the_image_or_not_said_to_be_anything(clause):
    assert of_something_else(clause) == 0


def test_only_what_is_said_of_the_thing_is_set_aside():
    clause = "The hue is good and the image is usable"
    assert clause[: of_something_else(clause)] == "The hue is good"
