"""Writes requirements.lock anew: `make lock`. The newest versions that pyproject.toml admits, for every platform.

python tools/lock.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import environment

RESOLVE = ("pip", "compile", "--quiet", "--universal", "--python-version", "3.10", "--generate-hashes")
WHAT = ("--no-annotate", "--no-header", "--extra", "dev", "--group", "build")


def main() -> int:
    """Resolve for Python 3.10 and newer; the lock on disk is replaced by a whole one or not at all."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "requirements.lock"
        words = [_uv(Path(scratch)), *RESOLVE, *WHAT, "--output-file", str(made), str(environment.PYPROJECT)]
        if subprocess.run(words, cwd=environment.ROOT, check=False).returncode != 0:
            print("medq-tasks: no lock could be made (see above); requirements.lock is as it was", file=sys.stderr)
            return 1
        environment.LOCK.write_text(environment.first_line() + made.read_text(encoding="utf-8"), encoding="utf-8")
    return 0


def _uv(scratch: Path) -> str:
    """The uv on PATH, else one in a throwaway environment: a lock that is not there yet cannot hold its own maker."""
    found = shutil.which("uv")
    if found:
        return found
    folder = scratch / "env"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(environment.executable(folder, "python")), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "uv"], check=True)
    return str(environment.executable(folder, "uv"))


if __name__ == "__main__":
    sys.exit(main())
