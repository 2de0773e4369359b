"""What is said of a thing is not said of the image: subjects are a closed class, attributes an open one."""

import pytest

from medq_tasks.answers import read_verdict

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
    ("said", "grade"),
    [
        ("The image is good.", "good"),
        ("The overall image quality is good.", "good"),
        ("The mammogram is usable.", "usable"),
        ("My verdict is good.", "good"),
        ("The image, despite its haze, remains usable.", "usable"),  # the noun before the verb is not what it is about
        ("The image itself is usable.", "usable"),
        ("It affects the quality, which is usable.", "usable"),
        ("The artifacts are too severe for this image to be usable.", "reject"),
        ("The noise is mild, hence usable.", "usable"),
        ("It shows mild noise and is usable.", "usable"),
        ("", None),
    ],
)
def test_subjects_that_are_the_image_or_not_said_to_be_anything(said, grade):
    assert read_verdict(said, "no_reference") == grade


@pytest.mark.parametrize("said", ["The better of the two is the second.", "The quality of the second one is better."])
def test_subjects_that_are_one_of_the_images(said):
    assert read_verdict(said, "comparison") == "second"


@pytest.mark.parametrize(
    "aside", ["In the centre the image is good", "With regard to contrast, the image is good", "In the rim it is good"]
)
@pytest.mark.parametrize("own", ["The image is usable.", "I call it usable."])
def test_a_part_or_an_attribute_that_leads_is_no_verdict_before_or_behind_one(aside, own):
    assert read_verdict(f"{aside}. {own}", "no_reference") == "usable"
    assert read_verdict(f"{own} {aside}.", "no_reference") == "usable"


@pytest.mark.parametrize(
    ("said", "winner"),
    [
        ("The contrast of the second image is better. I prefer the first.", "first"),
        ("Brightness is better in the first image.", None),
        ("Noise: the first image is better. Overall, the second.", "second"),
        ("Noise: the first image is better.", None),
        ("Contrast-wise, the second image is better.", None),
        ("Contrast aside, the second image is better.", "second"),
        ("Thanks to its lower noise the second is better.", "second"),
        ("The overall contrast and quality favour image A.", "first"),
        ("Quality: the first image is better.", "first"),
        ("On the whole the first image is better.", "first"),
        ("While B is better in contrast, A is better overall.", "first"),
    ],
)
def test_what_compares_one_attribute_is_no_preference(said, winner):
    assert read_verdict(said, "comparison") == winner


def test_only_what_is_said_of_the_thing_is_set_aside():
    assert read_verdict("The hue is good and the image is usable.", "no_reference") == "usable"


def test_a_sentence_with_a_word_on_each_line_is_read_as_one():
    assert read_verdict("The\nfirst\nimage\nis\noutperformed by the second one.", "comparison") == "second"
    assert read_verdict("There\nis\ngood\ndifferentiation\nbetween gray and white matter.", "no_reference") is None


LEADS = [
    "In terms of",
    "Regarding",
    "Looking at",
    "Judged by its",
    "With respect to",
    "Speaking of",
    "Only in",
    "As for",
]


@pytest.mark.parametrize("noun", ["noise", "edge definition", "motion", "signal-to-noise ratio", "level of detail"])
def test_what_is_led_by_an_attribute_is_no_verdict(noun):
    leads = [f"{lead} {noun}," for lead in LEADS] + [f"On {noun} alone,", f"{noun.capitalize()}-wise,"]
    for lead in leads:
        assert read_verdict(f"{lead} the image is good.", "no_reference") is None, lead
        assert read_verdict(f"{lead} image A is better.", "comparison") is None, lead
    assert read_verdict(f"{noun.capitalize()}: image A is better.", "comparison") is None
    assert read_verdict("At the edges, it is good.", "no_reference") is None
