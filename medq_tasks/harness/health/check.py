"""``medq info --check``: everything on this machine that would stop or falsify a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from medq_tasks.errors import SettingsError
from medq_tasks.harness.health.causes import explain
from medq_tasks.harness.health.environment import connection_traps, judge_traps, setting_traps
from medq_tasks.harness.health.installed import importable, package_traps
from medq_tasks.harness.health.places import place_traps
from medq_tasks.harness.health.probe import probe
from medq_tasks.harness.health.trap import Trap
from medq_tasks.judge.reach import reach
from medq_tasks.settings import JudgeSettings, Settings


def check(backends: Sequence[str], *, ask_servers: bool) -> list[Trap]:
    """All traps, those that stop a run first. Never raises: a check that fails is a trap itself.

    Args:
        backends: names for ``--model`` that must be importable.
        ask_servers: ask the judge's server, and the hub where data have to come from it.
    """
    traps: list[Trap] = []
    checks: list[tuple[str, Callable[[], Iterable[Trap]]]] = [
        ("reading the packages' metadata", package_traps),
        ("reading the environment", partial(setting_traps, os.environ)),
        ("reading the environment", partial(connection_traps, os.environ)),
        ("reading the environment", partial(judge_traps, os.environ)),
        ("looking at the settings", partial(_settings, ask_servers=ask_servers)),
    ]
    for doing, look in checks:
        try:
            traps += look()
        except Exception as error:
            traps.append(explain(error, doing))
    if importable("lmms_eval"):
        traps += probe(backends)
    return ordered(traps)


def ordered(traps: Iterable[Trap]) -> list[Trap]:
    """Those that stop a run first; of several about one package only the last, which was seen and not only read."""
    kept: dict[str, Trap] = {}
    for trap in traps:
        key = trap.package or str(trap)
        kept.pop(key, None)
        kept[key] = trap
    return sorted(kept.values(), key=lambda trap: not trap.stops)


def _settings(*, ask_servers: bool) -> list[Trap]:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        return [Trap(str(error), "correct or unset it", stops=True)]
    judge = _judge(settings.judge) if ask_servers and settings.judge.configured else []
    return [*place_traps(settings, probe=ask_servers), *judge]


def _judge(settings: JudgeSettings) -> list[Trap]:
    answer = reach(settings)
    where = settings.base_url or "the openai package's own address"
    return [Trap(f"the judge {settings.model} at {where}: {answer.said}", answer.cure)] if answer.cure else []
