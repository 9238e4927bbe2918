"""Calm landscapes drawn by arithmetic: ridges, roofs, trees and water that pass by, with a soft sound.

A shot is a sky and a pile of layers, each a strip wider than the picture that moves past at its own
speed, the near ones faster. A clip is a row of shots. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.media import encode

WIDTH_PX: Final = 640
HEIGHT_PX: Final = 360
RATE_HZ: Final = 25

_SHOT_S: Final = (2.5, 4.5)  #: shortest and longest
_FAR_PX_S: Final = 22.0  #: how fast the farthest ridge passes
_NEAR_PX_S: Final = 110.0
_SOUND_RATE_HZ: Final = 44_100
_CHORD_S: Final = 1.5
_ATTACK_S: Final = 0.05
_NOTES_HZ: Final = 110 * 2 ** (np.array([0, 3, 5, 7, 10, 12, 15, 17, 19, 22, 24]) / 12)

Colour = NDArray[np.float32]  #: (3,)
Heights = NDArray[np.float32]  #: (columns,): how far a ridge rises, in pixels
Packed = NDArray[np.uint32]  #: (rows, columns): red, green, blue and an unused byte, copied in one go


@dataclass(frozen=True, slots=True)
class _Palette:
    sky: str  #: at the top, as rrggbb
    haze: str  #: at the horizon
    far: str
    near: str
    light: str  #: the sun, windows, what glitters


_PALETTES: Final = (
    _Palette("5f7fa8", "f6d2b0", "b9a3a8", "33384f", "fff1cf"),
    _Palette("7fb2d6", "e3f0f4", "9dbcc6", "2f5a5e", "fffbe8"),
    _Palette("2d3a63", "e59b72", "8c6c86", "1d2138", "ffd9a0"),
    _Palette("a9bab8", "eef0e6", "b7c6c0", "45605a", "ffffff"),
    _Palette("d9b778", "f7e6bd", "cda56f", "5c3d2e", "fff7dd"),
    _Palette("14233f", "4a6a92", "3a5878", "0c1526", "f2f0dc"),
    _Palette("8fbfae", "eaf3d8", "9dbd93", "27452f", "fff9d6"),
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A strip that passes by."""

    pixels: Packed  #: (HEIGHT_PX, more than WIDTH_PX)
    shown: NDArray[np.bool_]  #: of the same shape: where it covers what is behind it
    rows: slice  #: those in which it shows anything
    speed_px_s: float  #: below 0 it passes to the right

    @classmethod
    def of(cls, pixels: NDArray[np.float32], shown: NDArray[np.bool_], speed_px_s: float) -> _Layer:
        filled = np.flatnonzero(shown.any(axis=1))
        rows = slice(filled[0], filled[-1] + 1) if len(filled) else slice(0)
        return cls(_packed(pixels), shown, rows, speed_px_s)

    def draw(self, picture: Packed, time_s: float) -> None:
        room = self.pixels.shape[1] - WIDTH_PX
        left = round(self.speed_px_s * time_s) + (0 if self.speed_px_s >= 0 else room)
        here = (self.rows, slice(left, left + WIDTH_PX))
        np.copyto(picture[self.rows], self.pixels[here], where=self.shown[here])


def write_clip(path: Path, seed: int, duration_s: float) -> None:
    """Write a clip with sound. Raises errors.DiskFull, errors.WriteFailed."""
    encode.write_video(
        path,
        frames(seed, duration_s),
        rate_hz=Fraction(RATE_HZ),
        settings=encode.Settings(crf=20, preset="ultrafast"),
        sound=encode.Sound(_sound(seed, duration_s), _SOUND_RATE_HZ),
    )


def frames(seed: int, duration_s: float) -> Iterator[tuple[float, encode.Rgb]]:
    """The clip's pictures with their times, before any encoder."""
    rng = np.random.default_rng([seed, 0])
    palettes = iter(rng.permutation(np.tile(np.arange(len(_PALETTES)), 1 + int(duration_s / _SHOT_S[0]))))
    number, total = 0, round(duration_s * RATE_HZ)
    while number < total:
        length = min(total - number, round(rng.uniform(*_SHOT_S) * RATE_HZ))
        sky, layers = _shot(rng, _PALETTES[next(palettes)])
        for step in range(length):
            picture = sky.copy()
            for layer in layers:
                layer.draw(picture, step / RATE_HZ)
            yield (number + step) / RATE_HZ, _unpacked(picture)
        number += length


def _shot(rng: np.random.Generator, palette: _Palette) -> tuple[Packed, list[_Layer]]:
    sky = _sky(rng, palette)
    direction = rng.choice((-1.0, 1.0))
    ridges = int(rng.integers(3, 5))
    layers = [_clouds(rng, palette, direction * _FAR_PX_S / 2)]
    water = bool(rng.integers(2))
    for number in range(ridges):
        nearness = number / (ridges - 1)
        speed = direction * (_FAR_PX_S + nearness**1.5 * (_NEAR_PX_S - _FAR_PX_S))
        if water and number == ridges - 1:
            layers.extend(_water(rng, palette, speed))
        else:
            layers.append(_ridge(rng, palette, nearness, speed))
    return sky, layers


