"""The README's demo script, with the backend that the headline command names."""

import subprocess
from pathlib import Path

from tests.end_to_end.commands import SECONDS, environment

SCRIPT = Path(__file__).parents[2] / "examples" / "demo.sh"


def test_the_demo_runs_the_real_backend_and_ends_with_the_report(shared_cache, tmp_path):
    env = environment({"MODEL": "qwen2_vl", "OUT": str(tmp_path / "run"), "MEDQ_CACHE_DIR": str(shared_cache)})
    done = subprocess.run([str(SCRIPT)], env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    assert "Random choice (computed)" in done.stdout
    assert "qwen2_vl" in done.stdout
    assert "90" in done.stdout
