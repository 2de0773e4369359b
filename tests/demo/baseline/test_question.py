"""From prompt text to what is asked: kinds, options, problems, negation, scales."""

import pytest

from medq_tasks import prompts
from medq_tasks.demo.baseline.question import read_question, strengths, yes_option
from medq_tasks.demo.baseline.vocabulary import modality_of, problems_of, says_nothing_wrong, strength_of


def ask(question, *options):
    asked = prompts.load().of("perception").ask(question, dict(zip("ABCDE", options, strict=False)))
    return read_question(asked, pictures=1)


def test_options_and_question_are_found_inside_the_prompt():
    found = ask("Is there noise in this CT image?", "Yes", "No")
    assert found.text == "Is there noise in this CT image?"
    assert found.options == {"A": "Yes", "B": "No"}
    assert (found.kind, found.modality, found.problems) == ("yes_or_no", "ct", ("noise",))


@pytest.mark.parametrize(
    "marks", ["A. {}\nB. {}", "(A) {}\n(B) {}", "A) {}\nB) {}", "A: {}\nB: {}", "  [A] {}\n  [B] {}"]
)
def test_option_marks(marks):
    found = read_question("Is it sharp?\n" + marks.format("Yes", "No") + "\nAnswer with the letter.", 1)
    assert found.options == {"A": "Yes", "B": "No"}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "A. only one option", "B. Yes\nC. No", "Tell me about this.", "A.\nB.\n", "\x00\ud800", "A" * 100_000],
)
def test_prompts_without_usable_options_are_read_as_free_text(text):
    found = read_question(text, pictures=1)
    assert found.options == {}
    assert found.kind == "describe"
    assert read_question(text, pictures=2).kind == "compare"


@pytest.mark.parametrize(
    ("question", "absence"),
    [
        ("Is there visible noise in this CT image?", False),
        ("Is this CT image free of noise?", True),
        ("Is this image without visible streaks?", True),
        ("Is this image sharp?", True),
        ("Is this image not affected by noise?", True),
        ("Is the image quality good?", True),
        ("Does this image lack noise?", True),
        ("Is this image blurred?", False),
    ],
)
def test_what_yes_stands_for(question, absence):
    assert ask(question, "Yes", "No").wants_absence is absence


@pytest.mark.parametrize(
    ("text", "modality", "problems"),
    [
        ("Noise", "ct", ("noise",)),
        ("Metal streaks", "ct", ("metal",)),
        ("Sparse-view streaks", "ct", ("sparse",)),
        ("Streak artifacts", "ct", ("sparse", "metal")),
        ("Ring artifacts", "ct", ("ring",)),
        ("Aliasing (fold-over)", "mri", ("aliasing",)),
        ("a tissue fold", "histopathology", ("fold",)),
        ("Motion blur", "endoscopy", ("motion",)),
        ("Blur (out of focus)", "fundus", ("defocus",)),
        ("Intensity inhomogeneity", "mri", ("bias",)),
        ("Uneven illumination", "fundus", ("light",)),
        ("non-uniform illumination", "endoscopy", ("light",)),
        ("Color cast", "fundus", ("cast",)),
        ("abnormal colour", "histopathology", ("stain",)),
        ("The patient's age", "ct", ()),
    ],
)
def test_problems(text, modality, problems):
    assert problems_of(text, modality) == problems


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("Severe", "None", "Mild"), {"A": 2.0, "B": 0.0, "C": 1.0}),
        (("Not noticeable", "Slightly noticeable", "Very noticeable"), {"A": 0.0, "B": 1.0, "C": 2.0}),
        (("Good", "Usable", "Reject"), {"A": 0.0, "B": 1.0, "C": 2.0}),
        (("Excellent", "Fair", "Poor"), {"A": 0.0, "B": 1.0, "C": 2.0}),
        (("Mild", "Moderate", "Severe"), {"A": 1.0, "B": 1.5, "C": 2.0}),
        (("Absent", "Minor", "Major"), {"A": 0.0, "B": 1.0, "C": 2.0}),
        (("Noise", "Blur"), None),
    ],
)
def test_scales(options, expected):
    assert strengths(ask("How severe is the noise in this CT image?", *options)) == expected


def test_high_and_low_turn_round_with_what_they_speak_of():
    assert strength_of("High", of_quality=True) == 0.0
    assert strength_of("High", of_quality=False) == 2.0
    assert strength_of("Low", of_quality=True) == 2.0


def test_unusable_is_not_usable():
    assert strength_of("Unusable", of_quality=True) == 2.0
    assert strength_of("Not acceptable", of_quality=True) == 2.0


def test_small_words():
    assert modality_of("this CT image") == "ct"
    assert modality_of("the fact is direct") == ""
    assert modality_of("CT and MRI") == ""
    assert says_nothing_wrong("No visible degradation")
    assert says_nothing_wrong("None of the above")
    assert not says_nothing_wrong("Noise")
    assert yes_option({"A": "No, it is not", "B": "Yes, it is"}) == ("B", "A")
    assert yes_option({"A": "Noise", "B": "Blur"}) is None
