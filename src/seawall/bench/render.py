"""A time line and steps become a file: ticks of a steady clock, each showing what the time line says.

A frame is on the screen from its time until the next one's. So what lies in the file at a tick is what
was on the screen at the footage's time that the tick stands for, exactly; sound goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from seawall.bench import planes, sounds, timeline
from seawall.bench.step import Canvas
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seawall.bench.footage import Kept
    from seawall.bench.step import Change, Samples, Step
    from seawall.bench.timeline import Piece, Timeline

CRF: Final = 26
RATE_HZ: Final = 25.0  #: at most; a slower clip keeps its own
SOUND_RATE_HZ: Final = 44_100

_SAME_S: Final = 1e-6
_SIZE_PX: Final = (64, 2048)  #: no side of an edited file is shorter or longer


class Show(Protocol):
    """Gives the picture of a piece that has shown for so long."""

    def __call__(self, piece: Piece, since_s: float) -> encode.Planes: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """What an edited file is made from."""

    line: Timeline  #: before any step
    show: Show
    rate_hz: float  #: of its pictures
    size: tuple[int, int]  #: (width_px, height_px) of black pictures
    tracks: Mapping[int, Samples]  #: sound of each footage, from its time 0 on; empty where there is none
    others: tuple[Kept, ...]  #: for steps that put other footage into the picture
    others_sounds: tuple[Samples, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out."""

    line: Timeline
    duration_s: float
    rate_hz: float


def write(path: Path, scene: Scene, steps: tuple[Step, ...], rng: np.random.Generator) -> Rendered:
    """Write the file. Raises the errors of `scene.show`, and errors.DiskFull, errors.WriteFailed."""
    line = scene.line
    for step in steps:
        if step.time:
            line = step.time(line)
    rate_hz = min([scene.rate_hz, RATE_HZ, *(step.rate_hz for step in steps if step.rate_hz)])
    sound = _sound(scene, line, steps, rng)
    pictures = _Pictures(scene, steps, rng)
    crf = max([CRF, *(step.crf for step in steps if step.crf)])
    first = pictures.at(0.0, line[0], 0.0)
    kept = 1 - max([0.0, *(step.dropped for step in steps)])
    with encode.Writer(
        path,
        *first.y.shape[::-1],
        rate_hz=Fraction(rate_hz).limit_denominator(1001),
        settings=encode.Settings(crf=crf),
        sound=None if sound is None else encode.Sound(sound, SOUND_RATE_HZ),
    ) as writer:
        writer.write(0.0, first)
        for time_s, piece, since_s in _ticks(line, rate_hz):
            if time_s and (kept == 1 or rng.random() < kept):
                writer.write(time_s, pictures.at(time_s, piece, since_s))
    return Rendered(line, timeline.length_s(line), rate_hz)


class _Pictures:
    """Takes the pictures that the time line shows through the steps."""

    def __init__(self, scene: Scene, steps: tuple[Step, ...], rng: np.random.Generator) -> None:
        self._scene = scene
        self._steps = [step.picture for step in steps if step.picture]
        self._rng = rng
        self._changes: list[Change] = []

    def at(self, time_s: float, piece: Piece, since_s: float) -> encode.Planes:
        if piece.footage == timeline.BLACK:
            width, height = self._scene.size
            picture = planes.filled(height, width, planes.BLACK)
        else:
            picture = self._scene.show(piece, since_s)
        if not self._changes:
            return self._prepare(picture, time_s)
        for change in self._changes:
            picture = change(picture, time_s)
        return picture

    def _prepare(self, picture: encode.Planes, time_s: float) -> encode.Planes:
        """Make each step ready for the size that the one before it left."""
        for prepare in self._steps:
            height, width = picture.y.shape
            canvas = Canvas(self._rng, height, width, self._scene.others)
            self._changes.append(prepare(canvas))
            picture = self._changes[-1](picture, time_s)
        height, width = picture.y.shape
        low, high = _SIZE_PX
        scale = min(1.0, high / max(height, width)) * max(1.0, low / min(height, width))
        if scale != 1:
            size = round(height * scale), round(width * scale)
            self._changes.append(lambda last, _: planes.resized(last, *size))
            picture = self._changes[-1](picture, time_s)
        return picture


def _ticks(line: Timeline, rate_hz: float) -> list[tuple[float, Piece, float]]:
    """(time, piece, time since the piece began) of every frame."""
    ticks = []
    number = 0
    at_s = 0.0
    for piece in line:
        while (time_s := number / rate_hz) < at_s + piece.length_s - _SAME_S:
            ticks.append((time_s, piece, max(time_s - at_s, 0.0)))
            number += 1
        at_s += piece.length_s
    return ticks


def _sound(scene: Scene, line: Timeline, steps: tuple[Step, ...], rng: np.random.Generator) -> Samples | None:
    samples: Samples | None = None
    if scene.tracks or any(step.sound for step in steps):
        keep_pitch = any(step.keep_pitch for step in steps)
        samples = sounds.follow(line, scene.tracks, SOUND_RATE_HZ, keep_pitch=keep_pitch)
    for step in steps:
        if step.sound and samples is not None:
            samples = step.sound(samples, SOUND_RATE_HZ, scene.others_sounds, rng)
    return samples
