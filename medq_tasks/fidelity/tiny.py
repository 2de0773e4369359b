"""Tiny checkpoints with random weights, made on the spot: a backend's whole path without a download.

Their answers are noise; their processors, and so the pixels that reach the model, are the real ones. Their files say
what those of the published checkpoints say (Qwen/Qwen2-VL-2B-Instruct, Qwen/Qwen2.5-VL-3B-Instruct,
llava-hf/llava-1.5-7b-hf), because a backend does what the files say: padding side, sampling settings, end marks, pixel
limits, chat template. What is not as published: the sizes of the layers, the vocabulary (one token per byte and the
special ones), float32, and for LLaVA pictures of 28 x 28.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

Side = Literal["left", "right"]

_QWEN_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
_LLAVA_TOKENS = ("<unk>", "<s>", "</s>", "<image>", "<pad>")
# A system prompt where the messages bring none; pictures and videos where they stand in a message.
_QWEN_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' or 'image' in part or 'image_url' in part %}"
    "<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif part['type'] == 'video' or 'video' in part %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# All pictures of a message first, then its text. (The published one knows no plain string as content; a simple backend
# of the harness hands over one.)
_LLAVA_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] != 'system' %}{{ message['role'].upper() }}: {% endif %}"
    "{% if message['content'] is string %}{{ message['content'] }} {% else %}"
    "{% for part in message['content'] if part['type'] == 'image' %}<image>\n{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }} {% endfor %}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
_LAYERS = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
_QWEN_TEXT = {
    **_LAYERS,
    "vocab_size": 256 + len(_QWEN_TOKENS),
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-6,
    "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1000000.0},
    "sliding_window": 32768,
    "use_sliding_window": False,
    "tie_word_embeddings": False,  # tied, the likeliest next token is the last one again, and the reply a blank
}
_PIXELS = {"min_pixels": 3136, "max_pixels": 12845056}
_SEED = 20250


def build_tiny_qwen2_vl(folder: Path | str, padding_side: Side | None = "left") -> Path:
    """Write a Qwen2-VL checkpoint of about 400 kB (model, tokenizer, processor) and return its folder.

    Runs on a CPU with ``--model qwen2_vl --model_args pretrained=FOLDER,device=cpu,device_map=cpu``.

    Args:
        folder: made if it is not there.
        padding_side: what the tokenizer names; "left" as published, None for a tokenizer that names none, as many are
            that were saved from training.
    """
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

    vision = {"depth": 1, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 4, "patch_size": 14}
    config = Qwen2VLConfig(text_config=_QWEN_TEXT | _qwen_ends(), vision_config=vision, **_picture_ids())
    sampling = {"repetition_penalty": 1.0, "temperature": 0.01, "top_p": 0.001, "top_k": 1}
    processor = _qwen_processor("Qwen2VLProcessor", padding_side, 32768)
    return _save(Qwen2VLForConditionalGeneration, config, processor, _qwen_generation(sampling), Path(folder))


def build_tiny_qwen2_5_vl(folder: Path | str) -> Path:
    """Write a Qwen2.5-VL checkpoint of about 400 kB and return its folder; as published, it names no padding side."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    vision = {
        "depth": 1,
        "hidden_size": 32,
        "out_hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 14,
        "window_size": 112,
        "tokens_per_second": 2,
        "fullatt_block_indexes": [0],
    }
    text = {**_QWEN_TEXT, "max_position_embeddings": 128000}
    config = Qwen2_5_VLConfig(text_config=text | _qwen_ends(), vision_config=vision, **_picture_ids())
    sampling = {"repetition_penalty": 1.05, "temperature": 0.000001}
    processor = _qwen_processor("Qwen2_5_VLProcessor", None, 131072)
    return _save(Qwen2_5_VLForConditionalGeneration, config, processor, _qwen_generation(sampling), Path(folder))


