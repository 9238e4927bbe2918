"""One line in the log and one entry in the measures for each request.

Paths are told by their route's template and never by what was asked: no ids, names or query strings.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall.telemetry import logs, measures, tracing
from seawall.telemetry.context import REQUEST_ID

if TYPE_CHECKING:
    from opentelemetry.trace import Span

log = logging.getLogger("seawall.request")

UNMATCHED: Final = "unmatched"
GONE: Final = 499  #: logged where the client left before it was answered
FAILED: Final = 500  #: what the server sends where nothing else was begun
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Asked for every few seconds by machines.
_ROUTINE: Final = frozenset({"/v1/health/live", "/v1/health/ready", "/metrics"})


class Observed:
    """The application, watched from outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Request(scope, receive, send)
        with tracing.span(scope["method"], Headers(scope=scope)) as span:
            try:
                await self._app(scope, seen.receive, seen.send)
            except BaseException:
                seen.status = seen.status or FAILED
                raise
            finally:
                seen.tell(span)


class _Request:
    """What is counted of one request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.status = 0
        self._scope = scope
        self._receive = receive
        self._send = send
        self._started_s = time.perf_counter()
        self._bytes_in = 0
        self._bytes_out = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self._bytes_out += len(message.get("body", b""))
        await self._send(message)

    def tell(self, span: Span | None) -> None:
        """Log and measure the request, and say in its span what it was."""
        took_s = time.perf_counter() - self._started_s
        route = getattr(self._scope.get("route"), "path", UNMATCHED)
        method = self._scope["method"] if self._scope["method"] in _METHODS else measures.OTHER
        status = self.status or GONE
        measures.REQUESTS.observe(took_s, method, route, str(status))
        if span is not None:
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
        level = logging.DEBUG if route in _ROUTINE and status < FAILED else logging.INFO
        if not log.isEnabledFor(level):
            return
        state = self._scope.get("state", {})
        known = {} if REQUEST_ID.get() else {"request": state.get("request_id")}
        told = logs.fields(
            **known,
            status=status,
            ms=round(took_s * 1000, 1),
            bytes_in=self._bytes_in,
            bytes_out=self._bytes_out,
            principal=getattr(state.get("principal"), "name", None),
        )
        log.log(level, "%s %s", method, route, extra=told)
