"""Edits that leave what a reply says as it is, in every combination: the reading must not change."""

from __future__ import annotations

import itertools

import pytest

from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.judge import read_score

OPTIONS = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "Metal artifact"}
WRAPS = {
    "as it is": "{}",
    "courtesy before": "Thank you for the image.\n\n{}",
    "courtesy after": "{}\n\nI hope this helps!",
    "offer after": "{}\n\nLet me know if you have any other questions.",
    "thinking before": "<think>\nIt could be A or the first, a 0, good. Wait.\n</think>\n\n{}",
    "monologue before": "<inner_monologue>A? B? reject? 2?</inner_monologue>\n{}",
    "bold": "**{}**",
    "heading": "### Assessment\n\n{}",
    "blanks": "\n\n  {}  \n\n",
    "end of turn": "{}<|im_end|>",
    "windows lines": "{}\r\n",
}

CHOICE_LEADS = [
    "",
    "The image shows a chest slice. ",
    "At first glance it resembles motion blur. ",
    "If there were grain, noise would be likely. ",
    "A is incorrect because the edges are crisp. ",
    "Let's look at the details.\n\n",
    "The door is closer than the lamp, and 3 of 4 rooms are lit. ",
    "Is it noise? Not really. ",
]
CHOICE_FINALS = [
    "The answer is {}.",
    "Answer: {}",
    "**Final answer:** {}",
    "So the correct option is ({}).",
    "\\boxed{{{}}}",
    "<answer>{}</answer>",
    'The output is\n{{"answer": "{}"}}',
    "I choose option {}.",
    "Therefore, {} is correct.",
    "La respuesta correcta es {}.",
    "正确答案是{}。",
]
GRADE_LEADS = [
    "",
    "The contrast is good. ",
    "Noise is low and the edges are sharp. ",
    "A good image would show the vessels. ",
    "The upper half is unusable. ",
    "Could it be rejected? ",
    "One might call it good at first. ",
]
GRADE_FINALS = [
    "Verdict: {}",
    "**Verdict:** {}",
    "Final verdict: {}.",
    "Overall, the quality of this image is {}.",
    "<verdict>{}</verdict>",
    "I rate this image as {}.",
]
GRADE_TAILS = [
    "",
    "\n\nA repeat acquisition could yield a good image.",
    "\n\nWith less motion the contrast would be good.",
]
PAIR_LEADS = [
    "",
    "Both images show the same slice. ",
    "Brightness is higher in the {other} image. ",
    "The contrast of the {other} image is better. ",
    "At first glance the {other} image looks better. ",
    "In terms of noise, the {other} image is superior. ",
    "Some might prefer the {other} image. ",
]
PAIR_FINALS = [
    "Verdict: {}",
    "Overall, the {} image has higher quality.",
    "I prefer the {} image.",
    "The {} image is of better quality than the {other} image.",
    "The {other} image is of lower quality.",
    "<verdict>{}</verdict>",
]
PAIR_TAILS = [
    "",
    " However, brightness is better in the {other} image.",
    "\n\nThe {other} image could be improved by denoising.",
]
SCORE_LEADS = [
    "",
    "Two of three findings are covered. ",
    "A 2 would be too generous. ",
    "The rubric says 2 = all, 1 = part, 0 = none. ",
]
SCORE_FINALS = ["Score: {}", "**Score:** {}/2", "I give it a {}.", "The final score is {}.", '{{"score": {}}}']
SCORE_TAILS = [
    "",
    "\n\nIf the blur were named, it would be higher.",
    "\n\nThe description should mention the noise.",
    "\n\nDoes not name the rings.",
]


def _flips(cases, read):
    """Cases that are read otherwise than meant, and the number of all."""
    total, flipped = 0, []
    for meant, reply in cases:
        total += 1
        if read(reply) != meant:
            flipped.append((meant, reply, read(reply)))
    return total, flipped


def _choices():
    for (name, wrap), lead, final, letter in itertools.product(WRAPS.items(), CHOICE_LEADS, CHOICE_FINALS, "ABCD"):
        del name
        yield letter, wrap.format(lead + ("\n\n" if lead else "") + final.format(letter))


def _grades():
    for wrap, lead, final, level, tail in itertools.product(
        WRAPS.values(), GRADE_LEADS, GRADE_FINALS, ("good", "usable", "reject"), GRADE_TAILS
    ):
        yield level, wrap.format(lead + "\n\n" * bool(lead) + final.format(level) + tail)


def _pairs():
    for wrap, lead, final, better, tail in itertools.product(
        WRAPS.values(), PAIR_LEADS, PAIR_FINALS, ("first", "second"), PAIR_TAILS
    ):
        other = "second" if better == "first" else "first"
        yield better, wrap.format((lead + "\n\n" * bool(lead) + final + tail).format(better, other=other))


def _scores():
    for wrap, lead, final, level, tail in itertools.product(
        WRAPS.values(), SCORE_LEADS, SCORE_FINALS, (0, 1, 2), SCORE_TAILS
    ):
        yield level, wrap.format(lead + "\n\n" * bool(lead) + final.format(level) + tail)


READERS = {
    "choices": (_choices, lambda reply: read_choice(reply, OPTIONS)),
    "levels": (_grades, lambda reply: read_verdict(reply, "no_reference")),
    "pairs": (_pairs, lambda reply: read_verdict(reply, "comparison")),
    "scores": (_scores, read_score),
}


@pytest.mark.parametrize("name", READERS)
def test_edits_that_say_nothing_of_the_answer_change_no_reading(name):
    cases, read = READERS[name]
    total, flipped = _flips(cases(), read)
    assert total > 2_000
    assert not flipped, f"{len(flipped)} of {total} flipped, the first: {flipped[:5]}"


def test_options_in_another_order_change_the_letter_and_nothing_else():
    texts = list(OPTIONS.values())
    replies = ("The answer is {}.", "{}", "I think this is {}.", "The image shows {}, and nothing else.", "Answer: {}")
    for order, reply, text in itertools.product(itertools.permutations(texts), replies, texts):
        options = dict(zip("ABCD", order, strict=True))
        assert options[read_choice(reply.format(text), options)] == text


def test_first_and_second_swapped_swap_the_verdict():
    for lead, final, tail in itertools.product(PAIR_LEADS, PAIR_FINALS, PAIR_TAILS):
        read = {
            better: read_verdict((lead + final + tail).format(better, other=other), "comparison")
            for better, other in (("first", "second"), ("second", "first"))
        }
        assert read in ({"first": "first", "second": "second"}, {"first": None, "second": None})


@pytest.mark.parametrize("width", [30, 60])
def test_wrapped_lines_change_no_reading(width):
    words = "Looking at the picture as a whole one sees concentric rings around the centre so the correct answer is C."
    lines, line = [], ""
    for word in words.split():
        if len(line) + len(word) > width:
            lines.append(line.rstrip())
            line = ""
        line += word + " "
    assert read_choice("\n".join([*lines, line]), OPTIONS) == "C"
