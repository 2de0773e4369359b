"""The page of a history as a text: well formed, nothing foreign is markup, the report's looks under a policy."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from medq_tasks.report.history import append
from medq_tasks.report.history_file import read
from medq_tasks.report.history_page import page
from medq_tasks.runs.load import load_runs
from tests.report.test_history import PERCEPTION, perception
from tests.report.test_history_view import made, value
from tests.runs import factory


class Links(HTMLParser):
    """Addresses with the text that a screen reader says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: said or "" for name, said in attrs}
        if tag == "a":
            self.found[told["href"]] = told.get("aria-label", "")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    for number, text in enumerate(factory.HOSTILE):
        stamp = f"2026112{number}_060000"
        run = factory.write_run(tmp_path / str(number), {PERCEPTION: perception(5)}, model=text, stamp=stamp)
        append(tmp_path / "h.jsonl", load_runs([run]))
    entries = read(tmp_path / "h.jsonl")
    assert len(entries) == len(factory.HOSTILE)
    text = page(entries, "<script>alert(1)</script>", lambda entry: 'x"><script>')
    assert "<script" not in text
    assert "<img" not in text
    charts = re.findall(r'<div class="trend">.*?</div>', text, re.DOTALL)
    assert len(charts) == 1
    ElementTree.fromstring(charts[0])  # well formed


def test_the_policy_allows_the_style_alone() -> None:
    text = page([made("20261101_000000", value(0.5))])
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    said = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy.replace("&#39;", "'") == said
    assert " style=" not in text


def test_each_run_leads_to_its_report() -> None:
    entries = [made(f"2026110{n}_000000", value(0.5)) for n in (1, 2)]
    links = Links(page(entries, link=lambda entry: "reports/1.html" if entry is entries[0] else "")).found
    assert links["reports/1.html"] == "Report of one, 2026-11-01 00:00 (zone not recorded)"
    assert [address for address in links if address.startswith("reports/")] == ["reports/1.html"]


def test_an_empty_history_says_so() -> None:
    text = page([])
    assert "No run yet." in text
    assert "<nav" not in text


def test_runs_models_and_days_are_counted_in_words() -> None:
    entries = [made("20261101_000000", value(0.5)), made("20261102_000000", value(0.5), "two")]
    assert "2 runs of 2 models, 2026-11-01 to 2026-11-02." in re.sub("<.*?>", "", page(entries))
    assert "1 run of 1 model, 2026-11-01." in re.sub("<.*?>", "", page(entries[:1]))
