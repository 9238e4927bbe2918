"""Object Lock of S3: the store itself is to keep an object until a day, and is asked whether it does.

The lock goes with the copy that gives an object its name (CopyObject), in headers that are signed as the rest
of the call is: obstore signs default headers. What the store made of it is read from the object's own
headers, through an address that obstore signs, because some services take such headers and do nothing.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError

from seawall.model.locks import Lock
from seawall.objects.bucket import CALL_TIMEOUT_S, Bucket

_HEADER: Final = "x-amz-object-lock-"
#: Services want a digest of the body with each call that locks; a copy has none.
_MD5_OF_NOTHING: Final = "1B2M2Y8AsgTpgAmY7PhCfg=="
_SIGNED_FOR: Final = timedelta(seconds=CALL_TIMEOUT_S)
#: What a store answers that has no locks, or none for this bucket, this object or this caller.
_REFUSED: Final = re.compile(
    r"non-2xx status code: (?:400|403|405|501)\b.*?(?:<Code>(\w+)</Code>|$)", re.DOTALL
)


class Refused(Exception):
    """The store puts no lock on it; why, in its own word."""


def copied(bucket: Bucket, source: str, name: str, mode: str, until: datetime) -> None:
    """Give an object a name under a lock. Raises Refused, ObjectsUnreachable."""
    day = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    locking = bucket.with_headers(
        {f"{_HEADER}mode": mode.upper(), f"{_HEADER}retain-until-date": day, "content-md5": _MD5_OF_NOTHING}
    )

    def copy() -> None:
        try:
            obstore.copy(locking, source, name)
        except FileNotFoundError as error:
            raise bucket.unreachable(error) from error
        except BaseError as error:
            refused = _REFUSED.search(str(error))
            if refused is None and not isinstance(error, PermissionDeniedError):
                raise
            raise Refused(refused[1] if refused and refused[1] else "AccessDenied") from error

    bucket.tried(copy)


def of(bucket: Bucket, name: str) -> Lock | None:
    """The lock of an object, as its store says. Raises FileNotFoundError, ObjectsUnreachable."""
    headers = bucket.tried(lambda: _headers(bucket, name))
    if headers.get(f"{_HEADER}legal-hold", "").upper() == "ON":
        return Lock("legal hold", None)
    mode, until = headers.get(f"{_HEADER}mode"), headers.get(f"{_HEADER}retain-until-date")
    if not mode or not until:
        return None
    try:
        return Lock(mode.lower(), datetime.fromisoformat(until).astimezone(UTC))
    except ValueError as error:
        raise bucket.unreachable(error) from error


def _headers(bucket: Bucket, name: str) -> Mapping[str, str]:
    """Of an object: obstore's own call keeps those of locks to itself."""
    address = obstore.sign(bucket.store, "HEAD", name, _SIGNED_FOR)
    asked = urllib.request.Request(address, method="HEAD")  # noqa: S310 - where the bucket is, as set
    try:
        with urllib.request.urlopen(asked, timeout=CALL_TIMEOUT_S) as answer:  # noqa: S310 - likewise
            return {key.lower(): value for key, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            raise FileNotFoundError(name) from error
        kind = PermissionDeniedError if error.code == 403 else BaseError
        raise kind(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise BaseError(str(error)) from error
