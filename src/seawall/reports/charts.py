"""Bars over days or months, drawn as SVG by the server. A table beside each says the same in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.reports.markup import Markup, element

WIDTH: Final = 640
HEIGHT: Final = 120
_LABEL: Final = 34  #: room beside the bars for the scale
_MARGIN: Final = 10  #: above and below
_BELOW: Final = 16  #: room below the bars for what each is


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
    """A series over time."""

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


def svg(
    drawn: Bars, named: str, title: str, *, below: Sequence[str] = (), number: Callable[[float], str] = str
) -> Markup:
    """The drawing.

    named: id of its title. below: what each bar is, in their order. number: how a number is written.
    """
    top, ground = (
        element("line", x1=drawn.line_start, x2=drawn.line_end, y1=y, y2=y, class_=kind)
        for y, kind in ((0, "scale"), (HEIGHT, "ground"))
    )
    scale = (
        element("text", number(value), x=drawn.label_x, y=y + 4, class_="label")
        for y, value in ((0, drawn.top), (HEIGHT, 0))
    )
    bars_drawn = (
        element("rect", x=one.x, y=one.y, width=one.width, height=one.height, class_="bar")
        for one in drawn.bars
    )
    names = (
        element("text", name, x=round(one.x + one.width / 2, 2), y=HEIGHT + _BELOW - 2, class_="below")
        for one, name in zip(drawn.bars, below, strict=False)
    )
    height = HEIGHT + 2 * _MARGIN - 4 + (_BELOW if below else 0)
    return element(
        "svg",
        element("title", title, id=named),
        top,
        ground,
        *scale,
        *bars_drawn,
        *names,
        class_="chart",
        viewBox=f"0 {-_MARGIN} {WIDTH} {height}",
        role="img",
        aria_labelledby=named,
    )


def _round_above(value: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 and so on that is not below a value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10
