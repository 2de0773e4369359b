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
        utils.load_yaml_config(yaml_path=written(tmp_path, "include: medq_mini.yaml\n\ntask: a\ntask: b"), mode="full")
    assert utils.load_yaml_config(path, mode="simple") == (path, "simple")  # the index of everybody's tasks


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TWICE.replace("    pre_prompt: b\n", ""), "utf-8"),
        (TWICE.replace("medq_perception", "other"), "utf-8"),  # no task of ours
        ("task: my_medqa  # medq\nmetadata: 1\nmetadata: 2", "utf-8"),  # another plugin's
        ("medq_mini: [", "utf-8"),
        ("medq_mini: é", "latin-1"),
        ("a: &a {b: 1}\nc: &c {d: 1}\nmedq_mini: {<<: *a, <<: *c, b: 2}", "utf-8"),  # two merges add up
        ('medq_mini: {1: a, "1": b}', "utf-8"),
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


def test_what_a_yaml_about_our_tasks_includes_is_looked_at_too(tmp_path):
    (tmp_path / "words.yaml").write_text("default: {pre_prompt: a}\ndefault: {pre_prompt: b}\n")
    outer = tmp_path / "outer.yaml"
    outer.write_text("include: [medq_perception.yaml, words.yaml]\n")
    made = ModuleType("lmms_eval.utils")
    read = []

    def load_yaml_config(yaml_path=None, yaml_config=None, yaml_dir=None, mode="full"):
        read.append(yaml_path)
        return made.load_yaml_config(tmp_path / "words.yaml") if yaml_path == outer else {}

    made.load_yaml_config = load_yaml_config
    own_yamls.watch(made)
    assert made.load_yaml_config(tmp_path / "words.yaml") == {}  # by itself nobody knows whose it is
    with pytest.raises(HarnessStop, match=r"words\.yaml, line 2: default stands there"):
        made.load_yaml_config(outer)
    assert made.load_yaml_config(tmp_path / "words.yaml") == {}
