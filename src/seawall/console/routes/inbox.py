"""Orders and notices: what is due first, one of them with all of it, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Query, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.console import clocks, forms, notice_form, pages
from seawall.console.forms import Form, Sent
from seawall.model import clock, notice as records, periods
from seawall.model.access import Principal, Scope
from seawall.model.clock import About, AboutKind, Clock
from seawall.model.notice import LinkKind, NoticeState
from seawall.model.notice_fields import FIELDS, NoticeKind
from seawall.store.notice_rows import NoticeFilter
from seawall.workflows.library import Seawall

router = forms.pages_for("inbox")

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
PAGE: Final = 50
_PATH: Final = "/console/inbox"
_FILTERS: Final = {
    "open": NoticeFilter(open=True),
    "overdue": NoticeFilter(overdue=True),
    **{state.value: NoticeFilter(state=state) for state in NoticeState},
    "all": NoticeFilter(),
}
#: Where what a notice is joined to has its page.
_PAGES: Final = {"item": "", "case": "/console/cases/", "incident": "/console/incidents/"}


@router.get("/inbox")
def list_(
    request: Request,
    shared: Library,
    _: Reviewer,
    show: str = "open",
    kind: str = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """What is due first comes first."""
    chosen = show if show in _FILTERS else "open"
    only = NoticeKind(kind) if kind in set(NoticeKind) else None
    base = _FILTERS[chosen]
    wanted = NoticeFilter(base.state, only, base.open, base.running, base.overdue)
    found = shared.notices.inbox(wanted, skip=PAGE * (page - 1), limit=PAGE + 1)
    ticking = shared.clocks.of_notices(one.id for one in found[:PAGE])
    counts = shared.notices.counts()
    texts = pages.visitor(request).texts
    asked = f"&kind={only.value}" if only is not None else ""
    return pages.page(
        request,
        "inbox/list.html",
        notices=[(one, _first(shared, request, ticking.get(one.id, ()))) for one in found[:PAGE]],
        counts=counts,
        chosen=chosen,
        filters=[(one, f"{_PATH}?show={one}{asked}", counts.get(one)) for one in _FILTERS],
        kind="" if only is None else only.value,
        kinds=[("", texts.text("inbox.any_kind")), *_kinds(request)],
        next=f"{_PATH}?show={chosen}{asked}&page={page + 1}" if len(found) > PAGE else "",
        first=f"{_PATH}?show={chosen}{asked}" if page > 1 else "",
    )


@router.get("/inbox/new")
def ask(request: Request, shared: Library, _: Reviewer, kind: str = "order") -> Response:
    """The form that a notice is taken in with."""
    wanted = NoticeKind(kind) if kind in set(NoticeKind) else NoticeKind.ORDER
    return notice_form.page(request, wanted, {"zone": shared.clocks.zone, "channel": "email"}, {})


@router.post("/inbox/new")
def receive(request: Request, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Take a notice in."""
    sent = form.text("kind")
    kind = NoticeKind(sent) if sent in set(NoticeKind) else NoticeKind.ORDER
    try:
        made = shared.notices.receive(notice_form.message(kind, form))
    except errors.BadNotice as refused:
        return notice_form.page(request, kind, form.values, notice_form.faults(refused), 422)
    return pages.to(f"{_PATH}/{made.id}", "inbox.said.received")


@router.get("/inbox/{notice}")
def show(request: Request, notice: str, shared: Library, _: Reviewer) -> Response:
    """One notice, with all of it."""
    return _shown(request, shared, notice)


@router.get("/inbox/{notice}/edit")
def ask_again(request: Request, notice: str, shared: Library, _: Reviewer) -> Response:
    """The form by which it says more, or says it right."""
    known = shared.notices.get(notice)
    return notice_form.page(request, known.message.kind, notice_form.written(known.message), {}, notice=known)


