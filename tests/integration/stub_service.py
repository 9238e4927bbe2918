"""A service that answers as a test says and remembers what it was asked; and records as one sends them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PIECE_BYTES = 1 << 16

# Records as the service sends them.

KEY = "swk_0f1e2d3c_verysecret"
BANK = {
    "name": "KNOWN",
    "negative": False,
    "labels": ["a"],
    "created_at": "2026-03-01T12:00:00Z",
    "references": 1,
}
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHECKED = {
    "path": "a.png",
    "sha256": None,
    "kind": "image",
    "duration_s": None,
    "matches": [],
    "suppressed": [],
    "skipped": [],
    "error": None,
    "timing_ms": {},
}


@dataclass
class Asked:
    """One call as it came."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    body_bytes: int

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Stub:
    """Answers are (status, document, headers); None breaks the connection off. The last one stays."""

    answers: list = field(default_factory=lambda: [(200, {}, {})])
    asked: list[Asked] = field(default_factory=list)
    address: str = ""

    def says(self, *answers):
        self.answers[:] = [one if one is None else (*one, {})[:3] for one in answers]

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def problem(code, status, detail="it is so", **headers):
    document = {"code": code, "detail": detail, "status": status, "remedy": "Do so.", "request": "5f0c"}
    return status, document, {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def stub(certificate: Path | None = None) -> Iterator[Stub]:
    """A stub that is served until the block ends; with a certificate and its key in one file, over TLS."""
    made = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            left = size = int(self.headers.get("Content-Length") or 0)
            body = b""
            while left:
                piece = self.rfile.read(min(left, PIECE_BYTES))
                left -= len(piece)
                body = body + piece if len(body) < PIECE_BYTES else body
            asked = Asked(
                self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), body, size
            )
            made.asked.append(asked)
            answer = made.next()
            if answer is None:
                self.close_connection = True
                return
            status, document, headers = answer
            data = document if isinstance(document, bytes) else json.dumps(document).encode()
            data = b"" if status == 204 else data
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - as its base calls them

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True  # one waits for the next call of a connection that the client keeps

        def handle_error(self, *_: object) -> None:
            """A client may break off."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    host, port = server.server_address[:2]
    made.address = f"{'http' if certificate is None else 'https'}://{host}:{port}"
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
