"""Judge replies on disk: nothing lost by a kill, nothing paid twice by two processes, nothing broken by half a line."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from medq_tasks.store.ledger import KeptReply, Ledger
from tests.judge.server import Answer, FakeServer
from tests.judge.test_session import items, make

ROOT = Path(__file__).parents[2]
KEYS = [f"{number:x}" * 64 for number in range(10)]

# Processes that judge `count` items each and print how many axes they have scored. They are forks of one that has
# imported what they need (a second of CPU) and done nothing else; its first line are their numbers.
JUDGING = """
import os, sys
from pathlib import Path
from medq_tasks.judge import ClientOptions
from tests.judge.test_session import items, make
url, cache, count, concurrency, processes = sys.argv[1:]
def judge():
    session = make(url, Path(cache), ClientOptions(), concurrency=int(concurrency))  # no call is given up and repeated
    queue = items(int(count))
    session.enqueue(queue)
    scored = sum(said.score == 2 for item in queue for said in session.score(item).values())
    os.write(1, f"{scored}\\n".encode())  # in one piece: the others write to the same pipe
start, go = os.pipe()
pids = []
for _ in range(int(processes)):
    pids.append(os.fork())
    if not pids[-1]:
        try:
            os.close(go)
            os.read(start, 1)  # until every writing end is closed
            judge()
        finally:
            os._exit(0)
print(*pids, flush=True)
os.close(go)
for pid in pids:
    os.waitpid(pid, 0)
"""


@contextlib.contextmanager
def judging(
    server: FakeServer, cache: Path, count: int, concurrency: int = 8, processes: int = 1
) -> Iterator[tuple[list[int], Callable[[], list[str]]]]:
    """Processes that judge the same items: their numbers, and what gives the lines that they printed in the end."""
    words = [server.base_url, str(cache), str(count), str(concurrency), str(processes)]
    parent = subprocess.Popen([sys.executable, "-c", JUDGING, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        yield pids, lambda: parent.communicate(timeout=180)[0].split()


def wait_until(reached: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"not reached in {seconds} s"
        time.sleep(0.005)


def test_a_reply_is_found_by_the_next_ledger(tmp_path: Path):
    first = Ledger(tmp_path)
    first.put(KEYS[0], KeptReply("Score: 2 \u2028 \ud800 ü\n", 3, ("temperature",)))
    assert Ledger(tmp_path).get(KEYS[0]) == KeptReply("Score: 2 \u2028 \ud800 ü\n", 3, ("temperature",))
    assert Ledger(tmp_path).get(KEYS[1]) is None


def test_a_reply_is_on_disk_when_put_returns(tmp_path: Path):
    ledger = Ledger(tmp_path)
    ledger.put(KEYS[0], KeptReply("Score: 2"))
    text = "".join(path.read_text() for path in tmp_path.glob("*.jsonl"))
    assert KEYS[0] in text
    assert text.endswith("\n")


def test_a_torn_line_is_skipped_and_the_next_reply_is_whole(tmp_path: Path):
    Ledger(tmp_path).put(KEYS[0], KeptReply("Score: 1"))
    path = next(tmp_path.glob("*.jsonl"))
    with path.open("a") as file:
        file.write(f'{{"key": "{KEYS[1]}", "reply": "Sco')
    child = (
        "import sys; from pathlib import Path; from medq_tasks.store.ledger import KeptReply, Ledger\n"
        f"Ledger(Path({str(tmp_path)!r})).put({KEYS[2]!r}, KeptReply('Score: 2'))"
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
            "from pathlib import Path; from medq_tasks.store.ledger import KeptReply, Ledger\n"
            f"Ledger(Path({str(tmp_path)!r})).put({KEYS[number]!r}, KeptReply('Score: {number % 3}'))"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    assert len(Ledger(tmp_path)) == 4


def test_another_process_cannot_claim_what_is_being_asked(tmp_path: Path):
    ledger = Ledger(tmp_path)
    code = (
        "import sys; from pathlib import Path; from medq_tasks.store.ledger import Ledger\n"
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
    died = threading.Event()
    with FakeServer(lambda ask: Answer(held=died) if ask.number >= 150 else Answer()) as server:
        with judging(server, tmp_path, 200) as (pids, printed):
            # A request leaves when an earlier reply is on disk: 8 at a time, so the first 150 replies are.
            wait_until(lambda: len(server.asks) == 150 + 8)
            os.kill(pids[0], signal.SIGKILL)
            assert printed() == []
        died.set()
        session = make(server, tmp_path)
        session.enqueue(items(200))
        assert all(said.score == 2 for item in items(200) for said in session.score(item).values())
        # Only what was in flight when the process died is asked a second time: its 8 requests.
        assert len(server.asks) == 800 + 8
    assert session.calls == 800 - 150


def test_two_processes_at_once_share_the_work_and_pay_once(tmp_path: Path):
    with FakeServer("Score: 2", latency=0.05) as server, judging(server, tmp_path, 60, processes=2) as (_, printed):
        assert printed() == ["240", "240"]
    assert len(server.asks) == 240
