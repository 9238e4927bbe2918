"""What `/hma` does where Hasher-Matcher-Actioner does not, and who may call it."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import time

import httpx2
import pytest
from fastapi.routing import APIRoute
from hma_client import flipped, picture
from PIL import Image
from serving import client, key, served

import seawall
from seawall import config, errors
from seawall.api import hma as routes
from seawall.api.hma import local
from seawall.bench import synthetic
from seawall.model.access import Scope
from seawall.outbound.web import Answer
from seawall.signals import pdq
from seawall.workflows.library import Seawall

URL = "https://example.org/media/known.png?x=1"
OPEN = {"/hma/status", "/hma/status/live"}
CODE = "6618248bed70188667716779128fdb7411e70075e0edfe7d3f2cc00f03f515b3"


class Stub:
    """A way out on which one address answers."""

    def call(self, method, url, **_):
        raise AssertionError

    def save(self, url, target, *, max_bytes, max_s):
        if url != URL:
            raise errors.UnsafeUrl(url=url, reason="a test says so")
        target.write(picture(1))
        return Answer(url, 200)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("hma") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def address(library):
    with served(library, Stub()) as where:
        yield where


@pytest.fixture(scope="module")
def hma(library, address):
    headers = {"Authorization": f"Bearer {key(library)}"}
    with httpx2.Client(base_url=f"{address}/hma", headers=headers, timeout=60) as made:
        yield made


@pytest.fixture
def bank(hma, request):
    """An empty bank of the test's own."""
    name = re.sub("[^A-Z0-9]", "_", request.node.name.upper())[:60]
    assert hma.post("/c/banks", json={"name": name}).status_code == 201
    yield name
    hma.delete(f"/c/bank/{name}")


def photo(data, name="a.png"):
    return {"photo": (name, data, "application/octet-stream")}


def add(hma, bank, code):
    return hma.post(f"/c/bank/{bank}/signal", json={"pdq": code}).json()["id"]


def ids(hma, code, **more):
    found = hma.get("/m/lookup", params={"signal": code, "signal_type": "pdq", **more}).json()
    return {name: [one["bank_content_id"] for one in some] for name, some in found.items()}


# Who may call


def every_route():
    for router in routes.ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods):
                yield (
                    method,
                    route.path,
                    next(
                        (
                            one.call.scope
                            for one in route.dependant.dependencies
                            if hasattr(one.call, "scope")
                        ),
                        None,
                    ),
                )


@pytest.mark.parametrize(("method", "path", "scope"), list(every_route()))
def test_every_route_wants_a_key_with_its_scope(library, address, method, path, scope):
    if path in OPEN:
        assert scope is None
        return
    filled = re.sub(r"\{(\w+)\}", "1", path)
    with client(address, None) as stranger:
        answer = stranger.request(method, filled)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert list(answer.json()) == ["message"]
    with client(address, key(library, *(set(Scope) - {scope}))) as other:
        assert other.request(method, filled).status_code == 403
    with client(address, key(library, scope)) as allowed:
        assert allowed.request(method, filled).status_code not in (401, 403)


def opened(folder, **more):
    settings = config.load(folder / "data")
    return Seawall(config.Settings({**settings.values, **more}))


def test_programs_here_need_no_key_only_where_that_is_set(tmp_path):
    with opened(tmp_path, hma_open=1) as library, served(library) as address, client(address, None) as caller:
        assert caller.post("/hma/c/banks", json={"name": "LOCAL"}).status_code == 201
        assert caller.get("/hma/c/banks").json() == [{"name": "LOCAL", "matching_enabled_ratio": 1.0}]
        assert library.access.entries(limit=9)[0].user == "a program on this machine"
        assert caller.get("/v1/banks").status_code == 401
        for headers in (
            {"X-Forwarded-For": "203.0.113.9"},
            {"Forwarded": "for=203.0.113.9"},
            {"Origin": "https://example.org"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Host": "example.org"},
            {"Authorization": "Bearer swk_0123456789abcdef_" + "x" * 43},
        ):
            assert caller.get("/hma/c/banks", headers=headers).status_code == 401, headers
    everywhere = opened(tmp_path, hma_open=1, host="0.0.0.0")
    with everywhere, served(everywhere) as address, client(address, None) as caller:
        assert caller.get("/hma/c/banks").status_code == 401


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org", "", "127.0.0.1.example.org")],
)
def test_which_addresses_are_this_machines(host, here):
    assert local.is_loopback(host) is here


