"""The harness's own logger over a W&B that keeps what it gets: our items arrive once, and nothing ends the run."""

import importlib.util
import sys
import types
from argparse import Namespace

import pytest

from medq_tasks.harness import inputs, trackers
from medq_tasks.harness.shape import Unlike
from medq_tasks.records import to_dict
from tests.harness import fake_wandb
from tests.makers import perception

OURS = {"medq_x": types.SimpleNamespace(config=types.SimpleNamespace(doc_to_visual=inputs.doc_to_visual))}
THEIRS = {"mme": types.SimpleNamespace(config=types.SimpleNamespace(doc_to_visual=print))}
CONFIG = {"output_type": "generate_until", "metric_list": [{"metric": "score"}]}
RESULTS = {
    "results": {"medq_all": {" ": " "}, "medq_x": {"accuracy,none": 1.0}, "mme": {"score,none": 1.0}},
    "configs": {"medq_x": {**CONFIG, "metadata": {"medq": {}}}, "mme": {**CONFIG, "metadata": {"version": 0.0}}},
    "versions": {},
    "n-shot": {},
}


def samples(*records):
    common = {"doc_id": 0, "target": "A", "arguments": ["asked"], "resps": [["A"]], "filtered_resps": ["A"], "score": 1}
    ours = [{**common, "record": to_dict(record)} for record in records or [perception()]]
    return {"medq_x": ours, "mme": [dict(common)]}


@pytest.fixture
def wandb(monkeypatch):
    made = fake_wandb.module()
    monkeypatch.setitem(sys.modules, "wandb", made)
    monkeypatch.setitem(sys.modules, "wandb.sdk.wandb_settings", None)  # whoever imports it gets an ImportError
    monkeypatch.setattr(sys, "argv", ["lmms-eval", "--tasks", "medq_x"])
    return made


@pytest.fixture
def module():
    """The harness's logger as it is before this package joins."""
    found = importlib.util.find_spec(trackers.MODULE)
    spec = importlib.util.spec_from_file_location("logger_of_a_test", found.origin)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def logger(module, wandb):
    trackers.send_items(module, ["medq_x"])
    made = module.WandbLogger(project="p")
    made.post_init(RESULTS)
    return made


def evaluate(found, *, log_samples=True, tasks=None, **command):
    """An evaluation by a command line; returns what it returned."""
    module = types.ModuleType("lmms_eval.evaluator")
    module.evaluate = lambda lm, task_dict, cli_args=None, log_samples=True: {"samples": found} if log_samples else {}
    module.simple_evaluate = lambda: module.evaluate
    trackers.watch(module)
    given = Namespace(**{"wandb_args": "project=p", "wandb_log_samples": False, **command})
    tasks = {**OURS, **THEIRS} if tasks is None else tasks
    return module.evaluate(lm=None, task_dict=tasks, cli_args=given, log_samples=log_samples)


def test_with_log_samples_our_items_follow_the_totals_and_no_others(logger):
    evaluate(samples(perception(), perception("wrong", id="8")))
    logger.log_eval_result()
    assert list(logger.run.logged)[-2:] == ["evaluation/eval_results", "medq_x/items"]
    assert [row["state"] for row in logger.run.logged["medq_x/items"].rows] == ["right", "wrong"]
    assert [row["prompt"] for row in logger.run.logged["medq_x/items"].rows] == ["asked", "asked"]


def test_items_are_sent_once_and_each_evaluation_sends_its_own(logger):
    evaluate(samples())
    logger.log_eval_result()
    logger.run.logged.clear()
    logger.log_eval_result()
    assert logger.run.items == []
    evaluate(samples())
    evaluate({}, tasks=OURS)  # one that failed, or has no samples, leaves nothing of the one before
    logger.log_eval_result()
    assert logger.run.items == []


def test_with_wandb_log_samples_the_harness_brings_them_and_sends_its_own_tasks(logger):
    found = samples()
    evaluate(found, wandb_log_samples=True)
    logger.log_eval_result()
    assert logger.run.items == []
    logger.log_eval_samples(found)
    assert logger.run.items == ["medq_x/items"]
    assert "mme_eval_results" in logger.run.logged
    assert "medq_x_eval_results" not in logger.run.logged
    assert logger.task_names == ["medq_all", "medq_x", "mme"]


def test_samples_that_the_harness_has_written_already_are_sent_all_the_same(logger):
    # Its log takes ``arguments`` out, on which its own logger of samples fails.
    found = samples()
    for sample in (*found["medq_x"], *found["mme"]):
        sample["input"] = sample.pop("arguments")[0]
    logger.log_eval_result()
    with pytest.raises(KeyError, match="arguments"):
        logger.log_eval_samples(found)
    assert logger.run.logged["medq_x/items"].rows[0]["prompt"] == "asked"


