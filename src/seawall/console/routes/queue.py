"""The queue: what waits, in order; taking cases, passing them on, and decisions that copies inherit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Path, Query, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.console import forms, pages
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.content import Kind
from seawall.model.decision import CaseState
from seawall.model.queue import Entry, Inherited, Order, Severity
from seawall.store.queue import Place, QueueFilter
from seawall.workflows.library import Seawall
from seawall.workflows.queue import MAX_CASES

router = forms.pages_for("queue")

PATH: Final = "/console/queue"
PAGE: Final = 50
_LONGEST: Final = 200  #: characters of a filter
_FLAGS: Final = ("inherits", "graphic", "child", "mine", "free")

CaseId = Annotated[str, Path(min_length=1, max_length=64)]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
#: A person's own setting asks for no more than this, so that it is not in the audit log for others to count.
Reader = Annotated[Principal, Depends(needs(Scope.READ))]

Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. What makes no sense is not asked for."""

    order: Order
    state: CaseState | None
    severity: Severity | None
    kind: str | None
    bank: str | None
    label: str | None
    follows: str | None
    flags: frozenset[str]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """What the fields of a form or an address ask for."""
        severity = query.get("severity", "")
        return cls(
            order=_one(Order, query.get("order")) or Order.DUE,
            state=_one(CaseState, query.get("state")),
            severity=Severity(int(severity)) if severity in {str(int(one)) for one in Severity} else None,
            kind=_one(Kind, query.get("kind")),
            bank=_text(query.get("bank")),
            label=_text(query.get("label")),
            follows=_text(query.get("follows")),
            flags=frozenset(one for one in _FLAGS if query.get(one) == "1"),
        )

    def filter(self, user: str) -> QueueFilter:
        """As the queue is asked."""
        return QueueFilter(
            state=self.state,
            bank=self.bank,
            severity=self.severity,
            kind=self.kind,
            label=self.label,
            follows=self.follows,
            graphic=True if "graphic" in self.flags else None,
            child=True if "child" in self.flags else None,
            inherits=True if "inherits" in self.flags else None,
            free=True if "free" in self.flags else None,
            assigned_to=user if "mine" in self.flags else None,
        )

    @property
    def values(self) -> dict[str, str]:
        """The fields that ask for it, those that ask for nothing left out."""
        severity = None if self.severity is None else str(int(self.severity))
        named = {
            "order": None if self.order is Order.DUE else self.order.value,
            "state": None if self.state is None else self.state.value,
            "severity": severity,
            "kind": self.kind,
            "bank": self.bank,
            "label": self.label,
            "follows": self.follows,
        }
        return {name: value for name, value in named.items() if value is not None} | dict.fromkeys(
            sorted(self.flags), "1"
        )

    def address(self, **change: str) -> str:
        """Of the page that asks for this, or for something more."""
        query = urlencode({**self.values, **change})
        return f"{PATH}?{query}" if query else PATH


@router.get("/queue")
def show(request: Request, shared: Library, who: Reviewer) -> Response:
    """What waits, fifty cases a page."""
    asked = Asked.of(request.query_params)
    after = _place(request.query_params.get("after"))
    wanted = asked.filter(who.user)
    found = shared.queue.page(wanted, asked.order, user=who.user, after=after, limit=PAGE + 1)
    more = ""
    if len(found) > PAGE:
        last = found[PAGE - 1][0]
        more = asked.address(after=f"{last.rank}-{last.number}")
    counts = shared.queue.counts(who.user)
    return pages.page(
        request,
        "queue.html",
        asked=asked,
        entries=[entry for _, entry in found[:PAGE]],
        counts=counts,
        labels=shared.queue.labels(),
        banks=sorted({*counts.banks, *([asked.bank] if asked.bank else [])}),
        states=list(CaseState),
        severities=list(reversed(Severity)),
        orders=list(Order),
        kinds=list(Kind),
        next=more,
        first=asked.address() if after is not None else "",
    )


@router.get("/queue/counts")
def counts(request: Request, shared: Library, who: Reviewer) -> Response:
    """How many cases there are: a part of the page, which asks for it again and again."""
    return pages.page(request, "parts/queue_counts.html", counts=shared.queue.counts(who.user))


