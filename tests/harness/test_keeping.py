"""An evaluation that is told to end is kept first, and ends as it would have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from medq_tasks.harness.evaluation import Evaluation
from medq_tasks.harness.keeping import _kept_when_terminated

TOLD = """
import os, signal, sys, threading, time, types
from concurrent.futures import ThreadPoolExecutor
from medq_tasks.harness import keeping

module = types.ModuleType("evaluator")

def evaluate():
    with ThreadPoolExecutor() as pool:  # an exception would wait here for what is under way
        pool.submit(time.sleep, 60)
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
def test_a_process_that_is_told_to_end_keeps_what_it_has_and_ends_by_that_signal_at_once():
    done = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, timeout=50)
    assert (done.stdout, done.returncode) == ("Terminated\n", -signal.SIGTERM)


def test_the_signal_is_left_as_it_was():
    before = signal.getsignal(signal.SIGTERM)
    with _kept_when_terminated(Evaluation({})):
        assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) == before


def test_who_has_a_use_for_it_keeps_it():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *told: heard.append(told[0]))
    try:
        with _kept_when_terminated(Evaluation({})):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]
