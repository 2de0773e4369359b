"""From a raw reply to the text that holds the answer, and from there to one plain spelling.

``final_text`` decides what of a reply is the model's answer: it drops what the model thought aloud, control tokens,
and turns that the model invented after its own. ``plain`` then removes the dress: widths, bold, LaTeX, markup.
"""

from __future__ import annotations

import re

from medq_tasks.reading.mapped import Compatible, Mapped, Replace, Signs, Step, Sub, joined, respell
from medq_tasks.reading.thinking import behind_leading_block

# Tags around thinking: any whose name speaks of it, in whatever brackets; MedGemma has numbers instead of names.
_NAMES = "think|thought|reason|reflect|scratch|deliberat|monologue|analysis"
_THINK_TAG = re.compile(
    rf"[<\[◁]\|?(?P<close1>/|end_of_)?(?:[\w:-]{{0,20}}(?:{_NAMES})[\w:-]{{0,12}}|cot)\s*\|?[>\]▷]"
    r"|<unused(?:94|(?P<close2>95))>",
    re.IGNORECASE,
)
# Harmony whose markers a decoder took away: "analysisThe image ... assistantfinalB".
_HARMONY_BARE = re.compile(r"\Aanalysis(?=[^\sa-z:,.])")
_HARMONY_BARE_FINAL = re.compile(r"(?:assistant\s?final|(?<=[.!?)])final(?=[A-Z]))(?:json)?")
_ANSWER_TAG = re.compile(r"<(?:final_?)?answer\s*>", re.IGNORECASE)
# gpt-oss: several channels, of which only "final" is meant for the reader.
_HARMONY_FINAL = re.compile(r"<\|channel\|>\s*final\s*(?:<\|constrain\|>\s*(?:\w+\s*)?)?<\|message\|>")
_HARMONY_OTHER = re.compile(r"<\|channel\|>\s*(?:analysis|commentary)\b")

# A control token ends the model's turn. The box tokens of GLM are content, not control.
_CONTROL = re.compile(
    r"<\|(?!begin_of_box|end_of_box)[A-Za-z0-9_▁]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|<(?:eos|bos|pad|unk|eot|"
    r"end_of_turn)>"
    r"|<end_of_utterance>|<start_of_turn>|\[/?INST\]|\[PAD\]|<0x0A>",
    re.IGNORECASE,
)
_CONTROLS_AS_LINES = Sub(_CONTROL, "\n")
_ROLE = re.compile(
    r"^[ \t]{0,8}#{0,3}[ \t]{0,2}(?P<role>system|user|human|assistant|model|instruction|response)[ \t]{0,2}:?[ "
    r"\t]{0,8}$",
    re.I | re.M,
)
_TURN = re.compile(r"^[ \t]{0,8}#{0,3}[ \t]{0,2}(?:user|human|instruction)[ \t]{0,2}:", re.IGNORECASE | re.MULTILINE)
_OWN_PREFIX = re.compile(
    r"\s{0,8}#{0,3}[ \t]{0,2}(?:assistant|model|response|ai|gpt)[ \t]{0,2}(?::|\n)\s{0,8}", re.IGNORECASE
)


def require_text(reply: object) -> None:
    """Refuse what is no text: a list of several draws, read as one reply, would have no meaning.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    if not isinstance(reply, str):
        raise TypeError(f"a reply is a str, not {type(reply).__name__}; hand over several draws one by one")


def final_text(reply: str) -> str:
    """What the model says to the reader: ``reply`` without thinking, control tokens and invented later turns.

    A thinking block that is never closed means that the reply was cut before its answer: nothing is left,
    except when an ``<answer>`` tag shows that the model did leave its thinking.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    return final(reply).text


def final(reply: str) -> Mapped:
    """What ``final_text`` returns, with its places in ``reply``.

    Raises:
        TypeError: ``reply`` is no ``str``.
    """
    require_text(reply)
    said = _final_channel(Mapped.of(reply).strip())
    return _own_turn(_without_thinking(said[behind_leading_block(said.text) :])).strip()


def _final_channel(reply: Mapped) -> Mapped:
    text = reply.text
    finals = list(_HARMONY_FINAL.finditer(text))
    if not finals and (_HARMONY_BARE.match(text) or "assistantfinal" in text):
        finals = list(_HARMONY_BARE_FINAL.finditer(text))
        if not finals:
            return reply[:0]
    if finals:
        return reply[finals[-1].end() :]
    return reply[:0] if _HARMONY_OTHER.search(text) else reply


