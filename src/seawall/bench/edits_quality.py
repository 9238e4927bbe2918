"""Edits of what the pixels are worth: colours, blur, noise, blocks, strong compression, fewer frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.bench import planes
from seawall.bench.step import Canvas, Change, Draw, Prepare, Step, pick, planewise, sign
from seawall.media import encode

_POOL: Final = 1 << 20  #: random values drawn once a file; each frame starts at another of them


def brightness(share: float) -> Draw:
    """Lighter or darker by a share of the range."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        by = share * sign(rng)
        return (Step(f"brightness(by={by:+g})", picture=_toned(lambda level: level + by)),)

    return draw


def contrast(*factors: float) -> Draw:
    """More or less of it about mid-grey."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        factor = pick(rng, *factors)
        change = _toned(lambda level: (level - 0.5) * factor + 0.5)
        return (Step(f"contrast(factor={factor})", picture=change),)

    return draw


def gamma(*exponents: float) -> Draw:
    """Luma to a power."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        exponent = pick(rng, *exponents)
        return (Step(f"gamma(exponent={exponent})", picture=_toned(lambda level: level**exponent)),)

    return draw


def saturation(*factors: float) -> Draw:
    """More or less colour; 0 is grey."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        factor = pick(rng, *factors)
        return (Step(f"saturation(factor={factor})", picture=_coloured(factor)),)

    return draw


def grey(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """No colour."""
    return (Step("grey", picture=_coloured(0.0)),)


def sepia(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """Brown on grey, lighter in the shadows."""
    tone = _toned(lambda level: 0.1 + 0.85 * level)

    def ready(canvas: Canvas) -> Change:
        toned = tone(canvas)
        brown = planes.filled(canvas.height_px, canvas.width_px, (planes.GREY, 114, 141))
        return lambda picture, time_s: encode.Planes(toned(picture, time_s).y, brown.u, brown.v)

    return (Step("sepia", picture=ready),)


def negate(_rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
    """Every plane the other way up."""
    change = planewise(lambda plane, part: (251 if part == 1 else 255) - plane)
    return (Step("negate", picture=change),)


def blur(sigma_px: float) -> Draw:
    """Gaussian, in pixels of 360 lines."""

    def ready(canvas: Canvas) -> Change:
        sigma = sigma_px * min(canvas.height_px, canvas.width_px) / 360

        def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
            return blurred(picture, sigma)

        return change

    return lambda _rng, _length_s: (Step(f"blur(sigma_px={sigma_px})", picture=ready),)


def noise(sigma: float) -> Draw:
    """Gaussian on the luma, new in every frame; sigma of 255."""
    return lambda _rng, _length_s: (Step(f"noise(sigma={sigma})", picture=noisy(sigma)),)


def pixelise(factor: float) -> Draw:
    """Blocks of 1 / factor pixels of 360 lines."""

    def ready(canvas: Canvas) -> Change:
        block = max(2, round(min(canvas.height_px, canvas.width_px) / 360 / factor))
        small = (max(2, canvas.height_px // block), max(2, canvas.width_px // block))

        def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
            y, u, v = (
                cv2.resize(
                    cv2.resize(plane, small[::-1], interpolation=cv2.INTER_AREA),
                    plane.shape[::-1],
                    interpolation=cv2.INTER_NEAREST,
                )
                for plane, _ in planes.each(picture)
            )
            return encode.Planes(np.asarray(y, np.uint8), np.asarray(u, np.uint8), np.asarray(v, np.uint8))

        return change

    return lambda _rng, _length_s: (Step(f"pixelise(factor={factor})", picture=ready),)


def recompress(crf: int) -> Draw:
    """Encoded once more before the last encoder: only the last one's quality counts."""
    return lambda _rng, _length_s: (Step(f"recompress(crf={crf})", crf=crf),)


def frame_rate(rate_hz: float) -> Draw:
    """So many frames a second."""
    return lambda _rng, _length_s: (Step(f"frame_rate(hz={rate_hz:g})", rate_hz=rate_hz),)


def frame_drops(share: float) -> Draw:
    """Frames left out here and there; the one before stays on the screen."""
    return lambda _rng, _length_s: (Step(f"frame_drops(share={share})", dropped=share),)


def blurred(picture: encode.Planes, sigma_px: float) -> encode.Planes:
    """Gaussian blur of every plane."""
    y, u, v = (
        np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px / part), np.uint8)
        for plane, part in planes.each(picture)
    )
    return encode.Planes(y, u, v)


def noisy(sigma: float) -> Prepare:
    """Gaussian noise on the luma."""

    def ready(canvas: Canvas) -> Change:
        height, width = canvas.height_px, canvas.width_px
        spread = sigma * planes.LIMITED_SPAN / 255
        pool = np.rint(canvas.rng.normal(0, spread, _POOL + height * width)).astype(np.int16)

        def change(picture: encode.Planes, _time_s: float) -> encode.Planes:
            first = canvas.rng.integers(_POOL)
            y = picture.y + pool[first : first + height * width].reshape(height, width)
            luma = np.clip(y, planes.LIMITED_MIN, planes.LIMITED_MAX).astype(np.uint8)
            return encode.Planes(luma, picture.u, picture.v)

        return change

    return ready


def tone_table(tone: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> planes.Plane:
    """(256,): what becomes of each luma; `tone` maps 0..1 to 0..1, and what leaves that is clipped."""
    level = (np.arange(256) - planes.LIMITED_MIN) / planes.LIMITED_SPAN
    toned = np.clip(tone(np.clip(level, 0, 1)), 0, 1)
    return np.rint(toned * planes.LIMITED_SPAN + planes.LIMITED_MIN).astype(np.uint8)


def _toned(tone: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Prepare:
    table = tone_table(tone)
    return lambda _: (
        lambda picture, _time_s: encode.Planes(
            np.asarray(cv2.LUT(picture.y, table), np.uint8), picture.u, picture.v
        )
    )


def _coloured(factor: float) -> Prepare:
    away = (np.arange(256) - planes.GREY) * factor + planes.GREY
    table = np.clip(np.rint(away), 16, 240).astype(np.uint8)
    return lambda _: (
        lambda picture, _time_s: encode.Planes(
            picture.y,
            np.asarray(cv2.LUT(picture.u, table), np.uint8),
            np.asarray(cv2.LUT(picture.v, table), np.uint8),
        )
    )