@pytest.mark.parametrize(
    ("client_host", "server_host", "host", "here"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1:8720", True),
        ("::1", "::1", "[::1]:8720", True),
        ("10.0.0.7", "127.0.0.1", "127.0.0.1:8720", False),
        ("127.0.0.1", "10.0.0.1", "127.0.0.1:8720", False),
        ("127.0.0.1", "127.0.0.1", "example.org", False),
        ("127.0.0.1", "127.0.0.1", "", False),
    ],
)
def test_which_calls_come_from_here(client_host, server_host, host, here):
    scope = {
        "type": "http",
        "client": (client_host, 5),
        "server": (server_host, 8720),
        "headers": [(b"host", host.encode())],
    }
    assert local.is_from_here(local.HTTPConnection(scope)) is here
    assert not local.is_from_here(local.HTTPConnection({**scope, "client": None}))


def test_changes_are_recorded(library, hma, bank):
    number = add(hma, bank, CODE)
    hma.put(f"/c/bank/{bank}/content/{number}", json={"disable_until_ts": 0})
    newest = library.access.entries(limit=2)[::-1]
    assert [one.action for one in newest] == ["contents_signal_add", "contents_content_update"]
    assert newest[1].details == {"disable_until_ts": 0}


# Mended: banks and contents


def test_a_bank_of_a_single_hash_matches_at_once_and_up_to_31_bits(hma, bank):
    number = add(hma, bank, CODE)
    for bits in (0, 1, 16, 31):
        found = hma.get("/m/lookup", params={"signal": flipped(CODE, bits), "signal_type": "pdq"})
        assert found.json() == {bank: [{"bank_content_id": number, "distance": str(bits)}]}
    assert ids(hma, flipped(CODE, 32)) == {}


def test_a_ratio_is_a_share(hma, bank):
    for ratio in (7, -0.1, "1", True, 1e400):
        body = json.dumps({"enabled_ratio": ratio})
        assert hma.put(f"/c/bank/{bank}", content=body).status_code == 400
    assert (
        hma.post("/c/banks", json={"name": "OFF", "enabled": False}).json()["matching_enabled_ratio"] == 0.0
    )
    hma.delete("/c/bank/OFF")


def test_the_coin_falls_as_the_seed_says_and_can_be_passed_over(hma, bank):
    number = add(hma, bank, CODE)
    hma.put(f"/c/bank/{bank}", json={"enabled_ratio": 0.5})
    seeds = [str(one) for one in range(12)]
    asked = [random.Random(seed).random() <= 0.5 for seed in seeds]
    assert {True, False} == set(asked)
    assert [bool(ids(hma, CODE, seed=seed)) for seed in seeds] == asked
    hma.put(f"/c/bank/{bank}", json={"enabled": False})
    assert ids(hma, CODE) == {}
    assert ids(hma, CODE, bypass_coinflip="true") == {bank: [number]}
    raw = hma.get("/m/raw_lookup", params={"signal": CODE, "signal_type": "pdq"})
    assert raw.json() == {"matches": [number]}


def test_what_is_disabled_matches_nowhere(hma, library, bank, tmp_path):
    known = tmp_path / "known.png"
    known.write_bytes(picture(5))
    number = hma.post(f"/c/bank/{bank}/content", files=photo(picture(5))).json()["id"]
    code = hma.post("/h/hash", files=photo(picture(5))).json()["pdq"]
    assert next(library.check([known])).matches
    path = f"/c/bank/{bank}/content/{number}"
    hma.put(path, json={"disable_until_ts": int(time.time()) + 2})
    assert not next(library.check([known])).matches
    assert hma.get("/m/raw_lookup", params={"signal": code, "signal_type": "pdq"}).json() == {"matches": []}
    deadline = time.monotonic() + 20
    while not ids(hma, code):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    hma.put(path, json={"disable_until_ts": 0})
    assert ids(hma, code) == {}
    again = hma.post(f"/c/bank/{bank}/content", files=photo(picture(5)))
    assert again.json()["id"] == number
    assert ids(hma, code) == {bank: [number]}


