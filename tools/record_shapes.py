"""The shapes of the reference implementation's code that prompts are read out of (``medq_tasks.prompts.code_shape``).

    python tools/record_shapes.py CHECKOUT [REVISION...]    # a git checkout of VLMEvalKit; at HEAD, or each revision

Read as data, never run. Look at a new revision's code first: what it prints goes into ``KNOWN``.
"""

from __future__ import annotations

import ast
import subprocess
import sys

from medq_tasks.prompts.code_shape import is_known, shape_of
from medq_tasks.prompts.reference import FILES, REWORDINGS


def main(checkout: str, *revisions: str) -> None:
    """Print file, revision, shape, and whether it is known."""
    for revision in revisions or ("HEAD",):
        for file in (*FILES.values(), *REWORDINGS.values()):
            command = ["git", "-C", checkout, "show", f"{revision}:{file}"]
            tree = ast.parse(subprocess.run(command, capture_output=True, check=True).stdout)
            name = file.rsplit("/", 1)[-1]
            print(f"{name} {revision} {shape_of(tree)} {'known' if is_known(tree, name) else 'not known'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
