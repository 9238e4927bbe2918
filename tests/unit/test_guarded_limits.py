"""The guarded client against servers that mean harm: how long it waits, what it takes, whom it believes."""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import threading
import time
from contextlib import suppress

import pytest
from certificates import self_signed
from harmful import LOCAL, Talk, at, refused, said, serving, web

from seawall import errors
from seawall.outbound import targets

# How long it waits


def dripping(start: bytes, drop: bytes = b"x") -> Talk:
    """The start, and then one byte ten times a second, for ever."""

    def talk(to: socket.socket, _: bytes) -> None:
        with suppress(OSError):
            to.sendall(start)
            while True:
                to.sendall(drop)
                time.sleep(0.1)

    return talk


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX-", said()[:-2] + b"X-", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"],
    ids=["status", "header", "headers", "body"],
)
def test_a_server_that_drips_is_left_in_time(start):
    drop = b"HTTP/1.1 100 Continue\r\n\r\n" if start == b"" else b"x"
    with serving(dripping(start, drop)) as server:
        started_s = time.monotonic()
        with pytest.raises(errors.FetchFailed, match=r"took more than 0\.6 s"):
            web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/", max_s=0.6)
        assert time.monotonic() - started_s < 2


def test_a_server_that_never_speaks_tls_is_left_in_time():
    with socket.create_server((LOCAL, 0)) as listener:
        port = listener.getsockname()[1]
        started_s = time.monotonic()
        with pytest.raises(errors.FetchFailed):
            web(f"good.test:{port}").call("GET", f"https://good.test:{port}/", max_s=0.6)
        assert time.monotonic() - started_s < 2


def test_a_server_that_takes_no_body_is_left_in_time():
    def deaf(to: socket.socket, _: bytes) -> None:
        time.sleep(1)

    with serving(deaf) as server:
        started_s = time.monotonic()
        with pytest.raises(errors.FetchFailed):
            web(f"good.test:{server.port}").call(
                "POST", f"http://good.test:{server.port}/", body=bytes(64 << 20), max_s=0.6
            )
        assert time.monotonic() - started_s < 2


def test_a_resolver_that_hangs_is_left_in_time():
    release = threading.Event()
    started_s = time.monotonic()
    with pytest.raises(errors.FetchFailed, match="took more than"):
        web(resolver=lambda *_: release.wait(10) and []).call("GET", "http://name.example/", max_s=0.3)
    release.set()
    assert time.monotonic() - started_s < 2


@pytest.mark.parametrize("resolver", [at(), at(*["1.1.1.1"] * 99), at("no address")])
def test_a_resolver_that_knows_nothing_usable_is_a_failure(resolver):
    with pytest.raises(errors.FetchFailed):
        web(resolver=resolver).call("GET", "http://name.example/", max_s=2)


def test_a_name_that_is_not_there_is_a_failure():
    def none(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(errors.FetchFailed, match="not known"):
        web(resolver=none).call("GET", "http://name.example/", max_s=2)


# What it takes


def endless(head: bytes, piece: bytes) -> Talk:
    def talk(to: socket.socket, _: bytes) -> None:
        with suppress(OSError):
            to.sendall(head)
            while True:
                to.sendall(piece)

    return talk


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "talk",
    [
        endless(b"HTTP/1.1 200 OK\r\n\r\n", bytes(4096)),
        endless(CHUNKED, b"1000\r\n" + bytes(4096) + b"\r\n"),
        endless(CHUNKED, b"1;" + b"e" * 200 + b"\r\nx\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"v" * 1000 + b"\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"v" * 4096),
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    ],
    ids=["unsized", "chunked", "extensions", "headers", "header", "informational"],
)
def test_an_answer_without_end_is_left(talk):
    with serving(talk) as server, pytest.raises(errors.FetchFailed):
        web(f"good.test:{server.port}").call(
            "GET", f"http://good.test:{server.port}/", max_bytes=100_000, max_s=20
        )


