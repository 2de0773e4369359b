"""In which words a task was asked, in every record and in the result.

A record is made by ``process_results``, which the harness gives the row and the reply but not the settings of the
YAML. So ``evaluate`` of the harness is wrapped: the words in force are known before anything is asked, hold for the
whole evaluation though a file of them is edited meanwhile, and each record gets their name and hash as it is made.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

from medq_tasks.errors import HarnessStop
from medq_tasks.harness.evaluation import current
from medq_tasks.harness.model_texts import asked_with, own_texts
from medq_tasks.harness.model_words import asked, held_words, refuse_marks
from medq_tasks.harness.our_tasks import is_our_hook, leave_trace, watch_evaluate
from medq_tasks.harness.telling import tell
from medq_tasks.records import PromptStamp

_MARK = "_prompt_stamps_of_medq_tasks"
_STAMPED = "_medq_prompts"
_ROWS = 32  # of a table that a function of the user's own is asked about


def watch(module: ModuleType) -> None:
    """Wrap ``evaluate`` of the harness's module (``our_tasks.watch_evaluate``)."""
    watch_evaluate(module, _MARK, _evaluate)


def stamp_of(
    task: Any, chat: bool = False, system: str | None = None, of_model: Mapping[str, str] | None = None
) -> PromptStamp:
    """The words in which a task asks; those of a function of the user's own are known by what it says of some rows.

    Args:
        task: the harness's task object.
        chat: whether the model takes messages. Their text comes from ``doc_to_messages`` where the task has one, and
            from ``doc_to_text`` otherwise.
        system: ``--system_instruction``. The harness puts it, and a YAML's ``description``, before the question, but
            not into messages.
        of_model: texts among the model's own arguments, which it adds itself (``model_texts``).

    Raises:
        HarnessStop: words cannot be used, or hold a mark that a model takes for its own.
    """
    hook = "doc_to_messages" if chat and getattr(task.config, "doc_to_messages", None) else "doc_to_text"
    docs = task.dataset[task.config.test_split]
    changed = bool(getattr(task.config, "process_docs", None))  # a user's function over the rows, questions and all
    if not is_our_hook(getattr(task.config, hook, None)):
        stamp = PromptStamp(f"own {hook}", _hash(_said(getattr(task, hook), task.test_docs() if changed else docs)))
    else:
        stamp = asked(docs[0]["kind"], getattr(task, "lmms_eval_specific_kwargs", None))[1]
        if changed:
            said = _said(task.doc_to_text, task.test_docs())
            stamp = PromptStamp(_with(stamp.name, ["process_docs"]), _hash([stamp.hash, *said]))
    before = {"system_instruction": system, "description": getattr(task.config, "description", None)}
    added = {} if chat else {name: str(text) for name, text in before.items() if text}
    of_model = of_model or {}
    if not added and not of_model:
        return stamp
    refuse_marks({**added, **of_model})
    said = (f"{name}={text}" for name, text in of_model.items())
    return PromptStamp(_with(stamp.name, [*added, *of_model]), _hash([stamp.hash, *added.values(), *said]))


def _with(name: str, added: Iterable[str]) -> str:
    """The name of words to which something of the user's own is added."""
    return f"{name}{' and ' if ', own ' in name else ', own '}{' and '.join(added)}"


def _said(asks: Callable[[Any], Any], docs: Any) -> Iterator[str]:
    """The texts of some rows, spread over the table.

    The source of a function would not do: its words may stand in another file, and the same source may say other
    things on each rank (``__file__``, a clock).
    """
    rows = sorted({place * len(docs) // _ROWS for place in range(_ROWS)})
    for row in rows:
        try:
            yield json.dumps(_texts(asks(docs[row])))
        except Exception as error:  # it will stop the run where the harness asks it, with its own words
            yield type(error).__name__


def _texts(message: Any) -> Any:
    """The texts of a prompt or of messages, without what else is in them: pictures."""
    if isinstance(message, Mapping):
        return [[str(key), _texts(value)] for key, value in message.items()]
    if isinstance(message, list | tuple):
        return [_texts(one) for one in message]
    return message if isinstance(message, str) else ""


def _hash(parts: Iterable[str]) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _evaluate(model: Any, ours: Mapping[str, Any], go_on: Callable[[], Any]) -> Any:
    told: dict[str, dict[str, str]] = {}
    chat = not getattr(model, "is_simple", True)
    given = getattr(go_on, "keywords", {})
    system = given.get("system_instruction")
    _check(given, [task.config for task in ours.values()], chat)
    of_model = _of_model(model)
    with held_words():
        for name, task in ours.items():
            told[name] = asdict(stamp_of(task, chat, system, of_model))
            _stamp_records(task, told[name])
        if (one := current()) is not None:
            one.notes["prompts"] = told
        results = go_on()
    leave_trace(results, "prompts", told)
    return results


def _check(given: Mapping[str, Any], configs: Iterable[Any], chat: bool) -> None:
    """Refuse what lmms-eval 0.7 does wrong with words, and tell what has no effect.

    Raises:
        HarnessStop: ``--cache_requests`` (its store knows a task's name and not its words: a second run is asked in the
            first one's), or ``--system_instruction`` beside a ``description`` (the harness fails on it).
    """
    if given.get("cache_requests"):
        raise HarnessStop("--cache_requests keeps prompts whatever their words are. Leave it out: ours cost no time.")
    descriptions = [config for config in configs if getattr(config, "description", None)]
    if given.get("system_instruction") and descriptions:
        raise HarnessStop("lmms-eval fails with --system_instruction beside a YAML's description. Give one of them.")
    if chat and (given.get("system_instruction") or descriptions):
        tell("--system_instruction and a YAML's description have no effect here: lmms-eval leaves them out of messages")
    for config in configs:
        for hook, instead in _unused(config, chat):
            tell(f"{hook} of {getattr(config, 'task', '')} has no effect: this backend takes {instead}")


def _unused(config: Any, chat: bool) -> Iterator[tuple[str, str]]:
    """Hooks of the user's own that this kind of backend never calls, and what it calls instead."""
    messages = getattr(config, "doc_to_messages", None)
    if not chat and messages and not is_our_hook(messages):
        yield "doc_to_messages", "doc_to_text and doc_to_visual"
    if chat and is_our_hook(messages):  # messages of the user's own may call the others
        for hook in ("doc_to_text", "doc_to_visual"):
            if getattr(config, hook, None) and not is_our_hook(getattr(config, hook)):
                yield hook, "doc_to_messages"


def _of_model(model: Any) -> dict[str, str]:
    """Texts of the model's own arguments that it asks with; one that it never looks at is told."""
    given = own_texts(model)
    for name in [name for name in given if not asked_with(model, name)]:
        tell(f"{name} in --model_args has no effect: this backend does not look at it")
        del given[name]
    return given


def _stamp_records(task: Any, stamp: dict[str, str]) -> None:
    """Let each record that the task makes name ``stamp``; a task object that serves two models gets each one's own."""
    theirs = getattr(task.process_results, _STAMPED, task.process_results)

    @functools.wraps(theirs)
    def process_results(*args: Any, **options: Any) -> Any:
        found = theirs(*args, **options)
        record = found.get("record") if isinstance(found, dict) else None
        if isinstance(record, dict):
            record["prompts"] = stamp
        return found

    setattr(process_results, _STAMPED, theirs)
    task.process_results = process_results
