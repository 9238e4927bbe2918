"""What a scan's source is: a folder, a list, or what lies under a prefix in S3; and a file of it at hand.

Every file has an address: an absolute path, or s3://BUCKET/NAME.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seawall import config, errors
from seawall.workflows import files

if TYPE_CHECKING:
    from seawall.objects.bucket import Bucket

S3: Final = "s3://"
STANDARD_INPUT: Final = "-"
MAX_LIST_BYTES: Final = 4 << 30  #: of a list, which is read whole

_COPY_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be scanned."""

    name: str  #: by which two scans have the same source
    addresses: Callable[[], Iterator[str]]  #: of its files, each once, in the same order every time


def opened(given: str, settings: config.Settings) -> Source:
    """The source that a user names. Raises BadSource, ScanExtraMissing; reading it, ObjectsUnreachable too.

    Links to files are followed, links to folders are not. A list names a path or an S3 address a line; what
    it names twice is scanned once.
    """
    if given.startswith(S3):
        place = given.rstrip("/")
        return Source(place, lambda: _in_bucket(_bucket(place, place, settings)))
    if given == STANDARD_INPUT:
        return _listed(given, sys.stdin.buffer.read(MAX_LIST_BYTES + 1))
    path = Path(os.path.abspath(given))  # noqa: PTH100 - a link stays the name that the user gave
    if path.is_dir():
        return Source(os.fspath(path), lambda: (os.fspath(one.path) for one in files.walk([path])))
    try:
        with path.open("rb") as stream:
            return _listed(given, stream.read(MAX_LIST_BYTES + 1))
    except OSError as error:
        raise errors.BadSource(source=given, reason=error.strerror or str(error)) from error


def _listed(given: str, data: bytes) -> Source:
    if b"\0" in data or len(data) > MAX_LIST_BYTES:
        reason = "it is no list of paths" if b"\0" in data else f"a list has at most {MAX_LIST_BYTES} bytes"
        raise errors.BadSource(source=given, reason=reason)
    name = f"list {hashlib.sha256(data).hexdigest()}"
    return Source(name, lambda: _lines(data))


def _lines(data: bytes) -> Iterator[str]:
    met: set[bytes] = set()
    for line in data.split(b"\n"):
        named = os.fsdecode(line.removesuffix(b"\r"))
        if not named:
            continue
        address = named if named.startswith(S3) else os.path.abspath(named)  # noqa: PTH100 - as above
        key = hashlib.blake2b(os.fsencode(address), digest_size=16).digest()
        if key not in met:
            met.add(key)
            yield address


def _in_bucket(bucket: Bucket) -> Iterator[str]:
    try:
        page = bucket.page(None)
        while page:
            yield from (f"{bucket.place}/{name}" for name in page)
            page = bucket.page(page[-1])
    except FileNotFoundError as error:
        raise errors.BadSource(source=bucket.place, reason="there is no such bucket") from error


def _bucket(place: str, given: str, settings: config.Settings) -> Bucket:
    """A place in S3. given: what an error names."""
    try:
        from seawall.objects.bucket import Bucket  # noqa: PLC0415 - its library comes with an extra
    except ModuleNotFoundError as missing:
        raise errors.ScanExtraMissing(name=missing.name) from missing
    try:
        return Bucket(
            place,
            endpoint=settings.text("s3_endpoint"),
            region=settings.text("s3_region"),
            access_key=settings.text("s3_access_key"),
            secret_key=settings.text("s3_secret_key"),
        )
    except ValueError as error:
        raise errors.BadSource(source=given, reason=str(error)) from error


class Fetcher:
    """Gets files to where they can be read. Of S3, connections are kept."""

    def __init__(self, settings: config.Settings) -> None:
        self._settings = settings
        self._limit_bytes = settings.whole("max_bytes")
        self._buckets: dict[str, Bucket] = {}

    @contextmanager
    def fetched(self, address: str) -> Iterator[Path]:
        """A path of the file while the block lasts. A copy has no name: it goes with its process.

        Raises PathNotFound, MediaTooLarge and EmptyFile for what is in S3, ObjectsUnreachable, DiskFull.
        """
        if not address.startswith(S3):
            yield Path(address)
            return
        with errors.writing(tempfile.gettempdir()):
            copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        with copy:
            for piece in self._pieces(address):
                with errors.writing(tempfile.gettempdir()):
                    copy.write(piece)
            with errors.writing(tempfile.gettempdir()):
                copy.flush()
            yield Path(f"/proc/self/fd/{copy.fileno()}")

    def _pieces(self, address: str) -> Iterator[bytes]:
        place, _, name = address.removeprefix(S3).partition("/")
        if not place or not name:
            raise errors.PathNotFound(path=address)
        if place not in self._buckets:
            self._buckets[place] = _bucket(f"{S3}{place}", address, self._settings)
        bucket = self._buckets[place]
        try:
            size_bytes = bucket.size_bytes(name)
            if size_bytes > self._limit_bytes:
                raise errors.MediaTooLarge(
                    path=address, size=size_bytes, unit="bytes", limit=self._limit_bytes
                )
            for at in range(0, size_bytes, _COPY_BYTES):
                yield bucket.piece(name, at, min(_COPY_BYTES, size_bytes - at))
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=address) from error
