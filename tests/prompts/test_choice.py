"""Which words a name stands for, and what a YAML's settings make of them."""

import pytest
import yaml

from medq_tasks import prompts
from medq_tasks.errors import SettingsError
from medq_tasks.records import KINDS, TEXT_KINDS
from tests.prompts.checkout import checkout, know
from tests.prompts.test_words import CHOICE, TEXT


def words_file(folder, name="mine.yaml", **families):
    path = folder / name
    path.write_text(yaml.safe_dump(families or {"perception": CHOICE}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["default", "", " default "])
def test_the_default_words_ask_as_they_always_did(name):
    found = prompts.load(name)
    assert found.name == "default"
    assert found.of("perception").ask(" Is there noise? ", {"A": "Yes", "C": "No"}) == (
        "Look closely at this medical image and answer a question about its technical quality.\n\n"
        "Question: Is there noise?\nOptions:\nA. Yes\nC. No\n\n"
        "Answer with the letter of the one correct option only."
    )
    for kind in TEXT_KINDS:
        text = found.of(kind).ask("")
        assert "In 3 to 5 sentences, " in text
        assert "End with a line of its own: Verdict: " in text
        assert "\n " not in text
    assert found.of("comparison").ask("").index("first image") < found.of("comparison").ask("").index("second image")


def test_a_copy_of_the_default_file_asks_in_no_other_words(tmp_path):
    (tmp_path / "copy.yaml").write_bytes(prompts.DEFAULT_FILE.read_bytes())
    for kind in KINDS:
        own, stamp = prompts.in_force(str(tmp_path / "copy.yaml"), kind)
        default, told = prompts.in_force("default", kind)
        assert own == default
        assert (stamp.name, stamp.hash) == ("default", told.hash)


def test_a_file_of_the_user_s_own_and_what_it_lacks(tmp_path, monkeypatch):
    path = words_file(tmp_path)
    assert prompts.load(str(path)).of("perception").ask("Why?", {"A": "x"}) == "I Q: Why?|O\n(A) x|C"
    with pytest.raises(SettingsError, match=r"mine.yaml: has no words for comparison, .* leave that task out"):
        prompts.load(str(path)).of("comparison")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert prompts.load("~/mine.yaml").name == "mine.yaml"


def test_a_file_that_was_changed_is_read_again(tmp_path):
    path = words_file(tmp_path)
    before = prompts.in_force(str(path), "perception")[1]
    words_file(tmp_path, perception={**CHOICE, "closing_line": "|changed"})
    assert prompts.in_force(str(path), "perception")[1].hash != before.hash


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no words. It needs one or more of perception, no_reference, comparison"),
        ("- a\n- b\n", "holds no words"),
        ("just words", "holds no words"),
        ("perception: [1\n", "cannot be read as YAML"),
        ("perception: {a: 1}\nperceptoin: {}\n", "perceptoin is no family of tasks"),
        ("perception:\n  introduction: x\n", "perception lacks question_prefix"),
        ("comparison: Which?\n", "comparison is 'Which?', not a mapping"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message_that_names_it(tmp_path, text, said):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"bad.yaml: ") as error:
        prompts.load(str(path))
    assert said in str(error.value)


def test_a_file_in_another_encoding(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"perception: \xff\xfe\n")
    with pytest.raises(SettingsError, match=r"bad.yaml: is no UTF-8 text"):
        prompts.load(str(tmp_path / "bad.yaml"))


@pytest.mark.parametrize("name", ["defautl", "no/such.yaml", "/no/folder#qwen2_vl", "a\0b", "~no-such-user/words.yaml"])
def test_a_name_that_is_nothing(name):
    with pytest.raises(SettingsError, match=r"no such file or folder. MEDQ_PROMPTS.* take: default, a YAML file"):
        prompts.load(name)


def test_a_checkout_is_called_reference_and_each_file_is_read_when_it_is_asked_for(tmp_path, monkeypatch):
    know(monkeypatch, checkout(tmp_path, medqbench_caption="", prompt=""))
    found = prompts.load(str(tmp_path))
    assert found.name == "reference"
    assert found.of("perception").ask("Why?", {"A": "x", "B": "{y}"}) == (
        "Look {here}:\n\nWhy?\n\nChoices:\nA) x\nB) {y}\n\nLetter?"
    )
    assert found.of("comparison").ask("") == "Which of two?"
    with pytest.raises(SettingsError, match=r"no vlmeval/dataset/medqbench_caption.py in it. MEDQ_PROMPTS needs"):
        found.of("no_reference")
    with pytest.raises(SettingsError, match=r"no vlmeval/vlm/qwen2_vl/prompt.py in it"):
        prompts.load(f"{tmp_path}#qwen2_vl").of("perception")


def test_a_model_s_rewording_is_asked_for_by_name_and_rewords_choices_alone(tmp_path, monkeypatch):
    know(monkeypatch, checkout(tmp_path))
    found = prompts.load(f"{checkout(tmp_path)}#qwen2_vl")
    assert found.name == "reference#qwen2_vl"
    assert found.of("perception").ask("Why?", {"A": "x", "B": "y"}) == "Asked: Why?\nGiven:\nA: x\nB: y\nPick one."
    assert found.of("perception").ask("Why?", {"A": "噪声"}) == "Asked: Why?\nGiven:\nA: 噪声\n选一个。"
    assert found.of("perception").around(None, "!").ask("Why?", {"A": "噪声"}) == "Asked: Why?\nGiven:\nA: 噪声!"
    assert found.of("no_reference") == prompts.load(str(tmp_path)).of("no_reference")
    with pytest.raises(SettingsError, match=r"#llava: no rewording of that name is known, only qwen2_vl"):
        prompts.load(f"{tmp_path}#llava").of("perception")


def test_a_folder_whose_own_name_holds_the_sign(tmp_path):
    (tmp_path / "a#b").mkdir()
    checkout(tmp_path / "a#b")
    assert prompts.load(str(tmp_path / "a#b")).name == "reference"
    assert prompts.load(f"{tmp_path / 'a#b'}#qwen2_vl").name == "reference#qwen2_vl"


def test_a_folder_without_a_checkout(tmp_path):
    with pytest.raises(SettingsError, match=r"no vlmeval/dataset/medqbench_mcq.py in it"):
        prompts.load(str(tmp_path)).of("perception")


@pytest.mark.parametrize(
    ("block", "before", "after", "name"),
    [
        (None, "I ", "|C", "mine.yaml"),
        ({"image_transport": "png"}, "I ", "|C", "mine.yaml"),
        ({"pre_prompt": None, "post_prompt": None, "prompts": None}, "I ", "|C", "mine.yaml"),
        ({"pre_prompt": "Hi. "}, "Hi. ", "|C", "mine.yaml, own pre_prompt"),
        ({"pre_prompt": "", "post_prompt": "?"}, "", "?", "mine.yaml, own pre_prompt and post_prompt"),
        ({"post_prompt": "|C"}, "I ", "|C", "mine.yaml"),  # the same words again
        ({"prompts": ""}, "I ", "|C", "mine.yaml"),
        ({"prompts": " "}, "I ", "|C", "mine.yaml"),
        ({"prompts": "default"}, None, None, "default"),
    ],
)
def test_a_yaml_s_settings_count_before_the_environment(tmp_path, block, before, after, name):
    words, stamp = prompts.in_force(str(words_file(tmp_path)), "perception", block)
    assert stamp.name == name
    if before is None:
        assert words == prompts.load().of("perception")
    else:
        assert (words.introduction, words.closing_line) == (before, after)


@pytest.mark.parametrize("key", ["prompts", "pre_prompt", "post_prompt"])
def test_a_setting_that_is_no_text(key):
    with pytest.raises(SettingsError, match=f"{key}: 5 is no text. Put it in quotation marks"):
        prompts.in_force("default", "perception", {key: 5})


def test_words_differ_by_family_alone(tmp_path):
    one = words_file(tmp_path, "one.yaml", perception=CHOICE, comparison=TEXT)
    other = words_file(tmp_path, "other.yaml", perception=CHOICE, comparison={**TEXT, "instruction": "Say."})
    hashes = [[prompts.in_force(str(p), kind)[1].hash for p in (one, other)] for kind in ("perception", "comparison")]
    assert hashes[0][0] == hashes[0][1]
    assert hashes[1][0] != hashes[1][1]


@pytest.mark.parametrize("choice", ["x" * 300, "x" * 5_000, "a/" * 3_000, "x" * 300 + "#qwen2_vl", "a\0b", "~nobody/x"])
def test_a_path_that_no_system_has_is_one_line(choice):
    with pytest.raises(SettingsError, match="no such file or folder") as told:
        prompts.load(choice)
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("name", ["default", "reference", "reference#qwen2_vl"])
def test_a_file_does_not_take_a_name_that_means_something_else(tmp_path, name):
    path = words_file(tmp_path, name)
    assert prompts.in_force(str(path), "perception")[1].name == f"file {name}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"perception: {question_prefix: 2020-99-99}", "holds a value that is none (ValueError: month"),
        (b"perception: {question_prefix: !!int x}", "holds a value that is none"),
        (b"perception: {question_prefix: !!bool x}", "holds a value that is none"),
        (b"perception: {introduction: '", "cannot be read as YAML"),
        (b"a: &a {b: 1}\nc: *d", "cannot be read as YAML"),
        ("perception: ä".encode("utf-16"), "is no UTF-8 text. Save it as UTF-8."),
        ("perception: ä".encode("latin-1"), "is no UTF-8 text. Save it as UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_with_its_cure(tmp_path, content, said):
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as told:
        prompts.load(str(path))
    assert str(told.value).startswith(f"{path}: ")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_bomb_of_aliases_is_refused_at_once(tmp_path):
    lines = ["a0: &a0 {x: y}"] + [f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}" for n in range(1, 40)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    with pytest.raises(SettingsError, match="is no family of tasks"):
        prompts.load(str(tmp_path / "bomb.yaml"))


def test_a_name_that_stands_twice_is_refused(tmp_path):
    text = words_file(tmp_path).read_text(encoding="utf-8")
    (tmp_path / "part.yaml").write_text(text + "  introduction: Another\n")
    with pytest.raises(SettingsError, match=r"part.yaml, line \d+: introduction stands there a second time"):
        prompts.load(str(tmp_path / "part.yaml"))
    (tmp_path / "family.yaml").write_text(text + text)
    with pytest.raises(SettingsError, match=r"family.yaml, line \d+: perception stands there a second time"):
        prompts.load(str(tmp_path / "family.yaml"))


@pytest.mark.parametrize("sign", ["\0", "\ud83d"])
def test_signs_that_nothing_takes_are_refused(tmp_path, sign):
    path = words_file(tmp_path, perception={**CHOICE, "introduction": f"a{sign}b"})
    with pytest.raises(SettingsError, match=r"perception.introduction holds a NUL or half a character"):
        prompts.load(str(path))
    with pytest.raises(SettingsError, match=r"pre_prompt: .* holds a NUL or half a character"):
        prompts.in_force("default", "perception", {"pre_prompt": sign})
