"""Signatures of webhook deliveries: how Seawall makes them, and how a receiver verifies them.

A receiver needs this file alone: it imports nothing but the standard library.

    if not signing.verify(SECRET, request.headers, request.body):
        return 401
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Final

EVENT: Final = "Seawall-Event"  #: the event's type
DELIVERY: Final = "Seawall-Delivery"  #: the delivery's id, the same at every try
TIMESTAMP: Final = "Seawall-Timestamp"  #: seconds since 1970 at which this try was made
SIGNATURE: Final = "Seawall-Signature"

TOLERANCE_S: Final = 300.0
_VERSION: Final = "v1"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `Seawall-Signature`: HMAC-SHA256 of timestamp, full stop and body, in hex."""
    signed = str(timestamp).encode("ascii") + b"." + body
    return f"{_VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def verify(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    tolerance_s: float = TOLERANCE_S,
    now_s: float | None = None,
) -> bool:
    """Whether a delivery comes from who has the secret, unchanged, and was sent within the tolerance.

    headers: as they came; the case of their names does not matter. body: its bytes, before any parsing.
    now_s: seconds since 1970; None: the clock's.
    """
    found = {name.lower(): value for name, value in headers.items()}
    sent = found.get(TIMESTAMP.lower(), "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
        return False
    if abs((time.time() if now_s is None else now_s) - int(sent)) > tolerance_s:
        return False
    wanted = sign(secret, int(sent), body).encode()
    given = found.get(SIGNATURE.lower(), "")
    return any(hmac.compare_digest(wanted, one.strip().encode()) for one in given.split(","))
