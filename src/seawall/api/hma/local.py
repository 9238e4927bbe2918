"""Callers without a key: programs on this machine, where the setting `hma_open` lets them call `/hma`.

What is asked is where the connection ends and where it comes from, not what a header says. Headers only ever
shut out: those of a proxy, which stands for others, and those of a browser on behalf of a page, which may
come from anywhere.
"""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from seawall import config, errors
from seawall.api.callers import Caller, Callers
from seawall.model.access import Principal, Scope

PREFIX: Final = "/hma/"
_LOCAL: Final = Principal(
    id="hma-open",
    name="a program on this machine",
    user="a program on this machine",
    scopes=frozenset({Scope.CHECK, Scope.READ, Scope.BANKS}),
)
#: No program sends these of itself.
_FOR_OTHERS: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via", "origin", "sec-fetch-site")


class LocalCallers(Callers):
    """Finds out who calls; a program on this machine may need no key."""

    async def who(self, call: HTTPConnection) -> Caller:
        """Who makes a call."""
        found = await super().who(call)
        if not isinstance(found.who, errors.NotSignedIn) or found.session is not None:
            return found
        nothing_sent = "authorization" not in call.headers
        return Caller(_LOCAL) if nothing_sent and self._is_open(call) else found

    def _is_open(self, call: HTTPConnection) -> bool:
        settings = self._library.settings
        return (
            call.scope["path"].startswith(PREFIX)
            and settings.whole("hma_open") == 1
            and listens_here_alone(settings)
            and is_from_here(call)
        )


def listens_here_alone(settings: config.Settings) -> bool:
    """Whether nothing but this machine can reach the service."""
    return is_loopback(settings.text("host"))


def is_from_here(call: HTTPConnection) -> bool:
    """Whether a program on this machine calls, for itself."""
    client, server = call.scope.get("client"), call.scope.get("server")
    if not client or not server or not is_loopback(client[0]) or not is_loopback(server[0]):
        return False
    if any(name in call.headers for name in _FOR_OTHERS):
        return False
    return is_loopback(urlsplit(f"//{call.headers.get('host', '')}").hostname or "")


def is_loopback(host: str) -> bool:
    """Whether an address, or the name that stands for it, is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
