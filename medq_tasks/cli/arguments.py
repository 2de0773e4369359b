"""The words of the command line, before they are parsed."""

from __future__ import annotations

from collections.abc import Sequence

from medq_tasks.errors import MedqError

BY_PICTURE = "--by-picture/--no-by-picture"
BY_PICTURE_HELP = "Items that share a picture count together, in intervals and tests; --no-by-picture: each by itself."

RUN_HELP = "What lmms-eval --output_path RUN --log_samples wrote: the folder, or one results file."
JUDGE_HELP = "Use this later judgement (`medq judge`), by its name or its judge's model."
LATEST_HELP = "Where a folder holds several runs, take the newest."
PRICES_HELP = "YAML file: a model's name, below it prompt and completion, prices per million tokens."


class UsageError(MedqError):
    """The words of a command cannot be used."""


def refuse_empty(words: Sequence[str]) -> None:
    """An empty path would be the current folder: `medq gate "$RUN"` without RUN would pass on some old run there.

    Raises:
        UsageError: a word, or the value of an option, is empty.
    """
    for before, word in zip(["", *words], words, strict=False):
        if not word.strip():
            raise UsageError(f"the argument after {before or 'medq'} is empty, as of a variable that is not set")
        if word.startswith("--") and word.endswith("="):
            raise UsageError(f"{word} has no value, as of a variable that is not set")
