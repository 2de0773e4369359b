"""Sends pictures through a backend's own input path, and stops before the model is asked."""

from __future__ import annotations

import contextlib
import io
import math
import tempfile
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from PIL import Image

from medq_tasks.fidelity import backends
from medq_tasks.fidelity.backends import CannotInspect
from medq_tasks.fidelity.picture_change import PictureChange, Pixels, compare
from medq_tasks.fidelity.recorder import Recorder, Sent
from medq_tasks.fidelity.sent_pictures import TestPicture
from medq_tasks.harness import inputs
from medq_tasks.pixels import check_transport, decode
from medq_tasks.transports import exact_for

_TASK, _SPLIT = "medq_fidelity", "test"
Size = tuple[int, int]


@dataclass(frozen=True)
class Arrival:
    """A picture as the model's processor, or the wire, got it."""

    pixels: Pixels
    wire: str = ""  # format of the bytes; "" when the picture never left the process
    media_type: str = ""  # what the request called it
    seen: Size | None = None  # width and height after the model's own processor, where it says so


@dataclass(frozen=True)
class Finding:
    """What became of one test picture; ``comparison`` and the rest are None when it did not arrive at all."""

    name: str
    before: Size
    after: Size | None = None
    comparison: PictureChange | None = None
    arrival: Arrival | None = None

    @property
    def label_wrong(self) -> bool:
        """Whether the request gave the picture a media type that its bytes do not have."""
        return bool(
            self.arrival and self.arrival.wire and self.arrival.media_type != f"image/{self.arrival.wire.lower()}"
        )

    @property
    def transport_lossless(self) -> bool:
        """Whether every pixel is the original's, or is explained by a resize alone; and the label is right.

        The way there has lost nothing then. What a resize loses is lost all the same: see ``resized``.
        """
        return bool(self.comparison and self.comparison.same) and not self.label_wrong

    @property
    def resized(self) -> bool:
        """Whether it arrived in another size."""
        return self.after is not None and self.after != self.before

    @property
    def pixels_left(self) -> float:
        """Pixels that arrived, per pixel that was sent."""
        width, height = self.after or (0, 0)
        return width * height / (self.before[0] * self.before[1])


class _Stop(BaseException):
    """Ends a backend's work once its processor has the pictures; no ``except Exception`` on the way holds it up."""


def inspect(
    model: str,
    pictures: Iterable[TestPicture],
    *,
    model_args: str | None = None,
    transport: str | None = None,
    force_simple: bool = False,
) -> Iterator[Finding]:
    """Send each picture through the backend ``--model`` and say what arrived.

    Args:
        model: a name that lmms-eval knows.
        pictures: what to send.
        model_args: as for lmms-eval; None = a tiny checkpoint or the recording server, where there is one.
        transport: ``image_transport``; None = the one by which exact pixels get through.
        force_simple: as for lmms-eval.

    Raises:
        CannotInspect: the backend cannot be built or watched here; the message says why.
        SettingsError: unknown transport.
    """
    transport = check_transport(transport or exact_for(model))
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(Recorder())
        stack.enter_context(backends.environment(recorder.url))
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medq-fidelity-")))
        backends.check(model, model_args)
        arguments = backends.arguments(model, model_args, recorder.url, scratch)
        backend = _build(model, arguments, force_simple)
        watch = _from_wire(recorder) if backends.is_recorded(model) else _from_processor
        for picture in pictures:
            (finding,) = send(backend, [picture], transport, watch)
            yield finding


def send(
    backend: Any, pictures: Sequence[TestPicture], transport: str, watch: Callable[[Callable[[], Any]], list[Arrival]]
) -> list[Finding]:
    """Send the pictures together, as those of one item, and compare them one by one in order."""
    doc: dict[str, Any] = {"kind": "perception", "question": "?", "letters": ["A"], "options": ["yes"]}
    doc |= {f"image_{number}": {"bytes": picture.data} for number, picture in enumerate(pictures, start=1)}
    request = _request(backend, doc, transport)
    arrivals = watch(lambda: backend.generate_until([request]))
    originals = [decode(picture.data) for picture in pictures]
    if len(arrivals) != len(pictures):
        return [Finding(picture.name, image.size) for picture, image in zip(pictures, originals, strict=True)]
    return [
        Finding(
            picture.name,
            image.size,
            (arrival.pixels.shape[1], arrival.pixels.shape[0]),
            compare(np.asarray(image), arrival.pixels),
            arrival,
        )
        for picture, image, arrival in zip(pictures, originals, arrivals, strict=True)
    ]


def _build(model: str, arguments: str, force_simple: bool) -> Any:
    from lmms_eval.models import get_model

    try:
        kind = get_model(model, force_simple)
        return kind.create_from_arg_string(arguments, {"batch_size": 1})
    except Exception as error:  # a missing package, a missing GPU, a wrong argument: all mean "not on this machine"
        raise CannotInspect(
            f"{model} cannot be inspected here: it does not start ({type(error).__name__}: {error})."
        ) from error


