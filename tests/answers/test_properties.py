"""What must hold for any reply whatsoever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medq_tasks.answers import explain_choice, failure, final_text, read_choice, read_verdict
from tests.cases import check_all

TYPES = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "Metal artifact"}
POLAR = {"A": "No", "B": "Yes"}
PIECES = st.sampled_from(
    [
        "A",
        "B",
        "b",
        "C.",
        "(D)",
        "E",
        "yes",
        "No,",
        "not",
        "the answer is",
        "Answer:",
        "Noise",
        "ring artifact",
        "wait",
        "\n",
        "so",
        ",",
        ".",
        "?",
        "**",
        "\\boxed{",
        "}",
        "{",
        '"answer":',
        "<think>",
        "</think>",
        "<answer>",
        "答案是",
        "选",
        "or",
        "and",
        "image",
        "first",
        "second",
        "better",
        "worse",
        "quality",
        "good",
        "usable",
        "reject",
        "Verdict:",
        "cannot",
        "✓",
        "|",
    ]
)
REPLIES = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=30).map("".join)
)
OPTIONS = st.one_of(
    st.just(TYPES),
    st.just(POLAR),
    st.lists(st.text(max_size=20), min_size=0, max_size=5).map(lambda texts: dict(zip("ABCDE", texts, strict=False))),
)


@settings(max_examples=300, deadline=None)
@given(REPLIES, OPTIONS)
def test_only_an_offered_option_is_ever_read(reply, options):
    reading = explain_choice(reply, options)
    assert reading.choice is None or reading.choice in options
    assert (reading.choice is None) == bool(reading.reason)


@settings(max_examples=200, deadline=None)
@given(REPLIES)
def test_only_a_known_verdict_is_ever_read(reply):
    assert read_verdict(reply, "no_reference") in {"good", "usable", "reject", None}
    assert read_verdict(reply, "comparison") in {"first", "second", None}


@settings(max_examples=200, deadline=None)
@given(REPLIES, st.sampled_from(["", " ", "\n", " \n\t ", "\u00a0"]), st.sampled_from(["", "\n", "  \n"]))
def test_blanks_around_a_reply_change_nothing(reply, before, after):
    assert read_choice(before + reply + after, TYPES) == read_choice(reply, TYPES)
    assert final_text(before + reply + after) == final_text(reply)


DRESSES = [
    "{}",
    "**{}**",
    "*{}*",
    "`{}`",
    "({})",
    "[{}]",
    "{}.",
    '"{}"',
    "<answer>{}</answer>",
    "\\boxed{{{}}}",
    "$\\boxed{{\\text{{{}}}}}$",
    "Answer: {}",
    "The answer is {}.",
    "**Final answer:** {}",
    "<think>A or D?</think>{}",
    "{}<|im_end|>",
    "答案是{}",
    '{{"answer": "{}"}}',
    "I would choose option {}",
    "### {}",
    "> {}",
    "{}\n\nExplanation: grain is visible.",
]


def test_every_letter_is_read_in_every_dress():
    def check(case):
        dress, letter = case
        assert read_choice(dress.format(letter), TYPES) == letter
        assert read_choice(dress.format(f"{letter}. {TYPES[letter]}"), TYPES) == letter

    check_all({f"{letter} in {dress}": (dress, letter) for dress in DRESSES for letter in TYPES}, check)


def test_a_letter_that_is_not_offered_is_no_answer():
    def check(dress):
        assert read_choice(dress.format("E"), TYPES) is None

    check_all(zip(DRESSES, DRESSES, strict=True), check)


@pytest.mark.parametrize("options", [{"A": "Yes", "B": "No"}, {"A": "No", "B": "Yes"}])
@pytest.mark.parametrize("said", ["Yes", "No"])
def test_yes_and_no_follow_the_text_of_the_option_not_its_place(options, said):
    wanted = next(letter for letter, text in options.items() if text == said)
    for reply in (
        said,
        f"{said}.",
        f"**{said}**",
        f"{said}, it is.",
        f"The answer is {said.lower()}.",
        f"{wanted}. {said}",
    ):
        assert read_choice(reply, options) == wanted


def test_the_keys_of_the_mapping_come_back_as_they_are():
    assert read_choice("B", {"a": "x y", "b": "z"}) == "b"
    assert read_choice("Answer: B", {"A": "", "B": ""}) == "B"


def test_unknown_kind_of_verdict_is_an_error():
    with pytest.raises(ValueError, match="comparison"):
        read_verdict("good", "no-reference")  # type: ignore[arg-type]


def test_failed_requests_are_told_apart_from_silence():
    assert (
        failure("[LMMS_EVAL_REQUEST_FAILED after 5 retries] Error code: 400 B")
        == "request failed after 5 retries: Error code: 400 B"
    )
    assert failure("[LMMS_EVAL_BUDGET_EXCEEDED]") == "token budget of the run exceeded"
    assert failure("[GENERATION_FAILED] out of memory: A") == "generation failed: out of memory: A"
    assert failure("[SAFETY_BLOCKED:is 2]") is None
    assert failure("") is None
    assert failure("The text [LMMS_EVAL_BUDGET_EXCEEDED] in a sentence") is None
    assert explain_choice("[LMMS_EVAL_REQUEST_FAILED after 5 retries] answer: B", TYPES).reason.startswith(
        "request failed"
    )
    assert explain_choice("", TYPES).reason == "empty reply"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("<think>A</think>\nB", "B"),
        ("thinking of A</think>B", "B"),
        ("<think>cut", ""),
        ("B<think>cut", "B"),
        ("<think>a<think>b</think>c</think>D", "D"),
        ("<THINKING>x</THINKING> y ", "y"),
        ("<think>x <answer>B</answer>", "<answer>B</answer>"),
        ("two paragraphs\n\nstay as **they** are", "two paragraphs\n\nstay as **they** are"),
        ("B<|im_end|>\n<|im_start|>user\nMore", "B"),
        ("I think the <b>edges</b> are soft.", "I think the <b>edges</b> are soft."),
        ("<|channel|>analysis<|message|>A?", ""),
        ("<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>", "B"),
    ],
)
def test_final_text(reply, expected):
    assert final_text(reply) == expected


RAMBLE = "The structure in the image is visible and the edges of the organ can be followed along most of their length. "


LAST_WORDS = {
    "The answer is C.": "C",
    "So it is B.": "B",
    "D": "D",
    "\n\n**D**": "D",
    '{"answer": "A"}': "A",
    "Ring artifact it is.": "C",
    "It could be A or B.": None,
    "": None,
}


def test_a_long_reply_is_read_at_its_end():
    """Also where the middle is left out: "the t|issue", cut there, must not read as a letter that is not offered."""

    def check(case):
        sentences, last_words = case
        assert read_choice(RAMBLE * sentences + last_words, TYPES) == LAST_WORDS[last_words]

    lengths = (10, 30, 31, 32, 33, 34, 35, 50, 900)
    check_all({f"{n} sentences, then {last!r}": (n, last) for n in lengths for last in LAST_WORDS}, check)
