"""Times of a text as intervals of days: dates by name, and vague ones counted from the publication.

No interval ends after the publication. What is told from the publication stays open where the publication's
date is not known. Rules of our own: libraries that look for dates in running text read "ten years of age"
as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from seawall.claims import dates, numbers
from seawall.claims.dates import Meaning
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.report import Anchor, LineKind, Time, TimePrecision

_N: Final = numbers.PATTERN
_UNIT: Final = r"(?P<unit>day|week|month|year|jour|semaine|mois|année|an)s?"
#: how many of a unit a vague word reaches back at most
_VAGUE: Final = {
    "a few": 6,
    "few": 6,
    "several": 10,
    "a couple of": 3,
    "recent": 6,
    "some": 10,
    "quelques": 6,
    "many": 20,
}
_PART_OF_DAY: Final = r"(?:\s+(?:morning|afternoon|evening|night|matin|soir|dernier))?"
_PART: Final = r"(?:(?P<part>early|mid|late|the\s+beginning\s+of|the\s+end\s+of|début|fin)[ -])?"
_LATER: Final = r"(?P<last>last\s+|past\s+)?"
_DAYS: Final = {
    "day": 1,
    "jour": 1,
    "week": 7,
    "semaine": 7,
    "month": 31,
    "mois": 31,
    "year": 366,
    "an": 366,
    "année": 366,
}
_PRECISIONS: Final = {
    1: TimePrecision.DAY,
    7: TimePrecision.WEEK,
    31: TimePrecision.MONTH,
    366: TimePrecision.YEAR,
}
_MOST_DAYS: Final = 366 * 200


@dataclass(frozen=True, slots=True)
class Found:
    """A time with the rule that found it."""

    time: Time
    rule: str


Meaner = Callable[[re.Match[str], date | None], Meaning | None]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    pattern: re.Pattern[str]
    meaning: Meaner


def _rule(id_: str, pattern: str, meaning: Meaner) -> _Rule:
    return _Rule(id_, re.compile(pattern, re.IGNORECASE), meaning)


def _unresolved(precision: TimePrecision) -> Meaning:
    return Meaning(Anchor.UNKNOWN, precision, (None, None))


def _unit(match: re.Match[str]) -> int:
    return _DAYS[match["unit"].lower()]


def _this(match: re.Match[str], published: date | None) -> Meaning:
    """As "This month", "earlier this month": from the unit's first day to the publication."""
    length = _unit(match)
    if published is None:
        return _unresolved(_PRECISIONS[length])
    return Meaning(Anchor.PUBLISHED, _PRECISIONS[length], (_first_day(published, length), published))


def _last(match: re.Match[str], published: date | None) -> Meaning:
    """As "Last week": the whole unit before the one of the publication; of weeks also the seven days before
    it.
    """
    length = _unit(match)
    if published is None:
        return _unresolved(_PRECISIONS[length])
    until = _first_day(published, length) - timedelta(days=1)
    since = _first_day(until, length)
    if length == 7:
        until = published - timedelta(days=1)
    return Meaning(Anchor.PUBLISHED, _PRECISIONS[length], (since, until))


def _first_day(day: date, length: int) -> date:
    if length == 1:
        return day
    if length == 7:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if length == 31 else day.replace(month=1, day=1)


def _ago(match: re.Match[str], published: date | None) -> Meaning | None:
    """As "Three weeks ago": that many units back, and half a unit on either side for all but days."""
    length = _unit(match)
    if published is None:
        return _unresolved(_PRECISIONS[length])
    many, exact = _many(match)
    if many is None or many * length > _MOST_DAYS:
        return None
    if not exact:
        since = _back(published, many * length)
        return Meaning(Anchor.PUBLISHED, TimePrecision.VAGUE, (since, _back(published, length)))
    slack = length // 2
    return Meaning(
        Anchor.PUBLISHED,
        _PRECISIONS[length],
        (_back(published, many * length + slack), _back(published, many * length - slack)),
    )


def _during(match: re.Match[str], published: date | None) -> Meaning | None:
    """As "In recent months", "over the past two weeks": from that far back to the publication."""
    length = _unit(match)
    if published is None:
        return _unresolved(TimePrecision.VAGUE)
    many, _ = _many(match)
    if many is None or many * length > _MOST_DAYS:
        return None
    return Meaning(Anchor.PUBLISHED, TimePrecision.VAGUE, (_back(published, many * length), published))


