"""The baseline as a whole: odd pictures, odd prompts, determinism, and accuracy on a seed used nowhere else."""

import time

import numpy as np
import pytest
from PIL import Image

from medq_tasks import prompts
from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.demo.baseline.decide import choose
from medq_tasks.demo.baseline.findings import find, guess_modality, thresholds
from medq_tasks.demo.baseline.quality_measures import MEASURES, measure
from medq_tasks.demo.baseline.question import read_question
from medq_tasks.demo.baseline.reply import reply, to_rgb
from medq_tasks.demo.baseline.signatures import SIGNATURES
from medq_tasks.demo.samples import SEED, design
from medq_tasks.demo.samples.build import LETTERS, render

UNSEEN = 7001  # used by no calibration, no benchmark and no other test


def prompt_of(item):
    options = dict(zip(LETTERS, item.options, strict=False))
    return prompts.load().of("perception").ask(item.question, options), options


def picture(shot, seed=UNSEEN):
    return Image.fromarray(render(shot, seed)).convert("RGB")


@pytest.fixture(scope="module")
def measured():
    """The measures of every perception picture of the unseen seed: each is asked about twice."""
    return {shot: measure(to_rgb(picture(shot))) for shot in {item.shot for item in design.perception(UNSEEN)}}


@pytest.fixture(scope="module")
def outcomes(measured):
    """(item, chosen letter) of every perception item of the unseen seed, from its prompt and its measures alone."""
    found = []
    for item in design.perception(UNSEEN):
        text, options = prompt_of(item)
        found.append((item, read_choice(choose(read_question(text, 1), measured[item.shot]), options)))
    return found


def accuracy(outcomes, question_type):
    own = [LETTERS[item.answer] == chosen for item, chosen in outcomes if item.question_type == question_type]
    assert len(own) == 30
    return sum(own) / len(own)


def test_accuracy_on_an_unseen_seed(outcomes):
    assert UNSEEN not in thresholds()["seeds"]
    assert accuracy(outcomes, "yes_or_no") >= 0.65
    assert accuracy(outcomes, "how") >= 0.65
    assert accuracy(outcomes, "what") >= 0.45
    assert all(chosen is not None for _, chosen in outcomes)


def test_the_exam_is_not_what_it_was_calibrated_on():
    assert SEED not in thresholds()["seeds"]


def test_thresholds_cover_every_signature():
    table = thresholds()["problems"]
    assert {name: set(own) for name, own in table.items()} == {name: set(own) for name, own in SIGNATURES.items()}
    for modality, problems in SIGNATURES.items():
        for problem, signature in problems.items():
            assert [sign["measure"] for sign in table[modality][problem]["signs"]] == [
                s.measure for s in signature.signs
            ]
            assert {s.measure for s in signature.signs} | {signature.severity} <= set(MEASURES)


ODD_PICTURES = {
    "one pixel": Image.new("RGB", (1, 1), "red"),
    "one row": Image.new("RGB", (300, 1), "red"),
    "one colour": Image.new("RGB", (200, 160), (90, 90, 90)),
    "black": Image.new("RGB", (64, 64)),
    "white": Image.new("L", (64, 64), 255),
    "grey": Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (150, 1))),
    "two levels": Image.new("1", (50, 50)),
    "alpha": Image.new("RGBA", (80, 60), (10, 20, 30, 40)),
    "grey and alpha": Image.new("LA", (80, 60), (10, 40)),
    "palette": Image.new("P", (40, 40)),
    "16 bit": Image.fromarray(np.linspace(0, 65535, 90 * 90).reshape(90, 90).astype(np.uint16)),
    "float with NaN": Image.fromarray(np.full((40, 40), np.nan, dtype=np.float32)),
    "huge": Image.new("RGB", (9000, 7000), (120, 60, 50)),
}


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_odd_pictures_are_answered(name):
    options = {"A": "Yes", "B": "No"}
    asked = prompts.load().of("perception").ask("Is there noise in this CT image?", options)
    assert read_choice(reply(asked, [ODD_PICTURES[name]]), options) in options
    described = reply(prompts.load().of("no_reference").ask(""), [ODD_PICTURES[name]])
    assert read_verdict(described, "no_reference") in ("good", "usable", "reject")


