"""The wheel, as a stranger gets it: built, installed into another environment, used from another folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words, cwd, **env):
    words = [str(word) for word in words]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False)
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


def test_pip_takes_away_all_that_it_has_installed(wheel, tmp_path):
    """docs/upgrading.md: uninstall without a trace."""
    run(sys.executable, "-m", "venv", "--without-pip", "env", cwd=tmp_path)

    def files() -> set[str]:
        return {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "env").rglob("*")}

    before = files()
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", tmp_path / "env" / "bin" / "python")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    added = files() - before
    assert "env/bin/medq" in added
    assert not [name for name in added if name.endswith(".pth")]
    inside = {name for name in added if "site-packages/" in name}
    assert {name.split("site-packages/")[1].split("/")[0].split("-")[0] for name in inside} == {"medq_tasks"}
    run(*pip, "uninstall", "--yes", "medq-tasks", cwd=tmp_path)
    assert files() == before


@pytest.fixture
def second_plugin(tmp_path):
    """A folder for PYTHONPATH with a plugin that does what ours does: sees TaskManager and returns no models."""
    site = tmp_path / "site"
    told = site / "second_plugin-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Name: second-plugin\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[lmms_eval.models]\nsecond = second_plugin:register\n")
    (site / "second_plugin.py").write_text(
        "import pathlib\n"
        "def register():\n"
        "    import lmms_eval.tasks\n"
        "    pathlib.Path(__file__).with_name('was-asked').touch()\n"
        "    return []\n"
    )
    return site


def test_our_tasks_are_found_from_another_folder_beside_a_second_plugin_and_an_own_path(
    python, second_plugin, tmp_path
):
    where = run(python, "-c", "import medq_tasks.harness.plugin as p; print(p.__file__, p.task_folder())", cwd=tmp_path)
    code, folder = where.split()
    assert code.startswith(str(python.parents[1]))
    assert folder.startswith(str(python.parents[1]))
    own = tmp_path / "own"
    own.mkdir()
    (own / "my_task.yaml").write_text("task: my_own_task\ndataset_path: json\noutput_type: generate_until\n")
    words = ("-m", "lmms_eval", "--tasks", "list", "--include_path", own)
    said = run(python, *words, cwd=tmp_path, PYTHONPATH=str(second_plugin))
    listed = {line.removeprefix(" - ") for line in said.splitlines() if line.startswith(" - ")}
    assert {"medq_perception", "medq_bench", "my_own_task", "mme"} <= listed
    assert (second_plugin / "was-asked").exists()
