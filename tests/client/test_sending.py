"""What the client sends, what it sends again and what not, and what it never shows."""

from __future__ import annotations

import io
import socket
import traceback
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from certificates import self_signed
from stub_service import AT, BANK, CHECKED, KEY, problem, stub

from seawall import errors
from seawall.client import Client, Hashes, Moment, Ruling


def keys(service):
    return [one.headers.get("Idempotency-Key") for one in service.asked]


# What is sent


def test_a_call_carries_the_key_and_a_change_a_key_of_idempotency(service, seawall):
    service.says((200, BANK))
    assert seawall.banks.get("KNOWN").created_at == AT
    seawall.banks.create("KNOWN")
    seawall.banks.create("KNOWN")
    seawall.banks.create("KNOWN", idempotency_key="mine-1")
    assert {one.headers["Authorization"] for one in service.asked} == {f"Bearer {KEY}"}
    read, first, second, chosen = keys(service)
    assert (read, chosen) == (None, "mine-1")
    assert first != second
    assert service.asked[1].json == {"name": "KNOWN", "negative": False, "labels": []}


def test_names_are_one_part_of_the_path_whatever_they_hold(service, seawall):
    service.says((200, BANK))
    seawall.banks.get("../keys?x#y")
    assert service.asked[0].path == "/v1/banks/..%2Fkeys%3Fx%23y"
    for name in ("", ".", ".."):
        with pytest.raises(ValueError, match="is no name"):
            seawall.banks.remove(name, "a reason")
    assert len(service.asked) == 1


def test_only_what_is_asked_for_is_in_the_query(service, seawall):
    service.says((200, {"items": [], "next_cursor": None}))
    assert list(seawall.matches(held=True, since=AT)) == []
    assert service.asked[0].query == {"held": ["true"], "since": [AT.isoformat()], "limit": ["100"]}


def test_a_call_of_any_kind_is_passed_on(service, seawall):
    service.says((200, [1, {"a": None}]))
    assert seawall.call("post", "/v1/new/{thing}", query={"deep": 2}, json={"a": None}) == [1, {"a": None}]
    (asked,) = service.asked
    assert (asked.method, asked.query, asked.json) == ("POST", {"deep": ["2"]}, {"a": None})
    assert asked.path in ("/v1/new/{thing}", "/v1/new/%7Bthing%7D")


def test_a_prefix_of_the_address_stays(service):
    service.says((204, None))
    with Client(f"{service.address}/safety/", KEY) as behind:
        behind.banks.remove("KNOWN", "a mistake")
    assert (service.asked[0].path, service.asked[0].query) == (
        "/safety/v1/banks/KNOWN",
        {"reason": ["a mistake"]},
    )


def test_hashes_and_rulings_are_sent_without_what_is_not_given(service, seawall):
    service.says((200, {"results": []}))
    seawall.check_hashes([Hashes(pdq="0" * 64, post="p"), Hashes(video=[Moment("f" * 64, 1.5)])])
    assert service.asked[0].json["queries"] == [
        {"pdq": "0" * 64, "quality": 100, "video": [], "context": {"post": "p"}},
        {"quality": 100, "video": [{"pdq": "f" * 64, "offset_s": 1.5, "quality": 100}]},
    ]
    ruling = Ruling(["i1"], "no_action", "a report", "notice", True, "none", ["stills"], starts_at=AT)
    service.says(problem("bad_decision", 422))
    with pytest.raises(errors.BadDecision):
        seawall.decide(ruling)
    sent = service.asked[1].json
    assert (sent["items"], sent["starts_at"]) == (["i1"], AT.isoformat())
    assert sent.keys() & {"ends_at", "incident", "reason"} == set()


# What is sent again


@pytest.mark.parametrize(
    "passing",
    [
        None,
        problem("too_many_calls", 429),
        problem("service_busy", 503),
        problem("call_under_way", 409),
        (502, b"<html>"),
        (503, b""),
        (504, b"no"),
    ],
    ids=["broken off", "429", "503", "under way", "502", "bare 503", "504"],
)
@pytest.mark.parametrize("method", ["get", "create"])
def test_what_may_pass_is_sent_again_under_the_same_key(service, seawall, waited, passing, method):
    service.says(passing, passing, (200, BANK))
    assert getattr(seawall.banks, method)("KNOWN").name == "KNOWN"
    assert len(set(keys(service))) == 1
    assert len(service.asked) == 3
    first_s, second_s = waited
    assert 0.1 <= first_s <= 0.25 <= second_s <= 0.5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 422, 500, 501, 507])
def test_what_would_fail_again_is_not_sent_again(service, seawall, waited, status):
    service.says(problem("bad_request", status))
    with pytest.raises(errors.BadRequest):
        seawall.banks.create("KNOWN")
    assert (len(service.asked), waited) == (1, [])


def test_it_gives_up_after_its_tries(service, waited):
    service.says(None)
    with Client(service.address, KEY, tries=3) as short, pytest.raises(errors.ServiceUnreachable):
        short.banks.create("KNOWN")
    assert (len(service.asked), len(waited)) == (3, 2)
    service.says(problem("too_many_calls", 429))
    with Client(service.address, KEY, tries=2) as shorter, pytest.raises(errors.TooManyCalls):
        shorter.me()
    assert len(service.asked) == 5