def _sky(rng: np.random.Generator, palette: _Palette) -> Packed:
    """Light that grows towards the horizon, and a sun or moon."""
    down = np.linspace(0, 1, HEIGHT_PX, dtype=np.float32)[:, None, None] ** 0.8
    sky = np.broadcast_to(_mix(palette.sky, palette.haze, down), (HEIGHT_PX, WIDTH_PX, 3)).copy()
    rows, columns = np.ogrid[:HEIGHT_PX, :WIDTH_PX]
    row, column, radius = rng.uniform(40, 170), rng.uniform(60, WIDTH_PX - 60), rng.uniform(22, 52)
    away = np.hypot(rows - row, columns - column) / radius
    cover = np.clip((1 - away) * radius, 0, 1) + 0.3 * np.clip(1.8 - away, 0, 0.8) * (away > 1)
    sky += cover[:, :, None] * (_colour(palette.light) - sky)
    return _packed(sky)


def _clouds(rng: np.random.Generator, palette: _Palette, speed_px_s: float) -> _Layer:
    """Rows of round heads with level undersides."""
    width = _strip_px(speed_px_s)
    rows, columns = np.ogrid[:HEIGHT_PX, :width]
    shown = np.zeros((HEIGHT_PX, width), bool)
    for _ in range(int(rng.integers(2, 6))):
        base, start = rng.uniform(50, 190), rng.uniform(-40, width)
        for head in range(int(rng.integers(2, 6))):
            radius = rng.uniform(14, 34)
            across = columns - start - head * 30
            shown |= (np.hypot(rows - base, across * 0.8) < radius) & (rows < base)
    pixels = np.broadcast_to(_mix(palette.haze, palette.light, 0.55), (HEIGHT_PX, width, 3))
    return _Layer.of(pixels, shown, speed_px_s)


def _ridge(rng: np.random.Generator, palette: _Palette, nearness: float, speed_px_s: float) -> _Layer:
    width = _strip_px(speed_px_s)
    kind = (_hills, _peaks, _trees, _roofs)[rng.integers(4)]
    foot = HEIGHT_PX * (0.52 + 0.42 * nearness) + rng.uniform(-20, 20)
    top = foot - kind(rng, width) * (0.7 + 0.5 * nearness)
    rows = np.arange(HEIGHT_PX)[:, None]
    shown = rows > top
    below_px = np.maximum(rows - top, 0).astype(np.float32)
    depth = below_px[:, :, None] / HEIGHT_PX
    grain = _noise(rng, width, cell_px=14)[:, :, None] * (0.10 + 0.12 * nearness)
    base = _mix(palette.far, palette.near, nearness)
    pixels = (base + (_colour(palette.haze) - base) * depth * 0.35) * (1 + grain)
    if kind is _roofs:
        _light_windows(rng, pixels, below_px, _colour(palette.light))
    return _Layer.of(pixels, shown, speed_px_s)


def _water(rng: np.random.Generator, palette: _Palette, speed_px_s: float) -> list[_Layer]:
    """A level surface, and glitter in rows that passes over it."""
    width = _strip_px(speed_px_s)
    line = HEIGHT_PX * rng.uniform(0.68, 0.8)
    rows = np.arange(HEIGHT_PX, dtype=np.float32)[:, None]
    depth = np.clip((rows - line) / (HEIGHT_PX - line), 0, 1)
    shown = np.broadcast_to(rows > line, (HEIGHT_PX, width))
    deep = _mix(palette.haze, palette.near, 0.3 + 0.6 * depth[:, :, None])
    surface = np.broadcast_to(deep, (HEIGHT_PX, width, 3))
    glitter = (_noise(rng, width, cell_px=9, stretch=7) > 0.35) & shown
    light = np.broadcast_to(_mix(palette.haze, palette.light, 0.5), (HEIGHT_PX, width, 3))
    return [
        _Layer.of(surface, shown, speed_px_s / 3),
        _boats(rng, palette, line, speed_px_s / 3),
        _Layer.of(light, glitter, speed_px_s),
    ]


def _boats(rng: np.random.Generator, palette: _Palette, line_px: float, speed_px_s: float) -> _Layer:
    width = _strip_px(speed_px_s)
    rows, columns = np.ogrid[:HEIGHT_PX, :width]
    pixels = np.broadcast_to(_colour(palette.light), (HEIGHT_PX, width, 3)).copy()
    shown = np.zeros((HEIGHT_PX, width), bool)
    for _ in range(int(rng.integers(2, 5))):
        foot, column, size = line_px + rng.uniform(8, 40), rng.uniform(0, width), rng.uniform(20, 60)
        up, across = foot - rows, columns - column
        sail = (up > 0) & (up < size) & (across > -0.06 * size) & (across < (size - up) * 0.55)
        hull = (up <= -1) & (up > -0.2 * size) & (np.abs(across) < 0.5 * size + up)
        pixels[hull] = _colour(palette.near)
        shown |= sail | hull
    return _Layer.of(pixels, shown, speed_px_s)


