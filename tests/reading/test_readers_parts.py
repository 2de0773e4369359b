"""The small readers of one form each: asides, left over, preferred, graded, taken back; and other spellings."""

import pytest

from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.reading.aside import is_program, without_asides, without_echo
from medq_tasks.reading.choice.options import key_of
from medq_tasks.reading.choice.spelling import numeric, other_spellings, without_repeats, without_sums
from medq_tasks.reading.mapped import Mapped
from medq_tasks.reading.scope import last_word
from medq_tasks.reading.text import behind_leading_block
from medq_tasks.reading.verdict.verdict_line import last_line

OPTIONS = {"A": "Motion blur", "B": "Noise", "C": "Rings"}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("**Noise.**", "B"),
        ("B. Noise", "B"),
        ("B. Rings", None),
        ("Noise?!", None),
        ("", None),
    ],
)
def test_lines_that_are_an_option(line, key):
    assert key_of(line, OPTIONS) == key


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("If there were streaks, D would be correct.", ""),
        ("D would be correct if there were streaks.", ""),
        ("Suppose it is A. Then the edges smear. B.", "B."),
        ("If it were A, it would smear, but it is B.", "but it is B."),
        ("If I had to choose, B.", "If I had to choose, B."),
        ("If you look closely, it is B.", ", it is B."),
        ("Some might say A, but I say B.", "but I say B."),
        ("B. To reduce noise, average more.", "B."),
        ("B. C would show rings.", "B."),
        ("My best guess would be B.", "My best guess would be B."),
    ],
)
def test_what_is_not_meant_as_an_answer_is_left_out(text, rest):
    left = without_asides(text)
    assert len(left) == len(text)  # places stay as they are
    assert " ".join(left.split()) == rest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A) does not fit. B) is unlikely. That leaves C).", "C"),
        ("Motion blur: no. Noise: not seen. Rings: yes.", "C"),
        ("Is it noise? No, it is smooth. Is it rings? Yes, they are there.", "C"),
        ("A) does not fit. B) is unlikely.", None),  # the one left is not named
        ("A) does not fit. B) fits. C) fits.", None),
        ("Everything but B) can be ruled out.", "B"),
        ("A), B) and C) are not seen.", None),
    ],
)
def test_the_option_that_is_left(text, key):
    assert read_choice(text, OPTIONS) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Answer with A, B, C: C", "C"),
        ("When it is grainy the answer is B. Here it is smooth, so A.", "A"),
        ("A could be right, but B fits better.", "B"),
        ("A) no. B) no. C)", None),  # cut before it says of C what it said of the others
        ("The answer is:\n\n\n\n\n\nA\n\nB\n", None),
        ("The options are A,", None),
    ],
)
def test_what_is_announced_and_not_meant(text, key):
    assert read_choice(text, OPTIONS) == key


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("Image A is brighter. Image B has the higher overall quality.", "second"),
        ("The first image isn't as good as the second image.", "second"),
        ("I'd give the left image a slight preference.", "first"),
        ("Insgesamt hat das zweite Bild die höhere Qualität.", "second"),
        ("La première image est meilleure.", "first"),
        ("The sharpness of image A is better.", None),
        ("Image A is superior in terms of contrast.", None),
        ("I can't say that image A is better.", None),
        ("Image A is better. Image B is better.", None),
        ("Is image A better?", None),
        ("Image A would be preferred if it were brighter.", None),
    ],
)
def test_which_image_is_preferred(text, image):
    assert read_verdict(text, "comparison") == image


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Die Qualität ist gut.", "good"),
        ("L'image doit être rejetée.", "reject"),
        ("La imagen es utilizable.", "usable"),
        ("Das Bild ist nicht gut. Das Bild ist unbrauchbar.", "reject"),
        ("The contrast is good.", None),
        ("It is unacceptable.", None),  # an English synonym is no verdict
    ],
)
def test_which_quality_other_languages_give(text, level):
    assert read_verdict(text, "no_reference") == level


def test_what_is_taken_back_begins_anew():
    assert last_word("Verdict: first. Actually no, second.") == "Actually no, second."
    assert last_word("The first image is better.") is None
    assert last_word("Correction: second.") is None  # nothing was said before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sharp.\nVerdict: good", "good"),
        ("Verdict: good\nSharp.", None),
        ("Verdict: good\nVerdict: usable", None),
        ("", None),
    ],
)
def test_the_asked_for_line_at_the_end(text, line):
    assert last_line(text, "no_reference") == line


def test_numbers_in_other_spellings():
    assert numeric("three of 1,000 at 2.0 and 20 mm") == "3 of 1000 at 2 and 20mm"
    assert without_sums(Mapped("2 + 3 = 5 cups")).text == "5 cups"
    assert next(other_spellings(Mapped("three"), {"A": "3", "B": "4"})) == (Mapped("3"), {"A": "3", "B": "4"})
    assert list(other_spellings(Mapped("one sees it"), OPTIONS)) == []  # no option is a number


def test_what_is_said_over_and_over_is_said_once():
    assert without_repeats(Mapped("B, B, B, B and so on")).text == "B and so on"
    assert without_repeats(Mapped("A, B, C")).text == "A, B, C"
    assert [without_repeats(Mapped(text)).text for text in ("BBBB", "B B B", "YesYesYes", "Noon")] == [
        "B",
        "B",
        "Yes",
        "Noon",
    ]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("It is noise (B).", "It is noise (B)."),
        ('Reply with a letter, e.g. "A".', "Reply with a letter, ."),
        ("Reply with the option's letter only. B", "B"),
        ("```python\nprint('A')\n```\nB", "B"),
    ],
)
def test_what_prompts_say_is_no_answer(text, rest):
    assert " ".join(without_echo(Mapped.of(text)).text.split()) == rest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The answer (Yes or No) is not known.", None),
        ("Is there noise? (Yes/No) Yes", "A"),
        ("Is there noise? (A, B) B", "B"),
    ],
)
def test_options_in_brackets_are_the_prompts(text, key):
    assert read_choice(text, {"A": "Yes", "B": "No"}) == key


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("def answer():\n    return 'B'", True),
        ("```python\nprint('A')\n```", True),
        ("if noise > 3:\n    answer = 'A'\nelse:\n    answer = 'B'", True),
        ("The answer is B.\nprint('B')", False),
        ("B", False),
        ('{"answer": "B"}', False),
        ("", False),
    ],
)
def test_program_text(text, program):
    assert is_program(text) is program


@pytest.mark.parametrize(
    ("reply", "rest"),
    [
        ("<pondering>A or B?</pondering> C", " C"),
        ("<answer>B is it</answer> yes", "<answer>B is it</answer> yes"),
        ("<noise>2</noise><blur>1</blur>", "<noise>2</noise><blur>1</blur>"),  # a value, no thought
        ("<pondering>A or B?</pondering>", "<pondering>A or B?</pondering>"),
        ("<pondering>A or B?", "<pondering>A or B?"),
        ("B", "B"),
    ],
)
def test_a_leading_block_of_thinking_has_any_name(reply, rest):
    assert reply[behind_leading_block(reply) :] == rest
