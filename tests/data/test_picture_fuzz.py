"""The check of a picture and its use agree: what is accepted can be handed over, with the very pixels checked."""

import random
import warnings

import numpy as np
import pytest
from PIL import Image, ImageFile

from medq_tasks.data.images import inspect
from medq_tasks.pixels import decode, hand_over
from tests.data.factory import encode

FORMS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM")
CHANGES = 60  # of each format


def changed(data, rng):
    data = bytearray(data)
    place = rng.randrange(len(data))
    how = rng.randrange(3)
    if how == 0:
        return bytes(data[:place])
    if how == 1:
        data[min(place, rng.randrange(120))] ^= 1 << rng.randrange(8)
    else:
        data[place : place + rng.randrange(3)] = rng.randbytes(rng.randrange(4))
    return bytes(data)


@pytest.mark.parametrize("form", FORMS)
def test_accepted_is_usable_and_refused_is_refused(form, monkeypatch):
    rng = random.Random(form)
    whole = encode(Image.frombytes("RGB", (23, 17), rng.randbytes(23 * 17 * 3)), form)
    accepted = 0
    for data in [whole, *(changed(whole, rng) for _ in range(CHANGES))]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
            try:
                inspect(data)
            except ValueError:
                continue
            checked = np.asarray(decode(data))
            monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as lmms-eval leaves it
            for transport in ("as_is", "png"):
                assert (np.asarray(hand_over(decode(data), transport)) == checked).all()
        accepted += 1
    assert accepted  # the whole one at least
