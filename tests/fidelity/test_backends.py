"""What a backend is built with, and what the recording server makes of requests."""

import base64
import itertools
import json
import os
import urllib.request

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.fidelity import backends
from medq_tasks.fidelity.backends import CannotInspect
from medq_tasks.fidelity.probe import inspect
from medq_tasks.fidelity.recorder import Recorder, Sent
from medq_tasks.fidelity.sent_pictures import all_pictures, test_pictures
from medq_tasks.pixels import decode

URL = "http://127.0.0.1:9"


def test_the_recorder_wins_over_the_users_address(tmp_path):
    given = backends.arguments("openai", "model=gpt-5,base_url=https://example.org/v1,max_size_in_mb=1", URL, tmp_path)
    assert given == f"max_size_in_mb=1,model=recorder,base_url={URL}/v1,api_key=none"
    assert "example.org" not in given


def test_the_users_checkpoint_wins_over_the_tiny_one(tmp_path):
    assert backends.arguments("qwen2_vl", "pretrained=mine", URL, tmp_path) == "pretrained=mine"


@pytest.mark.parametrize("model", ["gemini", "vllm", "litellm", "internvl3"])
def test_what_cannot_be_inspected_says_so(model):
    with pytest.raises(CannotInspect, match=f"{model} cannot be inspected"):
        backends.check(model, None)


def test_an_unknown_transport_is_refused_before_anything_starts():
    with pytest.raises(SettingsError, match="image_transport"):
        next(inspect("qwen2_vl", [], transport="webp"))


def test_the_environment_is_put_back(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    with backends.environment(URL):
        assert os.environ["OPENAI_API_KEY"] == "none"
        assert os.environ["ANTHROPIC_BASE_URL"] == URL
    assert os.environ["OPENAI_API_KEY"] == "mine"
    assert "ANTHROPIC_BASE_URL" not in os.environ


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def test_pictures_of_both_apis_are_recorded_in_order():
    text = base64.b64encode(b"one").decode(), base64.b64encode(b"two").decode()
    openai = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{text[0]}"}},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{text[1]}"}},
        {"type": "text", "text": "data: none"},
    ]
    source = {"type": "base64", "media_type": "image/png", "data": text[0]}
    with Recorder() as recorder:
        said = post(f"{recorder.url}/v1/chat/completions", {"messages": [{"role": "user", "content": openai}]})
        assert said["choices"][0]["message"]["content"] == "A"
        assert recorder.take() == [Sent(b"one", "image/png"), Sent(b"two", "image/jpeg")]
        said = post(f"{recorder.url}/v1/messages", {"messages": [{"content": [{"type": "image", "source": source}]}]})
        assert said["content"][0]["text"] == "A"
        assert recorder.take() == [Sent(b"one", "image/png")]
        assert recorder.take() == []


def test_the_pictures_cover_what_can_go_wrong():
    sent = list(all_pictures())
    found = {picture.name: decode(picture.data) for picture in sent}
    assert len(found) == len(sent)
    sizes = {image.size for image in found.values()}
    assert min(min(size) for size in sizes) == 8
    assert max(max(size) for size in sizes) == 2400
    assert any(width % 2 and height % 2 for width, height in sizes)
    assert all(image.convert("L").getextrema()[0] < image.convert("L").getextrema()[1] for image in found.values())
    # One real picture of each modality comes last.
    names = [picture.name.split()[0] for picture in sent[-5:]]
    assert sorted(names) == ["ct", "endoscopy", "fundus", "histopathology", "mri"]
    # The same each time: two people compare their tables.
    assert list(itertools.islice(test_pictures(), 3)) == sent[:3]
