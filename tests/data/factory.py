"""Folders in the official schema, with small real pictures, for any test that needs data.

    from tests.data.factory import write_official
    write_official(tmp_path, perception=20, no_reference=6, comparison=5)      # all six tables, 62 rows
    write_official(tmp_path, splits=("test",), perception=4, no_reference=0, comparison=0)  # one table

A table that is asked for with 0 rows is not written. ``perception_rows`` and its two sisters give the rows as dicts
to change before ``write_tsv``. Everything follows from the arguments: two calls write equal bytes.

What the rows hold (row = 0-based place in the table): the picture is ``png(row)``; question types go round as
yes_or_no, what, how; modalities as ct, mri, histopathology, endoscopy, fundus; severities as none, mild, severe.
Answers go round over the options, so no letter is always right.
"""

from __future__ import annotations

import base64
import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PIL import Image

from medq_tasks.families import file_name
from medq_tasks.records import Kind

QUESTION_TYPES = ("Yes-or-No", "What", "How")
MODALITIES = ("CT", "MRI", "histopathology", "endoscopy", "fundus photography")
SEVERITIES = ("none", "mild", "severe")
_OPTIONS = (
    ("Is there visible noise in this image?", ("Yes", "No")),
    ("What is the main degradation of this image?", ("Motion blur", "Noise", "Ring artifact", "Low contrast")),
    ("How strong is the degradation of this image?", ("None", "Mild", "Severe")),
)
_VERDICTS = ("good", "usable", "reject")

Row = dict[str, str]


def png(seed: int, size: tuple[int, int] = (24, 16), mode: str = "RGB") -> bytes:
    """A small picture file (PNG) of random pixels: different for every seed, the same for the same seed."""
    channels = {"L": 1, "RGB": 3, "RGBA": 4, "I;16": 2}[mode]
    pixels = random.Random(seed).randbytes(size[0] * size[1] * channels)
    return encode(Image.frombytes(mode, size, pixels))


def encode(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def cell(data: bytes) -> str:
    """A picture file as an image cell."""
    return base64.b64encode(data).decode("ascii")


def perception_rows(count: int, seed: int = 0) -> list[Row]:
    rows = []
    for row in range(count):
        question, options = _OPTIONS[row % 3]
        rows.append(
            {
                "index": str(row),
                "image": cell(png(seed + row)),
                "question": question,
                **dict(zip("ABCD", (*options, "", ""), strict=False)),
                "answer": "ABCD"[(row // 3) % len(options)],
                **_slices(row),
                "question_type": QUESTION_TYPES[row % 3],
                "scope": ("general", "modality-specific")[row % 2],
            }
        )
    return rows


def no_reference_rows(count: int, seed: int = 1000) -> list[Row]:
    return [
        {
            "index": str(row),
            "image": cell(png(seed + row)),
            "question": "",
            "description": f"Picture {row} shows some grain and a soft edge. The quality is {_VERDICTS[row % 3]}.",
            **_slices(row),
        }
        for row in range(count)
    ]


def comparison_rows(count: int, seed: int = 2000) -> list[Row]:
    return [
        {
            "index": str(row),
            "image_a": cell(png(seed + 2 * row)),
            "image_b": cell(png(seed + 2 * row + 1)),
            "question": "",
            "description": f"Pair {row}. The {('first', 'second')[row % 2]} image has the higher quality.",
            **_slices(row),
            "grain": ("coarse", "fine")[row % 2],
        }
        for row in range(count)
    ]


def _slices(row: int) -> Row:
    return {
        "modality": MODALITIES[row % 5],
        "severity": SEVERITIES[(row // 3) % 3],
        "degradation": "noise",
        "source": ("authentic", "simulated", "AI-generated")[row % 3],
    }


def write_official(
    folder: Path,
    perception: int = 6,
    no_reference: int = 3,
    comparison: int = 2,
    splits: Sequence[str] = ("test", "dev"),
) -> Path:
    """Write the official tables of the given splits into ``folder`` (made if need be) and return it.

    The two splits hold different pictures.
    """
    for number, split in enumerate(splits):
        start = 10_000 * number
        for kind, rows in (
            ("perception", perception_rows(perception, start)),
            ("no_reference", no_reference_rows(no_reference, start + 1000)),
            ("comparison", comparison_rows(comparison, start + 2000)),
        ):
            if rows:
                write_tsv(folder, kind, rows, split)
    return folder


def write_tsv(
    folder: Path,
    kind: Kind,
    rows: Iterable[Mapping[str, str]],
    split: str = "test",
    *,
    bom: bool = False,
    newline: str = "\n",
    delimiter: str = "\t",
    quoting: int = csv.QUOTE_MINIMAL,
) -> Path:
    """Write one table; its columns are the keys of the first row. Returns the file."""
    rows = list(rows)
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(
        text, list(rows[0]), delimiter=delimiter, lineterminator=newline, quoting=quoting, extrasaction="raise"
    )
    writer.writeheader()
    writer.writerows(rows)
    path = folder / file_name(kind, split)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode("utf-8"))
    return path
