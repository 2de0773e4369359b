"""The per-model settings of a task's YAML: empty ones mean the default, and what cannot be meant is told in one line.

``lmms_eval_specific_kwargs`` holds a block per model, found by the name after ``--model``, and one named ``default``.
The harness hands our hooks the model's block, or, where the model has none, the whole mapping with the default block's
keys written into it; values reach us as YAML read them.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from medq_tasks.data.special_tokens import refusal
from medq_tasks.errors import HarnessStop, SettingsError
from medq_tasks.harness.our_tasks import is_our_hook, our_tasks
from medq_tasks.harness.telling import tell
from medq_tasks.prompts import Words, in_force, parts
from medq_tasks.records import Kind, PromptStamp
from medq_tasks.settings import Settings
from medq_tasks.transports import transport_of

KEYS = ("prompts", "pre_prompt", "post_prompt", "image_transport")
_BLOCK = "lmms_eval_specific_kwargs"
_HOOKS = ("doc_to_text", "doc_to_visual", "doc_to_messages")  # that are handed the block
_held: dict[str, tuple[Words, PromptStamp]] | None = None  # by what was asked for, while an evaluation runs


def checked(words: object) -> Mapping[str, Any]:
    """The words that a hook was handed, if they can be used.

    Raises:
        HarnessStop: they cannot; the message names the key and the cure.
    """
    if words is None:
        return {}
    try:
        return _checked(words, "a model's block")
    except SettingsError as error:
        raise HarnessStop(f"{_BLOCK}: {error}") from error


def asked(kind: Kind, block: object) -> tuple[Words, PromptStamp]:
    """The words in which a task asks, and what its records say of them.

    Args:
        kind: of the task.
        block: the settings that a hook was handed.

    Raises:
        HarnessStop: they cannot be used, or hold a mark that a model takes for its own.
    """
    given = checked(block)
    choice = Settings.from_env().prompts
    place = repr((choice, kind, [given.get(key) for key in KEYS]))
    if _held is None:
        return _asked(choice, kind, given)
    if place not in _held:
        _held[place] = _asked(choice, kind, given)
    return _held[place]


@contextlib.contextmanager
def held_words() -> Iterator[None]:
    """Ask in the same words throughout. A file that is edited during a run would give some items others than the
    records name."""
    global _held
    before, _held = _held, {}
    try:
        yield
    finally:
        _held = before


def _asked(choice: str, kind: Kind, given: Mapping[str, Any]) -> tuple[Words, PromptStamp]:
    try:
        words, stamp = in_force(choice, kind, given)
    except SettingsError as error:
        raise HarnessStop(f"the words of {kind}: {error}") from error
    refuse_marks({key: str(given[key]) for key in KEYS[1:3] if given.get(key)})
    refuse_marks({f"{part} of {stamp.name}": text for part, text in parts(words).items()})
    return words, stamp


def refuse_marks(texts: Mapping[str, str]) -> None:
    """Raise where words hold a mark that a model takes for its own.

    Raises:
        HarnessStop: one of them does; the message names it by its key.
    """
    for place, text in texts.items():
        problem = refusal(place, text)
        if problem:
            raise HarnessStop(f"{problem}. Take it out: backends put their own marks where the pictures go.")


def watch_blocks() -> None:
    """Let empty blocks of our tasks' YAMLs mean the default, before the harness reads them.

    It fails on ``default:`` with "'NoneType' object is not iterable", and on an empty ``dataset_kwargs:`` after five
    retries with words about the loading of data. Warns when the harness has another shape.
    """
    module = sys.modules.get("lmms_eval.api.task")
    if module is None:
        return
    owner = getattr(module, "ConfigurableTask", None)
    theirs = getattr(owner, "_prepare_model_specific_config", None)
    if owner is None or theirs is None:
        tell(f"this lmms-eval reads {_BLOCK} elsewhere; empty blocks in a YAML may end the run")
        return
    if getattr(theirs, "_medq_blocks", False):
        return

    @functools.wraps(theirs)
    def ours(task: Any) -> Any:
        if list(our_tasks({"": task})):
            fill_blocks(task.config, str(getattr(task, "model_name", None) or ""))
        return theirs(task)

    ours._medq_blocks = True  # type: ignore[attr-defined]
    owner._prepare_model_specific_config = ours


def fill_blocks(config: Any, model: str = "") -> None:
    """Give a task's config the defaults in place of empty blocks, and tell what in them no model will be asked with.

    Args:
        config: of the task.
        model: the name behind ``--model``.

    Raises:
        HarnessStop: a block is no mapping, or the one in use holds what means nothing there.
    """
    for name, default in (("dataset_kwargs", {"load_from_disk": True}), (_BLOCK, None)):
        block = getattr(config, name, None) or default
        if not isinstance(block, Mapping | None):
            raise HarnessStop(f"{name} is {block!r}, not a mapping. Take the line out to use the default.")
        setattr(config, name, block)
    _fill_generation(config)
    if config.lmms_eval_specific_kwargs:
        words = config.lmms_eval_specific_kwargs = _with_empty_blocks(config.lmms_eval_specific_kwargs)
        _check_blocks(words, model, own=any(map(_is_own, (getattr(config, hook, None) for hook in _HOOKS))))


def _with_empty_blocks(words: Mapping[str, Any]) -> dict[str, Any]:
    """A block with nothing in it is one that sets nothing; the harness fails on some, and hands others on as a key."""
    return {name: value if value or name in KEYS else {} for name, value in words.items()}


def _is_own(hook: object) -> bool:
    return hook is not None and not is_our_hook(hook)


def _check_blocks(words: Mapping[str, Any], model: str, own: bool) -> None:
    """Nothing that a user wrote is passed over: the harness takes one block, and merges but what stands at the top.

    Args:
        words: the blocks, and what stands beside them.
        model: the name behind ``--model``.
        own: whether a hook is the user's own, which may take keys of its own.
    """
    used = next((name for name in (model, "default", "dataset") if name in words), "")
    block = words[used] if used else {}
    if not isinstance(block, Mapping):
        raise HarnessStop(f"{_BLOCK}: {used} is {block!r}, not a mapping. Write {{image_transport: png}}.")
    inner = [str(key) for key, value in block.items() if isinstance(value, Mapping) and key not in KEYS]
    if inner and not own:
        raise HarnessStop(
            f"{_BLOCK}: {used} has {', '.join(inner)}, which means nothing there. Known are {', '.join(KEYS)}; blocks "
            "of models stand side by side, and words of one's own in a file that `prompts` names."
        )
    beside = [str(key) for key, value in words.items() if value and not isinstance(value, Mapping)]
    idle = [key for key in beside if used == model or key in block]
    if idle:
        _tell_once(f"{', '.join(idle)} at the top of {_BLOCK} has no effect beside {used}. Write it into that block")
    for name, value in words.items():
        if isinstance(value, Mapping) and name != used:
            _tell_if_unknown(str(name))


def _tell_if_unknown(block: str) -> None:
    """Name a block that no model of this harness will ask for; nothing is said of a harness without such a list."""
    models = getattr(sys.modules.get("lmms_eval.models"), "list_available_models", None)
    known = ["default", *(models(include_aliases=True) if models else [block])]
    if block == "dataset":
        _tell_once(f"{_BLOCK} has a block dataset, which lmms-eval takes in place of default alone: it has no effect")
    elif block not in known:
        near = difflib.get_close_matches(block, known, 1)
        cure = f"Write {near[0]}" if near else "Name it default, or as after --model"
        _tell_once(f"{_BLOCK} has a block {block}, which is no model of this lmms-eval: it has no effect. {cure}")


@functools.cache  # though a family's template is every task's
def _tell_once(line: str) -> None:
    tell(line)


def _fill_generation(config: Any) -> None:
    """Settings without a stop word get the shipped ones beside their own.

    The harness would stop at the first blank line (its few-shot delimiter): a model that thinks first would be cut off
    before it answers. And settings that are alike put two tasks into one batch (docs/pixels.md).
    """
    given = config.generation_kwargs
    if not isinstance(given, Mapping) or given.get("until") != [config.fewshot_delimiter]:
        return
    until = ["<|im_end|>", f"<|{config.task}|>"]
    config.generation_kwargs = {"max_new_tokens": 4096, "temperature": 0, "do_sample": False, **given, "until": until}
    tell(
        f"generation_kwargs of {config.task} names no `until`, for which lmms-eval would stop at the first "
        f"blank line. Used instead: {config.generation_kwargs}"
    )


def _checked(words: object, place: str) -> Mapping[str, Any]:
    if not isinstance(words, Mapping):
        raise SettingsError(f"{place} is {words!r}, not a mapping. Write it as {{image_transport: png}}.")
    for key, value in words.items():
        if key not in KEYS and not isinstance(value, Mapping):  # a mapping is another model's block
            raise SettingsError(f"{place} has {key!r}, which means nothing here. Known are {', '.join(KEYS)}.")
    transport_of(words.get("image_transport"))
    return words
