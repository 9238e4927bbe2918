"""Who makes a call: by key, or by the session of a console. Answers are remembered for a moment."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from seawall import errors
from seawall.api.heads import header
from seawall.model.access import Principal
from seawall.workflows.library import Seawall

COOKIE: Final = "seawall_session"
#: A key that is revoked, and a session that is ended elsewhere, act no longer than this.
REMEMBERED_S: Final = 1.0
_MOST_REMEMBERED: Final = 10_000
_LONGEST: Final = 128  #: of what is sent; what is longer is nothing that was given
_NONE_SENT: Final = "none was sent"

Asked = Principal | errors.NotSignedIn


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, or why that is not known, and the session that it is by."""

    who: Asked
    session: str | None = None


class Callers:
    """Finds out who calls. A caller who is remembered costs a look into a dictionary."""

    def __init__(self, library: Seawall, clock: Callable[[], float] = time.monotonic) -> None:
        self._library = library
        self._idle_s = library.settings.number("session_idle_s")
        self._clock = clock
        self._known: dict[str, tuple[float, Asked]] = {}
        self._asking: dict[str, asyncio.Future[Asked]] = {}

    async def who(self, call: HTTPConnection) -> Caller:
        """Who makes a call. A key comes before a session."""
        scheme, _, sent = (header(call.scope, b"authorization") or "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                return Caller(errors.NotSignedIn(reason="only keys are taken, as `Bearer`"))
            return Caller(await self._remembered("key " + sent.strip(), self._of_key, REMEMBERED_S))
        session = call.cookies.get(COOKIE)
        if session is None:
            return Caller(errors.NotSignedIn(reason=_NONE_SENT))
        # No longer than a small part of the time after which it is over: only what is asked is noted.
        remembered_s = min(REMEMBERED_S, self._idle_s / 4)
        return Caller(await self._remembered("session " + session, self._of_session, remembered_s), session)

    def forget(self, session: str) -> None:
        """A session has ended, or has begun."""
        self._known.pop("session " + session, None)

    async def _remembered(self, sent: str, ask: Callable[[str], Asked], longest_s: float) -> Asked:
        if len(sent) > _LONGEST:
            return errors.NotSignedIn(reason="it is unknown")
        known = self._known.get(sent)
        if known is not None and known[0] > self._clock():
            return known[1]
        asking = self._asking.get(sent)
        if asking is None:
            # Of a caller's many calls one asks, so that what is remembered does not run out for all at once.
            asking = asyncio.ensure_future(self._asked(sent, ask, longest_s))
            self._asking[sent] = asking
            asking.add_done_callback(lambda _: self._asking.pop(sent, None))
        return await asyncio.shield(asking)

    async def _asked(self, sent: str, ask: Callable[[str], Asked], longest_s: float) -> Asked:
        until_s = self._clock() + longest_s  # since before it was asked
        found = await run_in_threadpool(ask, sent.partition(" ")[2])
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[sent] = (until_s, found)
        return found

    def _of_key(self, sent: str) -> Asked:
        try:
            return self._library.access.principal(sent)
        except errors.NotSignedIn as error:
            return error

    def _of_session(self, sent: str) -> Asked:
        try:
            return self._library.sessions.principal(sent, self._idle_s)
        except errors.NotSignedIn as error:
            return error


def csrf(session: str) -> str:
    """The token that a session's changes come with: who has not the cookie cannot know it."""
    return hashlib.sha256(b"seawall csrf 1 " + session.encode()).hexdigest()
