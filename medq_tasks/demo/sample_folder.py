"""The embedded sample set as a folder of official-schema TSVs, built once per version of what it is made from."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from importlib import metadata
from pathlib import Path

from medq_tasks.demo.extra import need_demo
from medq_tasks.store.locks import one_at_a_time

# The packages whose pictures and arithmetic make the sample set: another version may give other pixels.
_MAKERS = ("numpy", "scipy", "scikit-image", "pydicom", "nibabel", "nilearn", "pillow")


def sample_folder(cache: Path) -> Path:
    """The folder with the three ``mini`` tables; built on first use.

    Raises:
        MissingExtra: it is not built yet, and what it is built from is not installed.
    """
    folder = cache / "samples" / _recipe()
    if folder.is_dir():
        return folder
    with one_at_a_time(cache / "locks" / f"samples-{folder.name}.lock", what="the embedded sample set") as alone:
        if not folder.is_dir():
            if alone:
                for left in folder.parent.glob(f".making-{folder.name}-*"):  # of a process that was killed
                    shutil.rmtree(left, ignore_errors=True)
            _build(folder)
    return folder


def _build(folder: Path) -> None:
    need_demo("The sample set (medq_mini)")
    from medq_tasks.demo import samples

    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.parent / f".making-{folder.name}-{uuid.uuid4().hex}"
    work.mkdir()
    try:
        samples.build(work)
        work.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _recipe() -> str:
    """A name for everything that decides the samples' bytes: our code and the versions of its makers."""

    digest = hashlib.sha256()
    for file in sorted((Path(__file__).parent / "samples").rglob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for package in _MAKERS:
        try:
            digest.update(f"{package}={metadata.version(package)}\0".encode())
        except metadata.PackageNotFoundError:
            digest.update(f"{package} missing\0".encode())
    return digest.hexdigest()[:16]
