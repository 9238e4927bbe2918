"""Decisions: one on its own page, what waits for a second person, and undoing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from seawall.api.deps import Library, needs
from seawall.api.routes.decisions import DecisionId
from seawall.console import drawing, forms, pages, queue_asked
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.decision import RESTRICTIONS, Stage
from seawall.store.decision_rows import DecisionFilter
from seawall.store.statements import StatementFilter

router = forms.pages_for("decisions")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]

_LISTED = 50


@router.get("/second")
def waiting(request: Request, library: Library, who: Reviewer, after: int = 0) -> HTMLResponse:
    """Cases that wait for a second person, who is not shown what was chosen."""
    wanted = DecisionFilter(awaits_second=True)
    found = library.cases.decisions(wanted, after=max(after, 0), limit=_LISTED + 1)
    listed = found[:_LISTED]
    rows = [(made, library.cases.item(made.ruling.items[0])) for _, made in listed]
    go_on = f"/console/second?after={listed[-1][0]}" if len(found) > _LISTED else ""
    return pages.page(request, "case/waiting.html", rows=rows, user=who.user, go_on=go_on)


@router.get("/decisions/soon")
def soon(request: Request, library: Library, who: Reviewer, queue: str = "") -> HTMLResponse:
    """The part of a page that says what goes out soon and can be undone."""
    asked, undoable = queue_asked.of_query(queue), library.desks.undoable(who.user)
    return pages.page(request, "case/undo.html", undoable=undoable, queue=asked)


@router.get("/decisions/{decision}")
def show(
    decision: DecisionId, request: Request, library: Library, who: Reader, queue: str = ""
) -> HTMLResponse:
    """A decision: what was chosen, why, and what became of it."""
    made = library.cases.decision(decision)
    items = [library.cases.item(one) for one in made.ruling.items[:_LISTED]]
    wanted = StatementFilter(decision=made.id)
    statements = [one for _, one in library.statements.page(wanted)] if Scope.REVIEW in who.scopes else []
    return pages.page(
        request,
        "case/decision.html",
        made=made,
        queue=queue_asked.of_query(queue),
        items=items,
        hidden=made.hides(who.user),
        clock=drawing.clock,
        statements=statements,
        can_reinstate=(
            Scope.REVIEW in who.scopes and bool(made.stands_for) and made.ruling.choice in RESTRICTIONS
        ),
        can_undo=made.user == who.user and made.stage in (Stage.SECOND, Stage.DUE),
    )


@router.post("/decisions/{decision}/undo")
def undo(decision: DecisionId, library: Library, who: Reviewer, form: Sent) -> RedirectResponse:
    """Take a decision of one's own back."""
    made = library.cases.undo(decision, user=who.user)
    case = library.cases.item(made.ruling.items[0]).case
    queue = queue_asked.of_query(form.text(queue_asked.FIELD))
    if case is None:
        return pages.to(queue_asked.PATH, "case.said.undone", **queue.values)
    return pages.to(f"/console/cases/{case}", "case.said.undone", **queue.kept)
