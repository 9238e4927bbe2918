"""Compilations: seconds of one or more references among other footage, then an edit or two over the whole.

The lengths, the number of copied parts and the range of speeds are those of the Video Similarity
Challenge's queries: parts of 2 to 30 s, speeds from 0.66 to 1.67.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import chains, footage, keeping, planes, records, render, timeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seawall.bench.corpus import Clip
    from seawall.bench.edit import Edit, Level
    from seawall.bench.timeline import Piece, Timeline
    from seawall.media import encode

VERSION: Final = 1
NAME: Final = "splice_mixed"
WHAT: Final = "1 to 3 parts of 2 to 30 s spliced into other footage, then 1 or 2 edits over the whole"
LEVELS: Final[tuple[Level, ...]] = ("mild", "standard")
COPIED_S: Final = (2.0, 30.0)
SPEEDS: Final = (0.66, 1.67)
HOST_S: Final = (30.0, 90.0)

_PARTS: Final = (0.6, 0.25, 0.15)  #: how often there are one, two, three copied parts
_OTHER_SPEED: Final = 1 / 3  #: share of the copied parts that run at another speed
_HOST_PIECE_S: Final = (6.0, 25.0)
#: pieces lie within so much of a host: a file is read from its start, which takes time
_HOST_READ_S: Final = 40.0
_BACKGROUNDS: Final = 2
_SAME_SHAPE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """A compilation before it is made."""

    line: Timeline
    clips: tuple[Clip, ...]  #: by the time line's footage numbers
    copied: int  #: so many of the clips, the first ones, are references
    edits: tuple[Edit, ...]


def mixed(
    clip: Clip, banked: Sequence[Clip], hosts: Sequence[Clip], folder: Path, seed: int, number: int = 0
) -> records.Query:
    """A compilation with a part of `clip` in `folder`, with its truth; kept from an earlier run.

    banked: references from which further parts may come. hosts: clips that show nothing of any of them;
    raises ValueError without any. Others with the same seed differ by `number`.

    Raises the errors of `media.open`, and errors.DiskFull, errors.WriteFailed.
    """
    if not hosts:
        raise ValueError("a compilation needs clips that are no references")
    own = (str(number), clip.sha256, NAME)
    sources = [[one.identity() for one in some] for some in (banked, hosts)]
    key = keeping.digest([VERSION, seed, number, clip.identity(), sources])
    path = keeping.kept_path(folder, clip.slug, NAME, key)
    query = keeping.recall(path)
    if query is None:
        plan = planned(clip, banked, hosts, keeping.rng(seed, *own))
        query = _write(plan, hosts, path, keeping.rng(seed, *own, "pixels"))
        keeping.remember(query)
    return query


def planned(clip: Clip, banked: Sequence[Clip], hosts: Sequence[Clip], rng: np.random.Generator) -> Plan:
    """Draw what shows when, and what is done to it all."""
    count = 1 + int(rng.choice(len(_PARTS), p=_PARTS))
    sources = [clip, *(banked[int(rng.integers(len(banked)))] for _ in range(count - 1))]
    clips = list(dict.fromkeys(sources))
    copied = len(clips)
    parts = [_part(clips.index(source), source, rng) for source in sources]
    host = _host(hosts, clips, rng)
    room_s = timeline.length_s(host)
    cuts_s = [*np.sort(rng.uniform(0, room_s, count)).tolist(), room_s]
    line = [*timeline.cut(host, 0, cuts_s[0])]
    for number, (start_s, end_s) in zip(rng.permutation(count), pairwise(cuts_s), strict=True):
        line += [parts[number], *timeline.cut(host, start_s, end_s)]
    edits = chains.draw(rng, int(rng.integers(1, 3)), levels=LEVELS, without=("time",))
    return Plan(tuple(line), tuple(clips), copied, edits)


def _part(number: int, clip: Clip, rng: np.random.Generator) -> Piece:
    speed = _between(rng, SPEEDS) if rng.random() < _OTHER_SPEED else 1.0
    length_s = min(_between(rng, COPIED_S), clip.duration_s / speed)
    start_s = clip.start_s + float(rng.uniform(0, 1)) * (clip.duration_s - length_s * speed)
    return timeline.Piece(number, length_s, start_s, speed)


def _host(hosts: Sequence[Clip], clips: list[Clip], rng: np.random.Generator) -> Timeline:
    """Pieces of the hosts in random order; each host that shows is added to `clips`."""
    total_s = float(rng.uniform(*HOST_S))
    line: list[Piece] = []
    order: list[Clip] = []
    while (left_s := total_s - timeline.length_s(tuple(line))) > 1e-3:
        if not order:
            order = [hosts[number] for number in rng.permutation(len(hosts))]
        host = order.pop()
        if host not in clips:
            clips.append(host)
        room_s = min(host.duration_s, _HOST_READ_S)
        length_s = min(float(rng.uniform(*_HOST_PIECE_S)), room_s)
        start_s = host.start_s + float(rng.uniform(0, 1)) * (room_s - length_s)
        line.append(timeline.Piece(clips.index(host), min(length_s, left_s), start_s))
    return tuple(line)


def _between(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Drawn so that doubling is as likely anywhere."""
    low, high = limits
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _write(plan: Plan, hosts: Sequence[Clip], path: Path, rng: np.random.Generator) -> records.Query:
    steps = chains.steps(plan.edits, rng, timeline.length_s(plan.line))
    beside: tuple[Clip, ...] = ()
    if any(step.others for step in steps):
        beside = tuple(hosts[n] for n in rng.permutation(len(hosts))[:_BACKGROUNDS])
    partial = keeping.partial_path(path)
    done = render.write(partial, _scene(plan, beside), steps, rng)
    partial.replace(path)
    shown = {clip.name for clip in (*plan.clips[plan.copied :], *beside)}
    sources = plan.clips[: plan.copied]
    return records.Query(
        path=path,
        name=f"{sources[0].name} {path.stem}",
        edit=NAME,
        clips=(*(clip.name for clip in sources), *sorted(shown)),
        duration_s=done.duration_s,
        rate_hz=done.rate_hz,
        truth=tuple(
            records.Truth(clip.name, stretch)
            for number, clip in enumerate(sources)
            for stretch in timeline.stretches(done.line, number)
        ),
        level=None,
        chain=tuple(step.label for step in steps),
    )


