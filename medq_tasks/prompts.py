"""The wording of questions and instructions, in one place.

A prompt is ``pre + body + post``. The body comes from the table; ``pre`` and ``post`` are the words around it, which a
user may replace per model in the YAML (``lmms_eval_specific_kwargs``: ``pre_prompt``, ``post_prompt``). A change of a
constant here moves scores: bump ``metadata.version`` of the tasks concerned and say so in CHANGELOG.md.

The form (one introductory line, question, lettered options, a closing line that asks for the letter; for reasoning,
3 to 5 sentences on low-level appearance and a verdict) is the benchmark's, arXiv 2510.01691; the words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from medq_tasks.errors import SettingsError
from medq_tasks.records import Kind


@dataclass(frozen=True)
class Prompts:
    """The words of one kind of task. ``instruction`` is the body where the table brings no question of its own."""

    pre: str
    post: str
    instruction: str = ""


PROMPTS: dict[Kind, Prompts] = {
    "perception": Prompts(
        pre="Look closely at this medical image and answer a question about its technical quality.\n\n",
        post="\n\nAnswer with the letter of the one correct option only.",
    ),
    "no_reference": Prompts(
        pre="",
        post="\n\nEnd with a line of its own: Verdict: good, Verdict: usable, or Verdict: reject.",
        instruction=(
            "You are an expert in medical image quality. In 3 to 5 sentences, describe the low-level appearance of "
            "this image: sharpness, noise, contrast, brightness, colour, and any artifact that you see, with its place "
            "and strength. Then judge its quality for diagnosis: good (no or hardly any problem), usable (minor "
            "problems), or reject (serious problems)."
        ),
    ),
    "comparison": Prompts(
        pre="Two medical images of the same subject follow: the first image, then the second image.\n\n",
        post="\n\nEnd with a line of its own: Verdict: first, or Verdict: second.",
        instruction=(
            "You are an expert in medical image quality. In 3 to 5 sentences, compare the low-level appearance of the "
            "first image and the second image: sharpness, noise, contrast, brightness, colour, and any artifact that "
            "you see. Then say which of the two has the higher quality."
        ),
    ),
}


def perception_body(question: str, options: Mapping[str, str]) -> str:
    """The question and its lettered options, one a line."""
    lines = [f"{letter}. {text}" for letter, text in options.items()]
    return "\n".join(["Question: " + question.strip(), "Options:", *lines])


def reasoning_body(kind: Kind, question: str) -> str:
    """The table's own question, or the task's instruction where it has none."""
    return question.strip() or PROMPTS[kind].instruction


def surround(kind: Kind, body: str, words: Mapping[str, object] | None = None) -> str:
    """``body`` between the words before and after it.

    ``words`` is the YAML's per-model block. A key that it lacks means the default words, because the harness replaces
    the default block by a matching model's block instead of merging them; so does a key without a value
    (``pre_prompt:``). An empty text (``pre_prompt: ""``) means no words.

    Raises:
        SettingsError: a value is no text.
    """
    given = words or {}
    default = PROMPTS[kind]
    return _text(given, "pre_prompt", default.pre) + body + _text(given, "post_prompt", default.post)


def _text(words: Mapping[str, object], key: str, default: str) -> str:
    value = words.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise SettingsError(f'{key}: {value!r} is no text. Put it in quotation marks ({key}: "{value}").')
    return value
