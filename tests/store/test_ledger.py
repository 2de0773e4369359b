"""Judge replies on disk: nothing lost by a kill, nothing paid twice by two processes, nothing broken by half a line."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medq_tasks.store.ledger import KeptReply, Ledger
from medq_tasks.store.reply_folder import ReplyFolder
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


def test_why_a_reply_ended_is_kept_and_not_known_of_lines_that_hold_no_word_of_it(tmp_path: Path):
    Ledger(tmp_path).put(KEYS[0], KeptReply("A score of 2 ", finish="length"))
    (tmp_path / "old.jsonl").write_text(json.dumps({"key": KEYS[1], "reply": "Score: 2", "attempt": 1}) + "\n")
    again = Ledger(tmp_path)
    assert again.get(KEYS[0]) == KeptReply("A score of 2 ", finish="length")
    assert again.get(KEYS[1]) == KeptReply("Score: 2", finish="")


def test_a_reply_is_on_disk_when_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.time", lambda: 1.23456)
    monkeypatch.setattr(os, "write", lambda handle, data, write=os.write: write(handle, data[:7]))  # a disk nearly full
    ledger = Ledger(tmp_path, lambda text: text.replace("s3cret", "***"))
    ledger.put(KEYS[0], KeptReply("Score: 2, s3cret"))
    ledger.put(KEYS[1], KeptReply("Score: 1", 3, ("temperature",)))
    (path,) = tmp_path.glob("*.jsonl")
    assert path.read_text().endswith("\n")
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"key": KEYS[0], "reply": "Score: 2, ***", "attempt": 1, "time": 1.235},
        {"key": KEYS[1], "reply": "Score: 1", "attempt": 3, "time": 1.235, "dropped": ["temperature"]},
    ]
    assert ledger.get(KEYS[0]) == KeptReply("Score: 2, ***")  # the same as a later process reads


def test_without_a_cleaner_a_reply_is_kept_to_the_letter(tmp_path: Path):
    reply = "and/or-motion_blur, sk-not-a-key, http://user@host"  # a model's words that look like keys
    Ledger(tmp_path).put(KEYS[0], KeptReply(reply))
    assert Ledger(tmp_path).get(KEYS[0]) == KeptReply(reply)


def test_nobody_else_may_read_the_replies(tmp_path: Path):
    Ledger(tmp_path / "a" / "b").put(KEYS[0], KeptReply("Score: 2"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a" / "b").iterdir()}
    assert modes == {"locks": 0o600, "replies-0000.jsonl": 0o600}


def test_a_torn_line_is_skipped_and_the_next_reply_is_whole(tmp_path: Path):
    """The writer dies within a line; the next process takes over its very file, behind the half line."""
    child = (
        "import os; from pathlib import Path; from medq_tasks.store.ledger import KeptReply, Ledger\n"
        f"ledger = Ledger(Path({str(tmp_path)!r})); ledger.put({KEYS[0]!r}, KeptReply('Score: 1'))\n"
        f'os.write(ledger._shared._file, b\'{{"key": "{KEYS[1]}", "reply": "Sco\'); os._exit(0)'
    )
    subprocess.run([sys.executable, "-c", child], check=True, cwd=ROOT)
    reader, writer = Ledger(tmp_path), Ledger(tmp_path)
    writer.put(KEYS[2], KeptReply("Score: 2"))
    (path,) = tmp_path.glob("*.jsonl")
    whole, torn, after = path.read_text().splitlines()
    assert (json.loads(whole)["key"], torn[-4:], json.loads(after)["key"]) == (KEYS[0], '"Sco', KEYS[2])
    reader.refresh()
    for ledger in (reader, writer, Ledger(tmp_path)):
        assert [ledger.get(key) for key in KEYS[:3]] == [KeptReply("Score: 1"), None, KeptReply("Score: 2")]


def test_a_line_still_being_written_is_read_when_it_is_whole(tmp_path: Path):
    lines = "".join(json.dumps({"key": key, "reply": "Score: 1"}) + "\n" for key in KEYS[:3])
    path, ledger = tmp_path / "other.jsonl", Ledger(tmp_path)
    for end, known in ((20, 0), (len(lines) // 3 + 9, 1), (len(lines) - 1, 2), (len(lines), 3)):
        path.write_text(lines[:end])
        ledger.refresh()
        assert [ledger.get(key) for key in KEYS[:3]] == [KeptReply("Score: 1")] * known + [None] * (3 - known)


def test_foreign_lines_are_ignored(tmp_path: Path):
    foreign = '[]\n{"key": 1}\nnull\n\n{"reply": "x"}\nabc\n{"key": "k", "reply": "r", "attempt": "many"}\n'
    (tmp_path / "notes.jsonl").write_text(foreign)
    (tmp_path / "notes.txt").write_text('{"key": "k", "reply": "r"}\n')
    assert len(Ledger(tmp_path)) == 0


def test_files_of_ledgers_that_are_closed_are_used_again(tmp_path: Path):
    for number in range(4):
        ledger = Ledger(tmp_path)
        ledger.put(KEYS[number], KeptReply(f"Score: {number % 3}"))
        ledger.close()
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    assert len(Ledger(tmp_path)) == 4


def test_close_flushes_and_gives_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ledger = Ledger(tmp_path)
    ledger.put(KEYS[0], KeptReply("Score: 2"))
    handle, flushed = ledger._shared._file, []
    monkeypatch.setattr(os, "fsync", flushed.append)
    ledger.close()
    ledger.close()  # twice is once
    assert handle in flushed
    for one in flushed:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(one)
    ledger.put(KEYS[1], KeptReply("Score: 1"))  # from memory alone now
    assert [ledger.get(key) for key in KEYS[:2]] == [KeptReply("Score: 2"), KeptReply("Score: 1")]
    assert ledger.claim(KEYS[2])


def test_threads_open_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[int] = []

    def slow(folder: ReplyFolder, real: Callable[[ReplyFolder], int] = ReplyFolder._open) -> int:
        time.sleep(0.02)
        opened.append(real(folder))
        return opened[-1]

    monkeypatch.setattr(ReplyFolder, "_open", slow)
    ledger = Ledger(tmp_path)
    threads = [threading.Thread(target=ledger.put, args=(key, KeptReply("Score: 2"))) for key in KEYS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    assert len(Ledger(tmp_path)) == 10


def test_a_full_disk_is_told_and_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    ledger = Ledger(tmp_path)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    ledger.put(KEYS[0], KeptReply("Score: 2"))
    assert ledger.get(KEYS[0]) == KeptReply("Score: 2")
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: a judge reply could not be stored ([Errno 28] No space left on device)."
    ]


@pytest.mark.parametrize(
    ("refusal", "free"),
    [(BlockingIOError(), False), (PermissionError(errno.EACCES, "held"), False), (OSError(errno.ENOLCK, "none"), True)],
)
def test_a_held_key_is_not_free_and_a_file_system_without_locks_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: OSError, free: bool
):
    ledger = Ledger(tmp_path)

    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr("fcntl.lockf", refuse)
    assert ledger.claim(KEYS[0]) is free
    ledger.release(KEYS[0])  # says nothing
    ledger.put(KEYS[1], KeptReply("Score: 2"))
    (path,) = tmp_path.glob("*.jsonl")
    # Where every slot is taken, the file is nobody else's by its name.
    assert (path.name == "replies-0000.jsonl") is free


def test_without_locks_in_the_system_each_ledger_has_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("medq_tasks.store.reply_folder.fcntl", None)  # Windows
    for key in KEYS[:2]:
        ledger = Ledger(tmp_path)
        assert ledger.claim(key)
        ledger.put(key, KeptReply("Score: 2"))
        ledger.release(key)
        ledger.close()
    assert len(list(tmp_path.glob("replies-*.jsonl"))) == 2
    assert len(Ledger(tmp_path)) == 2


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


def test_the_newest_reply_counts_whatever_the_order_of_the_files(tmp_path: Path):
    for name, when in (("a", 3.0), ("b", 5.0), ("c", 4.0), ("d", None)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"key": KEYS[0], "reply": name, "time": when}) + "\n")
    assert Ledger(tmp_path).get(KEYS[0]) == KeptReply("b")


def test_two_ledgers_of_a_process_see_each_other_and_keep_their_claims(tmp_path: Path):
    first, second = Ledger(tmp_path), Ledger(tmp_path)
    assert first.claim(KEYS[0])
    assert not second.claim(KEYS[0])
    second.put(KEYS[1], KeptReply("Score: 1"))
    assert first.get(KEYS[1]) == KeptReply("Score: 1")
    second.close()
    code = (
        "from pathlib import Path; from medq_tasks.store.ledger import Ledger\n"
        f"print(Ledger(Path({str(tmp_path)!r})).claim({KEYS[0]!r}))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.split() == ["False"]


def test_a_claim_of_a_stopped_holder_expires_with_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    holder, waiting = Ledger(tmp_path), Ledger(tmp_path, patience=0.05)
    assert [holder.claim(key) for key in KEYS[:2]] == [True, True]
    assert [waiting.claim(key) for key in KEYS[:2]] == [False, False]
    wait_until(lambda: waiting.claim(KEYS[0]) and waiting.claim(KEYS[1]), 5)
    assert len(caplog.messages) == 1
    assert "asked here too (2 now)" in caplog.text


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


def test_a_process_that_was_stopped_holds_a_question_for_a_while_and_does_no_harm_afterwards(tmp_path: Path):
    code = (
        "import sys, time; from pathlib import Path; from medq_tasks.store.ledger import KeptReply, Ledger\n"
        f"ledger = Ledger(Path({str(tmp_path)!r})); print(ledger.claim({KEYS[0]!r}), flush=True)\n"
        f"sys.stdin.readline(); ledger.put({KEYS[0]!r}, KeptReply('late')); ledger.close(); print('put', flush=True)"
    )
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stopped:
        assert stopped.stdout
        assert stopped.stdin
        assert stopped.stdout.readline() == "True\n"
        stopped.send_signal(signal.SIGSTOP)
        ledger = Ledger(tmp_path, patience=0.1)
        assert not ledger.claim(KEYS[0])
        time.sleep(0.15)
        assert ledger.claim(KEYS[0])  # its time is up
        ledger.put(KEYS[0], KeptReply("Score: 2"))
        ledger.release(KEYS[0])
        stopped.send_signal(signal.SIGCONT)
        stopped.stdin.write("\n")
        stopped.stdin.flush()
        assert stopped.stdout.readline() == "put\n"
    ledger.refresh()
    assert {reply.reply for reply in [ledger.get(KEYS[0])] if reply} <= {"late", "Score: 2"}
    assert len(ledger) == 1
