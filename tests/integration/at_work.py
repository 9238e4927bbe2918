"""A library whose jobs are done in this process, by handlers that a test gives; receivers of webhooks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from seawall import errors
from seawall.jobs.queues import Backoff
from seawall.jobs.runner import Runner
from seawall.model.job import ENDED, Job, JobState
from seawall.outbound.web import Answer
from seawall.workflows import webhooks
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Handler, Kind

HOST = "127.0.0.1"
DEADLINE_S = 30.0
#: Fast, so that tests need not wait, and with tries enough for a receiver that is away for a second.
QUICKLY = Backoff(first_s=0.02, most_s=0.1, tries=60)


def until(condition: Callable[[], object], deadline_s: float = DEADLINE_S) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "it has not come about in time"
        time.sleep(0.01)


@dataclass
class AtWork:
    """`does["name"]` does the tasks whose payload has `{"do": "name"}`."""

    library: Seawall
    runner: Runner
    does: dict[str, Handler]

    def put(
        self, do: str, kind: Kind = Kind.OUTCOME, *, job_id: str | None = None, actor: str | None = None
    ) -> str:
        library = self.library if actor is None else self.library.acting_as(actor)
        return library.tasks.put(kind, {"do": do}, id=job_id)

    def ended(self, job_id: str) -> Job:
        until(lambda: self.library.jobs.get(job_id).state in ENDED)
        return self.library.jobs.get(job_id)

    def in_state(self, job_id: str, state: JobState) -> Job:
        until(lambda: self.library.jobs.get(job_id).state is state)
        return self.library.jobs.get(job_id)


@contextmanager
def at_work(library: Seawall, **options: object) -> Iterator[AtWork]:
    does: dict[str, Handler] = {}

    def handler(library, task, steps):
        return does[task.payload["do"]](library, task, steps)

    handlers = {Kind.OUTCOME: handler, Kind.CHECK: handler, Kind.DELIVERY: webhooks.deliver}
    backoffs = {**dict.fromkeys(handlers, QUICKLY), Kind.CHECK: replace(QUICKLY, tries=3)}
    runner = Runner(
        library, handlers=handlers, **{"backoffs": backoffs, "periodic": {}, "together": {}, **options}
    )
    library.web = LoopbackWeb()
    runner.start()
    try:
        yield AtWork(library, runner, does)
    finally:
        runner.stop(5)


class LoopbackWeb:
    """The way out to this machine alone."""

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 1 << 20,
        max_s: float = 5.0,
    ) -> Answer:
        parts = urlsplit(url)
        if parts.hostname != HOST:
            raise errors.UnsafeUrl(url=url, reason="it is not on this machine")
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=min(max_s, 2.0))
        try:
            connection.request(method, parts.path or "/", body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(url, answer.status, body=answer.read(max_bytes))
        except OSError as cause:
            raise errors.FetchFailed(url=url, reason=str(cause) or type(cause).__name__) from cause
        finally:
            connection.close()

    def save(self, url, target, *, max_bytes, max_s):
        raise NotImplementedError


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def record(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Takes deliveries at an address that stays, whether it is up or down."""

    status: int = 200
    hangs: threading.Event | None = None
    got: list[Received] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _port: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}/hook"

    def up(self) -> None:
        if self._server is not None:
            return
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Received(dict(self.headers.items()), body))
                if receiver.hangs is not None:
                    receiver.hangs.wait(20)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((HOST, self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def receiver(**options: object) -> Iterator[Receiver]:
    made = Receiver(**options)
    made.up()
    try:
        yield made
    finally:
        if made.hangs is not None:
            made.hangs.set()
        made.down()
