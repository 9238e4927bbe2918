"""The periods of law that clocks measure, as data: how long, from when, what holds them, when to warn.

Hours are elapsed time. Weeks and months are those of a calendar in a named time zone: the day of the event
does not count, and the period ends as the day ends that has the same name or the same date; where the month
has no such date, as its last day ends. So Regulation (EEC, Euratom) No 1182/71 counts, as far as is known
here: its text was not at hand. Holidays and weekends do not put an end off, where that regulation may.

`checked` is False where the wording, or the length itself, was not held against the primary text. Words can
be replaced by `reworded`; lengths cannot.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from seawall import errors

MAX_WORDS: Final = 500  #: characters of one text
_REWORDED: Final = frozenset({"duty", "source", "starts"})


class Unit(StrEnum):
    """What a length is counted in."""

    HOURS = "hours"  #: elapsed
    WEEKS = "weeks"  #: of the calendar, as the next
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Span:
    """So much of a unit."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """Up to the beginning of a day, the first one after the start."""

    month: int
    day: int


class Bound(StrEnum):
    """What the end of a period means."""

    BEFORE = "before"  #: the duty has to be done before the end
    UNTIL = "until"  #: the duty holds until the end


class EndedBy(StrEnum):
    """What ends a clock, where it is about a notice. A person can end any."""

    DECISION = "decision"  #: that names the notice, once all of its items are decided
    ANSWER = "answer"  #: to the notice
    PERSON = "person"  #: nothing else


class Resumed(StrEnum):
    """What is left of a period once what held it is over."""

    REST = "rest"  #: what was left when it was suspended
    ANEW = "anew"  #: all of it, as the reason for which it was suspended is gone


class Trigger(StrEnum):
    """What starts a period."""

    AUTHORITY_INFORMS = "authority_informs"  #: of procedures, before its first order
    ORDER_RECEIVED = "order_received"
    CROSS_BORDER_ORDER_RECEIVED = "cross_border_order_received"
    SCRUTINY_REQUESTED = "scrutiny_requested"
    FOREIGN_ORDER_RECEIVED = "foreign_order_received"  #: under a law that gives a day
    COMPLAINT_RECEIVED = "complaint_received"
    SILENCE_ORDERED = "silence_ordered"
    EXPOSED = "exposed"  #: the authority's decision that the provider is exposed
    CONTENT_REMOVED = "content_removed"
    RESTRICTION_TOLD = "restriction_told"
    YEAR_ENDED = "year_ended"


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason for which a period may be suspended."""

    id: str
    words: str
    source: str
    checked: bool = False  #: as of its Period


@dataclass(frozen=True, slots=True)
class Period:
    """One period of law."""

    id: str
    duty: str  #: what has to be done before it ends, or holds until then
    source: str
    starts: str  #: the event, in words
    trigger: Trigger
    length: Span | YearlyDate
    bound: Bound = Bound.BEFORE
    holds: tuple[Hold, ...] = ()  #: none: nothing suspends it
    resumed: Resumed = Resumed.REST
    extensions: int = 0  #: how often it can be made longer by its own length
    shares: tuple[float, ...] = (0.5, 0.8, 1.0)  #: of its length, at which an alarm is raised
    ended_by: EndedBy = EndedBy.PERSON
    checked: bool = False  #: its words and length were held against the primary text


_TCO: Final = "Regulation (EU) 2021/784, Article "

