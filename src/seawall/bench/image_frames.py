"""What is drawn around a picture: captions, and the screens that it is photographed off."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media import encode

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)

_FONT: Final = cv2.FONT_HERSHEY_DUPLEX
_WORDS: Final = (
    *("when", "nobody", "told", "you", "about", "this", "wait", "for", "the", "end", "share", "before"),
    *("they", "delete", "it", "again", "look", "what", "happened", "today", "not", "mine", "part", "two"),
)
_CAPTION_SHARE: Final = 0.2  #: of the picture's height
_PHONE_PX: Final = (1280, 600)
_DESKTOP_PX: Final = (720, 1280)


def write(
    canvas: NDArray[np.uint8],
    text: str,
    *,
    left_px: int,
    base_px: int,
    width_px: float,
    most_px: float = 1000.0,
    colour: int = 255,
) -> None:
    """Put a line of text of that width, and at most that height, onto a canvas of one or three channels."""
    (wide, tall), _ = cv2.getTextSize(text, _FONT, 1.0, 1)
    scale = min(width_px / max(1, wide), most_px / max(1, tall))
    thickness = max(1, round(2 * scale))
    cv2.putText(canvas, text, (left_px, base_px), _FONT, scale, (colour,) * 3, thickness, cv2.LINE_AA)


def captioned(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """With two lines of text: on a white bar above, on a black bar below, or over the lower part."""
    height, width = rgb.shape[:2]
    rows = round(height * _CAPTION_SHARE)
    place = int(rng.integers(3))
    ground, ink = ((255, 0), (0, 255), (0, 255))[place]
    bar: Rgb = np.full((rows, width, 3), ground, np.uint8)
    for line in range(2):
        base = round(rows * (0.42 + 0.42 * line))
        text = _words(rng, 4)
        write(
            bar,
            text,
            left_px=width // 20,
            base_px=base,
            width_px=width * 0.85,
            most_px=rows * 0.3,
            colour=ink,
        )
    if place == 2:
        out = rgb.copy()
        out[height - rows :] = bar
        return out
    return np.concatenate([bar, rgb] if place == 0 else [rgb, bar])


def screenshot(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """In a telephone's app, or in a window on a desktop."""
    return _on_phone(rgb, rng) if rng.integers(2) else _on_desktop(rgb, rng)


def _on_phone(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """As wide as the screen, between a bar and a heading above and buttons and comments below."""
    height, width = _PHONE_PX
    dark = bool(rng.integers(2))
    ground, ink = (18, 235) if dark else (250, 20)
    out: Rgb = np.full((height, width, 3), ground, np.uint8)
    write(out, "12:47", left_px=24, base_px=36, width_px=70, colour=ink)
    cv2.rectangle(out, (width - 70, 18), (width - 24, 38), (ink,) * 3, 2)
    cv2.circle(out, (52, 108), 30, _colour(rng), -1)
    write(out, _words(rng, 2), left_px=98, base_px=104, width_px=190, colour=ink)
    write(out, _words(rng, 3), left_px=98, base_px=134, width_px=150, colour=128)
    room_px = height - 160 - 200
    shown = _fitted(rgb, width, room_px)
    rows, columns = shown.shape[:2]
    left = (width - columns) // 2
    out[160 : 160 + rows, left : left + columns] = shown
    at = 160 + rows + 40
    for number in range(4):
        cv2.circle(out, (40 + 64 * number, at), 18, (ink,) * 3, 3)
    for line in range(at + 60, height - 90, 44):
        length = width * float(rng.uniform(0.4, 0.85))
        write(out, _words(rng, 5), left_px=24, base_px=line, width_px=length, colour=ink)
    cv2.rectangle(out, (0, height - 70), (width, height), (128,) * 3, -1)
    return out


def _on_desktop(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """In a browser's window, a column of text beside it, on a plain desktop with a bar."""
    height, width = _DESKTOP_PX
    out: Rgb = np.empty((height, width, 3), np.uint8)
    out[:] = _colour(rng)
    cv2.rectangle(out, (0, height - 40), (width, height), (30, 30, 34), -1)
    for number in range(8):
        cv2.rectangle(out, (16 + 52 * number, height - 34), (52 + 52 * number, height - 6), _colour(rng), -1)
    cv2.rectangle(out, (50, 24), (width - 50, height - 60), (250, 250, 250), -1)
    cv2.rectangle(out, (50, 24), (width - 50, 96), (215, 218, 224), -1)
    cv2.rectangle(out, (170, 60), (width - 240, 88), (255, 255, 255), -1)
    write(out, _words(rng, 4), left_px=190, base_px=80, width_px=260, colour=90)
    shown = _fitted(rgb, 760, height - 60 - 96 - 40)
    rows, columns = shown.shape[:2]
    out[116 : 116 + rows, 74 : 74 + columns] = shown
    for line in range(140, height - 80, 30):
        length = (width - 74 - 900) * float(rng.uniform(0.5, 1.0))
        write(out, _words(rng, 5), left_px=870, base_px=line, width_px=length, colour=40)
    return out


def _fitted(rgb: Rgb, width_px: int, height_px: int) -> Rgb:
    """As large as fits."""
    factor = min(width_px / rgb.shape[1], height_px / rgb.shape[0])
    return encode.scaled(rgb, max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor)))


def _words(rng: np.random.Generator, count: int) -> str:
    return " ".join(rng.choice(_WORDS, count))


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(40, 220, 3))
    return red, green, blue
