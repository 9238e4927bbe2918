"""A picture from any second of a known video: does it find the video, and the second?

From every second of a clip one frame at a random phase, at half the size, JPEG quality 50.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import media
from seawall.bench import make, metrics, records
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seawall.bench.corpus import Clip

VERSION: Final = 1
JPEG_QUALITY: Final = 50
NEAR_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Still:
    """One picture and the frame that it is."""

    path: Path
    clip: str
    time_s: float  #: of the frame, in the clip


@dataclass(frozen=True, slots=True)
class Missed:
    """A clip's stills that did not find their second."""

    clip: str
    stills: int
    unfound_s: tuple[float, ...]  #: times of stills whose best match is no match, or another video
    elsewhere_s: tuple[float, ...]  #: times of stills that found the video, but another second


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of all stills."""

    stills: int
    found_video: int
    found_second: int
    recall_video: float | None
    recall_second: float | None
    error_s: metrics.Spread  #: how far the second was off, where the video was found
    false_matches: int
    missed: tuple[Missed, ...]


def taken(clip: Clip, folder: Path, seed: int) -> list[Still]:
    """The clip's stills as files in a folder of their own; kept where an earlier run left them.

    Raises the errors of `media.open`, and errors.DiskFull, errors.WriteFailed.
    """
    home = folder / f"{clip.slug}-{make.digest([VERSION, seed, clip.identity()])}"
    listing = home.with_suffix(".json")
    if not listing.is_file():
        home.mkdir(parents=True, exist_ok=True)
        stills = _take(clip, home, make.rng(seed, clip.sha256, "stills"))
        listing.write_text(json.dumps([{**asdict(still), "path": still.path.name} for still in stills]))
    entries = json.loads(listing.read_text())
    return [Still(home / entry["path"], entry["clip"], entry["time_s"]) for entry in entries]


def _take(clip: Clip, folder: Path, rng: np.random.Generator) -> list[Still]:
    whole = int(clip.duration_s)
    wanted_s = clip.start_s + np.arange(whole) + rng.random(whole)
    # The frame on the screen at a time is the last that was shown at or before it.
    numbers = np.searchsorted(clip.times_s, wanted_s, side="right") - 1
    wanted = dict.fromkeys(int(number) for number in numbers)
    stills = []
    with media.open(clip.path) as source:
        for frame in source.frames():
            if frame.number in wanted:
                rgb = frame.rgb()
                half = encode.scaled(rgb, max(1, rgb.shape[1] // 2), max(1, rgb.shape[0] // 2))
                path = folder / f"{frame.number:06}.jpg"
                encode.write_jpeg(path, half, quality=JPEG_QUALITY)
                stills.append(Still(path, clip.name, frame.time_s))
    return stills


def row(stills: Sequence[Still], answers: Mapping[Path, records.Answer], relatives: metrics.Relatives) -> Row:
    """Judge the best match of each still.

    A still that a related clip answers is left out, as its picture may well be in both.
    """
    errors_s: list[float] = []
    unfound: dict[str, list[float]] = {}
    elsewhere: dict[str, list[float]] = {}
    asked: dict[str, int] = {}
    false_matches = 0
    for still in stills:
        found = answers[still.path].found
        worth = [match for match in found if match.recommendation in metrics.WORTH_A_LOOK]
        false_matches += sum(
            not metrics.shows_same(match.reference, (still.clip,), relatives) for match in worth
        )
        best = worth[0] if worth else None
        if best and best.reference != still.clip:
            if metrics.shows_same(best.reference, (still.clip,), relatives):
                continue
            best = None
        asked[still.clip] = asked.get(still.clip, 0) + 1
        if best is None or not best.stretches:
            unfound.setdefault(still.clip, []).append(round(still.time_s, 3))
            continue
        error_s = abs(best.stretches[0].reference_start_s - still.time_s)
        errors_s.append(error_s)
        if error_s > NEAR_S:
            elsewhere.setdefault(still.clip, []).append(round(still.time_s, 3))
    total, near = sum(asked.values()), sum(error_s <= NEAR_S for error_s in errors_s)
    return Row(
        stills=total,
        found_video=len(errors_s),
        found_second=near,
        recall_video=metrics.share(len(errors_s), total),
        recall_second=metrics.share(near, total),
        error_s=metrics.Spread.of(errors_s),
        false_matches=false_matches,
        missed=tuple(
            Missed(clip, asked[clip], tuple(unfound.get(clip, ())), tuple(elsewhere.get(clip, ())))
            for clip in sorted(unfound.keys() | elsewhere.keys())
        ),
    )
