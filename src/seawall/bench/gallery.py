"""Pictures on a page: what was asked beside what was, or should have been, found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.bench import markup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seawall.bench.report import PicturePair

_FOLDER: Final = "pictures"
_SIDES: Final = ("query", "reference")


def write(folder: Path, misses: Sequence[PicturePair], alarms: Sequence[PicturePair]) -> None:
    """Put the pictures beside the page in `folder`. Raises OSError."""
    (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
    for kind, pairs in (("miss", misses), ("alarm", alarms)):
        for number, pair in enumerate(pairs):
            for side, jpeg in zip(_SIDES, (pair.query, pair.reference), strict=True):
                (folder / _path(kind, number, side)).write_bytes(jpeg)


def sections(misses: Sequence[PicturePair], alarms: Sequence[PicturePair]) -> tuple[str, str]:
    """The parts of the page that show them."""
    return (
        markup.section("Worst misses", _pairs("miss", misses)),
        markup.section("Worst false matches", _pairs("alarm", alarms)),
    )


def _pairs(kind: str, pairs: Sequence[PicturePair]) -> str:
    if not pairs:
        return "<p>None, or no pictures were taken.</p>"
    return f'<div class="pairs">{"".join(_pair(kind, n, pair) for n, pair in enumerate(pairs))}</div>'


def _pair(kind: str, number: int, pair: PicturePair) -> str:
    images = "".join(
        f'<img src="{_path(kind, number, side)}" alt="{side}" loading="lazy">' for side in _SIDES
    )
    return (
        f'<figure><div class="pair">{images}</div><figcaption>{markup.text(pair.title)}</figcaption>'
        f"<small class=soft>{markup.text(pair.detail)}</small></figure>"
    )


def _path(kind: str, number: int, side: str) -> str:
    return f"{_FOLDER}/{kind}-{number:02}-{side}.jpg"
