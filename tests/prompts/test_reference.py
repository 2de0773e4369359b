"""Prompts out of a checkout: read as data, refused in one line where it is put together otherwise."""

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import reference
from tests.prompts.checkout import CAPTION, MCQ, PAIRED, REWORDED, checkout, know


def test_the_files_may_lie_in_the_folder_itself(tmp_path):
    folder = checkout(tmp_path) / "vlmeval" / "dataset"
    assert reference.read(folder, "perception") == reference.read(tmp_path, "perception")


@pytest.fixture(autouse=True)
def known(tmp_path_factory, monkeypatch):
    know(monkeypatch, checkout(tmp_path_factory.mktemp("known")))


def refused(folder, stem):
    kind = "no_reference" if stem == "medqbench_caption" else "perception"
    with pytest.raises(
        SettingsError, match=rf"{stem}.py: (its code is not that of a revision known here|cannot be read as Python)"
    ):
        reference.read(folder, kind, "qwen2_vl" if stem == "prompt" else "")


# In each line: what stands in the checkout's file, and what stands there instead.
CHANGED = [
    ("medqbench_mcq", "{question}", "{question!r}"),
    ("medqbench_mcq", "{question}", "{question.upper()}"),
    ("medqbench_mcq", "{question}\\n\\n", "{question}{question}"),
    ("medqbench_mcq", "{option_text}", "{other}"),
    ("medqbench_mcq", "Look {{here}}", "Look {here}"),
    ("medqbench_mcq", "f'{k}) {v}'", "f'{v}'"),
    ("medqbench_mcq", "f'{k}) {v}'", "f'{k}) {v.lower()}'"),
    ("medqbench_mcq", "f'{k}) {v}'", "make(k, v)"),
    ("medqbench_mcq", "f'{k}) {v}'", "'%s) %s' % (k, v)"),
    ("medqbench_mcq", "in options.items()]", "in options.items() if v]"),
    ("medqbench_mcq", "'\\n'.join", "' '.join"),
    ("medqbench_mcq", "class MedqbenchMCQDataset", "class Another"),
    ("medqbench_mcq", "    def build_prompt", "    @shortened\n    def build_prompt"),
    ("medqbench_mcq", "line['question']", "line['question'].strip() + ' (medical)'"),
    ("medqbench_mcq", "line['question']", "line['hint']"),
    ("medqbench_mcq", "str(line[name]).strip()", "str(line[name]).lower()"),
    ("medqbench_mcq", "options[name] =", "options[letter] ="),
    ("medqbench_mcq", "value=prompt", "value=prompt + ' Think.'"),
    ("medqbench_mcq", "msgs.append(dict(type='text'", "msgs.insert(0, dict(type='text'"),
    ("medqbench_mcq", "return msgs", "return msgs[::-1]"),
    ("medqbench_mcq", "return msgs", "msgs.append(dict(type='text', value='Think.'))\n        return msgs"),
    ("medqbench_mcq", "return msgs", "msgs[-1]['value'] += ' Think.'\n        return msgs"),
    ("medqbench_caption", "'''you see.'''", "+ ask()"),
    ("medqbench_caption", "for _ in range(len(data))", "for _ in range(len(data)) if ask"),
    ("medqbench_caption", "if 'question' not in data:", "if self.short:"),
    (
        "medqbench_caption",
        "        if 'question' not",
        "        data['question'] = ['Old.']\n        if 'question' not",
    ),
    ("medqbench_caption", "value=question", "value=question + ' END'"),
    ("medqbench_caption", "line['question']", "line['question'] + ' END'"),
    ("prompt", "_build_mcq_prompt", "_other"),
    ("prompt", "'Given:\\n'", "heading"),
    ("prompt", "{key}: {item}\\n", "{key}: {item}"),
    ("prompt", "'Pick one. '", "pick()"),
    ("prompt", "prompt = ''", "prompt = start"),
    ("prompt", "options.items():", "options.items():\n            item = item.lower()"),
    ("prompt", "return re.search(", "return not re.search("),
    ("prompt", "        prompt = ''", "        hint = 'Think.'\n        prompt = ''"),
    ("medqbench_mcq", "in 'AB'", "in 'BA'"),
    ("medqbench_mcq", "f'{k}) {v}' for k, v", "f'{v} ({k})' for k, v"),
    ("medqbench_caption", "'question' not in data", "'question' in data"),
    ("prompt", "prompt.rstrip()", "prompt.rstrip() + ' Think.'"),
    ("prompt", "        prompt = prompt.rstrip()", "        prompt += ' Think.'\n        prompt = prompt.rstrip()"),
    ("prompt", "if len(options):", "if len(options) > 2:"),
    ("prompt", "'[\u4e00-\u9fff]'", "'[\u3040-\u30ff]'"),
    ("prompt", "cn_string(prompt) else", "cn_string(question) else"),
]


@pytest.mark.parametrize(("stem", "old", "new"), CHANGED)
def test_what_is_put_together_otherwise_is_refused_and_not_run(tmp_path, stem, old, new):
    source = {"medqbench_mcq": MCQ, "medqbench_caption": CAPTION, "prompt": REWORDED}[stem]
    assert old in source
    refused(checkout(tmp_path, **{stem: source.replace(old, new)}), stem)


