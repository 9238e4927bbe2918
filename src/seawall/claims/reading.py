"""The one way to read a report: its text goes in, and all that is proposed of it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from seawall.claims import analyst_places, english, entities, hidden, prepared, proposals, reserve
from seawall.model.report import Line, Reading, Unread


def read(
    text: str,
    published: date | None = None,
    *,
    known: Sequence[Line] = (),
    unread: Sequence[Unread] = (),
    places: analyst_places.Places | None = None,
) -> Reading:
    """What a report says, proposed claim by claim; nothing of it is decided.

    published: the day of publication, which its times are told from and never pass. known: lines whose kind
    the file told. unread: what an import has left out. places: an analyst's own. Raises errors.ExtraMissing
    where what reads English is not installed.
    """
    parsed = english.parsed(prepared.prepared(text, known, unread))
    proposed = reserve.kept(parsed, proposals.proposals(parsed))
    found = entities.entities(parsed, proposed, published, places)
    return Reading(
        language=parsed.language,
        lines=parsed.lines,
        proposals=found.proposals,
        groups=found.groups,
        people=found.people,
        organisations=found.organisations,
        places=found.places,
        times=found.times,
        media=found.media,
        violations=found.violations,
        discrepancies=(*found.discrepancies, *hidden.characters(text)),
        unread=parsed.unread,
        counts=found.counts,
    )
