"""A checkout of the shape of the reference implementation's, with other words: what it says must never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.prompts import code_shape
from medq_tasks.prompts.code_shape import shape_of
from medq_tasks.prompts.python_source import parse

_SENT = """
        msgs = [dict(type='image', value=p) for p in self.dump_image(line)]
        msgs.append(dict(type='text', value={name}))
        return msgs
"""
MCQ = """
raise SystemExit("this file must not be executed")
class MedqbenchMCQDataset:
    def build_prompt(self, line):
        question = line['question']
        options = {}
        for name in 'AB':
            if name in line:
                options[name] = str(line[name]).strip()
        option_text = '\\n'.join([f'{k}) {v}' for k, v in options.items()])
        prompt = (
            f"Look {{here}}:\\n\\n"
            f"{question}\\n\\n"
            f"Choices:\\n"
            f"{option_text}\\n\\n"
            f"Letter?"
        )
""" + _SENT.format(name="prompt")
_ASKED = """
    def build_prompt(self, line):
        question = line['question']
""" + _SENT.format(name="question")
CAPTION = (
    """
raise SystemExit("this file must not be executed")
class Scorer:
    def build_prompt(self, metric):
        prompt = 'other'
class MedqbenchCaptionDataset:
    def load_data(self, dataset):
        if 'question' not in data:
            data['question'] = [
                '''Say what ''' '''you see.''' for _ in range(len(data))
            ]
"""
    + _ASKED
)
PAIRED = (
    """
raise SystemExit("this file must not be executed")
class MedqbenchPairedDescriptionDataset:
    def load_data(self, dataset):
        if 'question' not in data:
            data['question'] = ["Which of " "two?" for _ in range(len(data))]
"""
    + _ASKED
)
REWORDED = """
raise SystemExit("this file must not be executed")
class Qwen2VLPromptMixin:
    def _build_mmmu_prompt(self, line):
        prompt += f'Another: {question}\\n'
    def _build_mcq_prompt(self, line, dataset):
        MCQ_CN_PROMPT = '选一个。'
        MCQ_EN_PROMPT = 'Pick one. '
        def cn_string(s):
            return re.search('[\u4e00-\u9fff]', s)
        question = line['question']
        options = {cand: line[cand] for cand in letters if cand in line}
        options_prompt = 'Given:\\n'
        for key, item in options.items():
            options_prompt += f'{key}: {item}\\n'
        prompt = ''
        if hint is not None:
            prompt += f'Hint: {hint}\\n'
        prompt += f'Asked: {question}\\n'
        if len(options):
            prompt += options_prompt
            prompt += MCQ_CN_PROMPT if cn_string(prompt) else MCQ_EN_PROMPT
        prompt = prompt.rstrip()
""" + _SENT.format(name="prompt")
FILES = {
    "vlmeval/dataset/medqbench_mcq.py": MCQ,
    "vlmeval/dataset/medqbench_caption.py": CAPTION,
    "vlmeval/dataset/medqbench_paired_description.py": PAIRED,
    "vlmeval/vlm/qwen2_vl/prompt.py": REWORDED,
}


def checkout(root: Path, **changed: str) -> Path:
    """Write it below ``root``; ``changed``: other text by the file's stem, "" to leave the file out."""
    for name, text in FILES.items():
        source = changed.get(Path(name).stem, text)
        if source:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(source, encoding="utf-8")
    return root


def know(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Take the code of the files below ``root``, as it is, for code that was looked at."""
    paths = [path for name in FILES if (path := root / name).is_file()]
    known = {path.name: frozenset((shape_of(parse(path)),)) for path in paths}
    monkeypatch.setattr(code_shape, "KNOWN", {**code_shape.KNOWN, **known})
