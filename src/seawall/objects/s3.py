"""Objects in a bucket of S3, or of a service that speaks its language.

An object becomes visible in one stroke: a small one is sent in one call, under the condition that none of the
name is there; a large one in parts, which the service joins only at the end. Its digest is checked before
that call, so under a name there are always the right bytes. Calls that fail are tried again, with growing
pauses, until patience ends.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar
from urllib.parse import urlsplit

from seawall import errors
from seawall.objects import source as sources

try:
    import obstore
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        InvalidPathError,
        NotSupportedError,
        PermissionDeniedError,
        UnauthenticatedError,
    )
    from obstore.store import S3Store
except ModuleNotFoundError as missing:
    _reason = "it needs a library: pip install 'seawall[service]'"
    raise errors.BadSetting(name="objects", value="s3://", reason=_reason) from missing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")

#: Sent in one call up to this size, in parts of it above. Memory: a few times as much.
PART_BYTES: Final = 8 << 20
PARTS_AT_A_TIME: Final = 4

READ_BYTES: Final = 4 << 20
CALL_TIMEOUT_S: Final = 60.0
PATIENCE_S: Final = 60.0
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0

#: No use to ask again.
_FINAL: Final = (InvalidPathError, NotSupportedError, PermissionDeniedError, UnauthenticatedError)


class S3Objects:
    """A bucket of objects. Any number of threads and processes may use one."""

    def __init__(
        self,
        address: str,
        *,
        endpoint: str = "",
        region: str = "us-east-1",
        access_key: str = "",
        secret_key: str = "",
        patience_s: float = PATIENCE_S,
    ) -> None:
        """address: s3://BUCKET/PREFIX. Without a key, the machine's own role counts. Raises BadSetting."""
        bucket, prefix = _parsed(address)
        self.place = address.rstrip("/")
        self._patience_s = patience_s
        settings = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": access_key,
            "secret_access_key": secret_key,
        }
        self._bucket = S3Store(
            bucket,
            prefix=prefix or None,
            config={name: value for name, value in settings.items() if value},  # type: ignore[arg-type]
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(seconds=CALL_TIMEOUT_S),
            },
            retry_config={
                "max_retries": 10,
                "retry_timeout": timedelta(seconds=patience_s),
                "backoff": {
                    "init_backoff": timedelta(seconds=FIRST_PAUSE_S),
                    "max_backoff": timedelta(seconds=LONGEST_PAUSE_S),
                    "base": 2,
                },
            },
        )

    def put(self, source: Path | BinaryIO, sha256: str) -> None:
        """As `Objects.put`."""
        if self.has(sha256):
            return
        with sources.opened(source) as stream:
            head = _whole(stream, PART_BYTES + 1)
            if len(head) <= PART_BYTES:
                if hashlib.sha256(head).hexdigest() != sha256:
                    raise sources.changed(stream)
                self._send(sha256, lambda: head)
            else:
                with _again(stream, head) as afresh:
                    self._send(sha256, lambda: _checked(afresh(), stream, sha256))

    def open(self, sha256: str) -> BinaryIO:
        """As `Objects.open`."""
        name = sources.key(sha256)
        try:
            size_bytes = self._tried(lambda: obstore.head(self._bucket, name)["size"])
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=f"{self.place}/{name}") from error
        return io.BufferedReader(_Reading(self, name, size_bytes), READ_BYTES)

    def has(self, sha256: str) -> bool:
        """Whether an object is kept. Raises ObjectsUnreachable."""
        name = sources.key(sha256)
        try:
            self._tried(lambda: obstore.head(self._bucket, name))
        except FileNotFoundError:
            return False
        return True

    def remove(self, sha256: str) -> None:
        """As `Objects.remove`."""
        with suppress(FileNotFoundError):
            self._tried(lambda: obstore.delete(self._bucket, sources.key(sha256)))

    def try_out(self) -> None:
        """As `Objects.try_out`."""
        name = f"incoming/{secrets.token_hex(8)}"
        try:
            self._tried(lambda: obstore.put(self._bucket, name, b"x"))
            self._tried(lambda: obstore.delete(self._bucket, name))
        except FileNotFoundError as error:  # there is no such bucket
            raise self._unreachable(error) from error

    def every(self) -> Iterator[str]:
        """As `Objects.every`."""
        page = self._page(None)
        while page:
            yield from (sha256 for name in page if (sha256 := sources.sha256_of(name)))
            page = self._page(page[-1])

    def _page(self, after: str | None) -> list[str]:
        """Some names that come next in their order; none at the end."""
        page = self._tried(lambda: next(obstore.list(self._bucket, offset=after), []))
        return sorted(one["path"] for one in page)

    def piece(self, name: str, start: int, size_bytes: int) -> bytes:
        """Some bytes of an object. Raises ObjectsUnreachable."""
        return bytes(
            self._tried(lambda: obstore.get_range(self._bucket, name, start=start, length=size_bytes))
        )

    def _send(self, sha256: str, make: Callable[[], bytes | Iterator[bytes]]) -> None:
        """Send what is made afresh for each try."""
        name = sources.key(sha256)

        def send() -> None:
            data = make()
            try:
                if isinstance(data, bytes):
                    obstore.put(self._bucket, name, data, mode="create")
                else:
                    obstore.put(
                        self._bucket,
                        name,
                        data,
                        use_multipart=True,
                        chunk_size=PART_BYTES,
                        max_concurrency=PARTS_AT_A_TIME,
                    )
            except AlreadyExistsError:
                return  # by another process, or by a try of which the answer was lost
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise self._unreachable(error) from error
                # The parts are no longer there: they are joined, or given up, and the answer was lost.
                if not self.has(sha256):
                    raise BaseError(str(error)) from error

        self._tried(send)

    def _tried(self, call: Callable[[], T]) -> T:
        """What a call gives, tried until patience ends. Raises ObjectsUnreachable."""
        end = time.monotonic() + self._patience_s
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return call()
            except _FINAL as error:
                raise self._unreachable(error) from error
            except BaseError as error:
                if time.monotonic() + pause_s > end:
                    raise self._unreachable(error) from error
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _unreachable(self, error: Exception) -> errors.ObjectsUnreachable:
        return errors.ObjectsUnreachable(place=self.place, reason=str(error).partition("\n")[0])


