"""Exact pictures reach a local model as they are; other pictures, and other backends, as ever."""

from __future__ import annotations

import importlib
import io

import numpy as np
import pytest
from PIL import Image

from medq_tasks import pixels
from medq_tasks.harness.plain_pictures import _PACKERS, unpacked
from medq_tasks.transports import INEXACT_BACKENDS


def encode_image_to_data_url(image):
    return "data:image/jpeg;base64,"


class Packs:
    def _encode_image_data_url(self, image):
        return encode_image_to_data_url(image)


class PacksItself:
    def _encode_image_data_url(self, image):
        return "data:image/webp;base64,"


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (400, 300, 3), dtype=np.uint8)


@pytest.fixture
def picture(noise):
    return Image.fromarray(noise)


def test_an_exact_picture_is_handed_on_and_any_other_is_packed_as_ever(picture, noise, warned):
    model = Packs()
    with unpacked(model, "qwen2_vl"):
        handed = model._encode_image_data_url(pixels.hand_over(picture, "png"))
        assert type(handed) is Image.Image
        assert (np.asarray(handed) == noise).all()
        grey = model._encode_image_data_url(pixels.ExactImage.of(picture.convert("L")))
        assert grey.mode == "RGB"  # as the backend's own packing makes it
        assert model._encode_image_data_url(picture) == "data:image/jpeg;base64,"
    assert vars(model) == {}
    assert model._encode_image_data_url(pixels.hand_over(picture, "png")) == "data:image/jpeg;base64,"
    assert warned == []


def test_what_fails_within_leaves_the_model_as_it_was():
    model = Packs()
    with pytest.raises(RuntimeError), unpacked(model, "gemma3"):
        raise RuntimeError
    assert vars(model) == {}


@pytest.mark.parametrize("model", [PacksItself(), object()])
def test_a_backend_of_another_shape_packs_as_before_and_it_is_said(model, warned):
    with unpacked(model, "qwen2_vl"):
        assert "_encode_image_data_url" not in getattr(model, "__dict__", {})
    (line,) = warned
    assert "qwen2_vl packs each as a PNG" in line


def test_a_backend_that_packs_for_others_is_left_alone(warned):
    model = Packs()
    with unpacked(model, "claude"):
        assert vars(model) == {}
    assert warned == []


def test_each_named_backend_of_the_installed_harness_has_that_method(monkeypatch):
    told = []  # not ``warned``: importing a backend takes loguru's handlers away
    monkeypatch.setattr("medq_tasks.harness.plain_pictures.tell", told.append)
    assert set(_PACKERS) <= set(INEXACT_BACKENDS)
    for backend in _PACKERS:
        try:
            module = importlib.import_module(f"lmms_eval.models.simple.{backend}")
        except ImportError:
            continue  # gemma4 came with 0.7.3; others need a newer transformers
        kind = next(one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__)
        with unpacked(object.__new__(kind), backend):
            assert told == [], backend


def test_a_processor_of_transformers_takes_a_plain_picture_in_place_of_a_data_url(picture):
    """Its decoder of data URLs, torchvision's, knows no BMP: a run with gemma3 ended at its first item."""
    torch = pytest.importorskip("torch")
    from transformers import Gemma3ImageProcessor, Gemma3Processor

    from medq_tasks.fidelity import tiny

    marks = {"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"}
    template = "{% for part in messages[0]['content'] %}<start_of_image>{% endfor %}"
    ends = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>"}
    tokenizer = tiny._tokenizer((*ends.values(), *marks.values()), extra_special_tokens=marks, **ends)
    processor = Gemma3Processor(Gemma3ImageProcessor(), tokenizer, chat_template=template)
    content = [{"type": "image", "image": pixels.hand_over(picture, "png").plain()}]
    made = processor.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=True, return_dict=True, return_tensors="pt"
    )
    expected = processor.image_processor(picture, return_tensors="pt")
    assert torch.equal(made["pixel_values"], expected["pixel_values"])


def test_what_is_packed_in_memory_is_no_bmp(picture, noise):
    file = io.BytesIO()
    pixels.hand_over(picture, "png").save(file, format="JPEG", quality=85)
    assert file.getvalue().startswith(b"\x89PNG")
    assert (np.asarray(Image.open(file)) == noise).all()
