"""The one way to read a report: its text goes in, and all that is proposed of it comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from seawall.claims import (
    analyst_places,
    english,
    entities,
    hidden,
    languages,
    prepared,
    proposals,
    reserve,
)
from seawall.claims.parsed import Parsed
from seawall.model.claim import Proposal
from seawall.model.report import Line, Reading, Unread


class English:
    """Reads English by its parse; words of reserve besides, whatever the parse says."""

    language = english.LANGUAGE

    def parsed(self, text: Parsed) -> Parsed:
        return english.parsed(text)

    def proposals(self, text: Parsed) -> tuple[Proposal, ...]:
        return reserve.kept(text, proposals.proposals(text))


#: Whose sentences are read. In texts of other languages only known names are looked for.
READERS: Final[Mapping[str, languages.Reader]] = {one.language: one for one in (English(),)}


def read(
    text: str,
    published: date | None = None,
    *,
    known: Sequence[Line] = (),
    unread: Sequence[Unread] = (),
    places: analyst_places.Places | None = None,
    readers: Mapping[str, languages.Reader] = READERS,
) -> Reading:
    """What a report says, proposed claim by claim; nothing of it is decided.

    published: the day of publication, which its times are told from and never pass. known: lines whose kind
    the file told. unread: what an import has left out. places: an analyst's own. readers: by language. Raises
    errors.ExtraMissing where what reads English is not installed.
    """
    parsed = prepared.prepared(text, known, unread, readers.keys())
    proposed: tuple[Proposal, ...] = ()
    if (reader := readers.get(parsed.language)) is not None:
        parsed = reader.parsed(parsed)
        proposed = reader.proposals(parsed)
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
