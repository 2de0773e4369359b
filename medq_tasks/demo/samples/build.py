"""Design to files: makes the pictures and writes the three tables in the official schema."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medq_tasks.demo.samples import base_pictures, catalogue, design
from medq_tasks.demo.samples.draw import stream
from medq_tasks.demo.samples.shot import Shot
from medq_tasks.families import file_name
from medq_tasks.records import KINDS
from medq_tasks.store.files import write_whole

SEED = 2510  # the seed of medq_mini; never one that the baseline was calibrated on
RECIPE = "1.0"  # goes up with every change that alters an item: pixels, wording, order or number
LETTERS = "ABCD"
TABLES: Mapping[str, str] = {kind: file_name(kind, "mini") for kind in KINDS}
STAMP = "medq_mini.json"
_LIBRARIES = ("numpy", "scipy", "scikit-image", "pillow", "pydicom", "nibabel", "nilearn")

Row = dict[str, str]


@dataclass(frozen=True)
class SampleSet:
    """What ``build`` wrote. ``hashes``: sha256 of each table's file; ``fingerprint``: sha256 over those.

    Bytes are the same for the same seed, recipe and library ``versions``; another version of a library may round the
    last bit of a pixel differently, which changes the fingerprint and nothing else.
    """

    folder: Path
    seed: int
    files: dict[str, Path]
    hashes: dict[str, str]
    fingerprint: str
    versions: dict[str, str]


def build(folder: Path, seed: int = SEED) -> SampleSet:
    """Write the sample set's three tables and ``medq_mini.json`` (seed, versions, hashes) into ``folder``.

    Each file appears whole or not at all. About 10 seconds.

    Raises:
        DataError: a picture file of an installed package is missing.
        OSError: the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for kind, rows in (
        ("perception", perception_rows(seed)),
        ("no_reference", no_reference_rows(seed)),
        ("comparison", comparison_rows(seed)),
    ):
        hashes[kind] = _write(folder / TABLES[kind], _tsv(rows))
    fingerprint = hashlib.sha256("".join(hashes[kind] for kind in TABLES).encode()).hexdigest()
    files = {kind: folder / name for kind, name in TABLES.items()}
    stamp = {"seed": seed, "recipe": RECIPE, "fingerprint": fingerprint, "sha256": hashes, "versions": _versions()}
    _write(folder / STAMP, (json.dumps(stamp, indent=2) + "\n").encode())
    return SampleSet(folder, seed, files, hashes, fingerprint, _versions())


def perception_rows(seed: int) -> list[Row]:
    """The perception table. A picture asked for twice is stored once; its other row holds the first one's index."""
    rows, first_use = [], dict[Shot, str]()
    for item in design.perception(seed):
        image = first_use.get(item.shot) or _cell(item.shot, seed)
        first_use.setdefault(item.shot, item.id)
        options = dict(zip(LETTERS, item.options, strict=False))
        rows.append(
            {
                "index": item.id,
                "image": image,
                "question": item.question,
                **{letter: options.get(letter, "") for letter in LETTERS},
                "answer": LETTERS[item.answer],
                **_slices(item.shot),
                "question_type": {"yes_or_no": "Yes-or-No", "what": "What", "how": "How"}[item.question_type],
                "scope": item.scope,
            }
        )
    return rows


def no_reference_rows(seed: int) -> list[Row]:
    """The description table; its questions are empty, so the task's own instruction is used."""
    return [
        {"index": item.id, "image": _cell(item.shot, seed), "question": "", "description": item.reference}
        | _slices(item.shot)
        for item in design.no_reference(seed)
    ]


def comparison_rows(seed: int) -> list[Row]:
    """The paired table, in the two-column form (``image_a``, ``image_b``)."""
    rows = []
    for item in design.comparison(seed):
        worse = max(item.first, item.second, key=lambda shot: ("none", "mild", "severe").index(shot.severity))
        row = {"index": item.id, "image_a": _cell(item.first, seed), "image_b": _cell(item.second, seed)}
        slices = _slices(worse)
        del slices["severity"]  # two pictures have two
        rows.append({**row, "question": "", "description": item.reference, **slices, "grain": item.grain})
    return rows


def render(shot: Shot, seed: int) -> NDArray[np.uint8]:
    """The finished picture: (height, width) for CT and MRI, (height, width, 3) for the others, 8 bit."""
    base = base_pictures.view(shot.view).load(stream(seed, "view", shot.view, shot.number))
    pixels = base.pixels
    if shot.severity != "none":
        degradation = catalogue.find(shot.degradation)
        rng = stream(seed, "pixels", shot.view, shot.severity, shot.degradation, shot.number)
        pixels = degradation.apply(base, degradation.parameters(shot.severity), rng)
    return np.rint(np.clip(pixels, 0.0, 1.0) * 255.0).astype(np.uint8)


def _cell(shot: Shot, seed: int) -> str:
    packed = io.BytesIO()
    Image.fromarray(render(shot, seed)).save(packed, "PNG", compress_level=6)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def _slices(shot: Shot) -> Row:
    return {
        "modality": shot.modality,
        "severity": shot.severity,
        "degradation": catalogue.find(shot.degradation).bare if shot.degradation else "none",
        "source": shot.source,
    }


def _tsv(rows: Iterable[Row]) -> bytes:
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _write(path: Path, content: bytes) -> str:
    write_whole(path, content)  # two processes may build at once
    return hashlib.sha256(content).hexdigest()


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _LIBRARIES}
