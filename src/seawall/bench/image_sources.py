"""Pictures for the image suite: stills out of folders, and frames of clips at least 5 s apart.

Each is kept as a JPEG of its own, of modest size: that is what is banked, and what is edited.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from seawall import errors, media
from seawall.bench import image_distinct, keeping
from seawall.media import encode
from seawall.model import content
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

VERSION: Final = 2
FRAME_GAP_S: Final = 5.0
FIRST_FRAME_S: Final = 0.5  #: the very first frame of a clip is often black
LONGER_SIDE_PX: Final = 1280
SHORTER_SIDE_PX: Final = 128  #: pictures below are left out: there is little to edit
JPEG_QUALITY: Final = 95
MIN_PICTURES: Final = 16


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture that takes part."""

    path: Path  #: the JPEG that was made of it
    name: str  #: where it comes from
    group: str  #: the file that it comes from, whatever its size: frames of one clip have it in common
    sha256: str  #: of the JPEG


@dataclass(frozen=True, slots=True)
class Left:
    """A file or frame that takes no part."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of which no two show the same, and what was left out for that and for other reasons."""

    pictures: tuple[Picture, ...]
    left_out: tuple[Left, ...]
    frames: int  #: how many of the pictures are frames of clips
    compared: int  #: how many were compared with each other before any was left out as the same


def read(
    corpus_dir: Path,
    folders: Sequence[Path],
    work: Path,
    *,
    pool: Executor,
    progress: Callable[[int, int], None],
) -> Pictures:
    """All pictures under `folders` and all clips' frames under them and `corpus_dir`, each shown once.

    Of pictures that show the same, the first stays: stills come before frames, folders in the order
    given, files in the order of their names.

    Raises errors.PathNotFound, and errors.BadCorpus for too few.
    """
    homes = [*folders, corpus_dir]
    for home in homes:
        if not home.is_dir():
            raise errors.PathNotFound(path=home)
    files = [(path, _name(home, path, homes)) for home in homes for path in sorted(home.rglob("*"))]
    files = [(path, name) for path, name in files if path.is_file()]
    folder = work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [pool.submit(_taken, path, name, folder) for path, name in files]
    outcomes = []
    for done, job in enumerate(jobs, 1):
        outcomes.append(job.result())
        progress(done, len(jobs))
    left_out = [one for outcome in outcomes for one in outcome.left_out]
    taken = [one for outcome in outcomes for one in outcome.taken]
    taken.sort(key=lambda one: one.is_frame)
    kept, same = _distinct(taken, folder)
    if len(kept) < MIN_PICTURES:
        raise errors.BadCorpus(path=corpus_dir, reason=f"{len(kept)} of its pictures differ and are of use")
    pictures = tuple(Picture(one.path, one.name, one.group, one.path.stem) for one in kept)
    frames = sum(one.is_frame for one in kept)
    return Pictures(pictures, (*left_out, *same), frames, len(taken))


#: Wallpapers come in several sizes and shapes, in files whose names differ in nothing else; those of Plasma
#: lie in one folder `contents`, with a smaller picture of themselves.
_SIZE: Final = re.compile(r"[0-9]+x[0-9]+|[-/]contents[-/].*")


