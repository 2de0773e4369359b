"""The wheel, as a stranger gets it: built, installed into another environment, used from another folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words, cwd):
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A fresh environment with the wheel; what it depends on is lent from this one, so nothing is downloaded."""
    folder = tmp_path_factory.mktemp("fresh") / "env"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (lent,) = [path for path in sys.path if path.endswith("site-packages")][:1]
    (Path(site) / "lent.pth").write_text(lent + "\n")
    return python


def test_the_wheel_holds_all_definitions_and_data(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    definitions = {path.relative_to(ROOT) for path in (ROOT / "task_yamls").rglob("*") if path.is_file()}
    assert {f"medq_tasks/{path.as_posix()}" for path in definitions} <= inside
    data = [path for path in (ROOT / "medq_tasks").rglob("*") if path.is_file() and path.suffix not in (".pyc",)]
    assert {path.relative_to(ROOT).as_posix() for path in data} <= inside


def test_the_installed_plugin_is_found_from_another_folder(python, tmp_path):
    where = run(python, "-c", "import medq_tasks.plugin as p; print(p.__file__, p.task_folder())", cwd=tmp_path)
    code, folder = where.split()
    assert code.startswith(str(python.parents[1]))
    assert folder.startswith(str(python.parents[1]))
    listed = run(python, "-m", "lmms_eval", "--tasks", "list", cwd=tmp_path)
    assert " - medq_perception\n" in listed
    assert " - medq_bench\n" in listed
