"""Tiny checkpoints with random weights, made on the spot: a backend's whole path without a download.

Their answers are noise; their processors, and so the pixels that reach the model, are the real ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
    "<image>",
)
_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_TEXT = {
    "vocab_size": 256 + len(_SPECIAL),
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32768,
    "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0},
    "tie_word_embeddings": False,  # tied, the likeliest next token is the last one again, and the reply a blank
}
_SEED = 20250


def build_tiny_qwen2_vl(folder: Path | str) -> Path:
    """Write a Qwen2-VL checkpoint of about 400 kB (model, tokenizer, processor) and return its folder.

    Runs on a CPU with ``--model qwen2_vl --model_args pretrained=FOLDER,device=cpu,device_map=cpu``.
    """
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

    vision = {"depth": 1, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2, "patch_size": 14}
    config = Qwen2VLConfig(text_config=_TEXT | _text_ids(), vision_config=vision, **_picture_ids())
    return _save(Qwen2VLForConditionalGeneration, config, _qwen_processor(), Path(folder))


def build_tiny_qwen2_5_vl(folder: Path | str) -> Path:
    """Write a Qwen2.5-VL checkpoint of about 400 kB and return its folder; see ``build_tiny_qwen2_vl``."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    vision = {
        "depth": 1,
        "hidden_size": 32,
        "out_hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 14,
        "fullatt_block_indexes": [0],
    }
    config = Qwen2_5_VLConfig(text_config=_TEXT | _text_ids(), vision_config=vision, **_picture_ids())
    return _save(Qwen2_5_VLForConditionalGeneration, config, _qwen_processor(), Path(folder))


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

    text = {name: value for name, value in _TEXT.items() if name != "rope_parameters"}
    vision = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=LlamaConfig(**text, **_text_ids()),
        image_token_index=_id("<image>"),
        image_seq_length=4,
    )
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28}),
        tokenizer=_tokenizer(),
        patch_size=14,
        vision_feature_select_strategy="default",
        chat_template=_CHAT_TEMPLATE.replace("<|vision_start|><|image_pad|><|vision_end|>", "<image>"),
        num_additional_image_tokens=1,
    )
    return _save(LlavaForConditionalGeneration, config, processor, Path(folder))


def _id(token: str) -> int:
    return 256 + _SPECIAL.index(token)


def _text_ids() -> dict[str, int]:
    ends = {"bos_token_id": "<|endoftext|>", "eos_token_id": "<|im_end|>", "pad_token_id": "<|endoftext|>"}
    return {name: _id(token) for name, token in ends.items()}


def _picture_ids() -> dict[str, Any]:
    ids = {
        "image_token_id": _id("<|image_pad|>"),
        "video_token_id": _id("<|video_pad|>"),
        "vision_start_token_id": _id("<|vision_start|>"),
        "vision_end_token_id": _id("<|vision_end|>"),
    }
    return {**ids, **_text_ids(), "tie_word_embeddings": False}


def _save(model_class: Any, config: Any, processor: Any, folder: Path) -> Path:
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    # The models draw their weights from torch's global generator; put it back as it was.
    state = torch.random.get_rng_state()
    torch.manual_seed(_SEED)
    model = model_class(config)
    torch.random.set_rng_state(state)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _qwen_processor() -> Any:
    from transformers import Qwen2VLImageProcessor, Qwen2VLProcessor, Qwen2VLVideoProcessor

    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(),
        tokenizer=_tokenizer(),
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=_CHAT_TEMPLATE,
    )


def _tokenizer() -> Any:
    """One token per byte, and the special ones: no merges to train, no vocabulary to ship."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL])
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(_SPECIAL[1:]),
        chat_template=_CHAT_TEMPLATE,
        model_max_length=32768,
    )


if __name__ == "__main__":  # python -m medq_tasks.fidelity.tiny FOLDER, as `make demo MODEL=qwen2_vl` does
    import sys

    print(build_tiny_qwen2_vl(sys.argv[1]))
