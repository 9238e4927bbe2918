"""What becomes of a report's pictures when it joins a record: which media they are, and what that links."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.claim import Span
from seawall.model.incident import Document, MediaLink, Still
from seawall.model.report import MediumKind
from seawall.store import references

_SEEN = frozenset({MediumKind.VIDEO, MediumKind.PHOTO})


def settled(connection: Connection, document: Document, still: Still) -> Still:
    """A picture as it is kept: with the medium that its caption mentions, and matches that hold now."""
    holding = tuple(one for one in still.matches if _holds(connection, one.reference))
    return replace(still, matches=holding, medium=captioned(document, still.caption))


def links(still: Still) -> tuple[MediaLink, ...]:
    """What the matches of a picture say of the medium that it is."""
    if still.medium is None:
        return ()
    return tuple(MediaLink(still.medium, one.reference, one.score, one.segments) for one in still.matches)


def captioned(document: Document, caption: Span | None) -> str | None:
    """The one medium to be seen that a caption mentions; None where it mentions none, or several."""
    if caption is None:
        return None
    found = [
        one.id
        for one in document.reading.media
        if one.kind in _SEEN and caption.start <= one.span.start and one.span.end <= caption.end
    ]
    return found[0] if len(found) == 1 else None


def _holds(connection: Connection, reference_id: str) -> bool:
    """Whether a reference still stands that a check found before this transaction began."""
    try:
        found = references.get(connection, reference_id)
    except errors.ReferenceNotFound:
        return False
    return found.state is not ReferenceState.WITHDRAWN and not found.negative
