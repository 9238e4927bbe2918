"""Two time lines to one scale, and the parts that match joined by bands.

Places along the line are percentages and sizes are pixels, so that the drawing fills any width and its
text keeps its size; only the bands are stretched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from seawall.demo import words
from seawall.model.match import Segment
from seawall.reports import markup
from seawall.reports.markup import Markup, element

_NAME_PX: Final = 20  #: heights of the rows: the name,
_AXIS_PX: Final = 24  #: the seconds,
_BAR_PX: Final = 20  #: the bar,
_BAND_PX: Final = 84  #: the bands between the bars
_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_STEPS: Final = 6
_GRAIN: Final = 10_000  #: of the band's own coordinates


def alone(name: str, duration_s: float) -> Markup:
    """One time line on which nothing was found."""
    top = _Line(f"Upload: {name}", duration_s, duration_s, above=True)
    said = f"Time line of {name}, {duration_s:.1f} s: nothing is marked."
    return _drawing(top.bar_px + _BAR_PX, said, *top.parts(()))


def joined(
    name: str,
    duration_s: float | None,
    known: str,
    known_s: float,
    segments: Sequence[Segment],
    *,
    quiet: bool,
) -> Markup:
    """An upload's time line above that of the known video. duration_s: None for a picture.

    quiet: drawn so that it does not look like a find.
    """
    scale_s = max(duration_s or 0.0, known_s)
    middle_px = _NAME_PX + _AXIS_PX + _BAR_PX
    bottom = _Line(f"Known: {known}", known_s, scale_s, above=False, top_px=middle_px + _BAND_PX)
    ours = [(one.query_start_s, one.query_end_s) for one in segments]
    theirs = [(one.reference_start_s, one.reference_end_s) for one in segments]
    if duration_s is None:
        upper: Iterator[Markup] = _picture(name, theirs, scale_s)
        ours = theirs
    else:
        upper = _Line(f"Upload: {name}", duration_s, scale_s, above=True).parts(ours)
    parts = [
        *_bands(ours, theirs, scale_s, middle_px),
        *upper,
        *bottom.parts(theirs),
        *(_label(*one, scale_s, middle_px + _BAND_PX - 10) for one in theirs),
    ]
    if duration_s is not None:
        parts += [_label(*one, scale_s, middle_px + 19) for one in ours]
    said = "; ".join(words.place(one, known) for one in segments)
    height_px = bottom.top_px + _BAR_PX + _AXIS_PX + _NAME_PX
    return _drawing(height_px, f"Time lines: of {name}, {said}.", *parts, class_="quiet" if quiet else "")


class _Line:
    """A bar as long as a video, with its seconds and its name."""

    def __init__(self, name: str, duration_s: float, scale_s: float, *, above: bool, top_px: int = 0) -> None:
        self.name, self.duration_s, self.scale_s = name, duration_s, scale_s
        self.above, self.top_px = above, top_px
        self.bar_px = top_px + (_NAME_PX + _AXIS_PX if above else 0)

    def parts(self, marked: Sequence[tuple[float, float]]) -> Iterator[Markup]:
        """Everything of it, in the order of drawing."""
        size = {"y": self.bar_px, "height": _BAR_PX}
        yield element("rect", class_="bar", x="0", width=self._at(self.duration_s), **size)
        for start_s, end_s in marked:
            if start_s == end_s:
                yield element("line", class_="moment", x1=self._at(start_s), x2=self._at(start_s),
                              y1=self.bar_px, y2=self.bar_px + _BAR_PX)  # fmt: skip
            else:
                width = self._at(end_s - start_s)
                yield element("rect", class_="part", x=self._at(start_s), width=width, **size)
        yield from self._axis()
        name_px = self.top_px + 13 if self.above else self.top_px + _BAR_PX + _AXIS_PX + 15
        yield element("text", self.name, class_="name", x="0", y=name_px)

    def _axis(self) -> Iterator[Markup]:
        edge_px, outer_px, text_px = (
            (self.bar_px, self.bar_px - 5, self.bar_px - 9)
            if self.above
            else (self.bar_px + _BAR_PX, self.bar_px + _BAR_PX + 5, self.bar_px + _BAR_PX + 18)
        )
        step_s = next((one for one in _STEPS_S if self.scale_s / one <= _MOST_STEPS), _STEPS_S[-1])
        for number in range(int(self.duration_s / step_s) + 1):
            time_s = number * step_s
            at = self._at(time_s)
            yield element("line", class_="tick", x1=at, x2=at, y1=edge_px, y2=outer_px)
            yield element(
                "text", f"{time_s // 60}:{time_s % 60:02d}",
                class_=f"axis {_anchor(time_s, time_s, self.scale_s)}", x=at, y=text_px,
            )  # fmt: skip

    def _at(self, time_s: float) -> str:
        return _percent(time_s, self.scale_s)


def _picture(name: str, moments: Sequence[tuple[float, float]], scale_s: float) -> Iterator[Markup]:
    """A picture has no length: a frame above the moment that it shows."""
    top_px = _NAME_PX + _AXIS_PX - 6
    yield element("text", f"Upload: {name}, a picture", class_="name", x="0", y=13)
    for moment_s, _ in moments:
        at = _percent(moment_s, scale_s)
        box = {"y": top_px, "width": 36, "height": _BAR_PX + 6, "rx": 3}
        yield element("svg", element("rect", class_="part", x=-18, **box), x=at, overflow="visible")


def _bands(
    ours: Sequence[tuple[float, float]], theirs: Sequence[tuple[float, float]], scale_s: float, top_px: int
) -> Iterator[Markup]:
    for one, other in zip(ours, theirs, strict=True):
        left, right, lower_left, lower_right = (round(at_s / scale_s * _GRAIN) for at_s in (*one, *other))
        points = f"{left},0 {right},0 {lower_right},{_BAND_PX} {lower_left},{_BAND_PX}"
        yield element(
            "svg", element("polygon", class_="band", points=points),
            x="0", y=top_px, width="100%", height=_BAND_PX,
            viewBox=f"0 0 {_GRAIN} {_BAND_PX}", preserveAspectRatio="none",
        )  # fmt: skip


def _label(start_s: float, end_s: float, scale_s: float, y_px: int) -> Markup:
    anchor = _anchor(start_s, end_s, scale_s)
    if start_s == end_s:  # beside the line that leads to the moment
        anchor = "start" if start_s < scale_s / 2 else "end"
    at_s = {"start": start_s, "middle": (start_s + end_s) / 2, "end": end_s}[anchor]
    inward = {"start": 8, "middle": 0, "end": -8}[anchor]
    said = words.span(start_s, end_s)
    return element("text", said, class_=f"time {anchor}", x=_percent(at_s, scale_s), dx=inward, y=y_px)


def _anchor(start_s: float, end_s: float, scale_s: float) -> str:
    """Which way a text must grow to stay inside the drawing, however narrow."""
    middle = (start_s + end_s) / 2 / scale_s
    room = 0.06 if start_s == end_s else 0.22
    return "start" if middle < room else "end" if middle > 1 - room else "middle"


def _percent(time_s: float, scale_s: float) -> str:
    return f"{time_s / scale_s * 100:.3f}%"


def _drawing(height_px: int, said: str, *parts: str, class_: str = "") -> Markup:
    return element(
        "svg",
        markup.joined(*parts),
        class_=f"timelines {class_}".strip(),
        width="100%",
        height=height_px,
        role="img",
        aria_label=said,
    )
