"""Days, months, seasons and years by their names: what each means, whether or not it says its year.

One that does not say its year is the latest that had begun when the text was published.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from seawall.claims import terms, vocabulary
from seawall.model.report import Anchor, TimePrecision

_MONTH_NUMBERS: Final = {
    terms.fold(name): number for number, names in enumerate(vocabulary.MONTHS, start=1) for name in names
}
_WEEKDAY_NUMBERS: Final = {
    terms.fold(name): number for number, names in enumerate(vocabulary.WEEKDAYS) for name in names
}


def _names(table: tuple[tuple[str, ...], ...]) -> str:
    return "|".join(sorted((name for names in table for name in names), key=len, reverse=True))


MONTH: Final = rf"(?P<month>{_names(vocabulary.MONTHS)})\.?"
WEEKDAY: Final = rf"(?P<weekday>{_names(vocabulary.WEEKDAYS)})"
DAY: Final = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er)?"
YEAR: Final = r"(?P<year>1[89]\d\d|20\d\d)"
SEASONS: Final = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}

Interval = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words for a time mean."""

    anchor: Anchor
    precision: TimePrecision
    interval: Interval


def day_of(match: re.Match[str], published: date | None) -> Meaning | None:
    """A day of a month, with its year or in the latest year that is not after the publication."""
    month, day = _month_number(match), int(match["day"])
    written = match.groupdict().get("year")
    if written is None and published is None:
        return Meaning(Anchor.UNKNOWN, TimePrecision.DAY, (None, None))
    years = [int(written)] if written else [published.year, published.year - 1] if published else []
    for year in years:
        if day <= monthrange(year, month)[1] and (
            written or published is None or date(year, month, day) <= published
        ):
            on = date(year, month, day)
            return Meaning(Anchor.ABSOLUTE if written else Anchor.PUBLISHED, TimePrecision.DAY, (on, on))
    return None


def digits(match: re.Match[str], _published: date | None) -> Meaning | None:
    try:
        on = date(int(match["year"]), int(match["m"]), int(match["day"]))
    except ValueError:
        return None
    return Meaning(Anchor.ABSOLUTE, TimePrecision.DAY, (on, on))


def digits_of_doubt(match: re.Match[str], _published: date | None) -> Meaning | None:
    """03/04/2015 is the third of April or the fourth of March: both are within."""
    year, first, second = int(match["year"]), int(match["first"]), int(match["second"])
    days = sorted(
        date(year, month, day)
        for month, day in {(second, first), (first, second)}
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    )
    if not days:
        return None
    precision = TimePrecision.DAY if days[0] == days[-1] else TimePrecision.VAGUE
    return Meaning(Anchor.ABSOLUTE, precision, (days[0], days[-1]))


def month_of(match: re.Match[str], published: date | None) -> Meaning | None:
    """A month with its year, or the latest of that name that had begun when the text was published."""
    month = _month_number(match)
    written = match.groupdict().get("year")
    if written:
        return Meaning(Anchor.ABSOLUTE, TimePrecision.MONTH, _within_month(int(written), month, match))
    if published is None:
        return Meaning(Anchor.UNKNOWN, TimePrecision.MONTH, (None, None))
    year = published.year if month <= published.month else published.year - 1
    if (match.groupdict().get("last") or "").strip() and month == published.month:
        year -= 1
    within = _within_month(year, month, match)
    if within[0] is not None and within[0] > published:
        within = _within_month(year - 1, month, match)
    return Meaning(Anchor.PUBLISHED, TimePrecision.MONTH, within)


def _within_month(year: int, month: int, match: re.Match[str]) -> Interval:
    """A month, or the part of it that "early", "mid" or "late" says: a third of it and some days."""
    last = monthrange(year, month)[1]
    part = (match.groupdict().get("part") or "").strip(" -").lower()
    first_day, last_day = {
        "early": (1, 12),
        "début": (1, 12),
        "the beginning of": (1, 12),
        "mid": (8, 22),
        "middle of": (8, 22),
        "late": (18, last),
        "fin": (18, last),
        "the end of": (18, last),
    }.get(part, (1, last))
    return date(year, month, first_day), date(year, month, last_day)


def weekday_of(match: re.Match[str], published: date | None) -> Meaning | None:
    """The latest day of that name, the day of publication itself among them; "last Friday" may be a week
    earlier.
    """
    if published is None:
        return Meaning(Anchor.UNKNOWN, TimePrecision.DAY, (None, None))
    back = (published.weekday() - _WEEKDAY_NUMBERS[terms.fold(match["weekday"])]) % 7
    latest = published - timedelta(days=back)
    if not (match.groupdict().get("last") or "").strip():
        return Meaning(Anchor.PUBLISHED, TimePrecision.DAY, (latest, latest))
    if back == 0:
        latest -= timedelta(days=7)
    if back in {0, 7}:
        return Meaning(Anchor.PUBLISHED, TimePrecision.DAY, (latest, latest))
    return Meaning(Anchor.PUBLISHED, TimePrecision.WEEK, (latest - timedelta(days=7), latest))


def year_of(match: re.Match[str], _published: date | None) -> Meaning | None:
    year = int(match["year"])
    return Meaning(Anchor.ABSOLUTE, TimePrecision.YEAR, (date(year, 1, 1), date(year, 12, 31)))


def years_of(match: re.Match[str], _published: date | None) -> Meaning | None:
    first, last = int(match["year"]), int(match["until"])
    if last < first:
        return None
    return Meaning(Anchor.ABSOLUTE, TimePrecision.YEAR, (date(first, 1, 1), date(last, 12, 31)))


def season_of(match: re.Match[str], published: date | None) -> Meaning | None:
    """A season with its year, or the latest of that name that had begun; winter is named for its first
    year.
    """
    first, last = SEASONS[match["season"].lower()]
    written = match.groupdict().get("year")
    if written is None and published is None:
        return Meaning(Anchor.UNKNOWN, TimePrecision.SEASON, (None, None))
    if written:
        year = int(written)
    elif published is not None:
        year = published.year if date(published.year, first, 1) <= published else published.year - 1
        year -= 1 if match["last"] and date(year, first, 1) <= published <= _end(year, first, last) else 0
    else:
        return None
    anchor = Anchor.ABSOLUTE if written else Anchor.PUBLISHED
    return Meaning(anchor, TimePrecision.SEASON, (date(year, first, 1), _end(year, first, last)))


def _end(year: int, first: int, last: int) -> date:
    ends = year + (last < first)
    return date(ends, last, monthrange(ends, last)[1])


def _month_number(match: re.Match[str]) -> int:
    return _MONTH_NUMBERS[terms.fold(match["month"].rstrip("."))]
