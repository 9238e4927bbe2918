"""People of a text under pseudonyms: what each is to the incident, whether a child, how old.

Nothing links "he" to "the boy": mentions of one child in one group of claims are taken for one child, unless
the text calls one a boy and the other a girl. A child has no name here; an adult's is kept only where the
text gives an adult's age, office or rank, and only of victims, sources and perpetrators.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from seawall.claims import child_acts, minors, terms, vocabulary
from seawall.claims.groups import MAIN, Grouped
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Holders, Intervals
from seawall.model.claim import GroupRole, Span
from seawall.model.report import LineKind, Minor, Person, PersonRole, Quantity

_ADJECTIVES: Final = (
    r"(?:(?!(?:of|in|on|at|by|to|and|or|the|a|an|with|who|that|his|her|their|from)\b)[\w'\u2019-]+\s+){0,4}?"
)
_DETERMINER: Final = (
    r"(?:(?:a|an|the|this|that|another|one|his|her|their|un|une|le|la|cet|cette)\s+|l['\u2019]|\b(?=\d))"
)
_ONE_CHILD: Final = "|".join(sorted(vocabulary.CHILD, key=len, reverse=True))
_CHILD: Final = re.compile(
    rf"\b(?P<np>{_DETERMINER}{_ADJECTIVES}(?P<noun>{_ONE_CHILD}))\b"
    r"(?!['\u2019]s\s+(?:father|mother|parents?|family|uncle|aunt|brother|sister))"
    r"(?!-)(?!\s+(?:soldiers|killers|fighters|executioners|recruits|bombers|protection|labou?r"
    r"|abuse|marriage|welfare|rights|psychologist))",
    re.IGNORECASE,
)
_WITNESS: Final = re.compile(
    rf"\s+(?:who\s+\w+\s+)?(?:{vocabulary.SPEECH}|saw|watched|witnessed|remembers?)\b", re.IGNORECASE
)
_VICTIMS: Final = (
    r"soldier|officer|hostage|victim|captive|prisoner|detainee|journalist|reporter|civilian"
    r"|policeman|pilot|teacher"
    r"|driver|aid\s+worker|priest|shepherd|farmer|spy|man|woman|otage|soldat|victime|prisonnier|journaliste"
)
_PERPETRATORS: Final = (
    r"militant|fighter|gunman|executioner|jihadist|jihadi|terrorist|attacker|assailant|bomber"
    r"|extremist|insurgent"
    r"|kidnapper|djihadiste|combattant|assaillant"
)
_ADULTS: Final = re.compile(
    r"\b(?P<np>(?:(?:an?|the|this|that|another|one|un|une|le|la|cet|cette)\s+"
    rf"|l['\u2019]){_ADJECTIVES}(?:(?P<victim>{_VICTIMS})"
    rf"|(?P<perpetrator>{_PERPETRATORS})))\b(?!s)(?!\s+(?:{_VICTIMS}|{_PERPETRATORS})\b)",
    re.IGNORECASE,
)
_HARM: Final = (
    r"(?:killed|beheaded|executed|shot|stabbed|captured|abducted|kidnapped|murdered|decapitated"
    r"|burned|tortured|forced|held"
    r"|taken|seized|slain|wounded|injured|hanged|crucified|tuée?|exécutée?|décapitée?|enlevée?|égorgée?)"
)
_HARMED: Final = re.compile(
    rf"[^.;]{{0,40}}?\b(?:was|is|has\s+been|had\s+been|being|is\s+seen\s+being"
    rf"|a\s+été)\s+(?:\w+ly\s+)?{_HARM}\b",
    re.IGNORECASE,
)
_HARMING: Final = re.compile(
    r"(?:killing|killed|beheading|beheaded|executing|executed|execution|shooting|shot|murder"
    r"|abducting|abducted|captured|capturing"
    r"|kidnapping|kidnapped|decapitating|stabbing|torturing|throat\s+of|head\s+of|body\s+of"
    r"|kills?|beheads?|executes?|shoots?)\s+(?:of\s+)?$",
    re.IGNORECASE,
)
_ALWAYS_VICTIMS: Final = terms.listed("hostage victim captive prisoner otage victime prisonnier")


@dataclass(slots=True)
class _Sketch:
    """A person while the text is gone through."""

    kind: str  #: what the pseudonym begins with
    role: PersonRole
    minor: Minor = Minor.UNKNOWN
    cue: Span | None = None
    ages: list[Quantity] = field(default_factory=list)
    mentions: list[Span] = field(default_factory=list)
    name: Span | None = None
    withheld: tuple[Span, ...] = ()

    def person(self, id_: str) -> Person:
        return Person(
            id_,
            self.role,
            self.minor,
            self.cue,
            tuple(self.ages),
            tuple(self.mentions),
            self.name,
            self.withheld,
        )


def people(
    parsed: Parsed,
    grouped: Grouped,
    ages: Sequence[Quantity],
    named: Sequence[minors.Named],
    taken: Iterable[tuple[int, int]] = (),
) -> tuple[Person, ...]:
    """All people, children first; `named` are those whose names are withheld, `taken` names of
    organisations.
    """
    hidden = Intervals((span.start, span.end) for one in named for span in one.spans)
    sketches = [*_children(parsed, grouped, ages, named, hidden), *_adults(parsed, grouped, hidden)]
    sketches += _named_adults(parsed, ages, hidden, taken)
    counted: dict[str, int] = {}
    found = []
    for sketch in sketches:
        counted[sketch.kind] = counted.get(sketch.kind, 0) + 1
        found.append(sketch.person(f"{sketch.kind}-{counted[sketch.kind]}"))
    return tuple(found)


def _group(grouped: Grouped, offset: int) -> str:
    """Whose deed the words tell of: a threat's speaker is of the incident itself."""
    return MAIN.id if grouped.role(offset) is GroupRole.THREAT else grouped.of(offset)


