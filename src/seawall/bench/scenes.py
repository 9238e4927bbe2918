"""Two small scenes drawn by arithmetic, each with a part that stays and a part that a take decides.

The stage follows from one seed: the table and its light, the room and the face. What happens on it
follows from another: which thing lies on the table and how it moves, what the head says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from seawall.bench.step import Samples
    from seawall.media import encode

RATE_HZ: Final = 25.0
SIZE_PX: Final = (480, 270)  #: width and height

_SEAT_PX: Final = 10.0  #: nobody sits in the same place twice
_SWAY_PX: Final = np.array((26.0, 9.0))
_SYLLABLE_S: Final = (0.12, 0.35)
_PITCH_HZ: Final = 120.0
_HARMONICS: Final = 24
_FORMANTS_HZ: Final = ((300, 2300), (400, 2000), (650, 1100), (600, 1700), (350, 800), (500, 1500))


def table(stage: int, take: int, duration_s: float) -> Iterator[tuple[float, encode.Rgb]]:
    """A thing pushed about on a table: (time_s, picture)."""
    top = _table_top(np.random.default_rng([stage, 0]))
    rng = np.random.default_rng([stage, take, 1])
    colours = rng.integers(30, 226, (3, 3)).tolist()
    sides, round_thing = rng.uniform(0.12, 0.28, 2), bool(rng.integers(2))
    rates, phases = rng.uniform(0.3, 0.9, 3), rng.uniform(0, 2 * np.pi, 3)
    for time_s in _times(duration_s):
        picture = top.copy()
        wave = np.sin(rates * time_s + phases)
        _thing(picture, wave, sides, colours, round_thing=round_thing)
        yield time_s, picture


def head(stage: int, take: int, duration_s: float) -> Iterator[tuple[float, encode.Rgb]]:
    """A head that speaks: (time_s, picture). Its mouth follows `speech` of the same numbers."""
    room, skin, hair, shirt = _room(np.random.default_rng([stage, 2]))
    rng = np.random.default_rng([stage, take, 3])
    rates, phases = rng.uniform(0.4, 2.2, (3, 2)), rng.uniform(0, 2 * np.pi, (3, 2))
    seat = rng.uniform(-_SEAT_PX, _SEAT_PX, 2)
    blinks = np.cumsum(rng.uniform(1.5, 5, max(2, int(duration_s))))
    opened = _envelope(_syllables(stage, take, duration_s), duration_s, RATE_HZ)
    for number, time_s in enumerate(_times(duration_s)):
        picture = room.copy()
        sway = seat + _SWAY_PX * np.mean(np.sin(rates * time_s + phases), axis=0)
        closed = bool(np.any(np.abs(blinks - time_s) < 0.08))
        _face(picture, sway, (skin, hair, shirt), float(opened[number]), closed=closed)
        yield time_s, picture


def speech(stage: int, take: int, duration_s: float, rate_hz: int) -> Samples:
    """(samples,): syllables of one voice; the take decides which."""
    at_s = np.arange(round(duration_s * rate_hz), dtype=np.float32) / rate_hz
    loud = _envelope(_syllables(stage, take, duration_s), duration_s, rate_hz)[: len(at_s)]
    total = np.zeros(len(at_s), np.float32)
    for start_s, end_s, formants in _syllables(stage, take, duration_s):
        inside = slice(round(start_s * rate_hz), round(end_s * rate_hz))
        for harmonic in range(1, _HARMONICS):
            pitch_hz = harmonic * _PITCH_HZ
            gain = sum(np.exp(-(((pitch_hz - formant) / 180) ** 2)) for formant in formants)
            total[inside] += np.float32(gain) * np.sin(np.float32(2 * np.pi * pitch_hz) * at_s[inside])
    spoken: Samples = np.clip(0.25 * total * loud, -1, 1).astype(np.float32)
    return spoken


def _times(duration_s: float) -> list[float]:
    return [number / RATE_HZ for number in range(round(duration_s * RATE_HZ))]


def _table_top(rng: np.random.Generator) -> encode.Rgb:
    """Planks with grain, a wall behind, light from one side."""
    width, height = SIZE_PX
    edge = height // 3
    drawn = rng.normal(0, 1, (height - edge, 24)).astype(np.float32)
    grain = cv2.GaussianBlur(cv2.resize(drawn, (width, height - edge)), (0, 0), 1.2)
    planks = (np.arange(height - edge) // 30 % 2 * 14)[:, None] + 40 * grain
    tint, wall = rng.uniform(60, 190, 3), rng.uniform(90, 210, 3)
    picture = np.empty((height, width, 3), np.float32)
    picture[:edge] = wall
    picture[edge:] = tint + planks[..., None]
    for _ in range(3):  # what hangs on the wall
        left, top = int(rng.integers(width - 80)), int(rng.integers(edge - 40))
        picture[top : top + 34, left : left + int(rng.integers(30, 80))] = rng.uniform(20, 230, 3)
    left_light, right_light = rng.permutation((0.75, 1.15)).tolist()
    light = np.linspace(left_light, right_light, width)[None, :, None]
    lit: encode.Rgb = np.clip(picture * light, 0, 255).astype(np.uint8)
    return lit


def _thing(
    picture: encode.Rgb,
    wave: NDArray[np.float64],
    sides: NDArray[np.float64],
    colours: list[list[int]],
    *,
    round_thing: bool,
) -> None:
    width, height = SIZE_PX
    centre = (round(width * (0.5 + 0.3 * wave[0])), round(height * (0.66 + 0.12 * wave[1])))
    half = (round(height * sides[0]), round(height * sides[1]))
    angle = float(40 * wave[2])
    shadow = (centre[0] + 8, centre[1] + 8)
    cv2.ellipse(picture, shadow, half, angle, 0, 360, (25, 22, 20), cv2.FILLED, cv2.LINE_AA)
    if round_thing:
        cv2.ellipse(picture, centre, half, angle, 0, 360, colours[0], cv2.FILLED, cv2.LINE_AA)
        inner = (half[0] // 2, half[1] // 2)
        cv2.ellipse(picture, centre, inner, angle, 0, 360, colours[1], cv2.FILLED, cv2.LINE_AA)
        return
    for scale, colour in zip((1.7, 1.1, 0.5), colours, strict=True):
        box = cv2.boxPoints((centre, (half[0] * scale, half[1] * scale), angle))
        cv2.fillConvexPoly(picture, np.rint(box).astype(np.int32), colour, cv2.LINE_AA)


def _room(rng: np.random.Generator) -> tuple[encode.Rgb, list[int], list[int], list[int]]:
    width, height = SIZE_PX
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = rng.integers(90, 200, 3)
    for _ in range(7):  # shelves and frames
        left, top = int(rng.integers(width)), int(rng.integers(height))
        corner = (left + int(rng.integers(20, 120)), top + int(rng.integers(20, 80)))
        cv2.rectangle(picture, (left, top), corner, rng.integers(20, 235, 3).tolist(), cv2.FILLED)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8)
    skin = (rng.uniform(0.45, 1.0) * np.array((230, 190, 165))).astype(int).tolist()
    return picture, skin, rng.integers(20, 110, 3).tolist(), rng.integers(20, 220, 3).tolist()


def _face(
    picture: encode.Rgb,
    sway: NDArray[np.float64],
    colours: tuple[list[int], list[int], list[int]],
    opened: float,
    *,
    closed: bool,
) -> None:
    skin, hair, shirt = colours
    across, down = round(240 + float(sway[0])), round(125 + float(sway[1]))

    def oval(at: tuple[int, int], half: tuple[int, int], colour: list[int]) -> None:
        centre = (across + at[0], down + at[1])
        cv2.ellipse(picture, centre, half, 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)

    oval((0, 160), (120, 95), shirt)
    oval((0, -12), (62, 76), hair)
    oval((0, 6), (52, 66), skin)
    for side in (-20, 20):
        oval((side, -8), (9, 1 if closed else 5), [240, 240, 240])
        oval((side, -8), (4, 1 if closed else 4), [40, 30, 30])
    oval((0, 14), (6, 9), [value * 4 // 5 for value in skin])
    oval((0, 42), (17, 3 + round(11 * opened)), [110, 40, 45])


def _syllables(stage: int, take: int, duration_s: float) -> list[tuple[float, float, tuple[int, int]]]:
    """(start, end, formants) of each."""
    rng = np.random.default_rng([stage, take, 4])
    spoken = []
    at_s = float(rng.uniform(0, 0.4))
    while at_s < duration_s - _SYLLABLE_S[1]:
        end_s = at_s + float(rng.uniform(*_SYLLABLE_S))
        spoken.append((at_s, end_s, _FORMANTS_HZ[rng.integers(len(_FORMANTS_HZ))]))
        at_s = end_s + float(rng.choice((0.03, 0.05, 0.4), p=(0.5, 0.35, 0.15)))
    return spoken


def _envelope(
    syllables: list[tuple[float, float, tuple[int, int]]], duration_s: float, rate_hz: float
) -> Samples:
    """How loud it is, and how far the mouth is open: 0 to 1."""
    loud = np.zeros(round(duration_s * rate_hz) + 1, np.float32)
    for start_s, end_s, _ in syllables:
        inside = loud[round(start_s * rate_hz) : round(end_s * rate_hz)]
        inside[:] = np.sin(np.linspace(0, np.pi, len(inside)))
    return loud
