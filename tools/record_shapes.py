"""The shapes of the reference implementation's code that prompts are read out of (``medq_tasks.prompts.code_shape``).

    python tools/record_shapes.py CHECKOUT [REVISION...]    # a git checkout of VLMEvalKit; at HEAD, or each revision

Read as data, never run. Look at a new revision's code first: what it prints goes into ``KNOWN``.
"""

from __future__ import annotations

import ast
import subprocess
import sys

from medq_tasks.judge.reference_prompts import FILES, METHODS
from medq_tasks.prompts.code_shape import KNOWN, shape_of
from medq_tasks.prompts.reference_code import CHOICES, REWORDED, TEXTS

READ = [
    ("vlmeval/dataset/medqbench_mcq.py", *CHOICES),
    ("vlmeval/dataset/medqbench_caption.py", TEXTS[0][0], TEXTS[1]),
    ("vlmeval/dataset/medqbench_paired_description.py", TEXTS[0][1], TEXTS[1]),
    ("vlmeval/vlm/qwen2_vl/prompt.py", *REWORDED),
    *((file, owner, METHODS) for file, _, owner in FILES.values()),
]


def main(checkout: str, *revisions: str) -> None:
    """Print class, revision, shape, and whether it is known."""
    for revision in revisions or ("HEAD",):
        for file, owner, methods in READ:
            command = ["git", "-C", checkout, "show", f"{revision}:{file}"]
            source = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            shape = shape_of(ast.parse(source), owner, methods)
            print(f"{owner} {revision} {shape} {'known' if shape in KNOWN else 'not known'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
