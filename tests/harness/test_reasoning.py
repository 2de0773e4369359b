from concurrent.futures import ThreadPoolExecutor

from medq_tasks import metrics, records
from medq_tasks.harness import reasoning
from tests.data.docs import doc
from tests.judge.server import FakeServer


def test_without_a_judge_every_metric_has_an_entry_and_axes_are_none():
    values = reasoning.process_results(doc("no_reference"), ["Clean.\nVerdict: good"])
    assert set(values) == {*metrics.REASONING, "record", "pictures"}
    assert values["verdict_accuracy"] == 1.0
    assert values["judged"] == 0.0
    assert values["overall"] is values["completeness"] is None
    assert records.from_dict(values["record"]).judge is None


def test_four_threads_without_the_queue_pay_each_axis_once(monkeypatch, tmp_path):
    # As the harness's post-processing does it where another filter list keeps ours from seeing the replies first.
    with FakeServer(lambda ask: "Score: 2", latency=0.05) as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path))
        work = [(doc("no_reference"), [f"Text {number % 3}.\nVerdict: good"]) for number in range(12)]
        with ThreadPoolExecutor(4) as pool:
            values = list(pool.map(lambda one: reasoning.process_results(*one), work))
        assert [value["overall"] for value in values] == [8] * 12
        assert len(server.asks) == 3 * 4  # different texts, axes


def test_the_target_is_the_reference_text():
    assert reasoning.doc_to_target(doc("no_reference")) == "Sharp and clean. The quality is good."
