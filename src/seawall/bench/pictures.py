"""The worst misses and false matches as pairs of pictures: the query and what it is held against."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seawall import media
from seawall.bench.report import PicturePair
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from seawall.bench import records
    from seawall.bench.corpus import Clip
    from seawall.bench.judged import Judged

SHOWN: Final = 24  #: of either kind at most
HEIGHT_PX: Final = 180
QUALITY: Final = 70

_LEVELS: Final = {None: 1, "mild": 0, "standard": 2, "severe": 3}


def taken(
    judged: Sequence[Judged], clips: Mapping[str, Clip], folder: Path
) -> tuple[tuple[PicturePair, ...], tuple[PicturePair, ...]]:
    """(misses, false matches) of videos, the worst first.

    The worst miss is the mildest edit; the worst false match has the highest score. clips: by name.
    Raises the errors of `media.open`.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="pictures-") as scratch:
        camera = Camera(Path(scratch))
        return tuple(_misses(judged, clips, camera)), tuple(_alarms(judged, clips, camera))


def _misses(judged: Sequence[Judged], clips: Mapping[str, Clip], camera: Camera) -> Iterator[PicturePair]:
    missed = [one for one in judged if one.is_copy and one.verdict.right is None]
    missed.sort(key=lambda one: (_LEVELS[one.query.level], one.best_right or 0.0, one.query.name))
    for one in missed[:SHOWN]:
        truth = one.query.truth[0]
        yield PicturePair(
            title=one.query.name,
            detail=", ".join(one.query.chain) or f"{one.query.edit}",
            query=camera.take(one.query.path, *_middle(truth.stretch)[:1]),
            reference=camera.take(clips[truth.reference].path, *_middle(truth.stretch)[1:]),
        )


def _alarms(judged: Sequence[Judged], clips: Mapping[str, Clip], camera: Camera) -> Iterator[PicturePair]:
    false = [(one, found) for one in judged for found in one.verdict.false if found.stretches]
    false.sort(key=lambda pair: (-pair[1].score, pair[0].query.name))
    for one, found in false[:SHOWN]:
        query_s, reference_s = _middle(found.stretches[0])
        yield PicturePair(
            title=f"{one.query.name} as {found.reference}",
            detail=f"{found.recommendation}, score {found.score:.2f}",
            query=camera.take(one.query.path, query_s),
            reference=camera.take(clips[found.reference].path, reference_s),
        )


def _middle(stretch: records.Stretch) -> tuple[float, float]:
    """The same moment in the query and in the reference, in the middle of both."""
    return (
        (stretch.query_start_s + stretch.query_end_s) / 2,
        (stretch.reference_start_s + stretch.reference_end_s) / 2,
    )


class Camera:
    """Takes small pictures out of files. Its methods raise the errors of `media.open`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "picture.jpg"

    def take(self, path: Path, time_s: float) -> bytes:
        """What a video shows at `time_s`, as JPEG."""
        with media.open(path) as source:
            shown: media.Frame | None = None
            for frame in source.frames():
                if shown is not None and frame.time_s > time_s:
                    break
                shown = frame
            return b"" if shown is None else self._small(shown.rgb())

    def copy(self, path: Path) -> bytes:
        """A small copy of a picture, as JPEG."""
        with media.open(path) as source:
            return self._small(source.picture().rgb)

    def _small(self, rgb: NDArray[np.uint8]) -> bytes:
        height, width = rgb.shape[:2]
        wide = max(1, round(width * HEIGHT_PX / height))
        encode.write_jpeg(self._path, encode.scaled(rgb, wide, HEIGHT_PX), quality=QUALITY)
        return self._path.read_bytes()
