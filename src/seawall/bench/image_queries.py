"""The edited files of one picture, with the PDQ hash of each; those kept from an earlier run stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from seawall import media
from seawall.bench import image_edits, image_sources, keeping
from seawall.media import encode
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One edited file."""

    path: Path
    source: str  #: the picture's name
    groups: tuple[str, ...]  #: the files whose pictures may show in it, the source's first
    edit: str
    code: NDArray[np.uint8]  #: (32,): its PDQ hash

    @property
    def name(self) -> str:
        """How the report calls it."""
        return f"{self.source}, {self.edit}"


def made(
    picture: image_sources.Picture,
    other: image_sources.Picture,
    names: Sequence[str],
    folder: Path,
    seed: int,
) -> list[Query]:
    """The picture's files of the edits so named, in `folder`.

    Raises errors.DiskFull, errors.WriteFailed.
    """
    cv2.setNumThreads(1)
    edits = [edit for edit in image_edits.EDITS if edit.name in names]
    paths = {edit.name: _path(picture, other, edit, folder, seed) for edit in edits}
    missing = [edit for edit in edits if not paths[edit.name].with_suffix(".npy").is_file()]
    if missing:
        own, host = (_pixels(one.path) for one in (picture, other))
        for edit in missing:
            rng = keeping.rng(seed, picture.sha256, edit.name)
            _write(paths[edit.name], edit, image_edits.Subject(own, host, rng))
    return [
        Query(
            path=paths[edit.name],
            source=picture.name,
            groups=(picture.group, other.group) if edit.in_another else (picture.group,),
            edit=edit.name,
            code=np.load(paths[edit.name].with_suffix(".npy"), allow_pickle=False),
        )
        for edit in edits
    ]


def codes(paths: Sequence[Path]) -> NDArray[np.uint8]:
    """(n, 32): the PDQ hash of each file."""
    return np.stack([_code(path) for path in paths])


def _path(
    picture: image_sources.Picture,
    other: image_sources.Picture,
    edit: image_edits.Edit,
    folder: Path,
    seed: int,
) -> Path:
    key = keeping.digest([image_edits.VERSION, edit.name, edit.jpeg_quality, seed, picture.sha256])
    if edit.in_another:
        key = keeping.digest([key, other.sha256])
    return folder / picture.sha256[:2] / f"{picture.sha256[:12]}-{key}.jpg"


def _pixels(path: Path) -> NDArray[np.uint8]:
    with media.open(path) as file:
        return image_sources.shrunk(file.picture().rgb, image_edits.SIDE_PX)


def _write(path: Path, edit: image_edits.Edit, subject: image_edits.Subject) -> None:
    """The file, and last the hash, which says that it is whole."""
    partial = keeping.partial_path(path)
    encode.write_jpeg(partial, image_edits.made(edit, subject), quality=edit.jpeg_quality)
    partial.replace(path)
    np.save(path.with_suffix(".npy"), _code(path))


def _code(path: Path) -> NDArray[np.uint8]:
    with media.open(path) as file:
        return np.frombuffer(pdq.hash_luma(file.picture().luma()).value, np.uint8)
