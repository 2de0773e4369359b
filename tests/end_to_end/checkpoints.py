"""Checkpoints whose reply is known: the tiny Qwen2-VL, with weights set by hand."""

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