def test_measures_of_anything_are_finite():
    for name, image in ODD_PICTURES.items():
        values = measure(to_rgb(image))
        assert all(np.isfinite(value) for value in values.values()), name


def test_a_huge_picture_takes_no_longer_than_a_second_or_two():
    started = time.process_time()
    measure(to_rgb(ODD_PICTURES["huge"]))
    assert time.process_time() - started < 8.0


def test_16_bit_grey_is_not_turned_white():
    values = to_rgb(ODD_PICTURES["16 bit"])
    assert (values.min(), values.max()) == (0, 255)
    assert 100 < values.mean() < 155  # a ramp: the mean lies in the middle


def test_transparent_parts_are_white():
    assert to_rgb(Image.new("RGBA", (2, 2), (0, 0, 0, 0))).tolist() == [[[255] * 3] * 2] * 2


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("What is the patient's age?", {"A": "20", "B": "40", "C": "60"}),
        ("Is the left kidney enlarged?", {"A": "Yes", "B": "No"}),
        ("¿Qué?", {"A": "x", "B": "y"}),
        ("", {"A": "Yes", "B": "No"}),
    ],
)
def test_questions_without_a_measure_get_the_neutral_option_and_say_so(question, options):
    text = reply(prompts.load().of("perception").ask(question, options), [Image.new("RGB", (64, 64), "red")])
    assert "None of my measures fits" in text
    assert read_choice(text, options) == ("B" if options.get("B") == "No" else "A")


def test_no_picture_is_a_plain_refusal_not_a_crash():
    assert "no picture" in reply("Describe the quality of this image.", [])
    assert "no picture" in reply("Is it sharp?\nA. Yes\nB. No", [None, "video.mp4"])


def test_free_text_prompts_get_a_description_with_a_verdict():
    assert read_verdict(reply("Hello?", [Image.new("RGB", (64, 64), "red")]), "no_reference") is not None


def test_descriptions_have_three_to_five_sentences_and_pairs_name_the_better_one():
    item = next(
        item for item in design.comparison(UNSEEN) if item.grain == "coarse" and item.first.modality == "fundus"
    )
    text = prompts.load().of("comparison").ask("")
    forward = reply(text, [picture(item.first), picture(item.second)])
    backward = reply(text, [picture(item.second), picture(item.first)])
    assert read_verdict(forward, "comparison") == item.better
    assert read_verdict(backward, "comparison") == {"first": "second", "second": "first"}[item.better]
    body = forward.split("\nVerdict")[0]
    assert 3 <= body.count(". ") + 1 <= 5


def test_equal_pictures_are_said_to_be_equal():
    text = prompts.load().of("comparison").ask("")
    same = Image.new("RGB", (64, 64), "red")
    assert "cannot tell them apart" in reply(text, [same, same])


def test_the_reply_is_the_same_every_time_and_hangs_on_prompt_and_pixels_alone(measured):
    item = design.perception(UNSEEN)[0]
    text, _ = prompt_of(item)
    shown = picture(item.shot)
    assert reply(text, [shown]) == reply(text, [shown.copy()]) == choose(read_question(text, 1), measured[item.shot])


def test_modality_is_guessed_when_the_prompt_does_not_name_it(measured):
    right = [guess_modality(found) == shot.modality for shot, found in measured.items() if shot.severity != "severe"]
    assert sum(right) / len(right) >= 0.8  # 30 pictures; a fifth would be chance


@pytest.mark.parametrize("modality", SIGNATURES)
def test_a_severe_problem_measures_more_than_a_mild_one(measured, modality):
    """The level of the problem that is there rises from none over mild to severe, on average over a modality."""
    levels = {"none": [], "mild": [], "severe": []}
    for shot in (shot for shot in measured if shot.modality == modality):
        findings = find(measured[shot], modality)
        problem = shot.degradation.removeprefix(f"{modality}_")
        levels[shot.severity].append(findings[problem].level if problem else max(f.level for f in findings.values()))
    none, mild, severe = (float(np.mean(levels[name])) for name in ("none", "mild", "severe"))
    assert none < mild < severe
