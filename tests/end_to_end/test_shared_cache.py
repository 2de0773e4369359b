"""Eight judging processes on one cache folder, one of which is killed: no answer lost, no answer paid twice."""

import os
import signal
import time

from tests.judge.server import FakeServer
from tests.judge.test_ledger import judging

ITEMS = 40
CALLS = 4 * ITEMS
IN_FLIGHT = 2  # per process


def test_eight_processes_and_a_kill(tmp_path):
    with FakeServer("Score: 2", latency=0.05) as server:
        children = [judging(server, tmp_path, ITEMS, IN_FLIGHT) for _ in range(8)]
        until = time.monotonic() + 120
        while len(server.asks) < CALLS // 4 and time.monotonic() < until:
            time.sleep(0.005)
        # The one that dies has been working: it has a connection, and the others have left it some questions.
        os.kill(children[0].pid, signal.SIGKILL)
        said = [child.communicate(timeout=180)[0] for child in children]
    assert children[0].wait() == -signal.SIGKILL
    assert [one.strip() for one in said[1:]] == [str(CALLS)] * 7
    # Only what the dead process was asking at that moment may be asked again.
    assert CALLS <= len(server.asks) <= CALLS + IN_FLIGHT
