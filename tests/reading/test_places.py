"""Where the words that decided stand in the raw reply: their own place, also when they stand there twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.answers import Reading, explain_choice, explain_verdict
from medq_tasks.reading.text import plain

OPTIONS = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "No degradation"}


def marked(reply: str, reading: Reading) -> str | None:
    """The reply with brackets around what was found."""
    place = reading.place
    return None if place is None else f"{reply[: place[0]]}⟦{reply[slice(*place)]}⟧{reply[place[1] :]}"


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("B\n\nRegion A is dark, region B is bright.", "⟦B⟧\n\nRegion A is dark, region B is bright."),
        ("Region B is bright.\n\nB", "Region B is bright.\n\n⟦B⟧"),
        ("<think>I choose B.</think>\n<b>I choose</b> B.", "<think>I choose B.</think>\n<b>I ⟦choose</b> B⟧."),
        ("B or A? \\boxed{B} is not A.", "B or A? \\boxed{⟦B⟧} is not A."),
        ("B or A? <answer>B</answer>", "B or A? <answer>⟦B⟧</answer>"),
        ('{"thought": "B or A", "answer": "B"}', '{"thought": "B or A", "answer": "⟦B⟧"}'),
        ("$\\text{The answer is B}$", "$\\text{The ⟦answer is B⟧}$"),
        ("The&nbsp;answer is&nbsp;Ｂ.", "The&nbsp;⟦answer is&nbsp;Ｂ⟧."),
        ("**Answer:** **B** Look at B.", "**⟦Answer:** **B⟧** Look at B."),
        ("~~B~~ <p>B</p>", "~~B~~ <p>⟦B⟧</p>"),
        ("B B B B", "⟦B⟧ B B B"),
        ("BBBB", "⟦B⟧BBB"),
        ("~~A~~ B", "~~A~~ ⟦B⟧"),
        ("I.\n**The answer** is: $\\boxed{B}$", "I.\n**The answer** is: $\\boxed{⟦B⟧}$"),
        ("<b>Ｂ</b>. Noise", "<b>⟦Ｂ</b>. Noise⟧"),
        ("边缘清晰，答案是B。", "边缘清晰，⟦答案是B⟧。"),
        ("an\u00adswer: B", "⟦an\u00adswer: B⟧"),
        ("optionB", "option⟦B⟧"),
        ("It is noize.", "⟦It is noize⟧."),  # a slip of the pen put right
        ("\\boxed{\\text{B}}", "\\boxed{\\text{⟦B⟧}}"),
        ("B, not A, and region B.", "⟦B⟧, not A, and region B."),
        ('{"choice": "Noise", "why": "no Noise"}', '{"choice": "⟦Noise⟧", "why": "no Noise"}'),
        ('{"answer": true}', None),  # the word that was read does not stand there
    ],
)  # fmt: skip
def test_a_choice_is_marked_where_it_was_made(reply, found):
    options = {"A": "Yes", "B": "No"} if "true" in reply else OPTIONS
    reading = explain_choice(reply, options)
    assert reading.choice is not None
    assert marked(reply, reading) == found


@pytest.mark.parametrize(
    ("reply", "kind", "found"),
    [
        ("A good example.\n**Verdict:** good", "no_reference", "A good example.\n**⟦Verdict:** good⟧"),
        ("Verdict: good\nVerdict: good", "no_reference", "Verdict: good\n⟦Verdict: good⟧"),
        ("If so, the image is usable.\nOverall, the image is usable.", "no_reference",
         "If so, the image is usable.\nOverall, ⟦the image is usable⟧."),
        ("Verdict: good. Take that back, **reject**.", "no_reference", "Verdict: good. Take that back, **⟦reject⟧**."),
        ("<verdict>second</verdict>", "comparison", "<verdict>⟦second⟧</verdict>"),
    ],
)  # fmt: skip
def test_a_verdict_is_marked_where_it_was_given(reply, kind, found):
    assert marked(reply, explain_verdict(reply, kind)) == found


def test_a_place_in_a_reply_of_megabytes():
    reply = "The answer is B in region B. " * 100_000 + "So the answer is B."
    assert explain_choice(reply, OPTIONS).place == (len(reply) - len("answer is B."), len(reply) - 1)


DRESS = [
    "{}", "{}", "<b>{}</b>", "<p>{}</p>", "**{}**", "$\\text{{{}}}$", "> {}", "*{}*", "<code>{}</code>", "👉 {}",
]  # fmt: skip
SPELLINGS = {
    "as it is": lambda text: text,
    "soft hyphens": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u00ad", text),
    "zero width": lambda text: text.replace("e", "e\u200b"),
    "full width": lambda text: re.sub("[A-Za-z]", lambda letter: chr(ord(letter[0]) + 0xFEE0), text),
    "bold letters": lambda text: text.replace("B", "𝐁").replace("a", "𝐚"),
    "entities": lambda text: text.replace(" ", "&nbsp;"),
    "ligatures": lambda text: text.replace("fi", "ﬁ").replace("ff", "ﬀ"),
}
ASIDE = [
    "Region B is bright.", "Look at the answer.", "B is not near A in the picture.", "Is it B?",
    "I look at B, not at A.", "The letter B stands there.", "Hm, A or B?", "see B", "边缘清晰。", "In B it is dark.",
]  # fmt: skip
DECIDING = [
    "The answer is B.", "So B.", "I choose B.", "B", "B. Noise", "Final answer: B", "答案是B。", "Answer: B",
    "The correct option is (B) Noise.", "\\boxed{B}", "<answer>B</answer>", '{"why": "A or B", "answer": "B"}',
]  # fmt: skip
SAID = [
    *ASIDE,
    *DECIDING,
    "Verdict: good",
    "Overall, the image is usable.",
    "The second image is better.",
    "Good, not bad.",
]


def dressed(texts: list[str]) -> st.SearchStrategy[str]:
    """One of the texts, in some dress and spelling; what is set apart stays as it is."""

    def dress(text: str, around: str, name: str) -> str:
        return text if text[0] in "\\<{" else around.format(SPELLINGS[name](text))

    return st.builds(dress, st.sampled_from(texts), st.sampled_from(DRESS), st.sampled_from(sorted(SPELLINGS)))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[一-鿿]", plain(text).casefold())


@settings(max_examples=300, deadline=None)
@given(st.lists(dressed(SAID), min_size=1, max_size=6), st.sampled_from(["\n", " ", "\n\n"]), st.sampled_from(SAID))
def test_what_is_marked_holds_the_words_that_decided(parts, sep, thought):
    for reply in (sep.join(parts), f"<think>{thought}</think>{sep.join(parts)}<|im_end|>"):
        for reading in (
            explain_choice(reply, OPTIONS),
            explain_verdict(reply, "no_reference"),
            explain_verdict(reply, "comparison"),
        ):
            place = reading.place
            if place is not None:
                rest = iter(words(reply[slice(*place)]))
                assert all(word in rest for word in words(reading.said)), (reply[slice(*place)], reading.said)
                assert place[0] >= reply.find("</think>")


@settings(max_examples=300, deadline=None)
@given(st.lists(dressed(ASIDE), max_size=4), dressed(DECIDING), st.lists(dressed(ASIDE), max_size=1))
def test_what_is_marked_lies_in_the_part_that_decides(before, deciding, after):
    head = "".join(f"{part}\n\n" for part in before)
    reply = "\n\n".join([head + deciding, *after])
    reading = explain_choice(reply, OPTIONS)
    if reading.choice == "B":
        place = reading.place
        assert place is not None
        assert len(head) <= place[0] < place[1] <= len(head) + len(deciding), (reply[slice(*place)], reading)
