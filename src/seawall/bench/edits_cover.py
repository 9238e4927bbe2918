"""Edits that put something else into the picture: logos, captions, and other footage beside, behind, over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from seawall.bench import planes
from seawall.bench.step import Canvas, Change, Draw, Step
from seawall.media import encode

if TYPE_CHECKING:
    from seawall.bench.footage import Kept

_WORDS: Final = (
    "WAIT FOR IT", "YOU WILL NOT BELIEVE THIS", "BREAKING NEWS", "part 2 on my channel",
    "LIKE AND SUBSCRIBE", "watch until the end", "NOBODY: ME:", "this really happened today",
)  # fmt: skip
_PLACES: Final = ("top left", "top right", "bottom left", "bottom right", "centre")
_MARGIN: Final = 0.03
_BANNER_SPEED: Final = 0.25  #: widths a second


def logo(area: float) -> Draw:
    """An opaque patterned rectangle with letters over a share of the picture, near a corner."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        place = int(rng.integers(4))

        def ready(canvas: Canvas) -> Change:
            side = area**0.5
            height, width = (encode.even(round(px * side)) for px in (canvas.height_px, canvas.width_px))
            patch = _emblem(canvas.rng, height, width)
            top, left = _position(place, canvas, height, width)
            return _covered([(patch, top, left)])

        return (Step(f"logo(area={area}, {_PLACES[place]})", picture=ready),)

    return draw


def caption_bars(area: float) -> Draw:
    """Bars with words at the top and bottom, over the picture, together so much of it."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        above = float(rng.uniform(0.35, 0.65))
        dark = bool(rng.integers(2))
        first, second = (str(words) for words in rng.choice(_WORDS, 2, replace=False))

        def ready(canvas: Canvas) -> Change:
            bars = []
            for words, share in ((first, above), (second, 1 - above)):
                height = encode.even(round(canvas.height_px * area * share))
                bars.append(_bar(canvas.width_px, height, words, dark=dark))
            return _covered([(bars[0], 0, 0), (bars[1], canvas.height_px - bars[1].y.shape[0], 0)])

        return (Step(f"caption_bars(area={area}, above={above:.2f}, dark={dark})", picture=ready),)

    return draw


def banner(area: float) -> Draw:
    """A bar near the bottom in which words run from right to left."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        words = "   +++   ".join(str(one) for one in rng.permutation(_WORDS)[:4])

        def ready(canvas: Canvas) -> Change:
            height = encode.even(round(canvas.height_px * area))
            top = encode.even(round(canvas.height_px * 0.94)) - height
            strip = planes.line_of_text(height, f"{words}   +++   ", at_least_px=canvas.width_px)
            bar = planes.filled(height, canvas.width_px, (60, 150, 110))

            def change(picture: encode.Planes, time_s: float) -> encode.Planes:
                first = round(time_s * _BANNER_SPEED * canvas.width_px) % strip.shape[1]
                shown = np.roll(strip, -first, axis=1)[:, : canvas.width_px]
                under = planes.copied(picture)
                planes.put(under, planes.inked(bar, shown, planes.LIMITED_MAX), top, 0)
                return under

            return change

        return (Step(f"banner(area={area})", picture=ready),)

    return draw


def pip(scale: float) -> Draw:
    """The picture small, in front of other footage."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        place, which = int(rng.integers(5)), int(rng.integers(1 << 16))

        def ready(canvas: Canvas) -> Change:
            behind = _Behind(canvas, which)
            height, width = (encode.even(round(px * scale)) for px in (canvas.height_px, canvas.width_px))
            top, left = _position(place, canvas, height, width)

            def change(picture: encode.Planes, time_s: float) -> encode.Planes:
                under = planes.copied(behind.at(time_s))
                planes.put(under, planes.resized(picture, height, width), top, left)
                return under

            return change

        return (Step(f"pip(scale={scale}, {_PLACES[place]})", picture=ready, others=1),)

    return draw


def pip_behind(area: float) -> Draw:
    """Other footage in front of the picture, over a share of it."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        place, which = int(rng.integers(5)), int(rng.integers(1 << 16))

        def ready(canvas: Canvas) -> Change:
            side = area**0.5
            height, width = (encode.even(round(px * side)) for px in (canvas.height_px, canvas.width_px))
            front = _Behind(canvas, which, height, width)
            top, left = _position(place, canvas, height, width)

            def change(picture: encode.Planes, time_s: float) -> encode.Planes:
                under = planes.copied(picture)
                planes.put(under, front.at(time_s), top, left)
                return under

            return change

        return (Step(f"pip_behind(area={area}, {_PLACES[place]})", picture=ready, others=1),)

    return draw


