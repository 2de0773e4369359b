"""Several ranks against one server: the numbers of one process, no call twice, and a killed run goes on."""

import collections
import hashlib
import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from medq_tasks import records
from medq_tasks.metrics import PERCEPTION, REASONING
from tests.end_to_end import forked
from tests.judge.server import Answer, FakeServer

TASKS = ("medq_mini_perception", "medq_mini_no_reference", "medq_mini_comparison")
# 7 of each kind from the fourth on: 4 + 3 on two ranks, 2 + 2 + 2 + 1 on four.
SHARD = ("--limit", "7", "--offset", "3", "--batch_size", "3")
ITEMS = 7


def answer(ask):
    """Model and judge in one: what they say depends on all that they were shown, pictures included."""
    digest = hashlib.sha256("".join([ask.text, *ask.images]).encode()).digest()
    if not ask.images:
        return f"Score: {digest[0] % 2 * 2}"  # levels that every axis has: nothing is asked twice
    if "Options:" in ask.text:
        return "AB"[digest[0] % 2]
    verdict = ("first", "second") if len(ask.images) == 2 else ("good", "usable", "reject")
    return f"Noise of grade {digest.hex()[:6]}.\n\nVerdict: {verdict[digest[0] % len(verdict)]}"


def words(server, out, *more):
    model = f"model_version=some-model,base_url={server.base_url},api_key=none,num_concurrent=2"
    run = ("--model", "openai", "--model_args", model, "--tasks", "medq_mini")
    return (*run, *SHARD, "--output_path", str(out), "--log_samples", *more)


def environment(server, cache):
    return {"MEDQ_JUDGE_BASE_URL": server.base_url, "MEDQ_JUDGE_MODEL": "some-judge", "MEDQ_CACHE_DIR": str(cache)}


def outcome(out: Path):
    """Metrics by task, and records by task and id, of the one run below ``out``."""
    (result,) = out.rglob("*_results.json")
    told = json.loads(result.read_text(encoding="utf-8"))
    results = told["results"]
    # The harness's own standard errors differ in the last bit: it sums in the order of the ranks.
    names = {*PERCEPTION, *REASONING}
    metrics = {task: {n: results[task][f"{n},none"] for n in names if f"{n},none" in results[task]} for task in TASKS}
    for task in TASKS:
        metrics[task]["summary"] = told["configs"][task]["metadata"]["medq"]["summary"]
    found = {}
    for task in TASKS:
        (samples,) = out.rglob(f"*_samples_{task}.jsonl")
        lines = [json.loads(line)["record"] for line in samples.read_text(encoding="utf-8").splitlines()]
        # How often the judge was asked in this run is not part of what it said.
        for line in lines:
            for said in (said for one in line.get("judgements", ()) for said in one["axes"].values()):
                said.pop("attempts")
        found |= {(task, line["id"]): records.from_dict(line) for line in lines}
    return metrics, found


def text(ask):
    return json.dumps(ask.body, sort_keys=True)


def texts(asks, *, judge):
    """What was asked, as comparable values, of the model or of the judge."""
    return [text(ask) for ask in asks if bool(ask.images) != judge]


def take(server):
    """The requests since the last call."""
    asks, server.asks = server.asks, []
    return asks


class Stalling:
    """Answers ``answer``; told to stall, it leaves requests of one kind waiting after a number of them."""

    def __init__(self):
        self.left_waiting = collections.Counter()
        self.stall()

    def stall(self, **after):
        """From now on: so many answers to the "model" or to the "judge", then none."""
        self.answers_left = after
        self.stalled = False

    def __call__(self, ask):
        kind = "model" if ask.images else "judge"
        if self.answers_left.get(kind, 1) == 0:
            self.left_waiting[text(ask)] += 1
            self.stalled = True
            return Answer(delay=600)
        if kind in self.answers_left:
            self.answers_left[kind] -= 1
        return answer(ask)


