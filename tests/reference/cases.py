"""Cases on which the reference implementation was run once (``tools/record_reference.py``), made from a seed.

``facts.json`` holds what it made of them: figures and hashes. Change a case and the facts must be recorded again.
"""

from __future__ import annotations

import base64
import csv
import io
import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image

LETTERS = "ABCDE"
WORDS = ("Motion blur", "Streaks", "Low contrast", "Ringing", "Good", "Slight noise", "Severe noise", "Yes", "No")
ODD_TEXTS = (
    "50 % of it",
    "<b>bold</b>",
    "{letter}",
    "Flüssigkeit",
    "噪声",
    'he said "so"',
    "a | b",
    "x\ty",
    "one\ntwo",
)
WORDS_TO_PANDAS_NOTHING = ("None", "NA", "N/A", "n/a")
NOTHING = ("null", "NaN", "nan", "")
MARKS = ("<|image_pad|>", "<image>", "<|im_end|>")


@dataclass(frozen=True)
class Row:
    """One row of a table; ``kind`` says what is odd about it."""

    kind: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Case:
    """A text to read; ``kind`` says which form it has."""

    kind: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)


def rows() -> list[Row]:
    """The perception table: 360 rows, most of them plain."""
    rng = random.Random(15)
    made = [_row(rng, "plain") for _ in range(200)]
    made += [_row(rng, "odd text", extra=rng.choice(ODD_TEXTS)) for _ in range(40)]
    made += [_row(rng, "an option None, NA or N/A", lost=WORDS_TO_PANDAS_NOTHING[n % 4]) for n in range(28)]
    made += [_row(rng, "an empty cell, null or NaN", lost=NOTHING[n % 4]) for n in range(14)]
    made += [_row(rng, "a fifth option", options=5) for _ in range(10)]
    made += [_row(rng, "a model's own mark", mark=MARKS[n % len(MARKS)]) for n in range(12)]
    made += [_row(rng, "blanks", blanks=True) for _ in range(28)]
    made += [_row(rng, "answer as a place", answer="place") for _ in range(14)]
    made += [_row(rng, "answer in lower case", answer="lower") for _ in range(14)]
    rng.shuffle(made)
    for number, row in enumerate(made):
        row.cells["index"] = str(number)
    return made


def number_rows() -> list[Row]:
    """A table of its own whose option columns hold nothing but numbers, one of them with gaps."""
    made = []
    for n in range(12):
        options = [str(n % 4), str(n % 4 + 1), str(n + 10) if n % 3 else ""]
        cells = {"index": str(n), "question": f"How many stripes are there ({n})?", "answer": "AB"[n % 2]}
        made.append(Row("numbers", cells | dict(zip("ABC", options, strict=True)) | {"image": PICTURE}))
    return made


def _row(
    rng: random.Random,
    kind: str,
    *,
    extra: str = "",
    lost: str | None = None,
    options: int = 0,
    mark: str = "",
    blanks: bool = False,
    answer: str = "letter",
) -> Row:
    count = options or rng.randint(2 if lost is None else 3, 4)
    texts = rng.sample(WORDS, count)
    if extra:
        texts[rng.randrange(count)] = extra
    question = f"Which {rng.choice(('problem', 'artifact', 'fault'))} does this {rng.choice(('CT', 'MRI'))} slice show?"
    if mark:
        question = question.replace("slice", f"slice {mark}")
    if blanks:
        question, texts = f"  {question} ", [f" {text}  " for text in texts]
    place = rng.randrange(min(count, 4))
    if lost is not None:  # never the right one: a row whose key is lost is a fault here
        texts[(place + 1) % count] = lost
    said = {"letter": LETTERS[place], "lower": LETTERS[place].lower(), "place": str(place)}[answer]
    cells = {"index": "", "question": question, "answer": said, "modality": rng.choice(("CT", "MRI")), "image": PICTURE}
    return Row(kind, cells | dict(zip(LETTERS, texts, strict=False)))


def tsv(made: list[Row]) -> str:
    """The table as pandas writes one, and as the official files are."""
    columns = ["index", "question", *LETTERS, "answer", "modality", "image"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter="\t", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.cells for row in made)
    return out.getvalue()


OPTIONS = (
    {"A": "Motion blur", "B": "Streaks", "C": "Low contrast", "D": "Ringing"},
    {"A": "Yes", "B": "No"},
    {"A": "Slight", "B": "Moderate", "C": "Severe"},
    {"A": "Folded tissue", "B": "Air bubble", "C": "Defocus", "D": "Blood stain"},
    {"A": "No visible noise", "B": "Mild noise", "C": "Severe noise"},
    {"A": "Upper left", "B": "Upper right", "C": "Lower left", "D": "Lower right"},
    {"A": "Underexposed", "B": "Overexposed"},
    {"A": "Ring artifact", "B": "Metal artifact", "C": "Beam hardening", "D": "None"},
)
_PLAIN = (
    "{l}",
    "{l}.",
    "{l})",
    "{l}. {t}",
    "{l}) {t}",
    "{l}: {t}",
    "({l})",
    "({l}) {t}",
    " {l} ",
    "{l}\n",
    "{l} - {t}",
)
_SAID = ("The answer is {l}.", "The answer is {l}", "Answer: {l}", "Option {l}", "Option {l} is correct.", "**{l}**")
_CAPITALS = (
    "I choose ({l}).",
    "My choice: {l}",
    "Final answer: **{l}. {t}**",
    "<answer>{l}</answer>",
    "Answer: ({l}) {t}",
)
_TEXT = ("{t}", "{t}.", "The image shows {lower}.", "It is clearly {lower}", "**{t}**", "Answer: {t}")
_ARTICLE = (
    "A closer look shows that it is {l}.",
    "A ring is seen, so the answer must be {l}!",
    "There is a hint of {l}.",
)
_REASONED = (
    "A is wrong, since nothing moved. B does not fit. So it is {l}.",
    "First (A): not seen. Then (B): not seen either. The choice that remains is ({l}).",
    "The answer could be A at first sight, but the edges are doubled. Final answer: {l}",
)
_THOUGHT = ("<think>A? No, B? No.</think>{l}", "<think>It may be A.</think>\nAnswer: {l}")
_OPEN = ("It could be A or {l}.", "I cannot tell {l} from A.", "Either (A) or ({l}).")
REPLY_KINDS = {
    "letter first": _PLAIN,
    "said outright": _SAID,
    "letter alone in brackets or tags": _CAPITALS,
    "text of an option": _TEXT,
    "an article before the letter": _ARTICLE,
    "other letters on the way": _REASONED,
    "thinking first": _THOUGHT,
    "two options and no choice": _OPEN,
}


