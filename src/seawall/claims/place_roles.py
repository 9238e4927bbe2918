"""Why a text names a place: from the words that govern it, in its sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from seawall.model.report import PlaceRole

_OBJECT_CHARS: Final = 40  #: how far before an office the verb that it is the object of stands
_REACH_CHARS: Final = 160  #: how far before a name its governing words are looked for
#: what may stand between a preposition and the name: "the ancient city of"
_TO_NAME = r"(?:the\s+|a\s+|nearby\s+|l[ae]\s+|l['\u2019])?(?:[\w-]+\s+){0,4}?$"

_BASED: Final = re.compile(r"^-based\b|^-headquartered\b")
_BASED_IN: Final = re.compile(
    r"\b(?:based|headquartered|speaking|told \w+(?: \w+)?|reporting|basée?|correspondent)\s+(?:in"
    r"|from|at|à|au|aux|en)\s+$",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(
    r"^\s*(?:\([^)\n]{2,40}\)\s*)?(?:,[^\n]{0,30})?\s*(?:\([^)\n]{2,40}\)\s*)?[-\u2013\u2014:]\s"
)
_THREAT: Final = re.compile(
    r"\b(?:goal|conquer|conquering|invade|destroy|attack|march|reach|burn|strike|target|next|will"
    r"|shall|we'll|soon"
    r"|coming|blood|kill|behead|slaughter|enemies|unbelievers|infidels|warn|warned|revenge|avenge"
    r"|detruire|détruire"
    r"|conquérir|attaquer|frapper)\b",
    re.IGNORECASE,
)
_THREATENED: Final = re.compile(
    r"\b(?:threat(?:s|ened|ening|ens)?(?:\s+\w+){0,3}?\s+(?:to|against|on)|vow(?:ed|s|ing)?\s+to"
    r"|pledg(?:ed|es|ing)\s+to"
    r"|warn(?:ed|s|ing)?\s+(?:of|that)|goal\s+is\s+to|menac\w+(?:\s+\w+){0,3}?\s+(?:de|d'"
    r"|contre))\b[^.;]{0,120}$",
    re.IGNORECASE,
)
_CAPTURED: Final = re.compile(
    r"\b(?:captured|abducted|kidnapped|seized|taken\s+(?:prisoner|hostage|captive)|detained|arrested|snatched"
    r"|ambushed|capturée?s?|enlevée?s?|kidnappée?s?|arrêtée?s?)\b(?P<between>[^.;]{0,110}?)"
    rf"\b(?:in|at|near|from|outside|inside|à|dans|près de)\s+{_TO_NAME}",
    re.IGNORECASE,
)
_OFFICES = (
    r"leaders?|commanders?|officers?|officials?|governors?|mayors?|residents?|natives?|chiefs?"
    r"|heads?|members?|imams?"
    r"|sheikhs?|brigades?|battalions?|councils?|emirs?|garrisons?|citizens?|inhabitants?|spokes\w+|activists?"
    r"|schoolchildren|students?|pupils|teachers?|doctors?|police|schools?|offices?|habitants?"
    r"|élèves|chef|maire"
    r"|commandant"
)
_KIN = (
    r"soldiers?|fighters?|troops|sons?|daughters?|m[ae]n|wom[ae]n|boys?|girls?|child(?:ren)?"
    r"|famil(?:y|ies)|people"
)
_OFFICE: Final = re.compile(
    rf"\b(?:(?:{_OFFICES})\s+(?:who\s+(?:is|was|were|are)\s+)?(?P<loose>in|of|from|at|de|d'|à)"
    rf"|(?:{_KIN})\s+(?:of|from|de))\s+{_TO_NAME}",
    re.IGNORECASE,
)
_BORN: Final = re.compile(
    r"\b(?:born|raised|hails?|originally|native|living|lives|lived|resident|originaire"
    r"|née?)\b[^.;]{0,30}\b(?:in|of|from|à|de)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}?$",
    re.IGNORECASE,
)
_MEDIUM: Final = re.compile(
    r"\b(?:videos?|footage|films?|clips?|photos?|photographs?|pictures?|images?|recordings?|audio"
    r"|broadcasts?|vidéos?)\b"
    rf"[^.;,]{{0,60}}\b(?:from|in|of|inside|at|de|à)\s+(?:inside\s+)?{_TO_NAME}",
    re.IGNORECASE,
)
_FILMED: Final = re.compile(
    r"\b(?:filmed|shot|recorded|footage|taped|filmée?s?|tournée?s?)\s+(?:\w+\s+){0,2}?(?:in|at"
    r"|inside|near|outside|à|dans)"
    rf"\s+{_TO_NAME}",
    re.IGNORECASE,
)
_EVENT: Final = re.compile(
    r"\b(?:took\s+place|taken\s+place|taking\s+place|happen\w*|occurr\w*|carried\s+out|kill\w*"
    r"|sho[to]\w*|beheads?|behead\w+"
    r"|execut\w+|attack\w*|explo\w+|blast|massacre\w*|bomb\w*|str(?:ike|uck)\w*|clash\w*|fight\w*"
    r"|raid\w*|shell\w*"
    r"|ambush\w*|murder\w*|stabb\w+|assault\w*|hit|die[ds]?|death\w*|dead|detonat\w+|destroy\w*"
    r"|stoned|hanged|crucif\w+"
    r"|slaughter\w*|siege|assassinat\w+|burn\w*|wound\w*|injur\w*|gunned|blew|torch\w*|set\s+fire"
    r"|site|scene|incident"
    r"|exécut\w+|tuée?s?|attaqu\w+|assassin\w*|bombard\w+|explosion|décapit\w+|égorg\w+"
    r"|abattue?s?|mort\w*)\b",
    re.IGNORECASE,
)
_SITUATED: Final = re.compile(
    r"\b(?:in|at|near|inside|outside|on|around|from|of|to|on\s+the\s+outskirts\s+of|over|across|à"
    r"|dans|en|sur|près\s+de|au|aux)"
    rf"\s+{_TO_NAME}|^\s*{_TO_NAME}|[,(]\s*{_TO_NAME}|\band\s+{_TO_NAME}",
    re.IGNORECASE,
)


_GOVERNORS: Final = (
    (_FILMED, PlaceRole.MEDIA_SITE, "role.filmed"),
    (_MEDIUM, PlaceRole.MEDIA_SITE, "role.media"),
    (_CAPTURED, PlaceRole.CAPTURE_SITE, "role.capture"),
    (_OFFICE, PlaceRole.AFFILIATION, "role.office"),
    (_BORN, PlaceRole.AFFILIATION, "role.born"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words of a sentence around a name."""

    before: str
    after: str
    starts_line: bool
    quoted: str | None  #: the quotation that the name is in