@pytest.mark.parametrize(
    "line",
    [
        "prompt = prompt.replace('Look', 'See')",
        "prompt += ' Think.'",
        "prompt: str = f'{question} {option_text}'",
        "prompt, other = other, prompt",
        "for prompt in prompts: pass",
        "if self.hint: prompt = f'Hint {question} {option_text}'",
        "question = question.upper()",
        "options.pop('A')",
        "options['C'] = 'none'",
        "shorten(options)",
        "line['question'] = 'another'",
        "del prompt",
        "with text() as prompt: pass",
        "import words as prompt",
        "option_text = option_text.upper()",
        "if self.short: return [question]",
        "line = self.reword(line)",
        "assert (prompt := 'Think.')",
        "assert False",
        "print((yield))",
        "print([0 for line['question'] in ['another']])",
        "print(line.update(question='another'))",
        "line.update(question='another')",
        "line = {**line, 'question': 'another'}",
    ],
)
def test_a_line_that_could_change_the_words_is_refused(tmp_path, line):
    source = MCQ.replace("        prompt = (", f"        {line}\n        prompt = (", 1)
    refused(checkout(tmp_path, medqbench_mcq=source), "medqbench_mcq")
    source = MCQ.replace("        msgs = [", f"        {line}\n        msgs = [", 1)
    refused(checkout(tmp_path / "after", medqbench_mcq=source), "medqbench_mcq")


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("medqbench_mcq", "prompt = f'{question}'"),
        ("medqbench_mcq", MCQ + "\nMedqbenchMCQDataset.build_prompt = other\n"),
        ("medqbench_mcq", MCQ + "\nsetattr(MedqbenchMCQDataset, 'build_prompt', other)\n"),
        ("medqbench_mcq", MCQ + MCQ),
        ("medqbench_mcq", MCQ.replace("class Medqbench", "@reworded\nclass Medqbench")),
        ("medqbench_mcq", MCQ + "    build_prompt = wrap(build_prompt)\n"),
        ("medqbench_mcq", MCQ + "    def __getitem__(self, place):\n        return other\n"),
        ("medqbench_mcq", "from words import *\n" + MCQ),
        ("medqbench_mcq", MCQ + "    def __init__(self):\n        self.build_prompt = other\n"),
        ("medqbench_mcq", MCQ + "class Other:\n    x = setattr(MedqbenchMCQDataset, 'build_prompt', other)\n"),
        ("medqbench_caption", PAIRED),
        ("prompt", REWORDED.replace("MCQ_CN_PROMPT = '选一个。'", "MCQ_CN_PROMPT = ''")),
        ("prompt", REWORDED.replace("'Pick one. '", "'  '")),
        ("medqbench_caption", "data = 1"),
        ("medqbench_mcq", "def broken(:\n"),
        ("medqbench_mcq", "x = '\0'"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, stem, source):
    refused(checkout(tmp_path, **{stem: source}), stem)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        prompt = (", "        # a word on it\n        prompt = ("),
        ("        msgs = [", "        print(prompt)\n        msgs = ["),
        ("class MedqbenchMCQDataset:", 'class MedqbenchMCQDataset:\n    """Says what it is."""'),
        ("(self, line):", '(self, line):\n        """Says what it does."""'),
    ],
)
def test_what_changes_no_words_is_no_other_code(tmp_path, old, new):
    plain = reference.read(checkout(tmp_path), "perception")
    assert old in MCQ
    assert reference.read(checkout(tmp_path / "2", medqbench_mcq=MCQ.replace(old, new)), "perception") == plain


def test_words_that_nothing_takes_are_refused(tmp_path):
    source = MCQ.replace("Letter?", "Letter\\ud83d?")
    with pytest.raises(SettingsError, match=r"medqbench_mcq.py: its words hold a NUL or half a character"):
        reference.read(checkout(tmp_path, medqbench_mcq=source), "perception")


def test_a_file_may_name_its_encoding(tmp_path):
    root = checkout(tmp_path)
    path = root / "vlmeval/dataset/medqbench_caption.py"
    path.write_bytes(("# -*- coding: latin-1 -*-" + CAPTION.replace("you see", "Sie sähen")).encode("latin-1"))
    assert reference.read(root, "no_reference").ask("") == "Say what Sie sähen."


def test_words_before_everything_make_a_prompt_chinese_too(tmp_path):
    source = REWORDED.replace("prompt = ''", "prompt = '请看图。'")
    words = reference.read(checkout(tmp_path, prompt=source), "perception", "qwen2_vl")
    assert words.ask("Why?", {"A": "x"}) == "请看图。Asked: Why?\nGiven:\nA: x\n选一个。"


def test_sums_of_texts_are_texts(tmp_path):
    source = CAPTION.replace("'''Say what ''' '''you see.'''", "'Say ' + 'it.'")
    assert reference.read(checkout(tmp_path, medqbench_caption=source), "no_reference").ask("") == "Say it."


def test_blanks_that_the_reference_keeps_are_kept(tmp_path):
    words = reference.read(checkout(tmp_path), "perception")
    assert words.ask(" Why?\t", {"A": "x"}) == "Look {here}:\n\n Why?\t\n\nChoices:\nA) x\n\nLetter?"
    assert reference.read(tmp_path, "no_reference").ask(" Own? ") == " Own? "
