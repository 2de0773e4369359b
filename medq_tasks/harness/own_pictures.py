"""Pictures that a ``doc_to_visual`` of the user's own makes, handed over as exactly as ours.

Our hook dresses each picture for the backend (``pixels.hand_over``). A function that wraps it and turns, crops or draws
on what it gets returns plain pictures, and one that opens files never had others: a backend that makes JPEG of plain
pictures would show the model JPEG without a word. So what such a function returns is dressed again, after it.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from types import MethodType
from typing import Any

from medq_tasks.harness.our_tasks import is_our_hook
from medq_tasks.harness.replacing import replaced
from medq_tasks.harness.telling import tell


@contextlib.contextmanager
def dressed(tasks: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Within the block every picture of these tasks is one that is written without loss.

    Args:
        tasks: by name, those that hand over by ``png``.

    Yields:
        By name of the task, why it is not known what the model sees: its function returned something that is no
        picture (a path, an array). One row of each is looked at beforehand, so that this is told before anything is
        asked.
    """
    unknown: dict[str, str] = {}
    own = {name: task for name, task in tasks.items() if not is_our_hook(getattr(task.config, "doc_to_visual", None))}
    with contextlib.ExitStack() as stack:
        for name, task in own.items():
            theirs = getattr(task, "doc_to_visual", None)
            if not callable(theirs):
                continue
            stack.enter_context(replaced(task, "doc_to_visual", _dressing(name, task, theirs, unknown)))
            with contextlib.suppress(Exception):  # it will raise where the harness asks it, with its own words
                task.doc_to_visual(task.dataset[task.config.test_split][0])
        yield unknown


def _dressing(name: str, task: Any, theirs: Callable[..., Any], unknown: dict[str, str]) -> MethodType:
    @functools.wraps(theirs)
    def doc_to_visual(_: Any, *args: Any, **options: Any) -> Any:
        found = theirs(*args, **options)
        if found is None:
            return None
        return [_exact(name, one, unknown) for one in (found if isinstance(found, list | tuple) else [found])]

    return MethodType(doc_to_visual, task)  # a request is known as ours by the task of its methods


def _exact(name: str, picture: Any, unknown: dict[str, str]) -> Any:
    from PIL import Image  # not above: every start of lmms-eval imports this module

    from medq_tasks import pixels

    if isinstance(picture, pixels.ExactImage):
        return picture
    if isinstance(picture, Image.Image):
        return pixels.hand_over(picture, "png")
    if name not in unknown:
        unknown[name] = (
            f"doc_to_visual returns {type(picture).__name__}, no PIL image: what the backend makes of it is not known"
        )
        tell(f"{unknown[name]} ({name}; docs/pixels.md)")
    return picture
