"""``medq plan``."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.arguments import PRICES_HELP
from medq_tasks.cli.console import say, wide_console
from medq_tasks.wording.times import amount, duration

if TYPE_CHECKING:
    from medq_tasks.harness.plan import Step
    from medq_tasks.runs.usage import Price


class Split(str, enum.Enum):
    """The splits that a plan can be made for."""

    test = "test"
    dev = "dev"


def plan(
    split: Split = typer.Option(Split.test, help="Which split."),
    model_tokens_per_s: float = typer.Option(
        500.0, min=0.001, metavar="N", help="Tokens that the model writes per second, over all requests in flight."
    ),
    thinking_tokens: int = typer.Option(0, min=0, metavar="N", help="Tokens that the model writes before each answer."),
    judge_latency: float = typer.Option(1.5, min=0.0, metavar="SECONDS", help="Seconds of one call of the judge."),
    concurrency: int | None = typer.Option(
        None, min=1, metavar="N", help="Calls of the judge in flight; MEDQ_JUDGE_CONCURRENCY if not given."
    ),
    prices: Path | None = typer.Option(None, metavar="FILE", help=PRICES_HELP),
    model: str | None = typer.Option(
        None, metavar="NAME", help="With --prices: the evaluated model's name there; without it only the judge costs."
    ),
) -> None:
    """Calls, tokens, time and cost of a run, from measured prompt sizes. Nothing is called."""
    from medq_tasks.data.source import locate
    from medq_tasks.records import KINDS
    from medq_tasks.runs.usage import read_prices
    from medq_tasks.settings import Settings, check_prompts

    settings = Settings.from_env()
    check_prompts(settings.judge.prompts)
    known = read_prices(prices) if prices else {}
    paid = {"model": _price_of(model, known, prices), "judge": _price_of(settings.judge.model, known, prices)}
    for kind in KINDS if settings.data_dir else ():
        locate(kind, split.value, settings)
    # They bring numpy, rich and what judges: not before data and prompts are there.
    from medq_tasks.harness import plan as planning
    from medq_tasks.judge import load_rubric
    from medq_tasks.judge.asking import CHARACTERS_PER_TOKEN
    from medq_tasks.wording.fitting import fitted

    at_once = concurrency or settings.judge.concurrency
    sizes = planning.measure(settings, split.value, load_rubric(settings.judge.prompts))
    lines = planning.steps(sizes, model_tokens_per_s, judge_latency, at_once, thinking_tokens)
    rows = [["step", "calls", "tokens in", "tokens out", "time", *(["cost"] if prices else [])]]
    costs = [_cost(line, paid) for line in lines]
    for line, cost in zip(lines, costs, strict=True):
        money = [amount(cost)] if prices else []
        rows.append([line.name, *_cells(line.calls, line.tokens_in, line.tokens_out, line.seconds), *money])
    columns = zip(*((line.calls, line.tokens_in, line.tokens_out, line.seconds) for line in lines), strict=True)
    known_costs = [cost for cost in costs if cost is not None]
    whole = [amount(sum(known_costs))] if prices else []
    rows.append(["total", *_cells(*map(sum, columns)), *whole])
    wide = wide_console()
    wide.print(*fitted(f"medq_bench, {split.value} split", rows, wide.width), sep="\n")
    place = settings.data_dir or "the embedded sample set (set MEDQ_DATA_DIR for the official one; rows are derived)"
    free = [name for name, price in (("--model", model), ("MEDQ_JUDGE_MODEL", settings.judge.model)) if not price]
    if prices and free:
        say(f"- No price is looked up without {' and '.join(free)}: such tokens are not in the cost.")
    if prices:
        say(f"- Cost: about, in the currency of {prices}.")
    for words in (
        f"Sizes measured on {place}.",
        f"Text: {CHARACTERS_PER_TOKEN} characters a token. Pictures: a token per 28 x 28 pixels "
        "(Qwen2-VL's rule, before any limit of the model; others differ).",
        "Replies as long as the references; the time to read prompts and pictures is not counted.",
        f"The model writes {model_tokens_per_s:g} tokens/s; the judge takes {judge_latency:g} s a call, {at_once} at a "
        "time, and is asked once per axis (again where its reply has no score). A second run, or one that was "
        "interrupted, asks only for what is missing.",
    ):
        say(f"- {words}")


def _price_of(model: str | None, known: Mapping[str, Price], file: Path | None) -> Price | None:
    """The price of a model that is named; None where none is, so that its tokens cost nothing that is known.

    Raises:
        SettingsError: it is named, and the file does not have it.
    """
    if not model or not file:
        return None
    if model not in known:
        from medq_tasks.errors import SettingsError

        raise SettingsError(
            f"{file}: has no price for {model}, only for {', '.join(known)}. Add it (0 where it is free)."
        )
    return known[model]


def _cost(line: Step, paid: Mapping[str, Price | None]) -> float | None:
    """None where nobody has said the price."""
    from medq_tasks.records import Usage

    price = paid[line.name.partition(",")[0]]
    return price.of(Usage(prompt=line.tokens_in, completion=line.tokens_out)) if price else None


def _cells(calls: float, tokens_in: float, tokens_out: float, seconds: float) -> list[str]:
    return [f"{calls:,}", f"{tokens_in:,}", f"{tokens_out:,}", duration(seconds)]
