"""Traps among the installed packages, from their metadata alone: nothing is imported."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from medq_tasks.harness.health.trap import Trap

GROUP = "lmms_eval.models"  # the entry points that lmms-eval loads
OUR_ENTRY = "medq_tasks.harness.plugin:register"
INSTALL = "pip install . (in the folder of medq-tasks; it brings back what it needs)"


def package_traps() -> list[Trap]:
    """What this environment's metadata shows: the harness, our door, the ranges we were tried with, second copies."""
    return [
        *harness_traps(importable("lmms_eval")),
        *door_traps([entry.value for entry in metadata.entry_points(group=GROUP)]),
        *range_traps(_requirements(), _versions()),
        *(trap for package in ("medq_tasks", "lmms_eval") for trap in copy_traps(package, sys.path)),
    ]


def harness_traps(there: bool) -> Iterator[Trap]:
    """Whether lmms-eval can be imported at all."""
    if not there:
        yield Trap("lmms-eval is not installed in this environment", INSTALL, stops=True, about="lmms-eval")


def door_traps(entries: Iterable[str]) -> Iterator[Trap]:
    """Whether lmms-eval is told of this package (it is not when it only lies on PYTHONPATH)."""
    if OUR_ENTRY not in entries:
        yield Trap(
            "medq-tasks is not installed in this environment, so lmms-eval does not find its tasks",
            'pip install . (in the folder of medq-tasks), or --include_path "$(medq tasks-path)"',
            stops=True,
            about="medq-tasks",
        )


def range_traps(requirements: Iterable[str], versions: Mapping[str, str]) -> Iterator[Trap]:
    """Installed versions outside of the ranges that this package was tried with, and what is missing.

    Args:
        requirements: as in the package's metadata ("filelock<4.3,>=3.12"); those of extras are passed over.
        versions: normalised distribution name -> installed version.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    for text in requirements:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(wanted.name)
        found = versions.get(name)
        if found is None and name == "lmms-eval":
            continue  # told by harness_traps; a checkout on PYTHONPATH has no metadata and works
        if found is not None and wanted.specifier.contains(found, prereleases=True):
            continue
        have = f"{name} {found} is installed" if found else f"{name} is not installed"
        only = f", and medq-tasks works with {wanted.specifier} only" if found else ", and medq-tasks needs it"
        yield Trap(have + only, f"pip install '{name}{wanted.specifier}'", stops=not found, about=name)


def copy_traps(package: str, path: Sequence[str]) -> Iterator[Trap]:
    """More than one copy of a package's code on the path: the first is used, whatever the metadata say."""
    places: dict[Path, None] = {}  # in order; a folder that is named twice is one copy
    for folder in path:
        file = Path(folder or ".") / package / "__init__.py"
        if file.is_file():
            places[file.resolve().parent] = None
    if len(places) > 1:
        first, *others = map(str, places)
        yield Trap(
            f"{package} is there more than once: {first} is used, not {', '.join(others)}",
            f"pip uninstall {package.replace('_', '-')} until it is gone, then install it once (and see PYTHONPATH)",
        )


def importable(module: str) -> bool:
    """Whether a top-level module is there, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # something put a bare module under this name
        return True


def range_of(package: str) -> str:
    """A distribution with the range that this package needs, as pip takes it ("lmms-eval<0.8,>=0.7")."""
    from packaging.requirements import Requirement

    wanted = (Requirement(text) for text in _requirements())
    return next((f"{package}{one.specifier}" for one in wanted if one.name == package), package)


def _requirements() -> Sequence[str]:
    try:
        return metadata.requires("medq-tasks") or ()
    except metadata.PackageNotFoundError:  # told by door_traps
        return ()


def _versions() -> dict[str, str]:
    from packaging.utils import canonicalize_name

    # The first found is the one that is imported. Metadata that an interrupted installation left have no name.
    found: dict[str, str] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(canonicalize_name(name), one.version)
    return found
