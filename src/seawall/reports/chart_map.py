"""A map without tiles, ready to be drawn: towns as dots, the grid of degrees, and the places of a record.

Equirectangular, with the degrees of longitude shortened as they are in the middle of the map. Nothing on it
is larger or surer than the record says: an area is the towns in it, and never a point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.reports.spots import Spot, Sureness

WIDTH: Final = 800
WORLD_WIDTH: Final = 160
MOST_HEIGHT: Final = 520
LEAST_DEGREES: Final = 5.0  #: that a map is high and wide: some 500 km
MARGIN: Final = 0.15  #: of the places' extent, on each side
MOST_DOTS: Final = 5_000
FEW_DOTS: Final = 600  #: which are drawn larger
LABEL_PX: Final = 22  #: markers that are closer are put aside of each other

_GRIDS: Final = (0.5, 1, 2, 5, 10, 15, 30)  #: degrees
_SCALES: Final = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  #: km
#: Where a number may stand beside its marker, the best place first.
_AROUND: Final = ((16.0, 5.0), (-16.0, 5.0), (0.0, -13.0), (0.0, 23.0), (30.0, 18.0), (-30.0, -8.0))
_KM_A_DEGREE: Final = 111.32

Degrees = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid."""

    at: float  #: pixels from the left, or from the top
    degrees: int | float
    letter: str  #: N, S, E, W, or "" for 0


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the map."""

    spot: Spot
    x: float
    y: float
    label_x: float  #: where its number stands
    label_y: float
    is_area: bool  #: it is drawn as the towns in it, and has no point


@dataclass(frozen=True, slots=True)
class Map:
    """All that is drawn, in pixels from the upper left corner. Paths are SVG's."""

    width: int
    height: int
    land: str
    dot_px: float  #: how wide a dot of the land is
    world: str  #: the land of the small map of the world, 160 by 80 pixels
    window: tuple[float, float, float, float]  #: of the map on that: left, top, width, height
    areas: tuple[tuple[Spot, str], ...]
    meridians: tuple[Line, ...]
    parallels: tuple[Line, ...]
    markers: tuple[Marker, ...]
    outside: tuple[Spot, ...]  #: further candidates that lie off the map
    scale_km: int
    scale_px: float


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    east: float
    south: float
    north: float
    width: int = WIDTH
    squeezed: bool = True  #: degrees of longitude are as long as in the middle of the map

    @property
    def x_scale(self) -> float:
        """Pixels a degree of longitude."""
        return self.width / (self.east - self.west)

    @property
    def y_scale(self) -> float:
        """Pixels a degree of latitude."""
        return self.x_scale / (math.cos(math.radians(self.middle)) if self.squeezed else 1.0)

    @property
    def middle(self) -> float:
        return (self.south + self.north) / 2

    @property
    def height(self) -> int:
        return round((self.north - self.south) * self.y_scale)

    def place(self, degrees: NDArray[np.float64] | Degrees) -> NDArray[np.float64]:
        """Points (n, 2) of latitude and longitude as (n, 2) of x and y."""
        longitudes = (degrees[:, 1] - self.west) % 360.0 + self.west
        x = (longitudes - self.west) * self.x_scale
        y = (self.north - degrees[:, 0]) * self.y_scale
        return np.stack([x, y], axis=1)


_WORLD: Final = _Frame(-180.0, 180.0, -90.0, 90.0, WORLD_WIDTH, squeezed=False)


def drawn(spots: Sequence[Spot], towns: Degrees, areas: Sequence[tuple[Spot, Degrees]]) -> Map | None:
    """The map of these places; None where no place is to be drawn.

    towns: of all the world, (n, 2) latitudes and longitudes. areas: the towns of each place that is one.
    """
    extent = [degrees for spot, degrees in areas if spot.sureness is not Sureness.OTHER and len(degrees)]
    points = [(one.latitude, one.longitude) for one in spots if one.sureness is not Sureness.OTHER]
    if not points:
        points = [(one.latitude, one.longitude) for one in spots]
    if not points:
        return None
    frame = _frame(np.concatenate([np.array(points), *(_core(one) for one in extent)]))
    middles = {id(spot): np.median(degrees, axis=0) for spot, degrees in areas if len(degrees)}
    inside: list[tuple[Spot, float, float]] = []
    outside: list[tuple[Spot, float, float]] = []
    for one in spots:
        where = middles.get(id(one), np.array([one.latitude, one.longitude]))
        x, y = frame.place(where[np.newaxis])[0].tolist()
        seen = 0 <= x <= WIDTH and 0 <= y <= frame.height
        (inside if seen else outside).append((one, x, y))
    land = _dots(frame, towns)
    km = next((one for one in reversed(_SCALES) if _px(frame, one) <= WIDTH / 4), _SCALES[0])
    return Map(
        width=WIDTH,
        height=frame.height,
        land=land,
        dot_px=2.0 if land.count("M") > FEW_DOTS else 4.0,
        world=_dots(_WORLD, towns),
        window=_window(frame),
        areas=tuple((spot, _dots(frame, degrees)) for spot, degrees in areas if len(degrees)),
        meridians=_grid(frame.west, frame.east, frame.west, frame.x_scale, "WE"),
        parallels=_grid(frame.south, frame.north, frame.north, -frame.y_scale, "SN"),
        markers=_markers(inside, middles),
        outside=tuple(one for one, _, _ in outside),
        scale_km=km,
        scale_px=round(_px(frame, km), 1),
    )


