"""More checkpoints: one whose reply is known, and one for a backend that `medq fidelity` has none for."""

from __future__ import annotations

import itertools
from pathlib import Path


def build_that_says(text: str, folder: Path) -> Path:
    """A Qwen2-VL checkpoint that answers every request with ``text`` (ASCII, no character twice).

    With attention and MLP writing nothing, the next token depends on the last one alone. Each token of the reply
    gets a dimension of its own: from the newline that ends the prompt to the first letter, from letter to letter,
    and from the last one to the end mark.
    """
    import torch
    from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration

    from medq_tasks.fidelity.tiny import build_tiny_qwen2_vl

    build_tiny_qwen2_vl(folder)
    ids = AutoTokenizer.from_pretrained(folder)
    chain = [*ids("\n" + text, add_special_tokens=False)["input_ids"], ids.convert_tokens_to_ids("<|im_end|>")]
    assert len(set(chain)) == len(text) + 2
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight", "embed_tokens.weight", "lm_head.weight")):
                weight.zero_()
        for dimension, (last, following) in enumerate(itertools.pairwise(chain)):
            model.get_input_embeddings().weight[last, dimension] = 1.0
            model.lm_head.weight[following, dimension] = 10.0
    model.save_pretrained(folder)
    return folder


def build_tiny_glm4v(folder: Path) -> Path:
    """A GLM-4V checkpoint with random weights, whose tokenizer names no padding side."""
    import transformers

    from medq_tasks.fidelity import tiny

    marks = [f"<|{place}_of_{kind}|>" for kind in ("image", "video") for place in ("begin", "end")]
    tokens = ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|image|>", "<|video|>", *marks]
    ids = {token: 256 + place for place, token in enumerate(tokens)}
    config = transformers.Glm4vConfig(
        text_config={
            **tiny._LAYERS,
            "vocab_size": 256 + len(tokens),
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0},
        },
        vision_config={"depth": 1, "hidden_size": 32, "num_heads": 2, "out_hidden_size": 32, "intermediate_size": 64},
        image_token_id=ids["<|image|>"],
        video_token_id=ids["<|video|>"],
        **{f"{kind}_start_token_id": ids[f"<|begin_of_{kind}|>"] for kind in ("image", "video")},
        **{f"{kind}_end_token_id": ids[f"<|end_of_{kind}|>"] for kind in ("image", "video")},
    )
    template = (
        "{% for message in messages %}<|{{ message['role'] }}|>\n{% for part in message['content'] %}"
        "{% if part['type'] == 'image' %}<|begin_of_image|><|image|><|end_of_image|>{% else %}{{ part['text'] }}"
        "{% endif %}{% endfor %}{% endfor %}<|assistant|>\n"
    )
    processor = transformers.Glm4vProcessor(
        image_processor=transformers.Glm4vImageProcessor(),
        tokenizer=tiny._tokenizer(tokens, eos_token="<|endoftext|>", pad_token="<|endoftext|>"),
        video_processor=transformers.Glm4vVideoProcessor(),
        chat_template=template,
    )
    end = ids["<|endoftext|>"]
    generation = {"eos_token_id": end, "pad_token_id": end}
    return tiny._save(transformers.Glm4vForConditionalGeneration, config, processor, generation, folder)
