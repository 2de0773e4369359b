"""What can be seen of a model's weights: content, and neither place nor time."""

import os
import shutil

import pytest

from medq_tasks.harness import weights


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "sub" / "a.safetensors").write_bytes(b"a" * 1000)
    return folder


def seen(folder, **more):
    return weights.seen("qwen2_vl", {"pretrained": str(folder), **more})


def test_the_same_content_is_the_same_wherever_it_lies_and_whenever_it_was_put_there(model, tmp_path):
    first = seen(model)
    assert len(first) == 16
    shutil.copytree(model, tmp_path / "copy")
    os.utime(model / "config.json", (1, 1))
    (model / "notes.md").write_text("no part of a model")
    (model / "checkpoint-5").mkdir()
    assert seen(model) == seen(tmp_path / "copy") == weights.seen("qwen2_vl", f"pretrained={model},x=1") == first


@pytest.mark.parametrize("file", ["config.json", "sub/a.safetensors", "new.bin"])
def test_other_content_of_the_same_size_is_seen(model, file):
    first = seen(model)
    path = model / file
    path.write_bytes(b"b" * (path.stat().st_size if path.exists() else 1))
    assert seen(model) != first


def test_large_files_are_looked_at_in_every_mib(model, monkeypatch):
    monkeypatch.setattr(weights, "_WHOLE", 100)
    monkeypatch.setattr(weights, "_STRIDE", 100)
    monkeypatch.setattr(weights, "_BLOCK", 10)
    path = model / "sub" / "a.safetensors"
    first = seen(model)
    path.write_bytes(b"a" * 500 + b"b" * 100 + b"a" * 400)
    second = seen(model)
    assert second != first
    path.write_bytes(b"a" * 999 + b"b")
    assert seen(model) not in (first, second)


@pytest.mark.parametrize(
    ("backend", "arguments"),
    [
        ("openai", "model_version={model}"),
        ("qwen2_vl", ""),
        ("qwen2_vl", "device=cpu,cache_dir={model}"),
        ("qwen2_vl", "pretrained=/nowhere/at/all"),
        ("qwen2_vl", "pretrained=nobody/no-such-model"),
        (object(), "pretrained={model}"),
    ],
)
def test_where_nothing_can_be_seen(model, backend, arguments):
    assert weights.seen(backend, arguments.format(model=model)) == ""


def test_a_lora_beside_the_model_counts(model, tmp_path):
    (tmp_path / "lora").mkdir()
    (tmp_path / "lora" / "adapter_model.bin").write_bytes(b"1")
    assert seen(model, peft=str(tmp_path / "lora")) != seen(model)
