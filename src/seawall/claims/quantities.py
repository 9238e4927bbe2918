"""Ages, and counts of people: intervals, with the way in which the text puts them.

"No more than ten" is at most ten; "about 12" is about 12; "in his teens" is from 13 to 19. What is no
number of years of a life ("ten years of war", "a five-year-old conflict") is none, and a count counts
people only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from seawall.claims import numbers
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.report import LineKind, Operator, Quantity

_N: Final = numbers.PATTERN
_OLDEST: Final = 120
_ABOUT: Final = (
    r"about|around|approximately|some|roughly|nearly|almost|close to|circa|an estimated|estimated|environ"
    r"|près de|quelque|une"
)
#: what puts a number: the longer before the shorter
_QUALIFIERS: Final[tuple[tuple[str, Operator], ...]] = (
    (
        r"no more than|not more than|at most|up to|no older than|not older than|au plus|pas plus de",
        Operator.LE,
    ),
    (r"at least|no fewer than|no less than|not less than|no younger than|au moins|minimum", Operator.GE),
    (r"as young as", Operator.GE),
    (r"as many as|as old as", Operator.LE),
    (r"more than|over|older than|above|upwards of|plus de", Operator.GT),
    (r"less than|fewer than|under|younger than|below|moins de|not yet|not even", Operator.LT),
    (
        _ABOUT,
        Operator.APPROX,
    ),
)
_Q: Final = "|".join(words for words, _ in _QUALIFIERS)
#: what is so many years old without being somebody
_THINGS: Final = (
    r"(?:civil\s+|armed\s+|bloody\s+)?(?:conflicts?|wars?|crisis|dispute|laws?|bans?|buildings?"
    r"|insurgency|uprising|siege"
    r"|blockade|ceasefire|regime|republic|campaign|battle|rule|programme|program|tradition"
    r"|rebellion|feud|video|footage)\b"
)
_YEARS: Final = r"(?:years?|yrs?|ans|سنوات|سنة|عاما|عاماً|أعوام|عام)"


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    pattern: re.Pattern[str]


def _rule(id_: str, pattern: str) -> _Rule:
    return _Rule(id_, re.compile(pattern, re.IGNORECASE))


_AGES: Final = (
    _rule(
        "age.range_old",
        rf"\b(?:between\s+)?(?P<a>{_N})-?\s?(?:to|or|and|\u2013|-)\s?(?P<b>{_N})[- ]years?[- ]olds?\b",
    ),
    _rule(
        "age.range",
        r"\b(?:aged?|ages?|âgée?s?)\s+(?:of\s+|de\s+|from\s+)?(?:between\s+"
        rf"|entre\s+)?(?P<a>{_N})\s?(?:to|and|et|à|or|-|\u2013)\s?(?P<b>{_N})\b(?:\s+ans\b)?",
    ),
    _rule(
        "age.between", rf"\bbetween\s+(?P<a>{_N})\s+and\s+(?P<b>{_N})(?:\s+years?)?(?:\s+(?:old|of\s+age))\b"
    ),
    _rule("age.months", rf"\b(?P<months>{_N})[- ]?months?[- ]?old\b"),
    _rule(
        "age.old",
        rf"\b(?:(?P<q>{_Q})\s+)?(?P<a>{_N})[- ]?(?:years?|yrs?)[- ]?(?:olds?|of\s+age)\b(?![- ]{_THINGS})",
    ),
    _rule(
        "age.believed",
        r"\b(?:believed|thought|said|understood|reported|estimated|appears|appeared"
        r"|seems)\s+to\s+be\s+(?:only\s+|just\s+)?"
        rf"(?:(?P<q>{_Q})\s+)?(?P<a>{_N})(?=[,.;]|\s+(?:and|when|at)\b|$)",
    ),
    _rule(
        "age.at_most",
        r"\b(?:can't|cannot|couldn't|can\u2019t|could\s+not|can\s+not)\s+(?:have\s+been"
        rf"|be)\s+(?:much\s+)?(?:more|older)\s+than\s+(?P<most>{_N})\b",
    ),
    _rule("age.old_short", rf"\b(?P<a>{_N})\s?(?:yo|y/o|yrs?)\b"),
    _rule(
        "age.aged",
        r"\b(?:aged|age|âgée?s?(?:\s+de|\s+d'))\s+(?:only\s+"
        rf"|just\s+)?(?:(?P<q>{_Q})\s+)?(?P<a>{_N})\b(?:\s+{_YEARS}\b)?",
    ),
    _rule(
        "age.young_as",
        rf"\b(?P<q>as\s+young\s+as|as\s+old\s+as)\s+(?P<a>{_N})\b(?:\s+years(?:\s+(?:old|of\s+age))?)?",
    ),
    _rule(
        "age.under",
        rf"\b(?P<q>under|over|below|above|younger\s+than|older\s+than)\s+(?:the\s+age\s+of\s+)(?P<a>{_N})\b",
    ),
    _rule(
        "age.under_noun",
        r"\b(?:children|minors|boys|girls|anyone|those|people|kids)\s+(?P<q>under|over|below"
        rf"|younger\s+than)\s+(?P<a>{_N})\b(?!\s*(?:per|%|,\d))",
    ),
    _rule(
        "age.teens",
        r"\bin\s+(?:his|her|their)\s+(?P<part>early\s+|mid[- ]?|late\s+)?(?P<decade>teens"
        r"|twenties|thirties|forties|fifties|sixties|20s|30s|40s|50s|60s)\b",
    ),
    _rule(
        "age.comma",
        rf"(?<=[A-Za-z\u00c0-\u00ff.]),\s(?:(?:also|only|just|now|then)\s+)?(?P<after_name>{_N})(?=,|\)|\.?$|\.\s)",
    ),
    _rule(
        "age.first_person",
        rf"\bI(?:\s+am|['\u2019]m)\s+(?:only\s+|just\s+)?(?P<a>{_N})(?=[,.;'\"\u2019\u201d]|\s+years)",
    ),
    _rule("age.bracket", r"(?<=[a-zÀ-ÿ])\s\((?P<a>[1-9]\d?)(?=\))"),
    _rule(
        "age.was",
        r"\b(?:he|she|who|boy|girl|child|victim|il|elle)\s+(?:is|was|'s|had\s+just\s+turned"
        rf"|turned|avait|a)\s+(?:only\s+|just\s+)?(?:(?P<q>{_Q})\s+)?(?P<a>{_N})(?=[,.;]"
        r"|\s+(?:when|at\s+the\s+time|and|ans|in|on|last|this|before)\b|$)",
    ),
    _rule(
        "age.french",
        rf"\b(?:(?P<q>{_Q})\s+)?(?P<a>{_N})\s+ans\b(?!\s+(?:de\s+(?:guerre|prison|conflit|r\w+gne)"
        r"|plus\s+tard|après|avant|ago))",
    ),
    _rule(
        "age.arabic",
        rf"(?:البالغ(?:ة)?\s+من\s+العمر|عمره{chr(0x627)}?|يبلغ)\s+(?:(?:نحو|حوالي)\s+)?(?P<a>{_N})\s+{_YEARS}?",
    ),
    _rule("age.arabic_bracket", rf"\((?P<a>{_N})\s+{_YEARS}\)"),
)
_DECADES: Final = {"teens": 13, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60}
_PARTS: Final = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}

_PEOPLE: Final = (
    r"(?:people|persons?|children|child|boys?|girls?|minors?|teenagers?|youths?|youngsters|pupils"
    r"|students|schoolgirls"
    r"|schoolboys|schoolchildren|infants|babies|toddlers|men|women|civilians|soldiers|troops"
    r"|fighters|militants|gunmen"
    r"|officers|policemen|hostages|captives|prisoners|detainees|victims|villagers|residents"
    r"|workers|recruits|cadets"
    r"|executioners|killers|attackers|bombers|survivors|members|journalists|families|orphans|cubs"
    r"|others|bodies|dead"
    r"|deaths|casualties|personnes|enfants|civils|soldats|hommes|femmes|morts|blessés|otages"
    r"|combattants|élèves"
    r"|قتلى|قتيلا|قتيل|شخصا|شخص|أشخاص|أطفال|طفلا|مدنيين|مدنيا|جنود|جنديا|جريحا)"
)
_OF_PEOPLE: Final = (
    rf"(?:\s+(?:of\s+|de\s+|d')?(?!years?\b|per\b)[^\W\d_][\w'-]*){{0,3}}?\s+(?:of\s+|de\s+|d')?{_PEOPLE}\b"
)
_COUNTS: Final = (
    _rule("count.between", rf"\b(?:between|entre)\s+(?P<a>{_N})\s+(?:and|et)\s+(?P<b>{_N})(?={_OF_PEOPLE})"),
    _rule(
        "count.round",
        rf"\b(?:(?P<q>{_Q})\s+)?(?:(?P<several>several|many|a\s+few|a|two|three|four|five|une|des"
        rf"|plusieurs)\s+)?(?P<round>{'|'.join(numbers.ROUND)})(?=(?:\s+(?:of|de|d'))?{_OF_PEOPLE}"
        r"|\s+(?:were|was|have\s+been|had\s+been|of\s+them)\s)",
    ),
    _rule(
        "count.number",
        rf"(?<![\w.,-])(?:(?P<q>{_Q})\s+)?(?P<a>{_N})(?!\s*(?:per\s?cent|%|years?|ans|days?"
        r"|months?|weeks?|hours?|minutes?|km|kilomet|miles|metres|meters|million|-year|\d|:|/"
        rf"|st\b|nd\b|rd\b|th\b))(?={_OF_PEOPLE})",
    ),
    _rule(
        "count.verb",
        rf"(?<![\w.,-])(?:(?P<q>{_Q})\s+)?(?P<a>{_N})(?=\s+(?:were|have\s+been|had\s+been"
        r"|are)\s+(?:killed|wounded|injured|executed|abducted|kidnapped|missing|dead|taken|shot"
        r"|beheaded|arrested))",
    ),
    _rule(
        "count.killing",
        r"\b(?:killed|killing|wounded|wounding|injured|injuring|left|abducted|tué"
        rf"|blessé)\s+(?:(?P<q>{_Q})\s+)?(?P<a>{_N})(?=[.,;]|\s+(?:and|dead|others)\b|$)",
    ),
)
#: a text without any of these tells no number; asking once saves asking every rule
_ANY: Final = re.compile(
    rf"[\d\u0660-\u0669\u06f0-\u06f9]|\b(?:{'|'.join([*numbers.WORDS, *numbers.ROUND, *_DECADES])})\b",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"\s+")
_IN_DIGITS: Final = {"20s": 20, "30s": 30, "40s": 40, "50s": 50, "60s": 60}


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity with the rule that found it."""

    quantity: Quantity
    rule: str


