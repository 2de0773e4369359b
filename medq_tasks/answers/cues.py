"""The words by which a reply announces its choice, by how binding they are.

FINAL   "Final answer: B", "#### B"
STATED  "The answer is B", "I choose B", "选B"
DRAWN   "Therefore, B", "this matches B", "I think it's B"
"""

from __future__ import annotations

import re

_COPULA = (
    r"(?:\s?,[^,.\n]{1,60},|\s\([^()\n]{1,60}\))?"
    r"(?:'s\b|[\"']?\s*(?:[:=]|-+>?|→|=>)|(?:\s(?:here|in this case|to (?:this|the) question|for (?:this|the) (?:image|"
    r"question)|would|should|"
    r"must|will|has to|seems to|appears to|can only|could only|might|may|is most likely to))?\s(?:is|be|was|are|"
    r"looks\slike|seems\slike)\b)\s*[:=]?"
)
_NOUN = (
    r"(?:answers?|choice|option|selection|response|decision|conclusion|prediction|pick|guess|verdict|diagnosis|"
    r"solution|result|output|label)"
)

FINAL = re.compile(
    rf"\b(?:final|overall|ultimate)\s{_NOUN}{_COPULA}|\bFINAL\s*:|^####\s*|最终(?:答案|选择|结论)\s*(?:是|为|:)?\s*:?",
    re.IGNORECASE | re.MULTILINE,
)
_OTHER_LANGUAGES = (
    r"\b(?:la\s)?(?:respuesta|opción|opcion)(?:\s(?:correcta|final))?\s?(?:es|sería|:)(?:\s(?:la|el))?(?:\sopción)?",
    r"\b(?:bonne\s)?réponse(?:\s(?:correcte|finale))?\s?(?:est|serait|:)(?:\s(?:la|le|l'))?(?:\s?option)?",
    r"\b(?:richtige\s|korrekte\s)?Antwort(?:\s(?:ist|lautet)|\s?:)(?:\soption)?|\brichtig ist",
    r"\b(?:resposta|risposta|odpowiedź|antwoord|svar|cevap|jawaban)(?:\s(?:correta|corretta|final|finale|"
    r"prawidłowa))?\s?(?:é|è|is|är|to|adalah|:)",
    r"(?:правильный\s)?ответ\s*(?:[:-]|это)?(?:\sвариант)?|đáp án(?:\s(?:đúng|là|là:))*\s*:?",
    r"(?:答え|正解|回答|解答|正答)\s*(?:は|:)|(?:정답|답)(?:은|:|\s:)|الإجابة(?:\sالصحيحة)?\s?(?:هي|:)|"
    r"उत्तर\s?(?:है|:)",
)
_CHINESE = (
    r"(?:正确|最佳|参考|我的)?(?:答案|选项)\s*(?:应该是|应该为|应该选|应为|应是|就是|是|为|选择|选|:)\s*:?|"
    r"(?<!可)(?:应该|应|故|所以|因此|我|我会|因而|可)?"
    r"选(?:择|取|定)?(?!项)\s*(?:的?是)?\s*:?\s*(?:选项)?|应该?[是为]|^答\s*:|(?:结论|综上|判断)(?:是|为|:)?,?\s*(?:应为|应是)?"
)
STATED = re.compile(
    r"|".join(
        (
            rf"(?<!each )(?<!every )(?<!following )\b(?:correct|right|best|most\s(?:likely|appropriate|accurate|"
            rf"suitable|probable))?"
            rf"\s?(?<!each )(?<!every )(?<!following ){_NOUN}"
            rf"(?:\s(?:to|for|of|that|which|i|we)\s(?:[^\n.:?\"]{{1,80}}?|"
            rf"[^\n.:?\"]{{0,40}}\"[^\n\"]{{1,200}}\"))?{_COPULA}",
            rf"\b(?:correct|right|best|most\s(?:likely|appropriate|accurate|suitable|probable))\sone{_COPULA}",
            r"(?:答案|选项)[】\]]\s*|[\[(]answer[\])]\s*:?|\bans(?:wer)?\s*[.:=)]|\banswer\s*->?|"
            r"\banswer(?=\s*[\[(]?[A-Z][)\]]?\s*(?:$|\n|"
            r"\.))",
            r"\b(?:i|we|i'd|i'll|let's|let\sus|let\sme|would|will|i've|to)\s(?:would\s|will\s|have\sto\s|must\s|can\s|"
            r"therefore\s|also\s)?"
            r"(?:choose|select|pick|chose|selected|picked|chosen|go\swith|going\swith|opt\sfor|vote\sfor|"
            r"settled?\s(?:on|for)|decided?\s(?:on|for)|landed\son|ended\sup\swith|go(?:ing)?\sfor|went\swith|"
            r"answer(?:\swith)?)"
            r"(?:\swith)?\b\s*:?",
            r"\bleaning\b(?! to)|"
            r"\b(?:lean(?:ing)?|inclin\w+|tend(?:ing)?)\s(?:more\s)?(?:slightly\s)?(?:to|towards?)\b|\b(?:choosing|"
            r"selecting|picking|going\swith)\b",
            r"\b(?:rate|call|describe|classify|grade|label|categori[sz]e|assess|characteri[sz]e|consider|judge|"
            r"deem)\s(?:it|this|that|the)"
            r"(?:\s[a-z]+){0,5}?\s(?:as|to\sbe)\b|\b(?:call|rate|deem|consider)\s(?:it|this)\b",
            r"\b(?:grade|rate|give|call)\s(?:it|this|the)(?:\simage)?(?:\san?)?(?=\s[\"'(]?[A-E]\b)|"
            r"\b(?:chang|switch|revis|mov)\w+\s(?:my\sanswer\s)?from\s\W?[A-Z]\W?\sto\b",
            r"(?:^|[;,]\s)(?:choose|select|pick|chosen|selected|selecting|choosing)\b\s*:?",
            _CHINESE,
            *_OTHER_LANGUAGES,
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
DRAWN = re.compile(
    r"|".join(
        (
            r"\b(?:therefore|thus|hence|consequently|accordingly|in\sconclusion|to\sconclude|in\ssummary|ultimately|"
            r"finally|overall|so|"
            r"ergo|conclusion|clearly)\b\s*[,:]?(?:\s(?:the\s(?:image|quality|level|severity|degradation)\s(?:is|"
            r"has|shows)))?",
            r"(?<![A-E]\s)(?<![A-E])(?:→|=>|->|∴)|\bbased\son\s[^\n.,]{1,80},|\bgiven\s[^\n.,]{1,80},|"
            r"\blooking\sat\s[^\n.,]{1,60},|\baccording\sto\s[^\n.,]{1,60},",
            r"\bi\s?(?:'d|\swould|'ll)?\s?(?:also\s|personally\s|really\s)?(?:think|believe|say|guess|suspect|"
            r"suppose|feel|reckon|conclude|assume)\b",
            r"\b(?:that|this|which)?\s?leav(?:es|ing)\b(?:\s(?:us\swith|only|just))*|\bonly\b(?=\s[\"'(]?[A-E]\b)|"
            r"\b(?:it|that|this)(?:'s|\sis|\s(?:must|should|might|could|would|has\sto)\sbe)|\bits(?=\s[a-z](?:\W|"
            r"$))|\bletter(?:\sis)?",
            r"\bgoing\sto\ssay\b|\bbet\son\b|\bvote\sgoes\sto\b|我猜|\b(?:without\s(?:an?y?\s)?|no\s)(?:doubt|question)\b,?|(?<![不还])是(?=\s*[A-E](?![A-Za-z]))|\bmakes?\sit\b|^(?:could|might)\sbe\b|\bnot\s[^.\n]{1,40}?\bbut\b(?:\srather)?|\bmost\slikely|\bwe\s(?:get|have|arrive\sat|obtain)\b|"
            r"\b(?:closer|nearer)\sto\b|\bmore\slike(?:ly)?\b|\b(?:probably|likely|maybe|perhaps|possibly|definitely|"
            r"certainly|surely|obviously)\b|\bmust\sbe|\bshould\sbe|(?:所以|因此|因而|故|综上所述|综上|我认为|"
            r"我觉得)\s*,?(?:是|应该是|为)?|应该是|而是",
            r"\bif\s(?:pressed|forced|pushed|asked|i\s(?:had|have)\sto)\b[^,.\n]{0,30},",
            r"\bi(?:'d|\swould|\scan|\scould|\smust)?(?:\shave\sto)?\ssay\b(?:\swith\s\w+)?(?:\sthat)?",
            r"\b(?:pienso|creo)\sque\s(?:es)?|\bje\spense\sque\s(?:c'est)?|\bich\sdenke,?",
        )
    ),
    re.IGNORECASE,
)
# Words that tie the picture to an option. Before a letter they draw a conclusion ("this matches B"); before an
# option's text they may only describe ("consistent with noise").
FITS = re.compile(
    r"|".join(
        (
            r"\b(?:match(?:es|ing)?|correspond(?:s|ing)?\sto|consistent\swith|aligns?\swith|(?:described|"
            r"characteri[sz]ed|represented|captured|explained|summari[sz]ed|depicted|reflected)\s(?:by|as|in)|fits?|"
            r"points?\sto|"
            r"indicat(?:es|ing)|suggests?|classified\sas|rated\sas|categori[sz]ed\sas|falls\s(?:under|into|in))\b",
            r"\b(?:which|this|that)\s(?:means|implies)(?:\sthat)?\b|\b(?:gives|leaves)\b(?=\s\W?[A-E]\b)",
            r"\b(?:favou?rs?|in\sfavou?r\sof|argues?\sfor|speaks?\sfor|supports?|leads?\s(?:me\s|us\s)?to|"
            r"(?:balance|scales?|evidence)\s(?:to|towards?))\b",
            r"\b(?:has\sto\sbe|looks?\s(?:like|to\sbe)|seems?\s(?:like|to\sbe)|appears?\s(?:like|as|to\sbe)|"
            r"sounds\slike)\b",
            r"\b(?:type|degradation|artifact|artefact|severity|level|quality|category|problem|issue|"
            r"cause)\s?(?:is\b|:|=)",
            r"对应(?:的是|于|着)?|属于",
            r"\b(?:mainly|mostly|primarily|predominantly|chiefly|particularly)\b",
        )
    ),
    re.IGNORECASE,
)
# What may stand between a cue and the option that it announces.
FILLER = re.compile(
    r"(?:[\s,\"'(\[{<«「『【:=|*>✓✔✅☑√-]"
    r"|\b(?:that|it|is|it's|would|be|should|must|the|this|option|choice|letter|answer|correct|right|number|indeed|"
    r"definitely|clearly|"
    r"most|likely|probably|maybe|perhaps|i'd|i|say|think|believe|go|with|choose|select|pick|for|as|to|my|of|best|"
    r"final|most\slikely|"
    r"simply|just|either|both|actually|more|than|la|el|das|die|opción|variante?)\b(?![.)])|选项|第){0,16}",
    re.IGNORECASE,
)
# "B is correct", "C fits best"; not "B is correct only if".
PRAISE = re.compile(
    r"[)\]\"'\s.:|*-]{0,4}(?:(?:is|was|would be|will be|could be|might be|may be|"
    r"must be|should be|seems?(?: to be)?|stands out as|"
    r"appears?(?: to be)?|"
    r"looks?(?: to be)?|"
    r"being|remains|because it is|->|=|-|:)\s?)?(?:(?:clearly|definitely|therefore|thus|likely|probably|indeed|also|"
    r"hence|still|obviously)\s)*"
    r"(?:(?:the|my|a)\s)?(?:only\s|single\s|most\s|more\s|best\s|better\s|overall\s)*(?:better\b|\(?correct\b|right\b|"
    r"accurate|appropriate|likely|"
    r"plausible|suitable|probable|fitting|consistent with|true\b|best\b|answer\b|option left|what i\b|one\b|"
    r"(?:my |final |one )?(?:answer|choice|pick|guess|selection)\b|closest\b|fits?\b|"
    r"explains\b|accounts for|"
    r"(?:main|primary|dominant|principal|predominant|prominent|obvious|major)\b(?: \w+){0,2}? (?:issue|problem|"
    r"degradation|artifact|artefact|defect|cause|factor)\b|dominates\b|matches|describes|remains|applies|present\b|"
    r"yes\b|正确|"
    r"符合|是正确|更?合理|更好|[更较]合适|更准确|最合适|最符合|最可能|最接近|对$|✓|✔|✅|☑|√)"
    r"(?!\s(?:only\s)?(?:if|when|unless)\b|ly\b)",
    re.IGNORECASE,
)
TICK = re.compile(r"^[ \t(]*(?:[✓✔✅☑√]|\[[xX✓]\])[ .:)(\"'-]{0,4}", re.MULTILINE)

RETRACTS = re.compile(
    r"\b(?:wait|actually|correction|on second thoughts?|"
    r"on (?:closer |further )?(?:reflection|inspection|consideration|examination)|"
    r"scratch that|let me (?:re\w+|correct|double)|hold on|hmm|"
    r"i (?:made|have made) (?:a|an) (?:mistake|error)|i was wrong|my mistake|(?:i )?meant|no(?=,)|rather(?=,)|"
    r"sorry(?=,)|no wait|"
    r"upon (?:closer|further|second|re\w*)\s?\w*|or rather|revis(?:ed|ing)|i take that back|apolog\w+|"
    r"correct myself|reconsidering|changed my mind|change my answer to)\b|更正|不对|"
    r"(?<![\u4e00-\u9fff])不(?=,)|等等|修正|重新",
    re.IGNORECASE,
)
DENIES_ALL = re.compile(
    r"(?:none\b|neither\b|no option|not (?:possible|clear|sure|certain|applicable|enough|available|determin\w+)|"
    r"nothing|n/?a\b|null\b|unknown|unclear|uncertain|undetermined|cannot|can't|"
    r"unable|indeterminate|insufficient|all of the above|无法|不能|不确定|都不|以上都)",
    re.IGNORECASE,
)
DECLINES = re.compile(
    r"\b(?:i(?:'m| am)? ?(?:really |very |so )?sorry|as an ai|i(?:'m| am) (?:unable|not able|not qualified)|"
    r"(?:can(?:no|')t|can not|could not|couldn't|unable to|not able to|"
    r"not possible to|impossible to|won't) (?:\w+ ){0,3}?(?:assist|help|determin\w+|answer|provide|see|view|"
    r"identify|assess|evaluat\w+|tell|process|analy[sz]e|"
    r"access|judge|say|decide|conclude|make|interpret|open|load|read|comply|fulfill)|(?:hard|difficult) to (?:say|"
    r"tell|determine|judge|answer|decide)|(?:don't|do not) know|not sure|uncertain|insufficient information|not "
    r"enough information|"
    r"(?:need|provide|share|upload|attach) (?:\w+ ){0,3}image|please (?:provide|upload|share|consult)|no image|"
    r"image (?:is|was) (?:not|missing))\b"
    r"|无法|不能判断|不能确定|抱歉|对不起|不知道|no puedo|ne peux pas|kann nicht",
    re.IGNORECASE,
)
