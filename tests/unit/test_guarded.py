"""The guarded client: which addresses it asks, and which it never does."""

from __future__ import annotations

import ipaddress

import pytest
from harmful import LOCAL, at, refused, said, serving, web
from hypothesis import given, strategies as st

from seawall import config, errors
from seawall.outbound import addresses, guarded, targets

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
    [
        *"abx01789@:?#[];&-_.%/\\\x01 ",
        "http:",
        "https:",
        "//",
        "a.test",
        "127.0.0.1",
        "[::1]",
        "é",
        "。",
        "１",
        "0x7f",
    ]
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
