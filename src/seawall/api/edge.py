"""Around all that answers: calls have ids, answers have headers, and what breaks does not show itself."""

from __future__ import annotations

import logging
import random
import re
from typing import Final

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall import errors
from seawall.api import problems
from seawall.api.context import REQUEST_ID
from seawall.api.heads import header

ID_HEADER: Final = "X-Request-Id"
_ID: Final = ID_HEADER.lower().encode()
_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: A page of ours may load what is ours and nothing else; an answer of the API is no page at all.
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        # Pieces of a proxy are asked for by a script, with a reason, and played from memory.
        b"; ".join(
            (
                *(
                    b"default-src 'self'",
                    b"media-src 'self' blob:",
                    b"base-uri 'none'",
                    b"form-action 'self'",
                ),
                *(b"frame-ancestors 'none'", b"object-src 'none'"),
            )
        ),
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_LOG: Final = logging.getLogger(__name__)


class Edge:
    """Gives calls their ids and answers their headers. Errors that reach it become problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _request_id(header(scope, _ID))
        scope.setdefault("state", {})["request_id"] = request
        REQUEST_ID.set(request)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = [one for one in message["headers"] if one[0] != _ID]
                names = {name for name, _ in given}
                added = [one for one in SECURITY_HEADERS if one[0] not in names]
                message["headers"] = [*given, (_ID, request.encode()), *added]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            if started:
                raise
            failed = _ours(error, request, scope)
            await problems.response(failed, HTTPConnection(scope))(scope, receive, sending)


def _ours(error: Exception, request: str, scope: Scope) -> errors.SeawallError:
    """An error as one of ours. The framework wraps what stops an answer that it is about to send."""
    for one in (error, error.__cause__):
        if isinstance(one, errors.SeawallError):
            return one
    _LOG.error("%s: %s %s failed", request, scope["method"], scope["path"], exc_info=error)
    return errors.SeawallError()


def _request_id(sent: str | None) -> str:
    """The caller's id for the call, if it is one; else one of our own, which is a name and no secret."""
    if sent is not None and _SANE_ID.fullmatch(sent):
        return sent
    return f"{random.getrandbits(64):016x}"
