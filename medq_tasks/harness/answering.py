"""Who answers a request of ours with ``--use_cache``: the store, what was kept of an API's replies, or the model.

Requests of other tasks go to the harness's store as they come. Of ours, those that are drawn at random go to the model
alone; the others go to the store, in steps or with an API's replies kept one by one (``resume.py``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from medq_tasks.harness.calls import batch_size, copied, steps
from medq_tasks.harness.telling import tell
from medq_tasks.wording.counts import count


class Honest:
    """Stands for ``execute`` of one open store.

    Args:
        store: of the harness, in the form that ``response_store`` has checked.
        root: the folder of ``--use_cache``.
        ours: names of our tasks.
        seen: whether the store's keys hold what can be seen of the weights.
        anew: ask for everything again; the new replies are kept.
    """

    def __init__(self, store: Any, root: Path, ours: Collection[str], seen: bool, anew: bool) -> None:
        self._store, self._plain = store, store.execute
        self._root, self._ours, self._seen, self._anew = root, ours, seen, anew
        self._server = ""  # of the model, once it is part of the keys

    def __call__(self, model: Any, kind: str, requests: Sequence[Any]) -> list[Any]:
        """Replies in the order of ``requests``."""
        from medq_tasks.harness.sampling import drawn

        lender = Lender(model, self._ours)
        if kind != "generate_until":
            return list(self._plain(lender, kind, requests))
        replies: list[Any] = [None] * len(requests)
        groups: dict[str, list[int]] = {}
        why = ""
        for place, one in enumerate(requests):
            reason = drawn(one, model) if one.task_name in self._ours else ""
            why = why or reason
            name = "others" if one.task_name not in self._ours else "drawn" if reason else "kept"
            groups.setdefault(name, []).append(place)
        ways: dict[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
            "others": lambda some: self._plain(model, kind, some),
            "drawn": lambda some: self._draw(lender, some, why),
            "kept": lambda some: self._keep(lender, model, some),
        }
        for name, places in groups.items():
            for place, reply in zip(places, ways[name]([requests[place] for place in places]), strict=True):
                replies[place] = reply
        return replies

    def _draw(self, lender: Lender, requests: Sequence[Any], why: str) -> Sequence[Any]:
        some = count(len(requests), "request is", "requests are")
        tell(f"{some} drawn at random ({why}): --use_cache neither keeps nor answers them")
        drawn: Sequence[Any] = lender.generate_until(requests)
        return drawn

    def _keep(self, lender: Lender, model: Any, requests: Sequence[Any]) -> list[Any]:
        from medq_tasks.harness import resume

        self._note_server(resume.server(model))
        with self._asking_anew(), resume.keeping(model, self._root / resume.FOLDER, self._anew) as keeps:
            pieces = [requests] if keeps else steps(requests, batch_size(model))
            replies = [reply for piece in pieces for reply in self._plain(lender, "generate_until", piece)]
        given = len(requests) - lender.asked + (keeps.given if keeps else 0)
        if given:
            named = "the server, the model's name and arguments" if self._server else "the model's name and arguments"
            by = "the content of its weights" if self._seen else f"{named} alone"
            cannot = "" if self._seen else ": other weights behind that name cannot be seen"
            tell(
                f"{given} of {len(requests)} replies come from {self._root} (--use_cache), which goes by {by}{cannot}. "
                "MEDQ_ASK_ANEW=1 asks for all of them again"
            )
        return replies

    def _note_server(self, server: str) -> None:
        """Make the model's server part of our tasks' keys: OPENAI_BASE_URL is no part of ``--model_args``.

        What the store has of such a model without it is not lost: its replies were kept one by one, with the server.
        """
        if server and not self._server:
            self._server = server
            for name in self._ours:
                self._store._task_fingerprints[name] += f"+{server}"

    @contextlib.contextmanager
    def _asking_anew(self) -> Iterator[None]:
        """With MEDQ_ASK_ANEW: nothing is found in the store meanwhile; of old and new the merging keeps the new."""
        if not self._anew:
            yield
            return
        lookup = self._store._lookup
        self._store._lookup = lambda key: None
        try:
            yield
        finally:
            self._store._lookup = lookup


class Lender:
    """Stands between store and model: hands on our requests as copies, so that nothing the model does moves a key."""

    def __init__(self, model: Any, ours: Collection[str]) -> None:
        self._model = model
        self._ours = ours
        self.asked = 0  # requests of ours that the store had no reply to

    def __getattr__(self, kind: str) -> Callable[[Sequence[Any]], Any]:
        answer = getattr(self._model, kind)

        def lend(requests: Sequence[Any]) -> Any:
            self.asked += sum(one.task_name in self._ours for one in requests)
            replies = answer([copied(one) if one.task_name in self._ours else one for one in requests])
            return [_storable(reply) for reply in replies] if kind == "generate_until" else replies

        return lend


def _storable(reply: Any) -> Any:
    """What the harness makes of a reply in any case, before the store sees it: a text or a list of texts.

    The store's JSON turns ``("B", TokenCounts(...))`` into two texts and ``(1, 2)`` into ``[1, 2]``, and it ends the
    run over a list of texts with counts.
    """
    from lmms_eval.api.instance import GenerationResult, unwrap_generation_output

    text, counts = unwrap_generation_output(reply)
    if reply is None or text is None:
        return reply
    return GenerationResult(text, counts) if isinstance(text, str) and counts is not None else text
