"""A screen filmed by hand: seen at an angle in a dark room, blurred, with other tones, noise and moire.

The corners move as the benchmark's table says (`perspective` of FFmpeg), and the sound comes through a
small loudspeaker and the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from seawall.bench import edits_quality, planes, sounds
from seawall.bench.step import Canvas, Change, Draw, Step, pick
from seawall.media import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from seawall.bench.step import Samples

_RATE_HZ: Final = 24.0
_BLUR_PX: Final = 0.8
_NOISE_SIGMA: Final = 8.0
_MOIRE_ALPHA: Final = 0.05
_GAMMAS: Final = (0.7, 1.3)
_SURROUND: Final[planes.Colour] = (30, 126, 130)
_SHAKE_S: Final = 1.5  #: the hand comes back about so often
_LOW_HZ, _HIGH_HZ = 200.0, 6000.0
_ECHO_S, _ECHO = 0.04, 0.3
_BELOW_DB: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Shot:
    """How the screen lies in the camera's picture."""

    corners: NDArray[np.float32]  #: (4, 2) x and y as shares of the sides
    phases: NDArray[np.float64]  #: (2 axes, 2 waves)
    shake: float  #: share of the height

    def corners_at(self, time_s: float, height_px: int, width_px: int) -> NDArray[np.float32]:
        """(4, 2) in pixels."""
        rates = 2 * np.pi / _SHAKE_S * np.array((1.0, 2.7))
        moved = self.shake * height_px * np.mean(np.sin(rates * time_s + self.phases), axis=1)
        placed: NDArray[np.float32] = (self.corners * (width_px, height_px) + moved).astype(np.float32)
        return placed


def screen(jitter: float, surround: float, shake_px: float) -> Draw:
    """The jitter and surround are shares of the sides, shake is in pixels of 360 lines."""

    def draw(rng: np.random.Generator, _length_s: float) -> tuple[Step, ...]:
        exponent = pick(rng, *_GAMMAS)
        square = np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32)
        inward = np.where(square > 0, -1, 1) * (surround + rng.uniform(0, jitter, (4, 2)))
        shot = _Shot((square + inward).astype(np.float32), rng.uniform(0, 2 * np.pi, (2, 2)), shake_px / 360)
        pitch_px, angle = float(rng.uniform(2.2, 4.5)), float(rng.uniform(0.05, 0.5))
        label = (
            f"screen(jitter={jitter}, surround={surround}, shake_px={shake_px}, gamma={exponent}, "
            f"corners={' '.join(f'{side:.3f}' for side in shot.corners.ravel())})"
        )
        return (
            Step(
                label,
                picture=lambda canvas: _filmed(canvas, shot, exponent, pitch_px, angle),
                sound=_heard,
                rate_hz=_RATE_HZ,
            ),
        )

    return draw


def _filmed(canvas: Canvas, shot: _Shot, exponent: float, pitch_px: float, angle: float) -> Change:
    height, width = canvas.height_px, canvas.width_px
    table = edits_quality.tone_table(lambda level: level**exponent)
    grid = _moire(height, width, pitch_px, angle)
    noise = edits_quality.noisy(_NOISE_SIGMA)(canvas)

    def change(picture: encode.Planes, time_s: float) -> encode.Planes:
        corners = shot.corners_at(time_s, height, width)
        y, u, v = (
            _seen(plane, part, corners, border)
            for (plane, part), border in zip(planes.each(picture), _SURROUND, strict=True)
        )
        luma = np.asarray(cv2.LUT(cv2.GaussianBlur(y, (0, 0), _BLUR_PX), table), np.uint8)
        luma = np.asarray(cv2.add(luma, grid, dtype=cv2.CV_8U), np.uint8)
        return noise(encode.Planes(luma, u, v), time_s)

    return change


def _seen(plane: planes.Plane, part: int, corners: NDArray[np.float32], border: int) -> planes.Plane:
    """A plane with its outer corners at those positions, which are given in luma's pixels."""
    height, width = plane.shape
    outline = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(outline, (corners / part - 0.5).astype(np.float32))
    seen = cv2.warpPerspective(
        plane,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(border),
    )
    return np.asarray(seen, np.uint8)


def _moire(height_px: int, width_px: int, pitch_px: float, angle: float) -> NDArray[np.int16]:
    """(height_px, width_px): two fine gratings whose difference makes slow bands."""
    down, across = np.mgrid[:height_px, :width_px].astype(np.float32)
    waves = [
        np.sin(2 * np.pi / pitch * (across * np.cos(turn) + down * np.sin(turn)))
        for pitch, turn in ((pitch_px, angle), (pitch_px * 1.06, angle + 0.04))
    ]
    bands = _MOIRE_ALPHA * planes.LIMITED_SPAN * (waves[0] + waves[1])
    whole: NDArray[np.int16] = np.rint(bands).astype(np.int16)
    return whole


def _heard(samples: Samples, rate_hz: int, _others: tuple[Samples, ...], rng: np.random.Generator) -> Samples:
    through = sounds.band(samples, rate_hz, _LOW_HZ, _HIGH_HZ)
    return sounds.clipped(sounds.hiss(sounds.echoed(through, rate_hz, _ECHO_S, _ECHO), rng, _BELOW_DB))
