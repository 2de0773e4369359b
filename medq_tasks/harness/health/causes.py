"""From an exception of a broken host to one line: what is at fault, and the cure."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from medq_tasks.harness.health.installed import INSTALL, importable, range_of
from medq_tasks.harness.health.trap import Trap


@dataclass(frozen=True)
class Cause:
    """A fault that was met: ``symptom`` is in the traceback, ``problem`` goes on after ``about`` and its version."""

    symptom: str
    problem: str
    cure: str
    about: str
    package: bool = True  # whether ``about`` is one; else ``problem`` stands alone


def _decord() -> str:
    if sys.platform == "darwin":
        return "pip install eva-decord"
    if platform.machine().lower() in ("x86_64", "amd64"):
        return "pip install decord"
    return "a server through --model openai: decord has no wheel for this machine"


CAUSES = (
    Cause(
        "No module named 'filelock._api'",
        "lacks the module filelock._api, which every evaluation of lmms-eval imports",
        "pip install 'filelock<4.3'",
        "filelock",
    ),
    Cause("No module named 'decord'", "is imported by qwen2_vl and other backends of lmms-eval", _decord(), "decord"),
    Cause(
        "unexpected keyword argument 'proxies'",
        "gives httpx 0.28 an argument that it no longer has: no client of an API can be made",
        "pip install --upgrade openai",
        "openai",
    ),
    Cause(
        "pyarrow requires NumPy",
        "does not work with the pyarrow that is installed",
        "pip install 'numpy>=2.1'",
        "numpy",
    ),
    Cause(
        "C extension: None not built",
        "does not work with the pandas that is installed, which lmms-eval imports",
        "pip install 'numpy>=2.1'",
        "numpy",
    ),
    Cause(
        "operator torchvision::nms does not exist",
        "was built for another torch",
        "pip install --upgrade --force-reinstall torch torchvision",
        "torchvision",
    ),
    Cause("'socksio' package is not installed", "is needed for the SOCKS proxy", "pip install socksio", "socksio"),
    Cause(
        "Unknown scheme for proxy URL",
        "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is none that httpx can use",
        "correct or unset it (http, https, socks5 and socks5h work)",
        "proxy",
        package=False,
    ),
    Cause(
        "load_verify_locations(",
        "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read",
        "correct or unset it",
        "certificates",
        package=False,
    ),
)
# What the task definitions of 0.1.0 name, and where it is now. Not kept as doors of their own: a copied folder lacks
# what was mended in the definitions since, and its scores could differ from the shipped tasks' without a word.
MOVED = {"medq_tasks.hooks": "medq_tasks.harness", "medq_tasks.tables": "medq_tasks.harness.tables"}
# Where a package has another name than its module.
_NAMES = {"cv2": "opencv-python", "PIL": "pillow", "yaml": "pyyaml", "sklearn": "scikit-learn"}


def explain(error: BaseException, doing: str) -> Trap:
    """The one line for an exception.

    Args:
        error: what was raised; the exceptions that it was raised from are looked at too.
        doing: what was being done, for an error of which nothing is known ("importing lmms-eval").
    """
    return known_cause(error) or _unknown(error, doing)


def known_cause(error: BaseException) -> Trap | None:
    """The line for an exception that shows what is wrong with the host; None for any other."""
    found = moved(error)
    if found is not None:
        return found
    text = "".join(traceback.format_exception(error))
    for cause in CAUSES:
        if cause.symptom in text:
            problem = f"{_with_version(cause.about)} {cause.problem}" if cause.package else cause.problem
            return Trap(problem, cause.cure, stops=True, about=cause.about)
    return _file_missing(error) or _module_missing(error)


def moved(error: BaseException) -> Trap | None:
    """The line for a task definition that names a function where 0.1.0 had it: a folder copied from there."""
    if not any(isinstance(one, ModuleNotFoundError) and one.name in MOVED for one in _chain(error)):
        return None
    edits = "; ".join(f"s/{old.replace('.', '[.]')}[.]/{new}./g" for old, new in MOVED.items())
    return Trap(
        "the task definitions in the folder of --include_path are a copy from medq-tasks 0.1.0, whose functions moved",
        f"copy them again from $(medq tasks-path), or: grep -rl medq_tasks FOLDER | xargs sed -i '{edits}'",
        stops=True,
        about="task definitions",
    )


def _file_missing(error: BaseException) -> Trap | None:
    """lmms-eval lacks a file of its own, as the wheels of 0.7.1 and 0.7.2 do."""
    for one in _chain(error):
        name = one.filename if isinstance(one, FileNotFoundError) else None
        parts = Path(name).parts if isinstance(name, str) else ()
        if "lmms_eval" in parts and "site-packages" in parts:
            inner = "/".join(parts[parts.index("lmms_eval") :])
            problem = f"{_with_version('lmms-eval')} lacks {inner}, a file of its own"
            return Trap(problem, f"pip install --upgrade '{range_of('lmms-eval')}'", stops=True, about="lmms-eval")
    return None


def _module_missing(error: BaseException) -> Trap | None:
    for one in _chain(error):
        if not isinstance(one, ImportError) or not one.name:
            continue
        top = one.name.partition(".")[0]
        importer = f"{_importer(one)} imports"
        if not importable(top):
            package = _NAMES.get(top, top)
            plugin = top in os.environ.get("LMMS_EVAL_PLUGINS", "").split(",")
            cure = "unset LMMS_EVAL_PLUGINS, which names it" if plugin else f"pip install {package}"
            return Trap(f"{package}, which {importer}, is not installed", cure, stops=True, about=package)
        package = _distribution(top)
        problem = f"{_with_version(package)} lacks what {importer} ({one})"
        return Trap(problem, f"another version of {package}, or {INSTALL}", stops=True, about=package)
    return None


def _unknown(error: BaseException, doing: str) -> Trap:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Trap(f"{doing} ends in {said} (raised by {_importer(error)})", INSTALL, stops=True)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The first cause first: a wrapper's own text says less."""
    causes = []
    link: BaseException | None = error
    while link is not None and link not in causes:
        causes.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return reversed(causes)


def _importer(error: BaseException) -> str:
    """The file in which an error arose, below the folder of packages; import machinery is passed over."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    file = files[-1] if files else "it"
    return file.rpartition("site-packages/")[2]


def _distribution(module: str) -> str:
    return next(iter(metadata.packages_distributions().get(module, ())), module)


def _with_version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} (not installed)"
