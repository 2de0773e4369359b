"""What is changed in the harness for our tasks, apart from what ``plugin`` changes by its own task index.

Every start of lmms-eval imports this module: nothing heavy above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from medq_tasks.harness import (
    exact_pixels,
    keeping,
    lost_requests,
    own_yamls,
    padding,
    prompt_stamps,
    response_store,
    run_notes,
    sample_log,
    trackers,
    under_table,
)

EVALUATOR = "lmms_eval.evaluator"


@dataclass(frozen=True)
class Patch:
    """A change that we make in the harness.

    ``change`` is called with the module as soon as that holds ``needed``. It does nothing the second time, and where
    the harness is not shaped as it expects it leaves all as it is and raises; ``without`` says what then is not so.
    ``scores``: whether a score could then be wrong or not what was asked for, so that our tasks are refused.
    """

    module: str
    needed: str
    change: Callable[[ModuleType], None]
    without: str
    scores: bool = False


# In the order in which they are made: of one function, the last stands outermost.
PATCHES = (
    Patch(
        own_yamls.MODULE,
        "load_yaml_config",
        own_yamls.watch,
        "of a name that stands twice in a YAML the last one counts, without a word",
    ),
    Patch(
        response_store.MODULE,
        "ResponseCache",
        response_store.make_honest,
        "--use_cache gives failed requests again for ever and loses interrupted runs: run without it",
    ),
    Patch(
        sample_log.MODULE,
        "EvaluationTracker",
        sample_log.keep_half_characters,
        "the sample log ends before the first reply with half a character",
    ),
    Patch(
        EVALUATOR,
        "evaluate",
        lost_requests.watch,  # within the next one, so that what is asked again is padded alike
        "a request on which the model raises ends the run, and costs more than its row",
    ),
    Patch(
        EVALUATOR,
        "evaluate",
        trackers.watch,
        "--wandb_args sends items with --wandb_log_samples alone",
    ),
    Patch(EVALUATOR, "evaluate", padding.watch, "nothing keeps batches from changing replies", scores=True),
    Patch(  # outside the one before, which looks at what is asked for
        EVALUATOR,
        "evaluate",
        exact_pixels.watch,
        "the model would see JPEG pictures on backends that make them",
        scores=True,
    ),
    Patch(
        EVALUATOR,
        "evaluate",
        prompt_stamps.watch,
        "records and result do not say in which words the questions were put",
    ),
    Patch(
        EVALUATOR,
        "evaluate",
        run_notes.watch,
        "the results hold two rows that are no numbers, and do not say what the records say together",
    ),
    Patch(
        EVALUATOR,
        "simple_evaluate",
        keeping.watch,
        "runs are kept only where --output_path and --log_samples say so",
    ),
    Patch(
        under_table.MODULE,
        "make_table",
        under_table.watch,
        "what a run lacks, and where it is kept, is not said under its table",
    ),
)