@router.post("/queue/next")
def take_next(shared: Library, who: Reviewer, form: Sent) -> Response:
    """Take the first case of those that are shown, and go to it."""
    asked = Asked.of(form.values)
    case = shared.queue.take_next(asked.filter(who.user), asked.order, user=who.user)
    if case is None:
        return pages.to(PATH, "queue.said.none", **asked.values)
    return pages.to(f"/console/cases/{case.id}")


@router.get("/queue/away")
def away(request: Request, shared: Library, who: Reader) -> Response:
    """The labels that one is not offered cases with."""
    chosen = shared.queue.opted_out(who.user)
    labels = sorted({*chosen, *shared.queue.labels()})
    return pages.page(request, "queue_away.html", labels=labels, chosen=chosen, more="", faults={})


@router.post("/queue/away")
def set_away(request: Request, shared: Library, who: Reader, form: Sent) -> Response:
    """Keep them. Nobody else is told."""
    chosen = [*form.texts("label"), *form.lines("more")]
    try:
        shared.queue.opt_out(who.user, chosen)
    except errors.BadRequest as refused:
        faults = {"more": str(refused.fields["reason"])}
        labels = sorted({*shared.queue.labels(), *form.texts("label")})
        return pages.page(
            request,
            "queue_away.html",
            422,
            labels=labels,
            chosen=form.texts("label"),
            more=form.text("more"),
            faults=faults,
        )
    return pages.to(PATH, "queue.said.away")


@router.get("/queue/inherit")
def ask(
    request: Request,
    shared: Library,
    who: Reviewer,
    case: Annotated[list[str], Query(max_length=MAX_CASES)] = [],  # noqa: B006 - never changed
    back: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """What would be decided on some cases as it was on earlier copies. Nothing of the media is shown."""
    found = {one: shared.queue.inherited(one) for one in dict.fromkeys(case)}
    groups: dict[str, list[tuple[Entry, Inherited]]] = {}
    for case_id, one in found.items():
        if one is not None:
            groups.setdefault(one.decision, []).append((shared.queue.entry(case_id), one))
    return pages.page(
        request,
        "queue_inherit.html",
        groups=list(groups.values()),
        left=sum(one is None for one in found.values()),
        back=_back(back),
        user=who.user,
    )


@router.post("/queue/inherit")
def inherit(shared: Library, who: Reviewer, form: Sent) -> Response:
    """Decide them."""
    cases = form.texts("case")
    _taken(shared, cases, who.user)
    shared.queue.bulk(cases, user=who.user)
    return _returned(form, "queue.said.inherited")


@router.post("/queue/{case}/not-me")
def not_me(case: CaseId, shared: Library, who: Reader, form: Sent) -> Response:
    """Pass a case on: it is not offered to the person again, and nobody is told."""
    shared.queue.not_me(case, user=who.user)
    return _returned(form, "queue.said.passed")


def _taken(shared: Seawall, cases: Iterable[str], user: str) -> None:
    """Nobody else is at work on them. Raises RecordNotFound, RecordConflict."""
    for case in cases:
        shared.queue.take(case, user=user)


def _returned(form: forms.Form, said: str) -> Response:
    return pages.to(PATH, said, **Asked.of(dict(parse_qsl(_back(form.text("back"))))).values)


def _back(query: str) -> str:
    """The query of a page of the queue, made of nothing but what it can ask for."""
    return urlencode(Asked.of(QueryParams(query)).values)


def _one(kind: type[Chosen], value: str | None) -> Chosen | None:
    return next((one for one in kind if one.value == value), None)


def _text(value: str | None) -> str | None:
    found = (value or "").strip()
    return found if 0 < len(found) <= _LONGEST else None


def _place(value: str | None) -> Place | None:
    """Behind which case a page begins; the first for what is no place."""
    rank, _, number = (value or "").partition("-")
    if not (rank.isascii() and rank.isdecimal() and number.isascii() and number.isdecimal()):
        return None
    if max(len(rank), len(number)) > len(str(1 << 59)):
        return None
    return Place(int(rank), int(number))