def test_a_content_is_only_in_its_own_bank(hma, bank):
    number = add(hma, bank, CODE)
    hma.post("/c/banks", json={"name": "OTHER"})
    other = f"/c/bank/OTHER/content/{number}"
    assert hma.get(other).status_code == 404
    assert hma.put(other, json={"disable_until_ts": 0}).status_code == 404
    assert hma.delete(other).json() == {"deleted": 0}
    assert ids(hma, CODE) == {bank: [number]}
    hma.delete("/c/bank/OTHER")


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 18, "9" * 40, "1.5", "٣"])
def test_a_content_that_is_not_there(hma, bank, number):
    assert hma.get(f"/c/bank/{bank}/content/{number}").status_code == 404


def test_what_was_withdrawn_stays_so(hma, library, bank):
    number = add(hma, bank, CODE)
    (reference,) = library.references(bank)
    library.reference_set_state(reference.id, seawall.model.bank.ReferenceState.WITHDRAWN, "a test")
    path = f"/c/bank/{bank}/content/{number}"
    assert hma.get(path).json()["disable_until_ts"] == 0
    assert hma.put(path, json={"disable_until_ts": 1}).status_code == 409
    assert hma.post(f"/c/bank/{bank}/signal", json={"pdq": CODE}).status_code == 409
    assert ids(hma, CODE) == {}


def test_known_good_content_is_no_match(hma, library, tmp_path):
    library.bank_create("GOOD", negative=True)
    good = tmp_path / "good.png"
    good.write_bytes(picture(6))
    list(library.bank_add("GOOD", [good]))
    assert hma.post("/m/lookup", files=photo(picture(6))).json() == {"pdq": {}}
    assert hma.get("/c/bank/GOOD").status_code == 404
    assert "GOOD" not in [one["name"] for one in hma.get("/c/banks").json()]
    assert hma.delete("/c/bank/GOOD").json() == {"message": "Done"}
    assert library.bank("GOOD").references == 1
    assert hma.post("/c/banks", json={"name": "GOOD"}).status_code == 403


def test_a_bank_keeps_its_name(hma, bank):
    assert hma.put(f"/c/bank/{bank}", json={"name": "NEW"}).status_code == 400
    assert hma.put(f"/c/bank/{bank}", json={"name": bank}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metadata", "{bad"),
        ("metadata", "[]"),
        ("metadata", '{"no_such": 1}'),
        ("metadata", '{"content_id": 1}'),
        ("metadata", '{"json": []}'),
        ("metadata", '{"json": {"a": NaN}}'),
        ("metadata", '{"json": {"a": 1e400}}'),
        ("metadata", '{"content_id": "\\ud800"}'),
        ("metadata", "[" * 100_000),
        ("note", "x" * 256),
    ],
)
def test_what_cannot_be_kept_of_a_content_is_refused_and_nothing_added(hma, library, bank, field, value):
    answer = hma.post(f"/c/bank/{bank}/content", files=photo(picture(1)), data={field: value})
    assert answer.status_code in (400, 413)
    assert list(answer.json()) == ["message"]
    assert library.bank(bank).references == 0


# Pictures


def encoded(mode, form, **options):
    made = io.BytesIO()
    Image.open(io.BytesIO(picture(3))).convert(mode).save(made, form, **options)
    return made.getvalue()


def distance(hma, data):
    plain = bytes.fromhex(hma.post("/h/hash", files=photo(picture(3))).json()["pdq"])
    other = bytes.fromhex(hma.post("/h/hash", files=photo(data)).json()["pdq"])
    return pdq.Pdq(plain, 100).distance(pdq.Pdq(other, 100))


def test_pictures_of_all_kinds_are_hashed_as_they_look(hma):
    assert distance(hma, encoded("CMYK", "JPEG", quality=95)) <= 16
    assert distance(hma, encoded("P", "PNG")) <= 16
    assert distance(hma, encoded("L", "PNG")) <= 4
    assert distance(hma, encoded("RGBA", "PNG")) == 0
    assert distance(hma, encoded("P", "GIF")) <= 16
    turned = Image.open(io.BytesIO(picture(3))).transpose(Image.Transpose.ROTATE_90)
    exif = turned.getexif()
    exif[0x0112] = 6  # to be shown turned to the right, which puts it upright again
    made = io.BytesIO()
    turned.save(made, "JPEG", quality=95, exif=exif)
    assert distance(hma, made.getvalue()) <= 8
    black_and_white = encoded("1", "PNG")
    assert len(hma.post("/h/hash", files=photo(black_and_white)).json()["pdq"]) == 64


