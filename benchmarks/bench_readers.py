"""How the time of every reader of text grows with the length of what it reads, on replies that repeat themselves.

    python -m benchmarks readers [--quick]

Each reader gets generated loops (``tests/loops.py``: words and marks of the rules, alone, in random pairs and triples,
with heads and tails) at three lengths, each eight times the one before. A ratio of 8 from one length to the next is
linear; it is less where a reader reads the two ends of a long text only. The first ratios are of the whole set, the
third of the slowest loop of all (against a millisecond at least, below which the clock decides).
"""

from __future__ import annotations

import argparse
import gc
import itertools
import time
from collections.abc import Callable

from medq_tasks import answers
from medq_tasks.judge import fence, read_score
from medq_tasks.reading.choice.options import OptionBook
from medq_tasks.store.secrets import scrub
from medq_tasks.wording import escape
from tests import loops

TYPES = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "No obvious degradation"}
POLAR = {"A": "Yes", "B": "No"}
READERS: dict[str, Callable[[str], object]] = {
    "answers.explain_choice, types": lambda text: answers.explain_choice(text, TYPES),
    "answers.read_choice, yes or no": lambda text: answers.read_choice(text, POLAR),
    "answers.read_verdict, no_reference": lambda text: answers.read_verdict(text, "no_reference"),
    "answers.read_verdict, comparison": lambda text: answers.read_verdict(text, "comparison"),
    "answers.final_text": answers.final_text,
    "answers.failure": answers.failure,
    "answers.options.OptionBook": lambda text: OptionBook({"A": text, "B": "Noise"}),
    "judge.read_score": read_score,
    "judge.fence.defuse": fence.defuse,
    "judge.fence.plain": fence.plain,
    "judge.fence.shorten": fence.shorten,
    "store.secrets.scrub": lambda text: scrub(text, ("abcd1234",)),
    "wording.escape.plain": escape.plain,
    "wording.escape.markdown": escape.markdown,
    "wording.escape.lines": escape.lines,
}
STEP, FLOOR = 8, 1e-3  # seconds


def seconds(read: Callable[[str], object], text: str) -> float:
    gc.collect()
    gc.disable()  # a collection in the middle of one reply would be the slowest of them all
    start = time.process_time()
    read(text)
    taken = time.process_time() - start
    gc.enable()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few loops")
    quick = parser.parse_args().quick
    recipes = loops.recipes(mixed=300)[:: 40 if quick else 10]
    sizes = [1_000, 1_000 * STEP, 1_000 * STEP**2]
    few = recipes[:: max(1, len(recipes) // 40)]  # at a megabyte, the time of all of them would be the readers' least
    print(f"{len(recipes)} loops at {', '.join(f'{size:,}' for size in sizes)} characters, {len(few)} at 1,000,000\n")
    print(
        "| reader | "
        + " | ".join(f"x{STEP} to {size:,}" for size in sizes[1:])
        + " | slowest loop x8 | slowest, s | unit | 1 MB, s |"
    )
    print("|---|" + "---|" * (len(sizes) + 3))
    for name, read in READERS.items():
        taken = [[seconds(read, loops.loop(recipe, size)) for recipe in recipes] for size in sizes]
        totals = [sum(one) for one in taken]
        slowest = max(range(len(recipes)), key=lambda index: taken[-1][index])
        ratio = taken[-1][slowest] / max(taken[-2][slowest], FLOOR)
        most = max(seconds(read, loops.loop(recipe, 1_000_000)) for recipe in few)
        growth = " | ".join(f"{b / a:.1f}" for a, b in itertools.pairwise(totals))
        unit = repr(recipes[slowest][1][:30])
        print(f"| `{name}` | {growth} | {ratio:.1f} | {taken[-1][slowest]:.3f} | `{unit}` | {most:.2f} |", flush=True)


if __name__ == "__main__":
    main()
