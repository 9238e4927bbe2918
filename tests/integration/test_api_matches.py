"""Checks, matches, retro-matches and holds, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from serving import client, key, served

import seawall
from seawall.model.access import Scope
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck

SEGMENT = Segment(SignalType.PDQ, 0.0, 0.0, 0.0, 0.0, 1.0, (), 0.9)


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("KNOWN")
        yield opened


@pytest.fixture
def address(library):
    with served(library) as at:
        yield at


def reference(library):
    signal = Signal(SignalType.PDQ, 1, bytes(32), 100)
    return library._store.add_reference("KNOWN", NewReference(None, "image", (signal,), "x", "list.csv")).id


def see(library, *references, floor=0):
    """A check of a content of its own for each, in which it is found."""
    checks = []
    for at, one in enumerate(references):
        found = Match(one, 0.9, Recommendation.STRONG, 1.0, 1.0, {"image": 0.9}, (SEGMENT,))
        sha256 = f"{at:064x}"
        context = Context(post=f"p{at}")
        matches = (("KNOWN", found),)
        checks.append(NewCheck(sha256, sha256, None, "image", None, b"x", matches, "ada/site", context))
    return library.seen.record_all(checks, timedelta(days=1), Rule(1, floor, 10, 24))


def test_matches_are_listed_page_by_page_and_narrowed(library, address):
    see(library, "a", "b", "a", "b", "a")
    with client(address, key(library, Scope.READ)) as caller:
        posts, cursor = [], None
        while True:
            page = caller.get(
                "/v1/matches", params={"limit": 2, **({"cursor": cursor} if cursor else {})}
            ).json()
            posts += [one["check"]["context"]["post"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert posts == ["p4", "p3", "p2", "p1", "p0"]
        only_b = caller.get("/v1/matches", params={"reference": "b", "how": "check", "held": False}).json()[
            "items"
        ]
        assert [one["match"]["reference"] for one in only_b] == ["b", "b"]
        assert only_b[0]["match"]["segments"][0]["signal"] == "image"
        assert caller.get("/v1/matches", params={"bank": "NONE"}).json() == {"items": [], "next_cursor": None}
        assert caller.get("/v1/matches", params={"since": "2999-01-01T00:00:00Z"}).json()["items"] == []
        assert len(caller.get("/v1/matches", params={"since": "2020-01-01T00:00:00"}).json()["items"]) == 5
        assert caller.get("/v1/matches", params={"cursor": "x"}).json()["code"] == "bad_cursor"
        early = caller.get("/v1/matches", params={"since": "0001-01-01T00:00:00+23:00"})
        assert early.json()["code"] == "bad_request"
        assert caller.get("/v1/matches", params={"limit": 0}).status_code == 422


def test_a_match_and_its_check_are_read_by_id(library, address):
    (made,) = see(library, "a")
    with client(address, key(library, Scope.READ, Scope.CHECK)) as caller:
        match = caller.get(f"/v1/matches/{made.matches[0].id}").json()
        assert match["check"]["id"] == made.checked.id
        assert match["match"]["recommendation"] == "strong"
        check = caller.get(f"/v1/checks/{made.checked.id}").json()
        assert check["context"] == {"uploader": None, "post": "p0", "url": None, "labels": []}
        assert [one["id"] for one in check["matches"]] == [made.matches[0].id]
        assert caller.get("/v1/matches/none").json()["code"] == "record_not_found"
        assert caller.get("/v1/checks/none").status_code == 404


def test_a_retro_match_is_asked_for_by_an_administrator(library, address):
    known = reference(library)
    with client(address, key(library)) as admin:
        answer = admin.post("/v1/retromatches", json={"reference": known})
        assert answer.status_code == 202
        (task,) = library.tasks.waiting(10)
        assert (task.id, task.payload) == (answer.json()["job"], {"references": [known]})
        assert admin.post("/v1/retromatches", json={"reference": "none"}).status_code == 404
    with client(address, key(library, Scope.BANKS)) as analyst:
        assert analyst.post("/v1/retromatches", json={"reference": known}).status_code == 403


def test_a_hold_is_seen_and_released_once(library, address):
    known = reference(library)
    see(library, *[known] * 3, floor=3)
    with client(address, key(library, Scope.READ, Scope.BANKS)) as analyst:
        (hold,) = analyst.get("/v1/holds", params={"state": "held"}).json()["items"]
        assert (hold["reference"], hold["counts"]["contents"], hold["counts"]["limit"]) == (known, 3, 3)
        assert analyst.get("/v1/matches", params={"held": True}).json()["items"][0]["held"] is True
        released = analyst.post(f"/v1/holds/{known}/release", json={"reason": "looked at"})
        assert released.json()["state"] == "released"
        assert released.json()["released_by"] == "tester/test"
        assert analyst.post(f"/v1/holds/{known}/release", json={"reason": "again"}).status_code == 409
        assert analyst.get("/v1/holds", params={"state": "held"}).json()["items"] == []
        assert analyst.post("/v1/holds/none/release", json={"reason": "x"}).status_code == 404
    with client(address, key(library, Scope.READ)) as reader:
        assert reader.post(f"/v1/holds/{known}/release", json={"reason": "x"}).status_code == 403
