"""One process that serves: it listens, says when it is ready, and ends in good order."""

from __future__ import annotations

import gc
import ipaddress
import logging
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final, Self

import uvicorn
from fastapi import FastAPI

from seawall import config, errors
from seawall.api import app
from seawall.api.connections import Connection
from seawall.outbound import guarded
from seawall.workflows.health import Background
from seawall.workflows.library import Seawall

log = logging.getLogger(__name__)

#: Each connection takes a descriptor, and many systems begin with too few of them.
_MAX_DESCRIPTORS: Final = 1 << 16
#: New objects before those that nothing leads to any more are searched for: a call makes hundreds, and nearly
#: all of them go by themselves.
_NEW_OBJECTS: Final = 10_000
#: A thread that waits for its turn at the interpreter asks for it after so long. What writes checks down
#: waits at each step of each statement, some thirty times a transaction, while calls are being answered.
_TURN_S: Final = 0.0005
_THREAD_END_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how the service listens."""

    host: str
    port: int  #: 0: any that is free
    proxy: str  #: addresses or networks of what terminates TLS in front, with commas between
    certificate: str
    key: str

    @classmethod
    def of(cls, settings: config.Settings) -> Self:
        """As set."""
        return cls(
            settings.text("host"),
            settings.whole("port"),
            settings.text("proxy"),
            settings.text("tls_certificate"),
            settings.text("tls_key"),
        )

    def given(self, host: str | None, port: int | None, proxy: str | None) -> Self:
        """With what the caller chose instead."""
        return replace(
            self,
            host=self.host if host is None else host,
            port=self.port if port is None else port,
            proxy=self.proxy if proxy is None else proxy,
        )

    def check(self) -> None:
        """Keys and files are not sent in the clear over a network. Raises BadSetting."""
        for one in filter(None, self.proxy.split(",")):
            _check_network(one.strip())
        for one in filter(None, (self.certificate, self.key)):
            if not Path(one).is_file():
                raise errors.BadSetting(name="tls_certificate", value=one, reason="there is no such file")
        if not (self.proxy or self.certificate or _is_loopback(self.host)):
            reason = (
                "keys and files would cross the network in the clear; set tls_certificate, or --behind-proxy "
                "with the address of what terminates TLS in front, or listen at 127.0.0.1"
            )
            raise errors.BadSetting(name="host", value=self.host, reason=reason)

    def url(self, port: int) -> str:
        """The address to call."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it listens, and returns when it is told to stop."""

    def __init__(self, settings: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(settings)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        _settle_memory()  # before the first call is taken: it is held up by it
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """As its base, without sending the signals again: what is left to close would stay open."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {one: signal.signal(one, self.handle_exit) for one in handled}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        log.info("stopping on signal %s", signal.Signals(sig).name)
        super().handle_exit(sig, frame)


def _no_pages(_: FastAPI) -> None:
    """The API alone."""


def run(
    library: Seawall,
    listening: Listening,
    say: Callable[[str], None],
    background: Sequence[Background] = (),
    pages: Callable[[FastAPI], None] = _no_pages,
) -> None:
    """Serve until SIGTERM or SIGINT; then end what runs, within `shutdown_s`.

    say: told when the service can be called. pages: adds what is served beside the API. The caller
    closes the library afterwards.
    Raises BadSetting, CannotListen.
    """
    listening.check()
    _take_descriptors()
    sys.setswitchinterval(_TURN_S)
    with _bound(listening) as listener:
        made = app.create(library, guarded.opened(library.settings), background)
        pages(made)
        settings = _settings(library, listening, made)
        address = listening.url(listener.getsockname()[1])

        def ready() -> None:
            log.info("serving at %s", address)
            say(f"Seawall serves at {address}")
            for greeting in made.state.greetings:
                say(greeting(address))

        _serve(_Server(settings, ready), listener, background)
    log.info("stopped")


def _serve(server: _Server, listener: socket.socket, background: Sequence[Background]) -> None:
    begun: list[Background] = []
    try:
        for one in background:
            one.start()
            begun.append(one)
        server.run([listener])
    finally:
        for one in reversed(begun):
            one.stop()


def _settings(library: Seawall, listening: Listening, served: FastAPI) -> uvicorn.Config:
    try:
        settings = uvicorn.Config(
            served,
            loop="uvloop",
            http=Connection,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(listening.proxy),
            forwarded_allow_ips=listening.proxy,
            timeout_graceful_shutdown=int(library.settings.number("shutdown_s")),
            ssl_certfile=listening.certificate or None,
            ssl_keyfile=listening.key or None,
        )
        settings.load()
        return settings
    except OSError as cause:  # ssl.SSLError among them
        name, value = "tls_certificate", listening.certificate
        raise errors.BadSetting(name=name, value=value, reason=str(cause)) from cause


@contextmanager
def _bound(listening: Listening) -> Iterator[socket.socket]:
    """A socket that listens. Raises CannotListen."""
    place = f"{listening.host}:{listening.port}"
    try:
        found = socket.getaddrinfo(listening.host, listening.port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, OverflowError) as cause:
        reason = getattr(cause, "strerror", None) or str(cause)
        raise errors.CannotListen(place=place, reason=reason) from cause
    try:
        yield listener
    finally:
        listener.close()


def _check_network(text: str) -> None:
    """What is believed of callers must not hang on a slip of the pen. Raises BadSetting."""
    try:
        ipaddress.ip_network(text)
    except ValueError as cause:
        raise errors.BadSetting(name="proxy", value=text, reason=str(cause)) from cause


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _take_descriptors() -> None:
    """Allow this process as many open files as the system lets it have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _settle_memory() -> None:
    """Leave what is loaded by now out of the search for unreachable objects.

    It is half a million objects that stay. To go through them all, as happens every few seconds under load,
    holds up every call for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def threads_end() -> bool:
    """Whether all threads that would keep the process from ending have ended, after a moment's wait."""
    deadline_s = time.monotonic() + _THREAD_END_S
    while left := [
        one for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon
    ]:
        if time.monotonic() > deadline_s:
            log.warning("ending although %d threads are still at work", len(left))
            return False
        left[0].join(0.05)
    return True