def ages(parsed: Parsed) -> tuple[Found, ...]:
    """Ages of people, in years; those told in months are 0 or 1 year."""
    return _found(parsed, _AGES, _age)


def counts(parsed: Parsed) -> tuple[Found, ...]:
    """Numbers of people, without those that are ages."""
    taken = [(age.quantity.span.start, age.quantity.span.end) for age in ages(parsed)]
    return _found(parsed, _COUNTS, _count, taken)


def _found(
    parsed: Parsed,
    rules: tuple[_Rule, ...],
    meaning: Callable[[re.Match[str]], tuple[Operator, int | None, int | None] | None],
    taken: Iterable[tuple[int, int]] = (),
) -> tuple[Found, ...]:
    """Where rules match, an earlier rule before a later one, none over another."""
    over = Intervals(taken)
    found: list[Found] = []
    lines = [
        line
        for line in parsed.lines
        if line.kind is not LineKind.CREDIT and _ANY.search(parsed.text, line.start, line.end)
    ]
    for rule in rules:
        for line in lines:
            for match in rule.pattern.finditer(parsed.text, line.start, line.end):
                meant = meaning(match)
                if meant is None or over.meets(match.start(), match.end()):
                    continue
                span = parsed.span(_first_letter(match), match.end())
                over.add(span.start, span.end)
                found.append(Found(Quantity(span, *meant), rule.id))
    return tuple(sorted(found, key=lambda one: one.quantity.span.start))


