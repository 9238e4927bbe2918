"""The map of an incident's places, drawn once for each state of its record."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from seawall.claims import land
from seawall.model.report import GEONAMES_CREDIT, Feature
from seawall.reports import chart_map
from seawall.reports.spots import Spot, Sureness, Unplaced, spots
from seawall.reports.view import View

#: Maps that stay in memory: one is some 100 kB.
KEPT: Final = 32


@dataclass(frozen=True, slots=True)
class Atlas:
    """The places of a record, on a map and off it."""

    map: chart_map.Map | None  #: None where no place has a point
    spots: tuple[Spot, ...]
    unplaced: tuple[Unplaced, ...]
    credit: str = GEONAMES_CREDIT  #: the dots of every map are GeoNames'


class Maps:
    """Maps of the incidents of one data folder. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], Atlas] = OrderedDict()

    def of(self, view: View) -> Atlas:
        """The map of a record. The first one of a process takes a second, until the land is read.

        Raises ExtraMissing where the package with the land is not installed.
        """
        key = (view.ledger.id, view.ledger.revisions[-1].number)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = _drawn(view)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _drawn(view: View) -> Atlas:
    found, unplaced = spots(view)
    if not found:
        return Atlas(None, found, unplaced)
    known = land.load()
    areas = [
        (one, known.degrees[known.within(code)])
        for one in found
        if one.is_area and one.sureness is not Sureness.OTHER
        if (code := _area(known, one)) is not None
    ]
    return Atlas(chart_map.drawn(found, known.degrees, areas), found, unplaced)


def _area(known: land.Land, spot: Spot) -> str | None:
    """The code of the towns that show an area; None for one of which they are not known.

    A second-level part has none: the first-level part around it would say more than the record does.
    """
    match spot.feature:
        case Feature.COUNTRY:
            return spot.country
        case Feature.ADMIN1:
            return known.part_at(spot.latitude, spot.longitude)
    return None
