"""The rating sheet as one offline HTML page with pictures, for a specialist who has a browser and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from medq_tasks.align.sheet import RUBRIC, RatedText
from medq_tasks.records import AXES
from medq_tasks.report.embed import json_block
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.report.pictures import Album, collect
from medq_tasks.runs.run import Run
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def write_form(path: Path, run: Run, items: Sequence[RatedText], budget_mb: float, settings: Settings) -> Album:
    """Write the page with the pictures of ``items``, at most ``budget_mb`` of them; returns those pictures.

    Raises:
        OSError: it cannot be written.
    """
    album = collect([_only(run, items)], settings, PictureMode.EMBED, round(budget_mb * 1e6))
    write_whole(path, form(items, album).encode("utf-8", "xmlcharrefreplace"))
    return album


def form(items: Sequence[RatedText], album: Album) -> str:
    """The page. Texts are data that its script writes with ``textContent``; its policy forbids everything else."""
    page = resources.files("medq_tasks.align").joinpath("assets/form.html").read_text(encoding="utf-8")
    script = _SCRIPT.search(page)
    if script is None:
        raise AssertionError("form.html has no script")  # a fault of this package, not of the user
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    data = json_block(form_data(items, album))
    # One pass each, by plain replacement: nothing in the data can be taken for a mark.
    head, tail = page.replace("{script_hash}", f"sha256-{digest}").split("{data}")
    return f"{head}{data}{tail}"


def form_data(items: Sequence[RatedText], album: Album) -> dict[str, Any]:
    """What the page shows: no model, no judge, no item id."""
    codes = "\n".join(item.code for item in items)
    return {
        "key": f"medq-align-{hashlib.sha256(codes.encode()).hexdigest()[:16]}",
        "axes": [{"name": axis, "levels": list(RUBRIC[axis])} for axis in AXES],
        "items": [_item(item, album) for item in items],
        "pictures": album.uris,
        "notes": album.notes + ([_shrunk(album.edge)] if album.edge else []),
    }


def _only(run: Run, items: Sequence[RatedText]) -> Run:
    """The run with the drawn items alone, so that only their pictures are embedded."""
    drawn = {(item.task, item.record.identity) for item in items}
    tasks = {
        name: replace(task, records=tuple(r for r in task.records if (name, r.identity) in drawn))
        for name, task in run.tasks.items()
    }
    return replace(run, tasks={name: task for name, task in tasks.items() if task.records})


def _item(item: RatedText, album: Album) -> dict[str, Any]:
    record = item.record
    return {
        "item": item.code,
        "kind": record.kind,
        "question": record.question,
        "reference": record.reference,
        "text": item.text,
        "pictures": album.index.get((record.table, record.row), []),
    }


def _shrunk(edge: int) -> str:
    return f"The pictures are previews of at most {edge} pixels a side. Raise --picture-budget for the originals."
