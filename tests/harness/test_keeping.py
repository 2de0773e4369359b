"""An evaluation that is told to end is kept first, and ends as it would have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from medq_tasks.harness.keeping import Terminated, _terminated_in_words

TOLD = """
import os, signal, types
from medq_tasks.harness import keeping

module = types.ModuleType("evaluator")

def evaluate():
    os.kill(os.getpid(), signal.SIGTERM)

def simple_evaluate(tasks):
    evaluate()

module.simple_evaluate = simple_evaluate
keeping._finish = lambda one, error: print(type(error).__name__, flush=True)
keeping.watch(module)
module.simple_evaluate(tasks=["medq_perception"])
print("went on", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no signals of this kind")
def test_a_process_that_is_told_to_end_keeps_what_it_has_and_ends_by_that_signal():
    done = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("Terminated\n", -signal.SIGTERM)


def test_the_signal_is_left_as_it_was():
    with _terminated_in_words(), pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_who_has_a_use_for_it_keeps_it():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *told: heard.append(told[0]))
    try:
        with _terminated_in_words():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]
