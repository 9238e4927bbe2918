"""Charts that the server draws as SVG. A table beside each says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 120
_LABEL: Final = 34  #: room beside the bars for the scale


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A series over days."""

    bars: tuple[Bar, ...]
    top: int  #: what the upper line stands for
    total: int
    line_start: float  #: of the lines of the scale, on the x axis
    line_end: float
    label_x: float


def bars(values: Sequence[int], direction: str = "ltr") -> Bars:
    """The bars of a series. In a language that is read from the right, time goes to the left too."""
    top = _round_above(max(values, default=0))
    room = WIDTH - _LABEL
    pitch = room / max(1, len(values))
    rtl = direction == "rtl"
    start = 0.0 if rtl else float(_LABEL)
    made = []
    for number, value in enumerate(values):
        place = len(values) - 1 - number if rtl else number
        height = HEIGHT * value / top
        x = start + pitch * place + pitch * 0.1
        made.append(
            Bar(round(x, 2), round(HEIGHT - height, 2), round(pitch * 0.8, 2), round(height, 2), value)
        )
    label_x = WIDTH - _LABEL + 6.0 if rtl else _LABEL - 6.0
    return Bars(tuple(made), top, sum(values), start, start + room, label_x)


def _round_above(value: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 and so on that is not below a value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10