def role(around: Surroundings) -> tuple[PlaceRole, str]:
    """A place's role with the rule that gave it. That it is the incident's own site, groups may still
    revise.
    """
    before = around.before[-_REACH_CHARS:]
    clause = re.split(r"[;:]|,\s*(?:but|while|and|whereas|mais)\s", before)[-1]
    if (
        _BASED.match(around.after)
        or _BASED_IN.search(before)
        or (around.starts_line and _DATELINE.match(around.after))
    ):
        return PlaceRole.SOURCE_LOCATION, "role.based"
    if around.quoted is not None and _THREAT.search(around.quoted):
        return PlaceRole.THREAT_TARGET, "role.quoted_threat"
    if _THREATENED.search(before):
        return PlaceRole.THREAT_TARGET, "role.threat"
    governed = [
        (found.start(), role, rule)
        for pattern, role, rule in _GOVERNORS
        if (found := pattern.search(clause)) and not _event_of(found, clause)
    ]
    if governed:
        return max(governed)[1:]
    happening = _EVENT.search(clause) or _EVENT.search(around.after[:_REACH_CHARS])
    if happening and _SITUATED.search(clause) and around.quoted is None:
        return PlaceRole.INCIDENT_SITE, "role.event"
    return PlaceRole.CONTEXT, "role.none"


def _event_of(office: re.Match[str], clause: str) -> bool:
    """Whether an office "in" a place is what an act befell there: "killed a commander in X"."""
    if office.re is not _OFFICE or office["loose"] not in {"in", "at"}:
        return False
    return bool(_EVENT.search(clause[max(0, office.start() - _OBJECT_CHARS) : office.start()]))
