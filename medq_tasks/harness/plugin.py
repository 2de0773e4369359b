"""The one door the harness knocks on: makes the tasks and the models of this package known to lmms-eval.

lmms-eval offers an entry point for models (it loads the group ``lmms_eval.models`` while ``lmms_eval.models`` is
imported) but none for tasks. ``register`` uses that call for both: it returns the model manifests, and it makes
``TaskManager`` look into the YAML folder of this package too. It also keeps the response store from answering with
failed requests (``response_store.py``), batches from changing replies (``padding.py``) and a run on a broken machine
from ending in a traceback (``health/``).

Three rules, each learned from a way to break the harness for everybody:

* import nothing heavy here: importing ``lmms_eval.tasks`` eagerly turned ``lmms-eval models`` from 0.2 s into 17 s;
* never raise: the harness loads all plugins inside one ``try``, an exception here would drop every plugin after it;
* ask for nothing twice: a second call, a second plugin and a user's own ``--include_path`` must all be harmless.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from medq_tasks.harness import backends, few_shot, lost_requests, padding, response_store, sample_log
from medq_tasks.harness.health.guard import guard, reading_the_index

_TASKS_MODULE = "lmms_eval.tasks"
_EVALUATOR_MODULE = "lmms_eval.evaluator"
_MARK = "_knows_medq_tasks"
_WAITING = "_medq_patches"
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
        _teach_task_manager()
        _after_import(response_store.MODULE, "ResponseCache", response_store.make_honest)
        _after_import(sample_log.MODULE, "EvaluationTracker", sample_log.keep_half_characters)
        _after_import(_EVALUATOR_MODULE, "simple_evaluate", _patch_evaluator)
        return _manifests()
    except Exception as error:
        _warn(f"could not register with this lmms-eval ({type(error).__name__}: {error})")
        return []


def join_late() -> None:
    """Called when a task of ours is loaded: make up for a harness that has never called ``register``.

    ``--include_path`` finds the tasks also where another plugin keeps this one from being loaded, or where it is not
    installed; batches and the response store would then change replies without a word.
    """
    if _registered or _EVALUATOR_MODULE not in sys.modules:
        return
    register()
    from loguru import logger

    logger.warning(
        "medq-tasks: lmms-eval has not loaded this plugin, only its tasks (`medq info --check` says why). What keeps "
        "replies right is in force all the same; --model medq_baseline, and exact pictures on "
        f"{', '.join(backends.CLASSES)}, are not there."
    )


def _manifests() -> list[Any]:
    from lmms_eval.models.registry_v2 import ModelManifest

    known = getattr(sys.modules.get("lmms_eval.models"), "AVAILABLE_SIMPLE_MODELS", {})
    classes = {"medq_baseline": "medq_tasks.demo.baseline.model.MedqBaseline"}
    classes |= {name: path for name, path in backends.CLASSES.items() if name in known}
    return [ModelManifest(model_id=name, simple_class_path=path) for name, path in classes.items()]


def _teach_task_manager() -> None:
    if not task_folder().is_dir():
        _warn(f"the task definitions are missing ({task_folder()} does not exist); reinstall medq-tasks")
        return
    _after_import(_TASKS_MODULE, "TaskManager", _patch)


def _after_import(module: str, needed: str, patch: Callable[[ModuleType], None]) -> None:
    """Call ``patch`` on the module when it is imported and holds what is ``needed``: at once, or then."""
    loaded = sys.modules.get(module)
    if loaded is None:
        waiting = [finder for finder in sys.meta_path if isinstance(finder, _PatchAfterImport)]
        if not any((finder.module, finder.patch) == (module, patch) for finder in waiting):
            sys.meta_path.insert(0, _PatchAfterImport(module, patch))
    elif hasattr(loaded, needed):
        patch(loaded)
    else:
        _Unfinished.patch_later(loaded, needed, patch)


class _Unfinished(ModuleType):
    """A module that is being imported right now, and imports us: patched when a name that a patch needs is taken.

    ``lmms_eval.evaluator`` imports ``lmms_eval.models``, which calls ``register``, before it defines anything.
    """

    @classmethod
    def patch_later(cls, module: ModuleType, needed: str, patch: Callable[[ModuleType], None]) -> None:
        waiting = vars(module).setdefault(_WAITING, [])
        if (needed, patch) not in waiting:
            waiting.append((needed, patch))
        module.__class__ = cls  # type: ignore[assignment]

    def __getattribute__(self, name: str) -> Any:
        inner = ModuleType.__getattribute__(self, "__dict__")
        if name in inner and any(name == needed for needed, _ in inner.get(_WAITING, ())):
            self.__class__ = ModuleType  # type: ignore[assignment]
            for _, patch in inner.pop(_WAITING):
                _try(patch, self)
        return ModuleType.__getattribute__(self, name)


def _try(patch: Callable[[ModuleType], None], module: ModuleType) -> None:
    try:
        patch(module)
    except Exception as error:
        _warn(f"this lmms-eval cannot be extended ({type(error).__name__}: {error})")


class _PatchAfterImport:
    """Waits for the first import of one module, patches it once it has run, and is gone.

    Not derived from ``importlib.abc.MetaPathFinder``: that import alone takes 20 ms of every start.
    """

    def __init__(self, module: str, patch: Callable[[ModuleType], None]) -> None:
        self.module = module
        self.patch = patch

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_then_patch(module: ModuleType) -> None:
            execute(module)
            _try(self.patch, module)

        spec.loader.exec_module = execute_then_patch  # type: ignore[method-assign]
        return spec


def _patch(tasks: ModuleType) -> None:
    manager = tasks.TaskManager
    if getattr(manager, _MARK, False):
        return
    manager.initialize_tasks = _with_our_folder(manager.initialize_tasks)
    setattr(manager, _MARK, True)


def _patch_evaluator(evaluator: ModuleType) -> None:
    lost_requests.watch(evaluator)  # within the next one, so that what is asked again is padded alike
    padding.watch(evaluator)
    few_shot.watch(evaluator, task_index().keys())
    guard(evaluator, task_index().keys())


def _with_our_folder(initialize: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(initialize)
    def initialize_tasks(self: Any, include_path: Any = None, include_defaults: bool = True) -> Any:
        read = functools.partial(initialize, self, include_path=include_path, include_defaults=include_defaults)
        index = reading_the_index(read, task_index)
        # Whoever switches the defaults off wants the named folders and nothing else.
        if not include_defaults:
            return index
        if _known_form(index):
            return {**task_index(), **index}  # the harness lets the first path win a name, and ours is the last
        return initialize(self, include_path=_extended(include_path), include_defaults=include_defaults)

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
