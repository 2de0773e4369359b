"""The report as one HTML file: works from a disk, needs no network, runs no text it shows.

Everything foreign reaches the page in one of two ways: printed by an autoescaping template, or as JSON in a data block
that the sample browser writes with ``textContent``. On top of that, the page's own policy (CSP) allows only the one
style and the one script below, by their hashes, and no connection at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from markupsafe import Markup

import medq_tasks
from medq_tasks.decide.answers import Answer
from medq_tasks.errors import JudgeError, MedqError, SettingsError
from medq_tasks.families import FAMILIES
from medq_tasks.judge.rubric import Rubric, load_rubric
from medq_tasks.report import charts, parts
from medq_tasks.report.board import Leaderboard
from medq_tasks.report.embed import json_block, sample_data
from medq_tasks.report.facts import facts
from medq_tasks.report.findings import findings
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.report.pictures import Album, collect
from medq_tasks.report.short import short_names
from medq_tasks.report.view import sections
from medq_tasks.runs import published
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.run import Run
from medq_tasks.runs.summary import RunSummary
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole
from medq_tasks.wording import names

_CHUNK = 64  # pictures per data block: a block is parsed only when one of its pictures is looked at


def write_page(
    output: Path,
    runs: Sequence[Run],
    summaries: Sequence[RunSummary],
    boards: Sequence[Leaderboard],
    *,
    pictures: PictureMode = PictureMode.EMBED,
    budget_mb: float = 16,
    title: str = "MedQ-Bench report",
    settings: Settings | None = None,
    said: Sequence[Answer] | None = None,
) -> Path:
    """Write the page (whole or not at all); returns ``output``. ``said``: see ``render``.

    Raises:
        MedqError: the file cannot be written.
    """
    settings = settings or Settings.from_env()
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        album = collect(runs, settings, pictures, round(budget_mb * 1e6), output)
        text = render(runs, summaries, boards, album, title, settings, said)
        # A lone surrogate (half an emoji, cut by a token limit) cannot be UTF-8: it becomes a character reference.
        write_whole(output, text.encode("utf-8", "xmlcharrefreplace"))
    except OSError as error:
        raise MedqError(f"{output}: the report cannot be written ({error.strerror or error}).") from error
    return output


def render(
    runs: Sequence[Run],
    summaries: Sequence[RunSummary],
    boards: Sequence[Leaderboard],
    album: Album,
    title: str = "MedQ-Bench report",
    settings: Settings | None = None,
    said: Sequence[Answer] | None = None,
) -> str:
    """The page as text; ``said``: what ``decide.answers`` says of the runs, where that is known already."""
    data = sample_data(runs, album.index, _rubrics(settings or Settings.from_env()))
    chunks = [album.uris[start : start + _CHUNK] for start in range(0, len(album.uris), _CHUNK)]
    data["chunk"] = _CHUNK
    data["full"] = album.full
    data["preview"] = album.preview
    data["edge"] = album.edge
    return (
        parts.templates()
        .get_template("page.html")
        .render(
            title=title,
            icon=album.icon,
            version=medq_tasks.__version__,
            made=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            style=Markup(parts.style()),
            script=Markup(parts.script()),
            policy=parts.policy(parts.style(), parts.script(), beside=bool(album.full)),
            runs=summaries,
            called=short_names([summary.label for summary in summaries]),
            facts=facts(runs, summaries),
            findings=findings(runs, boards, said),
            sections=sections(summaries, boards),
            provenance=[_provenance(run) for run in runs],
            notes=album.notes,
            data=json_block(data),
            chunks=[json_block(chunk) for chunk in chunks],
            samples=len(data["answers"]),
            published=published,
            names=names,
            families=FAMILIES,
            harness=OF_HARNESS,
            charts=charts,
        )
    )


def _rubrics(settings: Settings) -> list[Rubric]:
    """The judge's prompts at hand: ours, and the user's own where they can be read (the page says whose are not)."""
    found = [load_rubric()]
    if settings.judge.prompts:
        with suppress(JudgeError, SettingsError):
            found.append(load_rubric(settings.judge.prompts))
    return found


def _provenance(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    """Per task: what is known about how it was measured, as (name, value) texts."""
    found = []
    for task in run.ordered:
        facts = [("task version", task.version), ("table", ", ".join(task.tables))]
        facts += [("judge", f"{s.model}, {s.prompts} ({s.prompts_hash} / {s.settings_hash})") for s in task.stamps]
        facts += [("the judge's server answered as", ", ".join(task.answered_as))]
        facts += [("words of the questions", f"{stamp.name} ({stamp.hash})") for stamp in task.prompts]
        facts += [("limit", f"{task.limit:g}")] if task.limit else []
        facts += _flat({name: said for name, said in task.provenance.items() if name != "prompts"})
        found.append((task.name, [(name, text) for name, text in facts if text]))
    return found


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat += _flat(value, f"{prefix}{key}.")
        elif value is not None:
            flat.append((f"{prefix}{key}", str(value)))
    return flat
