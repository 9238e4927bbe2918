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
    """The one picture that a caption mentions, or where it mentions none, the one video.

    "A still from the video" is the still. None where the caption does not single one out.
    """
    if caption is None:
        return None
    held = [
        one
        for one in document.reading.media
        if caption.start <= one.span.start and one.span.end <= caption.end
    ]
    for kind in (MediumKind.PHOTO, MediumKind.VIDEO):
        found = [one.id for one in held if one.kind is kind]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _holds(connection: Connection, reference_id: str) -> bool:
    """Whether a reference still stands that a check found before this transaction began."""
    try:
        found = references.get(connection, reference_id)
    except errors.ReferenceNotFound:
        return False
    return found.state is not ReferenceState.WITHDRAWN and not found.negative
