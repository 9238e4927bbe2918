"""Writes a bag (RFC 8493): files with their digests, whole or not at all.

Of our own, because the package bagit changes the process's working folder while it writes, which a server
with threads cannot have, and declares an older version of the format. It reads what is written here; a test
holds it to.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from seawall import errors
from seawall.evidence import layout
from seawall.version import VERSION

_INFO: Final = "bag-info.txt"


class Bag:
    """A bag that is being written: in a folder beside its place, which it takes when it is finished.

    Use it in a `with`: what is not finished leaves nothing behind. Raises DiskFull, WriteFailed.
    """

    def __init__(self, place: Path) -> None:
        """Raises UsageError where something lies at the place already."""
        if place.exists():
            raise errors.UsageError(detail=f"{os.fspath(place)} is there already: name a new folder")
        self._place = place
        self._folder = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        self._digests: dict[str, dict[str, str]] = {}
        self._payload_bytes = 0

    def __enter__(self) -> Self:
        with errors.writing(self._folder):
            self._folder.mkdir(mode=0o700, parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)

    def add(self, path: str, pieces: Iterable[bytes]) -> str:
        """Write one file of the payload; its SHA-256. path: below the bag, as `layout` has it."""
        assert path.startswith("data/")
        assert path not in self._digests
        made = self._write(path, pieces)
        self._payload_bytes += (self._folder / path).stat().st_size
        return made

    @property
    def content(self) -> str:
        """The digest of what was added so far, for the event that binds it to the log."""
        return layout.content_digest((path, made["sha256"]) for path, made in self._digests.items())

    def finish(self, info: Mapping[str, str]) -> None:
        """Write the manifests, and put the bag in its place. info: of `bag-info.txt`, each on one line."""
        payload = dict(self._digests)
        said = {
            "Bag-Software-Agent": f"Seawall {VERSION}",
            "Bagging-Date": datetime.now(UTC).date().isoformat(),
            "Payload-Oxum": f"{self._payload_bytes}.{len(payload)}",
            **info,
        }
        self._write("bagit.txt", [layout.DECLARATION.encode()])
        lines = (f"{name}: {' '.join(value.split())}\n" for name, value in sorted(said.items()))
        self._write(_INFO, ["".join(lines).encode()])
        for algorithm in layout.ALGORITHMS:
            self._manifest(f"manifest-{algorithm}.txt", algorithm, payload)
        tags = {path: made for path, made in self._digests.items() if path not in payload}
        for algorithm in layout.ALGORITHMS:
            self._manifest(f"tagmanifest-{algorithm}.txt", algorithm, tags)
        with errors.writing(self._place):
            self._folder.rename(self._place)

    def _manifest(self, name: str, algorithm: str, of: Mapping[str, Mapping[str, str]]) -> None:
        lines = (f"{made[algorithm]}  {path}\n" for path, made in sorted(of.items()))
        self._write(name, ["".join(lines).encode()])

    def _write(self, path: str, pieces: Iterable[bytes]) -> str:
        target = self._folder / path
        digests = {algorithm: hashlib.new(algorithm) for algorithm in layout.ALGORITHMS}
        with errors.writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                    for one in digests.values():
                        one.update(piece)
                file.flush()
                os.fsync(file.fileno())
        self._digests[path] = {algorithm: one.hexdigest() for algorithm, one in digests.items()}
        return self._digests[path]["sha256"]
