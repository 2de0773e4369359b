"""How a text names the two images of a pair: first, Image A, the one on the left, the former."""

from __future__ import annotations

import re

_NOUN = r"(?:image|picture|scan|slice|photo(?:graph)?|frame|one|sample|view|version|mri|ct|section)"
IMAGE = re.compile(
    rf"(?P<first>\b(?:image|picture|scan|photo|slice|img|figure)[\s_-]?[\"'(#]?(?:a|1|one|i)\b|\b(?:first|1st|"
    rf"left(?:-hand)?|former|top)\b(?!,|\s(?:of all|glance|thing|,))(?:\s{_NOUN}\b)?|"
    rf"\b{_NOUN} on the left\b|(?-i:(?<![\w'-])A(?![\w'-]| [a-z])|(?<![\w'-])A(?= (?:is|has|was|shows|exhibits|"
    rf"appears|displays|outperforms|surpasses|wins|over|and B|or B|than|offers|provides|looks|seems|demonstrates|"
    rf"suffers)\b))|第[一1][张幅个]?(?:图像|图片|图)?|图像?片?\s?[A1一甲]|(?<![a-z])[A1甲]图|前者|左[图侧边])"
    rf"|(?P<second>\b(?:image|picture|scan|photo|slice|img|figure)[\s_-]?[\"'(#]?(?:b|2|two|ii)\b|\b(?:second|2nd|"
    rf"latter|bottom)\b(?:\s{_NOUN}\b)?|\bright(?:-hand)?\s{_NOUN}\b|"
    rf"\b{_NOUN} on the right\b|(?-i:(?<![\w'-])B(?![\w'-]))|第[二2][张幅个]?(?:图像|图片|图)?|图像?片?\s?[B2二乙]|"
    rf"(?<![a-z])[B2乙]图|"
    rf"后者|右[图侧边])",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"[\s\"'(\[]*(?:the\s|image\s|option\s)*(?:(?P<first>a|1|one(?!\s(?:with|of|that|which|whose|in|on)\b)|left|"
    r"first|一)|(?P<second>b|2|two(?!\s\w+s\b)|"
    r"right|second|"
    r"二))(?![\w])",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?:\b(?:than|compar\w+ (?:to|with|against)|relative to|versus|vs\.?|over|unlike|to|of|by|below|behind|from|in "
    r"contrast to|as "
    r"opposed to|against|that of|as good as|relation to)(?: that (?:of|in))?(?: the)?(?: quality of)?(?: "
    r"the)?\s*[\"'(]?|比|相比于?|较之|优于|不如|劣于|高于|低于|与|和)$",
    re.IGNORECASE,
)
_OF_FIRST = re.compile(r"\b(?:quality|value|rating|score)\s(?:of|for|in)(?: the)?\s*$", re.IGNORECASE)


def whole(text: str) -> str | None:
    """The image that the reply names and nothing else: "Image B."."""
    said = SHORT.match(text) or IMAGE.match(text)
    return (
        said.lastgroup
        if said and not re.search(r"\w", text[said.end() :].lower().replace("image", "").replace("one", ""))
        else None
    )


def first_named(text: str) -> str | None:
    """The image that ``text`` names first."""
    image = IMAGE.search(text)
    return image.lastgroup if image else None


def last_named(text: str) -> str | None:
    """The image that ``text`` names last."""
    images = list(IMAGE.finditer(text))
    return images[-1].lastgroup if images else None


def is_object(clause: str, position: int) -> bool:
    """Whether the image named at ``position`` is the one compared to: "than the second image"."""
    before = clause[max(0, position - 80) : position]
    return bool(_OBJECT.search(before)) and not _OF_FIRST.search(before)
