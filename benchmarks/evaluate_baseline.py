"""How good is ``medq_baseline`` on sample sets of other seeds than its own, beside chance and the majority answer.

    python benchmarks/evaluate_baseline.py                 # seeds 101 to 105 and medq_mini's own
    python benchmarks/evaluate_baseline.py --seeds 7 --list-wrong

Chance is the mean of one over the number of options. "majority" always gives the option text that is right most often
in that question type, among those offered: what a model without eyes could reach that knows the answer key's habits.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from PIL import Image

from medq_tasks import prompts
from medq_tasks.answers import read_choice, read_verdict
from medq_tasks.demo.baseline.findings import thresholds
from medq_tasks.demo.baseline.reply import reply
from medq_tasks.demo.samples import SEED, design
from medq_tasks.demo.samples.build import LETTERS, render
from medq_tasks.records import MODALITIES, QUESTION_TYPES, SEVERITIES

EVALUATION_SEEDS = (101, 102, 103, 104, 105)


@dataclass(frozen=True)
class Outcome:
    """One item answered. ``options`` holds the texts, ``right`` and ``said`` the places in it (None: unreadable)."""

    item: design.PerceptionItem
    said: int | None
    text: str

    @property
    def correct(self) -> bool:
        return self.said == self.item.answer


def answer(job: tuple[design.PerceptionItem, int]) -> Outcome:
    """Ask the baseline through the very prompt of the task."""
    item, seed = job
    options = dict(zip(LETTERS, item.options, strict=False))
    prompt = prompts.surround("perception", prompts.perception_body(item.question, options))
    text = reply(prompt, [Image.fromarray(render(item.shot, seed)).convert("RGB")])
    letter = read_choice(text, options)
    return Outcome(item, LETTERS.index(letter) if letter else None, text)


def verdict_right(job: tuple[design.NoReferenceItem | design.ComparisonItem, int]) -> tuple[str, bool]:
    """Whether the verdict of a reasoning reply is that of the reference."""
    item, seed = job
    if isinstance(item, design.NoReferenceItem):
        shots, kind = [item.shot], "no_reference"
    else:
        shots, kind = [item.first, item.second], "comparison"
    pictures = [Image.fromarray(render(shot, seed)).convert("RGB") for shot in shots]
    text = reply(prompts.surround(kind, prompts.reasoning_body(kind, "")), pictures)
    return kind, read_verdict(text, kind) == read_verdict(item.reference, kind)


def majority(outcomes: Sequence[Outcome]) -> float:
    counts = Counter((o.item.question_type, o.item.options[o.item.answer]) for o in outcomes)

    def guess(item: design.PerceptionItem) -> int:
        return max(range(len(item.options)), key=lambda place: counts[item.question_type, item.options[place]])

    return mean(guess(o.item) == o.item.answer for o in outcomes)


def mean(values: Iterable[bool | float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else float("nan")


def row(name: str, outcomes: Sequence[Outcome], everything: Sequence[Outcome]) -> str:
    chance = mean(1 / len(o.item.options) for o in outcomes)
    typed = [o for o in everything if o.item.question_type in {x.item.question_type for x in outcomes}]
    habits = majority(typed) if len(outcomes) == len(typed) else majority(outcomes)
    accuracy = mean(o.correct for o in outcomes)
    return f"| {name} | {len(outcomes)} | {accuracy:.3f} | {chance:.3f} | {habits:.3f} |"


def report(outcomes: Sequence[Outcome]) -> None:
    print("| slice | items | accuracy | chance | majority |\n|---|---|---|---|---|")
    print(row("all", outcomes, outcomes))
    for question_type in QUESTION_TYPES:
        print(row(question_type, [o for o in outcomes if o.item.question_type == question_type], outcomes))
    for modality in MODALITIES:
        print(row(modality, [o for o in outcomes if o.item.shot.modality == modality], outcomes))
    for severity in SEVERITIES:
        print(row(f"severity {severity}", [o for o in outcomes if o.item.shot.severity == severity], outcomes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[*EVALUATION_SEEDS, SEED])
    parser.add_argument("--list-wrong", action="store_true", help="print every wrong answer with its reply")
    asked = parser.parse_args()
    if seen := set(asked.seeds) & set(thresholds()["seeds"]):
        parser.error(f"the thresholds were fitted on seed {sorted(seen)}; accuracy there says nothing")
    started = time.perf_counter()
    with ProcessPoolExecutor() as pool:
        jobs = [(item, seed) for seed in asked.seeds for item in design.perception(seed)]
        outcomes = list(pool.map(answer, jobs, chunksize=8))
        texts = [
            (item, seed) for seed in asked.seeds for item in [*design.no_reference(seed), *design.comparison(seed)]
        ]
        verdicts = list(pool.map(verdict_right, texts, chunksize=8))
    print(f"seeds {asked.seeds}, calibrated on {thresholds()['seeds']}; {time.perf_counter() - started:.0f} s\n")
    report(outcomes)
    for kind, chance in (("no_reference", 1 / 3), ("comparison", 1 / 2)):
        right = [correct for name, correct in verdicts if name == kind]
        print(f"| verdict, {kind} | {len(right)} | {mean(right):.3f} | {chance:.3f} | |")
    for outcome in outcomes if asked.list_wrong else []:
        if not outcome.correct:
            shot, item = outcome.item.shot, outcome.item
            print(f"\n{item.id} {shot.severity} {shot.degradation} {shot.view}: {item.question} {item.options}")
            print(f"  right {item.options[item.answer]!r}; {outcome.text!r}")


if __name__ == "__main__":
    main()
