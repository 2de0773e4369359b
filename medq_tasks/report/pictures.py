"""The pictures of a page: found by the records' table and row, embedded within a budget, never silently absent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from medq_tasks.report.embed import PictureKey
from medq_tasks.report.picture_budget import FLOOR, Spent, spend
from medq_tasks.report.picture_files import full, subtype_as_is
from medq_tasks.report.picture_mode import ICON, SERVED, PictureMode
from medq_tasks.report.picture_order import IN_WORDS, by_importance
from medq_tasks.report.picture_sources import Source, find
from medq_tasks.runs.run import Run
from medq_tasks.settings import Settings
from medq_tasks.store.files import write_whole


@dataclass
class Album:
    """Pictures for a page. ``index`` leads from an item to numbers in ``uris`` and ``full``."""

    uris: list[str | None] = field(default_factory=list)  # data URIs; None where the budget was spent
    full: list[str] = field(default_factory=list)  # relative links, [] without a folder or a server
    index: dict[PictureKey, list[int]] = field(default_factory=dict)
    preview: list[int] = field(default_factory=list)  # the pictures whose URI is a preview, sorted
    edge: int | None = None  # longest side of the previews; None where there is none
    notes: list[str] = field(default_factory=list)
    icon: str = "data:,"  # none; without a word of it browsers ask for /favicon.ico


def collect(runs: Sequence[Run], settings: Settings, mode: PictureMode, budget: int, page: Path | None = None) -> Album:
    """Gather the pictures of all items of ``runs``.

    Args:
        runs: Whose items.
        settings: Where prepared tables lie.
        mode: Where the pictures go.
        budget: Most bytes of base64 text for pictures.
        page: The page's file; with ``PictureMode.FOLDER`` the folder ``<stem>_files`` beside it is filled.
    """
    if mode is PictureMode.NONE:
        return Album(notes=["Made without pictures (--pictures none)."])
    found = find(runs, settings)
    album = Album(index=found.index, notes=found.notes)
    if not found.sources:
        return album
    items = [found.index[key] for key in by_importance(runs) if key in found.index]
    spent = spend(found.sources, items, budget)
    album.uris, album.preview, album.edge = spent.uris, sorted(spent.preview), spent.edge
    folder = page.with_name(f"{page.stem}_files") if mode is PictureMode.FOLDER and page is not None else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor() as pool:
            album.full = list(pool.map(lambda source: _write_full(source, folder), found.sources))
    album.notes += _told(spent, budget, folder)
    return album


def served(runs: Sequence[Run], settings: Settings) -> tuple[Album, list[Source]]:
    """The album of a page that a server shows, every picture in full and none in the page; and the pictures."""
    found = find(runs, settings)
    links = [f"{SERVED}{number}" for number in range(len(found.sources))]
    other = sum(subtype_as_is(source.view) is None for source in found.sources)
    if other:
        found.notes.append(
            f"{other:,} of {len(found.sources):,} pictures are shown as lossless PNG of the pixels that a model gets: "
            "browsers do not show their files, or show other pixels (TIFF, more than 8 bit, colour profiles)."
        )
    return Album(full=links, index=found.index, notes=found.notes, icon=ICON), found.sources


def _told(spent: Spent, budget: int, folder: Path | None) -> list[str]:
    """What the budget was spent on, where it did not last for all pictures in full."""
    missing = spent.uris.count(None)
    if not (spent.preview or missing):
        return []
    parts = [f"{spent.full:,} in full"]
    parts += [f"{len(spent.preview):,} as previews of at most {spent.edge} pixels"] if spent.preview else []
    parts += [f"{missing:,} not at all (no preview is smaller than {FLOOR} pixels)"] if missing else []
    beside = f"all are in full in {folder.name}" if folder else "`medq view` shows all in full"
    return [
        f"Of {len(spent.uris):,} pictures {', '.join(parts)} are inside the page: its budget of {budget / 1e6:g} MB "
        f"(--picture-budget) goes to {IN_WORDS}; {beside}."
    ]


def _write_full(source: Source, folder: Path) -> str:
    """Write one picture in full; returns its link relative to the page."""
    subtype, content = full(source.view)
    path = folder / f"{hashlib.sha256(source.view).hexdigest()[:24]}.{subtype}"
    if not path.is_file() or path.read_bytes() != content:  # an earlier page's, and perhaps torn
        write_whole(path, bytes(content))
    return f"{quote(folder.name)}/{path.name}"
