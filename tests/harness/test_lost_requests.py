"""Rows that cannot be answered, around canned models: what each costs, and what it must not hide."""

import types

import pytest
from lmms_eval.api.instance import Instance

from medq_tasks.harness import inputs
from medq_tasks.harness.lost_requests import ends_the_run, losing_rows, said, watch
from medq_tasks.harness.shape import Unlike

DOCS = [{"id": f"i{row}", "row": row, "kind": "perception", "table": "t"} for row in range(300)]
LOST = "[LMMS_EVAL_REQUEST_FAILED] ValueError: a bad row"


def show(doc):
    return [f"picture {doc['row']}"]


def chat(doc, lmms_eval_specific_kwargs=None):
    return [{"role": "user", "content": f"picture {doc['row']}"}]


def request(row, task="medq", hook=show):
    settings = {"until": ["x"]}
    arguments = ("p", settings, hook) if hook is not chat else ("p", hook, settings)
    whole = (*arguments, row, task, "test")
    return Instance("generate_until", whole, 0, {"task": task, "doc_id": row, "repeats": 1})


class Model:
    """Answers "reply N"; raises for the rows that it is told to, whatever else is in the call."""

    def __init__(self, bad=(), error=None, batch_size=1):
        self.bad, self.error, self.batch_size = frozenset(bad), error or ValueError("a bad row\nand more"), batch_size
        self.task_dict = {"medq": {"test": DOCS}, "other": {"test": DOCS}}
        self.calls = []

    def generate_until(self, requests):
        self.calls.append([one.doc_id for one in requests])
        for one in requests:
            hook = next(part for part in one.args if callable(part))
            hook(self.task_dict[one.task_name]["test"][one.doc_id])
            one.args[1].pop("until", None) if isinstance(one.args[1], dict) else None
            grey = one.args[0] == "Describe this image."
            if self.bad == {"all"} or (not grey and one.doc_id in self.bad):
                raise self.error
        return [f"reply {one.doc_id}" for one in requests]


def ask(model, requests):
    with losing_rows(model, {"medq"}):
        return model.generate_until(requests)


def expected(count, lost, reason=LOST):
    return [reason if row in lost else f"reply {row}" for row in range(count)]


def test_a_run_without_a_failure_is_one_call_as_ever(warned):
    model = Model()
    assert ask(model, [request(row) for row in range(300)]) == expected(300, ())
    assert [len(call) for call in model.calls] == [300]
    assert warned == []
    assert "generate_until" not in vars(model)  # the class's own again


@pytest.mark.parametrize("bad", [{0}, {3}, {299}, {127, 128}, {10, 11, 200}, set(range(0, 300, 40))])
@pytest.mark.parametrize("hook", [show, chat])
def test_a_row_on_which_the_model_raises_costs_that_row(bad, hook, warned):
    model = Model(bad)
    requests = [request(row, hook=hook) for row in range(300)]
    assert ask(model, requests) == expected(300, bad)
    assert all(one.args[1 if hook is show else 2] == {"until": ["x"]} for one in requests)  # asked with copies
    named = [line for line in warned if "is counted as a failed request" in line]
    assert named == [
        f"medq-tasks: medq, row {row + 1} (item i{row}) is counted as a failed request: ValueError: a bad row."
        for row in sorted(bad)
    ]
    lost = "1 request failed and counts" if len(bad) == 1 else f"{len(bad)} requests failed and count"
    assert f"{lost} as wrong: medq, row {min(bad) + 1} (item i{min(bad)})" in warned[-1]


def test_a_failure_costs_at_most_one_step_of_work_beside_the_call_that_met_it():
    model = Model({130})
    ask(model, [request(row) for row in range(300)])
    # All of it; the steps of 128; of the second one halves, of which one half fails each time.
    assert [len(call) for call in model.calls] == [300, 128, 128, 64, 32, 16, 8, 4, 2, 2, 1, 1, 4, 8, 16, 32, 64, 44]


