"""Judge replies on disk: nothing lost by a kill, nothing paid twice by two processes, nothing broken by half a line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from medq_tasks.judge.ledger import Entry, Ledger
from tests.judge.server import FakeServer
from tests.judge.test_session import items, make

ROOT = Path(__file__).parents[2]
KEYS = [f"{number:x}" * 64 for number in range(10)]

# A process of its own that judges `count` items and prints how many axes it has scored.
JUDGING = """
import sys
from pathlib import Path
from tests.judge.test_session import items, make
url, cache, count, concurrency = sys.argv[1:]
session = make(url, Path(cache), concurrency=int(concurrency))
queue = items(int(count))
session.enqueue(queue)
print(sum(said.score == 2 for item in queue for said in session.score(item).values()))
"""


def judging(server: FakeServer, cache: Path, count: int, concurrency: int = 8) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", JUDGING, server.base_url, str(cache), str(count), str(concurrency)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_a_reply_is_found_by_the_next_ledger(tmp_path: Path):
    first = Ledger(tmp_path)
    first.put(KEYS[0], Entry("Score: 2 \u2028 \ud800 ü\n", 3, ("temperature",)))
    assert Ledger(tmp_path).get(KEYS[0]) == Entry("Score: 2 \u2028 \ud800 ü\n", 3, ("temperature",))
    assert Ledger(tmp_path).get(KEYS[1]) is None


def test_a_reply_is_on_disk_when_put_returns(tmp_path: Path):
    ledger = Ledger(tmp_path)
    ledger.put(KEYS[0], Entry("Score: 2"))
    text = "".join(path.read_text() for path in tmp_path.glob("*.jsonl"))
    assert KEYS[0] in text
    assert text.endswith("\n")


def test_a_torn_line_is_skipped_and_the_next_reply_is_whole(tmp_path: Path):
    Ledger(tmp_path).put(KEYS[0], Entry("Score: 1"))
    path = next(tmp_path.glob("*.jsonl"))
    with path.open("a") as file:
        file.write(f'{{"key": "{KEYS[1]}", "reply": "Sco')
    child = (
        "import sys; from pathlib import Path; from medq_tasks.judge.ledger import Entry, Ledger\n"
        f"Ledger(Path({str(tmp_path)!r})).put({KEYS[2]!r}, Entry('Score: 2'))"
    )
    subprocess.run([sys.executable, "-c", child], check=True, cwd=ROOT)
    ledger = Ledger(tmp_path)
    assert [ledger.get(key) and ledger.get(key).reply for key in KEYS[:3]] == ["Score: 1", None, "Score: 2"]


def test_foreign_lines_are_ignored(tmp_path: Path):
    (tmp_path / "notes.jsonl").write_text('[]\n{"key": 1}\nnull\n\n{"reply": "x"}\nabc\n')
    assert len(Ledger(tmp_path)) == 0


def test_files_of_processes_that_ended_are_used_again(tmp_path: Path):
    for number in range(4):
        code = (
            "from pathlib import Path; from medq_tasks.judge.ledger import Entry, Ledger\n"
            f"Ledger(Path({str(tmp_path)!r})).put({KEYS[number]!r}, Entry('Score: {number % 3}'))"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    assert len(Ledger(tmp_path)) == 4


def test_another_process_cannot_claim_what_is_being_asked(tmp_path: Path):
    ledger = Ledger(tmp_path)
    code = (
        "import sys; from pathlib import Path; from medq_tasks.judge.ledger import Ledger\n"
        f"other = Ledger(Path({str(tmp_path)!r}))\n"
        f"print(other.claim({KEYS[1]!r}), other.claim({KEYS[2]!r}))"
    )
    assert ledger.claim(KEYS[1])
    answer = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.split() == ["False", "True"]
    ledger.release(KEYS[1])
    answer = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.split() == ["True", "True"]


def test_kill_9_loses_no_reply_that_had_arrived(tmp_path: Path):
    with FakeServer("Score: 2", latency=0.02) as server:
        child = judging(server, tmp_path, 200)
        until = time.monotonic() + 120
        while len(server.asks) < 150 and time.monotonic() < until:
            time.sleep(0.005)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        time.sleep(0.3)
        before = len(server.asks)
        assert 150 <= before < 800
        session = make(server, tmp_path)
        session.enqueue(items(200))
        assert all(said.score == 2 for item in items(200) for said in session.score(item).values())
        # Only what was in flight when the process died is asked a second time: at most its 8 requests.
        assert 800 <= len(server.asks) <= 800 + 8
    assert session.calls == len(server.asks) - before


def test_two_processes_at_once_share_the_work_and_pay_once(tmp_path: Path):
    with FakeServer("Score: 2", latency=0.05) as server:
        children = [judging(server, tmp_path, 60) for _ in range(2)]
        said = [child.communicate(timeout=120)[0].strip() for child in children]
    assert said == ["240", "240"]
    assert len(server.asks) == 240