def test_without_wandb_args_nothing_is_kept_and_w_and_b_is_not_imported(module, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)  # whoever imports it gets an ImportError
    trackers.send_items(module, ["medq_x"])
    assert evaluate(samples(), wandb_args="")["samples"]
    assert trackers._waiting == {}


def test_without_log_samples_it_is_said_before_anything_is_asked(logger, warned):
    evaluate(samples(), log_samples=False)
    (line,) = warned
    assert "without --log_samples sends totals to Weights & Biases and no items (medq_x). Cure: --log_samples" in line
    logger.log_eval_result()
    assert logger.run.items == []


def test_a_table_that_cannot_be_sent_costs_one_line(logger, warned, monkeypatch):
    evaluate(samples())
    log = logger.run.log

    def refuse(values):
        if "medq_x/items" in values:
            raise OSError("disk full\nand more")
        log(values)

    monkeypatch.setattr(logger.run, "log", refuse)
    logger.log_eval_result()
    (line,) = [line for line in warned if "could not be sent" in line]
    assert "the items of medq_x could not be sent to Weights & Biases (OSError: disk full and more)." in line


def test_totals_that_fail_take_no_items_with_them(logger, monkeypatch):
    monkeypatch.setattr(logger, "_log_results_as_table", lambda: 1 / 0)
    evaluate(samples())
    with pytest.raises(ZeroDivisionError):  # the harness catches it, and says so
        logger.log_eval_result()
    assert logger.run.items == ["medq_x/items"]


def test_a_run_that_scored_nothing_says_why_there_is_no_table(logger, warned):
    evaluate({"medq_x": [{"doc_id": 0, "arguments": ["asked"]}]})  # --predict_only
    logger.log_eval_result()
    assert logger.run.items == []
    assert any("holds no `record`" in line and "--predict_only" in line for line in warned)


def test_a_server_that_does_not_answer_costs_no_run(module, wandb, warned, monkeypatch):
    def init(**options):
        raise fake_wandb.CommError("timed out")

    ended = []
    process = types.SimpleNamespace(_process=types.SimpleNamespace(terminate=lambda: ended.append("process")))
    service = types.SimpleNamespace(_cleanup=lambda: ended.append("wish"), _proc=process)
    wandb.setup = lambda: types.SimpleNamespace(ensure_service=lambda: service)
    monkeypatch.setattr(wandb, "init", init)
    trackers.send_items(module, ["medq_x"])
    logger = module.WandbLogger(project="p")
    assert "Weights & Biases does not answer (CommError: timed out): the run goes on" in warned[0]
    evaluate(samples())
    logger.post_init(RESULTS)
    logger.log_eval_result()
    logger.log_eval_samples(samples())
    assert ended == []
    logger.run.finish()
    assert ended == ["wish", "process"]
    del wandb.setup  # another W&B
    logger.run.finish()


def test_w_and_b_keeps_its_process_where_it_is_looked_for():
    from wandb.sdk.lib.service import service_connection, service_process
    from wandb.sdk.wandb_setup import _WandbSetup

    assert callable(_WandbSetup.ensure_service)
    assert {"_cleanup", "_proc"} <= {*service_connection.ServiceConnection.__init__.__code__.co_names}
    assert "_process" in service_process.ServiceProcess.__init__.__code__.co_names


@pytest.mark.parametrize(("error", "task"), [(ValueError, "medq_x"), (fake_wandb.CommError, "mme")])
def test_what_is_wrong_otherwise_or_with_the_tasks_of_others_ends_the_run_as_ever(
    module, wandb, monkeypatch, error, task
):
    def init(**options):
        raise error("no such option")

    monkeypatch.setattr(wandb, "init", init)
    monkeypatch.setattr(sys, "argv", ["lmms-eval", "--tasks", task])
    trackers.send_items(module, ["medq_x"])
    with pytest.raises(error):
        module.WandbLogger(project="p")


def test_w_and_b_without_the_printer_of_old_is_no_fault(module, wandb):
    # As with lmms-eval 0.7 beside wandb of today: an ImportError.
    with pytest.raises(ImportError):
        module.get_wandb_printer()
    trackers.send_items(module, ["medq_x"])
    assert module.WandbLogger(project="p").printer is None


def test_a_second_call_changes_nothing(module, wandb):
    trackers.send_items(module, ["medq_x"])
    first = module.WandbLogger.log_eval_result
    trackers.send_items(module, ["medq_x"])
    assert module.WandbLogger.log_eval_result is first


@pytest.mark.parametrize("name", ["post_init", "log_eval_result", "log_eval_samples"])
def test_another_logger_is_left_as_it_is_and_told(module, name):
    before = dict(vars(module.WandbLogger))
    setattr(module.WandbLogger, name, lambda self, every: None)
    with pytest.raises(Unlike, match=name):
        trackers.send_items(module, ["medq_x"])
    assert {**vars(module.WandbLogger), name: None} == {**before, name: None}
