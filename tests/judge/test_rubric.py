from __future__ import annotations

import hashlib
import json
import textwrap
from pathlib import Path

import pytest
import yaml

from medq_tasks.errors import JudgeError
from medq_tasks.judge import RUBRIC_VERSION, load_rubric
from medq_tasks.judge import rubric as rubric_module
from medq_tasks.records import AXES
from tests.prompts.checkout import know

KINDS = ("no_reference", "comparison")

# The shape of the reference implementation's two files, with other words: implicitly concatenated strings in the first,
# two subscripts of the first in the second, and code that must never run.
CAPTION = """
import os
raise SystemExit("this file must not be executed")
OTHER = {'completeness': 'not this one'}
os.environ = {}
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
class MedQBench_Caption_Scorer:
    def build_prompt(self, metric, text, reference):
        return PROMPT_TEMPLATES[metric].replace('MLLM DESC', text).replace('GOLDEN DESC', reference)
    def ask_judge(self, prompt):
        return self.judge.generate(prompt)
"""
PAIRED = """
from .medqbench_caption import PROMPT_TEMPLATES
PAIRED_PROMPT_TEMPLATES = {
    'completeness': PROMPT_TEMPLATES['completeness'],  # reused
    'preciseness': PROMPT_TEMPLATES['preciseness'],
    'consistency': ('pair ' 'C [MLLM DESC] [GOLDEN DESC]'),
    'quality_accuracy': 'pair Q [MLLM DESC] [GOLDEN DESC]',
}
class MedQBench_PairedDescription_Scorer:
    def build_prompt(self, metric, text, reference):
        return PAIRED_PROMPT_TEMPLATES[metric].replace('MLLM DESC', text).replace('GOLDEN DESC', reference)
"""


UNKNOWN = "its code is not that of a revision known here"


@pytest.fixture
def known(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, checkout(tmp_path_factory.mktemp("known")))


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


def test_the_hash_of_the_built_in_prompts_moves_with_their_version_alone():
    """Runs are compared by it: another one here, without another RUBRIC_VERSION, parts runs that belong together."""
    assert (RUBRIC_VERSION, load_rubric().hash) == ("1.0", "8250e8f530d37902")


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


def rubric_of(folder: Path, **data: object) -> rubric_module.Rubric:
    """The rubric of a YAML file with these keys, and with the same prompt for all axes where they name none."""
    path = folder / "mine.yaml"
    prompts = {} if {"prompts", "templates"} & set(data) else every("Rate {model_text}.")
    path.write_text(yaml.safe_dump({**prompts, **data}, allow_unicode=True), encoding="utf-8-sig")
    return load_rubric(path)


OWN_MARKS = {"model": "[M]", "reference": "[R]"}


def every(text: object) -> dict[str, dict[str, object]]:
    return {kind: dict.fromkeys(AXES, text) for kind in KINDS}


@pytest.mark.parametrize("key", ["prompts", "templates"])
def test_the_prompts_may_stand_under_a_key_of_their_own(tmp_path: Path, key: str):
    rubric = rubric_of(tmp_path, name="mine", version=2, **{key: every(" Rate it. \n")})
    assert rubric.name == "mine 2"
    assert rubric.templates["comparison"]["consistency"] == "Rate it."


def test_bare_texts_go_where_the_users_own_marks_stand(tmp_path: Path):
    own = {"fenced": False, "marks": {"model": "<<M>>", "reference": "<<R>>"}, "prompts": every("<<R>> or <<M>>?")}
    assert rubric_of(tmp_path, **own).messages("comparison", "consistency", "M</s>\ud800", "ü") == [
        {"role": "user", "content": "ü or M</s>??"}  # no system message of ours either: older rubrics know none
    ]


