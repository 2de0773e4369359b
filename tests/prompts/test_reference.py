"""Prompts out of a checkout: read as data, refused in one line where it is put together otherwise."""

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.prompts import reference
from tests.prompts.checkout import CAPTION, MCQ, REWORDED, checkout


def test_the_files_may_lie_in_the_folder_itself(tmp_path):
    folder = checkout(tmp_path) / "vlmeval" / "dataset"
    assert reference.read(folder, "perception") == reference.read(tmp_path, "perception")


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("medqbench_mcq", "prompt = f'{question}'"),
        ("medqbench_mcq", MCQ.replace("{question}", "{question!r}")),
        ("medqbench_mcq", MCQ.replace("{question}\\n\\n", "{question}{question}")),
        ("medqbench_mcq", MCQ.replace("{option_text}", "{other}")),
        ("medqbench_mcq", MCQ.replace("f'{k}) {v}'", "f'{v}'")),
        ("medqbench_mcq", MCQ.replace("f'{k}) {v}'", "make(k, v)")),
        ("medqbench_mcq", MCQ.replace("'\\n'.join", "' '.join")),
        ("medqbench_mcq", MCQ.replace("Look {{here}}", "Look {here}")),
        ("medqbench_caption", CAPTION.replace("'''you see.'''", "+ ask()")),
        ("medqbench_caption", "data = 1"),
        ("prompt", REWORDED.replace("_build_mcq_prompt", "_other")),
        ("prompt", REWORDED.replace("options_prompt = 'Given:\\n'", "options_prompt = heading")),
        ("prompt", REWORDED.replace("{key}: {item}\\n", "{key}: {item}")),
        ("prompt", REWORDED.replace("MCQ_EN_PROMPT = 'Pick one. '", "MCQ_EN_PROMPT = pick()")),
        ("medqbench_mcq", "def broken(:\n"),
        ("medqbench_mcq", "x = '\0'"),
    ],
)
def test_what_is_put_together_otherwise_is_refused_and_not_run(tmp_path, stem, source):
    kind = "no_reference" if stem == "medqbench_caption" else "perception"
    checkout(tmp_path, **{stem: source})
    with pytest.raises(SettingsError, match=rf"{stem}.py: (its prompt is not put together|cannot be read as Python)"):
        reference.read(tmp_path, kind, "qwen2_vl" if stem == "prompt" else "")


def test_sums_of_texts_are_texts(tmp_path):
    source = CAPTION.replace("'''Say what ''' '''you see.'''", "'Say ' + 'it.'")
    assert reference.read(checkout(tmp_path, medqbench_caption=source), "no_reference").ask("") == "Say it."


def test_blanks_that_the_reference_keeps_are_kept(tmp_path):
    words = reference.read(checkout(tmp_path), "perception")
    assert words.ask(" Why?\t", {"A": "x"}) == "Look {here}:\n\n Why?\t\n\nChoices:\nA) x\n\nLetter?"
    assert reference.read(tmp_path, "no_reference").ask(" Own? ") == " Own? "
