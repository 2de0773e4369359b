"""The asked-for line, and what only looks like it."""

import pytest

from medq_tasks.answers import is_marked


@pytest.mark.parametrize(
    "reply",
    [
        "Verdict: good",
        "It is noisy.\nVerdict: good\n",
        "It is noisy.\n\n**Verdict:** Good.",
        "**Verdict: GOOD**",
        "> ### Verdict: `good`",
        "verdict： good",
        "- Verdict : good\nI hope that helps!",
        "<think>Verdict: reject</think>\nVerdict: good",
        "Verdict: good\n\nVerdict: good",
        "Ｖｅｒｄｉｃｔ：ｇｏｏｄ",
        "Verdict﹕ good",
        "Verdict∶ good",
        '"Verdict: good"',
        "“Verdict: good”",
        "«Verdict: good»",
        "「Verdict：good」",
        "3. Verdict: good",
        "(3) **Verdict:** good",
        "3️⃣ Verdict: good",
        "## 4) Verdict: good",
        "Verdict: good ✅",
        "👉 Verdict: good!",
        "Verdict: good。",
        "Verdict: good...",
        "__Verdict__: __good__",
        "***Verdict:*** ***good***",
        "<b>Verdict:</b> good",
        "<p><strong>Verdict: good</strong></p>",
        "\\textbf{Verdict: good}",
        "\\textbf{Verdict}: good",
        "$\\text{Verdict: good}$",
        "[Verdict]: good",
        "Ver\u00addict:\u200b good",
        "It is noisy all over\nverdict: good",  # no wrapped line
        "| Verdict: | good |",
    ],
)
def test_the_line_that_was_asked_for(reply):
    assert is_marked(reply, "no_reference")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "good",
        "Overall, the quality of this image is good.",
        "My verdict: good",
        "The verdict is good.",
        "Verdict: good, with some noise",
        "Verdict: excellent",
        "Verdict: first",
        "Verdict:",
        "Verdict:\ngood",
        "Noise is low. Verdict: good",  # no line of its own
        "Verdict: good?",
        "Verdict? : good",
        "Verdict: good/usable",
        "Verdict: good 2",
        "3 images. Verdict: good",
        "Final verdict: good",
        "~~Verdict: good~~",
        '{"verdict": "good"}',
        '{\n  "verdict": "good"\n}',
        "Verdict: good ✅\n3. Verdict：usable",
        "Verdict: good\nVerdict: usable",
        "<think>Verdict: good</think>\nIt is good.",
    ],
)
def test_what_is_no_such_line(reply):
    assert not is_marked(reply, "no_reference")


def test_a_pair_has_words_of_its_own():
    assert is_marked("Verdict: **Second**", "comparison")
    assert not is_marked("Verdict: good", "comparison")
