"""YAML files of a user's own that name something twice, around a stand-in for the harness's reader."""

from pathlib import Path
from types import ModuleType

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import own_yamls
from medq_tasks.harness.plugin import task_folder
from medq_tasks.harness.shape import Unlike

TWICE = """\
include: /tasks/medq_perception.yaml
task: mine
doc_to_text: !function hooks.mine
lmms_eval_specific_kwargs:
  default:
    pre_prompt: a
    pre_prompt: b
"""


@pytest.fixture
def utils():
    """lmms_eval.utils, as far as it reads YAML."""
    made = ModuleType("lmms_eval.utils")
    made.load_yaml_config = lambda yaml_path=None, yaml_config=None, yaml_dir=None, mode="full": (yaml_path, mode)
    own_yamls.watch(made)
    reader = made.load_yaml_config
    own_yamls.watch(made)
    assert made.load_yaml_config is reader
    return made


def written(folder: Path, text: str, code: str = "utf-8") -> str:
    path = folder / "mine.yaml"
    path.write_bytes(text.encode(code))
    return str(path)


def test_a_name_that_stands_twice_is_refused_with_its_line(utils, tmp_path):
    path = written(tmp_path, TWICE)
    with pytest.raises(HarnessStop, match=rf"{path}, line 7: pre_prompt stands there a second time. Take one of"):
        utils.load_yaml_config(path)
    with pytest.raises(HarnessStop, match="line 4: task stands there"):
        utils.load_yaml_config(yaml_path=written(tmp_path, "include: medq.yaml\n\ntask: a\ntask: b"), mode="full")
    assert utils.load_yaml_config(path, mode="simple") == (path, "simple")  # the index of everybody's tasks


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TWICE.replace("    pre_prompt: b\n", ""), "utf-8"),
        (TWICE.replace("medq_perception", "other"), "utf-8"),  # no task of ours
        ("medq: [", "utf-8"),
        ("medq: é", "latin-1"),
        ("a: &a {b: 1}\nmedq: {<<: *a, b: 2}", "utf-8"),
    ],
)
def test_any_other_file_is_the_harness_s_own_matter(utils, tmp_path, text, code):
    path = written(tmp_path, text, code)
    assert utils.load_yaml_config(path) == (path, "full")


def test_what_is_no_file_is_too(utils):
    assert utils.load_yaml_config("/no/such.yaml") == ("/no/such.yaml", "full")
    assert utils.load_yaml_config(yaml_config={"task": "a"}) == (None, "full")


def test_ours_name_nothing_twice():
    for file in task_folder().rglob("*"):
        if file.is_file():
            own_yamls.refuse_twice(file)


def test_a_reader_of_another_shape_is_told():
    with pytest.raises(Unlike):
        own_yamls.watch(ModuleType("lmms_eval.utils"))
