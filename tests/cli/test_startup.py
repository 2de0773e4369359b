"""The command answers at once: help, and the error of a wrong argument, come before anything heavy is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from medq_tasks.cli import COMMANDS
from tests.runs import factory

# What takes more than 0.05 s of CPU to import and is of no use to say that an argument is wrong.
NAMES = (
    "PIL datasets huggingface_hub jinja2 lmms_eval numpy openai pandas pyarrow rich scipy skimage sklearn torch tqdm "
    "transformers"
)
HEAVY = frozenset(NAMES.split())
# typer 0.29 reads every argument with pydantic, 0.2 s; help has no argument.
HELP_NEEDS_NO = HEAVY | {"pydantic"}
NO_RUN = "no such file or folder. A run is written by"

# Words of the command, exit code, a piece of what is said, what may be imported, settings.
Wrong = tuple[str, int, str, frozenset[str], dict[str, str]]
WRONG: list[Wrong] = [
    (words, code, said, frozenset(), {})
    for words, code, said in [
        ("nosuch", 2, "No such command 'nosuch'"),
        ("report", 2, "Missing argument"),
        ("report none", 1, f"medq: none: {NO_RUN}"),
        ("report ok none", 1, f"medq: none: {NO_RUN}"),
        ("report empty", 1, "no results of lmms-eval in this folder"),
        ("report ok --judge nosuch", 1, "nosuch"),
        ("report ok --pictures big", 1, "--pictures 'big' is not one of embed, folder, none."),
        ("report ok --calibration none.json", 1, "medq: --calibration none.json: cannot be read (No such file"),
        ("report ok --json --markdown", 1, "--json and --markdown both print"),
        ("view none", 1, f"medq: none: {NO_RUN}"),
        ("view ok --judge nosuch", 1, "nosuch"),
        ("view ok --port 70000", 2, "Invalid value for '--port'"),
        ("compare none ok", 1, f"medq: none: {NO_RUN}"),
        ("compare ok none", 1, f"medq: none: {NO_RUN}"),
        ("compare ok ok --by colour", 1, "--by colour is no slice field"),
        ("compare ok ok --allow-different colour", 1, "--allow-different colour is unknown"),
        ("compare ok ok --json --markdown", 1, "--json and --markdown exclude each other"),
        ("gate none", 2, f"UNUSABLE none: {NO_RUN}"),
        ("gate ok --min accuracy", 2, "'accuracy' is not NAME=VALUE with a number"),
        ("gate ok --max accuracy=high", 2, "'accuracy=high' is not NAME=VALUE with a number"),
        ("gate ok --baseline none --max-drop 0.1", 2, f"UNUSABLE none: {NO_RUN}"),
        ("gate ok --max-drop 0.1", 2, "--max-drop needs a run to compare with: --baseline RUN_A."),
        ("gate ok --allow-different colour", 2, "--allow-different colour is unknown"),
        ("gate ok --allow-failures -1", 2, "Invalid value for '--allow-failures'"),
        ("judge none", 1, f"medq: none: {NO_RUN}"),
        ("judge ok", 1, "medq: No judge is configured. Set MEDQ_JUDGE_API_KEY"),
        ("judge ok --prompts none.yaml", 1, "medq: none.yaml: no such file or folder. MEDQ_JUDGE_PROMPTS names"),
        ("judge ok --concurrency 0", 2, "Invalid value for '--concurrency'"),
        ("align none sheet.csv", 1, f"medq: none: {NO_RUN}"),
        ("align ok", 1, "give the experts' CSV, or draw a sheet"),
        ("align ok sheet.csv", 1, "sheet.csv: cannot be read (No such file or directory)"),
        ("align ok sheet.csv -o drawn.csv", 1, "-o and --html belong to --sample N."),
        ("align ok --sample 5", 1, "--sample takes a run alone and needs -o SHEET.csv"),
        ("history none --file h.jsonl", 1, f"medq: none: {NO_RUN}"),
        ("history ok --file empty/broken.jsonl", 1, "empty/broken.jsonl, line 1: not an entry of this history"),
        ("history --file empty", 1, "medq: empty: cannot be read (Is a directory). Give another file."),
        ("history --file binary.jsonl", 1, "medq: binary.jsonl, line 1: not an entry of this history"),
        ("import none.csv -o out", 1, "medq: none.csv: cannot be read (No such file or directory). Check the name."),
        ("import none.pkl -o out", 1, "medq: none.pkl: cannot be read"),
        ("plan --split train", 2, "Invalid value for '--split'"),
        ("data check none", 1, "none: the folder does not exist. Give the folder with the official TSV files."),
    ]
]
WRONG += [
    ("plan", 1, "MEDQ_JUDGE_CONCURRENCY='x' is not a whole number", frozenset(), {"MEDQ_JUDGE_CONCURRENCY": "x"}),
    ("plan", 1, "none.yaml: no such file or folder", frozenset(), {"MEDQ_JUDGE_PROMPTS": "none.yaml"}),
    ("plan", 1, "none: the data folder does not exist", frozenset(), {"MEDQ_DATA_DIR": "none"}),
    ("plan", 1, "medqbench_QA_test.tsv: the file does not exist", frozenset(), {"MEDQ_DATA_DIR": "empty"}),
    ("fidelity --model openai --image-transport gif", 1, "image_transport: 'gif' is unknown", frozenset(), {}),
    # The list of models is the harness's.
    ("fidelity --model nosuch", 2, "lmms-eval knows no model 'nosuch'", frozenset({"lmms_eval"}), {}),
    ("fidelity --model gemini", 2, "it talks to an address of its own", frozenset({"lmms_eval"}), {}),
    ("fidelity --model qwen3_vl", 2, "without a checkpoint: name one", frozenset({"lmms_eval"}), {}),
    ("info", 1, "MEDQ_JUDGE_CONCURRENCY='x' is not", frozenset({"rich"}), {"MEDQ_JUDGE_CONCURRENCY": "x"}),
]

# Runs one line of words after the other, and says what each has loaded so far.
CHILD = """
import contextlib, io, json, os, sys
for words, settings in json.load(sys.stdin):
    os.environ.update(settings)
    sys.argv = ["medq", *words]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            from medq_tasks.cli import main
            code = main()
        except SystemExit as end:
            code = end.code
    for name in settings:
        del os.environ[name]
    print(json.dumps([code, said.getvalue(), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def answers(folder: Path, asked: list[tuple[list[str], dict[str, str]]]) -> list[tuple[int, str, set[str]]]:
    """Exit code, output, and the top names of all modules loaded up to then, for each line of words."""
    run = [sys.executable, "-c", CHILD]
    done = subprocess.run(run, cwd=folder, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(code, said, set(loaded)) for code, said, loaded in map(json.loads, done.stdout.splitlines())]


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("start")
    tasks = {"medq_perception": [factory.perception(0, right=True)], "medq_reasoning": [factory.reasoning(0)]}
    factory.write_run(made / "ok", tasks)
    (made / "empty").mkdir()
    (made / "empty" / "broken.jsonl").write_text("no JSON\n")
    (made / "binary.jsonl").write_bytes(bytes(range(256)))
    return made


def test_help_imports_nothing_that_help_does_not_need(folder: Path) -> None:
    commands = ["", *COMMANDS, "data", "data check"]
    found = answers(folder, [([*command.split(), "--help"], {}) for command in commands])
    wrong = {}
    for command, (code, said, loaded) in zip(commands, found, strict=True):
        heavy = loaded & HELP_NEEDS_NO
        if code != 0 or heavy or not said.startswith(f"Usage: medq {command}".strip()):
            wrong[command] = (code, heavy, said[:80])
    assert wrong == {}


def test_help_lists_every_command_with_the_whole_of_its_line(folder: Path) -> None:
    ((_, said, _),) = answers(folder, [(["--help"], {})])
    listed = one_line(said)
    lines = {name: str(command.__doc__).partition("\n")[0] for name, command in COMMANDS.items()}
    assert [name for name, line in lines.items() if one_line(f"{name} {line}") not in listed] == []
    assert "data Look at the data." in listed


def test_a_wrong_argument_is_told_before_anything_heavy_is_imported(folder: Path) -> None:
    found = answers(folder, [(words.split(), settings) for words, _, _, _, settings in WRONG])
    wrong = {}
    before: set[str] = set()
    for (words, code, message, allowed, settings), (ended, said, loaded) in zip(WRONG, found, strict=True):
        heavy = (loaded - before) & HEAVY - allowed
        before = loaded
        if ended != code or message not in one_line(said) or heavy:
            wrong[f"{words} {settings or ''}"] = (ended, heavy, said[-200:])
    assert wrong == {}