def _many(match: re.Match[str]) -> tuple[int | None, bool]:
    groups = match.groupdict()
    if vague := groups.get("vague"):
        return _VAGUE[re.sub(r"\s+", " ", vague.lower())], False
    written = groups.get("n")
    if written is None or written.lower() in {"a", "an", "un", "une"}:
        return 1, True
    return numbers.value(written), True


def _back(published: date, days: int) -> date:
    return published - timedelta(days=min(days, (published - date.min).days))


def _today(match: re.Match[str], published: date | None) -> Meaning:
    if published is None:
        return _unresolved(TimePrecision.DAY)
    back = 1 if match["word"].lower() in {"yesterday", "hier", "أمس"} else 0
    on = _back(published, back)
    return Meaning(Anchor.PUBLISHED, TimePrecision.DAY, (on, on))


def _weekend(match: re.Match[str], published: date | None) -> Meaning:
    """The latest weekend that had begun; "last weekend" of a weekend's text is the one before."""
    if published is None:
        return _unresolved(TimePrecision.DAY)
    saturday = published - timedelta(days=(published.weekday() - 5) % 7)
    if match["last"] and published.weekday() >= 5:
        saturday -= timedelta(days=7)
    return Meaning(Anchor.PUBLISHED, TimePrecision.DAY, (saturday, saturday + timedelta(days=1)))


def _recently(_match: re.Match[str], published: date | None) -> Meaning:
    """As "Recently": no more is known than that it was before."""
    latest = published
    return Meaning(
        Anchor.UNKNOWN if published is None else Anchor.PUBLISHED, TimePrecision.VAGUE, (None, latest)
    )


def _other_event(match: re.Match[str], published: date | None) -> Meaning:
    """As "The previous week", "two days later": told from something else in the text."""
    length = _DAYS.get((match.groupdict().get("unit") or "day").lower(), 1)
    return Meaning(Anchor.OTHER_EVENT, _PRECISIONS[length], (None, published))


