"""What the demo works on: clips made by code, edits as uploaders make them, and what is true of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from seawall import media
from seawall.bench import corpus, edit, edits, make, records, splice
from seawall.demo import scenes
from seawall.media import encode

KNOWN_A: Final = "known-a.mp4"
KNOWN_B: Final = "known-b.mp4"
OPENING: Final = "opening.mp4"

_HOST: Final = "host.mp4"
_UNRELATED: Final = "upload-6-unrelated.mp4"
_SEED: Final = 14
_HOST_S: Final = 14.0
_CLIPS: Final = ((KNOWN_A, 4, 18.0), (_HOST, 2, _HOST_S), (KNOWN_B, 9, 12.0), (_UNRELATED, 5, 8.0))
_STILL_S: Final = 11.2
_STILL_SIDE: Final = 0.6  #: of the frame's width and height
_STILL_QUALITY: Final = 60
_OPENING_SHARE: Final = 0.25  #: of known-b
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to check."""

    path: Path
    title: str
    story: str  #: what was done to make it, for people
    reference: str | None  #: the name of the known video that it shows; None for unrelated footage
    stretch: records.Stretch | None  #: where; of a still, of no length
    harmless: bool = False  #: what it shows of the known video is known-good


@dataclass(frozen=True, slots=True)
class Material:
    """All files of the demo."""

    known: tuple[Path, ...]
    harmless: tuple[Path, ...]
    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the files go."""

    known: Path
    harmless: Path
    uploads: Path
    work: Path  #: what is in it is needed only while the files are made

    @classmethod
    def under(cls, out: Path) -> Folders:
        """The four within one folder."""
        return cls(out / "known", out / "harmless", out / "uploads", out / "work")

    def all(self) -> tuple[Path, ...]:
        """Each of them."""
        return self.known, self.harmless, self.uploads, self.work


def disguised(rng: np.random.Generator, height_px: int, width_px: int) -> edit.Change:
    """Grey, blurred, noisy, and a small logo on top."""
    noise = edits.noise_blur(rng, height_px, width_px)
    logo = edits.small_logo(rng, height_px, width_px)
    grey = np.full((height_px // 2, width_px // 2), _GREY, np.uint8)
    return lambda picture: logo(noise(encode.Planes(picture.y, grey, grey)))


_REENCODED: Final = edits.Edit("reencoded", "half the size, low quality", scale=0.5, own_lines=True, crf=36)
_TRIMMED: Final = edits.Edit("trimmed", "the middle of it", start_share=0.3, end_share=0.85)
_DISGUISED: Final = edits.Edit("disguised", "grey, noise, logo", prepare=disguised)
_OPENING: Final = edits.Edit("opening", "the first quarter", end_share=_OPENING_SHARE)
_SAME_OPENING: Final = edits.Edit("same-opening", "that, smaller", end_share=_OPENING_SHARE, scale=0.5)


def produce(folders: Folders, workers: int) -> Material:
    """Make all files; the folders are there and hold none of them.

    Raises errors.DiskFull, errors.WriteFailed.
    """
    homes = {KNOWN_A: folders.known, KNOWN_B: folders.known, _HOST: folders.work, _UNRELATED: folders.uploads}
    paths = {name: homes[name] / name for name, _, _ in _CLIPS}
    with ThreadPoolExecutor(workers) as pool:
        drawn = [pool.submit(scenes.write_clip, paths[name], seed, length) for name, seed, length in _CLIPS]
        for clip in drawn:
            clip.result()
        known_a, known_b, host = pool.map(_scanned, (paths[KNOWN_A], paths[KNOWN_B], paths[_HOST]))
        of_a = pool.submit(make.edited, known_a, (_REENCODED,), folders.work, _SEED)
        of_b = pool.submit(
            make.edited, known_b, (_TRIMMED, _DISGUISED, _OPENING, _SAME_OPENING), folders.work, _SEED
        )
        inserted = pool.submit(splice.spliced, known_a, [host], folders.work, _SEED, _HOST_S)
        still = pool.submit(_still, paths[KNOWN_A], folders.uploads / "upload-5-still.jpg")
        made = {query.edit: query for query in (*of_a.result(), *of_b.result(), inserted.result())}
        still_path, still_s = still.result()
    opening = folders.harmless / OPENING
    made[_OPENING.name].path.replace(opening)
    moved = _Mover(folders.uploads, lambda edit: made[edit])
    return Material(
        known=(paths[KNOWN_A], paths[KNOWN_B]),
        harmless=(opening,),
        uploads=(
            moved.upload(_REENCODED.name, "upload-1-reencoded.mp4", "Encoded again, smaller",
                         f"All of {KNOWN_A} at half the width and height, in low quality."),
            moved.upload(_TRIMMED.name, "upload-2-trimmed.mp4", "Trimmed",
                         f"The middle of {KNOWN_B}; its beginning and its end are cut off."),
            moved.upload(splice.NAME, "upload-3-spliced.mp4", "Spliced into another video",
                         f"Six seconds of {KNOWN_A}, put somewhere into unrelated footage."),
            moved.upload(_DISGUISED.name, "upload-4-disguised.mp4", "Disguised",
                         f"All of {KNOWN_B}, made grey, blurred, noisy, and with a small logo in a corner."),
            Upload(still_path, "A single picture", f"One frame of {KNOWN_A}, smaller, as a JPEG file.",
                   KNOWN_A, records.Stretch(0.0, 0.0, still_s, still_s)),
            Upload(paths[_UNRELATED], "Unrelated", "Footage of the same style that shows nothing known.",
                   None, None),
            moved.upload(_SAME_OPENING.name, "upload-7-opening.mp4", "A harmless opening",
                         f"Only the opening of {KNOWN_B}. Many videos have it, so it was put into a bank of "
                         "known-good content.", harmless=True),
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mover:
    """Gives edited files the names under which people see them."""

    folder: Path
    find: Callable[[str], records.Query]

    def upload(self, edit: str, name: str, title: str, story: str, *, harmless: bool = False) -> Upload:
        query = self.find(edit)
        path = query.path.replace(self.folder / name)
        truth = query.truth[0]
        return Upload(path, title, story, truth.reference, truth.stretch, harmless)


def _scanned(path: Path) -> corpus.Clip:
    clip = corpus.scan(path, path.name)
    if isinstance(clip, corpus.Dropped):
        raise ValueError(f"the demo's own clip {clip.name} is of no use: {clip.reason}")
    return clip


def _still(source: Path, path: Path) -> tuple[Path, float]:
    """Write the frame that is on the screen at _STILL_S; its own time."""
    with media.open(source) as opened:
        frame = _shown_at(opened.frames(), _STILL_S)
        rgb = frame.rgb()
        height, width = (round(side * _STILL_SIDE) for side in rgb.shape[:2])
        encode.write_jpeg(path, encode.scaled(rgb, width, height), quality=_STILL_QUALITY)
    return path, frame.time_s


def _shown_at(frames: Iterator[media.Frame], time_s: float) -> media.Frame:
    shown = next(frames)
    for frame in frames:
        if frame.time_s > time_s:
            break
        shown = frame
    return shown