@pytest.mark.parametrize("hook", [show, chat])
def test_a_hook_that_raises_costs_its_row_and_no_call(hook, warned):
    def broken(doc, *args, **options):
        if doc["row"] in (1, 3):
            raise OSError("no such picture")
        return hook(doc)

    broken.__wrapped__ = hook
    model = Model()
    requests = [request(row, hook=hook) for row in range(5)]
    for one in requests:
        place = 1 if hook is chat else 2
        one.arguments = tuple(broken if at == place else part for at, part in enumerate(one.args))
    assert ask(model, requests) == expected(5, {1, 3}, "[LMMS_EVAL_REQUEST_FAILED] OSError: no such picture")
    assert model.calls == [[0, 1, 2, 3, 4]]
    assert "2 requests failed" in warned[-1]


def test_where_no_hook_works_nothing_is_the_fault_of_a_row():
    def broken(doc):
        raise OSError("no picture at all")

    with pytest.raises(OSError, match="no picture at all"):
        ask(Model(), [request(row, hook=broken) for row in range(20)])


def test_a_broken_model_ends_the_run_with_its_first_error():
    model = Model({"all"})
    with pytest.raises(ValueError, match="a bad row"):
        ask(model, [request(row) for row in range(300)])
    assert len(model.calls) <= 12  # the call, a step, its halves, and the plain question


@pytest.mark.parametrize("rows", [1, 2])
def test_a_run_of_bad_rows_alone_is_no_broken_model(rows):
    assert ask(Model(range(rows)), [request(row) for row in range(rows)]) == [LOST] * rows


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("NCCL communicator was aborted"),
        KeyboardInterrupt(),
        SystemExit(3),
        type("OutOfMemoryError", (RuntimeError,), {})("no room"),
    ],
)
def test_errors_of_the_machine_are_raised_at_once(error):
    model = Model({5}, error)
    with pytest.raises(type(error)):
        ask(model, [request(row) for row in range(300)])
    assert len(model.calls) == 1


def test_the_request_that_a_shorter_rank_asks_again_is_told_once(warned):
    assert ask(Model({2}), [request(row) for row in (0, 2, 2)]) == ["reply 0", LOST, LOST]
    assert sum("is counted as a failed request" in line for line in warned) == 1


def test_other_tasks_are_none_of_ours(warned):
    mixed = [request(0), request(1, "other"), request(2), request(3, "other")]
    assert ask(Model({2}), mixed) == ["reply 0", "reply 1", LOST, "reply 3"]
    with pytest.raises(ValueError, match="a bad row"):
        ask(Model({1}), mixed)


def test_a_backend_that_loses_replies_is_told():
    model = Model()
    model.generate_until = lambda requests: ["B"]
    with pytest.raises(RuntimeError, match="gave 1 replies to 2 requests"):
        ask(model, [request(0), request(1)])


def test_what_an_error_says_is_one_line():
    assert said(ValueError("first\nsecond")) == "ValueError: first"
    assert said(KeyError()) == "KeyError"


def test_an_error_that_was_raised_from_one_of_the_machine_ends_the_run():
    error = ValueError("while decoding")
    assert not ends_the_run(error)
    error.__cause__ = MemoryError()
    assert ends_the_run(error)


def evaluator(evaluate):
    made = types.ModuleType("evaluator")
    made.evaluate = evaluate
    made.simple_evaluate = lambda tasks: made.evaluate(tasks)
    return made


def test_the_harness_s_evaluation_is_watched_for_our_tasks():
    seen = []

    def evaluate(lm, task_dict):
        seen.append(type(lm.generate_until).__name__)
        return getattr(lm, "generate_until")([])  # noqa: B009  # by its name, as the harness does

    task = types.SimpleNamespace(config=types.SimpleNamespace(doc_to_visual=inputs.doc_to_visual))
    host = evaluator(evaluate)
    watch(host)
    watch(host)
    host.evaluate(lm=Model(), task_dict={"medq": task})
    host.evaluate(Model(), {"other": types.SimpleNamespace(config=None)})
    assert seen == ["Asking", "method"]


@pytest.mark.parametrize("other", [None, lambda jobs: jobs, lambda lm, task_dict: lm.generate_until([])])
def test_a_harness_of_another_shape_is_told_and_left_alone(other):
    host = evaluator(other)
    with pytest.raises(Unlike, match="evaluate"):
        watch(host)
    assert host.evaluate is other
