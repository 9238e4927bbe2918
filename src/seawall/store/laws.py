"""What may be written into an incident's record. Each change is held to it where it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from seawall import errors
from seawall.model import certainty
from seawall.model.incident import (
    Citation,
    Claim,
    Document,
    Heading,
    Ledger,
    MediaLink,
    PlaceChoice,
    Position,
    Protection,
    State,
    Still,
    ViolationLabel,
)
from seawall.model.names import Names
from seawall.store import pictured
from seawall.store.readings import spans

_ID: Final = re.compile(r"c[1-9][0-9]*")


#: The claims as they stand, by id.
Standing = Mapping[str, Claim]


def hold(ledger: Ledger, standing: Standing, state: State, names: Names) -> None:
    """Raises the error that names the law that a change of the record would break.

    standing: the ledger's claims, with what was added to them since it was read.
    """
    match state:
        case Claim():
            _claim(ledger, standing, state, names)
        case Heading():
            _heading(state, names)
        case Citation():
            document(ledger, state.document)
            names.refuse("origin", state.origin)
        case Position():
            _position(standing, state)
        case PlaceChoice():
            _place(ledger, state)
        case ViolationLabel():
            _violation(ledger, standing, state)
        case MediaLink():
            _link(ledger, state)
        case Still():
            _still(ledger, state)
        case Protection():
            if not Names.can_protect(state.name):
                raise errors.UsageError(detail="A name to protect needs letters")
        case _:
            raise TypeError(f"{type(state).__name__} is no part of an incident's record")


def document(ledger: Ledger, sha256: str) -> Document:
    """Raises EntryNotFound."""
    try:
        return ledger.document(sha256)
    except KeyError:
        raise errors.EntryNotFound(entry="document", name=sha256) from None


def claim(ledger: Ledger, claim_id: str) -> Claim:
    """A claim as it stands. Raises EntryNotFound."""
    return _standing({one.state.id: one.state for one in ledger.claims}, claim_id)


def _standing(standing: Standing, claim_id: str) -> Claim:
    if claim_id not in standing:
        raise errors.EntryNotFound(entry="claim", name=claim_id)
    return standing[claim_id]


def _claim(ledger: Ledger, standing: Standing, new: Claim, names: Names) -> None:
    text = document(ledger, new.document).text
    for span in spans(new.said):
        if not span.holds_in(text):
            raise errors.SpanNotInText(start=span.start, end=span.end)
    if all(group.id != new.said.group for group in ledger.groups):
        raise errors.EntryNotFound(entry="group", name=names.mask(new.said.group))
    names.refuse("value", new.value)
    before = standing.get(new.id)
    known = () if before is None else before.said.attribution
    for link in new.said.attribution:
        if link not in known and not _is_in_text(link.source, text):
            names.refuse("source", link.source)
    if before is not None:
        certainty.check(before, new, standing.values())
        return
    if not _ID.fullmatch(new.id):
        raise ValueError(f"{new.id!r} is no claim's id")
    certainty.check_new(new, standing.values())


def _is_in_text(source: str | None, text: str) -> bool:
    """A source that the text names so is shown masked, as the text is."""
    return source is not None and source in text


def _heading(heading: Heading, names: Names) -> None:
    names.refuse("title", heading.title)
    if not heading.title.strip():
        raise errors.UsageError(detail="An incident needs a title")


def _link(ledger: Ledger, link: MediaLink) -> None:
    if all(medium.id != link.medium for medium in ledger.media):
        raise errors.EntryNotFound(entry="medium", name=link.medium)
    if not link.segments:
        raise errors.UsageError(detail="A medium is linked by a match, and a match has segments")


def _still(ledger: Ledger, still: Still) -> None:
    report = document(ledger, still.document)
    if still.number < 1 or not 0 <= still.offset <= len(report.text):
        raise ValueError(f"no picture of the report stands at {still.offset}")
    caption = still.caption
    if caption is not None and not caption.holds_in(report.text):
        raise errors.SpanNotInText(start=caption.start, end=caption.end)
    if still.medium is not None and still.medium != pictured.captioned(report, caption):
        raise errors.UsageError(detail="A picture is a medium only where its caption singles that one out")
    if any(not one.segments for one in still.matches):
        raise errors.UsageError(detail="A picture is linked by a match, and a match has segments")


def _position(standing: Standing, position: Position) -> None:
    held = _standing(standing, position.claim)
    if held.status in certainty.GONE:
        raise errors.ClaimConflict(claim=held.id, status=held.status, wanted="a position")
    if (held.said.group, held.said.facet) != (position.group, position.facet):
        where = f"{held.said.facet} of {held.said.group}"
        raise errors.UsageError(detail=f"Claim {held.id} is about {where}: a position is on the same facet")


def _place(ledger: Ledger, choice: PlaceChoice) -> None:
    for place in ledger.places:
        if place.id == choice.place:
            if choice.candidate is not None and choice.candidate not in place.candidates:
                raise errors.EntryNotFound(entry="candidate", name=choice.candidate.id)
            return
    raise errors.EntryNotFound(entry="place", name=choice.place)


def _violation(ledger: Ledger, standing: Standing, label: ViolationLabel) -> None:
    if all(group.id != label.group for group in ledger.groups):
        raise errors.EntryNotFound(entry="group", name=label.group)
    if not label.basis:
        raise errors.UsageError(detail="A violation's label rests on at least one claim")
    for one in (_standing(standing, name) for name in label.basis):
        if one.status in certainty.GONE:
            raise errors.ClaimConflict(claim=one.id, status=one.status, wanted="the basis of a label")
        if one.said.group != label.group:
            raise errors.UsageError(detail=f"Claim {one.id} is of group {one.said.group}, not {label.group}")