def _first_letter(match: re.Match[str]) -> int:
    """Where a match begins without the punctuation that a rule looks for first."""
    return match.start() + len(match[0]) - len(match[0].lstrip(", ("))


def _age(match: re.Match[str]) -> tuple[Operator, int | None, int | None] | None:
    groups = match.groupdict()
    if decade := groups.get("decade"):
        return Operator.RANGE, *_decade(decade.lower(), (groups.get("part") or "").strip(" -").lower())
    if most := groups.get("most"):
        return bounds(Operator.LE, numbers.value(most) or 0)
    if months := groups.get("months"):
        number = numbers.value(months)
        return None if number is None else (Operator.EQ, number // 12, number // 12)
    if written := groups.get("after_name"):
        name = match.string[max(0, match.start() - 40) : match.start()].rpartition(" ")[2]
        if name == name.lower():
            return None
        groups["a"] = written
    meant = _number(groups)
    if meant is None or max(meant[1] or 0, meant[2] or 0) > _OLDEST:
        return None
    return meant


def _count(match: re.Match[str]) -> tuple[Operator, int | None, int | None] | None:
    groups = match.groupdict()
    if word := groups.get("round"):
        operator = _operator(groups.get("q"))
        low = numbers.ROUND[_SPACES.sub(" ", word.lower())] * (
            numbers.WORDS.get((groups.get("several") or "").lower(), 1)
        )
        return (operator, None, low) if operator in {Operator.LE, Operator.LT} else (Operator.GE, low, None)
    meant = _number(groups)
    return None if meant is None or meant[:2] == (Operator.EQ, 1) else meant


def _number(groups: dict[str, str | None]) -> tuple[Operator, int | None, int | None] | None:
    first = numbers.value(groups.get("a") or "")
    if first is None:
        return None
    if (written := groups.get("b")) is not None:
        second = numbers.value(written)
        return None if second is None or second < first else (Operator.RANGE, first, second)
    return bounds(_operator(groups.get("q")), first)


def bounds(operator: Operator, number: int) -> tuple[Operator, int | None, int | None]:
    """What an operator makes of a number: which ends it leaves open."""
    match operator:
        case Operator.LE | Operator.LT:
            return operator, None, number
        case Operator.GE | Operator.GT:
            return operator, number, None
        case _:
            return operator, number, number


def _operator(qualifier: str | None) -> Operator:
    if qualifier is None:
        return Operator.EQ
    plain = _SPACES.sub(" ", qualifier)
    return next(
        (operator for words, operator in _QUALIFIERS if re.fullmatch(words, plain, re.IGNORECASE)),
        Operator.EQ,
    )


def _decade(decade: str, part: str) -> tuple[int, int]:
    """The ages that "in his early teens" may mean; no reading of "early" is certain, so it is a wide one."""
    low = _DECADES.get(decade) or _IN_DIGITS[decade]
    first, last = _PARTS.get(part, (0, 6 if decade == "teens" else 9))
    return low + min(first, 6), min(low + last, 19 if decade == "teens" else low + 9)
