"""A call that is sent again with its idempotency key is answered as it was, and not done again.

The first call takes the key, and says from time to time that it is still under way, so that one whose process
has died gives its key up. A kept answer is sealed: it may hold a key's secret. What failed for a reason that
may pass is not kept, nor is what shows media: that is on record each time that it is sent. Between a change
and its kept answer a process can die: that change is then done, and not known to be.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall import errors, sealing
from seawall.api.bodies import Body
from seawall.model.access import Principal
from seawall.store.answers import HELD, Answer
from seawall.workflows.library import Seawall

_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
#: How long a second call waits for the first.
WAIT_S: Final = 10.0
_LOOK_S: Final = 0.05
_HOLD_S: Final = HELD.total_seconds() / 3
#: Of what may go well the next time.
_PASSING: Final = frozenset({401, 403, 408, 425, 429})
_MEDIA: Final = (b"image/", b"video/", b"audio/")
REPLAYED: Final = (b"idempotency-replayed", b"true")


class _Digest:
    """Of a body, without the boundary between its parts: clients draw a new one each time that they send."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._digest = hashlib.sha256()
        self._left = b""

    def update(self, piece: bytes) -> None:
        if self._boundary:
            piece = (self._left + piece).replace(self._boundary, b"")
            self._left = piece[-len(self._boundary) :]
            piece = piece[: -len(self._boundary)]
        self._digest.update(piece)

    def hexdigest(self) -> str:
        self._digest.update(self._left)
        self._left = b""
        return self._digest.hexdigest()


@dataclass(slots=True)
class _Taken:
    """A body on its way in, and an answer on its way out."""

    body: Body
    receive: Receive
    digest: _Digest
    messages: list[Message] = field(default_factory=list)

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> _Taken:
        _, options = parse_options_header(_content_type(scope))
        return cls(scope["state"]["body"], receive, _Digest(options.get(b"boundary", b"")))

    @property
    def start(self) -> Message | None:
        return next((one for one in self.messages if one["type"] == "http.response.start"), None)

    async def rest(self) -> None:
        """Take what the route did not read."""
        while not self.body.ended:
            if (await self.receiving())["type"] == "http.disconnect":
                raise ClientDisconnect

    async def receiving(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.digest.update(message.get("body", b""))
        return message

    async def sending(self, message: Message) -> None:
        self.messages.append(message)


class Repeats:
    """Knows which calls were made before."""

    def __init__(self, library: Seawall) -> None:
        self._answers = library.answers
        self._settings = library.settings
        self._sealer: sealing.Sealer | None = None

    async def call(
        self, app: ASGIApp, who: Principal, key: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Make a call, or answer it as it was. Raises BadRequest, KeyReused, CallUnderWay."""
        if not _KEY.fullmatch(key):
            raise errors.BadRequest(
                reason="an idempotency key is 1 to 200 printable characters, without blanks"
            )
        request, holder = _request(scope), secrets.token_hex(16)
        known = await self._claimed(who.id, key, request, holder)
        if known is not None:
            await self._answer(known, key, scope, receive, send)
            return
        taken = _Taken.of(scope, receive)
        kept = False
        try:
            async with self._held(who.id, key, holder):
                await app(scope, taken.receiving, taken.sending)
                if taken.start is not None and taken.start["status"] < 400:
                    await taken.rest()
            answer = self._kept(taken, request)
            if answer is not None:
                await run_in_threadpool(self._answers.keep, who.id, key, holder, answer)
                kept = True
        finally:
            if not kept:
                await run_in_threadpool(self._answers.release, who.id, key, holder)
        for message in taken.messages:
            await send(message)

    async def _claimed(self, caller: str, key: str, request: str, holder: str) -> Answer | None:
        """What a call with the key was answered; None where the key is this call's now."""
        until_s = time.monotonic() + WAIT_S
        while True:
            known = await run_in_threadpool(self._answers.claim, caller, key, request, holder)
            if known is None or known.status is not None:
                return known
            if known.request_sha256 != request:
                raise errors.KeyReused(key=key)
            if time.monotonic() > until_s:
                raise errors.CallUnderWay(key=key)
            await asyncio.sleep(_LOOK_S)

    @asynccontextmanager
    async def _held(self, caller: str, key: str, holder: str) -> AsyncIterator[None]:
        """Says, while the block lasts, that the call is under way."""

        async def saying() -> None:
            while True:
                await asyncio.sleep(_HOLD_S)
                with suppress(errors.OutsideError):  # said again soon enough
                    await run_in_threadpool(self._answers.hold, caller, key, holder)

        task = asyncio.create_task(saying())
        try:
            yield
        finally:
            task.cancel()

    def _kept(self, taken: _Taken, request: str) -> Answer | None:
        """The answer as it is kept; None for one that is not to be."""
        start = taken.start
        if start is None or not taken.body.ended or start["status"] >= 500 or start["status"] in _PASSING:
            return None
        if dict(start["headers"]).get(b"content-type", b"").startswith(_MEDIA):
            return None
        sent = b"".join(one.get("body", b"") for one in taken.messages if one is not start)
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in start["headers"]]
        record = json.dumps({"headers": headers, "body": base64.b64encode(sent).decode()})
        return Answer(request, taken.digest.hexdigest(), start["status"], self._seals().seal(record))

    async def _answer(self, known: Answer, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is kept, if the body is that of the first call. Raises KeyReused."""
        if known.request_sha256 != _request(scope):
            raise errors.KeyReused(key=key)
        taken = _Taken.of(scope, receive)
        taken.body.admit(self._settings.whole("max_bytes"))
        await taken.rest()
        if taken.digest.hexdigest() != known.body_sha256:
            raise errors.KeyReused(key=key)
        record = json.loads(self._seals().open(known.sealed or ""))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in record["headers"]]
        start = {"type": "http.response.start", "status": known.status, "headers": [*headers, REPLAYED]}
        await send(start)
        await send({"type": "http.response.body", "body": base64.b64decode(record["body"])})

    def _seals(self) -> sealing.Sealer:
        if self._sealer is None:
            self._sealer = sealing.sealer(self._settings.text("secret_key"), self._settings.data)
        return self._sealer


def _request(scope: Scope) -> str:
    """Digest of all of a call but its body, and of its content type without options, such as a boundary."""
    kind, _ = parse_options_header(_content_type(scope))
    parts = (scope["method"].encode(), scope["path"].encode(), scope["query_string"], kind)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _content_type(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"content-type"), b"")
