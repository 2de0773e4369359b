"""Which requests are drawn at random: no store may answer them, or the second draw is the first one again.

It is judged from what the task asks for and from the backend's own settings, not from what is sent: for o1 and o3 the
harness takes ``temperature`` out of the request, and what is left looks like one that gives the same reply every time.
The harness's own judgement (``is_deterministic``) misses a temperature that is written as text, one of the backend,
and ``--repeats``: several draws of one item, which it answers from one.
"""

from __future__ import annotations

from typing import Any

_HOW_MANY = ("n", "best_of", "num_return_sequences")


def drawn(request: Any, model: Any) -> str:
    """Why the reply to ``request`` is a random draw, as ``"temperature 0.7"``; "" where it is none."""
    asked = next((part for part in request.args if isinstance(part, dict)), {})
    if (repeats := _number(getattr(request, "repeats", 1))) > 1:
        return f"repeats {repeats:g}"
    if (heat := _number(asked.get("temperature"))) > 0:
        return f"temperature {heat:g}"
    if asked.get("do_sample"):
        return "do_sample"
    for name in _HOW_MANY:
        if (many := _number(asked.get(name))) > 1:
            return f"{name} {many:g}"
    return _by_itself(model, asked)


def _by_itself(model: Any, asked: dict[str, Any]) -> str:
    """Why the backend draws whatever a request says (``mmada``), or where it says nothing (``generation_config``)."""
    settled = getattr(model, "do_sample", None)
    if settled is True:
        return "the backend's do_sample"
    if settled is not False and (heat := _number(getattr(model, "temperature", None))) > 0:
        return f"the backend's temperature {heat:g}"
    inner = getattr(getattr(model, "model", None), "generation_config", None)
    if not {"temperature", "do_sample"} & asked.keys() and getattr(inner, "do_sample", None) is True:
        return "the model's generation_config"
    return ""


def _number(value: Any) -> float:
    """``value`` as a number, 0 where it says none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
