"""The README's demo script, with the backend that the headline command names."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "examples" / "demo.sh"


def test_the_demo_runs_the_real_backend_and_ends_with_the_report(shared_cache, tmp_path):
    env = {**os.environ, "MODEL": "qwen2_vl", "OUT": str(tmp_path / "run"), "MEDQ_CACHE_DIR": str(shared_cache)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run([str(SCRIPT)], env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "Random choice (computed)" in done.stdout
    assert "qwen2_vl" in done.stdout
    assert "90" in done.stdout
