"""The copies of an incident: how they spread, and which could have been cut from which.

What is drawn from all copies of an incident is kept for a while, and made anew once a match or a check has
come to them. Ten thousand people looking at one incident cost as much as one. The family of thousands of
copies takes a second to find out, and while footage spreads there is a check every second: so it is shown a
little longer than it holds, with the time at which it held, while a newer one is found out aside.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, TypeVar

from seawall.matching import family as families
from seawall.matching.family import Family
from seawall.model.bank import Reference
from seawall.model.copies import NOWHERE, Copies as Known, Copy, Detail
from seawall.model.spread import Spread, spread
from seawall.store.copies import Copies as Records, Mark

#: Incidents whose copies stay in memory: 5,000 copies take some 10 MB.
KEPT: Final = 8
#: A family that is quicker to find out than this, in seconds of the processor, is never shown when it is old.
_SLOW_S: Final = 0.1
#: Another is found out anew after so many times as long as it takes: a twentieth of a processor goes into it.
_WORTH: Final = 20
#: Older than this, no family is shown.
OLDEST_S: Final = 60.0

_Kept = TypeVar("_Kept")


class Picture:
    """All copies of an incident as they were at one moment. What takes long is made when it is asked for."""

    def __init__(self, records: Records, incident_id: str) -> None:
        self._records = records
        self._incident = incident_id
        self._lock = threading.Lock()
        self._family: Family | None = None
        self.at = datetime.now(UTC)  #: when all of it was as it is here
        self.family_s = 0.0  #: of the processor that the family took, once it is known
        self.known: Known = records.read(incident_id)

    @cached_property
    def spread(self) -> Spread:
        """Over time, without whether anything was checked."""
        return spread(self.known.copies)

    @property
    def family(self) -> Family:
        """Which could have been cut from which. For 5,000 copies it takes a second, once."""
        with self._lock:
            if self._family is None:
                began_s = time.thread_time()
                self._family = self._found()
                self.family_s = time.thread_time() - began_s
            return self._family

    @property
    def age_s(self) -> float:
        """For how long it may have been otherwise."""
        return (datetime.now(UTC) - self.at).total_seconds()

    def _found(self) -> Family:
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
        self._families: OrderedDict[str, Picture] = OrderedDict()  # the last of each whose family is known
        self._aside = ThreadPoolExecutor(1, "seawall-family")
        self._coming: Future[Picture] | None = None

    def close(self) -> None:
        """Wait for what is found out aside."""
        self._aside.shutdown(cancel_futures=True)

    def of(self, incident_id: str) -> Picture:
        """All copies as they are now. Raises IncidentNotFound."""
        at, mark = datetime.now(UTC), self._records.mark(incident_id)
        with self._lock:
            kept = self._kept.get(incident_id)
            if kept is not None and kept[0] == mark:
                kept[1].at = at
                return kept[1]
        made = Picture(self._records, incident_id)
        with self._lock:
            self._kept[incident_id] = (mark, made)
            _trim(self._kept, incident_id)
        return made

    def with_family(self, incident_id: str) -> Picture:
        """As `of`, for its family, which may be as old as `OLDEST_S` where it is slow to find out."""
        with self._lock:
            last = self._families.get(incident_id)
        if last is None or last.family_s < _SLOW_S or last.age_s > OLDEST_S:
            return self._renewed(incident_id)
        if last.age_s > _WORTH * last.family_s:
            self._renew_aside(incident_id)
        return last

    def _renewed(self, incident_id: str) -> Picture:
        picture = self.of(incident_id)
        _ = picture.family
        with self._lock:
            self._families[incident_id] = picture
            _trim(self._families, incident_id)
        return picture

    def _renew_aside(self, incident_id: str) -> None:
        """One at a time; who asks meanwhile asks again. An error comes up where it is asked for in vain."""
        with self._lock:
            if self._coming is None or self._coming.done():
                self._coming = self._aside.submit(self._renewed, incident_id)

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


def _trim(kept: OrderedDict[str, _Kept], newest: str) -> None:
    kept.move_to_end(newest)
    while len(kept) > KEPT:
        kept.popitem(last=False)
