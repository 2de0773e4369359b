"""From a history's page to the reports of its runs: paths stay paths, and only addresses of the web are addresses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.report.history_links import beside, kept, link
from medq_tasks.runs.run import Run


def test_a_path_is_kept_as_seen_from_the_history_and_led_to_from_the_page() -> None:
    file, page = Path("/a/site/h.jsonl"), Path("/a/site/html/index.html")
    report = kept("/a/runs/my run/report.html", file)
    assert report == "../runs/my run/report.html"
    assert link({"report": report}, file, page) == "../../runs/my%20run/report.html"
    assert link({}, file, page) == link({"report": None}, file, page) == ""


def test_addresses_of_the_web_stay_as_they_are() -> None:
    address = "https://example.org/a b?c#d"
    assert kept(address, Path("h.jsonl")) == address
    assert link({"report": address}, Path("h.jsonl"), Path("x/i.html")) == address
    for wrong in ("ftp://example.org/x", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        with pytest.raises(SettingsError, match="begins with http:// or https://; or give a path"):
            kept(wrong, Path("h.jsonl"))


@pytest.mark.parametrize(
    "foreign", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//example.org/x"]
)
def test_a_foreign_line_makes_no_address_of_another_kind(foreign: str) -> None:
    found = link({"report": foreign}, Path("/a/h.jsonl"), Path("/a/i.html"))
    assert ":" not in found
    assert not found.startswith("//")


def test_a_report_in_the_runs_folder_is_found(tmp_path: Path) -> None:
    run = Run("m", "", "", tmp_path / "runs" / "model", {})
    file = tmp_path / "h.jsonl"
    run.folder.mkdir(parents=True)  # type: ignore[union-attr]
    assert beside(run, [tmp_path / "runs"], file) == ""
    (tmp_path / "report.html").write_text("")  # of the folder above what was given: of something else
    assert beside(run, [tmp_path / "runs"], file) == ""
    (tmp_path / "runs" / "report.html").write_text("")
    assert beside(run, [tmp_path / "runs"], file) == "runs/report.html"
    assert beside(run, [tmp_path / "runs" / "model"], file) == ""
    (tmp_path / "runs" / "model" / "report.html").write_text("")
    assert beside(run, [tmp_path / "runs"], file) == "runs/model/report.html"
    assert beside(replace(run, folder=None), [tmp_path], file) == ""


def test_a_report_is_found_from_a_relative_path_and_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run("m", "", "", tmp_path / "runs" / "tonight" / "model", {})
    (tmp_path / "runs" / "tonight" / "model").mkdir(parents=True)
    (tmp_path / "runs" / "tonight" / "report.html").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "runs")
    for folder, given, file, found in (
        (".", "runs/tonight", "h.jsonl", "runs/tonight/report.html"),
        ("runs", "tonight", "../h.jsonl", "runs/tonight/report.html"),
        ("runs", "../runs/tonight", "h.jsonl", "tonight/report.html"),
        ("runs/tonight", ".", "h.jsonl", "report.html"),
        (".", "link/tonight", "h.jsonl", "link/tonight/report.html"),
    ):
        monkeypatch.chdir(tmp_path / folder)
        assert beside(run, [Path(given)], Path(file)) == found
