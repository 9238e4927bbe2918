"""One reference: what it is, what was said and done about it, and what it has matched."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.calls import Trail
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, lists, pages, plain
from seawall.console.asked import LABEL_CHARACTERS, Asked, shown
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.bank import ReferenceState
from seawall.model.exchange import Stance
from seawall.workflows.library import Seawall

router = forms.pages_for("references")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Keeper = Annotated[Principal, Depends(needs(Scope.BANKS))]

_MATCHES = 20


@router.get("/references/{reference}")
def show(request: Request, reference: str, library: Library, _: Reader) -> Response:
    """All that is on record of a reference."""
    return _page(request, library, reference)


@router.post("/references/{reference}/dispute")
def dispute(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Still matched, never more than suggested."""
    return _set_state(request, library, reference, ReferenceState.DISPUTED, Asked(request, form), trail)


@router.post("/references/{reference}/clear")
def clear(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Settle a dispute in the reference's favour."""
    return _set_state(request, library, reference, ReferenceState.ACTIVE, Asked(request, form), trail)


@router.post("/references/{reference}/withdraw")
def withdraw(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Not matched any more."""
    return _set_state(request, library, reference, ReferenceState.WITHDRAWN, Asked(request, form), trail)


@router.post("/references/{reference}/remove")
def remove(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Take it out of its bank; a record stays."""
    asked = Asked(request, form)
    reason = asked.words("remove_reason")
    if asked.faults:
        return _page(request, library, reference, asked)
    bank = library.reference(reference).bank
    trail.details["reason"] = reason
    library.reference_remove(reference, reason)
    return pages.to(f"/console/banks/{bank}", "references.said.removed")


@router.post("/references/{reference}/labels")
def add_labels(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Give it labels."""
    asked = Asked(request, form)
    labels = asked.labels("labels")
    asked.words("labels")
    if asked.faults:
        return _page(request, library, reference, asked)
    trail.details["labels"] = labels
    library.reference_labels(reference, add=labels)
    return pages.to(f"/console/references/{reference}", "references.said.labelled")


@router.post("/references/{reference}/labels/drop")
def drop_label(
    request: Request, reference: str, library: Library, form: Sent, trail: Recorded, _: Keeper
) -> Response:
    """Take a label off."""
    label = Asked(request, form).words("label", most=LABEL_CHARACTERS)
    trail.details["label"] = label
    library.reference_labels(reference, drop=[label])
    return pages.to(f"/console/references/{reference}", "references.said.unlabelled")


@router.post("/references/{reference}/verify")
def verify(
    request: Request,
    reference: str,
    library: Library,
    form: Sent,
    who: Annotated[Principal, Depends(needs(Scope.REVIEW))],
) -> Response:
    """The person who has signed in stands by it."""
    asked = Asked(request, form)
    grounds = asked.words("grounds")
    if not asked.faults:
        with asked.refusing({errors.CannotSign: "grounds"}):
            library.policies.verify(reference, grounds=grounds, user=who.user)
            return pages.to(f"/console/references/{reference}", "references.said.verified")
    return _page(request, library, reference, asked)


@router.post("/references/{reference}/opinions")
def opine(request: Request, reference: str, library: Library, form: Sent, _: Keeper) -> Response:
    """Give our opinion."""
    asked = Asked(request, form)
    stance, labels = asked.one_of("stance", Stance), asked.labels("opinion_labels")
    note = asked.maybe("opinion_note")
    if stance is None or asked.faults:
        return _page(request, library, reference, asked)
    library.exchanges.opine(library.reference(reference), stance, tuple(labels), note)
    return pages.to(f"/console/references/{reference}", "references.said.opined")


@router.post("/references/{reference}/release")
def release(request: Request, reference: str, library: Library, form: Sent, who: Keeper) -> Response:
    """Let a held reference act."""
    asked = Asked(request, form)
    reason = asked.words("release_reason")
    if asked.faults:
        return _page(request, library, reference, asked)
    library.holds.release(reference, who.name, reason)
    return pages.to(f"/console/references/{reference}", "references.said.released")


@router.post("/references/{reference}/search")
def search_again(
    reference: str, library: Library, _: Annotated[Principal, Depends(needs(Scope.ADMIN))]
) -> Response:
    """Have it searched in what was seen."""
    job = library.retromatch_later(reference)
    return pages.to(f"/console/jobs/{job}", "references.said.searching")


def _set_state(
    request: Request, library: Seawall, reference: str, state: ReferenceState, asked: Asked, trail: Trail
) -> Response:
    name = f"{state.value}_reason"
    reason = asked.words(name)
    if not asked.faults:
        with asked.refusing({errors.StateConflict: name}):
            trail.details["reason"] = reason
            library.reference_set_state(reference, state, reason)
            return pages.to(f"/console/references/{reference}", f"references.said.{state.value}")
    return _page(request, library, reference, asked)


def _page(request: Request, library: Seawall, reference: str, asked: Asked | None = None) -> Response:
    known = library.reference(reference)
    matches = library.seen.matches(reference=known.id, before=lists.number(request), limit=_MATCHES + 1)
    return pages.page(
        request,
        "reference.html",
        422 if asked else 200,
        reference=known,
        detail=library.lookup.detail(known.id),
        history=library.reference_events(known.id),
        opinions=library.exchanges.opinions(known.id),
        verified=library.policies.is_verified(known.id),
        verifications=library.policies.verifications(known.id),
        hold=library.holds.of(known.id),
        part=lists.part(request, matches, _MATCHES),
        stances=list(Stance),
        clock=plain.clock,
        **shown(asked),
    )
