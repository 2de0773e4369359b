"""The pictures that `medq fidelity` sends: each shows one kind of damage best."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

_SEED = 2510


@dataclass(frozen=True)
class TestPicture:
    """A named picture file."""

    name: str
    data: bytes


def test_pictures() -> Iterator[TestPicture]:
    """Made pictures: noise, edges, gradients; small, huge and odd sizes; 16 bit, palette and transparency."""
    random = np.random.default_rng(_SEED)
    yield _picture("grey noise, sigma 10", _grey(128 + 10 * random.standard_normal((256, 256))))
    yield _picture("grey noise, sigma 25", _grey(128 + 25 * random.standard_normal((256, 256))))
    yield _picture("colour noise, sigma 25", _colour(128 + 25 * random.standard_normal((256, 256, 3))))
    yield _picture("one-pixel checkerboard", _grey(np.indices((256, 256)).sum(axis=0) % 2 * 255))
    yield _picture("red and blue edges", _stripes())
    yield _picture("gradient", _grey(np.tile(np.linspace(0, 255, 256), (256, 1))))
    yield _picture("odd size, 101 x 67", _colour(random.uniform(0, 255, (67, 101, 3))))
    yield _picture("small, 8 x 8", _colour(random.uniform(0, 255, (8, 8, 3))))
    yield _picture("huge, 2400 x 1800", _huge(random))
    deep = np.linspace(0, 4095, 160 * 200).reshape(160, 200) + random.normal(0, 40, (160, 200))
    yield _picture("12 bit in 16", Image.fromarray(np.clip(deep, 0, 4095).astype(np.uint16)))
    yield _picture("transparent surround", _disc(random))
    yield _picture("palette", _colour(random.uniform(0, 255, (120, 90, 3))).quantize(64))


# pytest would take these two for tests where they are imported.
TestPicture.__test__ = False  # type: ignore[attr-defined]
test_pictures.__test__ = False  # type: ignore[attr-defined]


def _grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


_colour = _grey


def _stripes() -> Image.Image:
    picture = np.zeros((140, 196, 3), np.uint8)
    picture[:, ::3, 0] = 255
    picture[:, 1::3, 2] = 255
    return Image.fromarray(picture)


def _huge(random: np.random.Generator) -> Image.Image:
    ramp = np.linspace(30, 220, 2400)[np.newaxis, :, np.newaxis]
    return _colour(ramp + random.normal(0, 12, (1800, 2400, 3)))


def _disc(random: np.random.Generator) -> Image.Image:
    rows, columns = np.indices((150, 150)) - 75
    picture = random.uniform(60, 200, (150, 150, 4))
    picture[..., 3] = np.where(rows**2 + columns**2 < 70**2, 255, 0)
    return _colour(picture)


def _picture(name: str, image: Image.Image) -> TestPicture:
    file = io.BytesIO()
    image.save(file, format="PNG", compress_level=1)
    return TestPicture(name, file.getvalue())


def all_pictures() -> Iterator[TestPicture]:
    """The made pictures, and from the sample set the first severe one of each modality."""
    yield from test_pictures()
    from medq_tasks.demo import samples
    from medq_tasks.demo.samples import design
    from medq_tasks.demo.samples.build import render
    from medq_tasks.demo.samples.shot import Shot

    shots: dict[str, Shot] = {}
    for item in design.perception(samples.SEED):
        if item.shot.severity == "severe":
            shots.setdefault(item.shot.modality, item.shot)
    for shot in shots.values():
        yield _picture(shot.degradation.replace("_", " "), Image.fromarray(render(shot, samples.SEED)))
