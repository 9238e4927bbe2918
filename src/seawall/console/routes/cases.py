"""A case before one person: the match first, the media on request, then the decision."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from seawall import errors
from seawall.api import problems
from seawall.api.deps import Library, needs
from seawall.api.routes.cases import CaseId
from seawall.console import clocks, drawing, forms, pages, queue_asked, ruling_form
from seawall.console.forms import Form, Sent
from seawall.console.queue_asked import Asked
from seawall.console.ruling_form import Filled
from seawall.model.access import Principal, Scope
from seawall.model.clock import AboutKind
from seawall.model.decision import (
    MAX_EXPLANATION,
    MAX_FACTS,
    MAX_WORDS,
    Automation,
    CaseState,
    Choice,
    GroundKind,
    Origin,
    Redress,
    Verdict,
    View,
)
from seawall.workflows.desk import Desk
from seawall.workflows.library import Seawall

router = forms.pages_for("cases")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]

#: What a form of the page can be refused for; it is shown again, with all that was written.
_REFUSED: Final = (
    errors.RecordConflict,
    errors.SecondPerson,
    errors.ProtectedName,
    errors.IncidentNotFound,
    errors.BadRequest,
)
#: States in which a case is taken by one person before it is worked on.
_TAKEN: Final = frozenset({CaseState.OPEN, CaseState.ASSIGNED, CaseState.APPEALED, CaseState.SECOND})

_VOCABULARY: Final[dict[str, Any]] = {
    "purposes": ruling_form.PURPOSES,
    "origins": tuple(Origin),
    "automations": tuple(Automation),
    "views": tuple(View),
    "redresses": tuple(Redress),
    "ground_kinds": tuple(GroundKind),
    "verdicts": tuple(Verdict),
    "max_facts": MAX_FACTS,
    "max_words": MAX_WORDS,
    "max_explanation": MAX_EXPLANATION,
    "clock": drawing.clock,
    "drawing": drawing.drawing,
    "parts": drawing.parts,
}


@router.get("/cases/{case}")
def show(
    case: CaseId, request: Request, library: Library, who: Reader, item: str = "", queue: str = ""
) -> HTMLResponse:
    """The page of a case. queue: what was asked of the queue that one comes from, and goes on with."""
    desk = library.desks.of(case, who.user, item or None)
    return _page(request, library, desk, who, queue_asked.of_query(queue))


@router.post("/cases/{case}/take")
def take(case: CaseId, library: Library, who: Reviewer, form: Sent) -> RedirectResponse:
    """Take the case, so that nobody else works on it."""
    library.cases.take(case, user=who.user)
    return _to_case(case, form)


@router.post("/cases/{case}/lease")
def renew(case: CaseId, request: Request, library: Library, who: Reader, queue: str = "") -> HTMLResponse:
    """The part of the page that says who has the case; who has it keeps it while the page is open.

    It changes nothing that is to be read in the audit log.
    """
    known = library.cases.get(case)
    if known.assigned_to == who.user and known.state in _TAKEN:
        known = library.cases.take(case, user=who.user)
    mine = known.state in _TAKEN and known.assigned_to == who.user
    asked = queue_asked.of_query(queue)
    return pages.page(request, "case/lease.html", case=known, mine=mine, had=True, queue=asked)


@router.post("/cases/{case}/release")
def release(case: CaseId, library: Library, who: Reviewer, form: Sent) -> RedirectResponse:
    """Give the case back."""
    library.cases.release(case, user=who.user, reason="given back on the console")
    return pages.to(queue_asked.PATH, "case.said.released", **_queue(form).values)


@router.post("/cases/{case}/decide")
def decide(case: CaseId, request: Request, library: Library, who: Reviewer, form: Sent) -> object:
    """Put what the form says on record, or show it again with what is wrong."""
    desk = library.desks.of(case, who.user, form.text("item") or None)
    filled = ruling_form.read(form, library.exposure.views(who.user, desk.item))
    new, faults = ruling_form.ruling(filled, desk)
    if new is None or faults:
        return _page(request, library, desk, who, _queue(form), filled=filled, faults=faults, status=422)
    try:
        if desk.case.state in _TAKEN:
            library.cases.take(case, user=who.user)
        library.cases.decide(new, user=who.user)
    except errors.BadDecision as refused:
        named = frozenset({str(refused.fields["field"])})
        return _page(request, library, desk, who, _queue(form), filled=filled, faults=named, status=422)
    except _REFUSED as refused:
        again = library.desks.of(case, who.user, form.text("item") or None)
        return _page(request, library, again, who, _queue(form), filled=filled, refused=refused)
    return _to_case(case, form, "case.said.decided")


@router.post("/cases/{case}/second")
def second(case: CaseId, request: Request, library: Library, who: Reviewer, form: Sent) -> object:
    """What a second person chooses, before they see what the first did."""
    desk = library.desks.of(case, who.user, form.text("item") or None)
    waiting = desk.to_second
    if waiting is None:
        raise errors.RecordConflict(kind="case", id=case, state=desk.case.state, wanted="read a second time")
    said, note = form.text("choice"), form.text("note")
    faults = frozenset(
        name
        for name, fine in (("choice", said in set(Choice)), ("note", 0 < len(note) <= MAX_WORDS))
        if not fine
    )
    written = Filled(choice=said, reason=note)
    if faults:
        return _page(request, library, desk, who, _queue(form), filled=written, faults=faults, status=422)
    third = form.text("then") == "third"
    try:
        made = library.cases.second_blind(waiting.id, Choice(said), note=note, user=who.user, third=third)
    except _REFUSED as refused:
        again = library.desks.of(case, who.user, form.text("item") or None)
        return _page(request, library, again, who, _queue(form), filled=written, refused=refused)
    return pages.to(f"/console/decisions/{made.id}", "case.said.seconded", **_queue(form).kept)


@router.get("/cases/{case}/appeal")
def ask_appeal(case: CaseId, request: Request, library: Library, who: Reviewer) -> HTMLResponse:
    """What was decided, and the form that puts an appeal on record."""
    desk = library.desks.of(case, who.user)
    return pages.page(request, "case/appeal.html", **_VOCABULARY, desk=desk, reason="", faults={})


@router.post("/cases/{case}/appeal")
def appeal(case: CaseId, request: Request, library: Library, who: Reviewer, form: Sent) -> object:
    """Open what was restricted again, for another person."""
    reason = form.text("reason")
    if not 0 < len(reason) <= MAX_WORDS:
        desk, texts = library.desks.of(case, who.user), pages.visitor(request).texts
        faults = {"reason": texts.text("case.fault.reason", n=MAX_WORDS)}
        return pages.page(
            request, "case/appeal.html", 422, **_VOCABULARY, desk=desk, reason=reason, faults=faults
        )
    library.cases.appeal(case, reason)
    return pages.to(f"/console/cases/{case}", "case.said.appealed")


@router.post("/cases/{case}/close")
def close(case: CaseId, library: Library, who: Reviewer, form: Sent) -> RedirectResponse:  # noqa: ARG001 - it lets them in
    """The work on a decided case is over."""
    library.cases.close(case, "closed on the console")
    return pages.to(queue_asked.PATH, "case.said.closed", **_queue(form).values)


def _queue(form: Form) -> Asked:
    """What was asked of the queue that one came from."""
    return queue_asked.of_query(form.text(queue_asked.FIELD))


def _to_case(case: str, form: Form, said: str | None = None) -> RedirectResponse:
    return pages.to(f"/console/cases/{case}", said, **_queue(form).kept)


def _page(
    request: Request,
    library: Seawall,
    desk: Desk,
    who: Principal,
    queue: Asked,
    *,
    filled: Filled | None = None,
    faults: frozenset[str] = frozenset(),
    refused: errors.SeawallError | None = None,
    status: int = 200,
) -> HTMLResponse:
    texts = pages.visitor(request).texts
    case, to_second = desk.case, desk.to_second
    taken = case.state not in _TAKEN or case.assigned_to == who.user
    may = Scope.REVIEW in who.scopes and desk.barred is None
    offered = ruling_form.to_decide(desk)
    limits = {"n": MAX_WORDS}
    context = {
        "queue": queue,
        "desk": desk,
        "case": case,
        "item": desk.item,
        "taken_first": case.state in _TAKEN,
        "mine": case.state in _TAKEN and case.assigned_to == who.user,
        "inherited": library.queue.inherited(case.id) if may else None,
        "at_night": may and library.queue.spares(who.user) and library.queue.entry(case.id).is_grave,
        "clocks": clocks.concerning(library, request, AboutKind.CASE, case.id),
        "may_take": may and case.state in _TAKEN and case.assigned_to is None,
        "reads_second": may and to_second is not None and to_second.user != who.user and taken,
        "decides": may and taken and bool(offered) and to_second is None,
        "offered": offered,
        "choices": ruling_form.choices(desk, desk.standing),
        "filled": filled or ruling_form.begun(desk, texts, library.exposure.views(who.user, desk.item)),
        "faults": {
            name: texts.text(f"case.fault.{name}", **limits) for name in sorted(faults, key=ruling_form.place)
        },
        "refused": None if refused is None else problems.told(refused, problems.request_id(request)),
        "undoable": library.desks.undoable(who.user),
        "hidden": to_second is not None and to_second.hides(who.user),
    }
    code = refused.http_status if refused is not None else status
    return pages.page(request, "case/case.html", code, **_VOCABULARY, **context)
