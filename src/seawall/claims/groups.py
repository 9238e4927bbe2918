"""What a text tells of besides the incident: earlier ones, patterns, the background, threats.

Each sentence belongs to one group, its clauses to that of the words that govern them. A group is opened by
words, never by what seems likely. Statements of a general pattern share one group, and so do those of the
background and threats; two earlier incidents are never made one: that is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from seawall.claims.parsed import Parsed, Sentence
from seawall.claims.spans import Holders
from seawall.model.claim import Group, GroupRole, Proposal
from seawall.model.report import LineKind, Place, PlaceRole, Time

_MEDIUM: Final = r"(?:videos?|footage|films?|clips?|recordings?|photos?|images?|vidéos?)"
_DEED: Final = (
    r"(?:attacks?|incidents?|executions?|killings?|massacres?|bombings?|murders?|raids?"
    r"|abductions?|kidnappings?|strikes?"
    r"|shootings?|beheadings?|explosions?|assaults?|cases?|attaques?|attentats?)"
)
_GENERIC: Final = (
    r"(?:children|boys|girls|minors|schoolchildren|youths|teenagers|young\s+people|students|recruits)"
)
#: what befell many over time, unlike the toll of one deed
_LASTING: Final = r"(?!killed|wounded|injured|rescued|evacuated|hospitali)\w+"
_EARLIER: Final = re.compile(
    rf"\bearlier\s+this\s+(?:week|month|year)\b|\b(?:recent|earlier|previous|past|older|other)\s+{_MEDIUM}\b"
    r"|\b(?:an?\s+|the\s+)?(?:earlier|previous|separate|similar|unrelated|second"
    rf"|third)\s+(?:\w+\s+){{0,2}}?(?:{_DEED}|{_MEDIUM})\b"
    rf"|\banother\s+(?:\w+\s+){{0,2}}?(?:{_DEED}|{_MEDIUM})\b|\ba\s+former\s+\w+\b|\blast\s+year\b"
    r"|\b(?:years?|months)\s+ago\b"
    r"|\b(?:a|two|three|several|few|some)\s+(?:years?|months|weeks)\s+(?:ago|earlier|before"
    r"|previously)\b|\bpreviously\b"
    rf"|\bin\s+a\s+(?:\w+\s+)?(?:separate|similar|previous|earlier)\b|\bthe\s+(?:week|month|year)\s+before\b"
    r"|\bl'an(?:née)?\s+derni(?:er|ère)\b|\bil\s+y\s+a\s+\w+\s+(?:ans|mois)\b"
    r"|\bune\s+autre\s+(?:attaque|vidéo)\b",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"\b(?:in|during|of|en)\s+(?:\w+\s+)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
_PATTERN: Final = re.compile(
    r"(?<!police\s)(?<!authorities\s)(?<!officials\s)(?<!families\s)(?<!relatives\s)(?<!they\s)(?<!we\s)"
    r"\bhave\s+(?:long\s+|also\s+|increasingly\s+)?been\s+(?!missing|searching|looking|treating)\w+ing\b"
    r"|\b(?:group|organi[sz]ation|militia|network|movement)\s+has\s+(?:long\s+|also\s+)?been\s+\w+ing\b"
    r"|\b(?:routinely|regularly|frequently|repeatedly|systematically|habitually|increasingly|typically)\b"
    r"|\b(?:has|have)\s+(?:often|long|always)\b"
    r"|\b(?:many|hundreds\s+of|thousands\s+of|dozens\s+of"
    rf"|scores\s+of)\s+(?:\w+\s+){{0,2}}?{_GENERIC}\s+have\s+been\s+{_LASTING}"
    rf"|^{_GENERIC}\b[^.]{{0,30}}?\bhave\s+been\s+{_LASTING}"
    r"|\b(?:is|are)\s+(?:known|notorious)\s+(?:to|for)\b|\bhas\s+a\s+(?:long\s+)?history\s+of\b"
    r"|\boften\s+(?:use|force|recruit|film|release)s?\b|\brégulièrement\b",
    re.IGNORECASE,
)
_CONTEXT: Final = re.compile(
    r"\b(?:in|over)\s+(?:the\s+)?(?:recent|past|last)\s+(?:\w+\s+)?(?:weeks|months|years)\b"
    r"|\bsince\s+(?:\w+\s+)?(?:19|20)\d\d\b|\b(?:began|erupted|broke\s+out|started|emerged"
    r"|founded|formed|designated|listed)\s+(?:\w+\s+){0,3}?(?:in|by)\b"
    r"|\bswathes?\s+of\b|\bcivil\s+war\b|\b(?:controls|controlled|occupies)\s+(?:large|much|parts"
    r"|most)\b|\bthe\s+conflict\s+has\b"
    r"|\bdepuis\s+(?:19|20)\d\d\b|\bguerre\s+civile\b",
    re.IGNORECASE,
)
_THREAT: Final = re.compile(
    r"\bthreat(?:s|en|ens|ened|ening)?\s+(?:to|against|that|of)\b"
    r"|\bmak\w+\s+(?:an?\s+)?(?:\w+\s+)?threats?\b|\b(?:vow|pledg)\w+\s+(?:to|that|more)\b"
    r"|\bwarn\w*\s+(?:of|that)\s+(?:more|further|future|other|they|it|we)\b|\bmenac\w+\s+(?:de|d')",
    re.IGNORECASE,
)
#: in a quotation: what the speaker means to do
_QUOTED_THREAT: Final = re.compile(
    r"\b(?:our\s+goal|we\s+(?:will|shall|are\s+coming)|we'll|you\s+(?:will|are\s+next)"
    r"|is\s+to\s+conquer|will\s+be\s+(?:next|killed|burned|slaughtered)"
    r"|conquer|i\s+will\s+kill|nous\s+(?:allons|irons)|سوف)\b",
    re.IGNORECASE,
)
#: where a clause of its own begins, to whose words a cue within it is confined
_CLAUSE: Final = re.compile(
    r"(?:,\s*)?\b(?:who|which|where|whom|whose|while|whereas|after|as|when|qui|où|dont)\s|;\s"
    r"|,\s*(?:but|mais)\s",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"\s*['\"\u2018\u201c]?(?:(?:he|she|it|they|this|that|these|those|its|their|his|her)\b"
    rf"|the\s+(?:\w+\s+)?{_MEDIUM}\b|in\s+(?:it|the\s+{_MEDIUM})\b"
    rf"|the\s+(?:\w+\s+)?(?:{_DEED}|victims?|youngsters|children|boys|girls|men|group|hostages?)\b"
    r"|(?:il|elle|ils|elles|la\s+vidéo)\b)",
    re.IGNORECASE,
)
_NEW_MEDIUM: Final = re.compile(rf"\s*(?:a|an|another|une)\s+(?:\w+\s+){{0,3}}?{_MEDIUM}\b", re.IGNORECASE)
_THE_MEDIUM: Final = re.compile(rf"\s*(?:the|this|that|la|cette)\s+(?:\w+\s+)?{_MEDIUM}\b", re.IGNORECASE)
_OF_THE_DEED: Final = re.compile(rf"{_MEDIUM}\s+of\s+(?:the|his|her|their)\s+{_DEED}\b", re.IGNORECASE)
#: "it's the first time": what is said of the incident itself, even in a sentence about a pattern
_FIRST_TOLD: Final = re.compile(
    r"\b(?:it|this|that)(?:['\u2019]s|\s+(?:is|was|has\s+been"
    r"|marks))\s+(?:\w+\s+){0,3}?first\s+(?:time|such|known|reported)\b",
    re.IGNORECASE,
)
_OPENING_CHARS: Final = 12  #: "And while ..." opens a sentence and confines nothing
_LEAD_SENTENCES: Final = 2  #: of the body, which tell of the incident itself whatever their words

_ROLES: Final = {
    "earlier": GroupRole.EARLIER,
    "pattern": GroupRole.PATTERN,
    "context": GroupRole.CONTEXT,
    "threat": GroupRole.THREAT,
}
MAIN: Final = Group("main", GroupRole.MAIN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one group."""

    start: int
    end: int
    group: str