def _body(parsed: Parsed, pattern: re.Pattern[str]) -> Iterable[re.Match[str]]:
    for line in parsed.lines:
        if line.kind is not LineKind.CREDIT:
            yield from pattern.finditer(parsed.text, line.start, line.end)


def _children(
    parsed: Parsed,
    grouped: Grouped,
    ages: Sequence[Quantity],
    named: Sequence[minors.Named],
    hidden: Intervals,
) -> list[_Sketch]:
    """One child a group and gender, and one for each name that is withheld."""
    told = child_acts.told(parsed)
    sketches: dict[tuple[str, str], _Sketch] = {}
    genders: dict[str, set[str]] = {}
    for match in _body(parsed, _CHILD):
        noun = match["noun"].lower()
        start = match.start("np")
        if hidden.meets(start, match.end("np")):
            start = match.start("noun")
        if hidden.meets(start, match.end("np")):
            continue
        before = (
            parsed.text[max(0, match.start("noun") - 30) : match.start("noun")].rstrip().rpartition(" ")[2]
        )
        if match["noun"][0].isupper() and before[:1].isupper():
            continue  # "Government Girls Secondary School"
        group = _group(grouped, match.start())
        gender = _gender(genders.setdefault(group, set()), vocabulary.CHILD.get(noun, ""))
        sketch = sketches.setdefault((group, gender), _Sketch("child", PersonRole.OTHER))
        sketch.mentions.append(parsed.span(start, match.end("np")))
        _mark(sketch, parsed.span(match.start("noun"), match.end("noun")), noun)
        sketch.role = _stronger(sketch.role, _role(parsed, match, told))
    _give_ages(parsed, list(sketches.values()), ages)
    return [*sketches.values(), *_withheld(grouped, named, sketches)]


def _gender(known: set[str], gender: str) -> str:
    """Which child of a group a word is for: "the child" is the boy where there is no girl."""
    if gender:
        known.add(gender)
    if "f" not in known or "m" not in known:
        return ""
    return gender if gender == "f" else ""


def _mark(sketch: _Sketch, noun: Span, word: str) -> None:
    stated = terms.fold(word) in vocabulary.STATED or word in vocabulary.STATED
    if stated and sketch.minor is not Minor.STATED:
        sketch.minor, sketch.cue = Minor.STATED, noun
    elif sketch.minor is Minor.UNKNOWN:
        sketch.minor, sketch.cue = Minor.IMPLIED, noun


_STRENGTH: Final = (
    PersonRole.OTHER,
    PersonRole.WITNESS,
    PersonRole.SOURCE,
    PersonRole.ALLEGED_PERPETRATOR,
    PersonRole.VICTIM,
    PersonRole.CHILD_USED,
)


def _stronger(one: PersonRole, other: PersonRole) -> PersonRole:
    return max(one, other, key=_STRENGTH.index)


def _role(parsed: Parsed, match: re.Match[str], told: Sequence[child_acts.Told]) -> PersonRole:
    """What a child is to the incident, by the acts that the words around tell of."""
    acts = {one.act for one in told if one.start < match.end() and match.start() < one.end}
    if child_acts.Act.USED in acts:
        return PersonRole.CHILD_USED
    if acts:
        return PersonRole.VICTIM
    return PersonRole.WITNESS if _WITNESS.match(parsed.text, match.end()) else PersonRole.OTHER


def _give_ages(parsed: Parsed, sketches: list[_Sketch], ages: Sequence[Quantity]) -> None:
    """Ages of children to the child mentioned nearest in the same sentence."""
    sentences = Holders(parsed.sentences)
    by_sentence: dict[int | None, list[tuple[Span, _Sketch]]] = {}
    for sketch in sketches:
        for mention in sketch.mentions:
            by_sentence.setdefault(sentences.of(mention.start), []).append((mention, sketch))
    for age in ages:
        here = by_sentence.get(sentences.of(age.span.start), [])
        if minors.is_minor(age) and here:
            _, sketch = min(here, key=lambda one: abs(one[0].start - age.span.start))
            sketch.ages.append(age)
            sketch.minor, sketch.cue = Minor.STATED, sketch.cue or age.span


