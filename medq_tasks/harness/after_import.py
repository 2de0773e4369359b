"""Changing a module of the harness as soon as it holds what is changed, without importing it.

Importing ``lmms_eval.tasks`` eagerly turned ``lmms-eval models`` from 0.2 s into 17 s.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_WAITING = "_medq_patches"


def after_import(module: str, needed: str, patch: Callable[[ModuleType], None]) -> None:
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
                patch(self)
        return ModuleType.__getattribute__(self, name)


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
            self.patch(module)

        spec.loader.exec_module = execute_then_patch  # type: ignore[method-assign]
        return spec
