"""What follows from orders: files to confirm, answers, scrutiny, reinstatement; the way to the hotline."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from seawall import errors
from seawall.api import problems
from seawall.api.deps import Library, needs
from seawall.api.routes.decisions import DecisionId
from seawall.console import forms, notice_form, pages
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.decision import MAX_FACTS, MAX_WORDS
from seawall.model.notice_fields import BY_NAME, Form as Takes
from seawall.reports import annexes
from seawall.reports.annexes import Annex
from seawall.store.order_files import OrderFile
from seawall.workflows import order_files
from seawall.workflows.library import Seawall
from seawall.workflows.orders import Back

router = forms.pages_for("orders")

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
_REFUSED: Final = (
    errors.BadDecision,
    errors.BadRequest,
    errors.HotlineMissing,
    errors.ProtectedName,
    errors.RecordConflict,
    errors.SecondPerson,
)


@router.get("/order-files/{file}")
def confirm_page(request: Request, file: str, shared: Library, _: Reviewer) -> Response:
    """What was read in a file, to be compared with it."""
    known = shared.order_files.get(file)
    return _file_page(request, shared, known, _proposed(shared, known), {})


@router.post("/order-files/{file}")
def confirm(request: Request, file: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Have the order say what was confirmed."""
    known = shared.order_files.get(file)
    kind = shared.notices.get(known.notice).message.kind
    try:
        shared.order_files.confirm(file, notice_form.fields(kind, form), form.text("reason"))
    except (errors.BadNotice, errors.BadRequest) as refused:
        return _file_page(request, shared, known, form.values, notice_form.faults(refused), 422)
    return pages.to(f"/console/inbox/{known.notice}", "orders.said.confirmed")


@router.post("/order-files/{file}/put-aside")
def put_aside(file: str, shared: Library, _: Reviewer) -> Response:
    """Let nothing of what was read hold."""
    known = shared.order_files.put_aside(file)
    return pages.to(f"/console/inbox/{known.notice}", "orders.said.put_aside")


@router.get("/inbox/{notice}/annex/{annex}")
def annex(request: Request, notice: str, annex: Annex, shared: Library, who: Reviewer) -> HTMLResponse:  # noqa: ARG001
    """The answer to an order, to be printed."""
    form = shared.orders.annex(notice, annex, signatory=who.user)
    return HTMLResponse(annexes.page(form, pages.static("annex.css"), pages.static("icon.svg")))


@router.post("/inbox/{notice}/scrutiny")
def ask_scrutiny(notice: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Note that scrutiny was asked for."""
    at = notice_form.moment("at", form.text("at"), shared.clocks.zone)
    shared.orders.ask_scrutiny(notice, form.text("reason"), at=at)
    return pages.to(f"/console/inbox/{notice}", "orders.said.asked")


@router.post("/inbox/{notice}/scrutiny/outcome")
def scrutinised(notice: str, shared: Library, form: Sent, who: Reviewer) -> Response:
    """Note what the authority has decided, and reinstate where it says so."""
    infringes = form.text("infringes") == "yes"
    shared.orders.scrutinised(notice, form.text("reason"), infringes=infringes, user=who.user)
    return pages.to(
        f"/console/inbox/{notice}", "orders.said.infringes" if infringes else "orders.said.stands"
    )


@router.get("/decisions/{decision}/reinstate")
def ask_reinstate(decision: DecisionId, request: Request, library: Library, _: Reviewer) -> Response:
    """The form that takes a decision back."""
    return _reinstate_page(request, library, decision, {})


@router.post("/decisions/{decision}/reinstate")
def reinstate(
    decision: DecisionId, request: Request, library: Library, who: Reviewer, form: Sent
) -> Response:
    """Have what it took away be there again."""
    back = Back(form.text("reason"), form.text("facts"), notice=form.text("notice") or None)
    try:
        made = library.orders.reinstate(decision, back, user=who.user)
    except _REFUSED as refused:
        return _reinstate_page(request, library, decision, form.values, refused)
    return pages.to(f"/console/decisions/{made.id}", "orders.said.reinstated")


@router.get("/items/{item}/referral")
def ask_referral(item: str, request: Request, library: Library, _: Reviewer) -> Response:
    """What happens when an item is referred, and the form that does it. Nothing of it is shown."""
    return _referral_page(request, library, item, {})


@router.post("/items/{item}/referral")
def refer(item: str, request: Request, library: Library, form: Sent, _: Reviewer) -> Response:
    """Refer it."""
    try:
        library.hotline.refer(item, form.text("reason"), receipt=form.text("receipt") or None)
    except _REFUSED as refused:
        return _referral_page(request, library, item, form.values, refused)
    return pages.to("/console/queue", "orders.said.referred")


def _file_page(
    request: Request,
    shared: Seawall,
    known: OrderFile,
    values: dict[str, str],
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    notice = shared.notices.get(known.notice)
    return notice_form.page(request, notice.message.kind, values, faults, status, notice=notice, file=known)


def _proposed(shared: Seawall, known: OrderFile) -> dict[str, str]:
    """The form as it is filled in with what was read, on top of what the order says already."""
    message = shared.notices.get(known.notice).message
    values = notice_form.written(message)
    for name, said in order_files.proposed(known.read).items():
        if isinstance(said, tuple):
            values[name] = "\n".join(said)
        elif BY_NAME[name].form is Takes.TIME:
            local = notice_form.local(str(said), message.zone)
            if local:
                values[name] = local
        else:
            values[name] = str(said)
    return values


def _reinstate_page(
    request: Request,
    library: Seawall,
    decision: str,
    values: dict[str, str],
    refused: errors.SeawallError | None = None,
) -> Response:
    return _form_page(
        request,
        "orders/reinstate.html",
        refused,
        made=library.cases.decision(decision),
        values={name: values.get(name, "") for name in ("reason", "facts", "notice")},
        max_words=MAX_WORDS,
        max_facts=MAX_FACTS,
    )


def _referral_page(
    request: Request,
    library: Seawall,
    item: str,
    values: dict[str, str],
    refused: errors.SeawallError | None = None,
) -> Response:
    return _form_page(
        request,
        "orders/referral.html",
        refused,
        item=library.cases.item(item),
        hotline=library.hotline.name,
        values={name: values.get(name, "") for name in ("reason", "receipt")},
    )


def _form_page(
    request: Request, template: str, refused: errors.SeawallError | None, **about: object
) -> Response:
    """A form, with what the server said of what was sent with it, if it refused that."""
    told = None if refused is None else problems.told(refused, problems.request_id(request))
    status = 200 if refused is None else refused.http_status
    return pages.page(request, template, status, refused=told, **about)
