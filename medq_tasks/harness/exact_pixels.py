"""Exact pictures whatever words a user sets: what a backend needs for them is known here, not in a YAML that is edited.

lmms-eval gives a task the block of ``lmms_eval_specific_kwargs`` that bears the model's name, or the default one, and
an ``include`` replaces all blocks at once. A list of backends in our YAMLs would be gone as soon as somebody sets a
``pre_prompt``, and the model would get JPEG without a word. So the harness's ``evaluate`` is wrapped: where a task of
ours names no ``image_transport``, it gets the one by which exact pixels reach this very backend.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from medq_tasks.harness.our_tasks import leave_trace, watch_evaluate
from medq_tasks.harness.own_pictures import dressed
from medq_tasks.harness.plain_pictures import unpacked
from medq_tasks.harness.telling import tell
from medq_tasks.transports import (
    DEFAULT_TRANSPORT,
    FORMAT_READERS,
    INEXACT_BACKENDS,
    LOSSLESS_FORMATS,
    exact_for,
    transport_of,
)

_MARK = "_exact_pixels_for_medq_tasks"
_KEY = "image_transport"
_FILLED = "_medq_image_transport"
_FORMAT = "LMMS_IMAGE_ENCODE_FORMAT"  # makes the harness's chat backends send JPEG or WebP instead of PNG


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def backend_of(model: Any) -> str:
    """The harness's name of the backend that ``model`` is, or extends; its own module's name where it is none."""
    names = list(_module_names(type(model)))
    return next((name for name in names if name in INEXACT_BACKENDS), names[0] if names else "")


def fill(task: Any, backend: str) -> str:
    """Give a task that names no ``image_transport`` the exact one for ``backend``; returns the one in force."""
    words = getattr(task, "lmms_eval_specific_kwargs", None) or {}
    asked = words.get(_KEY) if isinstance(words, Mapping) else None
    filled = getattr(task, _FILLED, None)  # a task object that serves two models gets to each what it needs
    if asked != filled and not (isinstance(asked, str) and not asked.strip()):
        return transport_of(asked)
    chosen = exact_for(backend)
    setattr(task, _FILLED, chosen)
    task.lmms_eval_specific_kwargs = {**words, _KEY: chosen}
    # What the result file says: at the top, beside the blocks as they were given.
    task.config.lmms_eval_specific_kwargs = {**(task.config.lmms_eval_specific_kwargs or {}), _KEY: chosen}
    return chosen


def lossy(backend: str, transport: str, chat: bool) -> str:
    """What is done to the pixels on the way to the model; "" where they arrive as they are."""
    if transport.startswith("jpeg"):
        return f"{_KEY}: {transport} makes JPEG of each picture"
    if transport == DEFAULT_TRANSPORT and backend in INEXACT_BACKENDS and not chat:
        return f"{_KEY}: {transport} lets {backend} make {INEXACT_BACKENDS[backend]} of each picture"
    wanted = os.environ.get(_FORMAT, "").upper() or "PNG"
    changed = chat and backend in FORMAT_READERS and wanted not in LOSSLESS_FORMATS
    return f"{_FORMAT}={wanted} makes {wanted} of each picture" if changed else ""


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    backend = backend_of(model)
    chat = not getattr(model, "is_simple", True)
    losses: dict[str, list[str]] = {}
    transports = {name: fill(task, backend) for name, task in ours.items()}
    for name, transport in transports.items():
        loss = lossy(backend, transport, chat)
        if loss:
            losses.setdefault(loss, []).append(name)
    if os.environ.get("RANK", "0") == "0":
        for loss, names in losses.items():
            tell(f"{loss}, which this benchmark asks about ({', '.join(sorted(names))}; docs/pixels.md)")
    png = {} if chat else {name: ours[name] for name, transport in transports.items() if transport == "png"}
    with dressed(png) as unknown, unpacked(model, backend) if png else contextlib.nullcontext():
        results = go_on()
    told = {name: loss for loss, names in losses.items() for name in names}
    leave_trace(results, "pixels_changed", {**told, **unknown})
    return results


def _module_names(kind: type) -> Iterator[str]:
    """The last part of the module of each class that ``kind`` is made of, where it is a backend's."""
    for one in kind.__mro__:
        package, _, name = one.__module__.rpartition(".")
        if package.startswith("lmms_eval.models") or package == "medq_tasks.harness.backends":
            yield name
