"""Words that rank two images: by quality as such, or only by how they look.

"The first image is sharper" says nothing of quality while the sharpness is described; it does where a text concludes.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Ranking(NamedTuple):
    """Two patterns: the image spoken of is the better one, or the worse one."""

    better: re.Pattern[str]
    worse: re.Pattern[str]


_QUALITY = (
    r"(?:(?:overall|image|diagnostic|perceptual|visual|technical|general|clinical|perceived|total|and|in|of|"
    r"the|its)\s)*(?:quality|value|utility|usability|choice|option|image|one|candidate|overall|picture|scan|"
    r"score|rating)"
)
BETTER = re.compile(
    r"\b(?:(?:higher|better) quality|advantage|edge|win|preference|nod|point) (?:goes|belongs) to\b|"
    r"\b(?:better|best|superior) of (?:the|both|these)\b|\b(?:use|using)(?= (?:the )?(?:image [ab12]|first|second|"
    r"left|right)\b)|"
    r"\bshould be (?:kept|used|chosen)\b|"
    rf"\b(?:better|superior|best|higher|highest|greater)[\s-]{_QUALITY}\b"
    r"|\b(?:better|superior|higher)\s(?:\w+,?\s){1,3}?and\s(?:overall\s|image\s)*quality\b"
    r"|\b(?:better|superior|best)\b(?=\s*(?:$|[.,;:!)\]\"'\n(]|-\s|than|to|overall|for|in|because|due|as|and|given|"
    r"since|with|suited|image|thanks))"
    r"|\b(?:quality|rating|score)\b[^.,;]{0,60}?\b(?:higher|better|superior|best|highest|greater)\b"
    r"|\b(?:choose|select|pick|chosen|selected|go with|opt for|vote for|keep|one to (?:keep|use)|"
    r"recommend(?:ed)?|in favou?r of)\b|"
    r"\b(?:preferable|preferred|prefer|favou?red|favou?rable|favou?r|outperforms?|surpasses|exceeds|outranks|wins?|"
    r"winner|beats?|more (?:suitable|useful|valuable|usable|diagnostic|diagnostically useful|acceptable|reliable|"
    r"favou?rable|"
    r"desirable|preferable))\b"
    r"|\b(?:high|good)[\s-]quality\b(?=[^.;]{0,20}\b(?:compared|relative|versus)\b)"
    r"|\bI(?:'d| would) (?:say|go for)\b(?=\s(?:it's )?(?:the )?(?:image )?(?:first|second|left|right|[ab12])\b"
    r"(?:\s(?:image|one))?\s*(?:[.,;!]|$))"
    r"|\b(?:rate|rank|score)\b[^.,;]{0,30}?\bhigher\b|\bhas (?:the|an|a slight|a clear) edge\b|\b(?:give|gives|gets|"
    r"has|holds) the edge\b(?: to)?|\bedge goes to\b|\b(?:an?|clear|marked|significant|notable|slight|big|distinct) "
    r"improvement\b|\b(?:rated|ranked|graded|scored) (?:\w+ )?higher\b|\bcomes out (?:ahead|"
    r"on top)\b|\btakes the lead\b|\bis (?:slightly |clearly )?ahead\b"
    r"|(?<!对比度)(?<!亮度)(?<!清晰度)(?<!分辨率)(?<!细节)(?:更好|较好)|质量[^,。;]{0,8}(?:更高|较高)|更优|优于|"
    r"好于|高于|胜出|更佳|"
    r"最好|最佳|更适合|选择|推荐|更胜|较优|占优",
    re.IGNORECASE,
)
WORSE = re.compile(
    r"\b(?:worse|worst|poorer) of (?:the|both|these)\b|"
    rf"\b(?:worse|inferior|poorer|lower|lowest|worst|lesser)[\s-]{_QUALITY}\b"
    r"|\b(?:worse|inferior|poorer|worst)\b(?=\s*(?:$|[.,;:!)\]\"'\n(]|-\s|than|to|overall|for|in|because|due|as|and|"
    r"given|since|with))"
    r"|\bquality\b[^.,;]{0,60}?\b(?:lower|worse|poorer|inferior|lowest|worst)\b|\bnot as good\b|\bless (?:suitable|"
    r"useful|valuable|"
    r"usable|diagnostic|acceptable|reliable|desirable|preferable|favou?rable)\b"
    r"|\b(?:low|poor|bad)[\s-]quality\b(?=[^.;]{0,20}\b(?:compared|relative|versus)\b)"
    r"|\b(?:cannot|can't|does not|doesn't|fails to) (?:match|rival|reach)\b|\bfalls short of\b|\blags behind\b|"
    r"\bloses(?= to\b|\s*(?:$|[.,;]))"
    r"|\b(?:surpassed|outperformed|beaten|exceeded|outclassed) by\b|\b(?:ranks|ranked|rated|scores) (?:lower|below|"
    r"behind)\b"
    r"|更差|较差|质量[^,。;]{0,8}(?:较低|更低)|不如|劣于|逊于|低于|差于|最差",
    re.IGNORECASE,
)
_MORE = r"(?:more|higher|greater|increased|stronger|heavier|(?:better|best|improved|superior|finer|most|highest))"
_LESS = r"(?:less|fewer|lower|reduced|weaker|milder|least|fewest|lowest)"
_BETWEEN = r"(?:(?!(?:and|or|but|than|less|fewer|lower|more|higher)\b)[\w-]+,?\s){0,3}?"
_FAULT = (
    r"(?:nois\w*|blur\w*|artifact\w*|artefact\w*|streak\w*|degrad\w*|distort\w*|haz[ye]\w*|ghost\w*|ring\w*|grain\w*|"
    r"corrupt\w*|affected|problem\w*|defects?|issues?|impair\w*|severe\w*|compromised|smear\w*|interference)\b"
)
_MERIT = (
    r"(?:detail\w*|sharp\w*|clear\w*|clarity|crisp\w*|contrast|resolution|defin\w+|visib\w+|informative|legib\w+|"
    r"readab\w+|interpretab\w+|faithful|natural|uniform\w*|evenly|balanced|consistent|well-defined|structures?|"
    r"delineat\w+|depiction|fidelity|diagnostic\w*)\b"
)
_CLEARER = re.compile(
    r"\b(?:advantage|clearer|clearest|sharper|sharpest|crisper|cleaner|cleanest|better|superior|best)\b"
    rf"|\b{_LESS}\s{_BETWEEN}{_FAULT}|\b{_MORE}\s{_BETWEEN}{_MERIT}"
    rf"|\b{_FAULT}(?:(?!\b(?:and|but|with)\b)[^.,;]){{0,30}}?\s{_LESS}\b"
    r"|更清晰|更锐利|更清楚|更干净|(?:噪声|噪点|伪影)[^,。;]{0,6}(?:更少|更低|更小|较少|较低)|(?:对比度|细节|"
    r"清晰度)[^,。;]{0,6}(?:更好|更高|更多|更丰富)",
    re.IGNORECASE,
)
_BLURRIER = re.compile(
    r"\bquality\b[^.,;]{0,30}\b(?:drops|declines|deteriorates|degrades|suffers)\b|"
    r"\b(?:blurrier|noisier|noisiest|hazier|fuzzier|grainier|duller|worse|worst|inferior|poorer)\b"
    rf"|\b{_MORE}\s{_BETWEEN}{_FAULT}|\b{_LESS}\s{_BETWEEN}{_MERIT}"
    r"|\b(?:nois\w*|blur\w*|artifacts?)(?:(?!\b(?:and|but|with)\b)[^.,;]){0,30}?\s(?:stronger|higher|heavier|more "
    r"(?:severe|pronounced|visible))\b"
    r"|更模糊|(?:噪声|噪点|伪影)[^,。;]{0,6}(?:更多|更高|更大|更强|更明显|更严重)|(?:对比度|细节|"
    r"清晰度)[^,。;]{0,6}(?:更低|更差|更少)",
    re.IGNORECASE,
)
QUALITY = Ranking(BETTER, WORSE)
LOOKS = Ranking(_CLEARER, _BLURRIER)
# Two images with opposite words: "the first is of good quality, whereas the second is poor".
OPPOSITES = Ranking(
    re.compile(r"\b(?:good|high|excellent|sharp|clear|clean|crisp|acceptable|usable|adequate)\b", re.IGNORECASE),
    re.compile(r"\b(?:poor|low|bad|unusable|blurr(?:ed|y)|noisy|degraded|hazy|reject\w*|inadequate)\b", re.IGNORECASE),
)
