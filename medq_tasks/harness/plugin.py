"""The one door the harness knocks on: makes the tasks and the models of this package known to lmms-eval.

lmms-eval offers an entry point for models (it loads the group ``lmms_eval.models`` while ``lmms_eval.models`` is
imported) but none for tasks. ``register`` uses that call for both: it returns the model manifests, and it makes
``TaskManager`` look into the YAML folder of this package too. It also keeps the response store from answering with
failed requests (``response_store.py``), batches from changing replies (``padding.py``) and a run on a broken machine
from ending in a traceback (``health/``). ``PATCHES`` lists all of it (most stands in ``patches.py``): what is changed,
and what follows where lmms-eval is shaped otherwise, which whoever asks for one of our tasks is then told.

Three rules, each learned from a way to break the harness for everybody:

* import nothing heavy here: importing ``lmms_eval.tasks`` eagerly turned ``lmms-eval models`` from 0.2 s into 17 s;
* never raise: the harness loads all plugins inside one ``try``, an exception here would drop every plugin after it;
* ask for nothing twice: a second call, a second plugin and a user's own ``--include_path`` must all be harmless.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import backends, few_shot, patches, trackers
from medq_tasks.harness.after_import import after_import
from medq_tasks.harness.health.guard import guard, reading_the_index
from medq_tasks.harness.patches import EVALUATOR, Patch
from medq_tasks.harness.shape import misfit, require
from medq_tasks.harness.telling import tell

_TASKS_MODULE = "lmms_eval.tasks"
_MARK = "_knows_medq_tasks"
_registered = False  # whether the harness has called us in this process


def task_folder() -> Path:
    """The folder with the YAML task definitions: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "task_yamls"
    return inside if inside.is_dir() else package.parent / "task_yamls"


def register() -> list[Any]:
    """Entry point of the group ``lmms_eval.models``: teach TaskManager our folder, return our model manifests."""
    global _registered
    _registered = True
    try:
        if not task_folder().is_dir():
            _warn(f"the task definitions are missing ({task_folder()} does not exist); reinstall medq-tasks")
        for patch in PATCHES:
            after_import(patch.module, patch.needed, _attempt(patch.change))
        return _manifests()
    except Exception as error:
        _warn(f"could not register with this lmms-eval ({type(error).__name__}: {error})")
        return []


def join_late() -> None:
    """Called when a task of ours is loaded: make up for a harness that has never called ``register``, and for any other
    see whether what keeps its scores right is in force.

    ``--include_path`` finds the tasks also where another plugin keeps this one from being loaded, or where it is not
    installed; batches and the response store would then change replies without a word.

    Raises:
        HarnessStop: this harness is shaped otherwise, and a score could be wrong.
    """
    if not _running():
        return
    late = not _registered
    if late:
        register()
    for patch, why in misfits():
        _tell(patch, why)
    if late:
        tell(
            "lmms-eval has not loaded this plugin, only its tasks (`medq info --check` says why). What "
            "keeps replies right is in force all the same; --model medq_baseline, and exact pictures on "
            f"{', '.join(backends.CLASSES)}, are not there"
        )


def _running() -> bool:
    """Whether the harness evaluates in this process, or would if its evaluator still had the name that we know."""
    return EVALUATOR in sys.modules or (_TASKS_MODULE in sys.modules and not _there(EVALUATOR))


def misfits() -> Iterator[tuple[Patch, str]]:
    """The changes that this harness does not let us make, each with what is not as expected; makes the others."""
    for patch in PATCHES:
        module = sys.modules.get(patch.module)
        if module is not None:
            why = misfit(functools.partial(patch.change, module))
        else:
            why = "" if _there(patch.module) else f"there is no {patch.module}"
        if why:
            yield patch, why


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


@functools.cache
def _tell(patch: Patch, why: str) -> None:
    line = f"in this lmms-eval {why}, so {patch.without}. Cure: {backends.another_version()}"
    if patch.scores:
        raise HarnessStop(line)
    from loguru import logger

    logger.warning("medq-tasks: {}", line)


def _manifests() -> list[Any]:
    from lmms_eval.models import registry_v2

    ModelManifest = require(registry_v2, "ModelManifest", "model_id", "simple_class_path", how="by keyword")
    known = getattr(sys.modules.get("lmms_eval.models"), "AVAILABLE_SIMPLE_MODELS", None)
    known = known if isinstance(known, Mapping) else {}
    classes = {"medq_baseline": "medq_tasks.demo.baseline.model.MedqBaseline"}
    # Only in place of the very class that ours extends: in place of another, --model NAME would fail for everybody.
    classes |= {name: path for name, path in backends.CLASSES.items() if known.get(name) == backends.STOCK[name]}
    return [ModelManifest(model_id=name, simple_class_path=path) for name, path in classes.items()]


