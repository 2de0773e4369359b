"""The history as one HTML page without scripts, in the looks of the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from markupsafe import Markup

import medq_tasks
from medq_tasks.report import history_links, parts
from medq_tasks.report.history_chart import HEIGHT
from medq_tasks.report.history_file import HistoryEntry
from medq_tasks.report.history_view import Link, sections
from medq_tasks.runs import published
from medq_tasks.store.files import write_whole
from medq_tasks.wording.escape import plain
from medq_tasks.wording.times import told

_STYLES = ("style.css", "media.css", "history.css")


def page(entries: Sequence[HistoryEntry], title: str = "MedQ-Bench leaderboard", link: Link = lambda entry: "") -> str:
    """The page as text; all texts are escaped by the template. ``link``: where an entry's report is."""
    style = parts.style(_STYLES)
    times = [told(str(found["when"]), str(found.get("utc", ""))) for found in entries]
    return (
        parts.templates()
        .get_template("history.html")
        .render(
            title=title,
            style=Markup(style),
            policy=parts.policy(style),
            version=medq_tasks.__version__,
            made=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            runs=len(entries),
            models=len({plain(str(found["name"])) for found in entries}),
            first=times[0][:10] if times else "",
            last=times[-1][:10] if times else "",
            sections=sections(entries, link),
            published=published,
            height=HEIGHT,
        )
    )


def write_page(path: Path, entries: Sequence[HistoryEntry], title: str, file: Path) -> None:
    """Write the page of a history ``file``, its folder as well.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = page(entries, title, lambda entry: history_links.link(entry, file, path))
    write_whole(path, text.encode("utf-8", "xmlcharrefreplace"))