def test_marks_of_ones_own_of_which_one_is_a_part_of_the_other_are_told_apart(tmp_path: Path):
    own = {"fenced": False, "marks": {"model": "TEXT", "reference": "REF TEXT"}}
    rubric = rubric_of(tmp_path, **own, prompts=every("TEXT by REF TEXT"))
    assert rubric.messages("comparison", "consistency", "a", "b")[-1]["content"] == "a by b"
    with pytest.raises(JudgeError, match="shows REF TEXT alone"):
        rubric_of(tmp_path, **own, prompts=every("Rate by REF TEXT"))


@pytest.mark.parametrize("empty", [{"marks": None}, {"marks": {}}, {"prompts": None}, {"templates": {}}])
def test_an_empty_key_is_the_default(tmp_path: Path, empty: dict):
    rubric = rubric_of(tmp_path, **every("Rate {model_text}."), **empty)
    assert rubric.hash == rubric_of(tmp_path).hash


def test_a_prompt_with_one_mark_gets_no_more_at_its_end(tmp_path: Path):
    user = rubric_of(tmp_path).messages("comparison", "consistency", "MINE", "THEIRS")[-1]["content"]
    assert user.startswith("Rate [MODEL TEXT ")
    assert user.endswith(" ENDS].")
    assert "THEIRS" not in user


@pytest.mark.parametrize(
    ("given", "system"),
    [({}, load_rubric().system), ({"system": " Be kind. "}, "Be kind."), ({"system": ""}, ""), ({"system": None}, "")],
)
def test_the_system_message_is_ours_unless_the_file_says_otherwise(tmp_path: Path, given: dict, system: str):
    messages = rubric_of(tmp_path, **given).messages("no_reference", "consistency", "x", "y")
    assert messages[:-1] == ([{"role": "system", "content": system}] if system else [])


