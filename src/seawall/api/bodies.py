"""Bodies of calls, held to limits of size and time while they come in.

A call may send little; a route that takes uploads has its call admitted to more. Only the time that is spent
waiting for the sender counts against the sender.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall import config, errors
from seawall.api.heads import header

#: Time before the rate of a body is looked at.
GRACE_S: Final = 10.0
#: Of a call that is answered before its body has come: so much, and no longer, is read and thrown away, so
#: that the sender comes to reading the answer.
_DRAINED_BYTES: Final = 1 << 20
_DRAINED_S: Final = 1.0
_BUSY_S: Final = 2.0


@dataclass(slots=True)
class Limits:
    """What bodies may cost, and how many uploads are under way."""

    json_bytes: int
    longest_s: float
    slowest_bytes_per_s: float
    uploads: int
    under_way: int = 0

    @classmethod
    def of(cls, settings: config.Settings) -> Limits:
        """As set."""
        return cls(
            json_bytes=settings.whole("max_json_bytes"),
            longest_s=settings.number("max_upload_s"),
            slowest_bytes_per_s=settings.number("slowest_upload_bytes_per_s"),
            uploads=settings.whole("max_uploads"),
        )


class Body:
    """The body of one call."""

    def __init__(self, receive: Receive, scope: Scope, limits: Limits) -> None:
        self._receive = receive
        self._limits = limits
        self._waited_s = 0.0
        self._admitted = False
        length = header(scope, b"content-length") or ""
        self._declared_bytes = int(length) if length.isdecimal() else 0
        self._eager = header(scope, b"expect") is None
        self.limit_bytes = limits.json_bytes
        self.received_bytes = 0
        self.ended = self._declared_bytes == 0 and header(scope, b"transfer-encoding") is None

    def admit(self, limit_bytes: int) -> None:
        """Let it be an upload of up to so many bytes. Raises BodyTooLarge, ServiceBusy."""
        self.limit_bytes = limit_bytes
        self._check(self._declared_bytes)
        if not self._admitted and not self.ended:
            if self._limits.under_way >= self._limits.uploads:
                raise errors.ServiceBusy(what="uploads", wait_s=_BUSY_S)
            self._limits.under_way += 1
            self._admitted = True

    async def receive(self) -> Message:
        """The next message, as ASGI has it. Raises BodyTooLarge, BodyTooSlow."""
        if self.ended:
            return await self._receive()
        self._check(self._declared_bytes)
        started_s = time.monotonic()
        try:
            async with asyncio.timeout(self._patience_s()):
                message = await self._receive()
        except TimeoutError:
            waited_s = round(self._waited_s + time.monotonic() - started_s, 1)
            raise errors.BodyTooSlow(received_bytes=self.received_bytes, waited_s=waited_s) from None
        self._waited_s += time.monotonic() - started_s
        if message["type"] == "http.request":
            self.received_bytes += len(message.get("body", b""))
            self.ended = not message.get("more_body", False)
            self._check(self.received_bytes)
        else:
            self.ended = True
        return message

    async def drain(self) -> bool:
        """Read the rest where that is little and quick; whether it ended."""
        try:
            async with asyncio.timeout(_DRAINED_S):
                drained = 0
                while self._eager and not self.ended and drained <= _DRAINED_BYTES:
                    message = await self._receive()
                    drained += len(message.get("body", b""))
                    self.ended = not message.get("more_body", False)
        except TimeoutError:
            pass
        return self.ended

    def end(self) -> None:
        """The call is over. What it was received through leads back to it, and would keep all of it alive."""
        self._receive = _over
        if self._admitted:
            self._admitted = False
            self._limits.under_way -= 1

    def _patience_s(self) -> float:
        """How much longer the sender may take for the next piece."""
        earned_s = GRACE_S + self.received_bytes / self._limits.slowest_bytes_per_s
        return max(0.0, min(earned_s, self._limits.longest_s) - self._waited_s)

    def _check(self, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            raise errors.BodyTooLarge(limit_bytes=self.limit_bytes)


async def _over() -> Message:
    """Nothing comes any more."""
    return {"type": "http.disconnect"}


class Bodies:
    """Puts a `Body` between each call and its sender; routes find it in the call's state.

    The outermost layer, so that it sees every answer.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = Body(receive, scope, self._limits)
        scope.setdefault("state", {})["body"] = body

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and not body.ended and not await body.drain():
                # What is still to come cannot be told from the next call: there is none.
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, body.receive, sending)
        finally:
            body.end()
