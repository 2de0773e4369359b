"""``medq history``: what it adds, draws and says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from tests.report.test_history import PERCEPTION, perception, write
from tests.runs import factory


def test_a_run_is_added_once_and_the_page_can_be_drawn_again(tmp_path: Path) -> None:
    run = write(tmp_path / "run", 6, "20261122_060000")
    file, html = tmp_path / "h.jsonl", tmp_path / "site" / "index.html"
    arguments = ["history", str(run), "--file", str(file), "--html", str(html)]
    for added in ("1 run", "0 runs"):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.exception
        assert f"{added} added, 1 in all\n" in result.output
    assert "60.00" in html.read_text()
    html.unlink()
    assert CliRunner().invoke(app, ["history", "--file", str(file), "--html", str(html)]).exit_code == 0
    assert html.exists()
    assert json.loads(file.read_text())["name"] == "one (qwen2_vl)"


def test_reports_are_found_named_and_linked_later(tmp_path: Path) -> None:
    run = write(tmp_path / "run", 6, "20261122_060000")
    file, html = tmp_path / "site" / "h.jsonl", tmp_path / "site" / "html" / "index.html"
    arguments = ["history", str(run), "--file", str(file), "--html", str(html)]
    for report, said, link in (
        ([], "1 run added, 1 in all\n", None),
        (
            ["--report", "https://example.org/1"],
            "0 runs added, 1 in all; 1 run of it now leads to a report\n",
            "https://example.org/1",
        ),
        (["--report", str(tmp_path / "r.html")], "; 1 run of it now leads to a report\n", "../../r.html"),
        (["--report", str(tmp_path / "r.html")], "0 runs added, 1 in all\n", "../../r.html"),
    ):
        result = CliRunner().invoke(app, [*arguments, *report])
        assert said in result.output
        assert re.findall(r'<a href="([^"]*)" rel="noreferrer" aria-label="Report of', html.read_text()) == [
            address for address in [link] if address
        ]
    (run / "report.html").write_text("")
    CliRunner().invoke(app, arguments)
    assert 'href="../../run/report.html"' in html.read_text()


def test_the_report_of_a_run_given_by_a_relative_path_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "runs" / "tonight", 6, "20261122_060000")
    (tmp_path / "runs" / "tonight" / "report.html").write_text("")
    monkeypatch.chdir(tmp_path / "runs")
    arguments = ["history", "tonight", "--file", "../site/h.jsonl", "--html", "../site/index.html"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert json.loads((tmp_path / "site" / "h.jsonl").read_text())["report"] == "../runs/tonight/report.html"
    assert 'href="../runs/tonight/report.html"' in (tmp_path / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--report", "x.html"], "--report names the report of the runs that are given with it. Name them, too."),
        (
            ["RUN", "--report", "ftp://x"],
            "--report ftp://x: an address begins with http:// or https://; or give a path.",
        ),
    ],
)
def test_a_report_that_cannot_be_linked_is_refused_and_nothing_is_written(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    run = write(tmp_path / "run", 6, "20261122_060000")
    words = [str(run) if word == "RUN" else word for word in arguments]
    result = CliRunner().invoke(app, ["history", *words, "--file", str(tmp_path / "h.jsonl")])
    assert str(result.exception) == said
    assert not (tmp_path / "h.jsonl").exists()


def test_the_history_counts_pictures_unless_told_not_to(tmp_path: Path) -> None:
    factory.write_run(tmp_path / "run", {PERCEPTION: factory.sharing(perception(6), 2)})  # type: ignore[type-var,dict-item]
    for options, pictures in (((), 5), (("--no-by-picture",), None)):
        file = tmp_path / f"{pictures}.jsonl"
        arguments = ["history", str(tmp_path / "run"), "--file", str(file), "--html", f"{file}.html", *options]
        assert CliRunner().invoke(app, arguments).exit_code == 0
        assert json.loads(file.read_text())["tasks"][PERCEPTION]["metrics"]["accuracy"]["pictures"] == pictures
        (table,) = re.findall(r"<table.*?</table>", Path(f"{file}.html").read_text(), re.DOTALL)
        heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)
        cells = re.findall(r"<td[^>]*>([^<]*)", table)
        shown = dict(zip(heads[1:], cells, strict=True))
        assert shown["Pictures"] == ("–" if pictures is None else "5")
        assert shown["Items"].strip() == "10"
