"""``medq view``: what it shows and says, and how it ends."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.report.server import PageServer
from tests.data.factory import png
from tests.report import pictured
from tests.runs import factory

Get = Callable[[str], tuple[int, bytes]]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run whose pictures are at hand."""
    settings = pictured.settings(tmp_path)
    monkeypatch.setenv("MEDQ_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(settings.cache_dir))
    factory.write_run(tmp_path / "runs", pictured.tasks(tmp_path))
    return tmp_path / "runs"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[PageServer]:
    """Servers that were about to serve; a Ctrl-C comes at once instead."""
    servers: list[PageServer] = []

    def interrupted(server: PageServer) -> None:
        servers.append(server)
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve_forever", interrupted)
    return servers


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_page_is_the_reports_with_pictures_from_the_server(runs: Path, seen: list[PageServer]) -> None:
    before = files(runs)
    result = CliRunner().invoke(app, ["view", str(runs), "--no-open", "--title", "My models"])
    assert result.exit_code == 0, result.exception
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/\n", result.stdout)
    assert result.stderr.splitlines()[0].startswith("It shows the runs as they are now; when they have grown, start")
    page = seen[0].site.page.decode()
    assert "<h1>My models</h1>" in page
    assert '"full":["pictures/0","pictures/1",' in page
    assert ";base64," not in page
    assert [bytes(one.view) for one in seen[0].site.pictures][:12] == [png(number) for number in range(12)]
    assert files(runs) == before


def test_a_lost_table_is_told_on_the_terminal_and_in_the_page(
    runs: Path, seen: list[PageServer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MEDQ_DATA_DIR")
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path / "empty"))
    result = CliRunner().invoke(app, ["view", str(runs), "--no-open"])
    assert result.exit_code == 0, result.exception
    assert "medq_perception: the pictures of 12 items are not shown, because their table" in result.stderr
    assert "the pictures of 12 items are not shown" in seen[0].site.page.decode()
    assert seen[0].site.pictures == []


@pytest.mark.parametrize(
    ("environment", "platform", "arguments", "opened"),
    [
        ({}, "linux", [], 0),
        ({"DISPLAY": ":0"}, "linux", [], 1),
        ({"BROWSER": "helper"}, "linux", [], 1),
        ({}, "darwin", [], 1),
        ({"DISPLAY": ":0"}, "linux", ["--no-open"], 0),
    ],
)
def test_a_browser_is_opened_where_there_is_a_screen(
    runs: Path,
    seen: list[PageServer],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    platform: str,
    arguments: list[str],
    opened: int,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("medq_tasks.cli.view.sys.platform", platform)
    addresses: list[str] = []
    monkeypatch.setattr("webbrowser.open", addresses.append)
    assert CliRunner().invoke(app, ["view", str(runs), *arguments]).exit_code == 0
    assert addresses == [seen[0].address] * opened


@pytest.fixture
def command(runs: Path) -> Iterator[subprocess.Popen[str]]:
    """The command itself, in a process of its own."""
    call = "import sys; from medq_tasks.cli import main; sys.argv = ['medq', *sys.argv[1:]]; main()"
    words = [sys.executable, "-c", call, "view", str(runs), "--no-open"]
    made = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that was started in the background has this signal ignored, and its children with it.
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) if sys.platform != "win32" else None,
    )
    yield made
    made.kill()
    made.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process alone")
def test_ctrl_c_ends_it_without_a_fault(command: subprocess.Popen[str]) -> None:
    assert command.stdout is not None
    address = urlsplit(command.stdout.readline().strip())
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.request("GET", f"{address.path}pictures/0")
    assert connection.getresponse().read() == png(0)
    command.send_signal(signal.SIGINT)
    _, errors = command.communicate(timeout=30)
    assert (command.returncode, "Traceback" in errors) == (0, False)