def _request(backend: Any, doc: dict[str, Any], transport: str) -> Any:
    from lmms_eval.api.instance import Instance

    backend.task_dict[_TASK] = {_SPLIT: [doc]}
    task = _StandInTask({"image_transport": transport})
    settings = {"max_new_tokens": 1, "temperature": 0, "do_sample": False, "until": ["<|im_end|>"]}
    if getattr(backend, "is_simple", True):
        arguments: tuple[Any, ...] = ("Is it?", settings, task.doc_to_visual, 0, _TASK, _SPLIT)
    else:
        arguments = ("Is it?", task.doc_to_messages, settings, 0, _TASK, _SPLIT)
    metadata = {"task": _TASK, "doc_id": 0, "repeats": 1}
    return Instance(request_type="generate_until", arguments=arguments, idx=0, metadata=metadata)


class _StandInTask:
    """As much of the harness's task as a backend meets: the bound hooks and the per-model words."""

    def __init__(self, words: dict[str, str]) -> None:
        self.lmms_eval_specific_kwargs = words
        self.config = types.SimpleNamespace(doc_to_visual=inputs.doc_to_visual)

    def doc_to_visual(self, doc: dict[str, Any]) -> list[Image.Image]:
        return inputs.doc_to_visual(doc, self.lmms_eval_specific_kwargs)

    def doc_to_messages(self, doc: dict[str, Any]) -> list[dict[str, Any]]:
        return inputs.doc_to_messages(doc, self.lmms_eval_specific_kwargs)


def _from_wire(recorder: Recorder) -> Callable[[Callable[[], Any]], list[Arrival]]:
    def watch(ask: Callable[[], Any]) -> list[Arrival]:
        recorder.take()
        _or_explain(ask)
        sent = recorder.take()
        if not sent:
            raise CannotInspect("the backend sent no picture to the recording server")
        return [_unpacked(one) for one in sent]

    return watch


def _unpacked(sent: Sent) -> Arrival:
    with Image.open(io.BytesIO(sent.data)) as image:
        return Arrival(np.asarray(image.convert("RGB")), image.format or "", sent.media_type)


def _from_processor(ask: Callable[[], Any]) -> list[Arrival]:
    with processor_input(stop=True) as arrivals, contextlib.suppress(_Stop):
        _or_explain(ask)
    return arrivals


def _or_explain(ask: Callable[[], Any]) -> None:
    from medq_tasks.answers import failure

    try:
        replies = ask()
        failed = failure(str(getattr(replies[0], "text", replies[0])))
    except Exception as error:  # whatever a backend raises; the test pictures are sound
        raise CannotInspect(f"the backend failed on a test picture ({type(error).__name__}: {error}).") from error
    if failed:
        raise CannotInspect(f"the backend failed on a test picture ({failed}).")


@contextlib.contextmanager
def processor_input(stop: bool = False) -> Iterator[list[Arrival]]:
    """Collects what transformers' image processors are given while the block runs, in order.

    ``stop``: raise past the backend once its processor has the pictures, so that no model is asked.
    """
    from transformers.image_processing_utils import BaseImageProcessor

    arrivals: list[Arrival] = []
    call = BaseImageProcessor.__call__

    def watched(self: Any, images: Any, *args: Any, **kwargs: Any) -> Any:
        done = call(self, images, *args, **kwargs)
        pictures = list(_flat(images))
        sizes = _sizes_seen(self, done) or [None] * len(pictures)
        arrivals.extend(Arrival(_rgb(one), seen=size) for one, size in zip(pictures, sizes, strict=True))
        if stop:
            raise _Stop
        return done

    with mock.patch.object(BaseImageProcessor, "__call__", watched):
        yield arrivals


def _flat(images: Any) -> Iterator[Any]:
    if isinstance(images, (list, tuple)):
        for image in images:
            yield from _flat(image)
    elif images is not None:
        yield images


def _rgb(image: Any) -> Pixels:
    """A picture as any processor takes it (PIL, array or tensor, channels first or last, 0..1 or 0..255)."""
    if isinstance(image, Image.Image):
        return np.asarray(image.convert("RGB"))
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = array.transpose(1, 2, 0)
    if np.issubdtype(array.dtype, np.floating) and array.max(initial=0) <= 1:
        array = array * 255
    return np.broadcast_to(np.clip(np.rint(array), 0, 255).astype(np.uint8), (*array.shape[:2], 3))


def _sizes_seen(processor: Any, output: Any) -> list[Size | None] | None:
    """Width and height of each picture on the model's patch grid (Qwen family), or None when there is no such grid."""
    grid = output.get("image_grid_thw") if hasattr(output, "get") else None
    patch = getattr(processor, "patch_size", None)
    if grid is None or not isinstance(patch, int):
        return None
    return [(int(columns) * patch, int(rows) * patch) for _, rows, columns in grid]


def shown(psnr: float) -> str:
    """PSNR for people: "inf" or dB with one digit."""
    return "inf" if math.isinf(psnr) else f"{psnr:.1f}"
