"""A request that cannot be answered costs its row, not the run: wrong, counted in ``request_failures``, and named.

lmms-eval 0.7 hands a backend all requests at once. A picture that cannot be opened, a prompt that the processor refuses
or a picture of a shape that it does not take raises in the middle, and what was generated before is gone.

So the harness's ``evaluate`` is wrapped, and for its time the model's ``generate_until``. It gets our requests as the
harness hands them on, so a run without a failure is batched and shows its progress as ever. Two things can go wrong:

* our hook raises: the model gets a grey picture in its place, and its reply is dropped. The batch, or the calls of an
  API that are under way, go on; nothing is asked or paid twice.
* the model raises: its requests are asked again in steps, and what is in a step that fails again in halves, down to
  the request that fails alone.

A broken model is not hidden: when a request fails and nothing was answered yet, and after every eighth failure in a
row, the model is asked about a grey picture in plain words. When that fails too, the first error ends the run. Errors
of memory, of the device and of other processes always do: they would spoil what is asked next.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from medq_tasks.harness.calls import batch_size, copied, openai_client, steps
from medq_tasks.harness.our_tasks import watch_evaluate
from medq_tasks.harness.telling import tell
from medq_tasks.wording.counts import count

_MARK = "_loses_rows_of_medq_tasks_not_runs"
_IN_A_ROW = 8  # failures without an answer between, after which the model is suspected again
_SHOWN = 200  # characters of an error, as in the harness's own text for a failed request
_NAMED = 20  # rows in the list at the end

# Never asked again, by the name of the class (torch need not be there) or by what they say.
_END_CLASSES = (
    "MemoryError",
    "OutOfMemoryError",
    "AcceleratorError",
    "DistBackendError",
    "DistNetworkError",
    "DistStoreError",
    "DistError",
    "EngineDeadError",
    "AsyncEngineDeadError",
    "BrokenProcessPool",
)
_END_WORDS = ("out of memory", "cuda error", "hip error", "nccl", "cublas", "process group", "closed by peer")


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``), which takes the model's method by its
    name."""
    watch_evaluate(module, _MARK, _evaluate, calls=["getattr"])


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    if not callable(getattr(model, "generate_until", None)):
        return go_on()
    with losing_rows(model, ours):
        return go_on()


@contextlib.contextmanager
def losing_rows(model: Any, tasks: Collection[str]) -> Iterator[None]:
    """Within the block a request of ``tasks`` that ``model`` cannot answer becomes a failed one; told at the end."""
    before = vars(model).get("generate_until")
    asking = Asking(model, model.generate_until, tasks)
    model.generate_until = asking
    try:
        yield
    finally:
        if before is None:
            del model.generate_until  # the class's own comes forth again
        else:
            model.generate_until = before
        asking.tell_all()


