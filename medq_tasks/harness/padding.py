"""Batches that do not change answers: a local model pads on the left while it answers the tasks of this package.

The rows of a batch are filled up to one length. A decoder goes on behind the last place of its row, so a row that was
filled up on the right goes on behind padding, and its reply is another one than at batch size 1. Many backends of
lmms-eval 0.7 call their processor with ``padding=True`` and nothing else: the side is then the one that the
checkpoint's tokenizer names, and a tokenizer that names none, as many saved from training do, pads on the right.

So the harness's ``evaluate`` is wrapped. When the model is a local decoder that holds a side "right", its
``generate_until`` is wrapped for the time of that evaluation: our requests are answered with the side "left", those of
other tasks with the side as it was. docs/batches.md has the verdict on every backend.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import backends
from medq_tasks.harness.our_tasks import leave_trace, watch_evaluate
from medq_tasks.harness.replacing import replaced
from medq_tasks.harness.telling import tell

_MARK = "_pads_left_for_medq_tasks"

Side = tuple[Any, str]  # an object, and the name of its attribute that holds "right"

# The second one stands in the configuration of LLaVA's own models, which throw away the padding of their tokenizer and
# fill up anew on this side.
_ATTRIBUTES = ("padding_side", "tokenizer_padding_side")

# Backends by the module below lmms_eval.models whose ``generate_until`` makes the batches; read in 0.7 and 0.7.3.
_NAMES_THE_SIDE = frozenset(
    [
        "simple.qwen2_5_vl",
        "chat.qwen2_5_vl",
        "simple.qwen3_vl",
        "chat.qwen3_vl",
        "simple.video_salmonn_2",
        "chat.llava_onevision1_5",
    ]
)
_PADS_AT_BATCH_SIZE_ONE = frozenset(["simple.gemma3"])  # 0.7: to 2,048 tokens; 0.7.3: to a multiple of 8
# What no side can mend. Told before anything is asked: the harness itself ends such a run, if it does, after the last
# batch, with an assertion that says nothing.
_ONE_REPLY = "answers a batch with one reply"
_REFUSED = {
    "simple.cambrian": _ONE_REPLY,
    "simple.internvl": _ONE_REPLY,
    "simple.phi4_multimodal": _ONE_REPLY,
    "simple.qwen2_5_omni": _ONE_REPLY,
    "simple.qwen3_omni": _ONE_REPLY,
    "simple.qwen_vl": _ONE_REPLY,
    "simple.videollama3": _ONE_REPLY,
    "simple.vita": _ONE_REPLY,
    "chat._chat_base": _ONE_REPLY,
    "chat.llava_onevision2": "shows the pictures of a batch's first item to all of it",
    "chat.phi4_multimodal": "shows an item the pictures of those before it in the batch",
    "simple.auroracap": "pads inside the model, always on the right",
}


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    refuse(model)
    backends.refuse(model, ours.values())
    sides = right_sides(model)
    if not sides:
        return go_on()
    _tell(model, sides, ours)
    with padding_left(model, sides, ours):
        results = go_on()
    told = {"checkpoint": "right", "used": "left", "batch_size": _batch_size(model)}
    leave_trace(results, "padding_side", dict.fromkeys(ours, told))
    return results


def refuse(model: Any) -> None:
    """End the run when this backend's batches cannot be right whatever the side.

    Raises:
        HarnessStop: says why, and what to do.
    """
    reason = _REFUSED.get(_code(model))
    if reason is None or not _in_batches(model):
        return
    name = type(model).__module__.rpartition(".")[2]
    raise HarnessStop(
        f"{name} {reason}, so that --batch_size {_batch_size(model)} would spoil the replies. "
        "Run these tasks with --batch_size 1."
    )


def right_sides(model: Any) -> list[Side]:
    """What makes ``model`` fill up the prompts of our requests on the right; empty where nothing has to be done.

    Found by what the model holds, so that a backend which nobody has read is set right as well. Nothing has to be done
    for APIs and engines, which do not pad here; for encoder-decoders, whose replies do not follow the prompt; for
    backends that name the side in each call; and, with one exception, for batches of one.
    """
    code = _code(model)
    if code in _NAMES_THE_SIDE or not (_in_batches(model) or code in _PADS_AT_BATCH_SIZE_ONE):
        return []
    parts = [part for value in getattr(model, "__dict__", {}).values() for part in (value, _get(value, "tokenizer"))]
    if not any(map(_is_decoder, parts)):
        return []
    found = {(id(part), name): (part, name) for part in parts for name in _ATTRIBUTES if _get(part, name) == "right"}
    return list(found.values())


@contextlib.contextmanager
def padding_left(model: Any, sides: Sequence[Side], tasks: Collection[str]) -> Iterator[None]:
    """Within the block ``model.generate_until`` pads on the left for requests of ``tasks``, and for no others."""
    with replaced(model, "generate_until", functools.partial(_answer, model.generate_until, sides, tasks)):
        yield


def _answer(
    answer: Callable[..., Sequence[Any]], sides: Sequence[Side], tasks: Collection[str], requests: Sequence[Any]
) -> list[Any]:
    """Replies in the order of ``requests``; one call where all are ours, so on every rank of a run of ours alone."""
    ours = [place for place, request in enumerate(requests) if request.task_name in tasks]
    others = [place for place, request in enumerate(requests) if request.task_name not in tasks]
    replies: list[Any] = [None] * len(requests)
    for places, setting in ((ours, _left(sides)), (others, contextlib.nullcontext())):
        if places:
            with setting:
                said = answer([requests[place] for place in places])
            for place, reply in zip(places, said, strict=False):
                replies[place] = reply
    return replies


@contextlib.contextmanager
def _left(sides: Sequence[Side]) -> Iterator[None]:
    for holder, name in sides:
        setattr(holder, name, "left")
    try:
        yield
    finally:
        for holder, name in sides:
            setattr(holder, name, "right")


def _is_decoder(part: Any) -> bool:
    import torch  # not above: `lmms-eval tasks list` gets as far as this module and needs none

    return isinstance(part, torch.nn.Module) and _get(_get(part, "config"), "is_encoder_decoder") is not True


def _code(model: Any) -> str:
    """The module, below lmms_eval.models, of the ``generate_until`` in force."""
    module = getattr(getattr(type(model), "generate_until", None), "__module__", "")
    return str(module).removeprefix("lmms_eval.models.")


def _batch_size(model: Any) -> Any:
    return getattr(model, "batch_size", 1)


def _in_batches(model: Any) -> bool:
    return str(_batch_size(model)) not in ("1", "None")  # "auto" may be any


def _get(part: Any, name: str) -> Any:
    """The attribute, or None: a property of somebody else's object may raise whatever it likes."""
    with contextlib.suppress(Exception):
        return getattr(part, name, None)
    return None


def _tell(model: Any, sides: Sequence[Side], tasks: Collection[str]) -> None:
    if os.environ.get("RANK", "0") != "0":
        return
    named = {f"{name} of {_get(part, 'name_or_path') or type(part).__name__}": None for part, name in sides}
    tell(
        f'{", ".join(named)} is "right", and with --batch_size {_batch_size(model)} that changes replies. '
        f'For the requests of {", ".join(sorted(tasks))} it is "left"; to be rid of this line, say "left" in the '
        "checkpoint (tokenizer_config.json)"
    )
