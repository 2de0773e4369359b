"""Models that could not be made, as the harness's own frames show it."""

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness.health.guard import guard
from medq_tasks.harness.health.model_faults import not_made
from tests.harness.health.test_guard import OURS

# A frame that lies, by its file's name, in the harness: the code that looks a model up and makes it.
MAKER = compile("def create_from_arg_string(error):\n    raise error\n", "site-packages/lmms_eval/api/model.py", "exec")


def raised(error, made=True):
    names = {}
    exec(MAKER, names)
    try:
        if made:
            names["create_from_arg_string"](error)
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("Missing credentials. Please pass an `api_key`", "export OPENAI_API_KEY=..., which the evaluated model needs"),
        ("The api_key client option must be set", "export OPENAI_API_KEY"),
        ("ANTHROPIC API key is not set", "export the key that this backend"),
        ("Model 'qwen9' not found in available models: aria, qwen2_vl", "correct --model (lmms-eval models"),
        ("Unexpected kwargs: {'foo': 1}", "correct --model_args"),
        ("Repo id must be in the form 'namespace/repo_name': '/nowhere'", "correct pretrained="),
        ("/ckpt does not appear to have a file... no file named config.json", "correct pretrained="),
        ("CUDA out of memory", "a smaller model"),
        ("Found no NVIDIA driver on your system", "device=cpu"),
        ("something else\nand more", "correct --model and --model_args"),
    ],
)
def test_what_a_model_says_has_a_cure(said, cure):
    trap = not_made(raised(ValueError(said)), "qwen2_vl")
    assert trap.line.startswith(f"the model qwen2_vl could not be made (ValueError: {said.splitlines()[0]})")
    assert f"Cure: {cure}" in trap.line


def test_what_is_raised_elsewhere_is_not_the_model_s():
    assert not_made(raised(ValueError("Missing credentials"), made=False), "openai") is None


@pytest.mark.parametrize(("cli_args", "kind"), [(object(), HarnessStop), (None, ValueError)])
def test_a_command_ends_in_one_line_and_python_gets_the_exception(cli_args, kind):
    host = type("Evaluator", (), {})()

    def simple_evaluate(model, tasks=None, verbosity="INFO", cli_args=None):
        raise raised(ValueError("Missing credentials"))

    host.simple_evaluate = simple_evaluate
    guard(host, OURS)
    with pytest.raises(kind, match="Missing credentials"):
        host.simple_evaluate("openai", tasks=["medq_mini"], cli_args=cli_args)