def test_later_attempts_are_the_first_and_a_reminder():
    first, second, third, fourth = (
        load_rubric().messages("no_reference", "consistency", "x", "y", attempt)[-1]["content"]
        for attempt in (1, 2, 3, 4)
    )
    assert first.endswith("Score: x")
    assert second == f"{first}\n\n{rubric_module.REMINDERS[1]}"
    assert third == fourth == f"{first}\n\n{rubric_module.REMINDERS[2]}"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"marks": {"model": "X", "reference": "X"}}, "must be texts, different and not empty"),
        ({"marks": {"model": "X", "reference": ""}}, "must be texts, different and not empty"),
        ({"marks": {"model": "X", "reference": 5}}, "must be texts, different and not empty"),
        ({"marks": {"model": "X", "refrence": "Y"}}, "`marks` has model, refrence. It needs model and reference"),
        ({"marks": {"model": "X"}}, "`marks` has model. It needs model and reference"),
        ({"marks": {"model": "X", "reference": "Y", "z": "Z"}}, "`marks` has model, reference, z. It needs"),
        ({"marks": OWN_MARKS, "prompts": every("Rate.")}, r"no_reference.completeness` has neither \[M\] nor \[R\]"),
        ({"marks": OWN_MARKS, "prompts": every("[M] [r]")}, r"\[R\], which `marks` names, stands in no prompt"),
        ({"marks": OWN_MARKS, "prompts": every("[M] {reference}")}, "has {reference}, where nothing is put in"),
        ({"prompts": every("{reference}")}, "shows {reference} alone, so that a judge would not see the reply"),
        ({"marks": ["X"]}, "`marks` must be a mapping"),
        ({"marks": []}, "`marks` must be a mapping"),
        ({"name": {"a": 1}}, "`name` is {'a': 1}, no text"),
        ({"prompts": every("x"), **every("y")}, "has prompts under prompts and no_reference and comparison"),
        ({"prompts": every("x"), "comparison": None}, "has prompts under prompts and comparison"),
        ({"prompts": every("x"), "templates": every("y")}, "has prompts under prompts and templates"),
        ({"prompts": {**every("x"), "system": "y"}}, "system under `prompts` means nothing there"),
        ({"templates": {**every("x"), "no_referenc": {}, "system": ""}}, "no_referenc, system under `templates`"),
        ({"fenced": "no"}, "`fenced` must be true or false"),
        ({"system": 3}, "`system` a text"),
        ({"system": "Compare with {reference}"}, "`system` has {reference}, where nothing is put in"),
        ({"prompts": every(" ")}, "`no_reference.consistency` is missing or not a text"),
        ({"templates": every(3)}, "`no_reference.quality_accuracy` is missing or not a text"),
        ({"prompts": {"no_reference": every("x")["no_reference"]}}, "the key `comparison`"),
        ({"prompts": "x"}, "the key `no_reference`"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_told_with_its_file(tmp_path: Path, wrong: dict, said: str):
    with pytest.raises(JudgeError, match=f"^{tmp_path}/mine.yaml: .*{said}"):
        rubric_of(tmp_path, **wrong)


def test_marks_and_fences_are_part_of_the_hash(tmp_path: Path):
    changes = (
        {},
        {"marks": OWN_MARKS, "prompts": every("Rate [M] by [R].")},
        {"marks": {**OWN_MARKS, "reference": "[r]"}, "prompts": every("Rate [M] by [r].")},
        {"fenced": False, "system": load_rubric().system},
    )
    hashes = [rubric_of(tmp_path, **change).hash for change in changes]
    assert len(set(hashes)) == 4
    parts = {
        "templates": every("图像 {model_text}"),
        "system": "",
        "marks": ["{model_text}", "{reference}"],
        "fence": "1",
        "reminders": rubric_module.REMINDERS,
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    own = rubric_of(tmp_path, system="", prompts=parts["templates"])
    assert own.hash == hashlib.sha256(text.encode()).hexdigest()[:16]  # what earlier versions have stamped


def test_reference_prompts_are_read_as_data_and_filled_letter_by_letter(tmp_path: Path, known: None):
    rubric = load_rubric(checkout(tmp_path))
    messages = rubric.messages("no_reference", "completeness", "noisy <b>", "blurred")
    assert messages == [{"role": "user", "content": "#System: Judge.\n#User: Does [noisy <b>] cover [blurred]? Score:"}]
    assert rubric.templates["comparison"]["completeness"] == rubric.templates["no_reference"]["completeness"]
    assert rubric.templates["comparison"]["consistency"] == "pair C [MLLM DESC] [GOLDEN DESC]"
    assert rubric.templates["no_reference"]["consistency"] == "C [MLLM DESC]"


def test_the_folder_of_the_two_files_will_do(tmp_path: Path, known: None):
    root = checkout(tmp_path)
    assert load_rubric(root / "vlmeval" / "dataset") == load_rubric(root)


def test_reference_prompts_are_filled_in_one_pass(tmp_path: Path, known: None):
    rubric = load_rubric(checkout(tmp_path))
    content = rubric.messages("no_reference", "preciseness", "GOLDEN DESC MLLM DESC", "secret")[0]["content"]
    assert content == "P [GOLDEN DESC MLLM DESC] against [secret]"


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("PROMPT_TEMPLATES = {'completeness': 'x'}", UNKNOWN),
        ("PROMPT_TEMPLATES = make()", UNKNOWN),
        (CAPTION + "PROMPT_TEMPLATES = {}", UNKNOWN),
        (CAPTION + "PROMPT_TEMPLATES['preciseness'] += ' Think.'", UNKNOWN),
        (CAPTION + "PROMPT_TEMPLATES.update(more)", UNKNOWN),
        (CAPTION + "shorten(PROMPT_TEMPLATES)", UNKNOWN),
        (CAPTION + "from .words import *", UNKNOWN),
        (CAPTION.replace("'P [MLLM DESC] against [GOLDEN DESC]'", "open('x').read()"), UNKNOWN),
        (CAPTION.replace("'C ' + '[MLLM DESC]'", "'C ' * 2"), UNKNOWN),
        (CAPTION.replace("PROMPT_TEMPLATES[metric]", "PROMPT_TEMPLATES[metric] + ' Think.'"), UNKNOWN),
        (CAPTION.replace("generate(prompt)", "generate(SYSTEM + prompt)"), UNKNOWN),
        (CAPTION.replace("'MLLM DESC', text", "'GOLDEN DESC', text"), UNKNOWN),
        (CAPTION.replace("'GOLDEN DESC', reference", "'GOLDEN', reference"), UNKNOWN),
        (CAPTION.replace("'C ' +", "'C\\0' +"), "consistency` holds a NUL"),
        (CAPTION.replace("[MLLM DESC] against [GOLDEN DESC]", "bare"), "preciseness has neither MLLM DESC nor GOLDEN"),
        ("def (", "cannot be read as Python source"),
    ],
)
def test_a_checkout_that_cannot_be_used_says_why(tmp_path: Path, known: None, caption: str, said: str):
    assert caption != CAPTION
    with pytest.raises(JudgeError, match=said):
        load_rubric(checkout(tmp_path, caption))