@router.post("/inbox/{notice}/edit")
def supplement(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Keep what it says now."""
    known = shared.notices.get(notice)
    kind = known.message.kind
    try:
        shared.notices.supplement(notice, notice_form.fields(kind, form), form.text("reason"))
    except (errors.BadNotice, errors.BadRequest) as refused:
        faults = notice_form.faults(refused)
        return notice_form.page(request, kind, form.values, faults, 422, notice=known)
    return pages.to(f"{_PATH}/{notice}", "inbox.said.changed")


@router.post("/inbox/{notice}/work")
def work(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Take it up."""
    return _do(
        request, shared, notice, lambda: shared.notices.take_up(notice, form.text("reason")), "in_work"
    )


@router.post("/inbox/{notice}/answer")
def answer(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Keep what the sender was answered."""
    return _do(request, shared, notice, lambda: shared.notices.answer(notice, form.text("words")), "answered")


@router.post("/inbox/{notice}/close")
def close(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """End the work on it."""
    return _do(request, shared, notice, lambda: shared.notices.close(notice, form.text("reason")), "closed")


@router.post("/inbox/{notice}/links")
def link(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Join it to an item, case or incident."""

    def done() -> object:
        return shared.notices.link(notice, _link_kind(form), form.text("id"), form.text("reason"))

    return _do(request, shared, notice, done, "linked")


@router.post("/inbox/{notice}/unlink")
def unlink(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Take it off what it was joined to."""

    def done() -> object:
        return shared.notices.unlink(notice, _link_kind(form), form.text("id"), form.text("reason"))

    return _do(request, shared, notice, done, "unlinked")


@router.post("/inbox/{notice}/clocks")
def start(request: Request, notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Start a clock about it."""

    def done() -> object:
        at = notice_form.moment("at", form.text("at"), shared.clocks.zone)
        about = About(AboutKind.NOTICE, notice)
        return shared.clocks.start(form.text("period"), about, at=at, reason=form.text("reason"))

    return _do(request, shared, notice, done, "clock")


def _do(request: Request, shared: Seawall, notice: str, done: Callable[[], object], said: str) -> Response:
    """Do something with a notice; where it is refused, the page says why."""
    try:
        done()
    except errors.UsageError as refused:
        return _shown(
            request, shared, notice, refused
        )  # which raises where it is the notice that is not there
    return pages.to(f"{_PATH}/{notice}", f"inbox.said.{said}")


def _shown(
    request: Request, shared: Seawall, notice: str, refused: errors.SeawallError | None = None
) -> Response:
    known = shared.notices.get(notice)
    texts = pages.visitor(request).texts
    message = known.message
    wording = shared.clocks.wording
    return pages.page(
        request,
        "inbox/show.html",
        200 if refused is None else refused.http_status,
        notice=known,
        refused=refused,
        first_contact=records.first_contact(message),
        clocks=clocks.shown(shared, request, known.clocks),
        zone=shared.clocks.zone,
        periods=[(one.id, f"{one.duty} ({one.source})") for one in wording.values()],
        local=message.received_at.astimezone(clock.zone(message.zone)).strftime("%Y-%m-%d %H:%M:%S"),
        fields=[one for one in FIELDS if message.kind in one.kinds],
        paths=_PAGES,
        link_kinds=[(one.value, texts.text(f"inbox.link.{one}")) for one in LinkKind],
        receipt=shared.notices.receipt(notice),
        files=shared.order_files.of_notice(notice),
    )


def _first(shared: Seawall, request: Request, ticking: tuple[Clock, ...]) -> clocks.Shown | None:
    """The clock that a list shows of a notice: the first that has to be met, else the first that runs."""
    running = [one for one in ticking if one.reading.ended_at is None]
    duties = [one for one in running if periods.PERIODS[one.period].bound is periods.Bound.BEFORE]
    found = (duties or running)[:1]
    return next(iter(clocks.shown(shared, request, found)), None)


def _kinds(request: Request) -> list[tuple[str, str]]:
    texts = pages.visitor(request).texts
    return [(one.value, texts.text(f"inbox.kind.{one}")) for one in NoticeKind]


def _link_kind(form: Form) -> LinkKind:
    sent = form.text("kind")
    if sent not in set(LinkKind):
        raise errors.BadRequest(reason="a notice is joined to an item, a case or an incident")
    return LinkKind(sent)