def run_until_stalled(script, server, job, stores):
    """Wait until a request is left waiting and all that was answered is kept; then end the job as a scheduler does."""

    def kept():
        return sum(file.read_bytes().count(b"\n") for folder in stores for file in folder.rglob("replies-*.jsonl"))

    end = time.monotonic() + forked.SECONDS
    while job.running and time.monotonic() < end:
        # A reply that the server has sent and the client has not read is paid for and lost: it may be asked for again.
        if script.stalled and kept() >= len(server.asks) - script.left_waiting.total():
            break
        time.sleep(0.05)
    job.terminate()
    done = job.wait()
    assert script.stalled, done
    assert done.returncode == -signal.SIGTERM, done


@pytest.fixture(scope="module")
def runs(tmp_path_factory, shared_cache):
    """Folder, requests and output of: one process; two ranks, killed twice; four ranks on the second one's cache."""
    folder = tmp_path_factory.mktemp("ranks")
    for name in ("own", "shared"):
        shutil.copytree(shared_cache / "samples", folder / name / "samples")
    script = Stalling()
    asks = {}
    with FakeServer(script) as server:
        own, shared = (environment(server, folder / name) for name in ("own", "shared"))
        forked.run(folder, *words(server, folder / "one"), env=own)
        asks["one"] = take(server)
        cached = words(server, folder / "two", "--use_cache", str(folder / "store"))
        stores = (folder / "store", folder / "shared" / "judge")
        for stalls in ({"model": 8}, {"judge": 20}):
            script.stall(**stalls)
            run_until_stalled(script, server, forked.start(folder, *cached, env=shared, ranks=2), stores)
        script.stall()
        printed = forked.run(folder, *cached, env=shared, ranks=2).stderr
        asks["two"] = take(server)
        forked.run(folder, *words(server, folder / "four"), env=shared, ranks=4)
        asks["four"] = take(server)
    return folder, asks, script.left_waiting, printed


def test_two_and_four_ranks_give_the_numbers_of_one_process(runs):
    folder, asks, _, _ = runs
    metrics, found = outcome(folder / "one")
    assert len(found) == 3 * ITEMS
    assert {values["request_failures"] for values in metrics.values()} == {0}
    assert metrics["medq_mini_comparison"]["judged"] == 1.0
    assert outcome(folder / "two") == (metrics, found)
    assert outcome(folder / "four") == (metrics, found)
    # The model is asked the same; the harness pads the shorter shards with a request whose reply it throws away.
    one, two, four = (set(texts(asks[name], judge=False)) for name in ("one", "two", "four"))
    assert one == two == four
    assert len(one) == 3 * ITEMS


def test_the_chat_path_hands_over_png_and_records_what_was_said(runs):
    folder, asks, _, _ = runs
    of_model = [ask for ask in asks["one"] if ask.images]
    assert all(url.startswith("data:image/png;base64,") for ask in of_model for url in ask.images)
    found = outcome(folder / "one")[1]
    said = collections.Counter(map(answer, of_model))
    assert collections.Counter(record.reply for record in found.values()) == said
    perception = [record for (task, _), record in found.items() if task == "medq_mini_perception"]
    assert len(perception) == ITEMS
    assert all(record.choice == record.reply for record in perception)


def test_the_judge_is_asked_once_whatever_the_number_of_ranks(runs):
    _, asks, _, _ = runs
    one = texts(asks["one"], judge=True)
    assert len(one) == len(set(one)) == 4 * 2 * ITEMS  # four axes of 14 texts
    assert set(texts(asks["two"], judge=True)) == set(one)
    assert texts(asks["four"], judge=True) == []


def test_a_run_killed_twice_goes_on_without_paying_twice(runs):
    _, asks, waiting, _ = runs
    sent = collections.Counter([*texts(asks["two"], judge=False), *texts(asks["two"], judge=True)])
    answered = sent - waiting
    assert waiting  # it was killed in the middle of something
    assert len(answered) == 3 * ITEMS + 4 * 2 * ITEMS
    assert set(answered.values()) == {1}


def test_the_progress_of_judging_is_shown_by_one_rank(runs):
    *_, printed = runs
    # A bar for each of the two reasoning tasks of which the killed run left something to rank 0; none from rank 1.
    assert printed.count("Judging (some-judge): 100%") in (1, 2)
