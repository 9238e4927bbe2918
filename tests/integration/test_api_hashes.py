"""Checks by hashes alone, over HTTP."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest
from serving import client, key, served

import seawall
from seawall.model.access import Scope
from seawall.model.signal import Signal, SignalType
from seawall.signals import roles, video
from seawall.store import NewReference
from seawall.workflows import compute

CODE = np.random.default_rng(3).integers(0, 256, 32, np.uint8)


def off(bits):
    """The code, so many bits away from itself, in hex."""
    mask = np.zeros(256, np.uint8)
    mask[np.random.default_rng(bits).permutation(256)[:bits]] = 1
    return (CODE ^ np.packbits(mask)).tobytes().hex()


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("KNOWN")
        listed = NewReference(
            None, "image", (Signal(SignalType.PDQ, 1, CODE.tobytes(), 100),), "x", "list.csv"
        )
        opened._store.add_reference("KNOWN", listed)
        yield opened


@pytest.fixture
def call(library):
    with served(library) as address, client(address, key(library, Scope.CHECK)) as caller:

        def asked(*queries):
            answer = caller.post("/v1/check/hashes", json={"queries": queries})
            assert answer.status_code == 200, answer.text
            return answer.json()["results"]

        yield asked


def test_a_hash_meets_a_list_up_to_31_bits_and_no_further(call):
    near, at, beyond = call({"pdq": off(5)}, {"pdq": off(31).upper()}, {"pdq": off(32)})
    assert [len(one["matches"]) for one in (near, at, beyond)] == [1, 1, 0]
    assert near["matches"][0]["bank"] == "KNOWN"
    assert near["matches"][0]["recommendation"] == "strong"
    (alone,) = call({"pdq": off(5)})
    assert alone["matches"][0]["match"] != near["matches"][0]["match"]
    assert call({"pdq": off(32)})[0]["matches"] == []


def test_what_was_checked_is_kept(call, library):
    (made,) = call({"pdq": off(3), "context": {"post": "p7"}})
    kept = library.seen.check(made["check"])
    assert kept.checked.context.post == "p7"
    assert kept.checked.sha256 is None
    assert [one.id for one in kept.matches] == [made["matches"][0]["match"]]
    call({"pdq": off(3)}, {"pdq": off(3)})
    assert len(library.seen.kept_after(0, 10)) == 1


def test_files_that_were_banked_are_met_by_digest_hash_and_video(call, library, clips, picture, tmp_path):
    shot = picture("shot.png", 5)
    added = {one.path: one for one in library.bank_add("KNOWN", [clips["known-a"], shot])}
    hashed = {
        path: compute.hashed(path, library._sandbox, roles.Role.QUERY, library._limits)
        for path in (clips["known-a"], shot)
    }
    print_of = {path: one.computed.fingerprint.as_listed() for path, one in hashed.items()}
    moments = [
        {"pdq": code.tobytes().hex(), "offset_s": float(time_s), "quality": int(quality)}
        for code, time_s, quality in zip(
            print_of[clips["known-a"]].codes,
            print_of[clips["known-a"]].times_s,
            print_of[clips["known-a"]].qualities,
            strict=True,
        )
    ]
    digests = hashed[clips["known-a"]].digests
    by_sha, by_md5, by_pdq, by_video = call(
        {"sha256": digests.sha256.upper()},
        {"md5": digests.md5},
        {"pdq": print_of[shot].codes[0].tobytes().hex()},
        {"video": [{**one, "offset_s": one["offset_s"] - 1.0} for one in moments[4:20]]},
    )
    clip, still = added[str(clips["known-a"])].reference, added[str(shot)].reference
    assert [one["matches"][0]["reference"] for one in (by_sha, by_md5, by_pdq, by_video)] == [
        clip,
        clip,
        still,
        clip,
    ]
    (segment,) = by_video["matches"][0]["segments"]
    assert segment["reference_start_s"] == pytest.approx(1.0, abs=0.3)
    assert segment["reference_end_s"] == pytest.approx(5.0, abs=0.6)


def test_a_flat_picture_is_skipped_and_said_so(call):
    (flat,) = call({"pdq": off(0), "quality": video.MIN_QUALITY - 1})
    assert flat["matches"] == []
    assert flat["skipped"] == [{"signal": "pdq", "reason": "low_quality"}]


def test_a_new_reference_is_met_within_a_second(call, library):
    code = hashlib.sha256(b"new").digest()
    assert call({"pdq": code.hex()})[0]["matches"] == []
    listed = NewReference(None, "image", (Signal(SignalType.PDQ, 1, code, 100),), "y", "list.csv")
    library._store.add_reference("KNOWN", listed)
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        if call({"pdq": code.hex()})[0]["matches"]:
            return
    pytest.fail("not met within a second")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"pdq": "00"},
        {"pdq": "g" * 64},
        {"pdq": off(0), "video": [{"pdq": off(0), "offset_s": 0}]},
        {"video": [{"pdq": off(0), "offset_s": -1}]},
        {"pdq": off(0), "quality": 101},
        {"md5": "0" * 64},
        {"video": [{"pdq": off(0), "offset_s": 100_001}]},
    ],
)
def test_what_makes_no_sense_is_refused(library, query):
    with served(library) as address, client(address, key(library, Scope.CHECK)) as caller:
        answer = caller.post("/v1/check/hashes", json={"queries": [query]})
        assert answer.status_code == 422
        assert answer.json()["code"] == "bad_request"


def test_a_video_may_last_long_and_batches_are_bounded(library):
    with served(library) as address, client(address, key(library, Scope.CHECK)) as caller:
        long = {"video": [{"pdq": off(60), "offset_s": at} for at in (0, 100_000)]}
        assert caller.post("/v1/check/hashes", json={"queries": [long]}).status_code == 200
        half = {"video": [{"pdq": off(60), "offset_s": at} for at in range(5001)]}
        answer = caller.post("/v1/check/hashes", json={"queries": [half, half]})
        assert answer.status_code == 422
        assert "10000" in answer.json()["detail"]


def test_only_who_may_check_does(library):
    with served(library) as address:
        with client(address, key(library, Scope.READ)) as reader:
            assert reader.post("/v1/check/hashes", json={"queries": [{"pdq": off(0)}]}).status_code == 403
        with client(address, None) as stranger:
            assert stranger.post("/v1/check/hashes", json={"queries": [{"pdq": off(0)}]}).status_code == 401


def test_the_log_names_the_route(call, caplog):
    with caplog.at_level("INFO", logger="seawall.request"):
        call({"sha256": "a" * 64})
    assert any("POST /v1/check/hashes" in one.getMessage() for one in caplog.records)
