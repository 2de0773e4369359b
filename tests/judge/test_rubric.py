from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import yaml

from medq_tasks.errors import JudgeError
from medq_tasks.judge import RUBRIC_VERSION, load_rubric
from medq_tasks.judge import rubric as rubric_module
from medq_tasks.records import AXES

KINDS = ("no_reference", "comparison")

# The shape of the reference implementation's two files, with other words: implicitly concatenated strings in the first,
# two subscripts of the first in the second, and code that must never run.
CAPTION = """
import os
raise SystemExit("this file must not be executed")
PROMPT_TEMPLATES = {
    'completeness': (
        '#System: Judge.\\n'
        '#User: Does [MLLM DESC] cover '
        '[GOLDEN DESC]? Score:'
    ),
    'preciseness': 'P [MLLM DESC] against [GOLDEN DESC]',
    'consistency': 'C ' + '[MLLM DESC]',
    'quality_accuracy': 'Q [MLLM DESC] and [GOLDEN DESC]',
}
"""
PAIRED = """
from .medqbench_caption import PROMPT_TEMPLATES
PAIRED_PROMPT_TEMPLATES = {
    'completeness': PROMPT_TEMPLATES['completeness'],  # reused
    'preciseness': PROMPT_TEMPLATES['preciseness'],
    'consistency': ('pair ' 'C [MLLM DESC] [GOLDEN DESC]'),
    'quality_accuracy': 'pair Q [MLLM DESC] [GOLDEN DESC]',
}
"""


def checkout(root: Path, caption: str = CAPTION, paired: str = PAIRED) -> Path:
    folder = root / "vlmeval" / "dataset"
    folder.mkdir(parents=True)
    (folder / "medqbench_caption.py").write_text(caption)
    (folder / "medqbench_paired_description.py").write_text(paired)
    return root


def test_built_in_prompts_are_eight_and_all_ask_for_a_level():
    rubric = load_rubric()
    assert rubric.name == f"medq-tasks {RUBRIC_VERSION}"
    texts = [rubric.templates[kind][axis] for kind in KINDS for axis in AXES]
    assert len(set(texts)) == 8
    for text in texts:
        assert text.count("{model_text}") == text.count("{reference}") == 1
        assert text.endswith("Score: x")


def test_built_in_accuracy_of_a_comparison_has_no_middle_level():
    text = load_rubric().templates["comparison"]["quality_accuracy"]
    assert "1 =" not in text
    assert "where x is 0 or 2" in text


def test_the_hash_follows_every_part_that_shapes_a_prompt(tmp_path: Path):
    source = yaml.safe_load(Path(rubric_module.__file__).with_name("prompts").joinpath("default.yaml").read_text())
    hashes = {load_rubric().hash}
    for number, change in enumerate(({"system": "Be kind."}, {"fenced": False}, {"no_reference": None})):
        data = {**source, **change}
        if change.get("no_reference", "") is None:
            data["no_reference"] = {**source["no_reference"], "consistency": "Other words. {model_text}"}
        path = tmp_path / f"{number}.yaml"
        path.write_text(yaml.safe_dump(data))
        hashes.add(load_rubric(path).hash)
    assert len(hashes) == 4
    assert load_rubric().hash == load_rubric().hash


def test_a_copy_of_the_built_in_file_gives_the_built_in_prompts(tmp_path: Path):
    path = tmp_path / "copy.yaml"
    path.write_text(Path(rubric_module.__file__).with_name("prompts").joinpath("default.yaml").read_text())
    assert load_rubric(path).hash == load_rubric().hash


def test_a_prompt_without_marks_gets_both_texts_at_its_end(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({kind: dict.fromkeys(AXES, "Rate it.") for kind in KINDS}))
    rubric = load_rubric(path)
    assert rubric.name == "mine.yaml"
    user = rubric.messages("comparison", "consistency", "my text", "their text")[-1]["content"]
    assert user.startswith("Rate it.")
    assert user.index("my text") < user.index("their text")


def test_reference_prompts_are_read_as_data_and_filled_letter_by_letter(tmp_path: Path):
    rubric = load_rubric(checkout(tmp_path))
    messages = rubric.messages("no_reference", "completeness", "noisy <b>", "blurred")
    assert messages == [{"role": "user", "content": "#System: Judge.\n#User: Does [noisy <b>] cover [blurred]? Score:"}]
    assert rubric.templates["comparison"]["completeness"] == rubric.templates["no_reference"]["completeness"]
    assert rubric.templates["comparison"]["consistency"] == "pair C [MLLM DESC] [GOLDEN DESC]"
    assert rubric.templates["no_reference"]["consistency"] == "C [MLLM DESC]"


def test_reference_prompts_are_filled_in_one_pass(tmp_path: Path):
    rubric = load_rubric(checkout(tmp_path))
    content = rubric.messages("no_reference", "preciseness", "GOLDEN DESC MLLM DESC", "secret")[0]["content"]
    assert content == "P [GOLDEN DESC MLLM DESC] against [secret]"


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("PROMPT_TEMPLATES = {'completeness': 'x'}", "preciseness, consistency, quality_accuracy"),
        ("PROMPT_TEMPLATES = make()", "no dict literal to PROMPT_TEMPLATES"),
        (CAPTION.replace("'P [MLLM DESC] against [GOLDEN DESC]'", "open('x').read()"), "line 10: a prompt is not"),
        ("def (", "cannot be read as Python source"),
    ],
)
def test_a_checkout_that_cannot_be_used_says_why(tmp_path: Path, caption: str, said: str):
    with pytest.raises(JudgeError, match=said.replace("(", r"\(")):
        load_rubric(checkout(tmp_path, caption))


def test_a_folder_without_the_files_says_what_is_needed(tmp_path: Path):
    with pytest.raises(JudgeError, match="VLMEvalKit checkout"):
        load_rubric(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", "holds no mapping"),
        ("a: [", "cannot be read as YAML"),
        ("no_reference: {}", "no_reference.completeness` is missing"),
        ("comparison: {}", "the key `no_reference`"),
    ],
)
def test_a_faulty_prompts_file_says_where(tmp_path: Path, text: str, said: str):
    path = tmp_path / "p.yaml"
    path.write_text(textwrap.dedent(text))
    with pytest.raises(JudgeError, match=said) as error:
        load_rubric(path)
    assert str(path) in str(error.value)


def test_a_misspelt_axis_is_named(tmp_path: Path):
    path = tmp_path / "p.yaml"
    axes = {**dict.fromkeys(AXES, "x"), "precisness": "y"}
    path.write_text(yaml.safe_dump({"no_reference": axes, "comparison": dict.fromkeys(AXES, "x")}))
    with pytest.raises(JudgeError, match=r"no_reference\.precisness"):
        load_rubric(path)


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(JudgeError, match="no such file or folder"):
        load_rubric(tmp_path / "none.yaml")
