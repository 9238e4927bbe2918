"""Makes the full suite's edited files of one clip: decoded once, kept in memory, and shown to every edit.

Of a clip longer than footage.EXCERPT_S only an excerpt is edited, whose start the seed draws. What is
true of an edited file follows from its time line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import footage, keeping, records, render, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from seawall.bench.corpus import Clip
    from seawall.bench.edit import Edit
    from seawall.bench.step import Samples, Step
    from seawall.bench.timeline import Piece
    from seawall.media import encode

_OTHERS: Final = 3  #: clips whose footage is put beside one clip's


def excerpt(clip: Clip, seed: int) -> tuple[float, float]:
    """From when to when the clip is edited."""
    room_s = max(0.0, clip.duration_s - footage.EXCERPT_S)
    start_s = clip.start_s + float(keeping.rng(seed, clip.sha256, "excerpt").uniform(0, 1)) * room_s
    return start_s, min(start_s + footage.EXCERPT_S, clip.end_s)


def drawn(clip: Clip, edit: Edit, seed: int) -> tuple[Step, ...]:
    """The edit's steps for this clip."""
    start_s, end_s = excerpt(clip, seed)
    assert edit.draw is not None
    return edit.draw(keeping.rng(seed, clip.sha256, edit.name), end_s - start_s)


def beside(clip: Clip, others: Sequence[Clip], seed: int) -> tuple[Clip, ...]:
    """Which of the other clips are put into its edited files."""
    order = keeping.rng(seed, clip.sha256, "others").permutation(len(others))
    return tuple(others[number] for number in order[:_OTHERS])


def key(clip: Clip, edit: Edit, seed: int, others: Sequence[Clip], version: int) -> str:
    """Names all that an edited file depends on."""
    steps = drawn(clip, edit, seed)
    shown = beside(clip, others, seed) if any(step.others for step in steps) else ()
    labels = [step.label for step in steps]
    return keeping.digest([version, *clip.identity(), labels, seed, [other.identity() for other in shown]])


def made(
    clip: Clip, wanted: Sequence[Edit], paths: Mapping[str, Path], seed: int, others: Sequence[Clip]
) -> Iterator[records.Query]:
    """Each edited file as it is done, with its truth.

    Raises the errors of `media.open`, and errors.DiskFull, errors.WriteFailed.
    """
    start_s, end_s = excerpt(clip, seed)
    material = _Material(clip, start_s, end_s, beside(clip, others, seed), seed)
    for edit in wanted:
        steps = drawn(clip, edit, seed)
        path = paths[edit.name]
        partial = keeping.partial_path(path)
        rng = keeping.rng(seed, clip.sha256, edit.name, "pixels")
        done = render.write(partial, material.scene(), steps, rng)
        partial.replace(path)
        names = material.names if any(step.others for step in steps) else ()
        yield records.Query(
            path=path,
            name=f"{clip.name} {edit.name}",
            edit=edit.name,
            clips=(clip.name, *names),
            duration_s=done.duration_s,
            rate_hz=done.rate_hz,
            truth=tuple(records.Truth(clip.name, one) for one in timeline.stretches(done.line)),
            level=edit.level,
            chain=tuple(step.label for step in steps),
        )


class _Material:
    """One clip's footage and that of the clips put beside it."""

    def __init__(self, clip: Clip, start_s: float, end_s: float, others: tuple[Clip, ...], seed: int) -> None:
        self._span = start_s, end_s
        self._clip = clip
        self._own = footage.kept(clip, start_s, end_s)
        self._others = tuple(map(footage.background, others)) or (footage.made(seed),)
        self.names = tuple(sorted(other.name for other in others))
        self._sound = keeping.sound(clip, 0, end_s)
        self._others_sounds = tuple(_background(other) for other in others)

    def scene(self) -> render.Scene:
        """As no edit has touched it."""
        start_s, end_s = self._span
        tracks: dict[int, Samples] = {}
        if self._sound is not None:
            tracks = dict(enumerate(self._others_sounds, 1))
            tracks[timeline.CLIP] = self._sound
        return render.Scene(
            line=(timeline.Piece(timeline.CLIP, end_s - start_s, start_s),),
            show=self._show,
            rate_hz=self._clip.rate_hz,
            size=footage.size(self._clip),
            tracks=tracks,
            others=self._others,
            others_sounds=self._others_sounds,
        )

    def _show(self, piece: Piece, since_s: float) -> encode.Planes:
        if piece.footage == timeline.CLIP:
            return self._own.at(piece.at(since_s), backwards=piece.speed < 0)
        other = self._others[(piece.footage - 1) % len(self._others)]
        return footage.covering(other.around(piece.at(since_s)), footage.size(self._clip))


def _background(clip: Clip) -> Samples:
    heard = keeping.sound(clip, clip.start_s, clip.start_s + footage.BACKGROUND_S)
    return np.empty(0, np.float32) if heard is None else heard
