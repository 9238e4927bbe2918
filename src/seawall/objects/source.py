"""Where the bytes of an object come from, and the names that objects may have."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, Final

from seawall import errors

CHUNK_BYTES: Final = 1 << 20

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def key(sha256: str) -> str:
    """The name that an object has in its folder or bucket. Raises ValueError for what is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex digits")
    return f"{sha256[:2]}/{sha256}"


def sha256_of(name: str) -> str | None:
    """The digest of the object that has this name; None for another file."""
    digest = name.rpartition("/")[2]
    return digest if _SHA256.fullmatch(digest) and name == key(digest) else None


def opened(source: Path | BinaryIO) -> BinaryIO | nullcontext[BinaryIO]:
    """A file to read from, or the stream as it is. Raises PathNotFound, UnreadableFile."""
    if not isinstance(source, Path):
        return nullcontext(source)
    try:
        return source.open("rb")
    except FileNotFoundError as error:
        raise errors.PathNotFound(path=source) from error
    except OSError as error:
        raise errors.UnreadableFile(path=source, reason=error.strerror) from error


def read(stream: BinaryIO, size_bytes: int = CHUNK_BYTES) -> bytes:
    """Reading fails as the source's error, so that it is not taken for one of writing."""
    try:
        return stream.read(size_bytes)
    except OSError as error:
        raise errors.UnreadableFile(path=name(stream), reason=error.strerror) from error


def changed(stream: BinaryIO) -> errors.UnreadableFile:
    """Of a source whose bytes have another digest than was said."""
    return errors.UnreadableFile(path=name(stream), reason="its bytes changed while they were copied")


def name(stream: BinaryIO) -> object:
    """What to call a stream."""
    return getattr(stream, "name", "the stream")