def _hills(rng: np.random.Generator, width: int) -> Heights:
    return 110 * _row(rng, width, 260) + 40 * _row(rng, width, 90) + 8 * _row(rng, width, 16)


def _peaks(rng: np.random.Generator, width: int) -> Heights:
    at = np.cumsum(rng.uniform(30, 110, width // 30 + 2)) - 60
    height = rng.uniform(10, 150, len(at))
    return (np.interp(np.arange(width), at, height) + 6 * _row(rng, width, 12)).astype(np.float32)


def _trees(rng: np.random.Generator, width: int) -> Heights:
    height = 50 * _row(rng, width, 200)
    columns = np.arange(width)
    for at in np.cumsum(rng.uniform(10, 44, width // 10)):
        tall = rng.uniform(30, 95)
        height = np.maximum(height, height + tall - np.abs(columns - at) * rng.uniform(3.5, 6))
    return np.asarray(height, np.float32)


def _roofs(rng: np.random.Generator, width: int) -> Heights:
    height = np.zeros(width, np.float32)
    left = 0
    while left < width:
        house = height[left : left + int(rng.integers(26, 70))]
        across = np.abs(np.linspace(-1, 1, len(house), dtype=np.float32))
        house[:] = rng.uniform(30, 120) + rng.choice((0, 18)) * (1 - across)
        left += len(house) + int(rng.choice((0, 0, 9)))
    return height


def _light_windows(
    rng: np.random.Generator, pixels: NDArray[np.float32], below_px: NDArray[np.float32], light: Colour
) -> None:
    """Lit windows in rows, some of them dark, none near a roof."""
    rows, columns = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
    lit = rng.random((pixels.shape[0] // 18 + 1, pixels.shape[1] // 14 + 1)) < 0.45
    pane = (rows % 18 < 8) & (columns % 14 < 6) & (below_px > 26) & lit[rows // 18, columns // 14]
    pixels[pane] = light


def _row(rng: np.random.Generator, width: int, cell_px: int) -> Heights:
    """(width,): a smooth line through random heights of 0 to 1."""
    at = np.arange(width) / cell_px
    cell = at.astype(int)
    part = at - cell
    weight = part * part * (3 - 2 * part)
    corners = rng.random(cell[-1] + 2)
    return np.asarray(corners[cell] * (1 - weight) + corners[cell + 1] * weight, np.float32)


def _noise(rng: np.random.Generator, width: int, *, cell_px: int, stretch: int = 1) -> NDArray[np.float32]:
    """(HEIGHT_PX, width): smooth spots of -1 to 1, `stretch` times as wide as high."""
    high = HEIGHT_PX // cell_px + 2
    wide = width // (cell_px * stretch) + 2
    spots = rng.uniform(-1, 1, (high, wide)).astype(np.float32)
    down, across = np.arange(HEIGHT_PX) / cell_px, np.arange(width) / (cell_px * stretch)
    columns = np.stack([np.interp(across, np.arange(wide), row) for row in spots])
    row = down.astype(int)
    part = (down - row)[:, None]
    return np.asarray(columns[row] * (1 - part) + columns[row + 1] * part, np.float32)


def _strip_px(speed_px_s: float) -> int:
    return WIDTH_PX + int(abs(speed_px_s) * _SHOT_S[1]) + 2


def _colour(code: str) -> Colour:
    return np.frombuffer(bytes.fromhex(code), np.uint8).astype(np.float32)


def _mix(one: str, two: str, share: float | NDArray[np.float32]) -> NDArray[np.float32]:
    first = _colour(one)
    return np.asarray(first + (_colour(two) - first) * share, np.float32)


def _packed(pixels: NDArray[np.float32]) -> Packed:
    four = np.zeros((*pixels.shape[:2], 4), np.uint8)
    four[:, :, :3] = np.clip(pixels, 0, 255)
    return four.view(np.uint32)[:, :, 0]


def _unpacked(picture: Packed) -> encode.Rgb:
    return np.ascontiguousarray(picture.view(np.uint8).reshape(*picture.shape, 4)[:, :, :3])


def _sound(seed: int, duration_s: float) -> NDArray[np.float32]:
    """Slow chords: (samples,) at _SOUND_RATE_HZ."""
    rng = np.random.default_rng([seed, 1])
    samples = np.zeros(round(duration_s * _SOUND_RATE_HZ), np.float32)
    length = round(_CHORD_S * _SOUND_RATE_HZ)
    for start in range(0, len(samples), length):
        part = samples[start : start + length]
        at_s = np.arange(len(part), dtype=np.float32) / _SOUND_RATE_HZ
        fade = np.minimum(1, at_s / _ATTACK_S) * np.exp(-2 * at_s)
        for pitch_hz in rng.choice(_NOTES_HZ, 3, replace=False):
            part += 0.2 * fade * np.sin(2 * np.pi * pitch_hz * at_s).astype(np.float32)
    return samples