def replies() -> Iterator[Case]:
    """Replies to questions with ``OPTIONS``: every form with every letter that makes sense in it."""
    for kind, forms in REPLY_KINDS.items():
        first = {"other letters on the way": 2, "two options and no choice": 1}.get(kind, 0)
        for form, options in itertools.product(forms, OPTIONS):
            for letter, text in list(options.items())[first:]:
                yield Case(kind, form.format(l=letter, t=text, lower=text.lower()), options)


_SCORE_FORMS = {
    "as asked for": (
        "Score: {n}",
        "Score:{n}",
        "Score : {n}",
        "Score: {n}.",
        "Score: {n}\n",
        "Score：{n}",
        " Score: {n} ",
    ),
    "and a reason": (
        "Score: {n}\nThe texts agree in part.",
        "The texts agree in part.\n\nScore: {n}",
        "Reason: x. Score: {n}",
    ),
    "bare or JSON": ("{n}", " {n}\n", '{{"score": {n}}}', '{{"Score": {n}}}'),
    "Markdown": ("**Score:** {n}", "**Score: {n}**", "Score: **{n}**", "## Score: {n}", "Score: [{n}]"),
    "another case or word": ("score: {n}", "SCORE: {n}", "Rating: {n}", "I give it a {n}."),
    "of two": ("Score: {n}/2", "Score: {n} out of 2"),
    "halves": ("Score: {n}.5", "Score: {n}.0"),
    "off the scale": ("Score: {n}0", "Score: -{n}", "Score: 3{n}"),
    "corrected": ("Score: 0. No, on reflection: Score: {n}", "Score: 1\n\nWait. Score: {n}"),
}


def judge_replies() -> Iterator[Case]:
    """Replies of a judge: every form with every level."""
    for kind, forms in _SCORE_FORMS.items():
        for form, level in itertools.product(forms, "012"):
            yield Case(kind, form.format(n=level))


def judge_texts() -> list[tuple[str, str, str]]:
    """(kind, text of a model, reference) for the judge's prompts."""
    rng = random.Random(16)
    plain = [("plain", _text(rng), _text(rng)) for _ in range(80)]
    odd = [
        ("plain", "{model_text} {0} %s [x] <b>", "{reference}"),
        ("plain", "Zwei Bilder: 第一张。\n\n\tGut.", "[MODEL TEXT BEGINS]"),
        ("names the second place", "This holds GOLDEN DESC itself.", _text(rng)),
        ("names the first place", "This holds MLLM DESC itself.", _text(rng)),
        ("plain", _text(rng), "The reference holds MLLM DESC."),
    ]
    return plain + odd * 4


def _text(rng: random.Random) -> str:
    parts = (
        "There is some noise.",
        "Edges are blurred.",
        "Contrast is low.",
        "The image is usable.",
        "Colours are off.",
    )
    return " ".join(rng.sample(parts, rng.randint(1, 4)))


def pictures() -> dict[str, bytes]:
    """Files of each kind that a table may hold, at five sizes; the kind is what stands before the bar."""
    sizes = ((24, 16), (7, 5), (31, 33), (64, 48), (101, 67))
    return {f"{kind}|{w}x{h}": file for w, h in sizes for kind, file in _pictures(w, h).items()}


def _pictures(width: int, height: int) -> dict[str, bytes]:
    gradient = Image.new("RGB", (width, height))
    gradient.putdata([(2 * x, 3 * y, x + y) for y in range(height) for x in range(width)])
    see_through = gradient.convert("RGBA")
    see_through.putalpha(gradient.convert("L"))
    turned = Image.Exif()
    turned[0x0112] = 6
    deep = Image.new("I;16", (width, height))
    deep.putdata([257 * (x + y) for y in range(height) for x in range(width)])
    return {
        "RGB": _file(gradient, "PNG"),
        "grey": _file(gradient.convert("L"), "PNG"),
        "palette": _file(gradient.convert("P"), "PNG"),
        "with transparency": _file(see_through, "PNG"),
        "16 bit": _file(deep, "PNG"),
        "CMYK": _file(gradient.convert("CMYK"), "TIFF"),
        "JPEG": _file(gradient, "JPEG"),
        "JPEG turned by EXIF": _file(gradient, "JPEG", exif=turned),
    }


def _file(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


PICTURE = base64.b64encode(_file(Image.new("RGB", (8, 8), (90, 60, 30)), "PNG")).decode()
SCORES = ((2, 1, 2, 0), (1, None, 2, 2), (0, 0, None, 1), (2, 2, 2, 2), (1, 1, 0, None), (2, 0, 1, 2))
