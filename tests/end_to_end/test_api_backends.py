"""Our classes for four API backends: our pictures exact and rightly named, all others as the harness sends them."""

from __future__ import annotations

import base64
import io
import sys
import types

import numpy as np
import pytest
from PIL import Image

from medq_tasks.pixels import hand_over
from medq_tasks.transports import INEXACT_BACKENDS

NOISE = np.random.default_rng(1).integers(0, 256, (30, 50, 3), dtype=np.uint8)
PLAIN = Image.fromarray(NOISE)
EXACT = hand_over(PLAIN, "png")


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.format, np.asarray(image.convert("RGB"))


def split(url):
    head, _, text = url.partition(";base64,")
    return head, *opened(base64.b64decode(text))


@pytest.fixture
def anthropic(monkeypatch):
    """A stand-in for the client package: keeps each request, numbers its replies, fails when told to."""
    calls = []

    class Messages:
        def create(self, **request):
            calls.append(request)
            if fails:
                raise RuntimeError("overloaded")
            text = types.SimpleNamespace(type="text", text=f"reply {len(calls)}")
            usage = types.SimpleNamespace(input_tokens=3, output_tokens=2)
            return types.SimpleNamespace(content=[text], usage=usage)

    fails = []
    module = types.ModuleType("anthropic")
    module.Anthropic = lambda **settings: types.SimpleNamespace(messages=Messages())
    module.calls, module.fails = calls, fails
    monkeypatch.setitem(sys.modules, "anthropic", module)
    import lmms_eval.models.simple.claude as harness

    monkeypatch.setattr(harness, "anthropic", module, raising=False)
    return module


class Task:
    def __init__(self, image, words=None):
        self.image = image
        self.lmms_eval_specific_kwargs = words

    def visual(self, doc):
        return [self.image] * doc


def ask(*tasks):
    """One request with one picture for each task; returns the texts of the replies."""
    from lmms_eval.api.instance import Instance

    from medq_tasks.harness.backends.claude import ExactClaude

    model = ExactClaude(model_version="claude-test")
    model.task_dict = {"t": {"test": [1]}}
    requests = [
        Instance(
            request_type="generate_until",
            arguments=("Is it?", {"max_new_tokens": 9, "temperature": 0}, task.visual, 0, "t", "test"),
            idx=0,
            metadata={"task": "t", "doc_id": 0, "repeats": 1},
        )
        for task in tasks
    ]
    return [reply.text for reply in model.generate_until(requests)]


OURS = Task(EXACT, {"image_transport": "png"})
USUAL = Task(PLAIN, {"image_transport": "as_is"})
OTHERS = Task(PLAIN)


def pictures(call):
    sources = [part["source"] for part in call["messages"][0]["content"] if part["type"] == "image"]
    return [(source["media_type"], *opened(base64.b64decode(source["data"]))) for source in sources]


def test_claude_gets_our_pictures_as_png(anthropic):
    assert ask(OURS) == ["reply 1"]
    ((media_type, kind, array),) = pictures(anthropic.calls[0])
    assert (media_type, kind) == ("image/png", "PNG")
    assert (array == NOISE).all()
    assert anthropic.calls[0]["extra_body"] == {"temperature": 0}
    assert anthropic.calls[0]["max_tokens"] == 9


@pytest.mark.parametrize("task", [OTHERS, USUAL], ids=["another task", "ours, as_is"])
def test_claude_gets_all_others_as_before(anthropic, task):
    assert ask(task) == ["reply 1"]
    ((media_type, kind, array),) = pictures(anthropic.calls[0])
    assert (media_type, kind) == ("image/jpeg", "JPEG")
    assert not (array == NOISE).all()


def test_claude_keeps_the_order_of_mixed_requests(anthropic):
    # Others are asked first (1, 2), then ours (3, 4); each reply returns to its own place.
    assert ask(OURS, OTHERS, OURS, OTHERS) == ["reply 3", "reply 1", "reply 4", "reply 2"]


