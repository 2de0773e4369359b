"""Eight judging processes on one cache folder, one of which is killed: no answer lost, no answer paid twice."""

import os
import signal
import threading

from tests.judge.server import Answer, FakeServer
from tests.store.test_ledger import judging, wait_until

ITEMS = 40
CALLS = 4 * ITEMS
PROCESSES = 8
IN_FLIGHT = 2  # per process


def test_eight_processes_and_a_kill(tmp_path):
    died = threading.Event()
    # From the 40th question on, everybody waits for a death: each process has two questions in flight.
    with FakeServer(lambda ask: Answer(held=died) if ask.number >= CALLS // 4 else Answer()) as server:
        with judging(server, tmp_path, ITEMS, IN_FLIGHT, PROCESSES) as (pids, printed):
            wait_until(lambda: len(server.asks) == CALLS // 4 + PROCESSES * IN_FLIGHT)
            os.kill(pids[0], signal.SIGKILL)
            died.set()
            assert printed() == [str(CALLS)] * (PROCESSES - 1)
        # Only what the dead process was asking at that moment is asked again.
        assert len(server.asks) == CALLS + IN_FLIGHT