_RULES: Final = (
    _rule("time.iso", r"\b(?P<year>1[89]\d\d|20\d\d)-(?P<m>0\d|1[0-2])-(?P<day>[0-3]\d)\b", dates.digits),
    _rule(
        "time.slashes",
        r"\b(?P<first>[0-3]?\d)[/.](?P<second>[0-3]?\d)[/.](?P<year>1[89]\d\d|20\d\d)\b",
        dates.digits_of_doubt,
    ),
    _rule(
        "time.day_month_year", rf"\b{dates.DAY}(?:\s+of)?\s+{dates.MONTH},?\s+{dates.YEAR}\b", dates.day_of
    ),
    _rule("time.month_day_year", rf"\b{dates.MONTH}\s+{dates.DAY}(?:,\s*|\s+){dates.YEAR}\b", dates.day_of),
    _rule("time.month_year", rf"\b{_PART}{dates.MONTH},?\s+(?:of\s+|de\s+)?{dates.YEAR}\b", dates.month_of),
    _rule("time.day_month", rf"\b{dates.DAY}(?:\s+of)?\s+{dates.MONTH}(?!\w)", dates.day_of),
    _rule(
        "time.month_day",
        rf"\b{dates.MONTH}\s+{dates.DAY}\b(?!\s*(?:people|children|,?\d|Movement))",
        dates.day_of,
    ),
    _rule(
        "time.season",
        r"\b(?:(?P<last>last)\s+|in\s+(?:the\s+)?|this\s+|(?:early|late)\s+)(?P<season>spring"
        r"|summer|autumn|winter)"
        rf"(?:\s+(?:of\s+)?{dates.YEAR})?\b",
        dates.season_of,
    ),
    _rule(
        "time.month",
        rf"\b(?:in|since|during|by|until|from|en|depuis)\s+{_LATER}{_PART}{dates.MONTH}(?!\w)(?!\s+\d)",
        dates.month_of,
    ),
    _rule("time.last_month_name", rf"\b(?P<last>last\s+){dates.MONTH}(?!\w)", dates.month_of),
    _rule(
        "time.weekday",
        rf"\b(?:(?:on|since|by|until)\s+)?(?:(?:early|late)\s+)?{_LATER}{dates.WEEKDAY}(?!\w){_PART_OF_DAY}",
        dates.weekday_of,
    ),
    _rule("time.weekend", r"\b(?:(?P<last>last)|over\s+the|at\s+the|this|the)\s+weekend\b", _weekend),
    _rule(
        "time.this",
        r"\b(?:(?:earlier|late|later|early)\s+)?(?:this|ce|cette)\s+(?P<unit>week|month|year"
        r"|semaine|mois|année)\b",
        _this,
    ),
    _rule("time.last", r"\b(?:late\s+|early\s+)?last\s+(?P<unit>week|month|year)\b", _last),
    _rule(
        "time.last_french",
        r"\bl(?:[ae]\s+|['\u2019])(?P<unit>semaine|mois|an|année)\s+derni(?:er|ère)\b",
        _last,
    ),
    _rule(
        "time.during",
        rf"\b(?:in|over|during|within|for)\s+(?:the\s+)?(?:past|last)\s+(?:(?P<n>{_N}|a)"
        rf"|(?P<vague>few|several))?\s*{_UNIT}\b",
        _during,
    ),
    _rule("time.recent", rf"\b(?:in|over|of)\s+(?P<vague>recent)\s+{_UNIT}\b", _during),
    _rule("time.recent_french", rf"\bces\s+derni(?:ers|ères)\s+{_UNIT}", _during),
    _rule(
        "time.ago",
        rf"\b(?:(?P<n>{_N}|an?)|(?P<vague>a\s+few|several|a\s+couple\s+of|some|many))\s+{_UNIT}\s+ago\b",
        _ago,
    ),
    _rule("time.ago_french", rf"\bil\s+y\s+a\s+(?:(?P<n>{_N})|(?P<vague>quelques))\s+{_UNIT}\b", _ago),
    _rule("time.today", r"(?<!\w)(?P<word>yesterday|today|tonight|hier|aujourd'hui|أمس|اليوم)(?!\w)", _today),
    _rule(
        "time.other_event",
        rf"\b(?:the|a)\s+(?:previous|following|next|same)\s+(?P<unit>day|night|week|month|year)\b"
        rf"|\b(?:the\s+day|a\s+(?:day|week|month|year))\s+(?:before|earlier|later|after)\b"
        rf"|\b(?:{_N}|a\s+few|several)?\s*(?:days|weeks|months|years|hours)\s+(?:later|earlier"
        r"|before|after)\b",
        _other_event,
    ),
    _rule(
        "time.years",
        rf"\b(?:between|from|in)\s+{dates.YEAR}\s*(?:and|to|-|\u2013)\s*(?P<until>20\d\d|1[89]\d\d)\b",
        dates.years_of,
    ),
    _rule(
        "time.year",
        rf"\b(?:in|since|during|until|from|by|of|early|late|mid|en|depuis|عام|سنة)[ -]{dates.YEAR}\b",
        dates.year_of,
    ),
    _rule(
        "time.recently",
        r"\b(?:recently|récemment|in\s+the\s+past|lately)\b(?!\s+\w+\s+(?:days|weeks|months|years))",
        _recently,
    ),
)


def times(parsed: Parsed, published: date | None) -> tuple[Found, ...]:
    """All times in the text's order, each with its rule; of credits none."""
    over = Intervals()
    found: list[tuple[Meaning, int, int, str]] = []
    for rule in _RULES:
        for line in parsed.lines:
            if line.kind is LineKind.CREDIT:
                continue
            for match in rule.pattern.finditer(parsed.text, line.start, line.end):
                if over.meets(match.start(), match.end()) or _ordinary(match):
                    continue
                meant = _before(rule.meaning(match, published), published)
                if meant is not None:
                    over.add(match.start(), match.end())
                    found.append((meant, match.start(), match.end(), rule.id))
    found.sort(key=lambda one: one[1])
    return tuple(
        Found(
            Time(f"time-{number}", parsed.span(start, end), meant.anchor, *meant.interval, meant.precision),
            rule,
        )
        for number, (meant, start, end, rule) in enumerate(found, start=1)
    )


def _ordinary(match: re.Match[str]) -> bool:
    """Whether a month's name is the word that it also is: "may", "march", "mar"."""
    month = match.groupdict().get("month")
    return month is not None and month in {"may", "march", "mar", "dec"}


def _before(meant: Meaning | None, published: date | None) -> Meaning | None:
    """A meaning cut off at the publication; None for one that lies wholly after it."""
    if meant is None or published is None:
        return meant
    earliest, latest = meant.interval
    if earliest is not None and earliest > published:
        return None
    return Meaning(meant.anchor, meant.precision, (earliest, min(latest, published) if latest else latest))
