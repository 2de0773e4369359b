"""From a raw reply to the text that holds the answer, and from there to one plain spelling.

``final_text`` decides what of a reply is the model's answer: it drops what the model thought aloud, control tokens,
and turns that the model invented after its own. ``plain`` then removes the dress: widths, bold, LaTeX, markup.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from medq_tasks.reading import lexicon
from medq_tasks.reading.mapped import Mapped, joined

# Tags around thinking: any whose name speaks of it, in whatever brackets; MedGemma has numbers instead of names.
_NAMES = "think|thought|reason|reflect|scratch|deliberat|monologue|analysis"
_THINK_TAG = re.compile(
    rf"[<\[◁]\|?(?P<close1>/|end_(?:of_)?)?(?:[\w:-]{{0,20}}(?:{_NAMES})[\w:-]{{0,12}}|cot)\s*\|?[>\]▷]"
    r"|<unused(?:94|(?P<close2>95))>",
    re.IGNORECASE,
)
# Any pair of tags at the start is thinking, too, but for those that hold the answer or dress it.
_OPENING = re.compile(r"\s*<([A-Za-z][\w:-]{2,40})(?:\s[^<>]{0,80})?>")
_NOT_THINKING = lexicon.load("keys").singles["no_thinking"]
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
_ROLE = re.compile(
    r"^[ \t]{0,8}#{0,3}[ \t]{0,2}(?P<role>system|user|human|assistant|model|instruction|response)[ \t]{0,2}:?[ "
    r"\t]{0,8}$",
    re.I | re.M,
)
_ASKS = ("system", "user", "human", "instruction")
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
    return _final(reply).text


def _final(reply: str) -> Mapped:
    require_text(reply)
    said = _final_channel(Mapped.of(reply).strip())
    return _own_turn(_without_thinking(said[behind_leading_block(said.text) :])).strip()


def behind_leading_block(reply: str) -> int:
    """Where the reply goes on behind a leading ``<name>...</name>``, whatever the name, if anything is said there."""
    opening = _OPENING.match(reply)
    if opening is None or opening[1].casefold() in _NOT_THINKING:
        return 0
    inner, closing, rest = reply[opening.end() :].partition(f"</{opening[1]}>")
    told = rest.strip() and len(inner.split()) > 1  # one word is a value, as in <noise>2</noise>
    return opening.end() + len(inner) + len(closing) if told else 0


def _final_channel(reply: Mapped) -> Mapped:
    text = reply.text
    bare = _HARMONY_BARE.match(text) or "assistantfinal" in text
    finals = [*_HARMONY_FINAL.finditer(text)] or [*(_HARMONY_BARE_FINAL.finditer(text) if bare else ())]
    if finals:
        return reply[finals[-1].end() :]
    return reply[:0] if bare or _HARMONY_OTHER.search(text) else reply


def _without_thinking(reply: Mapped) -> Mapped:
    kept: list[Mapped] = []
    depth, start = 0, 0
    for tag in _THINK_TAG.finditer(reply.text):
        closes = any(tag.groups())
        if tag[0].startswith("[") and not closes and f"[/{tag[0][1:]}" not in reply.text:
            continue  # "[Reasoning] ... [Answer] B" is a heading
        if depth == 0:  # one that closes nothing: the opening tag was part of the prompt, all so far was thinking
            kept = [] if closes else [*kept, reply[start : tag.start()]]
        depth = max(depth - 1, 0) if closes else depth + 1
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
    said, start = _after_echoed_turns(said), 0
    for control in _CONTROL.finditer(said.text):
        if said.text[start : control.start()].strip():
            said = said[: control.start()]
            break
        start = control.end()
    prefix = _OWN_PREFIX.match(said.text, start)
    said = said[prefix.end() if prefix else start :]
    turn = _TURN.search(said.text)
    return said[: turn.start()] if turn and said.text[: turn.start()].strip() else said


def _after_echoed_turns(said: Mapped) -> Mapped:
    """Skip a prompt that was decoded together with the reply: "user ... assistant ... B"."""
    spaced = _CONTROL.sub(lambda control: "\n" * len(control[0]), said.text)
    roles = list(_ROLE.finditer(spaced))
    if not roles or roles[0]["role"].lower() not in _ASKS or spaced[: roles[0].start()].strip():
        return said
    for role, following in pairwise([*roles, None]):
        if role and role["role"].lower() not in _ASKS:
            return Mapped(spaced, said.starts, said.ends)[role.end() : following.start() if following else len(spaced)]
    return said


# Signs that take no room: soft hyphens, zero-width ones, what chooses the form of an emoji.
_UNSEEN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f\u20e3]"
)
# One sign for several of a kind; of traditional characters those of the words that announce an answer or a verdict; of
# letters in black circles and squares, which have no compatibility form in Unicode, the letters; i for a dotless one,
# which a pattern that ignores case takes for i, and a table of words does not.
_SIGNS = str.maketrans(
    "➜➔➡⇒⟶⟹▶►‘’‚‛“”„‟«»「」『』《》〈〉【】〔〕‐‑‒–—―−ıİ選應為確結論擇項圖質較優輕嚴無張個認綜體對後類",
    "→→→→→→→→''''" + '"' * 14 + "[][]-------iI选应为确结论择项图质较优轻严无张个认综体对后类",
) | {start + index: 65 + index for start in (0x1F150, 0x1F170) for index in range(26)}
_LONG_DASH = re.compile(r"(?<=[^\W\d])\s?(?:—|–)\s?(?=[^\W\d])")  # "Yes—a clear plane" is no compound
# What is dress, and what is instead of it; in this order.
_DRESS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"<([A-Z])>(?![\s\S]*</\1>)", r"(\1)"),  # "<B>" is an answer, "<b>...</b>" is bold
        (r"(?i)\b([ei])\.\s?([ge])\.", r"\1\2"),  # the dots of "e.g." end no sentence
        # Pictographs are ornament ("👉 B"), all but those that deny.
        ("[\U0001f300-\U0001f44d\U0001f44f-\U0001f6aa\U0001f6ac-\U0001faff]", " "),
        *(("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")),
        (r"\r\n?|\\n", "\n"),
        # Long runs of blanks or marks carry nothing, and every pattern that skips blanks would walk them over and over.
        (r"[^\S\n]+", " "),
        (r"([^\w ])\1{4,}", r"\1\1\1\1"),
        (r"\\(?:text|textbf|textit|mathbf|mathrm|mathsf|rm|bf|displaystyle|mathbb)\b\s*", ""),
        *(
            (rf"\\{name}(?![a-z])\s?", sign)
            for name, sign in (("pi", "π"), ("times|cdot", "×"), ("circ", "°"), ("%", "%"))
        ),
        (r"\\[dt]?frac\s*\{([^{}]{1,40})\}\s*\{([^{}]{1,40})\}", r"\1/\2"),
        (r"\^\{?°\}?", "°"),
        (r"\\[()\[\],;!]|\$", " "),
        (r"(?i)~~[^~\n]{1,200}~~|<(s|del|strike)>[^<\n]{1,200}</\1>", " "),  # struck out
        (r"(?i)</?(?:b|i|u|em|strong|p|div|span|br|h[1-6]|ul|ol|li|code|pre|mark|font)(?:\s[^<>]{0,80})?/?>", " "),
        (r"\*{1,3}|`{1,3}(?:json|text|markdown)?|_{2,3}|~~|(?<!\w)_|_(?!\w)", ""),
        (r"(?m)^[ \t]*(?:#{1,6}[ \t]|>|[-•●▪◦*+][ \t])[ \t]*(?:#{1,6}[ \t]+|\*[ \t]+)?", ""),
        # A line of several words that goes on with a small letter is wrapped, and no sentence ends there.
        (r"(?:(?<=[a-z] [a-z]{2})|(?<= [a-z]{3})|(?<= [a-z]{4})|(?<=[a-z]{5}))\n(?=[a-z]{2})", " "),
        (r"\b([Oo]ption|[Aa]nswer|[Cc]hoice)_?((?<=_)[A-Za-z]|[A-Z])(?![A-Za-z0-9])", r"\1 \2"),
    )
)
# What has a plain form only as a whole: a letter with its accents, a kana with its mark, a syllable of Hangul.
_MARKS = "[\u0300-\u036f\u0900-\u0dff\u1160-\u11ff\u3099\u309a\uff9e\uff9f]"
_CLUSTER = re.compile(rf"[^\t-\r -~]{_MARKS}*|[\s\S]{_MARKS}+")
_HEAD, _TAIL = 1_000, 2_500
_SENTENCE_END = re.compile(r"[.!?。]\s|\n|。")


def undressed_signs(text: str) -> str:
    """Single signs in one form: full width, circled, accents that stand alone, quotes, dashes; unseen ones left out."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_SIGNS)


