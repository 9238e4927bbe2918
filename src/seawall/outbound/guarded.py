"""The client that makes every request: to checked addresses only, within limits of time and size.

A name is resolved once. All its addresses are judged, and the connection goes to one of them, while
certificate and Host header stay the name's. Each redirect is judged anew. No proxy is taken from the
environment, no compressed answer is accepted, and no connection is kept.
"""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import BinaryIO, Final

import httpcore2

from seawall import config, errors
from seawall.outbound import addresses, names, targets
from seawall.outbound.pinned import Budget, Pinned, TooMuch
from seawall.outbound.targets import Target
from seawall.outbound.web import MAX_BODY_BYTES, Answer, Web

MAX_REDIRECTS: Final = 5
MAX_HEAD_BYTES: Final = 64 << 10  #: of an answer's headers, which are read before its size is known

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FOLLOWED: Final = frozenset({"GET", "HEAD"})
_OURS: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
_KEPT_ABROAD: Final = frozenset({"accept", "user-agent"})  #: of the caller's headers, at another server


class Guarded:
    """A `Web` that reaches the public network and the hosts that are exempt. Threads may share one."""

    def __init__(
        self,
        allowed_hosts: Iterable[str] = (),
        *,
        resolver: names.Resolver = names.system,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """allowed_hosts: `host`, `host:port` or networks, which may be private; raises BadSetting.

        context: whose certificates are believed; as the machine is set up where there is none.
        """
        self._exempt = addresses.exempt(allowed_hosts)
        self._resolver = resolver
        self._context = ssl.create_default_context() if context is None else context
        self._agent = f"seawall/{metadata.version('seawall')}"

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        max_s: float = 30.0,
    ) -> Answer:
        """As `Web.call`. Redirects of GET and HEAD are followed; of others, they are the answer."""
        target = io.BytesIO()
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        answer = self._follow(method.upper(), url, sent, body, target, max_bytes, max_s, every_status=True)
        return Answer(answer.url, answer.status, answer.headers, target.getvalue())

    def save(
        self,
        url: str,
        target: BinaryIO,
        *,
        max_bytes: int,
        max_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As `Web.save`. Only a status of 200 to 299 writes; a failure may leave a part of it written.

        Raises DiskFull and WriteFailed too.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        return self._follow("GET", url, sent, None, target, max_bytes, max_s, every_status=False)

    def _follow(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        into: BinaryIO,
        max_bytes: int,
        max_s: float,
        *,
        every_status: bool,
    ) -> Answer:
        budget = Budget(time.monotonic() + max_s, 2 * max_bytes + MAX_HEAD_BYTES)
        target = targets.parsed(url, self._exempt)
        for _ in range(MAX_REDIRECTS + 1):
            with _failing_as_ours(target, max_bytes, max_s):
                request = self._request(method, target, headers, body)
                with self._connection(target, budget) as connection:
                    response = connection.handle_request(request)
                    try:
                        answer = Answer(target.url, response.status, _headers(response))
                        location = _location(method, answer)
                        if location is None:
                            if method != "HEAD" and (every_status or response.status in range(200, 300)):
                                _copy(response, answer, into, max_bytes)
                            return answer
                    finally:
                        response.close()
                following = target.redirected(location, self._exempt)
            if following.origin != target.origin:
                headers = {name: value for name, value in headers.items() if name in _KEPT_ABROAD}
            target = following
        raise _failed(target, f"it redirects more than {MAX_REDIRECTS} times")

    def _request(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None
    ) -> httpcore2.Request:
        sent = {"user-agent": self._agent, "accept": "*/*"} | {
            name: value for name, value in headers.items() if name not in _OURS
        }
        sent |= {"host": target.authority, "accept-encoding": "identity", "connection": "close"}
        if body is not None:
            sent["content-length"] = str(len(body))
        address = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        return httpcore2.Request(method, address, headers=list(sent.items()), content=body)

    @contextmanager
    def _connection(self, target: Target, budget: Budget) -> Iterator[httpcore2.HTTPConnection]:
        backend = Pinned(self._addresses(target, budget), budget)
        origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
        connection = httpcore2.HTTPConnection(origin, self._context, network_backend=backend)
        try:
            yield connection
        finally:
            connection.close()

    def _addresses(self, target: Target, budget: Budget) -> list[addresses.Address]:
        """Where the target is, each address judged. Raises UnsafeUrl where one of them is refused."""
        literal = target.address
        if literal is not None:
            found = [literal]
        else:
            found = names.resolve(target.host, target.port, self._resolver, budget.left_s())
        for address in found:
            kind = self._exempt.refusal(target.host, target.port, address)
            if kind is not None:
                raise errors.UnsafeUrl(url=targets.shown(target.url), reason=f"its address is {kind}")
        return found


def opened(settings: config.Settings) -> Web:
    """The way out as set. Raises BadSetting."""
    return Guarded(settings.text("fetch_hosts").split(","))


def _location(method: str, answer: Answer) -> str | None:
    """Where the answer sends us, if we are to go there."""
    if method in _FOLLOWED and answer.status in _REDIRECTS:
        return answer.headers.get("location")
    return None


def _headers(response: httpcore2.Response) -> dict[str, str]:
    """Names in lower case; of a header that stands twice, both values."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _copy(response: httpcore2.Response, answer: Answer, into: BinaryIO, max_bytes: int) -> None:
    """Write the answer's body, which is counted as it comes. Raises TooMuch, DiskFull, WriteFailed."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise httpcore2.RemoteProtocolError("it is compressed though that was not asked for")
    length = answer.headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise TooMuch
    left = max_bytes
    for piece in response.iter_stream():
        left -= len(piece)
        if left < 0:
            raise TooMuch
        with errors.writing(str(getattr(into, "name", "the copy"))):
            into.write(piece)


@contextmanager
def _failing_as_ours(target: Target, max_bytes: int, max_s: float) -> Iterator[None]:
    try:
        yield
    except TooMuch:
        raise _failed(target, f"it is larger than {max_bytes} bytes") from None
    except httpcore2.ConnectTimeout as cause:
        raise _failed(target, "its server does not take the connection") from cause
    except (httpcore2.TimeoutException, TimeoutError) as cause:
        raise _failed(target, f"it took more than {max_s:g} s") from cause
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as cause:
        raise _failed(target, str(cause) or type(cause).__name__) from cause


def _failed(target: Target, reason: str) -> errors.FetchFailed:
    return errors.FetchFailed(url=targets.shown(target.url), reason=reason)
