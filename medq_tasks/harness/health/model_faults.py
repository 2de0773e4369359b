"""A model that could not be made, as one line: what it said, and what to look at."""

from __future__ import annotations

import traceback
from pathlib import PurePath

from medq_tasks.harness.health.trap import Trap

_SHOWN = 200  # characters of the error
# Where lmms-eval 0.7 looks a model up and makes it: (file, function). What is raised below them is about the model.
_MAKING = {("model.py", "create_from_arg_string"), ("model.py", "create_from_arg_obj"), ("__init__.py", "get_model")}

# What an error says, in small letters -> what to do. The first that is found counts.
_CURES = (
    (
        ("missing credentials", "api_key client option must be set"),
        "export OPENAI_API_KEY=..., which the evaluated model needs (MEDQ_JUDGE_API_KEY is the judge's alone)",
    ),
    (("api_key", "api key", "credential"), "export the key that this backend of lmms-eval reads"),
    (
        ("not found in available models", "no module named 'lmms_eval.models"),
        "correct --model (lmms-eval models lists them)",
    ),
    (("unexpected keyword argument", "unexpected kwargs", "missing 1 required"), "correct --model_args"),
    (
        (
            "not a local folder",
            "valid model identifier",
            "repo id must be",
            "no file named",
            "couldn't connect",
            "cannot find the requested",
        ),
        "correct pretrained= in --model_args: a folder with a checkpoint, or a name that can be fetched from here",
    ),
    (("out of memory",), "a smaller model, a larger device, or device_map=auto in --model_args"),
    (("nvidia driver", "no cuda gpus", "not compiled with cuda"), "device=cpu in --model_args, or a node with a GPU"),
)


def not_made(error: BaseException, model: object) -> Trap | None:
    """The line for an exception that was raised while the harness made the model; None for any other."""
    frames = traceback.extract_tb(error.__traceback__)
    if not any((PurePath(one.filename).name, one.name) in _MAKING and "lmms_eval" in one.filename for one in frames):
        return None
    said = str(error).strip().partition("\n")[0][:_SHOWN] or "no reason given"
    cures = (cure for words, cure in _CURES if any(word in said.lower() for word in words))
    cure = next(cures, "correct --model and --model_args (--verbosity DEBUG shows the traceback)")
    return Trap(
        f"the model {model} could not be made ({type(error).__name__}: {said})", cure, stops=True, about="model"
    )
