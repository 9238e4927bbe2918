"""The copies of an incident: how they spread, and which could have been cut from which.

What is drawn from all copies of an incident is kept for a while, and made anew once a match or a check has
come to them. Ten thousand people looking at one incident cost as much as one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from seawall.matching import family as families
from seawall.matching.family import Family
from seawall.model.bank import Reference
from seawall.model.copies import NOWHERE, Copies as Known, Copy, Detail
from seawall.model.spread import Spread, spread
from seawall.store.copies import Copies as Records, Mark

#: Incidents whose copies stay in memory: 5,000 copies take some 10 MB.
KEPT: Final = 8


class Picture:
    """All copies of an incident as they were at one moment. What takes long is made when it is asked for."""

    def __init__(self, records: Records, incident_id: str) -> None:
        self._records = records
        self._incident = incident_id
        self._lock = threading.Lock()
        self.known: Known = records.read(incident_id)

    @cached_property
    def spread(self) -> Spread:
        """Over time, without whether anything was checked."""
        return spread(self.known.copies)

    @property
    def family(self) -> Family:
        """Which could have been cut from which. For 5,000 copies it takes a second, once."""
        with self._lock:
            return self._family

    @cached_property
    def _family(self) -> Family:
        copies = self.known.copies
        parts = self._records.parts(self._incident, (one.number for one in copies))
        files = self._records.banked(self._incident)
        owners = {files[one.key]: one.number for one in copies if one.key in files}
        direct = {
            (number, owners[part.reference])
            for number, some in parts.items()
            for part in some
            if owners.get(part.reference, number) != number
        }
        return families.family(copies, parts, direct)


class Copies:
    """What people ask of the copies of incidents of one data folder. Any number of threads may use it."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Mark, Picture]] = OrderedDict()

    def of(self, incident_id: str) -> Picture:
        """All copies as they are now. Raises IncidentNotFound."""
        mark = self._records.mark(incident_id)
        with self._lock:
            kept = self._kept.get(incident_id)
        if kept is not None and kept[0] == mark:
            return kept[1]
        made = Picture(self._records, incident_id)
        with self._lock:
            self._kept[incident_id] = (mark, made)
            self._kept.move_to_end(incident_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def spread(self, picture: Picture) -> Spread:
        """How they spread, with the times of which no check is on record."""
        return picture.spread.among(self._records.checked_between(picture.spread.edges))

    def details(self, incident_id: str, copies: Sequence[Copy]) -> list[Detail]:
        """All that is shown of these copies of the incident, in their order."""
        numbers = [one.number for one in copies]
        parts = self._records.parts(incident_id, numbers)
        places = self._records.places(numbers)
        standing = self._records.standing(incident_id, numbers)
        return [
            Detail(
                copy=one,
                parts=parts.get(one.number, ()),
                posts=places[one.number][0],
                uploaders=places[one.number][1],
                standing=standing.get(one.number, NOWHERE),
            )
            for one in copies
        ]

    def states(self, incident_id: str) -> dict[str, int]:
        """How many items its copies have in each state."""
        return self._records.states(incident_id)

    def references(
        self, incident_id: str, *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Reference]]:
        """The next references of an incident behind a number, withdrawn ones too, each with its number."""
        return self._records.references(incident_id, after=after, limit=limit)
