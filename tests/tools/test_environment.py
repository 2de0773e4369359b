"""The project's own environment: what is taken for whole, what is refused, what is told. Nothing is installed here."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import environment  # noqa: E402
from environment import Unusable  # noqa: E402

TEXT = """\
[build-system]
requires = ["hatchling>=1.25"]

[project]
name = "x"
requires-python = ">=3.10"
classifiers = [
    "Programming Language :: Python",
]
dependencies = [
    # a comment: "not-this>=1"
    "one>=1",  # the reason
    "two>=2; sys_platform == 'darwin' and python_version < '3.12'",
]

[project.optional-dependencies]
demo = [
    "three>=3",
]

[tool.other]
list = [
    "four>=4",
]

[dependency-groups]
build = [
    "five>=5",
]
"""


@pytest.fixture
def steps(monkeypatch, tmp_path):
    """A project of its own with a current lock; commands are kept instead of run, one of them may fail."""
    monkeypatch.setattr(environment, "PYPROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(environment, "LOCK", tmp_path / "requirements.lock")
    environment.PYPROJECT.write_text(TEXT)
    environment.LOCK.write_text(environment.first_line() + "one==1\nuv==9 \\\n    --hash=sha256:ab\n")
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/uv")
    ran = Ran()
    monkeypatch.setattr(environment, "_run", ran)
    return ran


class Ran(list):
    fails_at = 0

    def __call__(self, words, folder):
        self.append(words)
        if len(self) == self.fails_at:
            raise Unusable("no space left")


def test_the_requirements_of_a_project_are_found():
    assert environment.requirements(TEXT) == [
        ">=3.10",
        "one>=1",
        "two>=2; sys_platform == 'darwin' and python_version < '3.12'",
        "three>=3",
        "five>=5",
    ]


def test_they_are_those_that_a_toml_reader_finds():
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")  # pytest brings tomli
    whole = tomllib.loads(environment.PYPROJECT.read_text(encoding="utf-8"))
    project = whole["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *whole["dependency-groups"].values()]
    wanted = [project["requires-python"], *[one for each in lists for one in each]]
    assert sorted(environment.requirements(environment.PYPROJECT.read_text(encoding="utf-8"))) == sorted(wanted)


def test_this_project_s_lock_is_of_its_requirements_and_names_no_address():
    assert environment.is_current(), "make lock"
    assert "://" not in environment.LOCK.read_text(encoding="utf-8")


def test_a_lock_older_than_the_requirements_is_one_line(steps, tmp_path):
    environment.PYPROJECT.write_text(TEXT.replace("one>=1", "one>=1.5"))
    with pytest.raises(Unusable, match=r"requirements\.lock is older .* make lock$"):
        environment.make(tmp_path / "env", "demo")
    assert steps == []


def test_what_is_no_requirement_leaves_the_lock_current(steps):
    environment.PYPROJECT.write_text(TEXT.replace("a comment", "another").replace("four>=4", "four>=5"))
    assert environment.is_current()


def test_a_whole_environment_is_made_once(steps, tmp_path):
    environment.make(tmp_path / "env", "dev")
    made, tools, ours = steps
    assert made[:2] == ["/usr/bin/uv", "venv"]
    assert tools[-5:] == list(environment.TOOLS)
    assert "--seed" not in made  # uv would fetch the newest pip of the day, and fail without a network
    assert ours[-2:] == ["--editable", f"{ROOT}[dev]"]
    for step in (tools, ours):
        assert step[step.index("--constraint") + 1] == str(environment.LOCK)
    environment.make(tmp_path / "env", "dev")
    environment.make(tmp_path / "env", "demo")  # dev holds it
    assert len(steps) == 3


def test_dev_is_put_on_top_of_demo(steps, tmp_path):
    environment.make(tmp_path / "env", "demo")
    (tmp_path / "env" / "kept").touch()
    environment.make(tmp_path / "env", "dev")
    assert [step[1] for step in steps] == ["venv", "pip", "pip", "pip", "pip"]
    assert (tmp_path / "env" / "kept").exists()


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_half_made_environment_is_made_anew(steps, tmp_path, fails_at):
    steps.fails_at = fails_at
    with pytest.raises(Unusable):
        environment.make(tmp_path / "env", "demo")
    assert not environment.is_whole(tmp_path / "env", "demo")
    (tmp_path / "env" / "half a package").touch()
    steps.clear()
    steps.fails_at = 0
    environment.make(tmp_path / "env", "demo")
    assert [step[1] for step in steps] == ["venv", "pip", "pip"]
    assert not (tmp_path / "env" / "half a package").exists()


def test_a_failure_on_top_of_demo_leaves_neither_whole(steps, tmp_path):
    environment.make(tmp_path / "env", "demo")
    steps.fails_at = 4
    with pytest.raises(Unusable):
        environment.make(tmp_path / "env", "dev")
    assert not environment.is_whole(tmp_path / "env", "demo")


def test_another_lock_clears_the_environment(steps, tmp_path):
    environment.make(tmp_path / "env", "demo")
    (tmp_path / "env" / "of the old lock").touch()
    environment.LOCK.write_text(environment.first_line() + "one==1.1\n")
    environment.make(tmp_path / "env", "demo")
    assert not (tmp_path / "env" / "of the old lock").exists()


def test_an_environment_of_another_checkout_or_place_is_made_anew(steps, tmp_path, monkeypatch):
    environment.make(tmp_path / "env", "demo")
    (tmp_path / "env").rename(tmp_path / "moved")  # its commands name the old place
    assert not environment.is_whole(tmp_path / "moved", "demo")
    environment.make(tmp_path / "moved", "demo")
    monkeypatch.setattr(environment, "ROOT", tmp_path / "other checkout")  # whose code is not what is installed
    assert not environment.is_whole(tmp_path / "moved", "demo")


def test_the_project_s_own_folder_is_no_environment(steps):
    with pytest.raises(Unusable, match="is no place for an environment"):  # as `make VENV=` has it
        environment.make(environment.ROOT, "demo")


def test_a_lock_that_is_not_there_is_told(steps, tmp_path):
    environment.LOCK.unlink()
    with pytest.raises(Unusable, match="is not there; make it: make lock"):
        environment.make(tmp_path / "env", "demo")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/root/x"), "/root/x: Permission denied; name another place"),
        (KeyboardInterrupt(), "interrupted"),
        (Unusable("no space"), "no space"),
    ],
)
def test_whatever_stops_it_is_one_line(error, said, monkeypatch, capsys):
    def make(*_, **__):
        raise error

    monkeypatch.setattr(environment, "make", make)
    monkeypatch.setattr(sys, "argv", ["environment.py", "x", "demo"])
    assert environment.main() == 1
    assert capsys.readouterr().err.startswith(f"medq-tasks: {said}")


def test_a_folder_of_somebody_else_is_never_cleared(steps, tmp_path):
    (tmp_path / "theirs").mkdir()
    with pytest.raises(Unusable, match=r"was not made by this project; .* make VENV=FOLDER"):
        environment.make(tmp_path / "theirs", "demo")
    assert (tmp_path / "theirs").is_dir()
    assert steps == []


def test_an_environment_of_release_0_1_0_is_ours(steps, tmp_path):
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / ".installed").touch()
    environment.make(tmp_path / "env", "demo")
    assert environment.is_whole(tmp_path / "env", "demo")


def test_a_folder_of_wheels_is_used_instead_of_the_network(steps, tmp_path):
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "one-1-py3-none-any.whl").touch()
    environment.make(tmp_path / "env", "demo", wheels=str(tmp_path / "wheels"))
    for step in steps[1:]:
        place = step.index("--no-index")
        assert step[place + 1 : place + 3] == ["--find-links", str(tmp_path / "wheels")]
    (tmp_path / "empty").mkdir()
    for folder in ("nothing-there", str(tmp_path / "empty")):
        with pytest.raises(Unusable, match=rf"WHEELS={folder} is no folder with wheels .* make wheels"):
            environment.make(tmp_path / "third", "demo", wheels=folder)
    with pytest.raises(Unusable, match="WHEELS=nothing-there is no folder"):
        environment.make(tmp_path / "other", "demo", wheels="nothing-there")


def test_pip_takes_the_whole_lock_with_its_hashes(steps, tmp_path):
    environment.make(tmp_path / "env", "demo", pip=True)
    made, tools, lock, ours = steps
    assert made[1:3] == ["-m", "venv"]
    assert tools[-1].endswith("part.txt")
    for step in (tools, lock):
        assert {"--require-hashes", "--no-deps", "--no-build-isolation"} <= set(step)
    assert lock[-1] == str(environment.LOCK)
    assert ours[-2:] == ["--editable", str(ROOT)]


def test_pip_does_it_where_uv_cannot_be_had(steps, tmp_path, monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    asked = []
    monkeypatch.setattr(environment.subprocess, "run", lambda words, check: asked.append(words))
    environment.make(tmp_path / "env", "demo")
    assert Path(asked[0][-1]).name == ".medq-tasks-part.txt"
    assert [step[-1] for step in steps][-2:] == [str(environment.LOCK), str(ROOT)]


def test_without_venv_module_and_uv_it_says_what_to_install(steps, tmp_path, monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    find = environment.importlib.util.find_spec
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name)
    )
    with pytest.raises(Unusable, match="apt install python3-venv"):
        environment.make(tmp_path / "env", "demo")


def test_entries_are_taken_with_their_hashes():
    wanted = "ab==2 ; python_version < '3.11' \\\n    --hash=sha256:2\nab==3 \\\n    --hash=sha256:3\n"
    assert environment.entries(("ab",), f"# first\na==1 \\\n    --hash=sha256:1\n{wanted}abc==4\n") == wanted


def test_a_failed_step_names_itself_the_disk_and_the_way_without_network(tmp_path, monkeypatch):
    free = {tmp_path: 300e6}  # of the disk that the environment is on, not of the project's
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: SimpleNamespace(free=free[path]))
    with pytest.raises(Unusable) as error:
        environment._run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
    for word in ("raise SystemExit(3)", "0.3 GB are free there", "WHEELS=FOLDER", "made anew"):
        assert word in str(error.value)