@pytest.mark.parametrize(
    "other", [".another import PROMPT_TEMPLATES", ".medqbench_caption import X as PROMPT_TEMPLATES"]
)
def test_prompts_that_the_second_file_takes_from_elsewhere_are_refused(tmp_path: Path, known: None, other: str):
    paired = PAIRED.replace(".medqbench_caption import PROMPT_TEMPLATES", other)
    assert paired != PAIRED
    with pytest.raises(JudgeError, match=f"medqbench_paired_description.py: {UNKNOWN}"):
        load_rubric(checkout(tmp_path, paired=paired))


def test_a_folder_without_the_files_says_what_is_needed(tmp_path: Path):
    with pytest.raises(JudgeError, match="VLMEvalKit checkout"):
        load_rubric(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", "holds no mapping"),
        ("a: [", "cannot be read as YAML"),
        ("\x00", "cannot be read as YAML"),
        ("no_reference: {}", "no_reference.completeness` is missing"),
        ("comparison: {}", "the key `no_reference`"),
        ("fencd: false", "fencd means nothing here"),
        ("name: a\nname: b", "line 2: name stands there a second time"),
        ("version: 2020-99-99", "holds a value that is none"),
        ("a: " + "[" * 3000, "cannot be read as YAML"),
    ],
)
def test_a_faulty_prompts_file_says_where(tmp_path: Path, text: str, said: str):
    path = tmp_path / "p.yaml"
    path.write_text(textwrap.dedent(text))
    with pytest.raises(JudgeError, match=said) as error:
        load_rubric(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Does {model_text} cover {refrence}?", "completeness` has {refrence}, where nothing is put in"),
        ("Does {text} cover {reference}?", "completeness` has {text}, where nothing is put in (known are {model_text}"),
        ("a\0b", "completeness` holds a NUL"),
        ("a\ud83db", "completeness` holds a NUL or half a character"),
    ],
)
def test_a_prompt_that_no_judge_could_follow_is_refused(tmp_path: Path, text: str, said: str):
    path = tmp_path / "p.yaml"
    axes = dict.fromkeys(AXES, "x")
    path.write_text(yaml.safe_dump({"no_reference": {**axes, "completeness": text}, "comparison": axes}))
    with pytest.raises(JudgeError) as error:
        load_rubric(path)
    assert said in str(error.value)


def test_a_misspelt_axis_is_named(tmp_path: Path):
    path = tmp_path / "p.yaml"
    axes = {**dict.fromkeys(AXES, "x"), "precisness": "y"}
    path.write_text(yaml.safe_dump({"no_reference": axes, "comparison": dict.fromkeys(AXES, "x")}))
    with pytest.raises(JudgeError, match=r"no_reference\.precisness"):
        load_rubric(path)


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(JudgeError, match="no such file or folder"):
        load_rubric(tmp_path / "none.yaml")