def _core(degrees: Degrees) -> NDArray[np.float64]:
    """The corners (2, 2) between which nearly all of an area's towns lie, far islands left aside."""
    return np.asarray(np.percentile(degrees.astype(float), (2, 98), axis=0), np.float64)


def _frame(degrees: NDArray[np.float64]) -> _Frame:
    latitudes, longitudes = degrees[:, 0], degrees[:, 1]
    if longitudes.max() - longitudes.min() > 180:  # the way over the date line is shorter
        longitudes = longitudes % 360.0
    middle = float(latitudes.min() + latitudes.max()) / 2
    squeeze = max(0.2, math.cos(math.radians(middle)))
    high = max(LEAST_DEGREES, float(np.ptp(latitudes)) * (1 + 2 * MARGIN))
    wide = max(LEAST_DEGREES / squeeze, float(np.ptp(longitudes)) * (1 + 2 * MARGIN))
    # As wide as the paper; what is too high is made wider, what is too low higher.
    wide = max(wide, high * WIDTH / MOST_HEIGHT / squeeze)
    high = max(high, wide * squeeze / 2)
    wide, high = min(wide, 360.0), min(high, 170.0)
    centre = float(longitudes.min() + longitudes.max()) / 2
    middle = min(max(middle, -85 + high / 2), 85 - high / 2)
    return _Frame(centre - wide / 2, centre + wide / 2, middle - high / 2, middle + high / 2)


def _dots(frame: _Frame, degrees: Degrees) -> str:
    """A path of one dot for each cell that has a town: a crowd of dots shows no more than one."""
    at = frame.place(degrees)
    at = at[(at[:, 0] >= 0) & (at[:, 0] <= frame.width) & (at[:, 1] >= 0) & (at[:, 1] <= frame.height)]
    size = 2.0
    while len(cells := _cells(at, size)) > MOST_DOTS:
        size += 1.0
    return "".join(f"M{x:g} {y:g}h0" for x, y in ((cells + 0.5) * size).tolist())


def _cells(at: NDArray[np.float64], size: float) -> NDArray[np.int64]:
    """The cells (m, 2) of a size in which points (n, 2) lie, each once."""
    cells = (at / size).astype(np.int64)
    columns = WIDTH + 1
    taken = np.unique(cells[:, 1] * columns + cells[:, 0])
    return np.stack([taken % columns, taken // columns], axis=1)


def _window(frame: _Frame) -> tuple[float, float, float, float]:
    """The map on that of the world; one over the date line begins at its western edge."""
    x, y = _WORLD.place(np.array([[frame.north, frame.west]]))[0].tolist()
    width = max(3.0, (frame.east - frame.west) * _WORLD.x_scale)
    height = max(3.0, (frame.north - frame.south) * _WORLD.y_scale)
    return round(min(x, WORLD_WIDTH - width), 1), round(y, 1), round(width, 1), round(height, 1)


def _grid(first: float, last: float, origin: float, scale: float, letters: str) -> tuple[Line, ...]:
    step = next((one for one in _GRIDS if (last - first) / one <= 7), _GRIDS[-1])
    lines = []
    for number in range(math.ceil(first / step), math.floor(last / step) + 1):
        degrees = number * step
        turned = (degrees + 180) % 360 - 180 if letters == "WE" else degrees
        letter = "" if turned in (0, -180) else letters[turned > 0]
        lines.append(Line(round((degrees - origin) * scale, 1), abs(turned), letter))
    return tuple(lines)


def _px(frame: _Frame, km: float) -> float:
    """How long a way in the middle of the map is on it."""
    return km / (_KM_A_DEGREE * math.cos(math.radians(frame.middle))) * frame.x_scale


def _markers(
    inside: Sequence[tuple[Spot, float, float]], middles: Mapping[int, object]
) -> tuple[Marker, ...]:
    """Where markers and their numbers stand: beside the marker, or on around it where another number is."""
    taken: list[tuple[float, float]] = []
    made = []
    for spot, x, y in inside:
        offsets = ((0.0, 5.0),) if id(spot) in middles else ()
        places = [(x + dx, y + dy) for dx, dy in (*offsets, *_AROUND)]
        free = (one for one in places if all(abs(one[0] - a) + abs(one[1] - b) >= LABEL_PX for a, b in taken))
        label = next(free, places[0])
        taken.append(label)
        made.append(
            Marker(
                spot, round(x, 1), round(y, 1), round(label[0], 1), round(label[1], 1), id(spot) in middles
            )
        )
    return tuple(made)
