"""What a run will take: calls, tokens and hours, before it is paid for.

Sizes are measured: prompts, pictures and references of the tables at hand (the official ones when ``MEDQ_DATA_DIR``
names them, else the embedded sample set), the judge's prompts as they will be sent. Rules of thumb, each shown with the
result: ``CHARACTERS_PER_TOKEN``, ``PIXELS_PER_TOKEN``, and a model that writes as much as the references do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks import data
from medq_tasks.harness.inputs import doc_to_text
from medq_tasks.judge import Rubric
from medq_tasks.judge.asking import CHARACTERS_PER_TOKEN
from medq_tasks.records import AXES, KINDS, TEXT_KINDS, Kind, Split
from medq_tasks.runs.published import TEST_ITEMS
from medq_tasks.settings import Settings

PIXELS_PER_TOKEN = 28 * 28  # Qwen2-VL and Qwen2.5-VL: patches of 14 pixels, merged two by two
LETTER_TOKENS = 3  # a letter, perhaps a dot, and the end
SCORE_TOKENS = 5  # "Score: 2" and the end
# Rows of the test split, derived from the published fractions. The dev split holds the other 1,295 of 2,600 questions
# and 354 of 708 descriptions; that those divide as the test split's do (221 + 133 = 354) is an assumption.
ROWS: dict[str, dict[Kind, int]] = {
    "test": TEST_ITEMS,
    "dev": {"perception": 1295, "no_reference": 221, "comparison": 133},
}


@dataclass(frozen=True)
class Size:
    """Means per item of one table, in tokens, and the number of its rows."""

    kind: Kind
    rows: int
    prompt: float
    pictures: float
    reply: float
    judging: float  # the judge's four prompts together; 0 for perception


@dataclass(frozen=True)
class Step:
    """One line of the plan."""

    name: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float


def measure(settings: Settings, split: Split, rubric: Rubric) -> list[Size]:
    """The sizes of the three tables of ``split`` ("test" or "dev").

    Raises:
        DataError: ``MEDQ_DATA_DIR`` is set and a table there cannot be used.
    """
    official = settings.data_dir is not None
    sizes = []
    for kind in KINDS:
        with data.open_table(data.prepare(kind, split if official else "mini", settings).path) as table:
            docs = [table.row(row) for row in range(len(table))]
        sizes.append(size_of(kind, docs, len(docs) if official else ROWS[split][kind], rubric))
    return sizes


def size_of(kind: Kind, docs: Sequence[dict[str, Any]], rows: int, rubric: Rubric) -> Size:
    """Means over ``docs`` (table rows without pictures), for a table of ``rows`` rows."""
    reasoning = kind in TEXT_KINDS
    asked = [chat for doc in docs for chat in _judge_texts(kind, doc["reference"], rubric)] if reasoning else []
    return Size(
        kind=kind,
        rows=rows,
        prompt=sum(len(doc_to_text(doc)) for doc in docs) / CHARACTERS_PER_TOKEN / len(docs),
        pictures=sum(_pixels(size) for doc in docs for size in doc["sizes"]) / PIXELS_PER_TOKEN / len(docs),
        reply=_mean_tokens([doc["reference"] for doc in docs]) if reasoning else LETTER_TOKENS,
        judging=_mean_tokens(asked) * len(AXES) if reasoning else 0,
    )


def steps(
    sizes: Sequence[Size], model_tokens_per_s: float, judge_latency: float, concurrency: int, thinking: int = 0
) -> list[Step]:
    """The plan's lines: the model on each table, the judge on each reasoning table.

    Args:
        sizes: from ``measure``.
        model_tokens_per_s: tokens that the model writes per second, over all requests in flight.
        judge_latency: seconds of one call of the judge.
        concurrency: calls of the judge in flight.
        thinking: tokens that the model writes before each answer.
    """
    plan = []
    for size in sizes:
        written = round(size.rows * (size.reply + thinking))
        read = round(size.rows * (size.prompt + size.pictures))
        plan.append(Step(f"model, {size.kind}", size.rows, read, written, written / model_tokens_per_s))
    for size in (size for size in sizes if size.judging):
        calls = size.rows * len(AXES)
        seconds = calls * judge_latency / concurrency
        plan.append(Step(f"judge, {size.kind}", calls, round(size.rows * size.judging), calls * SCORE_TOKENS, seconds))
    return plan


def _judge_texts(kind: Kind, reference: str, rubric: Rubric) -> list[str]:
    """What the judge gets for a reply as long as the reference, one text per axis."""
    chats = (rubric.messages(kind, axis, reference, reference) for axis in AXES)
    return ["\n".join(message["content"] for message in chat) for chat in chats]


def _mean_tokens(texts: Sequence[str]) -> float:
    return sum(len(text) for text in texts) / CHARACTERS_PER_TOKEN / len(texts)


def _pixels(size: str) -> int:
    width, _, height = size.partition("x")
    return int(width) * int(height)
