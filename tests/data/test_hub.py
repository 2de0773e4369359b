"""The hub, in processes of their own: its library reads its settings once, when it is imported."""

import http.server
import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from medq_tasks.data import hub as module
from medq_tasks.data.hub import HubFile
from medq_tasks.data.items import CellError
from medq_tasks.errors import DataError
from tests.data.factory import png, write_official, write_tsv

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CODE = """
    import sys
    from medq_tasks.data import hub, open_table, prepare
    from medq_tasks.errors import DataError
    from medq_tasks.settings import Settings
    try:
        table = prepare(sys.argv[1], "test", Settings.from_env())
    except DataError as error:
        sys.exit(str(error))
    print(table.rows, table.source)
    print(len(open_table(table.path).images(0)[0]))
    print(hub.is_cached("medqbench_QA_test.tsv"), hub.is_cached("medqbench_QA_dev.tsv"), hub.offline())
"""


def run(tmp_path, kind="perception", **environment):
    environment = {**os.environ, "HF_HUB_OFFLINE": "", "HF_HOME": str(tmp_path / "hf"), **environment}
    environment |= {"MEDQ_CACHE_DIR": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}
    start = time.monotonic()
    command = [sys.executable, "-c", textwrap.dedent(CODE), kind]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    return done, time.monotonic() - start


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the hub as a download needs. ``folder`` is set by the fixture."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/api/datasets/jiyaoliufd/MedQ-Bench"):
            return self.answer(json.dumps({"id": "jiyaoliufd/MedQ-Bench", "sha": COMMIT, "siblings": []}).encode())
        file = self.server.folder / path.rpartition("/resolve/")[2].partition("/")[2]
        if not file.is_file():
            return self.answer(b"", 404, {"X-Error-Code": "EntryNotFound"})
        content = file.read_bytes()
        return self.answer(content, 200, {"ETag": f'"{file.name}-{len(content)}"', "X-Repo-Commit": COMMIT})

    def answer(self, body, status=200, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(tmp_path):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.folder = write_official(tmp_path / "remote")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_download_then_the_same_without_the_hub(tmp_path, hub):
    done, _ = run(tmp_path, HF_ENDPOINT=address(hub))
    assert done.returncode == 0, done.stderr
    expected = f"6 hub jiyaoliufd/MedQ-Bench@{COMMIT}/medqbench_QA_test.tsv\n{len(png(0))}\n"
    assert done.stdout == expected + "True False False\n"
    done, _ = run(tmp_path, HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stdout) == (0, expected + "True False True\n")
    done, _ = run(tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (0, expected + "True False False\n")


def test_picture_files_are_downloaded_when_the_table_names_them(tmp_path, hub):
    (hub.folder / "images").mkdir()
    (hub.folder / "images" / "x.png").write_bytes(png(5))
    rows = [{"index": "1", "image_path": "images/x.png", "description": "Good."}]
    write_tsv(hub.folder, "no_reference", rows)
    done, _ = run(tmp_path, "no_reference", HF_ENDPOINT=address(hub))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"\n{len(png(5))}\nFalse False False\n")


def test_a_file_that_the_dataset_does_not_have(tmp_path, hub):
    (hub.folder / "medqbench_QA_test.tsv").unlink()
    done, _ = run(tmp_path, HF_ENDPOINT=address(hub))
    assert done.returncode == 1
    assert "medqbench_QA_test.tsv cannot be downloaded" in done.stderr


@pytest.mark.parametrize("trouble", ["closed", "offline", "silent"])
def test_an_unreachable_hub_is_told_within_seconds(tmp_path, trouble):
    listener = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    port = listener.getsockname()[1] if trouble == "silent" else 9
    environment = {"HF_HUB_OFFLINE": "1"} if trouble == "offline" else {"HF_ENDPOINT": f"http://127.0.0.1:{port}"}
    done, seconds = run(tmp_path, **environment)
    listener.close()
    assert done.returncode == 1
    assert "medqbench_QA_test.tsv cannot be downloaded" in done.stderr
    assert "set MEDQ_DATA_DIR to that folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert seconds < 60  # 5 s of patience, and the imports on a busy machine; the libraries' own retries take minutes
    assert not (tmp_path / "cache").exists()


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """What is asked of the library, in this process; ``answers`` says what it does."""
    asked = []

    def fetch(file, revision=None, only_local=False):
        asked.append((file, revision, only_local))
        return fetch.answer(file)

    fetch.answer = lambda file: tmp_path / file
    fetch.asked = asked
    monkeypatch.setattr(module, "_fetch", fetch)
    return fetch


def fail(_):
    raise ConnectionError("no\n route")


def test_a_picture_file_is_asked_for_once_and_only_where_it_may_be(tmp_path, fetched):
    folder = tmp_path / "repo" / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    there, offline = HubFile(folder / "table.tsv", online=True), HubFile(folder / "table.tsv", online=False)
    with pytest.raises(CellError, match="leads outside"):
        there.find_file("../../../x.png")
    with pytest.raises(CellError, match="names no file"):
        offline.find_file("x.png")
    assert fetched.asked == []
    fetched.answer = fail
    with pytest.raises(CellError, match=r"^image_path 'x.png' cannot be downloaded \(ConnectionError: no route\)$"):
        there.find_file("x.png")
    fetched.answer = lambda file: (folder / file).write_bytes(b"x")
    assert there.find_file("x.png") == folder / "x.png"
    assert there.find_file("x.png") == folder / "x.png"
    assert fetched.asked == [("x.png", COMMIT, False)] * 2


@pytest.mark.parametrize(
    ("trouble", "why"), [("HF_HUB_OFFLINE is set", "HF_HUB_OFFLINE is set"), ("", "ConnectionError: no route")]
)
def test_without_an_answer_only_the_hub_s_own_cache_is_asked(tmp_path, fetched, monkeypatch, trouble, why):
    monkeypatch.setattr(module, "trouble", lambda: trouble)
    assert module.download("a.tsv") == HubFile(tmp_path / "a.tsv", online=not trouble)
    fetched.answer = fail
    with pytest.raises(DataError, match=rf"a\.tsv cannot be downloaded \({why}\)\. Put a\.tsv into a folder"):
        module.download("a.tsv")
    assert fetched.asked == [("a.tsv", None, bool(trouble))] * 2


def test_the_trouble_is_one_question_in_few_words(monkeypatch):
    asked, answers = [], []

    def info(_, name, timeout):
        asked.append((name, timeout))
        if answers[-1]:
            raise answers[-1]

    monkeypatch.setattr("huggingface_hub.HfApi.dataset_info", info)
    monkeypatch.setattr(module, "offline", lambda: True)
    assert module.trouble() == "HF_HUB_OFFLINE is set"
    assert asked == []
    monkeypatch.setattr(module, "offline", lambda: False)
    for error, told in (
        (None, ""),
        (TimeoutError(), "TimeoutError"),
        (ConnectionError("no\n route"), "ConnectionError: no route"),
        (ValueError("x" * 201), "ValueError: " + "x" * 200),
    ):
        answers.append(error)
        assert module.trouble() == told
    assert asked == [("jiyaoliufd/MedQ-Bench", 5.0)] * 4


def test_the_hubs_own_copy_is_checked_and_downloaded_only_when_asked(tmp_path, hub):
    code = "import sys; from medq_tasks.cli import main; sys.argv = ['medq', 'data', 'check', *sys.argv[1:]]; main()"

    def check(*words, **more):
        environment = {**os.environ, "HF_HUB_OFFLINE": "", "HF_HOME": str(tmp_path / "hf"), "NO_PROXY": "127.0.0.1"}
        command = [sys.executable, "-c", code, *words]
        return subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, timeout=120, check=False
        )

    before = check(HF_ENDPOINT=address(hub))
    assert before.returncode == 1
    assert "no copy of jiyaoliufd/MedQ-Bench on this disk" in before.stderr
    fetched = check("--download", HF_ENDPOINT=address(hub))
    assert fetched.returncode == 0, fetched.stderr
    assert fetched.stdout.splitlines()[-1].endswith(f"{COMMIT}: 6 tables, 22 rows, no faults")
    again = check(HF_HUB_OFFLINE="1")
    assert (again.returncode, again.stdout) == (0, fetched.stdout)
