"""Objects in a bucket of S3, or of a service that speaks its language.

An object becomes visible in one stroke: a small one is sent in one call, under the condition that none of the
name is there; a large one in parts, which the service joins only at the end. Its digest is checked before
that call, so under a name there are always the right bytes. Calls that fail are tried again, with growing
pauses, until patience ends.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from seawall import errors
from seawall.model.locks import Lock
from seawall.objects import source as sources

try:
    import obstore
    from obstore.exceptions import AlreadyExistsError, BaseError

    from seawall.objects import locking
    from seawall.objects.bucket import PATIENCE_S, Bucket
except ModuleNotFoundError as missing:
    _reason = "it needs a library: pip install 'seawall[service]'"
    raise errors.BadSetting(name="objects", value="s3://", reason=_reason) from missing

#: Sent in one call up to this size, in parts of it above. Memory: a few times as much.
PART_BYTES: Final = 8 << 20
PARTS_AT_A_TIME: Final = 4
NO_LOCKS: Final = "no lock is set"


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
        lock_mode: str = "",
    ) -> None:
        """address: s3://BUCKET/PREFIX. Without a key, the machine's own role counts. Raises BadSetting.

        lock_mode: governance, compliance, or empty for no locks.
        """
        try:
            self._bucket = Bucket(
                address,
                endpoint=endpoint,
                region=region,
                access_key=access_key,
                secret_key=secret_key,
                patience_s=patience_s,
            )
        except ValueError as error:
            raise errors.BadSetting(name="objects", value=address, reason=str(error)) from error
        self.place = self._bucket.place
        self._lock_mode = lock_mode

    def put(self, source: Path | BinaryIO, sha256: str) -> None:
        """As `Objects.put`."""
        self._put(source, sha256, sources.key(sha256))

    def put_locked(self, source: Path, sha256: str, until: datetime) -> Lock | str:
        """As `Objects.put_locked`."""
        if not self._lock_mode:
            self.put(source, sha256)
            return NO_LOCKS
        incoming, name = f"incoming/{sha256}", sources.key(sha256)
        self._put(source, sha256, incoming)
        try:
            locking.copied(self._bucket, incoming, name, self._lock_mode, until)
        except locking.Refused as refused:
            self.put(source, sha256)
            return f"the store refuses it: {refused}"
        finally:
            self._delete(incoming)
        return self.lock_of(sha256) or "the store took it, and says nothing of a lock"

    def lock_of(self, sha256: str) -> Lock | None:
        """As `Objects.lock_of`."""
        try:
            return locking.of(self._bucket, sources.key(sha256))
        except FileNotFoundError:
            return None

    def _put(self, source: Path | BinaryIO, sha256: str, name: str) -> None:
        if self._is_there(name):
            return
        with sources.opened(source) as stream:
            head = _whole(stream, PART_BYTES + 1)
            if len(head) <= PART_BYTES:
                if hashlib.sha256(head).hexdigest() != sha256:
                    raise sources.changed(stream)
                self._send(name, lambda: head)
            else:
                with _again(stream, head) as afresh:
                    self._send(name, lambda: _checked(afresh(), stream, sha256))

    def open(self, sha256: str) -> BinaryIO:
        """As `Objects.open`."""
        name = sources.key(sha256)
        try:
            return self._bucket.open(name)
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=f"{self.place}/{name}") from error

    def has(self, sha256: str) -> bool:
        """Whether an object is kept. Raises ObjectsUnreachable."""
        return self._is_there(sources.key(sha256))

    def _is_there(self, name: str) -> bool:
        try:
            self._bucket.size_bytes(name)
        except FileNotFoundError:
            return False
        return True

    def remove(self, sha256: str) -> None:
        """As `Objects.remove`."""
        self._delete(sources.key(sha256))

    def _delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._bucket.tried(lambda: obstore.delete(self._bucket.store, name))

    def try_out(self) -> None:
        """As `Objects.try_out`."""
        name = f"incoming/{secrets.token_hex(8)}"
        try:
            self._bucket.tried(lambda: obstore.put(self._bucket.store, name, b"x"))
            self._bucket.tried(lambda: obstore.delete(self._bucket.store, name))
        except FileNotFoundError as error:  # there is no such bucket
            raise self._bucket.unreachable(error) from error

    def every(self) -> Iterator[str]:
        """As `Objects.every`."""
        try:
            page = self._bucket.page(None)
            while page:
                yield from (sha256 for name in page if (sha256 := sources.sha256_of(name)))
                page = self._bucket.page(page[-1])
        except FileNotFoundError as error:  # there is no such bucket
            raise self._bucket.unreachable(error) from error

    def _send(self, name: str, make: Callable[[], bytes | Iterator[bytes]]) -> None:
        """Send what is made afresh for each try."""

        def send() -> None:
            data = make()
            try:
                if isinstance(data, bytes):
                    obstore.put(self._bucket.store, name, data, mode="create")
                else:
                    obstore.put(
                        self._bucket.store,
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
                    raise self._bucket.unreachable(error) from error
                # The parts are no longer there: they are joined, or given up, and the answer was lost.
                if not self._is_there(name):
                    raise BaseError(str(error)) from error

        self._bucket.tried(send)


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
