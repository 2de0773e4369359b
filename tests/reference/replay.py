"""What this package makes of the cases, beside what the reference implementation made of them: sets, n, equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from medq_tasks import answers, data, pixels
from medq_tasks.data.doc import options_of
from medq_tasks.judge import load_rubric, read_score
from medq_tasks.judge.reference_prompts import FILES
from medq_tasks.prompts import ChoiceWords, load
from medq_tasks.records import AXES
from medq_tasks.settings import Settings
from tests.prompts.checkout import MCQ, checkout, know
from tests.reference import cases

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
Counts = dict[str, tuple[int, int]]  # what is compared -> cases, and how many are equal
TEMPLATE = "Axis {axis}. Compare [MLLM DESC] with [GOLDEN DESC]. Score:"  # as in tools/record_reference.py
# The reference's shape with words of our own around; what stands between is the same.
SHAPE = MCQ.replace("Choices:", "Options:").replace("f'{k}) {v}'", "f'{k}. {v}'")


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:16]


def counted(pairs: Iterable[tuple[str, object, object]]) -> Counts:
    """(name, ours, theirs) -> how many there are, and are equal, by name."""
    found: Counts = {}
    for name, ours, theirs in pairs:
        n, equal = found.get(name, (0, 0))
        found[name] = (n + 1, equal + (ours == theirs))
    return found


def table_of(rows: list[cases.Row], folder: Path) -> list[dict[str, Any]]:
    """The rows as this package prepares them."""
    folder.mkdir(parents=True)
    (folder / "medqbench_QA_test.tsv").write_text(cases.tsv(rows), encoding="utf-8", newline="")
    settings = Settings.from_env({"MEDQ_DATA_DIR": str(folder), "MEDQ_CACHE_DIR": str(folder / "cache")})
    with data.open_table(data.prepare("perception", "test", settings).path) as table:
        return [table.row(row) for row in range(len(table))]


def prompts(folder: Path) -> Counts:
    """What is between the words around: question, options, their lines; and the answers' letters."""
    root = checkout(folder / "VLMEvalKit", medqbench_mcq=SHAPE)
    with pytest.MonkeyPatch.context() as patch:
        know(patch, root)
        words = load(str(root)).of("perception")
    assert isinstance(words, ChoiceWords)
    found: Counts = {}
    for name, rows in (("perception", cases.rows()), ("numbers", cases.number_rows())):
        docs, facts = table_of(rows, folder / name), FACTS[name]["rows"]
        asked = [words.ask(doc["question"], options_of(doc)) for doc in docs]
        bodies = [digest(text.removeprefix(words.introduction).removesuffix(words.closing_line)) for text in asked]
        triples = list(zip(rows, bodies, facts, strict=True))
        found |= counted((f"prompt: {row.kind}", body, said["body"]) for row, body, said in triples)
        found |= counted((f"key: {name}", doc["answer"], said["answer"]) for doc, said in zip(docs, facts, strict=True))
    return found


def readings() -> Counts:
    pairs = zip(cases.replies(), FACTS["readings"], strict=True)
    return counted((f"reply: {c.kind}", answers.read_choice(c.text, c.options) or "", said) for c, said in pairs)


def scores() -> Counts:
    pairs = zip(cases.judge_replies(), FACTS["scores"], strict=True)
    return counted((f"judge's reply: {case.kind}", read_score(case.text), said) for case, said in pairs)


def judge_prompts(folder: Path) -> Counts:
    templates = {axis: TEMPLATE.format(axis=axis) for axis in AXES}
    root = checkout(folder, **{Path(file).stem: f"{name} = {templates!r}" for file, name in FILES.values()})
    with pytest.MonkeyPatch.context() as patch:
        know(patch, root)
        rubric = load_rubric(root)
    asked = [
        (kind, digest(rubric.messages(family, axis, text, reference)[-1]["content"]))
        for family in ("no_reference", "comparison")
        for kind, text, reference in cases.judge_texts()
        for axis in AXES
    ]
    pairs = zip(asked, FACTS["judge_prompts"], strict=True)
    return counted((f"judge's prompt: {kind}", ours, said) for (kind, ours), said in pairs)


def pictures() -> Counts:
    def seen(file: bytes) -> str:
        picture = pixels.decode(file)
        return f"{picture.width}x{picture.height} {digest(picture.tobytes())}"

    theirs: Mapping[str, str] = FACTS["pixels"]
    return counted(
        (f"picture: {name.partition('|')[0]}", seen(file), theirs[name]) for name, file in cases.pictures().items()
    )


def everything(folder: Path) -> Counts:
    """All sets, in the order of the page."""
    return {**prompts(folder / "p"), **readings(), **judge_prompts(folder / "j"), **scores(), **pictures()}
