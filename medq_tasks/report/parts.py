"""The page's own style and script: kept in files by job, put into the page as one of each, allowed there by hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

_ASSETS = Path(__file__).parent / "assets"
_STYLES = ("style.css", "browser.css", "media.css")  # the last one overrides: narrow screens and paper
# Each uses those before it when it is read; functions may call any.
_SCRIPTS = (
    *("base", "address", "theme", "answers", "filters", "order", "list"),
    *("pictures", "zoom", "sample", "save", "moving", "start"),
)


@cache
def style() -> str:
    """All rules, the general ones first."""
    return "\n".join(_read(name) for name in _STYLES)


@cache
def script() -> str:
    """All files as the body of one function, so that nothing of it is a name of the page's."""
    body = "\n".join(_read(f"script/{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();'


def policy(*, beside: bool) -> str:
    """No connection, no foreign script, style, frame or form. ``beside``: pictures in a folder next to the page."""
    pictures = "data: 'self' file:" if beside else "data:"
    return (
        f"default-src 'none'; img-src {pictures}; style-src '{_hash(style())}'; script-src '{_hash(script())}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8").strip()


def sheet(*names: str) -> str:
    """The style of another page, of some of these files."""
    return "\n".join(map(_read, names))


def policy_of(style: str) -> str:
    """Of a page with that style and without a script or a picture."""
    return f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
