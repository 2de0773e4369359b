"""``medq view``: the report page from a local server, with every picture in full."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from medq_tasks.cli.console import say
from medq_tasks.cli.shown import TITLE, ByPicture, Calibration, Judge, Prices, Runs, Shown, Title, shown

if TYPE_CHECKING:
    from medq_tasks.report.server import PageServer

_STANDING = "It shows the runs as they are now; when they have grown, start it again. Ctrl-C ends it."


def view(
    runs: Runs,
    port: Annotated[
        int,
        typer.Option(
            metavar="PORT", min=0, max=65535, help="Port of 127.0.0.1 to listen on.", show_default="a free one"
        ),
    ] = 0,
    open_it: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    by_picture: ByPicture = True,
    judge: Judge = None,
    calibration: Calibration = None,
    prices: Prices = None,
    title: Title = TITLE,
) -> None:
    """The report page with every picture in full, from a server that only this machine reaches; it writes nothing.

    \b
    Examples:
      medq view runs/qwen2.5-vl
      medq view runs/a runs/b --title "Before and after"
      ssh -L 8000:127.0.0.1:8000 HOST medq view runs/a --port 8000    # of another machine
    """
    from medq_tasks.report.server import PageServer

    with PageServer(port, lambda text: say(text, err=True)) as server:
        _fill(server, shown(runs, judge, by_picture, calibration, prices), title)
        say(server.address)
        say(_STANDING, err=True)
        sys.stdout.flush()
        try:
            if open_it and _has_screen():
                import webbrowser

                webbrowser.open(server.address)
            server.serve_forever()
        except KeyboardInterrupt:
            say("", err=True)


def _fill(server: PageServer, found: Shown, title: str) -> None:
    """Its own function, so that nothing but the page and its pictures stays in memory."""
    from medq_tasks.report.page import render
    from medq_tasks.report.pictures import served
    from medq_tasks.settings import Settings

    settings = Settings.from_env()
    album, pictures = served(found.runs, settings)
    for note in album.notes:
        say(note, err=True)
    page = render(found.runs, found.summaries, found.boards, album, title, settings)
    server.show(page.encode("utf-8", "xmlcharrefreplace"), pictures)


def _has_screen() -> bool:
    """Whether a browser can show a window; without one webbrowser starts a text browser in this very terminal."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")))