class Asking:
    """Stands for ``generate_until`` of one model during one evaluation, on one rank. No rank waits for another here."""

    def __init__(self, model: Any, answer: Callable[..., Any], tasks: Collection[str]) -> None:
        self._model = model
        self._answer = answer
        self._tasks = tasks
        self._answered = False  # whether this model has answered anything yet
        self._in_a_row = 0
        self._first: Exception | None = None
        self._piece = 0  # requests in the call that is under way; its parts are not told one by one
        self._shown_any = False  # whether any hook of ours has worked yet
        self._unusable: dict[object, str] = {}  # row -> why our hook raised
        self._stop: Exception | None = None  # raised by a hook; kept, since backends catch what hooks raise
        self._lost: dict[str, None] = {}  # rows as they are named, in order

    def __call__(self, requests: Sequence[Any]) -> list[Any]:
        """Replies in the order of ``requests``."""
        ours = [place for place, one in enumerate(requests) if one.task_name in self._tasks]
        if not ours:
            return list(self._answer(requests))
        replies: list[Any] = [None] * len(requests)
        others = [place for place, one in enumerate(requests) if one.task_name not in self._tasks]
        if others:
            said = self._answer([requests[place] for place in others])
            for place, reply in zip(others, said, strict=False):
                replies[place] = reply
        self._piece = len(ours)
        for place, reply in zip(ours, self._ask([requests[place] for place in ours]), strict=True):
            replies[place] = reply
        return replies

    def tell_all(self) -> None:
        """List what was lost, in one line; nothing where nothing was."""
        if self._lost:
            rows = list(self._lost)
            more = f" and {len(rows) - _NAMED} more" if rows[_NAMED:] else ""
            lost = count(len(rows), "request failed and counts", "requests failed and count")
            tell(f"{lost} as wrong: {'; '.join(rows[:_NAMED])}{more}")

    def _ask(self, requests: Sequence[Any]) -> list[Any]:
        try:
            replies = list(self._answer([self._lent(one) for one in requests]))
        except Exception as error:
            return self._ask_again(requests, error)
        if self._stop is not None:
            raise self._stop
        if len(replies) != len(requests):
            raise RuntimeError(f"the backend gave {len(replies)} replies to {len(requests)} requests")
        self._answered, self._in_a_row = True, 0
        if not self._unusable:
            return replies
        reasons = [self._unusable.get(_row(self._doc(one))) for one in requests]
        return [
            reply if reason is None else self._failed(one, reason)
            for one, reply, reason in zip(requests, replies, reasons, strict=True)
        ]

    def _ask_again(self, requests: Sequence[Any], error: Exception) -> list[Any]:
        if self._stop is not None or ends_the_run(error):
            raise self._stop or error
        self._first = self._first or error
        if len(requests) > 1:
            if len(requests) == self._piece:
                paid = ", also those that were answered and paid for" if openai_client(self._model) else ""
                tell(f"the model raised {said(error)}; its {self._piece} requests are asked again in parts{paid}")
            parts = list(steps(requests, batch_size(self._model)))
            if len(parts) == 1:
                half = -(-len(requests) // 2)
                parts = [requests[:half], requests[half:]]
            return [reply for part in parts for reply in self._ask(part)]
        self._in_a_row += 1
        if (not self._answered or self._in_a_row % _IN_A_ROW == 0) and not self._works(requests[0]):
            raise self._first
        return [self._failed(requests[0], said(error))]

    def _works(self, request: Any) -> bool:
        """Whether the model answers a plain question about a grey picture."""
        _prompt, *rest = request.args
        asked = _with(request, ["Describe this image.", *rest], lambda *_, **__: _grey(request))
        try:
            self._answer([asked])
        except Exception as error:
            if ends_the_run(error):
                raise
            return False
        self._answered = True
        return True

    def _lent(self, request: Any) -> Any:
        """A copy with our hook made safe."""
        hook = request.args[_hook_place(request)]

        @functools.wraps(hook)
        def safe(doc: Any, *args: Any, **options: Any) -> Any:
            try:
                made = hook(doc, *args, **options)
            except Exception as error:
                self._note(doc, error)
                return _grey(request)
            self._shown_any = True
            return made

        return _with(request, list(request.args), safe)

    def _note(self, doc: Any, error: Exception) -> None:
        if ends_the_run(error):
            self._stop = error
        self._unusable[_row(doc)] = said(error)
        if not self._shown_any and len(self._unusable) >= _IN_A_ROW:  # nothing can be shown here: no fault of the rows
            self._stop = error
        if self._stop is not None:
            raise self._stop

    def _failed(self, request: Any, reason: str) -> str:
        doc = self._doc(request)
        named = f"{request.task_name}, row {int(doc['row']) + 1} (item {doc['id']})"
        if named not in self._lost:  # a shorter rank asks its last request again, to keep step with the others
            self._lost[named] = None
            tell(f"{named} is counted as a failed request: {reason}")
        return f"[LMMS_EVAL_REQUEST_FAILED] {reason}"

    def _doc(self, request: Any) -> Mapping[str, Any]:
        number, task, split = request.args[-3:]
        doc: Mapping[str, Any] = self._model.task_dict[task][split][number]
        return doc


def said(error: BaseException) -> str:
    """The class of an error and the first line of what it says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + lines[0][:_SHOWN] if lines else ''}"


def ends_the_run(error: BaseException) -> bool:
    """Whether an error says something of the machine, the device or another process, and nothing of a request."""
    link: BaseException | None = error
    while link is not None:
        text = str(link).casefold()
        if any(one.__name__ in _END_CLASSES for one in type(link).__mro__) or any(word in text for word in _END_WORDS):
            return True
        link = link.__cause__
    return False


def _hook_place(request: Any) -> int:
    """(prompt, settings, doc_to_visual, ...) for simple models, (prompt, doc_to_messages, settings, ...) for chat."""
    return 1 if callable(request.args[1]) else 2


def _with(request: Any, arguments: list[Any], hook: Callable[..., Any]) -> Any:
    """A copy of a request with these arguments, this hook, and settings of its own."""
    arguments[_hook_place(request)] = hook
    return copied(request, arguments)


def _grey(request: Any) -> list[Any]:
    """What a hook of this request's kind gives, for a plain grey picture."""
    from PIL import Image  # not above: `lmms-eval tasks list` imports this module

    picture = Image.new("RGB", (64, 64), (128, 128, 128))
    if _hook_place(request) == 2:
        return [picture]
    content = [{"type": "image", "url": picture}, {"type": "text", "text": "Describe this image."}]
    return [{"role": "user", "content": content}]


def _row(doc: Mapping[str, Any]) -> object:
    return doc["kind"], doc["table"], doc["row"]