@functools.cache
def _attempt(change: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """``change`` where it fits: whoever asks for a task of ours is told what does not, others have nothing of it."""

    def attempt(module: ModuleType) -> None:
        why = misfit(functools.partial(change, module))
        if why and change is _teach:
            _warn(f"in this lmms-eval {why}")  # nobody would find a task, and with it be told

    return attempt


def _teach(tasks: ModuleType) -> None:
    manager = require(tasks, "TaskManager")
    if getattr(manager, _MARK, False):
        return
    require(manager, "__init__", calls=["initialize_tasks"])
    initialize = require(manager, "initialize_tasks", "include_path", "include_defaults")
    manager.initialize_tasks = _with_our_folder(initialize)  # type: ignore[attr-defined]
    setattr(manager, _MARK, True)


def _refuse_few_shot(evaluator: ModuleType) -> None:
    few_shot.watch(evaluator, task_index().keys())


def _send_items(logger: ModuleType) -> None:
    trackers.send_items(logger, task_index().keys())


def _guard(evaluator: ModuleType) -> None:
    require(evaluator, "simple_evaluate", "tasks")
    guard(evaluator, task_index().keys())


# In the order in which they are made: of one function, the last stands outermost.
PATCHES = (
    Patch(_TASKS_MODULE, "TaskManager", _teach, "its tasks are found through --include_path alone"),
    *patches.PATCHES,
    Patch(trackers.MODULE, "WandbLogger", _send_items, "--wandb_args sends no items of its tasks"),
    Patch(
        EVALUATOR,
        "simple_evaluate",
        _refuse_few_shot,
        "few-shot examples, which may show an item its own answer, cannot be refused",
        scores=True,
    ),
    Patch(
        EVALUATOR,
        "simple_evaluate",
        _guard,
        "a run that fails ends in a traceback and with exit code 0",
    ),
)


def _with_our_folder(initialize: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(initialize)

    @functools.wraps(initialize)
    def initialize_tasks(*args: Any, **options: Any) -> Any:
        index = reading_the_index(functools.partial(initialize, *args, **options), task_index)
        given = signature.bind(*args, **options)  # what does not fit has raised above, as it does without us
        given.apply_defaults()
        # Whoever switches the defaults off wants the named folders and nothing else.
        if not given.arguments["include_defaults"]:
            return index
        if _known_form(index):
            return {**task_index(), **index}  # the harness lets the first path win a name, and ours is the last
        given.arguments["include_path"] = _extended(given.arguments["include_path"])
        return initialize(*given.args, **given.kwargs)

    return initialize_tasks


def task_index() -> dict[str, dict[str, Any]]:
    """What the harness's own indexing makes of our folder, 20 times as fast.

    The harness reads the templates anew for each leaf, with a YAML parser in pure Python: 0.12 s of every start.
    The index needs only each leaf's name and whether it is a task or a group.
    """
    return {name: dict(entry) for name, entry in _index_of(task_folder()).items()}  # the harness writes into its own


@functools.cache
def _index_of(folder: Path) -> dict[str, dict[str, Any]]:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    Loader.add_constructor("!function", lambda loader, node: None)
    index: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.rglob("*.yaml")):
        leaf = yaml.load(file.read_bytes(), Loader)
        entry: dict[str, Any] = {"yaml_path": str(file)}
        if "group" in leaf:
            index[leaf["group"]] = {"type": "group", "task": -1, **entry}
        else:
            index[leaf["task"]] = {"type": "task", **entry}
    return index


def _known_form(index: Any) -> bool:
    """Whether this harness's index has the form that ``task_index`` writes (lmms-eval 0.6 to 0.7.3 has)."""
    if not isinstance(index, dict) or not all(isinstance(entry, dict) for entry in index.values()):
        return False
    tasks = (entry for entry in index.values() if entry.get("type") == "task")
    return set(next(tasks, ())) == {"type", "yaml_path"}


def _extended(include_path: str | Sequence[str] | None) -> list[str]:
    """The user's folders first (the harness lets the first path win a name), ours last and only once."""
    named = [include_path] if isinstance(include_path, str) else [str(path) for path in include_path or ()]
    ours = str(task_folder())
    if any(Path(path).resolve() == Path(ours).resolve() for path in named):
        return named
    return [*named, ours]


def _warn(problem: str) -> None:
    warnings.warn(
        f'medq-tasks: {problem}. Until then use --include_path "$(medq tasks-path)".', RuntimeWarning, stacklevel=3
    )
