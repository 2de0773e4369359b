"""Which pictures a backend resizes, and by how much: worked out from sizes and limits, so that a run can say it.

Only backends whose rule is known are listed; for every other one the answer is "not known" and `medq fidelity` shows
it. Sources: lmms-eval 0.7.3, ``models/{simple,chat}/<name>.py`` (default limits, patch sizes); qwen-vl-utils 0.0.14,
``vision_process.py`` (``smart_resize``). The chat backends let qwen-vl-utils resize with its own limits first; then
the model's processor does with the backend's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Size = tuple[int, int]  # width, height in pixels

# The API refuses a picture whose base64 text is longer than 5 MB; 3 bytes become 4 characters.
CLAUDE_PNG_BYTES = 5 * 1024 * 1024 * 3 // 4

MOST_ELONGATED = 200  # times that a side may be longer than the other: ``smart_resize`` raises beyond it

_UTILS_TOKENS = (4, 16384)  # qwen-vl-utils' own limits, in tokens of factor x factor pixels


@dataclass(frozen=True)
class Limits:
    """The pixel limits of a backend: sides become multiples of ``factor``, areas lie between the two numbers.

    ``twice``: qwen-vl-utils has resized with its own limits before.
    """

    factor: int
    min_pixels: int
    max_pixels: int
    twice: bool = False


_DEFAULTS: dict[str, Limits] = {
    "qwen2_vl": Limits(28, 3136, 602112),
    "qwen2_5_vl": Limits(28, 256 * 28 * 28, 1605632, twice=True),
    "qwen3_vl": Limits(32, 256 * 28 * 28, 1605632, twice=True),
}


# Backends that raise for a picture which is longer and narrower than ``MOST_ELONGATED``.
REFUSE_ELONGATED = tuple(_DEFAULTS)


def elongated(size: Size) -> bool:
    """Whether a picture of this size is too long and narrow for ``REFUSE_ELONGATED``."""
    return max(size) > MOST_ELONGATED * min(size)


def limits_of(
    model: str, model_args: str | Mapping[str, Any] | None = None, force_simple: bool = False
) -> Limits | None:
    """The limits in force for ``--model``, ``--model_args``, ``--force_simple``; None when the rule is not known here.

    Raises:
        ValueError: ``min_pixels`` or ``max_pixels`` is not a whole number.
    """
    default = _DEFAULTS.get(model)
    if default is None:
        return None
    given = _arguments(model_args)
    return Limits(
        default.factor,
        int(given.get("min_pixels", default.min_pixels)),
        int(given.get("max_pixels", default.max_pixels)),
        default.twice and not force_simple,
    )


def wire_limit_of(
    model: str, model_args: str | Mapping[str, Any] | None = None, force_simple: bool = False
) -> int | None:
    """Bytes of a PNG above which this API backend shrinks a picture; None where there is no such limit.

    lmms-eval 0.7.3: ``max_size_in_mb`` of ``gpt4v``, and of ``openai`` with ``--force_simple`` (its chat class has
    none); ours for ``claude``.
    """
    if model == "claude":
        return CLAUDE_PNG_BYTES
    if model == "gpt4v" or (model.startswith("openai") and force_simple):
        return int(_arguments(model_args).get("max_size_in_mb", 20)) * 1024 * 1024
    return None


def fitted(size: Size, limits: Limits) -> Size:
    """The size that a picture of ``size`` has when the model sees it.

    Raises:
        ValueError: the size is ``elongated`` (the rule's own limit; the backend would fail too).
    """
    if limits.twice:
        fewest, most = (tokens * limits.factor**2 for tokens in _UTILS_TOKENS)
        size = _smart(size, Limits(limits.factor, fewest, most))
    return _smart(size, limits)


def _smart(size: Size, limits: Limits) -> Size:
    width, height = size
    if elongated(size):
        raise ValueError(
            f"a picture of {width} x {height} pixels is too long and narrow: at most {MOST_ELONGATED} to 1"
        )
    sides = [max(limits.factor, round(side / limits.factor) * limits.factor) for side in size]
    if sides[0] * sides[1] > limits.max_pixels:
        shrink = math.sqrt(width * height / limits.max_pixels)
        sides = [max(limits.factor, math.floor(side / shrink / limits.factor) * limits.factor) for side in size]
    elif sides[0] * sides[1] < limits.min_pixels:
        grow = math.sqrt(limits.min_pixels / (width * height))
        sides = [math.ceil(side * grow / limits.factor) * limits.factor for side in size]
    return sides[0], sides[1]


def summary(sizes: Iterable[Size], limits: Limits | None, wire_limit: int | None = None) -> dict[str, Any]:
    """What a run's result says about its pictures.

    Returns:
        ``pictures``: how many; ``smallest``, ``largest``: [width, height] by area (None without pictures);
        ``limits``: as a dict, or None when not known; and, None when the limits are not known,
        ``resized``: how many do not keep their size; ``beyond_rounding``: how many of them because of the limits, not
        merely to a multiple of ``factor``; ``largest_factor``: the most that any side was stretched or shrunk (>= 1);
        ``refused``: how many are too long and narrow for this backend, so that it fails on their items;
        ``wire_limit``: bytes of a PNG above which the backend shrinks it (None: no limit known), and
        ``may_exceed_it``: how many pictures have more pixels than are sure to fit (their PNG may be small enough).
    """
    found = list(sizes)
    by_area = sorted(found, key=lambda size: size[0] * size[1])
    told: dict[str, Any] = {
        "pictures": len(found),
        "smallest": list(by_area[0]) if found else None,
        "largest": list(by_area[-1]) if found else None,
        "limits": asdict(limits) if limits else None,
        "resized": None,
        "beyond_rounding": None,
        "largest_factor": None,
        "refused": None,
        "wire_limit": wire_limit,
        "may_exceed_it": None if wire_limit is None else sum(_largest_png(size) > wire_limit for size in found),
    }
    if limits is None:
        return told
    told["refused"] = sum(map(elongated, found))
    pairs = [(size, fitted(size, limits)) for size in found if not elongated(size)]
    moved = [(before, after) for before, after in pairs if before != after]
    told["resized"] = len(moved)
    told["beyond_rounding"] = sum(after != _rounded(before, limits.factor) for before, after in moved)
    told["largest_factor"] = round(max((_stretch(before, after) for before, after in moved), default=1.0), 4)
    return told


def _largest_png(size: Size) -> int:
    """Most bytes that an 8-bit RGB PNG of this size can have: zlib stores what it cannot compress."""
    width, height = size
    lines = (3 * width + 1) * height
    return lines + lines // 16383 * 5 + lines // 8192 * 12 + 1024


def _rounded(size: Size, factor: int) -> Size:
    width, height = (max(factor, round(side / factor) * factor) for side in size)
    return width, height


def _stretch(before: Sequence[int], after: Sequence[int]) -> float:
    ratios = [new / old for old, new in zip(before, after, strict=True)]
    return max(max(ratio, 1 / ratio) for ratio in ratios)


def _arguments(model_args: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if isinstance(model_args, Mapping):
        return model_args
    pairs = (part.partition("=") for part in (model_args or "").split(",") if part)
    return {name.strip(): value.strip() for name, _, value in pairs}
