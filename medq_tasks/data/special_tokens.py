"""Words that a backend takes for marks of its own: where a picture goes, where a turn ends.

In a question or an option such a word is more than text. ``<|image_pad|>`` makes the processor of Qwen2-VL count one
picture too many and raise; ``<|im_end|>`` ends the turn; ``<image>`` is cut out by some backends and counted by others.
So one in a table is made plain text by a blank after its bracket, and counted; one in a user's own prompt is refused,
with its place.

Sources: the processors and tokenizers in transformers 5.23, the backends in lmms-eval 0.7.3, and the tokenizer files of
the models named. Letters count as they are written, as they do for a tokenizer.
"""

from __future__ import annotations

import re

# Whose mark it is, and the words between the angle brackets, without "/" (``</img>``) and number (``<image_1>``).
_ANGLED = {
    "LLaVA, InternVL, MiniCPM, Qwen2-VL in lmms-eval, and others": "image video audio images IMAGE image_id",
    "LLaVA and Molmo": "im_start im_end im_patch im_col im_low im_newline image_newline patch_newline "
    "low_res_im_start low_res_im_end",
    "LLaVA-like models in lmms-eval": "ImageHere VideoHere media image_url speech sound vila vila/sentinel",
    "InternVL": "IMG_CONTEXT IMG_START IMG_END IMG_ATOM IMG_COL IMG_ROW img IMG quad ref box",
    "Qwen-VL": "imgpad",
    "Gemma and PaliGemma": "start_of_image end_of_image image_soft_token audio_soft_token start_of_audio end_of_audio "
    "start_of_turn end_of_turn bos eos pad unused loc seg boi eoi",
    "Janus and DeepSeek-VL": "image_placeholder patch_placeholder begin_of_image image_start image_end",
    "Idefics and SmolVLM": "fake_token_around_image global-img row_col end_of_utterance",
    "MiniCPM": "slice unit",
    "Ovis": "ovis_visual_atom image_atom indicator_image_start indicator_image_end",
    "Kosmos": "patch_index grounding",
    "Baichuan": "B_SYS B_USYS B_FUNC B_CODE B_APE C_Q C_A H_Q H_A",
    "VideoChat2, MovieChat and Mantis": "Image Video",
    "Chameleon and Anole": "racm:break reserved eoss",
    "Aria and code models": "fim_prefix fim_middle fim_suffix fim_pad",
    "T5 and Fuyu": "extra_id placeholder point",
    "Llama, Mistral and LLaVA": "s unk begin_of_text end_of_text",
    "video and audio models": "vid vid_start vid_end so_embedding so_start so_end frame_start frame_end",
    "multimodal models": "image_pad video_pad vision_start vision_end image_token image_patch img_start img_end",
    "language models": "eod eop sop PAD UNK BOS_TOKEN EOS_TOKEN",
}
_SQUARED = {
    "Pixtral and Mistral": "IMG IMG_BREAK IMG_END INST AUDIO BEGIN_AUDIO SYSTEM_PROMPT AVAILABLE_TOOLS TOOL_CALLS "
    "TOOL_RESULTS PREFIX SUFFIX MIDDLE",
    "GLM": "gMASK sMASK",
    "InternLM": "UNUSED_TOKEN",
    "Illume and Ovis-U1 in lmms-eval": "GEN_PROMPT QUESTION",
    "BERT (in InstructBLIP)": "CLS SEP MASK PAD UNK BOS EOS",
}
# Told by their form: nobody else writes a bar, plain or full-width, inside an angle bracket.
_BARRED = "Qwen, Llama, Phi, GLM, DeepSeek and most others"
_WHOLE = {"<<SYS>>": "Llama 2", "<</SYS>>": "Llama 2", "]<]image[>[": "MiniMax", "]<]video[>[": "MiniMax"}
_WHOLE |= dict.fromkeys(("|ENDOFTEXT|", "|SPEAKER|", "|NEWLINE|"), "Fuyu")
_WHOLE_WORDS = re.compile("|".join(map(re.escape, _WHOLE)))

_LONGEST = 40  # characters between the brackets
# A blank after the bracket makes plain text of each: no tokenizer's mark begins so.
_IN_BARS = re.compile(rf"<[|｜][^<>\n]{{1,{_LONGEST}}}>|<(?!\s)[^<>\n|｜]{{1,{_LONGEST}}}[|｜]>")
_IN_BRACKETS = re.compile(rf"<((?!\s)[^<>\n]{{1,{_LONGEST}}})>|\[((?!\s)[^\[\]\n]{{1,{_LONGEST}}})\]")
_NUMBER = re.compile(r"[ _-]?\d+")
# Families of words: ``<img_start_baichuan>``; ``<0x04>``, which Fuyu's processor puts where the answer begins.
_FORMS = ((re.compile(r"\w+_baichuan"), "Baichuan"), (re.compile(r"0x[0-9A-Fa-f]{2}"), "Fuyu"))


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: whose for whose, words in table.items() for word in words.split()}


_ANGLED_WORDS, _SQUARED_WORDS = _by_word(_ANGLED), _by_word(_SQUARED)


def special_token(text: str) -> tuple[str, str] | None:
    """The first such word in ``text`` as it is written there, and whose it is; None where there is none.

    Plain signs are text: "<", "< 5 mm", "<b>", "[1]", "a|b".
    """
    if not any(sign in text for sign in "<[|"):  # nearly every text
        return None
    for whole, whose in _WHOLE.items():
        if whole in text:
            return whole, whose
    barred = _IN_BARS.search(text)
    if barred is not None:
        return barred[0], _BARRED
    for found in _IN_BRACKETS.finditer(text):
        owner = _owner(found)
        if owner is not None:
            return found[0], owner
    return None


def _owner(found: re.Match[str]) -> str | None:
    angled, squared = found.groups()
    table, inner = (_ANGLED_WORDS, angled) if angled is not None else (_SQUARED_WORDS, squared)
    form = next((whose for form, whose in _FORMS if angled is not None and form.fullmatch(angled)), None)
    return form or table.get(_NUMBER.sub("", inner.strip("/")))


def inert(text: str) -> tuple[str, list[str]]:
    """``text`` with a blank after the bracket of every such word, and these words as they were, each once."""
    marks: dict[str, None] = {}

    def blank(found: re.Match[str]) -> str:
        marks[found[0]] = None
        return f"{found[0][0]} {found[0][1:]}"

    while special_token(text) is not None:  # once, but for marks within marks
        text = _IN_BARS.sub(blank, _WHOLE_WORDS.sub(blank, text))
        text = _IN_BRACKETS.sub(lambda found: blank(found) if _owner(found) else found[0], text)
    return text, list(marks)


def refusal(place: str, text: str) -> str | None:
    """What is wrong with the ``text`` of this place ("the question", "pre_prompt"), as a message; None: nothing."""
    found = special_token(text)
    if found is None:
        return None
    token, whose = found
    return f"{place} holds {token!r}, which is no text to a model but a mark of its own ({whose})"
