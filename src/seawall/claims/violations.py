"""Words that may tell of one of the six grave violations against children in armed conflict (UN).

A suggestion only: whether there is an armed conflict, whether the perpetrator is an armed force or group and
whether the child is under 18 are for a person to answer. Nothing is suggested unless the text speaks of a
child and of an armed group, and a child that is made to kill is a child that is used, not a child that is
killed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from seawall.claims import child_acts, organisations, vocabulary
from seawall.claims.groups import Grouped
from seawall.claims.parsed import Parsed
from seawall.model.claim import Span
from seawall.model.report import Organisation, Violation, ViolationSuggestion

_OF_ACT: Final = {
    child_acts.Act.USED: Violation.RECRUITMENT_USE,
    child_acts.Act.HARMED: Violation.KILLING_MAIMING,
    child_acts.Act.TAKEN: Violation.ABDUCTION,
    child_acts.Act.ABUSED: Violation.SEXUAL_VIOLENCE,
}
_SCHOOL: Final = re.compile(
    r"\b(?:attack(?:ed|s|ing)?|bomb(?:ed|s|ing)?|shell(?:ed|ing)?|raid(?:ed|s|ing)?|storm(?:ed"
    r"|ing)?|burn(?:ed|t|ing)?|destroy(?:ed|ing)?"
    r"|struck|hit|torched|blew\s+up|airstrike|gunmen)\b(?P<gap>[^.;]{0,50}?)\b(?:schools?"
    r"|hospitals?|clinics?|universit(?:y|ies)|kindergartens?"
    r"|health\s+cent(?:re|er)s?)\b|\b(?:schools?|hospitals?|clinics?)\s+(?:was|were|has\s+been"
    r"|have\s+been)\s+(?:attacked|bombed|shelled|raided"
    r"|stormed|burned|burnt|destroyed|struck|hit|torched)\b",
    re.IGNORECASE,
)
_DENIAL: Final = re.compile(
    r"\b(?:block(?:ed|ing|s)?|den(?:ied|ying|ies)|prevent(?:ed|ing|s)?|halt(?:ed|ing)?|loot(?:ed"
    r"|ing)?|obstruct(?:ed|ing)?)\s+[^.;]{0,40}?"
    r"\b(?:aid|humanitarian|relief|food\s+supplies|vaccin\w+)\b",
    re.IGNORECASE,
)
_CHILD: Final = re.compile(rf"\b{child_acts.CHILD}\b", re.IGNORECASE)
_REACH_CHARS: Final = 600  #: how far from denied aid or a school the text must speak of children


def suggested(
    parsed: Parsed, grouped: Grouped, found: Sequence[Organisation]
) -> tuple[ViolationSuggestion, ...]:
    """One suggestion a violation and group, with all the words that it rests on."""
    if not (organisations.armed(found) or vocabulary.ARMED_NOUNS.search(parsed.text)):
        return ()
    basis: dict[tuple[Violation, str], list[tuple[Span, str]]] = {}
    for told in child_acts.told(parsed):
        place = _OF_ACT[told.act], grouped.of(told.start)
        basis.setdefault(place, []).append((parsed.span(told.start, told.end), told.rule))
    for violation, pattern, rule in (
        (Violation.ATTACK_SCHOOL_HOSPITAL, _SCHOOL, "violation.school"),
        (Violation.DENIAL_HUMANITARIAN_ACCESS, _DENIAL, "violation.denial"),
    ):
        for match in pattern.finditer(parsed.text):
            around = parsed.text[max(0, match.start() - _REACH_CHARS) : match.end() + _REACH_CHARS]
            if "\n" not in match[0] and _CHILD.search(around):
                key = violation, grouped.of(match.start())
                basis.setdefault(key, []).append((parsed.span(match.start(), match.end()), rule))
    return tuple(
        ViolationSuggestion(violation, group, tuple(span for span, _ in words), words[0][1])
        for (violation, group), words in basis.items()
    )
