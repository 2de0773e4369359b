"""The published table from its counts: replies with the right number of right answers, through the whole pipeline.

Eleven of the thirteen published perception rows are exact fractions of 558 Yes-or-No, 258 What and 489 How items
(arXiv 2510.01691). From the counts behind them our pipeline must come to the printed percentages.
"""

import base64
import csv
import io

import pytest
from PIL import Image

SIZES = {"yes_or_no": 558, "what": 258, "how": 489}
LETTERS = "ABCD"
# model: Yes-or-No, What, How, overall, in percent as printed; overall None where the page does not give it
PUBLISHED = {
    "GPT-5": (82.26, 60.47, 58.28, 68.97),
    "Grok-4": (73.30, 48.84, 59.10, 63.14),
    "Qwen2.5-VL-72B": (78.67, 42.25, 56.44, 63.14),
    "InternVL3-38B": (69.71, 57.36, 52.97, 61.00),
    "Claude-4-Sonnet": (71.51, 46.51, 54.60, 60.23),
    "InternVL3-8B": (72.04, 47.67, 52.97, 60.08),
    "Qwen2.5-VL-32B": (67.38, 43.02, 58.69, 59.31),
    "Mistral-Medium-3": (65.95, 48.84, 52.97, 57.70),
    "MedGemma-27B": (67.03, 48.06, 50.72, 57.16),
    "Qwen2.5-VL-7B": (57.89, 48.45, 54.40, 54.71),
    "Lingshu-32B": (50.36, 50.39, 51.74, None),
}
# How a right or a wrong letter may be said: the pipeline has to read it, not only to compare it.
SAYINGS = ("{0}", "({0})", "The answer is {0}.", "**{0}**", "<think>A careful look first.</think>\n{0}. {1}")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("official")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (90, 20, 30)).save(picture, "PNG")
    columns = ["index", "image", "question", "A", "B", "C", "D", "answer", "modality", "question_type"]
    with (folder / "medqbench_QA_test.tsv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(columns)
        for index in range(sum(SIZES.values())):
            kind = "yes_or_no" if index < 558 else "what" if index < 558 + 258 else "how"
            options = ["Yes", "No", "", ""] if kind == "yes_or_no" else ["Noise", "Blur", "Streaks", "Moire"]
            answer = LETTERS[index % (2 if kind == "yes_or_no" else 4)]
            # One picture, referred to by all other rows: the short form that the official files use to save space.
            image = base64.b64encode(picture.getvalue()).decode() if index == 0 else "0"
            writer.writerow([index, image, f"Question {index}?", *options, answer, "CT", kind])
    return folder


def counts(model):
    return {kind: round(percent / 100 * SIZES[kind]) for kind, percent in zip(SIZES, PUBLISHED[model], strict=False)}


def replies(right):
    """Says the right letter for the first ``right[kind]`` items of each kind and a wrong one for the others."""

    def answer(doc, prompt, pictures):
        seen = {"yes_or_no": 0, "what": 558, "how": 558 + 258}[doc["question_type"]]
        letters = doc["letters"]
        letter = doc["answer"]
        if doc["row"] - seen >= right[doc["question_type"]]:
            letter = letters[(letters.index(letter) + 1) % len(letters)]
        text = doc["options"][letters.index(letter)]
        return SAYINGS[doc["row"] % len(SAYINGS)].format(letter, text)

    return answer


@pytest.mark.parametrize("model", PUBLISHED)
def test_counts_become_the_published_percentages(model, table, evaluate, monkeypatch):
    monkeypatch.setenv("MEDQ_DATA_DIR", str(table))
    found = evaluate(["medq_perception"], replies(counts(model)))["results"]["medq_perception"]
    *parts, overall = PUBLISHED[model]
    for kind, percent in zip(SIZES, parts, strict=True):
        assert round(100 * found[f"accuracy_{kind},none"], 2) == percent
    if overall is None:
        overall = 50.88  # 664 of 1,305: follows from the parts
    assert round(100 * found["accuracy,none"], 2) == overall
    assert found["unanswered,none"] == 0
