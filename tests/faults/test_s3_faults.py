"""An S3 service that fails half of its calls, or all: nothing is lost, nothing half-written."""

from __future__ import annotations

import hashlib
import http.client
import io
import random
import socket
import struct
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from seawall import errors
from seawall.model.locks import Lock
from seawall.objects.s3 import PART_BYTES, S3Objects

LOOPBACK = "127.0.0.1"

#: Keeps a file, and says how much memory that took at most.
KEEPER = """
import resource, sys
from pathlib import Path
from seawall.objects.s3 import S3Objects
place, endpoint, source, digest = sys.argv[1:]
objects = S3Objects(place, endpoint=endpoint, access_key="key", secret_key="secret")
objects.has(digest)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
objects.put(Path(source), digest)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Unreliable(ThreadingHTTPServer):
    """Passes calls on to a service, and spoils some of them in every way that there is."""

    daemon_threads = True

    def __init__(self, endpoint, share, seed):
        super().__init__((LOOPBACK, 0), Handler)
        self.behind = urlsplit(endpoint).netloc
        self.share = share
        self.chance = random.Random(seed)
        self.spoiled = self.calls = 0
        self._lock = threading.Lock()

    def draw(self):
        with self._lock:
            self.calls += 1
            if self.chance.random() >= self.share:
                return "pass"
            self.spoiled += 1
            return self.chance.choice(["refuse", "reset", "lose the answer", "cut the answer"])

    def handle_error(self, request, client_address):
        """The client has gone."""


class Handler(BaseHTTPRequestHandler):
    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        what = self.server.draw()
        if what == "refuse":
            self.send_response(self.server.chance.choice([500, 503]))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if what == "reset":
            self._reset()
            return
        behind = http.client.HTTPConnection(self.server.behind)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        data = answer.read()
        behind.close()
        if what == "lose the answer" or (what == "cut the answer" and not data):
            self._reset()
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.end_headers()
        if what == "cut the answer":
            self.wfile.write(data[: len(data) // 2])
            self._reset()
            return
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _answer  # noqa: N815 - the base class's names

    def _reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args):
        """To nobody."""


@pytest.fixture
def behind(s3):
    """behind(address, share): objects at a service that spoils a share of the calls, and the service."""
    opened = []

    def make(address, share, patience_s=60.0, lock_mode=""):
        server = Unreliable(s3.endpoint, share, seed=7)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        opened.append((server, thread))
        endpoint = f"http://{LOOPBACK}:{server.server_port}"
        given = {"access_key": "key", "secret_key": "secret"}
        objects = S3Objects(address, endpoint=endpoint, patience_s=patience_s, lock_mode=lock_mode, **given)
        return objects, server

    yield make
    for server, thread in opened:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Shorter pauses: the law is the same."""
    monkeypatch.setattr("seawall.objects.bucket.FIRST_PAUSE_S", 0.005)
    monkeypatch.setattr("seawall.objects.bucket.LONGEST_PAUSE_S", 0.05)


def test_half_of_the_calls_fail_and_nothing_is_lost_or_half_written(s3, behind):
    address = s3.fresh()
    objects, server = behind(address, 0.5)
    chance = random.Random(3)
    kept = [chance.randbytes(size) for size in (0, 1, 70_000, 1_000_000, PART_BYTES, 3 * PART_BYTES + 5)]
    kept += [chance.randbytes(1000 + n) for n in range(20)]
    for data in kept:
        objects.put(io.BytesIO(data), sha256(data))
    for data in kept:
        with objects.open(sha256(data)) as stream:
            assert stream.read() == data
    assert set(objects.every()) == {sha256(data) for data in kept}
    with pytest.raises(errors.UnreadableFile):
        objects.put(io.BytesIO(kept[-1]), sha256(b"of other bytes"))
    with pytest.raises(errors.UnreadableFile):
        objects.put(io.BytesIO(kept[5]), sha256(b"of other bytes"))
    assert not objects.has(sha256(b"of other bytes"))
    assert server.spoiled > 30
    plain = S3Objects(address, endpoint=s3.endpoint, access_key="key", secret_key="secret")
    for digest in plain.every():
        with plain.open(digest) as stream:
            assert sha256(stream.read()) == digest


def test_half_of_the_calls_fail_and_what_is_locked_is_whole_and_locked(s3, behind, tmp_path):
    objects, server = behind(s3.fresh(locks=True), 0.5, lock_mode="governance")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
    chance = random.Random(3)
    for size in (0, 1000, 70_000, PART_BYTES + 5):
        data = chance.randbytes(size)
        path = tmp_path / str(size)
        path.write_bytes(data)
        assert objects.put_locked(path, sha256(data), until) == Lock("governance", until)
        assert objects.lock_of(sha256(data)) == Lock("governance", until)
        with objects.open(sha256(data)) as stream:
            assert stream.read() == data
    assert server.spoiled > 10


def test_a_service_that_fails_every_call_is_named_when_patience_ends(s3, behind):
    objects, _ = behind(s3.fresh(), 1.0, patience_s=0.3)
    data = b"x" * 100
    for ask in (
        lambda: objects.put(io.BytesIO(data), sha256(data)),
        lambda: objects.has(sha256(data)),
        lambda: objects.open(sha256(data)),
        lambda: list(objects.every()),
        objects.try_out,
        lambda: objects.lock_of(sha256(data)),
    ):
        with pytest.raises(errors.ObjectsUnreachable, match="s3://bucket") as failure:
            ask()
        assert "secret" not in str(failure.value)


def test_a_service_that_goes_away_while_an_object_is_read_is_named(s3, behind):
    objects, server = behind(s3.fresh(), 0.0, patience_s=0.3)
    data = random.Random(4).randbytes(10_000_000)
    objects.put(io.BytesIO(data), sha256(data))
    with objects.open(sha256(data)) as stream:
        assert stream.read(1000) == data[:1000]
        server.share = 1.0
        with pytest.raises(errors.ObjectsUnreachable):
            stream.read(9_900_000)
        server.share = 0.0
        stream.seek(1000)
        assert stream.read(9_900_000) == data[1000:9_901_000]


def test_a_service_that_is_not_there_or_has_no_such_bucket_is_named(s3):
    with socket.create_server((LOOPBACK, 0)) as nobody:
        port = nobody.getsockname()[1]
    given = {"access_key": "key", "secret_key": "secret", "patience_s": 0.2}
    gone = S3Objects("s3://bucket/x", endpoint=f"http://{LOOPBACK}:{port}", **given)
    with pytest.raises(errors.ObjectsUnreachable):
        gone.has(sha256(b""))
    other = S3Objects("s3://nosuchbucket/x", endpoint=s3.endpoint, **given)
    with pytest.raises(errors.ObjectsUnreachable, match="nosuchbucket"):
        other.put(io.BytesIO(b""), sha256(b""))


def test_a_large_file_is_never_wholly_in_memory(s3, tmp_path):
    piece = random.Random(5).randbytes(1 << 20)
    source = tmp_path / "large"
    digest = hashlib.sha256()
    with source.open("wb") as file:
        for number in range(100):
            file.write(number.to_bytes(4, "big") + piece)
            digest.update(number.to_bytes(4, "big") + piece)
    arguments = [s3.fresh(), s3.endpoint, str(source), digest.hexdigest()]
    done = subprocess.run(
        [sys.executable, "-c", KEEPER, *arguments], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 90 << 10  # KiB more than before
    objects = S3Objects(arguments[0], endpoint=s3.endpoint, access_key="key", secret_key="secret")
    with objects.open(digest.hexdigest()) as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == digest.hexdigest()
