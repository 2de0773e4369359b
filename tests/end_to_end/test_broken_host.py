"""A whole machine and a broken one, through the two commands that a user types."""

import pytest

from tests.data.factory import write_official
from tests.end_to_end.commands import command


@pytest.fixture
def without_decord(tmp_path):
    """A folder for PYTHONPATH with which ``import decord`` says what it says where decord is not installed."""
    folder = tmp_path / "broken"
    folder.mkdir()
    error = "ModuleNotFoundError(\"No module named 'decord'\", name='decord')"
    (folder / "decord.py").write_text(f"raise {error}\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def test_nothing_is_found_on_a_whole_machine(tmp_path):
    write_official(tmp_path, perception=4, no_reference=2, comparison=2)
    done = command("medq", "info", "--check", "--no-probe", env={"MEDQ_DATA_DIR": str(tmp_path)})
    assert done.stdout == "nothing found\n"


def test_a_run_on_a_broken_machine_ends_with_one_line(without_decord):
    words = ["lmms-eval", "--tasks", "medq_mini_perception", "--model", "qwen2_vl", "--limit", "2"]
    done = command(*words, env=without_decord, status=1)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1].startswith("medq-tasks: decord ")
    assert "imported by qwen2_vl" in done.stderr.splitlines()[-1]
