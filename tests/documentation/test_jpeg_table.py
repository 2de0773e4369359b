"""The tables of docs/pixels.md are those that the measurement makes of the sample set as it is."""

from __future__ import annotations

from benchmarks.measure_jpeg import QUALITIES, tables
from tests.documentation.pages import ROOT


def test_the_tables_are_not_old() -> None:
    page = (ROOT / "docs" / "pixels.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- measure_jpeg -->\n")[2].partition("<!-- end of measure_jpeg -->")[0]
    cure = "write them anew: .venv/bin/python -m benchmarks.measure_jpeg --write docs/pixels.md"
    assert shown == f"{tables(QUALITIES)}\n", cure
