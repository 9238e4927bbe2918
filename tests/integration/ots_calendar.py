"""A calendar of the tests' own (OpenTimestamps), on loopback: it promises, and later names a block."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from seawall.evidence import calendars

BLOCK = 912_095


def end(kind: str, said: bytes) -> bytes:
    """What a path ends in, as it is written."""
    return b"\x00" + bytes.fromhex(kind) + bytes([len(said)]) + said


def promise(address: str) -> bytes:
    return end("83dfe30d2ef90c8e", bytes([len(address)]) + address.encode())


def block(height: int) -> bytes:
    number = bytearray()
    while height >= 0x80:
        number.append(height & 0x7F | 0x80)
        height >>= 7
    return end("0588960d73d71901", bytes([*number, height]))


def proof(message: bytes, written: bytes) -> bytes:
    return calendars.MAGIC + b"\x01\x08" + hashlib.sha256(message).digest() + written


class Calendar:
    """What it was asked for, and what it says."""

    def __init__(self) -> None:
        self.address = ""
        self.known: set[bytes] = set()
        self.asked = 0
        self.confirmed = False
        self.status = 200
        self.body: bytes | None = None  #: in the place of what it would say

    def submitted(self, digest: bytes) -> bytes:
        self.asked += 1
        nonce = hashlib.sha256(b"nonce" + digest).digest()[:16]
        self.known.add(hashlib.sha256(digest + nonce).digest())
        return b"\xf0\x10" + nonce + b"\x08" + promise(self.address)

    def completed(self, commitment: bytes) -> bytes | None:
        """The path through a transaction of Bitcoin, beside one to another promise."""
        self.asked += 1
        if not self.confirmed or commitment not in self.known:
            return None
        path = b"\xf1\x04head\xf0\x04tail\x08\x08"
        return b"\xff" + promise("https://other.example.org") + path + block(BLOCK)


@contextmanager
def calendar() -> Iterator[Calendar]:
    """A calendar that is served."""
    made = Calendar()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/digest"
            self.answer(made.submitted(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self):
            self.answer(made.completed(bytes.fromhex(self.path.removeprefix("/timestamp/"))))

        def answer(self, body):
            body = body if made.body is None else made.body
            self.send_response(404 if body is None else made.status)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
