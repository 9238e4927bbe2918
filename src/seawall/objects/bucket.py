"""One bucket of S3, or of a service that speaks its language: calls that are tried until patience ends.

Imported only where something lies in S3: its library comes with an extra.
"""

from __future__ import annotations

import functools
import io
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    BaseError,
    InvalidPathError,
    NotSupportedError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from seawall import errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import ClientConfig

T = TypeVar("T")

READ_BYTES: Final = 4 << 20
CALL_TIMEOUT_S: Final = 60.0
PATIENCE_S: Final = 60.0
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
PAGE: Final = 1000  #: names that one call lists, the most that S3 gives

#: No use to ask again.
_FINAL: Final = (InvalidPathError, NotSupportedError, PermissionDeniedError, UnauthenticatedError)


class Bucket:
    """What lies under a prefix of a bucket. Any number of threads and processes may use one."""

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
        """address: s3://BUCKET/PREFIX, ValueError for another.

        Without a key, the machine's own role counts.
        """
        bucket, prefix = parsed(address)
        self.place = address.rstrip("/")
        self._patience_s = patience_s
        settings = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": access_key,
            "secret_access_key": secret_key,
        }
        self._opened = functools.partial(
            S3Store,
            bucket,
            prefix=prefix or None,
            config={name: value for name, value in settings.items() if value},  # type: ignore[arg-type]
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
        self._options: ClientConfig = {
            "allow_http": endpoint.startswith("http://"),
            "timeout": timedelta(seconds=CALL_TIMEOUT_S),
        }
        self.store = self._opened(client_options=self._options)

    def with_headers(self, headers: dict[str, str]) -> S3Store:
        """The same place, with headers in each call, signed as all is."""
        return self._opened(client_options={**self._options, "default_headers": headers})

    def open(self, name: str) -> BinaryIO:
        """The bytes of an object, to read and to seek in.

        Raises FileNotFoundError where there is none, and ObjectsUnreachable, the last also while it is read.
        """
        size_bytes = self.size_bytes(name)
        return io.BufferedReader(_Reading(self, name, size_bytes), READ_BYTES)

    def size_bytes(self, name: str) -> int:
        """How large an object is. Raises FileNotFoundError, ObjectsUnreachable."""
        return self.tried(lambda: obstore.head(self.store, name)["size"])

    def page(self, after: str | None) -> list[str]:
        """Some names that come next in their order, relative to the prefix; none at the end.

        Raises FileNotFoundError for a bucket that there is not, ObjectsUnreachable.
        """

        def ask() -> list[str]:
            try:
                page = next(obstore.list(self.store, offset=after, chunk_size=PAGE), [])
            except BaseError as error:
                if "NoSuchBucket" in str(error):
                    raise FileNotFoundError(self.place) from error
                raise
            return [one["path"] for one in page]

        return sorted(self.tried(ask))

    def piece(self, name: str, start: int, size_bytes: int) -> bytes:
        """Some bytes of an object. Raises FileNotFoundError, ObjectsUnreachable."""
        return bytes(self.tried(lambda: obstore.get_range(self.store, name, start=start, length=size_bytes)))

    def tried(self, call: Callable[[], T]) -> T:
        """What a call gives, tried until patience ends. Raises ObjectsUnreachable."""
        end = time.monotonic() + self._patience_s
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return call()
            except _FINAL as error:
                raise self.unreachable(error) from error
            except BaseError as error:
                if time.monotonic() + pause_s > end:
                    raise self.unreachable(error) from error
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def unreachable(self, error: Exception) -> errors.ObjectsUnreachable:
        """What a failed call means."""
        return errors.ObjectsUnreachable(place=self.place, reason=str(error).partition("\n")[0])


class _Reading(io.RawIOBase):
    """An object as a file: each read is a call of its own, so that one that fails can be made again."""

    def __init__(self, bucket: Bucket, name: str, size_bytes: int) -> None:
        super().__init__()
        self._bucket = bucket
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
            view[:size_bytes] = self._bucket.piece(self._name, self._at, size_bytes)
            self._at += size_bytes
        return size_bytes


def parsed(address: str) -> tuple[str, str]:
    """Bucket and prefix of s3://BUCKET/PREFIX. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("it has to be s3://BUCKET/PREFIX")
    return parts.netloc, parts.path.strip("/")
