"""The file that a backup is: a tar of members, then a manifest that names each with its SHA-256.

Kept files are members under their own digest, which the manifest only counts.

The manifest comes last, and its own digest after it, so a file that is cut short anywhere has no valid one.
Whatever reads a backup checks every byte of it against the manifest. Members are read and written as they
come; none is ever unpacked to a place that its name says.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from seawall import errors

MANIFEST: Final = "manifest.json"
OBJECTS: Final = "objects/"  #: before the SHA-256 of a kept file; the rest of the names is the caller's
DIGEST: Final = "manifest.sha256"

_CHUNK_BYTES: Final = 1 << 20
_MANIFEST_LIMIT_BYTES: Final = 1 << 30


class Writer:
    """A backup that is being written."""

    def __init__(self, file: BinaryIO, made_at_s: int) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._made_at_s = made_at_s
        self._members: list[dict[str, object]] = []

    def add(self, name: str, stream: BinaryIO, size_bytes: int) -> str:
        """Add a member; its SHA-256. The stream must hold so many bytes."""
        hashing = _Hashing(stream)
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size_bytes, self._made_at_s, 0o600
        self._tar.addfile(info, hashing)
        digest = hashing.hexdigest()
        if _object(name) is None:  # an object's name says its digest, and there may be millions
            self._members.append({"name": name, "size_bytes": size_bytes, "sha256": digest})
        self._tar.members = []  # type: ignore[attr-defined] # likewise
        return digest

    def close(self, about: Mapping[str, object]) -> None:
        """Add the manifest, with what it says besides the members, and end the file."""
        text = json.dumps({**about, "members": self._members}, indent=1).encode()
        digest = self.add(MANIFEST, io.BytesIO(text), len(text))
        line = _digest_line(digest)
        self.add(DIGEST, io.BytesIO(line), len(line))
        self._tar.close()


@contextmanager
def written(path: Path, made_at_s: int) -> Iterator[Writer]:
    """A new backup at a path, whole or not at all.

    Raises UsageError where something is at the path, DiskFull, WriteFailed.
    """
    if path.exists():
        raise errors.UsageError(detail=f"There is a file at {path} already: name another for the backup")
    made = path.with_name(f"{path.name}.{os.getpid()}.part")
    with errors.writing(path):
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                yield Writer(file, made_at_s)
                file.flush()
                os.fsync(file.fileno())
            made.rename(path)
            _to_disk(path.parent)
        finally:
            made.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup of which every byte has been checked."""

    path: Path
    about: Mapping[str, Any]  #: what it says of itself
    sha256s: Mapping[str, str]  #: of its members that are no objects, by name

    def members(self) -> Iterator[tuple[str, BinaryIO]]:
        """Each member but the manifest, in order, checked once more as it is read.

        Raises BackupCorrupt, PathNotFound, UnreadableFile.
        """
        for name, stream, _ in _walk(self.path):
            if name not in (MANIFEST, DIGEST):
                yield name, cast("BinaryIO", stream)
                stream.drain()
                if stream.hexdigest() != (_object(name) or self.sha256s.get(name)):
                    raise errors.BackupCorrupt(path=self.path, reason=f"{name} has changed meanwhile")


def checked(path: Path) -> Checked:
    """A backup, after every byte of it has been checked.

    Raises BackupCorrupt, PathNotFound, UnreadableFile.
    """
    seen: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    objects = 0
    for name, stream, size_bytes in _walk(path):
        if DIGEST in kept or name in seen:
            raise errors.BackupCorrupt(path=path, reason=f"{name} is one member too many")
        if name in (MANIFEST, DIGEST):
            if size_bytes > _MANIFEST_LIMIT_BYTES:
                raise errors.BackupCorrupt(path=path, reason="its manifest is too large to be one")
            kept[name] = stream.read()
        stream.drain()
        if (sha256 := _object(name)) is None:
            seen[name] = stream.hexdigest()
        elif sha256 == stream.hexdigest():
            objects += 1
        else:
            raise errors.BackupCorrupt(path=path, reason=f"{name} is not what was written")
    return _compared(path, seen, kept, objects)


def _compared(path: Path, seen: Mapping[str, str], kept: Mapping[str, bytes], objects: int) -> Checked:
    """What was read of a backup, held to its manifest."""
    if kept.keys() != {MANIFEST, DIGEST}:
        raise errors.BackupCorrupt(path=path, reason="it is cut short, or no backup")
    if kept[DIGEST] != _digest_line(seen[MANIFEST]):
        raise errors.BackupCorrupt(path=path, reason="its manifest is not what was written")
    try:
        about: dict[str, Any] = json.loads(kept[MANIFEST])
        said = {str(one["name"]): str(one["sha256"]) for one in about["members"]}
        said_objects = int(about["objects"])
    except (ValueError, TypeError, KeyError) as error:
        raise errors.BackupCorrupt(path=path, reason="its manifest is no manifest") from error
    for name, sha256 in said.items():
        if seen.get(name) != sha256:
            raise errors.BackupCorrupt(path=path, reason=f"{name} is not what was written")
    if len(said) != len(seen) - len(kept) or said_objects != objects:
        raise errors.BackupCorrupt(path=path, reason="it has not the members that its manifest counts")
    return Checked(path, about, said)


def _object(name: str) -> str | None:
    """The digest that the name of a kept file is; None for another member."""
    return name.removeprefix(OBJECTS) if name.startswith(OBJECTS) else None


def _digest_line(sha256: str) -> bytes:
    """As `sha256sum` writes and checks it."""
    return f"{sha256}  {MANIFEST}\n".encode()


def _walk(path: Path) -> Iterator[tuple[str, _Member, int]]:
    with _faults_named(path), path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        while (info := tar.next()) is not None:
            tar.members = []  # type: ignore[attr-defined] # it would keep them all
            stream = tar.extractfile(info) if info.isreg() else None
            if stream is None:
                raise errors.BackupCorrupt(path=path, reason=f"{info.name!r} is no plain file")
            yield info.name, _Member(stream, path), info.size


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise errors.PathNotFound(path=path) from error
    except (tarfile.TarError, EOFError) as error:
        raise errors.BackupCorrupt(path=path, reason=str(error)) from error
    except OSError as error:
        raise errors.UnreadableFile(path=path, reason=error.strerror or str(error)) from error


class _Hashing(io.RawIOBase):
    """A stream that knows the digest of what was read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class _Member(_Hashing):
    """A member as it is read."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        super().__init__(stream)
        self._path = path

    def read(self, size: int = -1) -> bytes:
        with _faults_named(self._path):
            return super().read(size)

    def drain(self) -> None:
        """Read what is left."""
        while self.read(_CHUNK_BYTES):
            pass


def _to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
