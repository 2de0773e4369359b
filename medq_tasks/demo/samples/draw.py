"""Random choices of the sample set, every one of them repeatable."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def stream(seed: int, *names: object) -> np.random.Generator:
    """The random numbers of one item, the same whatever other items exist.

    Hashing the item's name (instead of drawing from one long stream) keeps all other items as they are when one
    is added.
    """
    digest = hashlib.sha256("/".join([str(seed), *map(str, names)]).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def shuffled(values: Sequence[T], rng: np.random.Generator) -> list[T]:
    """All values in a random order."""
    return [values[int(place)] for place in rng.permutation(len(values))]


def deck(values: Sequence[T], count: int, rng: np.random.Generator) -> list[T]:
    """``count`` values dealt from shuffled packs: no value comes twice before every other came once."""
    dealt: list[T] = []
    while len(dealt) < count:
        dealt += shuffled(values, rng)
    return dealt[:count]


def pick(values: Sequence[T], rng: np.random.Generator) -> T:
    """One of the values."""
    return values[int(rng.integers(len(values)))]
