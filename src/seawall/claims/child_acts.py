"""Who does what to whom where children are: a child that is made to act is no child that is acted upon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seawall.claims import vocabulary
from seawall.claims.parsed import Parsed

_ONE: Final = "|".join(sorted(vocabulary.CHILD, key=len, reverse=True))
_MANY: Final = "|".join(sorted(vocabulary.CHILDREN, key=len, reverse=True))
CHILD: Final = rf"(?:{_MANY}|{_ONE})"
_NP: Final = rf"(?:(?!(?:by|to|of|and|was|were|is|are|in|with|while)\b)[\w'\u2019-]+\s+){{0,5}}?{CHILD}\b"
_ADV: Final = r"(?:\w+ly\s+|also\s+|then\s+|first\s+)?"
_KILL_ING: Final = (
    r"(?:killing|shooting|beheading|executing|decapitating|firing|stabbing|slitting|murdering"
    r"|detonating|torturing"
    r"|burning|stoning|lining\s+up|attacking|fighting|guarding|brandishing|carrying\s+out"
    r"|slaughtering|lashing)"
)
_KILL_S: Final = (
    r"(?:kills?|shoots?|beheads?|executes?|decapitates?|fires?|stabs?|slits?|murders?|detonates?"
    r"|burns?|pulls?\s+the\s+trigger"
    r"|pulls?|carries\s+out|carry\s+out|fought|shot|killed|beheaded|executed|stabbed|detonated"
    r"|blew|fired|raises?|uses\s+a)"
)
_KILL: Final = (
    r"(?:kill|shoot|behead|execute|decapitate|fire|stab|slit|murder|carry\s+out|fight|take\s+part"
    r"|attack|detonate|burn)"
)
_KILLED: Final = (
    r"(?:killed|shot(?:\s+dead)?|beheaded|executed|decapitated|stabbed|murdered|slain|maimed"
    r"|wounded|injured|tortured"
    r"|burned|burnt|stoned|crucified|hanged|mutilated|bombed|tuée?s?|blessée?s?|exécutée?s?)"
)
_MADE: Final = (
    r"(?:forced|used|made|coerced|compelled|ordered|trained|taught|recruited|groomed|sent|exploited"
    r"|radicali[sz]ed)"
)


class Act(StrEnum):
    """What the text tells of a child."""

    USED = "used"  #: acts for others, or is recruited, trained, made to act
    HARMED = "harmed"  #: is killed or injured
    TAKEN = "taken"  #: is abducted
    ABUSED = "abused"  #: sexually


@dataclass(frozen=True, slots=True)
class Told:
    """Words that tell of an act with a child."""

    start: int
    end: int
    act: Act
    rule: str


def _rule(id_: str, act: Act, pattern: str) -> tuple[str, Act, re.Pattern[str]]:
    return id_, act, re.compile(pattern, re.IGNORECASE)


_RULES: Final = (
    _rule(
        "child.made",
        Act.USED,
        rf"\b{_NP}\s+(?:who\s+)?(?:is|are|was|were|has\s+been|have\s+been|being"
        rf"|been)\s+{_ADV}{_MADE}\b[^.;]{{0,60}}?\b(?:{_KILL}|{_KILL_ING}|{_KILL_S}|by|as|for)\b",
    ),
    _rule(
        "child.making",
        Act.USED,
        rf"\b(?:{_MADE}|forc(?:e|es|ing)|us(?:e|es|ing)|mak(?:e|es|ing)|coercing|ordering|training"
        r"|recruiting|grooming|inculcating|indoctrinating|sending|exploiting|enlisting"
        rf"|enrolling)\s+(?:more\s+)?{_NP}",
    ),
    _rule(
        "child.enrolled",
        Act.USED,
        rf"\b{_NP}\s+(?:has\s+been|have\s+been|was|were|are|is|being)\s+{_ADV}(?:enrolled|enlisted"
        r"|recruited|trained|indoctrinated|conscripted|armed)\b",
    ),
    _rule(
        "child.agent",
        Act.USED,
        rf"\b{_NP}(?:,\s+(?:aged\s+)?\w+,|\s+as\s+young\s+as\s+\w+|\s+\(\d+\))?\s+(?:who\s+"
        rf"|then\s+|is\s+seen\s+|are\s+seen\s+|seen\s+|appears?\s+to\s+)?{_ADV}(?:{_KILL_ING}"
        rf"|{_KILL_S})(?!\s+(?:by|in\s+(?:an?|the)\s+(?:air|attack|strike|blast|explosion)|dead\b"
        r"|when|as|during|while|at\s+\w+[,.]|on\s+\w+day|$|[.,]))\s+\w+",
    ),
    _rule(
        "child.by",
        Act.USED,
        r"\b(?:execution|killing|beheading|murder|attack|shooting|bombing|massacre"
        rf"|{_KILLED})s?\s+(?:of\s+[^.;,]{{1,50}}?\s+)?(?:carried\s+out\s+)?by\s+{_NP}",
    ),
    _rule(
        "child.compound",
        Act.USED,
        r"\bchild(?:ren)?[- ](?:soldiers?|fighters?|killers?|executioners?|recruits?|bombers?"
        r"|combatants?|jihadi(?:st)?s?|militants?|spies|spy|guards?)\b|\b(?:boy|girl"
        r"|child)\s+suicide\s+bombers?\b|\bcubs\s+of\s+the\s+caliphate\b|\benfants[- ]soldats?\b",
    ),
    _rule(
        "child.harmed",
        Act.HARMED,
        rf"\b{_NP}\s+(?:who\s+)?(?:was|were|is|are|has\s+been|have\s+been|had\s+been"
        rf"|being)\s+{_ADV}(?:among\s+(?:the\s+)?(?:dead|killed|wounded)|{_KILLED})\b",
    ),
    _rule(
        "child.harmed_of",
        Act.HARMED,
        r"\b(?:death|deaths|killing|killings|murder|beheading|execution|body|bodies|shooting"
        rf"|massacre|remains|maiming)\s+of\s+{_NP}",
    ),
    _rule(
        "child.harming",
        Act.HARMED,
        r"\b(?:killed|killing|kills|wounded|wounding|injured|injuring|beheaded|beheading|executed"
        r"|executing|murdered|murdering|maimed|maiming|shot|shooting|stabbed)\s+(?:at\s+least\s+"
        rf"|about\s+|more\s+than\s+)?{_NP}",
    ),
    _rule(
        "child.died",
        Act.HARMED,
        rf"\b{_NP}\s+(?:died|lost\s+(?:his|her|their)\s+(?:life|lives|legs?|arms?))\b",
    ),
    _rule(
        "child.taken",
        Act.TAKEN,
        rf"\b{_NP}\s+(?:who\s+)?(?:was|were|is|are|has\s+been|have\s+been|had\s+been"
        rf"|being)\s+{_ADV}(?:abducted|kidnapped|snatched|taken\s+(?:hostage|captive|away\s+by)"
        r"|seized|enlevée?s?|kidnappée?s?)\b",
    ),
    _rule(
        "child.taking",
        Act.TAKEN,
        r"\b(?:abducted|abducting|kidnapped|kidnapping|snatched|seized|abduction\s+of"
        r"|kidnapping\s+of|enlevé|enlèvement\s+de)\s+(?:at\s+least\s+|about\s+"
        rf"|more\s+than\s+)?{_NP}",
    ),
    _rule(
        "child.abused",
        Act.ABUSED,
        rf"\b{_NP}\s+(?:who\s+)?(?:was|were|has\s+been|have\s+been|had\s+been"
        rf"|being)\s+{_ADV}(?:raped|sexually\s+\w+|enslaved|forced\s+into\s+marriage"
        r"|forcibly\s+married|sold\s+as\s+(?:a\s+)?(?:sex\s+)?slaves?)\b",
    ),
    _rule(
        "child.abusing",
        Act.ABUSED,
        r"\b(?:raped|raping|rape\s+of|sexual\s+(?:abuse|slavery|violence)\s+(?:of|against)"
        rf"|forced\s+marriage\s+of)\s+{_NP}",
    ),
)
#: a text without such a word needs no rule
_ANY: Final = re.compile(rf"\b{CHILD}\b", re.IGNORECASE)
_LONGEST: Final = 2_000  #: characters of a sentence that rules look at: none is longer that a person wrote


def told(parsed: Parsed) -> tuple[Told, ...]:
    """What sentences tell of children, in order; where words are read in two ways the earlier rule has
    them.
    """
    found: list[Told] = []
    for sentence in parsed.sentences:
        end = min(sentence.end, sentence.start + _LONGEST)
        if not _ANY.search(parsed.text, sentence.start, end):
            continue
        own: list[Told] = []
        for id_, act, pattern in _RULES:
            for match in pattern.finditer(parsed.text, sentence.start, end):
                if all(match.end() <= one.start or match.start() >= one.end for one in own):
                    own.append(Told(match.start(), match.end(), act, id_))
        found += sorted(own, key=lambda one: one.start)
    return tuple(found)
