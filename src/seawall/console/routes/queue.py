"""The queue: what waits, in order; taking cases, passing them on, and decisions that copies inherit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.console import forms, pages, queue_asked
from seawall.console.forms import Sent
from seawall.console.queue_asked import PATH, Asked
from seawall.model.access import Principal, Scope
from seawall.model.content import Kind
from seawall.model.decision import CaseState
from seawall.model.queue import Entry, Inherited, Order, Severity
from seawall.store.queue import Place
from seawall.workflows.library import Seawall
from seawall.workflows.queue import MAX_CASES

router = forms.pages_for("queue")

PAGE: Final = 50

CaseId = Annotated[str, Path(min_length=1, max_length=64)]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
#: A person's own setting asks for no more than this, so that it is not in the audit log for others to count.
Reader = Annotated[Principal, Depends(needs(Scope.READ))]


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
    counts, t = shared.queue.counts(who.user), pages.visitor(request).texts.text
    return pages.page(
        request,
        "queue.html",
        queue=asked,
        entries=[entry for _, entry in found[:PAGE]],
        counts=counts,
        undoable=shared.desks.undoable(who.user),
        spared=shared.queue.spares(who.user),
        labels=shared.queue.labels(),
        banks=sorted({*counts.banks, *([asked.bank] if asked.bank else [])}),
        states=list(CaseState),
        severities=list(reversed(Severity)),
        orders=[(one, t(f"queue.order.{one}")) for one in Order],
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
    return pages.to(asked.case(case.id))


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
    _: Reviewer,
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
        queue=queue_asked.of_query(back),
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
    return pages.to(PATH, said, **queue_asked.of_query(form.text("back")).values)


def _place(value: str | None) -> Place | None:
    """Behind which case a page begins; the first for what is no place."""
    rank, _, number = (value or "").partition("-")
    if not (rank.isascii() and rank.isdecimal() and number.isascii() and number.isdecimal()):
        return None
    if max(len(rank), len(number)) > len(str(1 << 59)):
        return None
    return Place(int(rank), int(number))
