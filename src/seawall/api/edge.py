"""Around all that answers: calls have ids, answers have headers, and what breaks does not show itself."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall import errors
from seawall.api import problems

ID_HEADER: Final = "X-Request-Id"
_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: A page of ours may load what is ours and nothing else; an answer of the API is no page at all.
SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOG: Final = logging.getLogger(__name__)


class Edge:
    """Gives calls their ids and answers their headers. Errors that reach it become problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _request_id(Headers(scope=scope).get(ID_HEADER))
        scope.setdefault("state", {})["request_id"] = request
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[ID_HEADER] = request
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return  # nobody is left to answer
        except errors.SeawallError as error:
            if started:
                raise
            await problems.response(error, request)(scope, receive, sending)
        except Exception as error:
            _LOG.error("%s: %s %s failed", request, scope["method"], scope["path"], exc_info=error)
            if started:
                raise
            await problems.response(errors.SeawallError(), request)(scope, receive, sending)


def _request_id(sent: str | None) -> str:
    """The caller's id for the call, if it is one; else one of our own."""
    return sent if sent is not None and _SANE_ID.fullmatch(sent) else secrets.token_hex(8)
