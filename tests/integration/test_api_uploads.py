"""Files over HTTP: checked, added, refused, and never left behind."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import resource
import socket
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from calling import write_picture
from PIL import Image
from serving import client, key, served

from seawall import config, errors
from seawall.api import bodies
from seawall.model.access import Scope
from seawall.outbound.web import Answer
from seawall.workflows import tasks
from seawall.workflows.library import Seawall
from seawall.workflows.recorded_checks import RecordedChecks

URL = "https://example.org/media/known.png?x=1"


class Stub:
    """A way out on which one address answers."""

    def __init__(self, data):
        self.data = data

    def call(self, method, url, **_):
        raise AssertionError

    def save(self, url, target, *, max_bytes, max_s):
        if url != URL:
            raise errors.UnsafeUrl(url=url, reason="a test says so")
        target.write(self.data)
        return Answer(url, 200)


class Done:
    """Steps that are taken at once."""

    def run(self, name, work):
        return work()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    return [write_picture(folder / f"{seed}.png", seed).read_bytes() for seed in range(3)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uploads") / "data"
    with Seawall(config.load(folder, {"SEAWALL_MAX_SYNC_BYTES": "300000"})) as opened:
        opened.bank_create("KNOWN")
        yield opened


@pytest.fixture(scope="module")
def address(library, pictures):
    with served(library, web=Stub(pictures[0])) as where:
        yield where


@pytest.fixture(scope="module")
def caller(library, address):
    with client(address, key(library)) as made:
        yield made


@pytest.fixture(scope="module")
def known(caller, pictures):
    answer = caller.post(
        "/v1/banks/KNOWN/references",
        files={"file": ("known.png", pictures[0], "text/plain")},
        data={"labels": ["one", "two"], "note": "a note"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["reference"]


def left(library):
    folder = library.settings.data / "uploads"
    return list(folder.iterdir()) if folder.exists() else []


# Checks


def test_a_file_is_checked_under_the_name_it_was_sent_with(caller, known, pictures, library):
    answer = caller.post(
        "/v1/check",
        files={"file": ("../../etc/name.png", pictures[0])},
        data={"uploader": "u-1", "post": "p-1"},
    )
    assert answer.status_code == 200
    document = answer.json()
    assert document["schema"] == "seawall.check/1"
    (result,) = document["results"]
    assert result["path"] == "name.png"
    assert result["sha256"] == hashlib.sha256(pictures[0]).hexdigest()
    assert result["kind"] == "image"
    assert result["matches"][0]["reference"] == known["id"]
    assert left(library) == []


def test_what_is_unknown_matches_nothing(caller, known, pictures):
    assert caller.post("/v1/check", files={"file": pictures[1]}).json()["results"][0]["matches"] == []


def test_an_address_is_fetched_and_checked(caller, known, library):
    (result,) = caller.post("/v1/check", json={"url": URL, "post": "p"}).json()["results"]
    assert (result["path"], result["matches"][0]["reference"]) == ("known.png", known["id"])
    refused = caller.post("/v1/check", json={"url": "http://elsewhere.example/"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unsafe_url")
    assert left(library) == []


@pytest.mark.parametrize("sent", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_a_file_that_cannot_be_read_is_a_result_that_says_so(caller, library, sent):
    answer = caller.post("/v1/check", files={"file": ("bad.png", sent)})
    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert result["error"]["code"]
    assert str(library.settings.data) not in answer.text


def test_several_files_are_checked_in_their_order(caller, known, pictures, library):
    files = [("files", (f"{number}.png", data)) for number, data in enumerate([*pictures, b"x"])]
    results = caller.post("/v1/check/batch", files=files).json()["results"]
    assert [one["path"] for one in results] == ["0.png", "1.png", "2.png", "3.png"]
    assert [bool(one["matches"]) for one in results] == [True, False, False, False]
    assert results[3]["error"]
    assert left(library) == []


def test_a_large_file_is_checked_later(caller, known, pictures, library):
    data = pictures[0] + b"\0" * 400_000  # what follows a picture is no part of it
    answer = caller.post("/v1/check", files={"file": ("large.png", data)}, data={"uploader": "u-2"})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert answer.headers["location"] == f"/v1/jobs/{job}"
    (task,) = [one for one in library.tasks.waiting(100) if one.id == job]
    assert left(library) == []
    result = tasks.HANDLERS[tasks.Kind(task.kind)](library, task, Done())["results"][0]
    assert json.dumps(result)
    assert (result["path"], result["matches"][0]["reference"]) == ("large.png", known["id"])
    assert left(library) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"--x--", "multipart/form-data"),
        (b"--x--", "multipart/form-data; boundary=" + "y" * 3000),
        (b"{}", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff", "text/plain"),
    ],
)
def test_a_body_that_is_no_upload_is_refused(caller, library, content, kind):
    answer = caller.post("/v1/check", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert left(library) == []


def test_forms_have_limits(caller, pictures, library):
    two = [("file", ("a", pictures[0])), ("file", ("b", pictures[1]))]
    assert caller.post("/v1/check", files=two).status_code == 422
    many = [("files", (str(number), b"x")) for number in range(101)]
    assert caller.post("/v1/check/batch", files=many).status_code == 422
    fields = {f"f{number}": "x" for number in range(200)}
    assert caller.post("/v1/check", files={"file": b"x"}, data=fields).status_code == 422
    long = caller.post("/v1/check", files={"file": b"x"}, data={"post": "x" * 100_000})
    assert (long.status_code, long.json()["code"]) == (413, "body_too_large")
    assert left(library) == []


# References


def test_a_reference_is_what_was_said_of_it(caller, known, pictures):
    shown = caller.get(f"/v1/references/{known['id']}").json()
    assert shown == known
    assert (shown["name"], shown["labels"], shown["note"]) == ("known.png", ["one", "two"], "a note")
    assert shown["origin"] == "upload by tester/test"
    content = caller.get(f"/v1/content/{hashlib.sha256(pictures[0]).hexdigest()}").json()
    assert [one["id"] for one in content["references"]] == [known["id"]]
    assert content["file"]["format"] == "png"
    assert caller.get("/v1/content/" + "0" * 64).status_code == 404


def test_a_reference_is_added_by_hashes_and_found(caller, library):
    pdq = hashlib.sha256(b"some").hexdigest()
    sent = {"name": "listed", "hashes": [{"type": "pdq", "value": pdq}], "labels": ["list"]}
    made = caller.post("/v1/banks/KNOWN/references", json=sent)
    assert made.status_code == 201
    assert made.json()["reference"]["name"] == "listed"
    assert made.json()["reference"]["sha256"] is None
    again = caller.post("/v1/banks/KNOWN/references", json=sent)
    assert (again.json()["already"], again.json()["reference"]["id"]) == (
        True,
        made.json()["reference"]["id"],
    )
    for wrong in (
        {"hashes": [{"type": "pdq", "value": "00"}]},
        {"hashes": [{"type": "pdq", "value": pdq}, {"type": "pdq", "value": pdq[::-1]}]},
        {"hashes": []},
        {"hashes": [{"type": "pdq", "value": pdq}], "url": URL},
        {},
    ):
        assert caller.post("/v1/banks/KNOWN/references", json=wrong).status_code == 422
    assert caller.post("/v1/banks/NONE/references", json=sent).status_code == 404


def test_a_file_that_cannot_be_used_is_no_reference(caller, library):
    answer = caller.post("/v1/banks/KNOWN/references", files={"file": ("bad.png", b"no picture")})
    assert answer.status_code in (415, 422)
    assert "bad.png" in answer.json()["detail"]
    assert str(library.settings.data) not in answer.text
    assert left(library) == []


def test_references_are_labelled_disputed_cleared_and_withdrawn(caller, pictures):
    made = caller.post("/v1/banks/KNOWN/references", files={"file": ("1.png", pictures[1])}).json()
    where = f"/v1/references/{made['reference']['id']}"
    assert caller.post(f"{where}/labels", json={"labels": ["x", "y"]}).json()["labels"] == ["x", "y"]
    assert caller.request("DELETE", f"{where}/labels", params={"label": "x"}).json()["labels"] == ["y"]
    assert [one["id"] for one in caller.get("/v1/references", params={"label": "y"}).json()["items"]] == [
        made["reference"]["id"]
    ]
    for verb, state in (("dispute", "disputed"), ("clear", "active"), ("withdraw", "withdrawn")):
        assert caller.post(f"{where}/{verb}", json={}).status_code == 422
        assert caller.post(f"{where}/{verb}", json={"reason": "a test"}).json()["state"] == state
    assert caller.post(f"{where}/clear", json={"reason": "a test"}).status_code == 409
    events = caller.get(f"{where}/events").json()["events"]
    assert [one["to_state"] for one in events] == ["disputed", "active", "withdrawn"]
    assert {one["actor"] for one in events} == {"tester/test"}
    assert caller.delete(where, params={"reason": "a test"}).status_code == 204
    assert caller.get(where).status_code == 404


def test_references_are_listed_by_what_is_known_of_them(caller, known):
    def ids(**asked):
        return {one["id"] for one in caller.get("/v1/references", params=asked).json()["items"]}

    assert known["id"] in ids(bank="KNOWN", kind="image", state="active", sha256=known["sha256"], label="one")
    for other in ({"state": "withdrawn"}, {"kind": "audio"}, {"label": "none"}, {"incident": "none"}):
        assert known["id"] not in ids(**other)
    assert caller.get("/v1/references", params={"bank": "NONE"}).status_code == 404


def test_a_large_reference_is_added_later(caller, library, pictures):
    data = pictures[2] + b"\0" * 400_000
    answer = caller.post(
        "/v1/banks/KNOWN/references", files={"file": ("big.png", data)}, data={"labels": "big"}
    )
    assert answer.status_code == 202
    (task,) = [one for one in library.tasks.waiting(100) if one.id == answer.json()["job"]]
    made = tasks.HANDLERS[tasks.Kind(task.kind)](library, task, Done())
    shown = caller.get(f"/v1/references/{made['reference']}").json()
    assert (shown["name"], shown["labels"]) == ("big.png", ["big"])
    assert left(library) == []


# What senders do wrong


def raw(address, head, *pieces):
    where = urlsplit(address)
    connection = socket.create_connection((where.hostname, where.port), timeout=20)
    connection.sendall(head)
    for piece in pieces:
        connection.sendall(piece)
    return connection


def head(sent, size, path="/v1/check", kind="multipart/form-data; boundary=x"):
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {sent}", f"Content-Type: {kind}"]
    lines.append(f"Content-Length: {size}" if size is not None else "Transfer-Encoding: chunked")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


def answer_of(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, json.loads(response.read())


def test_a_client_that_goes_away_leaves_no_file(library, address):
    connection = raw(address, head(key(library), 10_000_000), PART, b"\0" * 1_000_000)
    assert until(lambda: left(library))
    connection.close()
    assert until(lambda: not left(library))


def until(condition, longest_s=10.0):
    deadline = time.monotonic() + longest_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("size", [10_000_000, None])
def test_a_body_over_the_limit_is_refused_by_what_it_says_and_by_what_it_is(library, address, size):
    sent = key(library)
    chunks = [b"100000\r\n" + b"x" * 0x100000 + b"\r\n"] * 6 if size is None else []
    connection = raw(address, head(sent, size, "/v1/banks", "application/json"))
    try:
        for chunk in chunks:
            connection.sendall(chunk)
    except ConnectionError:
        pass  # it was told already
    assert answer_of(connection)[1]["code"] == "body_too_large"
    connection.close()


def test_a_stranger_may_send_hardly_anything(address, library):
    connection = raw(address, head("nobody", 100_000_000), PART, b"x" * 100_000)
    assert answer_of(connection)[0] == 401
    connection.close()
    assert left(library) == []


def test_slow_clients_stop_nobody(library, address, monkeypatch):
    monkeypatch.setattr(bodies, "GRACE_S", 6.0)  # long enough to open them all, on a slow machine too
    sent = key(library)
    slow = [raw(address, head(sent, 1000), PART[:10]) for _ in range(200)]
    with client(address, sent) as quick:
        worst_s = 0.0
        for second in range(2):
            for one in slow:
                one.sendall(PART[10 + second : 11 + second])
            started_s = time.monotonic()
            assert quick.get("/v1/me").status_code == 200
            worst_s = max(worst_s, time.monotonic() - started_s)
        assert worst_s < 2.0
        small = io.BytesIO()
        Image.new("L", (64, 64)).save(small, "PNG")
        assert quick.post("/v1/check", files={"file": small.getvalue()}).status_code == 200
    answers = [answer_of(one) for one in slow]
    assert {status for status, _ in answers} == {408}
    assert {said["code"] for _, said in answers} == {"body_too_slow"}
    for one in slow:
        one.close()
    assert until(lambda: not left(library))


def test_more_uploads_than_are_taken_are_told_to_wait(tmp_path):
    settings = config.load(tmp_path / "data", {"SEAWALL_MAX_UPLOADS": "2"})
    with Seawall(settings) as library, served(library) as address:
        sent = key(library)
        held = [raw(address, head(sent, 1000), PART) for _ in range(2)]
        assert until(lambda: len(left(library)) == 2)
        with client(address, sent) as caller:
            answer = caller.post("/v1/check", files={"file": b"x"})
            assert (answer.status_code, answer.json()["code"]) == (503, "service_busy")
            assert int(answer.headers["retry-after"]) >= 1
            assert caller.get("/v1/me").status_code == 200
            for one in held:
                one.close()
            assert until(lambda: caller.post("/v1/check", files={"file": b"x"}).status_code == 200)


def test_an_upload_that_is_repeated_is_checked_once(caller, library, pictures, monkeypatch):
    checked = []
    real = RecordedChecks.check

    def counted(*given, **more):
        checked.append(1)
        return real(*given, **more)

    monkeypatch.setattr(RecordedChecks, "check", counted)
    again = {"Idempotency-Key": "upload-once"}
    answers = [
        caller.post("/v1/check", files={"file": ("a.png", pictures[0])}, headers=again) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(checked) == 1
    other = caller.post("/v1/check", files={"file": ("a.png", pictures[1])}, headers=again)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert left(library) == []


def test_a_decompression_bomb_costs_bounded_memory(caller):
    """A picture of 12,000 by 12,000 points in 150 kB: over the limit, and not unpacked to find out."""
    raw_line = b"\0" + b"\0" * 12_000
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(raw_line) for _ in range(12_000)) + packed.flush()

    def chunk(kind, body):
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    size = (12_000).to_bytes(4)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + size + bytes([8, 0, 0, 0, 0]))
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = caller.post("/v1/check/batch", files=[("files", ("bomb.png", bomb))])
    (result,) = answer.json()["results"]
    assert result["error"]["code"] == "media_too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100_000


def test_an_upload_is_never_wholly_in_memory(library, address):
    size_bytes = 200_000_000
    rest = b"\r\n--x--\r\n"
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connection = raw(address, head(key(library), len(PART) + size_bytes + len(rest)), PART)
    for _ in range(size_bytes // 1_000_000):
        connection.sendall(b"\0" * 1_000_000)
    connection.sendall(rest)
    assert answer_of(connection)[0] == 202
    connection.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50_000


def test_uploads_at_once_are_all_answered(library, address, pictures, known):
    sent = key(library, Scope.CHECK)

    def check(number):
        with client(address, sent) as one:
            return one.post("/v1/check", files={"file": (f"{number}.png", pictures[number % 3])}).json()

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(check, range(24)))
    assert all(one["results"][0]["path"] == f"{number}.png" for number, one in enumerate(found))
    assert left(library) == []
    assert threading.active_count() < 100
