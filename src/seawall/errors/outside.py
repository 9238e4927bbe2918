"""Something around Seawall failed, or what it stored is not what it reads back."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from seawall.errors.base import SeawallError

#: EFBIG: a limit on one file, the same to the user as a full disk.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class OutsideError(SeawallError):
    """{detail}"""

    code = "outside_error"
    exit_code = 20
    http_status = 503
    remedy = "Mend what the message names and run the command again: it goes on where it stopped."


class DiskFull(OutsideError):
    """No room left at {path}"""

    code = "disk_full"
    http_status = 507
    remedy = "Free some room and run the command again: what was acknowledged is safe."


class WriteFailed(OutsideError):
    """{path} cannot be written: {reason}"""

    code = "write_failed"
    remedy = "Check the rights, quota and state of that file system, then run it again."


class StoreBusy(OutsideError):
    """Another process has held the database or the data folder for more than {waited_s:g} s"""

    code = "store_busy"
    remedy = "Wait for the other process, then run the command again."


class StoreUnreachable(OutsideError):
    """The database {place} cannot be reached: {reason}"""

    code = "store_unreachable"
    remedy = "Check that the database server runs and that SEAWALL_DATABASE names it; then call again."


class ObjectsUnreachable(OutsideError):
    """The object store {place} does not do what it is asked: {reason}"""

    code = "objects_unreachable"
    remedy = "Check the object store, its credentials and its bucket; then call again."


class DeliveryFailed(OutsideError):
    """The webhook {webhook} did not take the event: {reason}"""

    code = "delivery_failed"
    remedy = "Check the receiver; the delivery is tried again by itself, and can be replayed."


class SandboxUnavailable(OutsideError):
    """The decoding process cannot be started: {reason}"""

    code = "sandbox_unavailable"
    remedy = "`seawall doctor` says what is missing."


class CannotListen(OutsideError):
    """The service cannot listen at {place}: {reason}"""

    code = "cannot_listen"
    remedy = "Choose another host or port, or end the program that has this one."


class CorruptionError(SeawallError):
    """{detail}"""

    code = "corruption"
    exit_code = 30
    http_status = 500
    remedy = "Keep a copy of the data folder before anything else."


class IndexCorrupt(CorruptionError):
    """The index file {path} is damaged: {reason}"""

    code = "index_corrupt"
    remedy = "Delete the index folder: it is rebuilt from the database at the next start."


class StoreCorrupt(CorruptionError):
    """The database {path} is damaged or not Seawall's: {reason}"""

    code = "store_corrupt"
    remedy = "Restore the database from a backup; keep the damaged file for inspection."


class BackupCorrupt(CorruptionError):
    """The backup {path} cannot be put back: {reason}"""

    code = "backup_corrupt"
    remedy = "Use another backup, or another copy of this one; nothing was changed."


class StoreVersion(CorruptionError):
    """The database {path} has schema {found}, this Seawall knows none of that name"""

    code = "store_version"
    remedy = "Use the newer Seawall that wrote it."


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the system's refusals to write at the path into DiskFull and WriteFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(path=os.fspath(path)) from error
        raise WriteFailed(path=os.fspath(path), reason=error.strerror or str(error)) from error