class Grouped:
    """Proposals with their groups, all groups ("main" first), and the group of any offset."""

    def __init__(self, opened: Sequence[Group], stretches: Sequence[Stretch]) -> None:
        self.groups = (MAIN, *opened)
        self.stretches = tuple(stretches)  #: in order, of all sentences
        self._holders = Holders(stretches)
        self._roles = {group.id: group.role for group in self.groups}

    def of(self, offset: int) -> str:
        """The group of the words at an offset; "main" where no sentence is."""
        holder = self._holders.of(offset)
        return MAIN.id if holder is None else self.stretches[holder].group

    def role(self, offset: int) -> GroupRole:
        """The role of that group."""
        return self._roles[self.of(offset)]

    def placed(self, proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
        """Proposals with the groups that their first words are in."""
        return tuple(replace(proposal, group=self.of(proposal.span.start)) for proposal in proposals)


def groups(parsed: Parsed, places: Sequence[Place], times: Sequence[Time]) -> Grouped:
    """What a text tells of in groups, by the cues of its sentences and clauses."""
    grouper = _Grouper(parsed, places, times)
    stretches = grouper.stretches()
    return Grouped(grouper.opened, stretches)


class _Grouper:
    """Goes through the sentences once and opens groups as cues come."""

    def __init__(self, parsed: Parsed, places: Sequence[Place], times: Sequence[Time]) -> None:
        self._parsed = parsed
        self._quotations = Holders(parsed.quotations)
        self._lines = Holders(parsed.lines)
        self._places = sorted(place.span.start for place in places if place.role is PlaceRole.INCIDENT_SITE)
        self._times = sorted(times, key=lambda time: time.span.start)
        self.opened: list[Group] = []
        self._main_from: date | None = None
        self._lead = 0  #: sentences of the body so far, up to the lead's
        self._lead_has_medium = False
        self._medium_group = MAIN.id  #: of the medium last brought up

    def stretches(self) -> list[Stretch]:
        """All sentences with their groups, in order; a clause with words of its own is a stretch of its
        own.
        """
        whole: list[tuple[Sentence, str]] = []
        clauses: list[list[Stretch]] = []
        for sentence in self._parsed.sentences:
            lead = self._is_lead(sentence)
            group = self._group(sentence, whole, lead=lead)
            whole.append((sentence, group))
            clauses.append(self._clauses(sentence, group, lead=lead))
        found: list[Stretch] = []
        for (sentence, group), inner in zip(whole, clauses, strict=True):
            found += _cut(sentence.start, sentence.end, group, inner)
        return found

    def _is_lead(self, sentence: Sentence) -> bool:
        if sentence.kind is not LineKind.BODY:
            return True
        self._lead += 1
        lead = self._lead <= _LEAD_SENTENCES
        if lead:
            text = self._text(sentence)
            self._lead_has_medium |= re.search(rf"\b{_MEDIUM}\b", text, re.IGNORECASE) is not None
            self._main_from = self._main_from or self._earliest(sentence)
        return lead

    def _text(self, sentence: Sentence) -> str:
        return self._parsed.text[sentence.start : sentence.end]

    def _earliest(self, sentence: Sentence) -> date | None:
        inside = (time for time in self._times if sentence.start <= time.span.start < sentence.end)
        return next((time.earliest for time in inside if time.earliest is not None), None)

    def _group(self, sentence: Sentence, before: list[tuple[Sentence, str]], *, lead: bool) -> str:
        """The group of a sentence as a whole."""
        text = self._text(sentence)
        if lead:
            return MAIN.id
        if self._is_threat(sentence, text):
            return self._open("threat", shared=True)
        cue = self._cue(sentence, text)
        last, group = before[-1] if before else (None, MAIN.id)
        same_line = last is not None and self._lines.of(last.start) == self._lines.of(sentence.start)
        new_medium = _NEW_MEDIUM.match(text) and self._lead_has_medium and not _OF_THE_DEED.search(text)
        if cue == "earlier":
            group = self._medium_group = self._open("earlier")
        elif cue is not None:
            group = self._open(cue, shared=True)
        elif new_medium and same_line and self._role(group) is GroupRole.PATTERN:
            group = self._medium_group = self._open("pattern")
            self._move_line(before, group, sentence)
        elif new_medium:
            group = self._medium_group = self._open("earlier")
        elif _THE_MEDIUM.match(text):
            group = self._medium_group
        elif not (same_line and _GOES_ON.match(text)):
            group = MAIN.id
        return group

    def _move_line(self, before: list[tuple[Sentence, str]], group: str, sentence: Sentence) -> None:
        """Statements of a pattern that a medium follows in the same paragraph are told of by it."""
        for at in range(len(before) - 1, -1, -1):
            earlier, its = before[at]
            if self._lines.of(earlier.start) != self._lines.of(sentence.start) or its != "pattern":
                break
            before[at] = (earlier, group)
        if not any(its == "pattern" for _, its in before):
            self.opened = [one for one in self.opened if one.id != "pattern"]

    def _role(self, id_: str) -> GroupRole:
        return next((group.role for group in self.opened if group.id == id_), GroupRole.MAIN)

    def _open(self, kind: str, *, shared: bool = False) -> str:
        """A new group of a kind, or with `shared` the text's one for all statements of that kind."""
        if shared and any(group.id == kind for group in self.opened):
            return kind
        number = sum(group.id.startswith(f"{kind}-") for group in self.opened) + 1
        id_ = kind if shared else f"{kind}-{number}"
        self.opened.append(Group(id_, _ROLES[kind]))
        return id_

    def _is_threat(self, sentence: Sentence, text: str) -> bool:
        if (found := _THREAT.search(text)) and not _CLAUSE.search(text, 0, found.start()):
            return True
        quoted = self._quotations.of(sentence.start + len(text) // 2)
        if quoted is None:
            return False
        start, end = self._quotations.bounds(sentence.start + len(text) // 2, (0, 0))
        most = min(end, sentence.end) - max(start, sentence.start)
        return most * 10 >= len(text) * 6 and bool(_QUOTED_THREAT.search(self._parsed.text, start, end))

    def _cue(self, sentence: Sentence, text: str) -> str | None:
        """The kind of group that words of a sentence's own clause open."""
        for kind, pattern in (("earlier", _EARLIER), ("context", _CONTEXT), ("pattern", _PATTERN)):
            found = pattern.search(text)
            if found and not _scope(text, found.start()):
                return kind
        year = _YEAR.search(text)
        if (
            year
            and not _scope(text, year.start())
            and self._main_from
            and int(year["year"]) < self._main_from.year
        ):
            return "earlier"
        told = self._earliest_end(sentence)
        if told and self._main_from and told < self._main_from and self._has_site(sentence):
            return "earlier"
        return None

    def _earliest_end(self, sentence: Sentence) -> date | None:
        """When the last of a sentence's times ends; None where one is open."""
        ends = [time.latest for time in self._times if sentence.start <= time.span.start < sentence.end]
        return None if not ends or None in ends else max(end for end in ends if end is not None)

    def _has_site(self, sentence: Sentence) -> bool:
        return any(sentence.start <= start < sentence.end for start in self._places)

    def _clauses(self, sentence: Sentence, group: str, *, lead: bool) -> list[Stretch]:
        """Clauses of a sentence that belong to another group than the sentence."""
        text = self._text(sentence)
        found: list[Stretch] = []
        first = _FIRST_TOLD.search(text)
        if first and group != MAIN.id and not lead:
            found.append(Stretch(sentence.start + first.start(), sentence.end, MAIN.id))
        earlier = _EARLIER.search(text)
        begins = _scope(text, earlier.start()) if earlier else 0
        if begins and self._role(group) is GroupRole.MAIN:
            found.append(Stretch(sentence.start + begins, sentence.end, self._open("earlier")))
        for kind, pattern in (("context", _CONTEXT), ("pattern", _PATTERN), ("threat", _THREAT)):
            cue = pattern.search(text)
            begins = _scope(text, cue.start()) if cue else 0
            if begins and self._role(group) is not _ROLES[kind]:
                found.append(Stretch(sentence.start + begins, sentence.end, self._open(kind, shared=True)))
        if self._role(group) is not GroupRole.THREAT:
            quoted = self._quoted_threats(sentence)
            found += [Stretch(*bounds, self._open("threat", shared=True)) for bounds in quoted]
        return found

    def _quoted_threats(self, sentence: Sentence) -> list[tuple[int, int]]:
        at, stretches = sentence.start, []
        for quotation in self._parsed.quotations:
            if quotation.start >= sentence.end:
                break
            start, end = max(quotation.start, at), min(quotation.end, sentence.end)
            if start < end and _QUOTED_THREAT.search(self._parsed.text, start, end):
                stretches.append((start, end))
        return stretches


def _scope(text: str, cue: int) -> int:
    """Where the clause begins that a cue is confined to; 0 where it governs the whole sentence."""
    begins = [found.start() for found in _CLAUSE.finditer(text, 0, cue + 1) if found.start() > _OPENING_CHARS]
    return begins[-1] if begins else 0


def _cut(start: int, end: int, group: str, inner: list[Stretch]) -> list[Stretch]:
    """A sentence in stretches, each of one group."""
    found, at = [], start
    for one in sorted(inner, key=lambda stretch: (stretch.start, -stretch.end)):
        if one.start < at:
            continue
        if one.start > at:
            found.append(Stretch(at, one.start, group))
        found.append(one)
        at = one.end
    if at < end:
        found.append(Stretch(at, end, group))
    return found
