"""Edits of a picture's frame: cropped, framed in bars, mirrored, turned, put on its own blurred copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from seawall.bench import edits_quality, planes
from seawall.bench.step import Canvas, Change, Draw, Prepare, Step, pick, planewise, sign
from seawall.media import encode

if TYPE_CHECKING:
    from seawall.bench.planes import Colour


def crop(side: float) -> Draw:
    """A share of the width off the left and right, and of the height off the top and bottom."""

    def ready(canvas: Canvas) -> Change:
        height, width = canvas.height_px, canvas.width_px
        top, left = round(height * side), round(width * side)
        return lambda picture, _: planes.window(picture, top, left, height - 2 * top, width - 2 * left)

    return lambda _rng, _length_s: (Step(f"crop(each_side={side})", picture=ready),)


def crop_off_centre(kept_width: float, kept_height: float) -> Draw:
    """What is kept lies at one of the corners."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        down, across = int(rng.integers(2)), int(rng.integers(2))

        def ready(canvas: Canvas) -> Change:
            height, width = round(canvas.height_px * kept_height), round(canvas.width_px * kept_width)
            top, left = (canvas.height_px - height) * down, (canvas.width_px - width) * across
            return lambda picture, _: planes.window(picture, top, left, height, width)

        where = f"{('top', 'bottom')[down]} {('left', 'right')[across]}"
        return (Step(f"crop_off_centre({where}, width={kept_width}, height={kept_height})", picture=ready),)

    return draw


def bars(share: float, *, upright: bool) -> Draw:
    """Bars over a share of the new picture: at the sides where `upright`, else above and below."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        colour = planes.BLACK if rng.random() < 0.5 else planes.drawn_colour(rng)

        def ready(canvas: Canvas) -> Change:
            height, width = canvas.height_px, canvas.width_px
            larger = encode.even(round((width if upright else height) / (1 - share)))
            frame = (height, larger) if upright else (larger, width)
            return _framed(frame, colour)

        name = "pillarbox" if upright else "letterbox"
        return (Step(f"{name}(share={share}, yuv={colour})", picture=ready),)

    return draw


def blurred_frame(aspect: float, foreground: float = 1.0) -> Draw:
    """On an enlarged, blurred copy of itself, in a frame of another shape.

    aspect: the new frame's short side in long sides. foreground: how much of the room the picture takes.
    """

    def ready(canvas: Canvas) -> Change:
        height, width = canvas.height_px, canvas.width_px
        short = encode.even(min(height, width))
        long = encode.even(round(short / aspect))
        frame = (long, short) if width >= height else (short, long)
        inner = planes.fitting(height, width, round(frame[0] * foreground), round(frame[1] * foreground))
        top, left = (_centred(outer, side) for outer, side in zip(frame, inner, strict=True))

        def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
            # Blurred small: the same to look at, and much cheaper.
            small = planes.covering(picture, encode.even(frame[0] // 4), encode.even(frame[1] // 4))
            under = planes.resized(edits_quality.blurred(small, 4.0), *frame)
            planes.put(under, planes.resized(picture, *inner), top, left)
            return under

        return change

    label = f"blurred_frame(aspect={aspect:.4g}, foreground={foreground})"
    return lambda _rng, _length_s: (Step(label, picture=ready),)


def flip(axis: int, name: str) -> Draw:
    """axis: 1 swaps left and right, 0 swaps top and bottom."""

    def ready(_canvas: Canvas) -> Change:
        def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
            y, u, v = (np.flip(plane, 1 if axis else 0) for plane, _ in planes.each(picture))
            return encode.Planes(y, u, v)

        return change

    return lambda _rng, _length_s: (Step(name, picture=ready),)


def rotate(degrees: float) -> Draw:
    """About the centre, either way; the corners that come in are black."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        angle = degrees * sign(rng)

        def ready(canvas: Canvas) -> Change:
            centre = ((canvas.width_px - 1) / 2, (canvas.height_px - 1) / 2)
            luma = cv2.getRotationMatrix2D(centre, angle, 1.0)
            chroma = luma.copy()
            # Chroma's pixel c lies at luma's 2c + 1/2.
            chroma[:, 2] = (luma[:, 2] + luma[:, :2] @ (0.5, 0.5) - 0.5) / 2

            def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
                y, u, v = (
                    cv2.warpAffine(
                        plane,
                        luma if part == 1 else chroma,
                        plane.shape[::-1],
                        flags=cv2.INTER_LINEAR,
                        borderMode=cv2.BORDER_CONSTANT,
                        borderValue=border,
                    )
                    for (plane, part), border in zip(planes.each(picture), planes.BLACK, strict=True)
                )
                return encode.Planes(
                    np.asarray(y, np.uint8), np.asarray(u, np.uint8), np.asarray(v, np.uint8)
                )

            return change

        return (Step(f"rotate(degrees={angle:g})", picture=ready),)

    return draw


def quarter_turns(count: int) -> Draw:
    """Turned by 90 degrees to the left, so many times."""
    change = planewise(lambda plane, _part: np.rot90(plane, count))
    return lambda _rng, _length_s: (Step(f"turn(degrees={90 * count})", picture=change),)


def resize(factor: float) -> Draw:
    """Both sides times a factor."""
    return lambda _rng, _length_s: (Step(f"resize(factor={factor})", picture=_sized(factor, factor)),)


def aspect(factor: float) -> Draw:
    """One side times a factor, the other as it was: which one is drawn."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        down, across = ((factor, 1.0), (1.0, factor))[rng.integers(2)]
        return (Step(f"aspect(height={down:g}, width={across:g})", picture=_sized(down, across)),)

    return draw


def shift(share: float) -> Draw:
    """Moved sideways and up or down by a share of the sides; black comes in."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        down, across = share * sign(rng), share * pick(rng, -1, 0, 1)

        def ready(canvas: Canvas) -> Change:
            height, width = canvas.height_px, canvas.width_px
            top, left = (2 * round(side * part / 2) for side, part in ((height, down), (width, across)))

            def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
                under = planes.filled(height, width, planes.BLACK)
                planes.put(under, picture, top, left)
                return under

            return change

        return (Step(f"shift(down={down:g}, right={across:g})", picture=ready),)

    return draw


def _sized(down: float, across: float) -> Prepare:
    def ready(canvas: Canvas) -> Change:
        height, width = round(canvas.height_px * down), round(canvas.width_px * across)
        return lambda picture, _: planes.resized(picture, height, width)

    return ready


def _framed(frame: tuple[int, int], colour: Colour) -> Change:
    def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
        under = planes.filled(*frame, colour)
        top, left = (_centred(outer, side) for outer, side in zip(frame, picture.y.shape, strict=True))
        planes.put(under, picture, top, left)
        return under

    return change


def _centred(outer_px: int, side_px: int) -> int:
    return (outer_px - side_px) // 4 * 2
