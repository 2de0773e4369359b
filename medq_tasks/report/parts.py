"""What pages are made of: templates that escape, and style and script, kept in files by job, put into a page as one of
each, allowed there by hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from medq_tasks.wording.escape import printed

_ASSETS = Path(__file__).parent / "assets"
_STYLES = ("style.css", "browser.css", "media.css")  # the last one overrides: narrow screens and paper
# Each uses those before it when it is read; functions may call any.
_SCRIPTS = (
    *("base", "address", "theme", "answers", "filters", "order", "list"),
    *("pictures", "zoom", "sample", "save", "moving", "start"),
)


@cache
def templates() -> Environment:
    """All markup; whatever is printed into it is escaped."""
    return Environment(
        loader=PackageLoader("medq_tasks.report", "assets"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=printed,
    )


@cache
def style(names: tuple[str, ...] = _STYLES) -> str:
    """All rules of these files, the general ones first; by default those of the report page."""
    return "\n".join(map(_read, names))


@cache
def script() -> str:
    """All files as the body of one function, so that nothing of it is a name of the page's."""
    body = "\n".join(_read(f"script/{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();'


def policy(style: str, script: str = "", *, beside: bool = False) -> str:
    """No connection, no foreign script, style, frame or form. ``beside``: pictures in a folder next to the page."""
    pictures = "data: 'self' file:" if beside else "data:"
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; img-src {pictures}; style-src '{_hash(style)}'; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8").strip()
