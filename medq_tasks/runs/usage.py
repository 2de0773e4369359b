"""What judging has cost: requests and tokens as the servers counted them, and money at a user's own prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import yaml_file
from medq_tasks.records import ReasoningRecord, Record, Usage
from medq_tasks.wording.counts import count

_PER = 1_000_000  # tokens that a price is for


@dataclass(frozen=True)
class Price:
    """In any one currency, per million tokens."""

    prompt: float
    completion: float

    def of(self, usage: Usage) -> float:
        """What the tokens cost; those of a cache at the full price, as discounts differ."""
        return (usage.prompt * self.prompt + usage.completion * self.completion) / _PER


def usage_by_judge(records: Iterable[Record]) -> dict[str, Usage]:
    """By the judge's name, what its replies have cost, whenever they were paid for; {} where nothing is known.

    A question that two items share is asked once and counted once. Where one name stands for models on several
    servers, each server is a judge of its own.
    """
    spent: dict[tuple[str, str], Usage] = {}
    seen = set()
    for record in (record for record in records if isinstance(record, ReasoningRecord)):
        for judgement in record.judgements:
            who = (judgement.stamp.model, judgement.stamp.server) if judgement.stamp else ("", "")
            for axis, said in judgement.axes.items():
                question = (*who, record.kind, axis, record.reply, record.reference)
                if said.usage is not None and question not in seen:
                    seen.add(question)
                    spent[who] = spent.get(who, Usage()) + said.usage
    names = [model for model, _ in spent]
    return {
        model if names.count(model) == 1 else f"{model} at {server or 'a server that is not known'}": usage
        for (model, server), usage in sorted(spent.items())
    }


def together(parts: Iterable[Mapping[str, Usage]]) -> dict[str, Usage]:
    """The sum of several, judge by judge."""
    whole: dict[str, Usage] = {}
    for part in parts:
        for judge, usage in part.items():
            whole[judge] = whole.get(judge, Usage()) + usage
    return whole


def as_json(usage: Mapping[str, Usage], prices: Mapping[str, Price] | None = None) -> dict[str, dict[str, Any]]:
    """By judge: calls and tokens under the names that servers use; ``cost`` where its price is known."""
    told: dict[str, dict[str, Any]] = {}
    for judge, spent in usage.items():
        told[judge] = {
            "calls": spent.calls,
            "calls_without_count": spent.calls - spent.metered,
            "prompt_tokens": spent.prompt,
            "completion_tokens": spent.completion,
            "total_tokens": spent.prompt + spent.completion,
            "cached_tokens": spent.cached,
            "reasoning_tokens": spent.reasoning,
        }
        if price := (prices or {}).get(judge.split(" at ")[0]):
            told[judge]["cost"] = price.of(spent)
    return told


def in_words(usage: Mapping[str, Usage], prices: Mapping[str, Price] | None = None) -> list[str]:
    """A sentence per judge."""
    lines = []
    for judge, spent in usage.items():
        calls = count(spent.calls, "call")
        line = f"What {judge} said here took {calls}, {spent.prompt:,} tokens read, {spent.completion:,} written"
        if spent.reasoning:
            line += f" ({spent.reasoning:,} of them thinking)"
        if spent.metered < spent.calls:
            line += f"; {spent.calls - spent.metered:,} calls came without a count"
        price = (prices or {}).get(judge.split(" at ")[0])
        if price:
            line += f"; {price.of(spent):,.2f} at the prices given"
        elif prices:
            line += "; no price is given for it"
        lines.append(line + ".")
    return lines


def read_prices(path: Path) -> dict[str, Price]:
    """A YAML file of prices: a model's name, below it ``prompt`` and ``completion``, each per million tokens.

    Raises:
        SettingsError: it cannot be read, or a price is none; the message names file, model and cure.
    """
    data = yaml_file.read(path)
    if not isinstance(data, Mapping) or not data:
        raise SettingsError(f"{path}: holds no prices. Write a model's name, and below it prompt and completion.")
    return {str(model): _price(path, str(model), said) for model, said in data.items()}


def _price(path: Path, model: str, said: Any) -> Price:
    given = said if isinstance(said, Mapping) else {}
    wrong = [str(name) for name in given if name not in ("prompt", "completion")]
    prompt, completion = _amount(given.get("prompt")), _amount(given.get("completion"))
    wrong += ["prompt"] * (prompt is None) + ["completion"] * (completion is None)
    if wrong or prompt is None or completion is None:
        raise SettingsError(
            f"{path}: {model}: {wrong[0]} is no price. A model has prompt and completion, numbers per million tokens."
        )
    return Price(prompt, completion)


def _amount(said: Any) -> float | None:
    """A price, also as a text (YAML takes 1e3 for one); None for what is none."""
    try:
        amount = float(said) if isinstance(said, int | float | str) and not isinstance(said, bool) else -1.0
    except ValueError:
        return None
    return amount if 0 <= amount < float("inf") else None