class _Reading(io.RawIOBase):
    """An object as a file: each read is a call of its own, so that one that fails can be made again."""

    def __init__(self, objects: S3Objects, name: str, size_bytes: int) -> None:
        super().__init__()
        self._objects = objects
        self._name = name
        self._size_bytes = size_bytes
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}[whence]
        if start + offset < 0:
            raise ValueError(f"there is nothing before the first byte: {start + offset}")
        self._at = start + offset
        return self._at

    def readall(self) -> bytes:
        """The rest, in fewer calls than the base class would make."""
        return b"".join(iter(lambda: self.read(READ_BYTES) or b"", b""))

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        size_bytes = max(0, min(len(view), self._size_bytes - self._at))
        if size_bytes:
            view[:size_bytes] = self._objects.piece(self._name, self._at, size_bytes)
            self._at += size_bytes
        return size_bytes


def _parsed(address: str) -> tuple[str, str]:
    """Bucket and prefix."""
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise errors.BadSetting(name="objects", value=address, reason="it has to be s3://BUCKET/PREFIX")
    return parts.netloc, parts.path.strip("/")


def _whole(stream: BinaryIO, size_bytes: int) -> bytes:
    """So many bytes of a stream, or all where there are fewer."""
    pieces = []
    while size_bytes and (piece := sources.read(stream, size_bytes)):
        pieces.append(piece)
        size_bytes -= len(piece)
    return b"".join(pieces)


@contextmanager
def _again(stream: BinaryIO, head: bytes) -> Iterator[Callable[[], BinaryIO]]:
    """A large source from its beginning, as often as it is asked for. head: what was read of it."""
    if stream.seekable():
        start = stream.tell() - len(head)
        yield lambda: _rewound(stream, start)
        return
    with errors.writing(tempfile.gettempdir()):
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    with copy:
        with errors.writing(tempfile.gettempdir()):
            copy.write(head)
            while chunk := sources.read(stream):
                copy.write(chunk)
        yield lambda: _rewound(copy, 0)


def _rewound(stream: BinaryIO, start: int) -> BinaryIO:
    stream.seek(start)
    return stream


def _checked(bytes_from: BinaryIO, stream: BinaryIO, sha256: str) -> Iterator[bytes]:
    """The bytes; ends in UnreadableFile, and so without an object, where they have another digest."""
    digest = hashlib.sha256()
    while chunk := sources.read(bytes_from):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != sha256:
        raise sources.changed(stream)
