"""The files of an index in its folder: made at first, and opened as its manifest names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall import errors
from seawall.matching import index_files, index_log, index_manifest
from seawall.matching.index_log import DeltaLog
from seawall.matching.index_manifest import Manifest, ManifestReader
from seawall.matching.segment_file import Segment

if TYPE_CHECKING:
    from pathlib import Path


def create(folder: Path, wait_s: float) -> None:
    """Make an empty index, unless one is there. Raises IndexCorrupt, DiskFull, WriteFailed, StoreBusy."""
    with errors.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with index_files.locked(folder, wait_s):
        path = folder / index_manifest.NAME
        if path.exists():
            return
        manifest = Manifest(1, 0, "delta-1.log", 1, ())
        for other in (*folder.glob("*.seg"), *folder.glob("delta-*.log")):
            # All that a first start that was cut off can leave is its empty log.
            if other.name != manifest.log or other.stat().st_size != index_log.EMPTY_BYTES:
                raise errors.IndexCorrupt(path=path, reason=f"it is missing, though {other.name} is there")
        index_log.create(folder / manifest.log, manifest.generation)
        manifest.write(folder)


def read_manifest(folder: Path) -> ManifestReader:
    """The folder's manifest. Raises IndexCorrupt."""
    try:
        return ManifestReader(folder)
    except FileNotFoundError as error:
        raise errors.IndexCorrupt(path=error.filename, reason="it is missing") from None


def opened(folder: Path, manifest: Manifest) -> tuple[list[Segment], DeltaLog]:
    """The files that a manifest names. Raises IndexCorrupt."""
    try:
        segments = [Segment.open(folder, entry) for entry in manifest.segments]
        return segments, DeltaLog(folder / manifest.log, manifest.log_generation, manifest.mark)
    except FileNotFoundError as error:
        raise errors.IndexCorrupt(path=error.filename, reason="it is missing") from None