def _without_thinking(reply: Mapped) -> Mapped:
    kept: list[Mapped] = []
    depth, start = 0, 0
    for tag in _THINK_TAG.finditer(reply.text):
        closes = any(tag.groups())
        if tag[0].startswith("[") and not closes and f"[/{tag[0][1:]}" not in reply.text:
            continue  # "[Reasoning] ... [Answer] B" is a heading
        if not closes:
            if depth == 0:
                kept.append(reply[start : tag.start()])
            depth += 1
        elif depth > 1:
            depth -= 1
        else:
            if depth == 0:  # the opening tag was part of the prompt: all so far was thinking
                kept.clear()
            depth = 0
        start = tag.end()
    if depth == 0:
        kept.append(reply[start:])
    elif (answer := _ANSWER_TAG.search(reply.text, start)) is not None:
        kept.append(reply[answer.start() :])
    return joined(kept)


def _own_turn(said: Mapped) -> Mapped:
    """The first turn of the model, when the text holds role markers or control tokens."""
    asked = said.text.find("[/INST]") if said.text.lstrip().startswith("[INST]") else -1
    if asked >= 0 and said.text[asked + 7 :].strip():  # a prompt that was decoded together with the reply
        said = said[asked + 7 :]
    said = _after_echoed_turns(said)
    instructed = said.text.rfind("[/INST]")
    if said.text.startswith("[INST]") and said.text[instructed + 7 :].strip() and instructed > 0:
        said = said[instructed + 7 :]
    start = 0
    for control in _CONTROL.finditer(said.text):
        if said.text[start : control.start()].strip():
            said = said[: control.start()]
            break
        start = control.end()
    said = said[start:]
    prefix = _OWN_PREFIX.match(said.text)
    if prefix:
        said = said[prefix.end() :]
    turn = _TURN.search(said.text)
    return said[: turn.start()] if turn and said.text[: turn.start()].strip() else said


def _after_echoed_turns(said: Mapped) -> Mapped:
    """Skip a prompt that was decoded together with the reply: "user ... assistant ... B"."""
    spaced = _CONTROLS_AS_LINES(said.text)
    roles = list(_ROLE.finditer(spaced))
    if not roles or roles[0]["role"].lower() not in ("system", "user", "human", "instruction"):
        return said
    if spaced[: roles[0].start()].strip():
        return said
    for position, role in enumerate(roles):
        if role["role"].lower() in ("assistant", "model", "response"):
            end = roles[position + 1].start() if position + 1 < len(roles) else len(spaced)
            return respell(said, (_CONTROLS_AS_LINES,))[role.end() : end]
    return said


# Signs that take no room: soft hyphens, zero-width ones, what chooses the form of an emoji.
INVISIBLE = dict.fromkeys(
    code
    for code in (
        *range(0x09),
        *range(0x0E, 0x1C),
        0x7F,
        0xAD,
        0x34F,
        0x61C,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    )
) | dict.fromkeys([*range(0xFE00, 0xFE10), 0x20E3])
# Letters in black circles and squares have no compatibility form in Unicode.
_BADGES = {start + index: chr(ord("A") + index) for start in (0x1F150, 0x1F170) for index in range(26)}
# Traditional characters of the words that announce an answer or a verdict.
_SIMPLIFIED = str.maketrans(
    "選應為確結論擇項圖質較優輕嚴無張個認綜體對後類", "选应为确结论择项图质较优轻严无张个认综体对后类"
)
_SPELLING = str.maketrans(
    "➜➔➡⇒⟶⟹▶►" + "‘’‚‛" + "“”„‟«»「」『』《》〈〉" + "【】〔〕" + "‐‑‒–—―−",
    "→" * 8 + "'" * 4 + '"' * 14 + "[][]" + "-" * 7,
)

# A pattern that ignores case takes these for i; a table of words would not find what such a pattern found.
DOTLESS = {ord("ı"): "i", ord("İ"): "I"}

