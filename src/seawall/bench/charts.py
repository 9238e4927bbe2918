"""Small line charts as SVG: one edit, its strengths from left to right, the share found upwards."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH_PX: Final = 260
HEIGHT_PX: Final = 150

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 10, 10, 24
_GRID: Final = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A share with its interval; the interval may be missing."""

    share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One system; `points` has an entry for each strength, None where it was not measured."""

    name: str
    style: str  #: a class of the page's style sheet
    points: tuple[Point | None, ...]


def chart(title: str, strengths: Sequence[str], lines: Sequence[Line]) -> str:
    """One chart. The lines given first are drawn on top."""
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
    ]
    for share in _GRID:
        y = _y(share)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH_PX - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{100 * share:.0f}</text>')
    for number, strength in enumerate(strengths):
        x = _x(number, len(strengths))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT_PX - 7}" text-anchor="middle">{escape(strength)}</text>')
    for line in reversed(lines):
        parts += _drawn(line, len(strengths))
    return "".join([*parts, "</svg>"])


def _drawn(line: Line, strengths: int) -> list[str]:
    places = [(_x(n, strengths), point) for n, point in enumerate(line.points) if point is not None]
    path = " ".join(f"{x:.1f},{_y(point.share):.1f}" for x, point in places)
    parts = [f'<g class="{escape(line.style)}"><polyline points="{path}"/>']
    for x, point in places:
        if point.low is not None and point.high is not None:
            low, high = _y(point.low), _y(point.high)
            parts.append(f'<line class="interval" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>')
        named = f"{line.name}: {100 * point.share:.0f} %"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{_y(point.share):.1f}" r="3"><title>{escape(named)}</title></circle>'
        )
    return [*parts, "</g>"]


def _x(number: int, count: int) -> float:
    room = WIDTH_PX - _LEFT - _RIGHT
    return _LEFT + room * (number + 0.5) / count


def _y(share: float) -> float:
    return HEIGHT_PX - _BOTTOM - share * (HEIGHT_PX - _TOP - _BOTTOM)
