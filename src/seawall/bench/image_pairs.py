"""The image suite's worst misses and false matches as pairs of pictures."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.bench import image_edits, pictures
from seawall.bench.image_judged import PDQ, SEAWALL
from seawall.bench.report import PicturePair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seawall.bench.image_judged import Asked


def taken(
    asked: Sequence[Asked], sources: Mapping[str, Path], folder: Path
) -> tuple[tuple[PicturePair, ...], tuple[PicturePair, ...]]:
    """(misses, false matches), the worst first, at most `pictures.SHOWN` of either.

    The worst miss is of the edit of which most other copies are found; the worst false match has the highest
    score. sources: each picture's file, by its name. Raises the errors of `media.open`.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="pairs-") as scratch:
        camera = pictures.Camera(Path(scratch))
        return tuple(_misses(asked, sources, camera)), tuple(_alarms(asked, sources, camera))


def _misses(
    asked: Sequence[Asked], sources: Mapping[str, Path], camera: pictures.Camera
) -> Iterator[PicturePair]:
    known = [one for one in asked if one.judged[SEAWALL].banked]
    missed = [one for one in known if one.judged[SEAWALL].own is None]
    copies, lost = (Counter(one.query.edit for one in some) for some in (known, missed))
    missed.sort(key=lambda one: (lost[one.query.edit] / copies[one.query.edit], one.query.name))
    for one in missed[: pictures.SHOWN]:
        yield PicturePair(
            title=one.query.name,
            detail=f"{_what(one)}{_bits(one)}",
            query=camera.copy(one.query.path),
            reference=camera.copy(sources[one.query.source]),
        )


def _alarms(
    asked: Sequence[Asked], sources: Mapping[str, Path], camera: pictures.Camera
) -> Iterator[PicturePair]:
    false = [(one, found) for one in asked for found in one.false]
    false.sort(key=lambda pair: (-pair[1].score, pair[0].query.name))
    for one, found in false[: pictures.SHOWN]:
        yield PicturePair(
            title=f"{one.query.name} as {found.reference}",
            detail=f"{_what(one)}: {found.recommendation}, score {found.score:.2f}",
            query=camera.copy(one.query.path),
            reference=camera.copy(sources[found.reference]),
        )


def _what(one: Asked) -> str:
    return next(edit.what for edit in image_edits.EDITS if edit.name == one.query.edit)


def _bits(one: Asked) -> str:
    """How far PDQ has them apart: there are misses that it would find."""
    own = one.judged[PDQ].own
    return "" if own is None else f"; PDQ {-own:.0f} bits apart"
