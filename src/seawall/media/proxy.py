"""Proxies: a video, or its sound, small and in short pieces, each a file of its own.

A piece is what a reviewer is sent at a time, so that what was sent is what was shown. Pictures and sound are
two proxies: who looks does not hear.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from seawall import errors
from seawall.media import encode
from seawall.media.frame import Frame
from seawall.media.opened import Media
from seawall.model.viewing import Cover

PIECE_S: Final = 4.0
LONGEST_S: Final = 900.0  #: of all pieces together
HEIGHT_PX: Final = 480
WIDTH_PX: Final = 854
RATE_HZ: Final = 30  #: no more frames than so many a second
SOUND_HZ: Final = 44_100
SETTINGS: Final = encode.Settings(crf=28, preset="veryfast")

_SHORTEST_S: Final = 1 / 60
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original that becomes one file."""

    start_s: float
    end_s: float


def pictures(file: Media, *, spans: Sequence[Sequence[float]], cover: str) -> dict[str, Any]:
    """{"parts": [{start_s, end_s, data}]}: MP4 with H.264, without sound, of the spans [start_s, end_s].

    cover: `grey` or `plain`. No pieces of what has no moving picture. Raises MediaTooLarge.
    """
    if not file.has_video:
        return {"parts": []}
    size = _size(file.width_px or 2, file.height_px or 2)
    frames = _thinned(file.frames())
    made = []
    held: Frame | None = next(frames, None)
    for piece in _pieces(spans):
        written, held = _written(piece, held, frames, size, Cover(cover))
        if written is not None:
            made.append({"start_s": piece.start_s, "end_s": written[1], "data": written[0]})
        if held is None:
            break
    return {"parts": made}


def sound(file: Media, *, spans: Sequence[Sequence[float]]) -> dict[str, Any]:
    """{"parts": [{start_s, end_s, data}]}: MP4 with AAC alone, one channel. As `pictures`."""
    if not file.has_audio:
        return {"parts": []}
    made = []
    chunks, at, rest = file.audio(SOUND_HZ), 0, np.zeros(0, np.float32)
    for piece in _pieces(spans):
        start, end = round(piece.start_s * SOUND_HZ), round(piece.end_s * SOUND_HZ)
        while at + len(rest) < end and (chunk := next(chunks, None)) is not None:
            rest = np.concatenate([rest, chunk])
            dropped = max(0, min(len(rest), start - at))
            rest, at = rest[dropped:], at + dropped
        dropped = max(0, min(len(rest), start - at))
        rest, at = rest[dropped:], at + dropped
        samples = rest[: end - at]
        if len(samples) < _SHORTEST_S * SOUND_HZ:
            continue
        stream = io.BytesIO()
        encode.write_sound(stream, encode.Sound(samples, SOUND_HZ))
        end_s = piece.start_s + len(samples) / SOUND_HZ
        made.append({"start_s": piece.start_s, "end_s": end_s, "data": stream.getvalue()})
    return {"parts": made}


def _pieces(spans: Iterable[Sequence[float]]) -> list[Piece]:
    """Spans, ascending and apart, in pieces of at most `PIECE_S`. Raises MediaTooLarge."""
    found, total_s = [], 0.0
    for start_s, end_s in spans:
        total_s += end_s - start_s
        if total_s > LONGEST_S + 1e-6:
            raise errors.MediaTooLarge(path="", size=round(total_s, 3), unit="seconds", limit=LONGEST_S)
        count = max(1, int(np.ceil((end_s - start_s) / PIECE_S - 1e-9)))
        edges = np.linspace(start_s, end_s, count + 1)
        found += [Piece(float(one), float(two)) for one, two in itertools.pairwise(edges)]
    return found


def _thinned(frames: Iterable[Frame]) -> Iterator[Frame]:
    next_s = -1.0
    for frame in frames:
        if frame.time_s >= next_s - 1e-6:
            yield frame
            next_s = frame.time_s + 1 / RATE_HZ


def _written(
    piece: Piece, held: Frame | None, frames: Iterator[Frame], size: tuple[int, int], cover: Cover
) -> tuple[tuple[bytes, float] | None, Frame | None]:
    """The piece's file with where it ends, if it has a frame, and the first frame behind it."""
    while held is not None and held.time_s < piece.start_s - 1e-6:
        held = next(frames, None)
    if held is None or held.time_s >= piece.end_s:
        return None, held
    stream, last_s = io.BytesIO(), held.time_s
    with encode.Writer(stream, *size, rate_hz=Fraction(RATE_HZ), settings=SETTINGS) as writer:
        while held is not None and held.time_s < piece.end_s - 1e-6:
            last_s = held.time_s
            writer.write(last_s - piece.start_s, _planes(held, size, cover))
            held = next(frames, None)
    end_s = piece.end_s if held is not None else min(piece.end_s, last_s + 1 / RATE_HZ)
    return (stream.getvalue(), end_s), held


def _planes(frame: Frame, size: tuple[int, int], cover: Cover) -> encode.Planes:
    made = encode.planes(frame, *size)
    if cover is Cover.PLAIN:
        return made
    grey = np.full_like(made.u, _GREY)
    return encode.Planes(made.y, grey, grey)


def _size(width_px: int, height_px: int) -> tuple[int, int]:
    """Even sides within the limits, never larger than the original."""
    share = min(1.0, HEIGHT_PX / height_px, WIDTH_PX / width_px)
    return encode.even(round(width_px * share)), encode.even(round(height_px * share))
