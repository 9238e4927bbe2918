"""Makes the edited files of one clip in a single pass over it, with what is true of each.

The source is decoded once; each frame goes to every edit that keeps it. Edited files begin at 0 s with
their first frame, so a frame that lay at t in the reference lies at t minus that frame's time.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import asdict, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import errors, media
from seawall.bench import edits, records, sampling
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from seawall.bench.corpus import Clip

SOUND_RATE_HZ: Final = 44_100

_PARTIAL: Final = "unfinished-"


def edited(clip: Clip, wanted: tuple[edits.Edit, ...], folder: Path, seed: int) -> list[records.Query]:
    """The clip's edited files in `folder`, with their truth; those kept from an earlier run stay.

    Raises the errors of `media.open`, and errors.DiskFull, errors.WriteFailed.
    """
    paths = {edit.name: kept_path(folder, clip.slug, edit.name, key(clip, edit, seed)) for edit in wanted}
    queries = {name: recall(path) for name, path in paths.items()}
    missing = tuple(edit for edit in wanted if queries[edit.name] is None)
    if missing:
        for edit, query in zip(missing, _make(clip, missing, paths, seed), strict=True):
            remember(query)
            queries[edit.name] = query
    return [query for query in queries.values() if query is not None]


def key(clip: Clip, edit: edits.Edit, seed: int) -> str:
    """Names all that an edited file depends on."""
    settings = {**asdict(replace(edit, prepare=None)), "pixels": edit.prepare and edit.prepare.__name__}
    return digest([edits.VERSION, *clip.identity(), settings, seed if edit.prepare else None])


def digest(parts: object) -> str:
    """12 hex digits of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def kept_path(folder: Path, slug: str, edit: str, part: str) -> Path:
    """Where an edited file lies; its record lies beside it."""
    return folder / slug / f"{edit}-{part}.mp4"


def remember(query: records.Query) -> None:
    """Write the query's record beside its finished file, which says that it is whole."""
    record = {**asdict(query), "path": query.path.name}
    partial = query.path.with_name(f"{_PARTIAL}{query.path.stem}.json")
    partial.write_text(json.dumps(record))
    partial.replace(query.path.with_suffix(".json"))


def recall(path: Path) -> records.Query | None:
    """The query whose file an earlier run left at `path`; None where there is none."""
    beside = path.with_suffix(".json")
    if not (path.is_file() and beside.is_file()):
        return None
    record = json.loads(beside.read_text())
    truth = tuple(
        records.Truth(one["reference"], records.Stretch(**one["stretch"])) for one in record["truth"]
    )
    return records.Query(**{**record, "path": path, "clips": tuple(record["clips"]), "truth": truth})


def partial_path(path: Path) -> Path:
    """Where a file is written until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(_PARTIAL + path.name)


def sound(clip: Clip, start_s: float, end_s: float) -> NDArray[np.float32] | None:
    """The clip's sound from `start_s` to `end_s` at SOUND_RATE_HZ; None where it has none that decodes."""
    parts: list[NDArray[np.float32]] = []
    with media.open(clip.path) as source:
        if not source.has_audio:
            return None
        try:
            parts.extend(source.audio(SOUND_RATE_HZ))
        except errors.MediaError:  # a damaged track: the pictures are what is measured
            return None
    samples = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return samples[round(start_s * SOUND_RATE_HZ) : round(end_s * SOUND_RATE_HZ)]


def rng(seed: int, *parts: str) -> np.random.Generator:
    """Random numbers of their own for each use, whatever else runs before."""
    return np.random.default_rng([seed, int(digest(list(parts)), 16)])


def _make(
    clip: Clip, wanted: tuple[edits.Edit, ...], paths: dict[str, Path], seed: int
) -> Iterator[records.Query]:
    samples = sound(clip, 0, clip.end_s)
    with ExitStack() as stack:
        outputs = [_Output(clip, edit, paths[edit.name], samples, seed) for edit in wanted]
        for output in outputs:
            stack.enter_context(output.writer)
        source = stack.enter_context(media.open(clip.path))
        for frame in source.frames():
            views = _Views(frame)
            for output in outputs:
                output.take(views)
        for output in outputs:
            output.finish()
    for output in outputs:
        yield output.query()


class _Views:
    """One frame in the sizes that the edits want; made once for all of them."""

    def __init__(self, frame: media.Frame) -> None:
        self.time_s = frame.time_s
        self._frame = frame
        self._planes: dict[tuple[int, int], encode.Planes] = {}

    def planes(self, size: tuple[int, int]) -> encode.Planes:
        if size not in self._planes:
            self._planes[size] = encode.planes(self._frame, *size)
        return self._planes[size]


class _Output:
    """One edited file while it is written."""

    def __init__(
        self, clip: Clip, edit: edits.Edit, path: Path, samples: NDArray[np.float32] | None, seed: int
    ) -> None:
        self.edit, self.clip, self.path = edit, clip, path
        # What is kept begins and ends with whole frames: those that are first shown between these times.
        times = clip.times_s
        span = clip.end_s - times[0]
        start_s, end_s = (times[0] + share * span for share in (edit.start_share, edit.end_share))
        kept = times[(times >= start_s) & (times < end_s)]
        self.start_s = float(kept[0])
        following = times[times > kept[-1]]
        self.end_s = float(following[0]) if len(following) else clip.end_s
        self.rate_hz = edit.rate_hz or clip.rate_hz
        self._working = edit.working_size(clip.width_px, clip.height_px)
        generator = rng(seed, clip.sha256, edit.name)
        self._change = edit.prepare(generator, *self._working[::-1]) if edit.prepare else None
        self._sampler = sampling.Sampler(edit.rate_hz, self._write) if edit.rate_hz else None
        track = None
        if samples is not None:
            part = samples[round(self.start_s * SOUND_RATE_HZ) : round(self.end_s * SOUND_RATE_HZ)]
            track = encode.Sound(part, SOUND_RATE_HZ)
        self.writer = encode.Writer(
            partial_path(path),
            *edit.encoded_size(clip.width_px, clip.height_px),
            rate_hz=Fraction(self.rate_hz).limit_denominator(1001),
            settings=encode.Settings(crf=edit.crf),
            sound=track,
        )

    def take(self, views: _Views) -> None:
        if not self.start_s <= views.time_s < self.end_s:
            return
        time_s = views.time_s - self.start_s
        if self._sampler:
            self._sampler.push(time_s, views)
        else:
            self._write(time_s, views)

    def finish(self) -> None:
        if self._sampler:
            self._sampler.finish(self.end_s - self.start_s)

    def _write(self, time_s: float, views: _Views) -> None:
        picture = views.planes(self._working)
        self.writer.write(time_s, self._change(picture) if self._change else picture)

    def query(self) -> records.Query:
        """The finished file and what is true of it."""
        partial_path(self.path).replace(self.path)
        length_s = self.end_s - self.start_s
        stretch = records.Stretch(0.0, length_s, self.start_s, self.end_s)
        return records.Query(
            path=self.path,
            name=f"{self.clip.name} {self.edit.name}",
            edit=self.edit.name,
            clips=(self.clip.name,),
            duration_s=length_s,
            rate_hz=self.rate_hz,
            truth=(records.Truth(self.clip.name, stretch),),
        )
