"""Foreign texts in Markdown, XML, a terminal and a spreadsheet."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.wording.escape import csv_read, csv_write, lines, markdown, plain
from tests.runs import factory

anything = st.text(alphabet=st.characters(exclude_categories=()))  # lone surrogates too


@given(anything)
def test_lines_can_always_be_parsed_as_xml(text: str) -> None:
    element = ElementTree.Element("a", {"b": lines(text)})
    element.text = lines(text)
    parsed = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))
    assert (parsed.text or "") == parsed.get("b") == lines(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\tb\nc", "a b c"), ("\x1b[31mred", "\ufffd[31mred"), ("\u202eesrever", "\ufffdesrever"), ("x\u2028y", "x y")],
)
def test_plain_is_one_line_without_controls(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_plain_is_cut_to_the_limit() -> None:
    assert plain("abcdef", 4) == "abc…"
    assert plain("abcd", 4) == "abcd"


@pytest.mark.parametrize("text", factory.HOSTILE)
def test_markdown_stays_one_cell_without_html(text: str) -> None:
    shown = markdown(text)
    assert not set("<>\n\r\x00\x1b") & set(shown)
    assert "|" not in shown.replace("\\|", "")


@given(anything)
def test_a_csv_cell_is_no_formula_and_reads_back(text: str) -> None:
    written = csv_write(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert csv_read(written) == text