def stack(rows: int, columns: int) -> Draw:
    """One of several pictures side by side, all the same size."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        cells = rows * columns
        own, first = int(rng.integers(cells)), int(rng.integers(1 << 16))

        def ready(canvas: Canvas) -> Change:
            shrink = max(rows, columns)
            height, width = (encode.even(px // shrink) for px in (canvas.height_px, canvas.width_px))
            beside = [_Behind(canvas, first + number, height, width) for number in range(cells - 1)]

            def change(picture: encode.Planes, time_s: float) -> encode.Planes:
                under = planes.filled(rows * height, columns * width, planes.BLACK)
                # Footage that shows twice does not show the same at the same time.
                shown = [other.at(time_s + 1.7 * number) for number, other in enumerate(beside)]
                shown.insert(own, planes.resized(picture, height, width))
                for number, cell in enumerate(shown):
                    planes.put(under, cell, number // columns * height, number % columns * width)
                return under

            return change

        label = f"stack(rows={rows}, columns={columns}, own={own})"
        return (Step(label, picture=ready, others=cells - 1),)

    return draw


def blend(opacity: float) -> Draw:
    """Other footage laid over the whole, half transparent."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        which = int(rng.integers(1 << 16))

        def ready(canvas: Canvas) -> Change:
            over = _Behind(canvas, which)

            def change(picture: encode.Planes, time_s: float) -> encode.Planes:
                y, u, v = (
                    np.asarray(cv2.addWeighted(own, 1 - opacity, other, opacity, 0), np.uint8)
                    for (own, _), (other, _) in zip(
                        planes.each(picture), planes.each(over.at(time_s)), strict=True
                    )
                )
                return encode.Planes(y, u, v)

            return change

        return (Step(f"blend(opacity={opacity})", picture=ready, others=1),)

    return draw


class _Behind:
    """Other footage that covers a size, shown again and again."""

    def __init__(
        self, canvas: Canvas, which: int, height_px: int | None = None, width_px: int | None = None
    ) -> None:
        self._footage: Kept = canvas.others[which % len(canvas.others)]
        self._size = height_px or canvas.height_px, width_px or canvas.width_px
        self._made: tuple[encode.Planes, encode.Planes] | None = None

    def at(self, time_s: float) -> encode.Planes:
        picture = self._footage.around(time_s)
        if self._made is None or self._made[0] is not picture:
            self._made = picture, planes.covering(picture, *self._size)
        return self._made[1]


def _covered(patches: list[tuple[encode.Planes, int, int]]) -> Change:
    def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
        under = planes.copied(picture)
        for patch, top, left in patches:
            planes.put(under, patch, top, left)
        return under

    return change


def _position(place: int, canvas: Canvas, height_px: int, width_px: int) -> tuple[int, int]:
    """(top, left) of something of that size at one of _PLACES."""
    room_down, room_across = canvas.height_px - height_px, canvas.width_px - width_px
    if place == len(_PLACES) - 1:
        return room_down // 4 * 2, room_across // 4 * 2
    top, left = (
        min(encode.even(round(px * _MARGIN)), room // 4 * 2)
        for px, room in ((canvas.height_px, room_down), (canvas.width_px, room_across))
    )
    return (
        top if place < 2 else (room_down - top) // 2 * 2,
        left if place % 2 == 0 else (room_across - left) // 2 * 2,
    )


def _bar(width_px: int, height_px: int, words: str, *, dark: bool) -> encode.Planes:
    bar = planes.filled(height_px, width_px, planes.BLACK if dark else planes.WHITE)
    ink = planes.LIMITED_MAX if dark else planes.LIMITED_MIN
    return planes.inked(bar, planes.text(width_px, height_px, words), ink)


def _emblem(rng: np.random.Generator, height_px: int, width_px: int) -> encode.Planes:
    """A coloured field with a disc and letters."""
    field, disc = (planes.drawn_colour(rng) for _ in range(2))
    patch = planes.filled(height_px, width_px, field)
    for (plane, part), value in zip(planes.each(patch), disc, strict=True):
        centre = (width_px // (4 * part), height_px // (2 * part))
        cv2.circle(plane, centre, max(1, min(height_px, width_px) // (3 * part)), float(value), cv2.FILLED)
    letters = "".join(chr(int(code)) for code in rng.integers(ord("A"), ord("Z") + 1, 4))
    mask = np.zeros((height_px, width_px), np.uint8)
    mask[:, width_px // 2 :] = planes.text(width_px - width_px // 2, height_px, letters)
    return planes.inked(patch, mask, planes.LIMITED_MIN if field[0] > planes.GREY else planes.LIMITED_MAX)
