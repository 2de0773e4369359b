"""What makes two runs unfit for comparison, and what is merely worth knowing."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medq_tasks.errors import RunError
from medq_tasks.prompts import DEFAULT
from medq_tasks.records import JudgeStamp
from medq_tasks.runs.imported import OF_HARNESS
from medq_tasks.runs.run import Run, TaskRun
from medq_tasks.transports import INEXACT_BACKENDS

# Name (as --allow-different takes it) -> what it is called in a message.
DIFFERENCES = {
    "table": "table",
    "version": "task version",
    "judge-model": "judge model",
    "judge-prompts": "judge prompts",
    "judge-settings": "judge settings",
    "image-transport": "image transport",
    "prompts": "wording of the questions",
    "reader": "second reader whose readings count",
}
ALL = "all"
_LONG = 200


@dataclass(frozen=True)
class Difference:
    """One thing that must be equal and is not."""

    kind: str  # a key of DIFFERENCES
    task: str
    a: str
    b: str

    def __str__(self) -> str:
        return f"{self.task}: {DIFFERENCES[self.kind]} is {self.a} in A and {self.b} in B"


def differences(a: Run, b: Run) -> list[Difference]:
    """Everything that must be equal in the tasks that both runs have, and is not."""
    shared = [(a.tasks[name], b.tasks[name]) for name in a.tasks if name in b.tasks]
    return [found for task_a, task_b in shared for found in task_differences(a, task_a, b, task_b)]


def check_allowed(allow: Collection[str]) -> None:
    """Raise unless every name is one that ``--allow-different`` takes.

    Raises:
        RunError: names those that are not, and those that are.
    """
    strange = sorted(set(allow) - {*DIFFERENCES, ALL})
    if strange:
        raise RunError(
            f"--allow-different {', '.join(strange)} is unknown. There is: {', '.join([*DIFFERENCES, ALL])}."
        )


def refuse(found: Sequence[Difference], allow: Collection[str]) -> None:
    """Raise unless every difference is allowed.

    Raises:
        RunError: names each difference and the option that accepts it; or ``allow`` holds an unknown name.
    """
    check_allowed(allow)
    if ALL in allow:
        return
    left = [difference for difference in found if difference.kind not in allow]
    if left:
        kinds = " ".join(f"--allow-different {kind}" for kind in dict.fromkeys(item.kind for item in left))
        raise RunError(
            "the runs cannot be compared:\n"
            + "\n".join(f"  {difference}" for difference in left)
            + f"\nEvaluate or judge both in the same way, or accept the difference with: {kinds}"
        )


def notes(a: Run, b: Run) -> Iterator[str]:
    """What differs without spoiling the comparison, or limits it: each a sentence."""
    for run, label in ((a, "A"), (b, "B")):
        yield from (f"{label}: {problem}" for problem in run.problems)
    yield from (f"{name}: only in A." for name in a.tasks if name not in b.tasks)
    yield from (f"{name}: only in B." for name in b.tasks if name not in a.tasks)
    imported = [(run, label) for run, label in ((a, "A"), (b, "B")) if run.origin != OF_HARNESS]
    for name in (name for name in a.tasks if name in b.tasks):
        yield from _task_notes(a.tasks[name], b.tasks[name])
        yield from () if imported else _setting_notes(a.tasks[name], b.tasks[name])
    yield from (
        f"{label} is {run.origin}: its prompts, pictures, code and settings are not known." for run, label in imported
    )
    if not imported and a.config.get("model_backend") != b.config.get("model_backend"):
        yield f"backend: {a.config.get('model_backend')} in A, {b.config.get('model_backend')} in B."


def image_transport(run: Run, task: TaskRun) -> str | None:
    """What reached the model: "exact" pixels, "jpeg85" and the like, or the backend's own way; None: not recorded.

    By effect, not by setting: "png" on a backend that would encode JPEG, and "as_is" on one that does not, both hand
    over exact pixels, and runs of two such models must not be refused.
    """
    setting = _transport_setting(run, task)
    if setting is None or setting.startswith("jpeg"):
        return setting
    not_exact = run.model in INEXACT_BACKENDS and ".chat." not in str(run.config.get("model_backend"))
    made = f"as {run.model} sends it" if setting == "as_is" and not_exact else "exact"
    # LMMS_IMAGE_ENCODE_FORMAT=JPEG makes the harness's chat backends lossy behind our back.
    recorded = (task.config.get("metadata") or {}).get("medq") or {}
    named = ", ".join(f"{name}={value}" for name, value in sorted((recorded.get("image_environment") or {}).items()))
    if named:
        return f"{made} unless changed by {named}"
    # What the run itself has seen, by the class of a backend whose name says nothing here.
    return str(recorded.get("pixels_changed") or made) if made == "exact" else made


def other_words(run: Run, task: TaskRun) -> str:
    """In which words the questions were put, where they are not this package's; "" where they are.

    A run from before these were recorded says only whether its definition names some of its own.
    """
    if task.prompts:
        return ", ".join(stamp.name for stamp in task.prompts if stamp.name != DEFAULT)
    own = [key for key in ("pre_prompt", "post_prompt") if str(_setting(run, task, key) or "").strip()]
    return f"own {' and '.join(own)}" if own else ""


def _transport_setting(run: Run, task: TaskRun) -> str | None:
    if not isinstance(task.config.get("lmms_eval_specific_kwargs"), Mapping):
        return None
    return _setting(run, task, "image_transport") or "as_is"  # what the hooks do without the key, or an empty one


def _setting(run: Run, task: TaskRun, key: str) -> str | None:
    block = task.config.get("lmms_eval_specific_kwargs")
    if not isinstance(block, Mapping):
        return None
    # The harness takes the block of the model's name, else the default one; resolved keys may also lie at the top.
    places = (block, block.get(run.model), block.get("default"))
    found = (place.get(key) for place in places if isinstance(place, Mapping))
    return next((value for value in found if isinstance(value, str)), None)


def task_differences(a: Run, task_a: TaskRun, b: Run, task_b: TaskRun) -> Iterator[Difference]:
    """What must be equal in a task of run ``a`` and one of run ``b``, and is not."""
    sides: dict[str, tuple[str | None, str | None]] = {
        "table": (_listed(task_a.tables), _listed(task_b.tables)),
        "version": (task_a.version or "unknown", task_b.version or "unknown"),
        "image-transport": (image_transport(a, task_a), image_transport(b, task_b)),
    }
    if task_a.second_readers != task_b.second_readers:
        sides["reader"] = (_listed(task_a.second_readers), _listed(task_b.second_readers))
    if {stamp.hash for stamp in task_a.prompts} != {stamp.hash for stamp in task_b.prompts}:
        sides["prompts"] = (_wording(task_a), _wording(task_b))

    def judges(read: Callable[[JudgeStamp], str]) -> tuple[str, str]:
        return _listed(map(read, task_a.stamps)), _listed(map(read, task_b.stamps))

    if task_a.stamps and task_b.stamps:  # nothing the judge said is compared where one run has none: a note says so
        sides["judge-model"] = judges(lambda stamp: stamp.model)
        sides["judge-prompts"] = judges(lambda stamp: f"{stamp.prompts} ({stamp.prompts_hash})")
        sides["judge-settings"] = judges(lambda stamp: stamp.settings_hash)
    for kind in DIFFERENCES:
        left, right = sides.get(kind, (None, None))
        if left != right and left is not None and right is not None:
            yield Difference(kind, task_a.name, left, right)


def _task_notes(a: TaskRun, b: TaskRun) -> Iterator[str]:
    ids_a, ids_b = ({record.identity for record in task.records} for task in (a, b))
    if ids_a != ids_b:
        yield (
            f"{a.name}: {len(ids_a & ids_b)} items in common; "
            f"{len(ids_a - ids_b)} are only in A and {len(ids_b - ids_a)} only in B."
        )
    if bool(a.stamps) != bool(b.stamps):
        yield f"{a.name}: judged only in {'A' if a.stamps else 'B'}, so that the judge's axes cannot be compared."
    servers_a, servers_b = ({stamp.server for stamp in task.stamps} - {""} for task in (a, b))  # "": 0.1.0 noted none
    if servers_a and servers_b and servers_a != servers_b:
        yield (
            f"{a.name}: the judge's server is {_listed(servers_a)} in A, {_listed(servers_b)} in B: "
            "one name may stand for other weights there."
        )
    for task, label in ((a, "A"), (b, "B")):
        if not task.prompts and (a.prompts or b.prompts):
            yield f"{a.name}: {label} does not say in which words it asked."
        if task.old_levels:
            yield f"{a.name}: {task.old_levels:,} scores of {label} are levels that their axis does not have."
    if a.answered_as != b.answered_as and a.stamps and b.stamps:
        answered = (", ".join(task.answered_as) or "the name asked for" for task in (a, b))
        yield f"{a.name}: the judge's server answered as {next(answered)} in A, {next(answered)} in B."


def _setting_notes(a: TaskRun, b: TaskRun) -> Iterator[str]:
    """What the harness notes of its settings. An import knows none: what it lacks is no difference."""
    for key in ("generation_kwargs", "lmms_eval_specific_kwargs"):
        if a.config.get(key) != b.config.get(key):
            yield f"{a.name}: {key} is {_short(a.config.get(key))} in A, {_short(b.config.get(key))} in B."
    if a.provenance.get("input_code") != b.provenance.get("input_code"):
        yield f"{a.name}: the code that makes prompts and pixels is not the same in A and B."
    limits_a, limits_b = ((task.provenance.get("pictures") or {}).get("limits") for task in (a, b))
    if limits_a != limits_b:
        yield f"{a.name}: the picture limits are {_short(limits_a)} in A, {_short(limits_b)} in B."


def _wording(task: TaskRun) -> str | None:
    return ", ".join(f"{stamp.name} ({stamp.hash})" for stamp in task.prompts) or None


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values))) or "none"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
