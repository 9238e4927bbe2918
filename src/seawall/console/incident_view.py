"""What the pages of one incident show, gathered from its record and its copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel import dates
from markupsafe import Markup

from seawall.console.catalogue import Catalogue
from seawall.console.kinship import FAMILIES, families, node_of
from seawall.model.copies import Copy, Detail, Stretch
from seawall.model.incident import Claim, Ledger
from seawall.reports import chart_spread, markup, page
from seawall.reports.view import View
from seawall.store.decision_rows import DecisionFilter
from seawall.workflows.copies import Picture
from seawall.workflows.library import Seawall

COPIES: Final = 50  #: a page
FIRST_COPIES: Final = 10  #: on an incident's first page
MOST_REFERENCES: Final = 100
MOST_DECISIONS: Final = 500
_TRANSFORMS: Final = frozenset(
    {"mirror", "crop", "inset", "perspective", "reverse", "negative", "rotate", "scene", "speed", "pitch"}
)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who worked on an incident."""

    name: str
    changes: int  #: of the record
    decisions: int  #: on items, that name the incident
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CopyPage:
    """Some copies of an incident."""

    shown: list[Detail]
    first: int  #: place of the first one among all, from 1
    total: int
    next: int | None  #: place of the next page's first
    complete: bool  #: none was left out of all for there being too many


def copies(shared: Seawall, incident: str, picture: Picture, place: int, count: int) -> CopyPage:
    """The copies from a place on, in the order in which they were first seen."""
    every = picture.known.copies
    start = min(max(place, 1), len(every) or 1) - 1
    some = shared.copies.details(incident, every[start : start + count])
    more = start + count < len(every)
    return CopyPage(
        shown=some,
        first=start + 1,
        total=len(every),
        next=start + count + 1 if more else None,
        complete=picture.known.complete,
    )


def kindred(picture: Picture, at: int, below: int | None) -> dict[str, object]:
    """What the family's part of a page knows: some families, from a place on, or the one below a copy."""
    made, copies = picture.family, picture.known.copies
    roots: Sequence[int] = made.roots[max(at, 1) - 1 :][:FAMILIES]
    more = at + FAMILIES if at + FAMILIES <= len(made.roots) else None
    if below is not None:
        node, more = node_of(made, below), None
        roots = () if node is None else (node,)
    kin = list(families(made, copies, roots))
    return {"made": made, "kindred": kin, "at": at, "more": more, "below": below, "as_of": picture.at}


def people(shared: Seawall, ledger: Ledger) -> list[Worker]:
    """Who changed the record or decided on items of the incident, the most lately first: staff alone."""
    changes: dict[str, int] = {}
    decisions: dict[str, int] = {}
    last: dict[str, datetime] = {}
    for revision in ledger.revisions:
        changes[revision.by] = changes.get(revision.by, 0) + 1
        last[revision.by] = max(revision.at, last.get(revision.by, revision.at))
    wanted = DecisionFilter(incident=ledger.id)
    for _, one in shared.cases.decisions(wanted, limit=MOST_DECISIONS):
        decisions[one.actor] = decisions.get(one.actor, 0) + 1
        last[one.actor] = max(one.at, last.get(one.actor, one.at))
    made = (Worker(name, changes.get(name, 0), decisions.get(name, 0), at) for name, at in last.items())
    return sorted(made, key=lambda one: one.last_at, reverse=True)


def claims(view: View, *, ticked: frozenset[str] | None) -> Markup:
    """The claims as the record's own page has it. ticked: give each claim a box; those of these are ticked.

    The record is in English whatever the language of the page, as its sentences are evidence.
    """

    def box(claim: Claim) -> markup.Markup:
        attributes = {"checked": "checked"} if claim.id in (ticked or ()) else {}
        return markup.element(
            "input",
            type="checkbox",
            name="claim",
            value=claim.id,
            aria_label=f"Claim {claim.id}",
            **attributes,
        )

    parts = page.claims(view) if ticked is None else page.claims(view, box)
    return _joined(parts)


def lists(view: View) -> Markup:
    """What else was read: people, discrepancies, comparisons and so on, as the record's own page has it."""
    return _joined(page.lists(view))


def texts(view: View) -> Markup:
    """The reports' texts with what was found in them marked, as the record's own page has them."""
    return _joined((page.key(), *page.texts(view)))


def _joined(parts: Iterable[str]) -> Markup:
    return Markup("".join(parts))  # noqa: S704 - made by `reports.markup`, which escapes


def chart(shared: Seawall, picture: Picture) -> dict[str, object]:
    """What the spread's part of a page knows."""
    spread = shared.copies.spread(picture)
    return {"spread": spread, "chart": chart_spread.drawn(spread)}


def words(texts: Catalogue) -> dict[str, Callable[..., object]]:
    """What templates of incidents say in words, in a language."""
    return {
        "lasting": lambda seconds: _lasting(texts, seconds),
        "done": lambda names: _done(texts, names),
        "spans": lambda stretches: _spans(texts, stretches),
        "short": lambda one: one.key[:12],
        "step": lambda step: dates.format_timedelta(step, threshold=1, locale=texts.locale),
        "degrees": lambda line: f"{line.degrees:g}°{line.letter}",
        "written": lambda spread, one: chart_spread.written(one.start, spread.step),
    }


def _lasting(texts: Catalogue, seconds: float) -> str:
    if seconds < 60:
        return texts.text("incidents.seconds", n=round(seconds, 1))
    return dates.format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=texts.locale)


def _done(texts: Catalogue, names: Iterable[str]) -> str:
    """What was done to a copy."""
    said = []
    for name in sorted(names):
        kind, _, value = name.partition(":")
        said.append(texts.text(f"incidents.done.{kind}", value=value) if kind in _TRANSFORMS else name)
    return texts.text("incidents.and").join(said)


def _spans(texts: Catalogue, stretches: Iterable[Stretch]) -> Iterator[str]:
    """Parts of a reference: "sound 0:10 to 1:02"."""
    for one in stretches:
        kind = "sound" if one.signal == "audio" else "whole" if one.signal in ("sha256", "md5") else "picture"
        yield texts.text(f"incidents.span.{kind}", start=_clock(one.start_s), end=_clock(one.end_s))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def first_of(copies_: Sequence[Copy], number: int) -> int:
    """The place of a copy among all, from 1."""
    return next((at for at, one in enumerate(copies_, 1) if one.number == number), 1)