@dataclass(frozen=True, slots=True)
class _Taken:
    path: Path
    name: str
    group: str
    is_frame: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one file gave."""

    taken: tuple[_Taken, ...]
    left_out: tuple[Left, ...]


def _name(home: Path, path: Path, homes: Sequence[Path]) -> str:
    """Short, but told from the same path under another folder of the same name."""
    alike = sum(other.name == home.name for other in homes) > 1
    return f"{home if alike else home.name}/{path.relative_to(home).as_posix()}"


def _taken(path: Path, name: str, folder: Path) -> _Outcome:
    """The pictures of one file as JPEG files; an earlier run's are found again."""
    try:
        with path.open("rb") as file:
            key = hashlib.file_digest(file, "sha256").hexdigest()[:24]
    except OSError as error:
        return _Outcome((), (Left(name, str(error)),))
    listing = folder / f"file-{VERSION}-{image_distinct.VERSION}-{key}.json"
    if not listing.is_file():
        partial = folder / f"unfinished-{os.getpid()}.json"
        partial.write_text(json.dumps([asdict(one) for one in _looked_at(path, folder)]))
        partial.replace(listing)
    entries = [_Entry(**entry) for entry in json.loads(listing.read_text())]
    return _Outcome(
        tuple(
            _Taken(folder / one.file, one.name(name), _SIZE.sub("", name), one.time_s is not None)
            for one in entries
            if one.file
        ),
        tuple(Left(one.name(name), one.reason) for one in entries if not one.file),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One picture of a file: kept as another file, or left out."""

    time_s: float | None = None  #: of a frame
    file: str = ""
    reason: str = ""

    def name(self, name: str) -> str:
        return name if self.time_s is None else f"{name} at {self.time_s:g} s"


def _looked_at(path: Path, folder: Path) -> Iterator[_Entry]:
    cv2.setNumThreads(1)
    try:
        for time_s, rgb in _pictures(path):
            small = shrunk(rgb, LONGER_SIDE_PX)
            reason = _useless(small)
            yield _Entry(time_s, reason=reason) if reason else _Entry(time_s, _keep(small, folder).name)
    except errors.MediaError as error:
        yield _Entry(reason=error.code)


def _pictures(path: Path) -> Iterator[tuple[float | None, NDArray[np.uint8]]]:
    with media.open(path) as source:
        if source.kind is content.Kind.IMAGE:
            rgb = source.picture().rgb
            if source.partial is not None:
                raise errors.DamagedMedia(path=path, reason=source.partial.reason)
            yield None, rgb
        elif source.has_video:
            next_s = FIRST_FRAME_S
            for frame in source.frames():
                if frame.time_s >= next_s:
                    yield round(frame.time_s, 3), frame.rgb()
                    next_s = frame.time_s + FRAME_GAP_S


def _useless(rgb: NDArray[np.uint8]) -> str | None:
    height, width = rgb.shape[:2]
    if min(height, width) < SHORTER_SIDE_PX:
        return f"{width}x{height} pixels are too few"
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    quality = pdq.hash_luma(np.asarray(grey, np.uint8)).quality
    return None if quality >= pdq.MATCH_QUALITY else f"too flat: PDQ quality {quality}"


def _keep(rgb: NDArray[np.uint8], folder: Path) -> Path:
    """The picture's JPEG file, named by its own digest, with its features beside it."""
    partial = folder / f"unfinished-{os.getpid()}.jpg"
    encode.write_jpeg(partial, rgb, quality=JPEG_QUALITY)
    path = folder / f"{hashlib.sha256(partial.read_bytes()).hexdigest()[:24]}.jpg"
    features = _features_path(path)
    if not features.is_file():
        image_distinct.features(rgb).save(features)
    partial.replace(path)
    return path


def _features_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}-{image_distinct.VERSION}.npz")


def shrunk(rgb: NDArray[np.uint8], longer_side_px: int) -> NDArray[np.uint8]:
    """The picture with its longer side at most so long."""
    height, width = rgb.shape[:2]
    factor = longer_side_px / max(height, width)
    if factor >= 1:
        return rgb
    return encode.scaled(rgb, max(1, round(width * factor)), max(1, round(height * factor)))


def _distinct(taken: Sequence[_Taken], folder: Path) -> tuple[list[_Taken], list[Left]]:
    """Those that show what none before them shows; remembered for the same pictures in a later run."""
    rule = [VERSION, image_distinct.VERSION, image_distinct.MIN_INLIERS]
    key = keeping.digest([rule, [[one.name, one.path.stem] for one in taken]])
    listing = folder / f"same-{key}.json"
    if not listing.is_file():
        partial = listing.with_name(f"unfinished-{listing.name}")
        partial.write_text(json.dumps(_same(taken)))
        partial.replace(listing)
    same: dict[str, list[str]] = json.loads(listing.read_text())
    kept = [one for number, one in enumerate(taken) if str(number) not in same]
    left_out = [Left(taken[int(number)].name, f"{how} {first}") for number, (how, first) in same.items()]
    return kept, left_out


def _same(taken: Sequence[_Taken]) -> dict[str, tuple[str, str]]:
    gallery = image_distinct.Gallery()
    kept: list[str] = []
    same: dict[str, tuple[str, str]] = {}
    for number, one in enumerate(taken):
        features = image_distinct.Features.load(_features_path(one.path))
        twin = gallery.twin(features)
        if twin is None:
            gallery.add(features)
            kept.append(one.name)
        else:
            same[str(number)] = (twin.how, kept[twin.number])
    return same


def as_record(pictures: Pictures) -> dict[str, object]:
    """For JSON."""
    return {
        "pictures": len(pictures.pictures),
        "frames": pictures.frames,
        "compared": pictures.compared,
        "left_out": [asdict(one) for one in pictures.left_out],
    }
