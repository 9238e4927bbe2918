"""Between the edge and the routes: who calls, how often, whether it was done before, and what is recorded."""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawall import errors
from seawall.api.bodies import Body
from seawall.api.callers import Callers, csrf
from seawall.api.heads import header
from seawall.api.idempotency import Repeats
from seawall.api.throttle import Throttle
from seawall.model import access
from seawall.model.access import Principal
from seawall.workflows.library import Seawall

CSRF_HEADER: Final = "X-CSRF-Token"
IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
_IDEMPOTENCY: Final = IDEMPOTENCY_HEADER.lower().encode()
#: A stranger needs no more than a name and a password.
_STRANGER_BYTES: Final = 64 << 10
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})  #: methods that change nothing
#: What needs no more than one of these changes nothing, whatever its method. Checks are recorded apart.
_ASKING: Final = frozenset({access.Scope.CHECK, access.Scope.READ, access.Scope.AUDIT})
#: Signing in is by password: a session that is there already has no part in it.
_SIGN_IN: Final = ("POST", "/v1/session")
#: A page's form brings its token among its fields: what reads the form asks for it (`console.forms`).
_FORMS: Final = "/console/"


@dataclass(slots=True)
class Trail:
    """What the audit log is to say of a call. A route may say more than its path does."""

    scope: access.Scope | None = None  #: what the route needs
    subject: str | None = None  #: None: what the path names
    recorded: bool = False  #: what was done has put itself into the log
    details: MutableMapping[str, object] = field(default_factory=dict)


class Calls:
    """Tells who calls, and records what they change before it is acknowledged."""

    def __init__(self, app: ASGIApp, library: Seawall, callers: Callers) -> None:
        self._app = app
        self._library = library
        self._callers = callers
        self._throttle = Throttle(library.settings)
        self._repeats = Repeats(library)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = HTTPConnection(scope)
        caller = await self._callers.who(call)
        body: Body = scope["state"]["body"]
        trail = Trail()
        scope["state"].update(caller=caller, trail=trail)
        if isinstance(caller.who, errors.NotSignedIn):
            body.limit_bytes = min(body.limit_bytes, _STRANGER_BYTES)
            await self._app(scope, receive, send)
            return
        who = caller.who
        scope["state"]["principal"] = who  # whom the log names
        self._throttle.call(who)
        changing = scope["method"] not in READING
        if changing and caller.session is not None and not _asks_itself(scope):
            _check_csrf(call, caller.session)
        sending = self._recording(scope, trail, who, send) if changing else send
        key = header(scope, _IDEMPOTENCY) if changing else None
        try:
            if key is None:
                await self._app(scope, receive, sending)
            else:
                await self._repeats.call(self._recorded, who, key, scope, receive, send)
        finally:
            self._throttle.sent(who, body.received_bytes)

    async def _recorded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, in which changes are recorded."""
        state = scope["state"]
        await self._app(scope, receive, self._recording(scope, state["trail"], state["caller"].who, send))

    def _recording(self, scope: Scope, trail: Trail, who: Principal, send: Send) -> Send:
        async def sending(message: Message) -> None:
            changed = message["type"] == "http.response.start" and message["status"] < 400
            if changed and trail.scope not in _ASKING and not trail.recorded:
                await run_in_threadpool(self._record, scope, trail, who)
            await send(message)

        return sending

    def _record(self, scope: Scope, trail: Trail, who: Principal) -> None:
        state = scope["state"]
        named = "/".join(str(value) for value in scope.get("path_params", {}).values())
        self._library.access.record(
            who,
            operation(scope.get("endpoint")),
            trail.subject or named,
            state["request_id"],
            dict(trail.details),
        )


def operation(endpoint: object) -> str:
    """The id of an operation: the module of its route, and its name there."""
    module = getattr(endpoint, "__module__", "").rpartition(".")[2]
    return f"{module}_{getattr(endpoint, '__name__', '').strip('_')}"


def _asks_itself(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) == _SIGN_IN or scope["path"].startswith(_FORMS)


def _check_csrf(call: HTTPConnection, session: str) -> None:
    sent = call.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), csrf(session).encode()):
        raise errors.CsrfRefused
