"""The guard around a stand-in for the harness's evaluator."""

import types

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness.health import guard as module
from medq_tasks.harness.health.guard import asks_for, guard, named_in, reading_the_index, ready_judge
from tests.judge.server import FakeServer

OURS = {"medq_bench", "medq_mini", "medq_mini_perception"}
LOST = ModuleNotFoundError("No module named 'filelock._api'", name="filelock._api")


@pytest.fixture(autouse=True)
def _fresh():
    module._warn_of_environment.cache_clear()
    ready_judge.cache_clear()
    yield
    module._warn_of_environment.cache_clear()
    ready_judge.cache_clear()


def evaluator(raising=None, locks=None):
    """A module with ``simple_evaluate``, which notes that the model was made."""
    made = types.ModuleType("evaluator")
    made.models = []

    def enable():
        if locks:
            raise locks

    def simple_evaluate(model, model_args=None, tasks=None, verbosity="INFO"):
        made.models.append(model)
        made._enable_reentrant_filelocks()
        if raising:
            raise raising
        return {"tasks": tasks}

    made._enable_reentrant_filelocks = enable
    made.simple_evaluate = simple_evaluate
    guard(made, OURS)
    return made


def test_a_whole_host_is_not_touched():
    assert evaluator().simple_evaluate("m", tasks=["medq_mini"]) == {"tasks": ["medq_mini"]}


def test_a_lost_module_is_told_before_the_model_is_made():
    host = evaluator(locks=LOST)
    with pytest.raises(HarnessStop, match=r"^medq-tasks: filelock .* lacks .* Cure: pip install 'filelock<4\.3'$"):
        host.simple_evaluate("m", tasks=["mme", "medq_mini"])
    assert host.models == []


def test_runs_of_other_tasks_end_as_they_did():
    host = evaluator(locks=LOST)
    with pytest.raises(ModuleNotFoundError):
        host.simple_evaluate("m", tasks=["mme"])
    assert host.models == ["m"]


def test_copies_of_our_definitions_are_told_under_any_name():
    host = evaluator(ModuleNotFoundError("No module named 'medq_tasks.hooks'", name="medq_tasks.hooks"))
    with pytest.raises(HarnessStop, match=r"^medq-tasks: the task definitions .* copy from medq-tasks 0\.1\.0"):
        host.simple_evaluate("m", tasks=["my_own"])
    with pytest.raises(ModuleNotFoundError):
        host.simple_evaluate("m", tasks=["my_own"], verbosity="DEBUG")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ModuleNotFoundError("No module named 'decord'", name="decord"), "Cure: pip install decord"),
        (ImportError("this model needs flash_attn"), "ends in ImportError: this model needs flash_attn"),
        (RuntimeError("operator torchvision::nms does not exist"), "was built for another torch"),
    ],
)
def test_a_backend_that_cannot_be_imported_is_told(error, line):
    with pytest.raises(HarnessStop, match=line):
        evaluator(error).simple_evaluate("m", tasks=["medq_mini"])


@pytest.mark.parametrize(
    "error", [ValueError("Model 'x' not found"), RuntimeError("CUDA out of memory"), KeyError("x")]
)
def test_errors_that_are_not_the_hosts_stay_as_they_are(error):
    with pytest.raises(type(error)):
        evaluator(error).simple_evaluate("m", tasks=["medq_mini"])


def test_the_traceback_is_kept_for_who_debugs():
    with pytest.raises(ModuleNotFoundError):
        evaluator(LOST).simple_evaluate("m", tasks=["medq_mini"], verbosity="DEBUG")


def test_tasks_by_position_are_seen():
    with pytest.raises(HarnessStop):
        evaluator(LOST).simple_evaluate("m", None, ["medq_mini"])


def test_wrong_arguments_get_the_harness_own_error():
    with pytest.raises(TypeError, match="no_such"):
        evaluator().simple_evaluate("m", no_such=1)


def test_guarding_twice_guards_once():
    host = evaluator()
    first = host.simple_evaluate
    guard(host, OURS)
    assert host.simple_evaluate is first


def test_an_evaluator_of_another_shape_is_refused():
    other = types.ModuleType("evaluator")
    other.simple_evaluate = lambda jobs: None
    with pytest.raises(TypeError, match="takes no tasks"):
        guard(other, OURS)


def test_a_harness_without_the_lock_function_runs():
    host = types.ModuleType("evaluator")
    host.simple_evaluate = lambda tasks: tasks
    guard(host, OURS)
    assert host.simple_evaluate(tasks=["medq_mini"]) == ["medq_mini"]


