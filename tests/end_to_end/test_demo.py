"""The README's demo script: the whole pipeline down to the page, also with the backend of the headline command."""

import os
import subprocess
from pathlib import Path

import pytest

from medq_tasks.demo.scripted_judge import NAME
from tests.end_to_end.commands import SECONDS, environment

SCRIPT = Path(__file__).parents[2] / "examples" / "demo.sh"
# A user's own judge: a server that is not there would end the judging, a wrong number the whole demo.
OWN = {
    "OPENAI_API_KEY": "sk-of-a-user",
    "MEDQ_JUDGE_BASE_URL": "http://127.0.0.1:9/v1",
    "MEDQ_JUDGE_CONCURRENCY": "many",
}


@pytest.mark.parametrize("model", ["medq_baseline", "qwen2_vl"])
def test_the_demo_ends_with_a_page_and_the_next_command(model, shared_cache, tmp_path):
    out = tmp_path / "run"
    env = environment({**OWN, "MODEL": model, "OUT": str(out), "MEDQ_CACHE_DIR": str(shared_cache)})
    done = subprocess.run([str(SCRIPT)], env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    assert "Random choice (computed)" in done.stdout
    assert model in done.stdout
    assert f"Judge: {NAME}" in done.stdout
    assert f"The page, to open in a browser: {out}{os.sep}report.html" in done.stdout
    assert "lmms-eval --tasks medq_perception" in done.stdout.splitlines()[-1]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"{NAME} is a script" in page
    assert all(kind in page for kind in ("Perception", "No-reference reasoning", "Comparison reasoning"))
