"""A few seconds of a reference inside two minutes of something else.

The host is a chain of unrelated clips; the stretch goes in at a random time that lies on no grid, from
a random point of the reference. The whole is shown at a steady 25 frames a second, each tick taking
what is on the screen then: so a query time q inside the stretch shows the reference's time r + q - t,
where the stretch was put in at t from r. The pictures take the reference's shape, at most 360 lines
high: the host's are pressed into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import media
from seawall.bench import make, records, sampling
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from seawall.bench.corpus import Clip

VERSION: Final = 1
NAME: Final = "splice_6s"
WHAT: Final = "6 s spliced into an unrelated video of two minutes"
STRETCH_S: Final = 6.0
HOST_S: Final = 120.0
LINES: Final = 360
RATE_HZ: Final = 25.0

_PIECE_S: Final = (10.0, 30.0)  #: of one clip in the host, at least and at most
_CRF: Final = 26


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a clip on the spliced video's time line."""

    clip: Clip
    start_s: float  #: in the clip
    end_s: float
    at_s: float  #: on the time line

    @property
    def length_s(self) -> float:
        """How long it shows."""
        return self.end_s - self.start_s


def spliced(
    clip: Clip, hosts: Sequence[Clip], folder: Path, seed: int, host_s: float = HOST_S
) -> records.Query:
    """The clip's spliced file in `folder`, with its truth; kept where an earlier run left it.

    hosts: clips that show nothing of `clip`; raises ValueError without any.
    Raises the errors of `media.open`, and errors.DiskFull, errors.WriteFailed.
    """
    if not hosts:
        raise ValueError("a spliced video needs clips to be its host")
    parts = [VERSION, seed, host_s, clip.identity(), [host.identity() for host in hosts]]
    path = make.kept_path(folder, clip.slug, NAME, make.digest(parts))
    query = make.recall(path)
    if query is None:
        chain, stretch = time_line(clip, hosts, make.rng(seed, clip.sha256, NAME), host_s)
        query = _write(chain, stretch, path)
        make.remember(query)
    return query


def time_line(
    clip: Clip, hosts: Sequence[Clip], rng: np.random.Generator, host_s: float
) -> tuple[list[Piece], Piece]:
    """Every piece in order, and which of them is the clip's."""
    length_s = min(STRETCH_S, clip.duration_s)
    start_s = clip.start_s + rng.uniform(0, clip.duration_s - length_s)
    stretch = Piece(clip, start_s, start_s + length_s, rng.uniform(0, host_s))
    chain: list[Piece] = []
    at_s = 0.0
    order: list[Clip] = []
    total_s = host_s + stretch.length_s
    while at_s < total_s:
        if at_s == stretch.at_s:
            chain.append(stretch)
            at_s += stretch.length_s
            continue
        if not order:
            order = [hosts[n] for n in rng.permutation(len(hosts))]
        host = order.pop()
        limit_s = (stretch.at_s if at_s < stretch.at_s else total_s) - at_s
        piece_s = min(rng.uniform(*_PIECE_S), host.duration_s)
        from_s = host.start_s + rng.uniform(0, host.duration_s - piece_s)
        chain.append(Piece(host, from_s, from_s + min(piece_s, limit_s), at_s))
        # Set, not added up: the stretch is found again by its exact time.
        at_s = stretch.at_s if piece_s >= limit_s and at_s < stretch.at_s else at_s + min(piece_s, limit_s)
    return chain, stretch


def _write(chain: list[Piece], stretch: Piece, path: Path) -> records.Query:
    clip = stretch.clip
    total_s = chain[-1].at_s + chain[-1].length_s
    scale = min(1.0, LINES / clip.height_px)
    partial = make.partial_path(path)
    shown_s: list[float] = []
    with encode.Writer(
        partial,
        round(clip.width_px * scale),
        round(clip.height_px * scale),
        rate_hz=Fraction(RATE_HZ),
        settings=encode.Settings(crf=_CRF),
        sound=encode.Sound(_sound(chain, total_s), make.SOUND_RATE_HZ),
    ) as writer:

        def emit(time_s: float, item: tuple[Piece, media.Frame]) -> None:
            piece, frame = item
            writer.write(time_s, encode.planes(frame, writer.width_px, writer.height_px))
            if piece is stretch:
                shown_s.append(time_s)

        sampler = sampling.Sampler(RATE_HZ, emit)
        for piece in chain:
            _show(piece, sampler)
        sampler.finish(total_s)
    partial.replace(path)
    start_s, end_s = shown_s[0], shown_s[-1] + 1 / RATE_HZ
    to_reference_s = stretch.start_s - stretch.at_s
    truth = records.Stretch(start_s, end_s, start_s + to_reference_s, end_s + to_reference_s)
    return records.Query(
        path=path,
        name=f"{clip.name} {NAME}",
        edit=NAME,
        clips=(clip.name, *sorted({piece.clip.name for piece in chain if piece is not stretch})),
        duration_s=total_s,
        rate_hz=RATE_HZ,
        truth=(records.Truth(clip.name, truth),),
    )


def _show(piece: Piece, sampler: sampling.Sampler[tuple[Piece, media.Frame]]) -> None:
    """Push the piece's frames: first the one on the screen as it begins, then those that follow."""
    shown: media.Frame | None = None
    begun = False
    with media.open(piece.clip.path) as source:
        for frame in source.frames():
            if frame.time_s >= piece.end_s:
                break
            if frame.time_s > piece.start_s:
                if not begun:
                    sampler.push(piece.at_s, (piece, shown or frame))
                    begun = True
                sampler.push(piece.at_s + frame.time_s - piece.start_s, (piece, frame))
            shown = frame
    if not begun and shown:
        sampler.push(piece.at_s, (piece, shown))


def _sound(chain: list[Piece], total_s: float) -> NDArray[np.float32]:
    samples = np.zeros(round(total_s * make.SOUND_RATE_HZ), np.float32)
    for piece in chain:
        part = make.sound(piece.clip, piece.start_s, piece.end_s)
        if part is not None:
            first = round(piece.at_s * make.SOUND_RATE_HZ)
            room = samples[first : first + len(part)]
            room[:] = part[: len(room)]
    return samples
