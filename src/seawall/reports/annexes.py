"""The answers to a removal order, prefilled: Annex II, what was done; Annex III, why it cannot be.

Regulation (EU) 2021/784, Article 3(6), (7) and (8). The fields are data. The text of the two annexes was not
at hand: no field is `checked`, and its label can be replaced by `reworded`. How long it took, and both
instants of each suspension, stand beside the form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from seawall.model import clock as engine
from seawall.model.clock import Clock, Happened
from seawall.model.decision import REMOVALS, Choice, Decision
from seawall.model.notice import Notice
from seawall.model.notice_fields import Field
from seawall.model.periods import Period
from seawall.reports.markup import element

MAX_LABEL: Final = 500  #: characters
REMOVAL: Final = "tco_removal"


class Annex(StrEnum):
    """Which form."""

    DONE = "ii"
    NOT_DONE = "iii"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers, as the settings say."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a form is filled in with."""

    notice: Notice
    decisions: tuple[Decision, ...]  #: that have effect and follow the order, in their order
    provider: Provider
    signatory: str
    periods: Mapping[str, Period]
    now: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form."""

    id: str
    label: str
    value: Callable[[Known], str]
    checked: bool = False  #: the label was held against the primary text


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with what it says."""

    id: str
    label: str
    value: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Suspension:
    """For how long a period did not run, and why."""

    hold: str
    reason: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """How a period of the order went."""

    period: str
    duty: str
    received_at: datetime
    ended_at: datetime | None
    since_receipt_s: float  #: elapsed, with all that was suspended or set aside, until it ended or until now
    counted_s: float  #: that the period counts
    suspensions: tuple[Suspension, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form, filled in as far as is known."""

    annex: Annex
    title: str
    fields: tuple[Filled, ...]
    courses: tuple[Course, ...]


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(engine.zone(zone)).isoformat(timespec='seconds')} ({zone})"


def _measure(choice: Choice) -> Callable[[Known], str]:
    return lambda known: "yes" if any(one.ruling.choice is choice for one in known.decisions) else "no"


def _done_at(known: Known) -> str:
    done = [one.out_at for one in known.decisions if one.ruling.choice in REMOVALS and one.out_at]
    return _local(max(done), known.notice.message.zone) if done else ""


def _missing(known: Known) -> str:
    needs: list[tuple[Field, str]] = []
    for one in known.notice.missing:
        need = one.need(known.notice.message.kind)
        needs.append((one, "" if need is None else need.source))
    return "\n".join(f"{one.label} ({source})" for one, source in needs)


def _held(hold: str) -> Callable[[Known], str]:
    def said(known: Known) -> str:
        found = [
            each.reason
            for course in courses(known)
            if course.period == REMOVAL
            for each in course.suspensions
            if each.hold == hold
        ]
        return "\n".join(found)

    return said


_HEAD: Final = (
    Entry("addressee", "Addressee of the order", lambda known: _said(known, "addressee")),
    Entry("authority", "Authority that issued the order", lambda known: known.notice.message.sender or ""),
    Entry("reference", "Reference of the authority", lambda known: known.notice.message.reference or ""),
    Entry("file_reference", "File reference of the authority", lambda known: _said(known, "file_reference")),
    Entry("our_reference", "Our reference", lambda known: known.notice.id),
    Entry(
        "received_at",
        "When the order was received",
        lambda known: _local(known.notice.message.received_at, known.notice.message.zone),
    ),
)
_FOOT: Final = (
    Entry("provider", "Hosting service provider", lambda known: known.provider.name),
    Entry("provider_contact", "Contact point of the provider", lambda known: known.provider.contact),
    Entry("signatory", "Name of the signatory", lambda known: known.signatory),
    Entry("date", "Date", lambda known: _local(known.now, known.notice.message.zone)),
)

FIELDS: Final[Mapping[Annex, tuple[Entry, ...]]] = {
    Annex.DONE: (
        *_HEAD,
        Entry("removed", "The content was removed", _measure(Choice.REMOVE)),
        Entry("disabled", "Access to it was disabled in all Member States", _measure(Choice.DISABLE)),
        Entry("measure_at", "Time and date of the measure", _done_at),
        *_FOOT,
    ),
    Annex.NOT_DONE: (
        *_HEAD,
        Entry("impossible", "Force majeure or de facto impossibility: reasons", _held("impossible")),
        Entry("unclear", "Manifest errors or too little information: reasons", _held("unclear")),
        Entry("missing", "What is missing in the order, or has to be explained", _missing),
        *_FOOT,
    ),
}

TITLES: Final[Mapping[Annex, str]] = {
    Annex.DONE: "Information on the removal of content, or on access to it disabled (Annex II)",
    Annex.NOT_DONE: "Information that the order cannot be carried out (Annex III)",
}

_IDS: Final = frozenset(one.id for each in FIELDS.values() for one in each)


def reworded(text: str) -> Mapping[Annex, tuple[Entry, ...]]:
    """The fields, with labels of one's own. text: TOML, a label a field, by its id. Raises ValueError."""
    given = tomllib.loads(text)
    for name, said in given.items():
        if name not in _IDS or not isinstance(said, str) or not 0 < len(said.strip()) <= MAX_LABEL:
            raise ValueError(f"{name}: no such field, or no label of 1 to {MAX_LABEL} characters")
    return {
        annex: tuple(replace(one, label=given.get(one.id, one.label)) for one in entries)
        for annex, entries in FIELDS.items()
    }


def filled(annex: Annex, known: Known, fields: Mapping[Annex, Sequence[Entry]] = FIELDS) -> Form:
    """A form with what is known. What is not known is left empty, for who signs."""
    return Form(
        annex,
        TITLES[annex],
        tuple(Filled(one.id, one.label, one.value(known), one.checked) for one in fields[annex]),
        courses(known),
    )


def courses(known: Known) -> tuple[Course, ...]:
    """How each period of the order went."""
    return tuple(_course(one, known) for one in known.notice.clocks)


def record(form: Form) -> dict[str, Any]:
    """The form as JSON has it."""
    made = asdict(form)
    for course in made["courses"]:
        for name in ("received_at", "ended_at"):
            course[name] = _iso(course[name])
        for each in course["suspensions"]:
            each["began_at"], each["ended_at"] = _iso(each["began_at"]), _iso(each["ended_at"])
    return {"schema": "seawall.annex/1", **made, "annex": form.annex.value}


def page(form: Form, style: str, icon: str) -> str:
    """The form as a page to print, with no script and nothing from elsewhere.

    style, icon: addresses of its sheet and of its icon.
    """
    rows = [
        element(
            "tr",
            element("th", one.label, "" if one.checked else _mark(), scope="row"),
            element("td", element("pre", one.value or " ", dir="auto")),
        )
        for one in form.fields
    ]
    parts = [
        element("h1", form.title),
        element("table", element("tbody", *rows)),
        *(part for one in form.courses for part in _course_parts(one)),
        element("p", "* The wording was not held against the text of the regulation.", class_="soft"),
    ]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", form.title),
        element("link", rel="stylesheet", href=style),
        element("link", rel="icon", href=icon, type="image/svg+xml"),
    )
    body = element("body", element("main", *parts))
    return "<!doctype html>\n" + element("html", head, body, lang="en", dir="ltr")


