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
        ("reading the environment", partial(setting_traps, os.environ)),
        ("reading the environment", partial(connection_traps, os.environ)),
        ("reading the environment", partial(judge_traps, os.environ)),
        ("looking at the settings", partial(_settings, ask_servers=ask_servers)),
    ]
    if importable("lmms_eval"):
        checks.append(("trying what a run does", partial(probe, backends)))
    checks.append(("reading the packages' metadata", package_traps))
    for doing, look in checks:
        try:
            traps += look()
        except Exception as error:
            traps.append(explain(error, doing))
    return ordered(traps)


def ordered(traps: Iterable[Trap]) -> list[Trap]:
    """Those that stop a run first; of several about one thing the first: a variable's name, then what was seen."""
    kept: dict[str, Trap] = {}
    for trap in traps:
        kept.setdefault(trap.about.lower().replace("_", "-") or trap.line, trap)
    return sorted(kept.values(), key=lambda trap: not trap.stops)


def _settings(*, ask_servers: bool) -> list[Trap]:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        return [Trap(str(error), "correct or unset it", stops=True)]
    judge = _judge(settings.judge) if ask_servers and settings.judge.configured else []
    return [*place_traps(settings, probe=ask_servers), *judge]


def _judge(settings: JudgeSettings) -> list[Trap]:
    if not settings.model and settings.base_url is None:
        # OPENAI_API_KEY is most often the evaluated model's: who has it and names no judge wants none.
        own = os.environ.get("MEDQ_JUDGE_API_KEY", "").strip()
        lacking = Trap("MEDQ_JUDGE_API_KEY is set, and no model: there is no default", "export MEDQ_JUDGE_MODEL")
        return [lacking] if own else []
    answer = reach(settings)
    where = settings.base_url or "the openai package's own address"
    if not answer.cure or not answer.client:  # that no client can be made is told by one of the steps, with its cause
        return []
    return [Trap(f"the judge {settings.model or '(no model named)'} at {where}: {answer.said}", answer.cure)]