@lru_cache(maxsize=1024)  # options come again and again
def plain(text: str) -> str:
    """One spelling for what differs only in dress: full width, circled, bold, LaTeX, HTML, quotes and dashes."""
    return undressed(Mapped.of(text)).text


def undressed(said: Mapped) -> Mapped:
    """What ``plain`` returns, with its places."""
    said = said.sub(_LONG_DASH, " - ")
    signs = undressed_signs(said.text)
    if signs != said.text:
        one_by_one = said.sub(_CLUSTER, lambda cluster: undressed_signs(cluster[0]))
        said = one_by_one if one_by_one.text == signs else Mapped(signs)
    for pattern, instead in _DRESS:
        said = said.sub(pattern, instead)
    return said.strip()


def two_ends(text: str) -> str:
    """``text``, or its two ends when it is very long: a decision is at the start or the end, and a reply that
    runs on for thousands of characters is a loop or a ramble. This bounds the time that any reply can take.

    Both ends hold whole sentences: of "not B." it must not keep "B.", of "the t|issue" not the letter "t".
    """
    return _two_ends(Mapped.of(text)).text


def seen(reply: str) -> Mapped:
    """What the readers see of ``reply``, its final text or the two ends of that, with its places in ``reply``."""
    return _two_ends(_final(reply))


def _two_ends(said: Mapped) -> Mapped:
    text = said.text
    if len(text) <= _HEAD + _TAIL:
        return said
    end = _SENTENCE_END.search(text[-_TAIL:], 0, _TAIL // 2)
    head = max((found.end() for found in _SENTENCE_END.finditer(text, 0, _HEAD)), default=_HEAD)
    tail = len(text) - _TAIL + (end.end() if end else 0)
    return joined([said[:head], Mapped("\n\n", [said.starts[head]] * 2, [said.starts[head]] * 2), said[tail:]])