def test_a_failed_request_to_claude_is_called_one(anthropic):
    from medq_tasks.answers import failure

    anthropic.fails.append(True)
    (text,) = ask(OURS)
    assert failure(text) == "request failed after 5 retries: overloaded"


def test_claude_s_size_limit_is_kept_and_nothing_else_is_resized(monkeypatch):
    from medq_tasks.harness.backends import claude

    block = claude.picture_block(PLAIN)
    assert opened(base64.b64decode(block["source"]["data"]))[1].shape == NOISE.shape
    monkeypatch.setattr(claude, "MAX_PNG_BYTES", 3000)
    data = base64.b64decode(claude.picture_block(PLAIN)["source"]["data"])
    assert len(data) <= 3000
    kind, array = opened(data)
    assert kind == "PNG"
    # 50 x 30 noise is 4.6 kB; by 0.9 each step: 45 x 27 is 3.7 kB, 40 x 24 is 2.9 kB.
    assert array.shape == (24, 40, 3)


def test_qwen_vl_api_gets_a_file_whose_name_fits():
    from medq_tasks.harness.backends.qwen_vl_api import ExactQwenVlApi

    model = ExactQwenVlApi()
    for image, suffix, kind, same in ((EXACT, ".png", "PNG", True), (PLAIN, ".jpeg", "JPEG", False)):
        with model.save_image_to_temp_file(image) as file, open(file.name, "rb") as written:
            found, array = opened(written.read())
            assert file.name.endswith(suffix)
            assert found == kind
            assert (array == NOISE).all() == same


def test_cosmos_and_reka_get_urls_whose_label_fits():
    from medq_tasks.harness.backends.cosmos_wm import ExactCosmos
    from medq_tasks.harness.backends.reka import ExactReka

    cosmos = ExactCosmos.__new__(ExactCosmos)  # its constructor wants a server or a GPU
    head, kind, array = split(cosmos._visual_to_openai_content(EXACT)["image_url"]["url"])
    assert (head, kind) == ("data:image/png", "PNG")
    assert (array == NOISE).all()
    assert split(cosmos._visual_to_openai_content(PLAIN)["image_url"]["url"])[:2] == ("data:image/jpeg", "JPEG")

    reka = ExactReka.__new__(ExactReka)  # its constructor wants the client package
    heads = [split(url)[:2] for url in reka.encode_image([EXACT, EXACT])]
    assert heads == [("data:image/png", "PNG")] * 2
    assert split(reka.encode_image(EXACT))[0] == "data:image/png"
    # As the harness sends it: PNG by another name. Not ours to change for others.
    assert split(reka.encode_image(PLAIN))[:2] == ("data:image/jpeg", "PNG")


def test_the_classes_are_registered_under_the_harness_s_names():
    from lmms_eval.models import get_model, get_model_manifest

    from medq_tasks.harness.backends import CLASSES

    for model, path in CLASSES.items():
        assert get_model_manifest(model).simple_class_path == path
        # None has an alias: the harness finds the per-model block by the literal name.
        assert get_model_manifest(model).aliases == ()
    assert get_model("claude").__name__ == "ExactClaude"


def test_each_inexact_backend_is_known_by_the_module_of_its_class():
    from lmms_eval.models import get_model_manifest

    manifests = {name: get_model_manifest(name) for name in INEXACT_BACKENDS}
    assert {name for name, manifest in manifests.items() if manifest.aliases} == set()
    modules = {name: manifest.simple_class_path.split(".")[-2] for name, manifest in manifests.items()}
    assert modules == {name: name for name in INEXACT_BACKENDS}


def test_transformers_reads_a_png_under_a_jpeg_label():
    # gemma3, gemma4, glm4v, llama4_scout and vora hand such a data URL to their processor.
    from lmms_eval.models.model_utils.media_encoder import encode_image_to_data_url
    from transformers.image_utils import load_image

    url = encode_image_to_data_url(EXACT, image_format="JPEG", mime_type="image/jpeg", convert_rgb=True, quality=85)
    assert url.startswith("data:image/jpeg;")
    assert (np.asarray(load_image(url)) == NOISE).all()