def _withheld(
    grouped: Grouped,
    named: Sequence[minors.Named],
    sketches: dict[tuple[str, str], _Sketch],
) -> list[_Sketch]:
    """People whose names are withheld. The one named child of a group with one child is that child."""
    found: list[_Sketch] = []
    groups = [_group(grouped, one.at) for one in named]
    rivals = Counter(
        group for one, group in zip(named, groups, strict=True) if one.minor is not Minor.UNKNOWN
    )
    alone: dict[str, list[_Sketch]] = {}
    for (its, _), sketch in sketches.items():
        alone.setdefault(its, []).append(sketch)
    for one, group in zip(named, groups, strict=True):
        if one.minor is not Minor.UNKNOWN and rivals[group] == len(alone.get(group, ())) == 1:
            sketch = alone[group][0]
        else:
            sketch = _nameless(one)
            found.append(sketch)
        sketch.withheld = tuple(sorted({*sketch.withheld, *one.spans}, key=lambda span: span.start))
        if one.minor is Minor.STATED or sketch.minor is Minor.UNKNOWN:
            sketch.minor = one.minor
            sketch.cue = sketch.cue or one.cue
        if one.age is not None and one.age not in sketch.ages:
            sketch.ages.append(one.age)
    return found


def _nameless(one: minors.Named) -> _Sketch:
    if one.minor is not Minor.UNKNOWN:
        return _Sketch("child", PersonRole.OTHER)
    return _Sketch("victim", PersonRole.VICTIM) if one.victim else _Sketch("person", PersonRole.OTHER)


def _adults(parsed: Parsed, grouped: Grouped, hidden: Intervals) -> list[_Sketch]:
    """The victim and the perpetrator of each group, where the text speaks of one."""
    sketches: dict[tuple[str, str], _Sketch] = {}
    harmed: set[str] = set()
    for match in _body(parsed, _ADULTS):
        if hidden.meets(match.start("np"), match.end("np")):
            continue
        group = _group(grouped, match.start())
        kind = "victim" if match["victim"] else "perpetrator"
        role = PersonRole.VICTIM if match["victim"] else PersonRole.ALLEGED_PERPETRATOR
        sketch = sketches.setdefault((kind, group), _Sketch(kind, role))
        sketch.mentions.append(parsed.span(match.start("np"), match.end("np")))
        if kind == "victim" and _is_harmed(parsed.text, match):
            harmed.add(group)
    return [s for (kind, group), s in sketches.items() if kind != "victim" or group in harmed]


def _is_harmed(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start("np") - 60) : match.start("np")]
    return bool(
        match["victim"].lower() in _ALWAYS_VICTIMS
        or _HARMED.match(text, match.end(), match.end() + 120)
        or _HARMING.search(before)
    )


def _named_adults(
    parsed: Parsed, ages: Sequence[Quantity], hidden: Intervals, taken: Iterable[tuple[int, int]]
) -> list[_Sketch]:
    """Adults whom the text names with an age, an office or a rank."""
    found: dict[str, _Sketch] = {}
    for start, end in minors.names_of_adults(parsed, ages, taken):
        if hidden.meets(start, end):
            continue
        span = parsed.span(start, end)
        role = _adult_role(parsed.text, start, end)
        if role is PersonRole.OTHER:
            continue
        known = found.get(terms.fold(span.text).rpartition(" ")[2])
        if known is None:
            kind = "perpetrator" if role is PersonRole.ALLEGED_PERPETRATOR else role.value
            known = _Sketch(kind, role, name=span)
            found[terms.fold(span.text).rpartition(" ")[2]] = known
        known.mentions.append(span)
    return list(found.values())


_SAYS: Final = re.compile(rf"[^.;\"\u201d]{{0,80}}?\b(?:{vocabulary.SPEECH})\b", re.IGNORECASE)
_SAID_BY: Final = re.compile(
    rf"(?:\b(?:{vocabulary.SPEECH}|according\s+to|selon)\s+(?:[\w-]+\s+){{0,4}}?)$", re.IGNORECASE
)
_ACCUSED: Final = re.compile(
    r"\b(?:suspected|accused|wanted|arrested|charged|convicted|executioner|militant|gunman"
    r"|attacker|masterminded|pledged)\b",
    re.IGNORECASE,
)


def _adult_role(text: str, start: int, end: int) -> PersonRole:
    before, after = (
        text[max(0, start - 80) : start].rpartition("\n")[2],
        text[end : end + 100].split("\n", maxsplit=1)[0],
    )
    if _HARMED.match(after) or _HARMING.search(before):
        return PersonRole.VICTIM
    if _ACCUSED.search(before[-40:]) or _ACCUSED.search(after[:40]):
        return PersonRole.ALLEGED_PERPETRATOR
    if _SAYS.match(after) or _SAID_BY.search(before):
        return PersonRole.SOURCE
    return PersonRole.OTHER