def _scene(plan: Plan, beside: tuple[Clip, ...]) -> render.Scene:
    readers = [footage.Forwards(clip) for clip in plan.clips]
    size = footage.size(plan.clips[0])

    def show(piece: Piece, since_s: float) -> encode.Planes:
        picture = readers[piece.footage].at(piece.at(since_s))
        if piece.footage >= plan.copied:
            return footage.covering(picture, size)
        return _fitted(picture, size)

    tracks = {}
    for number, clip in enumerate(plan.clips):
        heard = keeping.sound(clip, 0, clip.end_s)
        if heard is not None:
            tracks[number] = heard
    return render.Scene(
        line=plan.line,
        show=show,
        rate_hz=render.RATE_HZ,
        size=size,
        tracks=tracks,
        others=tuple(footage.background(clip) for clip in beside),
        others_sounds=tuple(track for number, track in tracks.items() if number >= plan.copied),
    )


def _fitted(picture: encode.Planes, size: tuple[int, int]) -> encode.Planes:
    """All of the picture at that (width_px, height_px), with black bars where its shape is another."""
    width, height = size
    rows, columns = picture.y.shape
    if abs(columns * height / (rows * width) - 1) < _SAME_SHAPE:
        return planes.resized(picture, height, width)
    inner = planes.fitting(rows, columns, height, width)
    under = planes.filled(height, width, planes.BLACK)
    top, left = ((outer - side) // 4 * 2 for outer, side in zip((height, width), inner, strict=True))
    planes.put(under, planes.resized(picture, *inner), top, left)
    return under
