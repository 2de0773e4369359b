"""Drives the real harness in this process with a canned model; ``forked`` and ``commands`` are its command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from medq_tasks.harness.plugin import task_folder

Answer = Callable[[dict[str, Any], str, list[Any]], str]


@pytest.fixture(autouse=True)
def _own_cache(shared_cache, monkeypatch):
    """One cache for all tests here: the sample set is built once, not once a test."""
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(shared_cache))


@pytest.fixture(scope="session")
def evaluate(imported_harness):
    """``evaluate(tasks, answer, **options)``: results of the harness's ``simple_evaluate`` with a canned model.

    ``answer(doc, prompt, pictures)`` gives the model's reply. ``chat=True`` goes through ``doc_to_messages``.
    """
    from lmms_eval.api.model import lmms
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    class Canned(lmms):
        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

        def generate_until(self, requests):
            return [self.reply(*request.args) for request in requests]

        def reply(self, prompt, _settings, doc_to_visual, doc_id, task, split):
            doc = self.task_dict[task][split][doc_id]
            return self.answer(doc, prompt, doc_to_visual(doc))

        def loglikelihood(self, requests):
            raise NotImplementedError

        generate_until_multi_round = loglikelihood

    class CannedChat(Canned):
        is_simple = False

        def reply(self, _prompt, doc_to_messages, _settings, doc_id, task, split):
            doc = self.task_dict[task][split][doc_id]
            (turn,) = doc_to_messages(doc)
            *pictures, text = turn["content"]
            return self.answer(doc, text["text"], [part["url"] for part in pictures])

    manager = TaskManager(include_path=str(task_folder()), include_defaults=False, model_name="canned")

    def run(tasks: list[str], answer: Answer, *, chat: bool = False, **options: Any) -> dict[str, Any]:
        model = (CannedChat if chat else Canned)(answer)
        return simple_evaluate(model=model, tasks=tasks, task_manager=manager, bootstrap_iters=0, **options)

    return run
