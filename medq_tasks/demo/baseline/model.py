"""``--model medq_baseline``: the lmms-eval backend. It unpacks requests and repacks replies, nothing else.

It gets what every backend gets, the prompt and the pictures of ``doc_to_visual``, and looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any

import torch
from lmms_eval.api.model import lmms
from tqdm import tqdm

from medq_tasks.demo.baseline.reply import reply
from medq_tasks.demo.extra import MissingExtra, need_demo
from medq_tasks.errors import HarnessStop


class MedqBaseline(lmms):  # type: ignore[misc]  # lmms_eval ships no types
    """Classical image quality measures instead of a network: no weights, no GPU, the same reply every time."""

    is_simple = True

    def __init__(self, batch_size: int | str = 1, device: str = "cpu", **unknown: object) -> None:
        super().__init__()
        try:
            need_demo("--model medq_baseline")
        except MissingExtra as error:
            raise HarnessStop(error) from None
        # The harness itself adds arguments that mean nothing here (max_batch_size, device="cuda").
        unknown.pop("max_batch_size", None)
        if unknown:
            raise ValueError(f"medq_baseline has no argument {', '.join(sorted(unknown))}; it needs none at all")
        self.batch_size = 1 if batch_size == "auto" else int(batch_size)
        self.device = torch.device("cpu")  # the harness gathers across ranks on this device

    def generate_until(self, requests: Sequence[Any]) -> list[str]:
        """One reply per request, in order."""
        with ThreadPoolExecutor(cpu_count()) as pool:
            replies = pool.map(self._answer, [request.args for request in requests])
            return list(tqdm(replies, total=len(requests), disable=self.rank != 0, desc="Measuring"))

    def _answer(self, arguments: tuple[Any, ...]) -> str:
        prompt, generation, doc_to_visual, doc_id, task, split = arguments
        visuals = doc_to_visual(self.task_dict[task][split][doc_id])
        text = reply(prompt, visuals if isinstance(visuals, (list, tuple)) else [visuals])
        self.cache_hook.add_partial("generate_until", (prompt, generation), text)
        return text

    def loglikelihood(self, requests: Sequence[Any]) -> list[tuple[float, bool]]:
        """Not offered: there is no likelihood to speak of."""
        raise NotImplementedError("medq_baseline writes replies, it has no likelihoods")

    def generate_until_multi_round(self, requests: Sequence[Any]) -> list[str]:
        """Not offered: it keeps no conversation."""
        raise NotImplementedError("medq_baseline answers single questions only")