def test_an_answer_that_says_that_it_is_too_large_is_not_read():
    with (
        serving(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") as server,
        pytest.raises(errors.FetchFailed, match="larger than 1000 bytes"),
    ):
        web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/", max_bytes=1000)


def test_an_answer_of_just_the_size_is_taken():
    with serving(said(bytes(1000))) as server:
        answer = web(f"good.test:{server.port}").call(
            "GET", f"http://good.test:{server.port}/", max_bytes=1000
        )
    assert answer.body == bytes(1000)


def test_a_compressed_answer_is_refused_unread():
    bomb = gzip.compress(bytes(50_000_000))
    with serving(said(bomb, "Content-Encoding: gzip")) as server:
        into = io.BytesIO()
        with pytest.raises(errors.FetchFailed, match="compressed"):
            web(f"good.test:{server.port}").save(
                f"http://good.test:{server.port}/", into, max_bytes=1 << 30, max_s=10
            )
    assert into.getvalue() == b""


def test_an_answer_that_breaks_off_is_no_answer():
    with (
        serving(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as server,
        pytest.raises(errors.FetchFailed),
    ):
        web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/")


def test_a_file_is_written_only_from_an_answer_that_has_it():
    with serving(said(b"no such page", status="404 Not Found")) as server:
        into = io.BytesIO()
        url = f"http://good.test:{server.port}/"
        answer = web(f"good.test:{server.port}").save(url, into, max_bytes=1000, max_s=5)
    assert (answer.status, answer.body, into.getvalue()) == (404, b"", b"")


def test_a_full_disk_is_no_fault_of_the_server():
    with serving(said(bytes(100_000))) as server, open("/dev/full", "wb", buffering=0) as full:
        url = f"http://good.test:{server.port}/"
        with pytest.raises(errors.DiskFull):
            web(f"good.test:{server.port}").save(url, full, max_bytes=1 << 20, max_s=5)


def test_headers_cannot_be_smuggled():
    with serving(said()) as server, pytest.raises(errors.FetchFailed):
        web(f"good.test:{server.port}").call(
            "GET", f"http://good.test:{server.port}/", headers={"X-A": "1\r\nX-B: 2"}
        )


def test_no_proxy_is_taken_from_the_environment(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(said(b"direct")) as server:
        assert (
            web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/").body == b"direct"
        )


def test_errors_name_no_secrets_of_the_address():
    message = refused("http://user:word@good.test/path?token=secret#part")
    assert "http://good.test/path is not fetched" in message
    assert targets.shown("http://a/" + "x" * 999).endswith("...")


# Certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for good.test: its file, with its key."""
    return self_signed(tmp_path_factory.mktemp("tls") / "good.pem", "good.test")


@pytest.fixture
def secured(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(said(b"secured"), context) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_refused(secured):
    with pytest.raises(errors.FetchFailed, match=r"(?i)certificate"):
        web(f"good.test:{secured.port}").call("GET", f"https://good.test:{secured.port}/", max_s=5)
    assert secured.asked == []


def test_the_certificate_is_checked_for_the_name_not_for_the_address(secured, certificate):
    trusting = ssl.create_default_context(cafile=str(certificate))
    client = web(f"good.test:{secured.port}", f"evil.test:{secured.port}", context=trusting)
    assert client.call("GET", f"https://good.test:{secured.port}/", max_s=5).body == b"secured"
    with pytest.raises(errors.FetchFailed, match=r"(?i)hostname|certificate"):
        client.call("GET", f"https://evil.test:{secured.port}/", max_s=5)


def test_a_redirect_from_https_to_http_is_refused(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with (
        serving(said(b"", "Location: http://good.test/", status="302 Found"), context) as server,
        pytest.raises(errors.UnsafeUrl, match="from https to http"),
    ):
        web("good.test", context=trusting).call("GET", f"https://good.test:{server.port}/", max_s=5)