def test_variables_that_falsify_are_told_once(warned, monkeypatch):
    monkeypatch.setenv("LMMS_IMAGE_ENCODE_FORMAT", "JPEG")
    monkeypatch.setenv("MEDQ_DATADIR", "/data/{x}")
    host = evaluator()
    host.simple_evaluate("m", tasks=["mme"])
    assert warned == []
    host.simple_evaluate("m", tasks=["medq_mini"])
    host.simple_evaluate("m", tasks=["medq_mini"])
    assert [line.split("=")[0].split(" is")[0] for line in warned] == [
        "medq-tasks: LMMS_IMAGE_ENCODE_FORMAT",
        "medq-tasks: MEDQ_DATADIR",
    ]


@pytest.mark.parametrize(
    ("tasks", "asked"),
    [
        ("medq_mini", True),
        (["mme", "medq_bench"], True),
        ([{"task": "medq_mini", "batch_size": 2}], True),
        ([{"group": "mine", "task": ["mme", {"task": "medq_mini"}]}], True),
        (["mme", "medqa"], False),
        ([{"group": "mine", "task": ["mme"]}], False),
        ([object()], False),
        (None, False),
        ([], False),
    ],
)
def test_what_asks_for_our_tasks(tasks, asked):
    assert asks_for(tasks, OURS) is asked


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("--tasks medq_mini", True),
        ("--tasks=mme,medq_bench --model x", True),
        ("--tasks medq_*", True),
        ("--model medq_baseline --tasks mme", False),
        ("--tasks mme --output_path medq_mini_runs", False),
        ("", False),
    ],
)
def test_what_names_our_tasks_on_a_command_line(words, named):
    assert named_in(words.split(), OURS) is named


INNER = "/env/lib/python3.11/site-packages/lmms_eval/tasks/x/_default_template_yaml"


@pytest.mark.parametrize(
    ("words", "error"), [("lmms-eval --tasks medq_mini", HarnessStop), ("lmms-eval --tasks mme", FileNotFoundError)]
)
def test_an_index_that_cannot_be_read_ends_our_runs_with_the_line(words, error, monkeypatch):
    def read():
        raise FileNotFoundError(2, "No such file or directory", INNER)

    monkeypatch.setattr("sys.argv", words.split())
    with pytest.raises(error, match="_default_template_yaml"):
        reading_the_index(read, lambda: OURS)


def test_a_users_own_broken_file_is_not_explained_away(monkeypatch):
    def read():
        raise ValueError("mapping values are not allowed here")

    monkeypatch.setattr("sys.argv", ["lmms-eval", "--tasks", "medq_mini"])
    with pytest.raises(ValueError, match="mapping"):
        reading_the_index(read, lambda: OURS)


def test_an_index_that_can_be_read_is_handed_on():
    assert reading_the_index(lambda: {"mme": 1}, lambda: OURS) == {"mme": 1}


def test_a_judge_that_cannot_be_asked_ends_the_run_before_it_begins(monkeypatch):
    monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ALL_PROXY", "ftp://proxy:1")
    with pytest.raises(HarnessStop, match="HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is none that httpx can use"):
        ready_judge()
    monkeypatch.setattr("sys.argv", ["lmms-eval", "--predict_only"])
    ready_judge()


def test_a_judge_that_can_be_asked_or_is_not_there_is_fine(monkeypatch, warned):
    ready_judge()
    ready_judge.cache_clear()
    monkeypatch.setenv("MEDQ_JUDGE_API_KEY", "sk-x")
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "judge-1")
    ready_judge()
    assert warned == []


def test_a_key_alone_is_no_judge_and_that_is_told_before_anything_is_generated(monkeypatch, warned):
    # The key of the evaluated model: nobody has asked for a judge that it pays for.
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    ready_judge()
    (line,) = warned
    assert "the four axes stay empty: no judge model is named, and there is no default" in line
    assert "Set MEDQ_JUDGE_MODEL" in line


def test_the_only_model_of_a_server_is_the_judge_and_that_is_told(monkeypatch, warned):
    with FakeServer(models=["judge-7"]) as server:
        monkeypatch.setenv("MEDQ_JUDGE_BASE_URL", server.base_url)
        ready_judge()
    (line,) = warned
    assert "the judge is judge-7, the only model that http://127.0.0.1" in line


def test_a_model_that_may_judge_itself_is_told(monkeypatch, warned):
    with FakeServer(models=["model-7"]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)  # of the evaluated model
        ready_judge()
    assert "if that is the model under test, it judges itself" in warned[-1]


def test_a_key_that_cannot_be_sent_is_told_before_anything_is_generated(monkeypatch, warned):
    monkeypatch.setenv("MEDQ_JUDGE_MODEL", "judge-7")
    monkeypatch.setenv("MEDQ_JUDGE_API_KEY", "\u201csk-abc\u201d")
    ready_judge()
    assert "the four axes stay empty: MEDQ_JUDGE_API_KEY holds U+201C" in warned[-1]


def test_a_variable_that_looks_like_a_judge_is_told(monkeypatch, warned):
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:8000/v1")
    ready_judge()
    assert "OPENAI_API_BASE is read by" in warned[0]
