"""Harmless clips made by arithmetic: moving, textured, cut into shots, with sound.

A shot is smooth value noise at several scales seen through two windows that wander over it, coloured by
a palette that turns slowly, with a few striped discs and bars adrift on top. Everything follows from
the seed, so that a clip is the same on every machine that encodes it with the same library, and two
seeds share nothing that a hash could hold on to.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SOUND_RATE_HZ: Final = 44_100

_SHOT_S: Final = (2.0, 5.0)  #: shortest and longest shot
_OCTAVES: Final = (3, 6, 12, 24)  #: cells across the picture, coarse to fine
_NOTES_HZ: Final = 110 * 2 ** (np.arange(36) / 12)
_FADE_S: Final = 0.02  #: a note that starts at once clicks
_BURSTS: Final = 0.3  #: share of the chords with noise


def write_clip(
    path: Path,
    seed: int,
    duration_s: float = 10.0,
    width_px: int = 320,
    height_px: int = 180,
    *,
    fps: float = 25.0,
    with_audio: bool = True,
) -> None:
    """Write a clip of `round(duration_s * fps)` frames; the path's suffix chooses the container.

    Raises ValueError for no frames; errors.DiskFull, errors.WriteFailed.
    """
    sound = encode.Sound(_samples(seed, duration_s), SOUND_RATE_HZ) if with_audio else None
    encode.write_video(
        path,
        frames(seed, duration_s, width_px, height_px, fps),
        rate_hz=Fraction(fps).limit_denominator(1001),
        settings=encode.Settings(crf=20, preset="ultrafast"),
        sound=sound,
    )


def frames(
    seed: int, duration_s: float, width_px: int, height_px: int, fps: float
) -> Iterator[tuple[float, encode.Rgb]]:
    """The clip's pictures with their times, before any encoder."""
    rng = np.random.default_rng([seed, 0])
    shot_end_s = -1.0
    shot = _Shot.random(rng, width_px, height_px)
    for number in range(round(duration_s * fps)):
        time_s = number / fps
        if time_s >= shot_end_s:
            shot = _Shot.random(rng, width_px, height_px)
            shot_end_s = time_s + rng.uniform(*_SHOT_S)
        yield time_s, shot.picture(time_s)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A striped disc or bar on a straight path that comes back at the edges."""

    radius: tuple[float, float]  #: half height and half width, of the picture's height
    start: tuple[float, float]  #: row and column, in heights and widths
    velocity: tuple[float, float]  #: heights and widths a second
    colours: NDArray[np.uint8]  #: (2, 3)
    stripes: float  #: across the shape
    disc: bool

    def draw(self, picture: encode.Rgb, time_s: float) -> None:
        height, width = picture.shape[:2]
        half_rows, half_columns = (max(2, int(r * height)) for r in self.radius)
        row, column = (
            int(_bounce(start + speed * time_s) * side)
            for start, speed, side in zip(self.start, self.velocity, (height, width), strict=True)
        )
        top, left = max(0, row - half_rows), max(0, column - half_columns)
        area = picture[top : row + half_rows, left : column + half_columns]
        down = (np.arange(top, top + area.shape[0]) - row)[:, None] / half_rows
        across = (np.arange(left, left + area.shape[1]) - column)[None, :] / half_columns
        stripe = (np.floor((down + across) * self.stripes) % 2).astype(np.intp)
        if self.disc:
            inside = down * down + across * across < 1
            area[inside] = self.colours[stripe[inside]]
        else:
            area[:] = self.colours[stripe]


@dataclass(frozen=True, slots=True)
class _Shot:
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8]]  #: twice the picture's sides
    paths: NDArray[np.float64]  #: (2 layers, 2 axes, rate rad/s and phase)
    palette: NDArray[np.uint8]  #: (256, 3)
    turn: float  #: palette steps a second
    shapes: tuple[_Shape, ...]
    size: tuple[int, int]  #: height_px, width_px

    @classmethod
    def random(cls, rng: np.random.Generator, width_px: int, height_px: int) -> _Shot:
        size = (height_px, width_px)
        paths = np.stack((rng.uniform(0.15, 0.6, (2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))), axis=-1)
        return cls(
            layers=(_noise(rng, *size), _noise(rng, *size)),
            paths=paths,
            palette=_palette(rng),
            turn=rng.uniform(-6, 6),
            shapes=tuple(_shape(rng) for _ in range(rng.integers(2, 6))),
            size=size,
        )

    def picture(self, time_s: float) -> encode.Rgb:
        one, two = (
            self._window(layer, path, time_s) for layer, path in zip(self.layers, self.paths, strict=True)
        )
        # Each layer spans 0 to 127, so that the sum stays within the palette without wrapping.
        picture: encode.Rgb = np.take(
            np.roll(self.palette, int(self.turn * time_s), axis=0), one + two, axis=0
        )
        for shape in self.shapes:
            shape.draw(picture, time_s)
        return picture

    def _window(
        self, layer: NDArray[np.uint8], path: NDArray[np.float64], time_s: float
    ) -> NDArray[np.uint8]:
        height, width = self.size
        row, column = (
            int((0.5 + 0.5 * np.sin(rate * time_s + phase)) * side)
            for (rate, phase), side in zip(path, self.size, strict=True)
        )
        return layer[row : row + height, column : column + width]


def _shape(rng: np.random.Generator) -> _Shape:
    return _Shape(
        radius=(rng.uniform(0.06, 0.22), rng.uniform(0.06, 0.22)),
        start=(rng.uniform(0, 2), rng.uniform(0, 2)),
        velocity=(rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3)),
        colours=rng.integers(0, 256, (2, 3), dtype=np.uint8),
        stripes=rng.uniform(1, 4),
        disc=bool(rng.integers(2)),
    )


def _bounce(position: float) -> float:
    """A point that moves between 0 and 1 and turns at both."""
    return 1 - abs(position % 2 - 1)


def _noise(rng: np.random.Generator, height_px: int, width_px: int) -> NDArray[np.uint8]:
    """Value noise over twice the picture's sides, 0 to 127."""
    total = np.zeros((2 * height_px, 2 * width_px), np.float32)
    for cells in _OCTAVES:
        grid = rng.random((2 * cells + 1, 2 * cells + 1), dtype=np.float32)
        rows, columns = (_stretch(2 * side, 2 * cells) for side in (height_px, width_px))
        total += (rows @ grid @ columns.T) / cells**0.7
    total -= total.min()
    noise: NDArray[np.uint8] = (total * (127 / total.max())).astype(np.uint8)
    return noise


