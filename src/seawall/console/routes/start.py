"""From an empty installation to the first case that is decided: what is done, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, pages
from seawall.model.access import Principal, Scope
from seawall.store.cases import CaseFilter
from seawall.workflows.library import Seawall

router = forms.pages_for("start")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Its texts are `start.NAME.title` and `start.NAME.why`."""

    name: str
    path: str  #: of the page where it is done
    done: bool


@router.get("/start")
def show(request: Request, shared: Library, _: Annotated[Principal, Depends(needs(Scope.READ))]) -> Response:
    """The steps, the first that is left standing out."""
    made = steps(shared)
    left = next((one for one in made if not one.done), None)
    return pages.page(request, "start.html", steps=made, left=left)


def steps(shared: Seawall) -> list[Step]:
    """What an installation has, and what it lacks to do its work."""
    banks = [one for one in shared.banks() if not one.negative]
    filled = any(next(iter(shared.references(one.name)), None) is not None for one in banks)
    bank = f"/console/banks/{banks[0].name}" if banks else "/console/banks"
    cases = shared.cases.page(CaseFilter(), limit=1)
    return [
        Step("bank", "/console/banks", bool(banks)),
        Step("reference", bank, filled),
        Step("check", "/console/search", bool(cases) or shared.seen.count() > 0),
        Step("case", "/console/queue", bool(shared.cases.decisions(limit=1))),
        Step("people", "/console/users", len(shared.access.users()) > 1),
    ]