def _course_parts(one: Course) -> Iterator[str]:
    yield element("h2", one.duty)
    ended = "still running" if one.ended_at is None else f"ended {_utc(one.ended_at)}"
    yield element(
        "p",
        f"Received {_utc(one.received_at)}; {ended}. Elapsed since receipt: {_span(one.since_receipt_s)}, "
        f"of which the period counts {_span(one.counted_s)}.",
    )
    if one.suspensions:
        yield element(
            "ul",
            *(
                element(
                    "li",
                    f"Suspended from {_utc(each.began_at)} "
                    + ("on" if each.ended_at is None else f"to {_utc(each.ended_at)}")
                    + ": ",
                    element("bdi", each.reason),
                )
                for each in one.suspensions
            ),
        )


def _mark() -> str:
    return element("abbr", "*", title="not held against the text of the regulation")


def _course(known: Clock, about: Known) -> Course:
    seen = known.reading
    until = seen.ended_at or about.now
    begun = None
    found: list[Suspension] = []
    for one in known.events:
        if one.what is Happened.SUSPENDED:
            begun = one
        elif begun is not None and one.what in (Happened.RESUMED, Happened.ENDED):
            found.append(Suspension(begun.hold or "", begun.reason, begun.at, one.at))
            begun = None
    if begun is not None:
        found.append(Suspension(begun.hold or "", begun.reason, begun.at, None))
    return Course(
        period=known.period,
        duty=about.periods[known.period].duty,
        received_at=seen.started_at,
        ended_at=seen.ended_at,
        since_receipt_s=(until - seen.started_at).total_seconds(),
        counted_s=seen.elapsed_s,
        suspensions=tuple(found),
    )


def _said(known: Known, name: str) -> str:
    value = known.notice.message.value(name)
    return value if isinstance(value, str) else ""


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min {rest} s"