def _stretch(side_px: int, cells: int) -> NDArray[np.float32]:
    """(side_px, cells + 1): smooth interpolation between the corners of the cells."""
    at = np.linspace(0, cells, side_px, endpoint=False)
    cell = at.astype(int)
    part = at - cell
    weight = part * part * (3 - 2 * part)
    matrix = np.zeros((side_px, cells + 1), np.float32)
    matrix[np.arange(side_px), cell] = 1 - weight
    matrix[np.arange(side_px), cell + 1] = weight
    return matrix


def _palette(rng: np.random.Generator) -> NDArray[np.uint8]:
    """(256, 3): a smooth closed walk through colours, dark to light several times."""
    at = np.arange(256)[:, None] / 256
    waves = np.zeros((256, 3))
    for turns in (1, 2, 3):
        waves += rng.uniform(0.3, 1, 3) * np.sin(2 * np.pi * (turns * at + rng.random(3)))
    return np.clip(128 + 80 * waves, 0, 255).astype(np.uint8)


def _samples(seed: int, duration_s: float) -> NDArray[np.float32]:
    """Plucked chords with a burst of noise at some: (samples,) at SOUND_RATE_HZ."""
    rng = np.random.default_rng([seed, 1])
    samples = np.zeros(round(duration_s * SOUND_RATE_HZ), np.float32)
    start = 0
    while start < len(samples):
        length = int(rng.uniform(0.25, 1.0) * SOUND_RATE_HZ)
        part = samples[start : start + length]
        at = np.arange(len(part), dtype=np.float32) / SOUND_RATE_HZ
        envelope = np.exp(-3 * at) * np.minimum(1, at / _FADE_S)
        for pitch_hz in rng.choice(_NOTES_HZ, 3, replace=False):
            part += 0.2 * envelope * np.sin(2 * np.pi * pitch_hz * at).astype(np.float32)
        if rng.random() < _BURSTS:
            part += 0.1 * envelope * rng.standard_normal(len(part), dtype=np.float32)
        start += length
    return np.clip(samples, -1, 1)
