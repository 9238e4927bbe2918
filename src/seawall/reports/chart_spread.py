"""Bars of copies over time, ready to be drawn: new ones below, repeated ones on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from seawall.model.spread import Bin, Spread

WIDTH: Final = 800
HEIGHT: Final = 240
LEFT: Final = 72
BOTTOM: Final = 30
WIDEST: Final = 60  #: bar
_TOP: Final = 24
_MOST_LABELS: Final = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin, in pixels from the upper left corner."""

    bin: Bin
    x: float
    width: float
    new_y: float
    new_height: float
    repeated_y: float
    repeated_height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn."""

    bars: tuple[Bar, ...]
    times: tuple[Mark, ...]
    counts: tuple[tuple[float, int], ...]  #: y, and the number there


def drawn(spread: Spread) -> Chart:
    """The chart of a spread; without bins, an empty one."""
    most = max((one.new + one.repeated for one in spread.bins), default=0)
    if not most:
        return Chart((), (), ())
    step = _round(most)
    top = -(-most // step) * step
    room = HEIGHT - BOTTOM - _TOP
    slot = (WIDTH - LEFT) / len(spread.bins)
    bars = []
    for number, one in enumerate(spread.bins):
        new = one.new / top * room
        repeated = one.repeated / top * room
        floor = HEIGHT - BOTTOM
        bars.append(
            Bar(
                bin=one,
                x=round(LEFT + number * slot, 2),
                width=round(min(max(slot - 1, slot * 0.8), WIDEST), 2),
                new_y=round(floor - new, 2),
                new_height=round(new, 2),
                repeated_y=round(floor - new - repeated, 2),
                repeated_height=round(repeated, 2),
            )
        )
    every = -(-len(bars) // _MOST_LABELS)
    times = tuple(Mark(one.x, written(one.bin.start, spread.step)) for one in bars[::every])
    counts = tuple((round(floor_of(at, top), 2), at) for at in range(0, top + 1, step))
    return Chart(tuple(bars), times, counts)


def floor_of(count: int, top: int) -> float:
    """How far from the top a count is."""
    return HEIGHT - BOTTOM - count / top * (HEIGHT - BOTTOM - _TOP)


def written(at: datetime, step: timedelta) -> str:
    """A bin's start as an axis has it, the same in all languages."""
    return f"{at:%Y-%m-%d}" if step >= timedelta(days=1) else f"{at:%m-%d %H:%M}"


def _round(most: int) -> int:
    """A step of 1, 2 or 5 times a power of ten, at most five of which reach the top."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= size * factor * 5:
                return size * factor
        size *= 10
