"""The guarded client against servers that mean harm: where it connects, how long it waits, what it takes."""

from __future__ import annotations

import gzip
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from certificates import self_signed
from hypothesis import given, strategies as st

from seawall import config, errors
from seawall.outbound import addresses, guarded, names, targets

LOCAL = "127.0.0.1"
Talk = Callable[[socket.socket, bytes], None]


class Server:
    """Answers each connection's request by one function; remembers what was asked."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._context = context
        self._listener = socket.create_server((LOCAL, 0))
        self.port = self._listener.getsockname()[1]
        self.asked: list[bytes] = []
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError):
                connection, _ = self._listener.accept()
                if self._ended.is_set():
                    connection.close()
                    return
                connection.settimeout(10)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            talking = connection
            if self._context is not None:
                talking = self._context.wrap_socket(connection, server_side=True)
            with talking:
                request = b""
                while b"\r\n\r\n" not in request:
                    piece = talking.recv(1 << 16)
                    if not piece:
                        return
                    request += piece
                if request.startswith(b"POST") and request.endswith(b"\r\n\r\n"):
                    request += talking.recv(1 << 16)
                self.asked.append(request)
                self._talk(talking, request)

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError), socket.create_connection((LOCAL, self.port), 1):
            pass
        self._thread.join(15)
        self._listener.close()
        assert not self._thread.is_alive()


@contextmanager
def serving(talk: Talk | bytes, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server((lambda to, _: to.sendall(talk)) if isinstance(talk, bytes) else talk, context)
    try:
        yield server
    finally:
        server.close()


def said(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def at(*found: str) -> names.Resolver:
    """A resolver that knows these addresses for every name."""
    return lambda _host, _port: list(found)


def web(*exempt: str, resolver: names.Resolver = at(LOCAL), **rest) -> guarded.Guarded:
    return guarded.Guarded(exempt, resolver=resolver, **rest)


def refused(url: str, **rest) -> str:
    with pytest.raises(errors.UnsafeUrl) as caught:
        web(**rest).call("GET", url, max_s=5)
    return caught.value.message


# Where it goes


def test_an_exempt_host_is_asked_by_its_name_at_the_address_that_was_resolved():
    with serving(said(b"hello", "X-One: 1", "X-One: 2")) as server:
        answer = web(f"good.test:{server.port}").call(
            "POST", f"http://good.test:{server.port}/a?b=%20", headers={"X-Mine": "1"}, body=b"asked"
        )
    assert (answer.status, answer.body, answer.headers["x-one"]) == (200, b"hello", "1, 2")
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /a?b=%20 HTTP/1.1"
    assert {f"host: good.test:{server.port}", "accept-encoding: identity", "x-mine: 1"} <= {
        line.lower() for line in lines
    }
    assert body == b"asked"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://good.test/",
        "data:text/plain,hello",
        "ftp://good.test/",
        "//good.test/",
        "good.test",
        "http://",
        "http://user@good.test/",
        "http://user:secret@good.test/",
        "http://good.test\\@127.0.0.1/",
        "http://good.test/a b",
        "http://good.test/\r\nHost: other",
        "http://good.test:22/",
        "http://good.test:0/",
        "http://good.test:99999/",
        "http://good.test:port/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://a%2eb/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://1.2.3.256/",
        "http://good.test.0x1/",
        "http://１２７.0.0.1/",
        "http://" + "a" * 5000 + "/",
    ],
)
def test_an_address_is_refused_by_its_spelling(url):
    refused(url, resolver=lambda *_: pytest.fail("it was resolved"))


PIECES = st.sampled_from(
    "http: https: // / a.test 127.0.0.1 [::1] @ : 80 ? # %2e . .. \\ é 。 １ 0x7f x - _ [ ] ; & \x01".split()
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40).map(lambda one: f"http://{one}"))
def test_what_is_taken_apart_means_the_same_when_it_is_put_together(url):
    """Else what is checked would not be what is asked."""
    exempt = addresses.exempt(["a.test"])
    try:
        target = targets.parsed(url, exempt)
    except errors.UnsafeUrl:
        return
    assert target.scheme in ("http", "https")
    assert target.host == target.host.lower()
    assert target.path.startswith("/")
    assert target.url.isascii()
    assert not any(one.isspace() for one in target.url)
    assert targets.parsed(target.url, exempt) == target


@pytest.mark.parametrize(
    "found",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.9.9.9",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_name_and_no_literal_leads_to_an_address_that_is_not_public(found):
    literal = f"[{found}]" if ":" in found else found
    assert "its address is" in refused(f"http://{literal}/")
    assert "its address is" in refused("https://name.example/", resolver=at(found))
    # one bad address among good ones is enough
    assert "its address is" in refused("https://name.example/", resolver=at("192.0.43.8", found))


@pytest.mark.parametrize(
    "found", ["1.1.1.1", "192.0.43.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_public(found):
    assert addresses.refusal(ipaddress.ip_address(found)) is None


@given(st.ip_addresses())
def test_what_is_public_here_is_global_to_the_standard_library(address):
    if addresses.refusal(address) is None and address.version == 4:
        assert address.is_global
        assert not address.is_multicast
        assert addresses.refusal(ipaddress.ip_address(f"::ffff:{address}")) is None
    elif address.version == 4:
        assert addresses.refusal(ipaddress.ip_address(f"::ffff:{address}")) is not None


def test_exempt_hosts_and_networks():
    rules = addresses.exempt(["Inner.Test", "other.test:9000", "[fd00::1]:81", "10.0.0.0/8", "fd01::/16", ""])
    private = ipaddress.ip_address("192.168.0.9")
    assert rules.refusal("inner.test", 80, private) is None
    assert rules.refusal("other.test", 9000, private) is None
    assert rules.refusal("other.test", 9001, private) == "private"
    assert rules.refusal("any.test", 80, ipaddress.ip_address("10.3.3.3")) is None
    assert rules.refusal("any.test", 80, ipaddress.ip_address("::ffff:10.3.3.3")) is None
    assert rules.refusal("fd00::1", 81, ipaddress.ip_address("fd00::1")) is None
    assert rules.port("10.3.3.3", 5)
    assert rules.port("inner.test", 5)
    assert not rules.port("other.test", 5)
    # a name that somebody else may point elsewhere is no leave to ask a machine's own metadata service
    assert rules.refusal("inner.test", 80, ipaddress.ip_address("169.254.169.254")) == "link-local"


@pytest.mark.parametrize("item", ["10.0.0.0/99", "a:b", ":80", "host:99999", "10.0.0.1/8"])
def test_an_exemption_that_cannot_be_read_is_a_bad_setting(item):
    with pytest.raises(errors.BadSetting, match="fetch_hosts"):
        guarded.Guarded([item])


def test_the_setting_opens_a_client(tmp_path):
    settings = config.load(tmp_path, {"SEAWALL_FETCH_HOSTS": "one.test:9000, 10.0.0.0/8"})
    guarded.opened(settings)


def test_a_name_that_resolves_differently_the_second_time_is_asked_at_the_first_address():
    """Once for each request: nobody asks again between the check and the connection."""
    calls = []

    def rebinding(host: str, port: int) -> list[str]:
        calls.append(host)
        return [LOCAL] if len(calls) == 1 else ["127.0.0.2"]

    with serving(said(b"first")) as server:
        answer = web(f"turn.test:{server.port}", resolver=rebinding).call(
            "GET", f"http://turn.test:{server.port}/"
        )
    assert answer.body == b"first"
    assert calls == ["turn.test"]


def test_the_second_resolution_of_a_redirect_is_judged_anew():
    found = iter([[LOCAL], ["169.254.169.254"]])
    with serving(said(b"", "Location: /again", status="302 Found")) as server:
        turning = web(f"turn.test:{server.port}", resolver=lambda *_: next(found))
        with pytest.raises(errors.UnsafeUrl, match="link-local"):
            turning.call("GET", f"http://turn.test:{server.port}/")
    assert len(server.asked) == 1


def test_another_address_is_tried_where_the_first_does_not_answer():
    with serving(said(b"hello")) as server:
        both = web(f"name.test:{server.port}", resolver=at("127.0.0.9", LOCAL))
        assert both.call("GET", f"http://name.test:{server.port}/").body == b"hello"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://localhost:8080/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "data:text/plain,x",
        "http://user@good.test/",
        "http://good.test:22/",
        "//127.0.0.1/",
        "http://0x7f000001/",
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(location):
    with (
        serving(said(b"", f"Location: {location}", status="302 Found")) as server,
        pytest.raises(errors.UnsafeUrl),
    ):
        web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/", max_s=5)
    assert len(server.asked) == 1


def test_redirects_are_followed_and_secrets_stay_with_their_server():
    with (
        serving(said(b"there")) as other,
        serving(said(b"", f"Location: http://b.test:{other.port}/x", status="301 Moved")) as first,
    ):
        answer = web(f"a.test:{first.port}", f"b.test:{other.port}").call(
            "GET",
            f"http://a.test:{first.port}/",
            headers={"Authorization": "Bearer secret", "Cookie": "c=1", "Accept": "text/plain"},
        )
    assert answer.body == b"there"
    assert answer.url == f"http://b.test:{other.port}/x"
    assert b"secret" in first.asked[0]
    assert b"secret" not in other.asked[0]
    assert b"cookie" not in other.asked[0].lower()
    assert b"text/plain" in other.asked[0]


def test_redirects_end():
    with (
        serving(said(b"", "Location: /", status="307 Again")) as server,
        pytest.raises(errors.FetchFailed, match="more than 5 times"),
    ):
        web(f"good.test:{server.port}").call("GET", f"http://good.test:{server.port}/")
    assert len(server.asked) == guarded.MAX_REDIRECTS + 1


def test_what_was_posted_is_not_sent_on():
    with serving(said(b"", "Location: /other", status="307 Again")) as server:
        answer = web(f"good.test:{server.port}").call("POST", f"http://good.test:{server.port}/", body=b"x")
    assert answer.status == 307
    assert len(server.asked) == 1


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