# Pictographs are ornament ("👉 B"), all but those that deny.
_PICTOGRAPH = re.compile("[\U0001f300-\U0001f44d\U0001f44f-\U0001f6aa\U0001f6ac-\U0001faff]")
_LATEX_WORD = re.compile(r"\\(?:text|textbf|textit|mathbf|mathrm|mathsf|rm|bf|displaystyle|mathbb)\b\s*")
_LATEX_MARK = re.compile(r"\\[()\[\],;!]|\$")
_LONG_DASH = re.compile(r"(?<=[^\W\d])\s?(?:—|–)\s?(?=[^\W\d])")  # "Yes—a clear plane" is no compound
_LETTER_TAG = re.compile(r"<([A-Z])>(?!.*</\1>)", re.DOTALL)  # "<B>" is an answer, "<b>...</b>" is bold
_ABBREVIATED = re.compile(r"\b([ei])\.\s?([ge])\.", re.IGNORECASE)  # the dots of "e.g." end no sentence
_HTML = re.compile(
    r"</?(?:b|i|u|em|strong|p|div|span|br|h[1-6]|ul|ol|li|code|pre|mark|font)(?:\s[^<>]{0,80})?/?>", re.I
)
_TAGS_SEEN = 4_000  # characters; looking ahead from every tag of a hostile reply would take quadratic time
_HEAD, _TAIL = 1_000, 2_500
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~|<(s|del|strike)>[^<\n]{1,200}</\1>", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}(?:json|text|markdown)?|_{2,3}|~~|(?<!\w)_|_(?!\w)")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|>|[-•●▪◦*+][ \t])[ \t]*(?:#{1,6}[ \t]+|\*[ \t]+)?", re.MULTILINE)
# Long runs of blanks or marks carry nothing, and every pattern that skips blanks would walk them again and again.
_BLANKS = re.compile(r"[^\S\n]+")
_RUN = re.compile(r"([^\w ])\1{4,}")
_GLUED = re.compile(r"\b([Oo]ption|[Aa]nswer|[Cc]hoice)_?((?<=_)[A-Za-z]|[A-Z])(?![A-Za-z0-9])")
_ENTITY = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}


# A line of several words that goes on with a small letter is wrapped, and no sentence ends there.
_WRAP = re.compile(r"(?:(?<=[a-z] [a-z]{2})|(?<= [a-z]{3})|(?<= [a-z]{4})|(?<=[a-z]{5}))\n(?=[a-z]{2})")


_STEPS: tuple[Step, ...] = (
    Signs(_BADGES),
    Compatible(),
    Sub(_LONG_DASH, " - "),
    Sub(_LETTER_TAG, r"(\1)", within=_TAGS_SEEN),
    Sub(_ABBREVIATED, r"\1\2"),
    Signs({**INVISIBLE, **_SPELLING, **_SIMPLIFIED, **DOTLESS}),
    Sub(_PICTOGRAPH, " "),
    *(Replace(entity, character) for entity, character in _ENTITY.items()),
    *(Replace(line, "\n") for line in ("\r\n", "\r", "\\n")),
    Sub(_BLANKS, " "),
    Sub(_RUN, r"\1\1\1\1"),
    Sub(_LATEX_WORD, ""),
    Sub(_LATEX_MARK, " "),
    Sub(_STRUCK, " "),
    Sub(_HTML, " "),
    Sub(_EMPHASIS, ""),
    Sub(_LINE_MARK, ""),
    Sub(_WRAP, " "),
    Sub(_GLUED, r"\1 \2"),
)


def plain(text: str) -> str:
    """One spelling for what differs only in dress: full width, circled, bold, LaTeX, HTML, quotes and dashes."""
    for step in _STEPS:
        text = step(text)
    return text.strip()


def plain_mapped(text: Mapped) -> Mapped:
    """What ``plain`` returns, with its places."""
    return respell(text, _STEPS).strip()


def seen(reply: str) -> Mapped:
    """What the readers see of ``reply``, its final text or the two ends of that, with its places in ``reply``."""
    return _two_ends(final(reply))


_SENTENCE_END = re.compile(r"[.!?。]\s|\n|。")


def two_ends(text: str) -> str:
    """``text``, or its two ends when it is very long: a decision is at the start or the end, and a reply that
    runs on for thousands of characters is a loop or a ramble. This bounds the time that any reply can take.

    Both ends hold whole sentences: of "not B." it must not keep "B.", of "the t|issue" not the letter "t".
    """
    return _two_ends(Mapped.of(text)).text


def _two_ends(said: Mapped) -> Mapped:
    text = said.text
    if len(text) <= _HEAD + _TAIL:
        return said
    end = _SENTENCE_END.search(text[-_TAIL:], 0, _TAIL // 2)
    head_ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, _HEAD)]
    head, tail = head_ends[-1] if head_ends else _HEAD, len(text) - _TAIL + (end.end() if end else 0)
    return joined([said[:head], said.instead(head, tail, "\n\n"), said[tail:]])