def build_tiny_llava(folder: Path | str) -> Path:
    """Write a LLaVA 1.5 checkpoint of about 400 kB and return its folder; for ``--model llava_hf`` on a CPU."""
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    ends = {"bos_token_id": _id("<s>"), "eos_token_id": _id("</s>"), "pad_token_id": _id("<pad>")}
    text = {**_LAYERS, "vocab_size": 256 + len(_LLAVA_TOKENS), "max_position_embeddings": 4096, "rms_norm_eps": 1e-5}
    vision = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=LlamaConfig(**text, **ends),
        image_token_index=_id("<image>"),
        image_seq_length=4,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        projector_hidden_act="gelu",
        tie_word_embeddings=False,
        pad_token_id=_id("<pad>"),
    )
    tokenizer = _tokenizer(
        _LLAVA_TOKENS,
        starts_with="<s>",
        **{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"},
        padding_side="left",
        extra_special_tokens={"image_token": "<image>"},
        chat_template=_LLAVA_TEMPLATE,
    )
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28}),
        tokenizer=tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        chat_template=_LLAVA_TEMPLATE,
        num_additional_image_tokens=1,
    )
    return _save(LlavaForConditionalGeneration, config, processor, ends, Path(folder))


def _id(token: str) -> int:
    tokens = _QWEN_TOKENS if token in _QWEN_TOKENS else _LLAVA_TOKENS
    return 256 + tokens.index(token)


def _qwen_ends() -> dict[str, int]:
    return {"bos_token_id": _id("<|endoftext|>"), "eos_token_id": _id("<|im_end|>")}


def _picture_ids() -> dict[str, Any]:
    ids = {
        "image_token_id": _id("<|image_pad|>"),
        "video_token_id": _id("<|video_pad|>"),
        "vision_start_token_id": _id("<|vision_start|>"),
        "vision_end_token_id": _id("<|vision_end|>"),
    }
    return {**ids, **_qwen_ends(), "tie_word_embeddings": False}


def _qwen_generation(sampling: Mapping[str, float]) -> dict[str, Any]:
    end = _id("<|endoftext|>")
    ends = {"bos_token_id": end, "pad_token_id": end, "eos_token_id": [_id("<|im_end|>"), end]}
    return {**ends, "do_sample": True, **sampling}


def _save(model_class: Any, config: Any, processor: Any, generation: Mapping[str, Any], folder: Path) -> Path:
    import torch
    from transformers import GenerationConfig

    folder.mkdir(parents=True, exist_ok=True)
    # The models draw their weights from torch's global generator; put it back as it was.
    state = torch.random.get_rng_state()
    torch.manual_seed(_SEED)
    model = model_class(config)
    torch.random.set_rng_state(state)
    model.generation_config = GenerationConfig(**generation)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _qwen_processor(name: str, padding_side: Side | None, longest: int) -> Any:
    import transformers

    tokenizer = _tokenizer(
        _QWEN_TOKENS,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(_QWEN_TOKENS[1:]),
        chat_template=_QWEN_TEMPLATE,
        model_max_length=longest,
        errors="replace",
        **({"padding_side": padding_side} if padding_side else {}),
    )
    return getattr(transformers, name)(
        image_processor=transformers.Qwen2VLImageProcessor(**_PIXELS),
        tokenizer=tokenizer,
        video_processor=transformers.Qwen2VLVideoProcessor(**_PIXELS),
        chat_template=_QWEN_TEMPLATE,
    )


def _tokenizer(special: Sequence[str], starts_with: str | None = None, **entries: Any) -> Any:
    """One token per byte, and the special ones: no merges to train, no vocabulary to ship."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens([AddedToken(token, special=True) for token in special])
    if starts_with:
        first = (starts_with, raw.token_to_id(starts_with))
        raw.post_processor = processors.TemplateProcessing(single=f"{starts_with} $A", special_tokens=[first])
    return PreTrainedTokenizerFast(tokenizer_object=raw, clean_up_tokenization_spaces=False, **entries)


if __name__ == "__main__":  # python -m medq_tasks.fidelity.tiny FOLDER, as `make demo MODEL=qwen2_vl` does
    import argparse

    parser = argparse.ArgumentParser(description="Write a tiny Qwen2-VL checkpoint with random weights.")
    parser.add_argument("folder", type=Path)
    print(build_tiny_qwen2_vl(parser.parse_args().folder))
