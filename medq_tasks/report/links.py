"""Links into the sample browser of a page: filters in its address (see assets/script/address.js)."""

from __future__ import annotations

from urllib.parse import quote


def samples(**filters: object) -> str:
    """``#samples?run=0&outcome=failed``; filters that are None are left out."""
    return "#samples?" + "&".join(
        f"{name}={quote(str(value), safe='')}" for name, value in filters.items() if value is not None
    )