def test_it_waits_as_long_as_it_is_asked_to(service, seawall, waited):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    service.says(
        problem("too_many_calls", 429, Retry_After="7"),
        problem("service_busy", 503, Retry_After=later),
        problem("service_busy", 503, Retry_After="soon"),
        (200, BANK),
    )
    seawall.banks.get("KNOWN")
    assert waited[0] == 7.0
    assert 15.0 < waited[1] <= 20.0
    assert 0.5 <= waited[2] <= 1.0


def test_it_does_not_wait_for_hours(service, seawall, waited):
    service.says(problem("too_many_calls", 429, Retry_After="7200"))
    with pytest.raises(errors.TooManyCalls) as raised:
        seawall.me()
    assert raised.value.fields["wait_s"] == 7200.0
    assert (len(service.asked), waited) == (1, [])


def test_a_service_that_is_not_there_is_said_to_be_so(waited):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
    nowhere = Client(f"http://{host}:{port}", KEY, tries=2)
    with nowhere, pytest.raises(errors.ServiceUnreachable, match=str(port)):
        nowhere.me()
    assert len(waited) == 1


def test_a_service_that_does_not_answer_is_not_waited_for_long(waited):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        silent = Client(f"http://{host}:{port}", KEY, timeout_s=0.05, tries=2)
        with silent, pytest.raises(errors.ServiceUnreachable, match="timed out"):
            silent.me()


def test_a_certificate_is_verified(tmp_path, waited):
    certificate = self_signed(tmp_path / "service.pem")
    with stub(certificate) as service:
        usual = Client(service.address, KEY, tries=1)
        with usual, pytest.raises(errors.ServiceUnreachable, match="certificate"):
            usual.banks.get("KNOWN")
        assert service.asked == []
        service.says((200, BANK))
        with Client(service.address, KEY, tries=1, ca_file=certificate) as seawall:
            assert seawall.banks.get("KNOWN").name == "KNOWN"


def test_a_redirection_is_not_followed(service, seawall):
    service.says((307, {}, {"Location": "https://elsewhere.example/v1/me"}))
    with pytest.raises(errors.BadAnswer, match="307"):
        seawall.me()
    assert len(service.asked) == 1


# Secrets


def test_the_key_is_shown_nowhere(service, waited):
    service.says(None)
    seawall = Client(service.address, KEY, tries=2)
    for one in (seawall, seawall.banks, seawall._transport):
        assert KEY not in repr(one)
        assert KEY not in str(one)
    with pytest.raises(errors.ServiceUnreachable) as raised:
        seawall.banks.create("KNOWN")
    ours = raised.value.with_traceback(raised.tb.tb_next)  # the stub knows the key, and is in this frame
    seen = "".join(traceback.TracebackException.from_exception(ours, capture_locals=True).format())
    assert "create" in seen
    assert KEY not in seen
    assert KEY not in repr(vars(raised.value))
    seawall.close()


def test_a_key_that_no_header_can_hold_is_not_shown_either():
    for wrong in ("swk_schlüssel", "two words", "line\nbreak", ""):
        with pytest.raises(ValueError, match="printable") as raised:
            Client("https://seawall.example", wrong)
        assert not wrong or wrong not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "seawall.example",
        "ftp://seawall.example",
        "https://",
        "https://ada:pw@seawall.example",
        "https://a/?q=1",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="address") as raised:
        Client(address, KEY)
    assert "pw" not in str(raised.value)


def test_a_call_is_sent_once_at_least():
    with pytest.raises(ValueError, match="tries"):
        Client("https://seawall.example", KEY, tries=0)


def test_secrets_that_are_shown_once_are_in_no_repr(service, seawall):
    made = {
        "id": "0f1e",
        "user": "ada",
        "name": "n",
        "scopes": ["check"],
        "created_at": "2026-03-01T12:00:00Z",
    }
    service.says((201, {"key": made, "secret": "swk_new"}))
    key = seawall.keys.create("ada", "n", ["check"], expires_at=AT)
    assert key.secret == "swk_new"
    assert "swk_new" not in repr(key)
    assert service.asked[0].json["expires_at"] == AT.isoformat()


# Files


def test_a_file_is_sent_anew_and_from_its_start(service, seawall, waited, tmp_path):
    path = tmp_path / 'na"me \N{SNOWMAN}.png'
    path.write_bytes(b"the bytes")
    stream = io.BytesIO(b"the bytes")
    stream.read()
    for file in (path, str(path), stream):
        service.says(None, (200, {"results": [CHECKED]}))
        seawall.check(file, uploader="u", post=None)
    assert len(service.asked) == 6
    for one in service.asked:
        assert one.body.count(b"the bytes") == 1
        assert b'name="uploader"\r\n\r\nu\r\n' in one.body
        assert b'name="post"' not in one.body
    assert 'filename="na%22me \N{SNOWMAN}.png"'.encode() in service.asked[0].body


def test_a_file_is_never_wholly_in_memory(service, seawall, tmp_path):
    size_bytes = 64 << 20
    with (tmp_path / "large.mp4").open("wb") as file:
        file.truncate(size_bytes)
    service.says((200, {"results": [CHECKED]}))
    tracemalloc.start()
    seawall.check(tmp_path / "large.mp4")
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert service.asked[0].body_bytes > size_bytes
    assert peak_bytes < 4 << 20


def test_a_file_that_is_not_there_is_said_to_be_so(service, seawall, tmp_path):
    with pytest.raises(errors.PathNotFound, match=r"none\.png"):
        seawall.check(tmp_path / "none.png")
    with pytest.raises(errors.UnreadableFile):
        seawall.check(tmp_path)
    assert service.asked == []