_ALL: Final = (
    Period(
        id="tco_removal",
        duty="Remove the content, or disable access to it, in all Member States",
        source=_TCO + "3(3)",
        starts="The removal order is received",
        trigger=Trigger.ORDER_RECEIVED,
        length=Span(1, Unit.HOURS),
        holds=(
            Hold("impossible", "Force majeure or de facto impossibility", _TCO + "3(7)"),
            Hold("unclear", "Manifest errors, or too little information to carry it out", _TCO + "3(8)"),
        ),
        resumed=Resumed.ANEW,
        shares=(0.25, 0.5, 0.75, 1.0),
        ended_by=EndedBy.DECISION,
        checked=True,
    ),
    Period(
        id="tco_first_contact",
        duty="Expect no first order of an authority that has informed of its procedures",
        source=_TCO + "3(2)",
        starts="The authority informs of the procedures and deadlines",
        trigger=Trigger.AUTHORITY_INFORMS,
        length=Span(12, Unit.HOURS),
        bound=Bound.UNTIL,
        shares=(1.0,),
    ),
    Period(
        id="tco_scrutiny_request",
        duty="Ask the authority of the own Member State to scrutinise a cross-border order",
        source=_TCO + "4",
        starts="The cross-border order is received",
        trigger=Trigger.CROSS_BORDER_ORDER_RECEIVED,
        length=Span(48, Unit.HOURS),
        checked=True,
    ),
    Period(
        id="tco_scrutiny_decision",
        duty="Expect the decision of the authority that scrutinises the order",
        source=_TCO + "4",
        starts="The request for scrutiny is received by the authority",
        trigger=Trigger.SCRUTINY_REQUESTED,
        length=Span(72, Unit.HOURS),
        shares=(0.8, 1.0),
        checked=True,
    ),
    Period(
        id="tco_complaint",
        duty="Tell the outcome of a complaint, with reasons where it is refused",
        source=_TCO + "10",
        starts="The complaint is received",
        trigger=Trigger.COMPLAINT_RECEIVED,
        length=Span(2, Unit.WEEKS),
        ended_by=EndedBy.ANSWER,
    ),
    Period(
        id="tco_silence",
        duty="Say nothing of the order to the one who put the content up",
        source=_TCO + "11",
        starts="The authority's decision not to disclose is received",
        trigger=Trigger.SILENCE_ORDERED,
        length=Span(6, Unit.WEEKS),
        bound=Bound.UNTIL,
        extensions=1,
        shares=(1.0,),
    ),
    Period(
        id="tco_measures_report",
        duty="Report on the specific measures that were taken",
        source=_TCO + "5(5)",
        starts="The decision that the provider is exposed is received",
        trigger=Trigger.EXPOSED,
        length=Span(3, Unit.MONTHS),
    ),
    Period(
        id="tco_preservation",
        duty="Keep what was removed, and what relates to it",
        source=_TCO + "6(1) and (2)",
        starts="The content is removed, or access to it disabled",
        trigger=Trigger.CONTENT_REMOVED,
        length=Span(6, Unit.MONTHS),
        bound=Bound.UNTIL,
        shares=(1.0,),
        checked=True,
    ),
    Period(
        id="dsa_complaint_window",
        duty="Take complaints against the decision",
        source="Regulation (EU) 2022/2065, Article 20(1)",
        starts="The decision is told to the one it concerns",
        trigger=Trigger.RESTRICTION_TOLD,
        length=Span(6, Unit.MONTHS),
        bound=Bound.UNTIL,
        shares=(1.0,),
        checked=True,
    ),
    Period(
        id="au_removal",
        duty="Remove the material that the notice names",
        source="Online Safety Act 2021 (Australia), section 109",
        starts="The removal notice is received",
        trigger=Trigger.FOREIGN_ORDER_RECEIVED,
        length=Span(24, Unit.HOURS),
        ended_by=EndedBy.DECISION,
    ),
    Period(
        id="tco_transparency",
        duty="Publish the report on the year before",
        source=_TCO + "7(2) and (3)",
        starts="The year that it is about ends",
        trigger=Trigger.YEAR_ENDED,
        length=YearlyDate(3, 1),
    ),
)

#: Every period, by its id. Ids are kept in databases: none goes away.
PERIODS: Final[Mapping[str, Period]] = {one.id: one for one in _ALL}

#: The one period that each event starts.
STARTED_BY: Final[Mapping[Trigger, Period]] = {one.trigger: one for one in _ALL}


def period(period_id: str) -> Period:
    """Raises RecordNotFound."""
    known = PERIODS.get(period_id)
    if known is None:
        raise errors.RecordNotFound(kind="period", id=period_id)
    return known


def reworded(text: str) -> Mapping[str, Period]:
    """The periods, with words of one's own in the place of ours.

    text: TOML, a table a period, of `duty`, `source` and `starts`. Raises ValueError, naming what is wrong.
    """
    given = tomllib.loads(text)
    changed = dict(PERIODS)
    for period_id, words in given.items():
        if period_id not in PERIODS or not isinstance(words, dict):
            raise ValueError(f"{period_id}: there is no such period")
        for name, said in words.items():
            fits = isinstance(said, str) and 0 < len(said.strip()) <= MAX_WORDS
            if name not in _REWORDED or not fits:
                able = f"duty, source and starts can be given, in 1 to {MAX_WORDS} characters"
                raise ValueError(f"{period_id}.{name}: {able}")
        changed[period_id] = replace(PERIODS[period_id], **words)
    return changed