def test_hashes_are_those_of_other_programs_at_full_resolution(hma, conformance_dir):
    with (conformance_dir / "pdq_three_pipelines.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith("bridge-mods/")]
    assert len(rows) > 5
    for row in rows:
        data = (conformance_dir / "pdq" / row["file"]).read_bytes()
        said = hma.post("/h/hash", files=photo(data)).json()
        assert said == {"pdq": row["full_res(pytx/java/vpdq)"]}, row["file"]


@pytest.mark.parametrize(
    "data",
    [b"", b"garbage", picture(1)[:100], b"\xff\xd8\xff\xe0" + b"\0" * 50, b"GIF89a" + b"\xff" * 30],
    ids=["empty", "garbage", "cut short", "damaged", "of no size"],
)
def test_a_corrupt_picture_is_the_senders_mistake(hma, library, bank, data):
    for path in ("/h/hash", "/m/lookup", f"/c/bank/{bank}/content"):
        answer = hma.post(path, files=photo(data))
        assert answer.status_code == 400, path
        assert list(answer.json()) == ["message"]
        assert "/" not in answer.json()["message"]  # where it lay is nobody's business
    assert library.bank(bank).references == 0


def test_a_flat_picture_has_no_hash(hma, bank):
    made = io.BytesIO()
    Image.new("RGB", (300, 300), (5, 5, 5)).save(made, "PNG")
    assert hma.post("/h/hash", files=photo(made.getvalue())).json() == {"pdq": ""}
    assert hma.post("/m/lookup", files=photo(made.getvalue())).json() == {"pdq": {}}
    assert hma.post(f"/c/bank/{bank}/content", files=photo(made.getvalue())).status_code == 400
    for flat in ("0" * 64, "f" * 64):
        assert hma.post(f"/c/bank/{bank}/signal", json={"pdq": flat}).status_code == 400


def test_crops_of_a_known_picture_are_not_what_a_hash_is_compared_with(hma, library, bank):
    hma.post(f"/c/bank/{bank}/content", files=photo(picture(4)))
    (reference,) = library.references(bank)
    stored = library.hma.texts(library.curated.number(reference.id), "image")
    whole = hma.post("/h/hash", files=photo(picture(4))).json()
    assert stored == whole
    assert ids(hma, whole["pdq"]).keys() == {bank}


def test_what_lies_at_an_address(hma, bank):
    by_file = hma.post("/h/hash", files=photo(picture(1))).json()
    assert hma.get("/h/hash", params={"url": URL}).json() == by_file
    added = hma.post(
        f"/c/bank/{bank}/content",
        params={"url": URL, "content_type": "photo"},
        json={"metadata": {"content_id": "x"}, "note": "n"},
    )
    assert added.json()["signals"] == by_file
    shown = hma.get(f"/c/bank/{bank}/content/{added.json()['id']}").json()
    assert (shown["note"], shown["metadata"]["content_id"]) == ("n", "x")
    one = [{"bank_content_id": added.json()["id"], "distance": "0"}]
    assert hma.get("/m/lookup", params={"url": URL}).json() == {"pdq": {bank: one}}
    assert hma.get("/m/lookup", params={"url": URL, "signal_type": "pdq"}).json() == {bank: one}
    refused = hma.get("/h/hash", params={"url": "http://[::1]/"})
    assert refused.status_code == 400
    assert hma.get("/h/hash", params={"url": URL, "content_type": "text"}).status_code == 400


def test_only_one_file_of_a_known_kind(hma):
    twice = [("photo", ("a.png", picture(1), "image/png")), ("photo", ("b.png", picture(1), "image/png"))]
    assert hma.post("/h/hash", files=twice).status_code == 400
    assert hma.post("/h/hash", files={"text": ("a.txt", b"x", "text/plain")}).status_code == 400
    for types in ("video_md5", "no_such", ",", ""):
        assert hma.post("/h/hash", files=photo(picture(1)), params={"types": types}).status_code == 400


# Videos


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "known.mp4"
    synthetic.write_clip(path, 1, 6.0)
    return path.read_bytes()


def video(data):
    return {"video": ("a.mp4", data, "video/mp4")}


def test_a_video_is_found_by_its_bytes_and_by_its_frames(hma, bank, clip):
    hashed = hma.post("/h/hash", files=video(clip)).json()
    assert hashed.keys() == {"video_md5", "video_sha256", "vpdq"}
    frames = json.loads(hashed["vpdq"])
    assert len(frames) == 6
    assert re.fullmatch(r"[0-9a-f]{64},\d+,0\.000", frames[0])
    added = hma.post(f"/c/bank/{bank}/content", files=video(clip))
    assert added.json()["signals"].keys() == hashed.keys()
    number = added.json()["id"]
    found = hma.post("/m/lookup", files=video(clip)).json()
    assert found["video_md5"] == {bank: [{"bank_content_id": number, "distance": "-"}]}
    assert found["video_sha256"] == found["video_md5"]
    assert [one["bank_content_id"] for one in found["vpdq"][bank]] == [number]
    by_frames = hma.get("/m/lookup", params={"signal": hashed["vpdq"], "signal_type": "vpdq"}).json()
    assert re.fullmatch(r"\d+%\[\d+%\]", by_frames[bank][0]["distance"])
    lines = "\n".join(
        f"{n},{f.split(',')[1]},{f.split(',')[0]},{f.split(',')[2]}" for n, f in enumerate(frames)
    )
    assert hma.get("/m/lookup", params={"signal": lines, "signal_type": "vpdq"}).json() == by_frames
    still = frames[2].split(",")[0]
    assert number in ids(hma, still)[bank]
    only = hma.post("/h/hash", files=video(clip), params={"types": "video_md5"}).json()
    assert only == {"video_md5": hashed["video_md5"]}


def test_frames_alone_are_a_content(hma, bank, clip):
    text = hma.post("/h/hash", files=video(clip), params={"types": "vpdq"}).json()["vpdq"]
    dark = [*json.loads(text), "0" * 64 + ",0,9.000"]
    number = hma.post(f"/c/bank/{bank}/signal", json={"vpdq": json.dumps(dark)}).json()["id"]
    shown = hma.get(f"/c/bank/{bank}/content/{number}", params={"include_signals": "true"}).json()
    assert json.loads(shown["signals"]["vpdq"]) == json.loads(text)
    padded = json.loads(text) + [f"{flipped(CODE, 40 + n)},100,{10 + n}.000" for n in range(3)]
    for asked in (text, json.dumps(padded), json.dumps(json.loads(text)[1:3])):
        found = hma.get("/m/lookup", params={"signal": asked, "signal_type": "vpdq"}).json()
        assert [one["bank_content_id"] for one in found[bank]] == [number]
    other = json.dumps([f"{flipped(CODE, 50)},100,0.000"])
    assert hma.get("/m/lookup", params={"signal": other, "signal_type": "vpdq"}).json() == {}
    compared = hma.post("/m/compare", json={"vpdq": [text, json.dumps(padded)]}).json()["vpdq"]
    assert compared[0] is True
    assert compared[1]["query_match_percent"] == 100.0
    assert 50 < compared[1]["compared_match_percent"] < 100
    for bad in ("[]", '["x"]', '["' + "0" * 64 + ',0,0.0"]', "{", "[1]", 5):
        assert hma.post(f"/c/bank/{bank}/signal", json={"vpdq": bad}).status_code == 400, bad
    both = {"vpdq": text, "pdq": CODE}
    assert hma.post(f"/c/bank/{bank}/signal", json=both).status_code == 400


def test_of_many_videos_those_that_share_the_most_are_compared(hma, bank, monkeypatch):
    codes = [flipped(CODE, 40 * n) for n in range(5)]
    frames = [f"{code},100,{n}.000" for n, code in enumerate(codes)]
    made = [
        hma.post(f"/c/bank/{bank}/signal", json={"vpdq": json.dumps(some)}).json()["id"]
        for some in (frames[:1], frames, frames[:2])
    ]
    asked = {"signal": json.dumps(frames), "signal_type": "vpdq"}
    found = hma.get("/m/lookup", params=asked).json()[bank]
    assert [(one["bank_content_id"], one["distance"]) for one in found] == [
        (made[1], "100%[100%]"),
        (made[2], "40%[100%]"),
        (made[0], "20%[100%]"),
    ]
    monkeypatch.setattr("seawall.workflows.hma.MOST_COMPARED", 1)
    (one,) = hma.get("/m/lookup", params=asked).json()[bank]
    assert one["bank_content_id"] == made[1]


def test_digests_are_compared(hma):
    one, two = "0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"
    assert hma.post("/m/compare", json={"video_md5": [one, one]}).json() == {"video_md5": [True, {}]}
    assert hma.post("/m/compare", json={"video_md5": [one, two]}).json() == {"video_md5": [False, {}]}
