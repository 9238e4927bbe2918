"""From a policy to a decision and its appeal, over a served application."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from fastapi.routing import APIRoute
from serving import client, key, served

import seawall
from seawall.api.routes import cases, decisions, items, policies, verifications
from seawall.model.access import Role, Scope
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck
from seawall.store.tasks import Task
from seawall.workflows.tasks import HANDLERS, Kind

MINE = [
    (method, route.path)
    for module in (policies, verifications, items, cases, decisions)
    for route in module.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]

POLICY = {
    "note": "full copies act",
    "four_eyes": ["terminate_account"],
    "rules": [
        {
            "name": "full copies",
            "step": "act",
            "when": {"recommendation": "strong", "coverage_reference": 0.8},
        },
        {"name": "rest", "step": "hold"},
    ],
}

RESTRICTION = {
    "choice": "demote",
    "facts": "a full copy of it",
    "origin": "own_initiative",
    "automated_detection": True,
    "automated_decision": "none",
    "views": ["metadata", "stills_reduced"],
    "grounds": [{"kind": "contractual", "source": "Terms, 4.2", "explanation": "it recruits"}],
    "territory": ["WORLD"],
    "redress": ["internal_complaint", "court"],
    "purpose": "none",
    "undo_s": 0,
}


class Now:
    def run(self, name, work):
        return work()


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("K")
        yield opened


@pytest.fixture
def address(library):
    with served(library) as at:
        yield at


@pytest.fixture
def ann(library, address):
    with client(address, key(library, user="ann")) as caller:
        yield caller


@pytest.fixture
def bob(library, address):
    library.access.create_user("bob", Role.REVIEWER)
    sent = library.access.create_key("bob", "desk", (Scope.READ, Scope.REVIEW)).sent
    with client(address, sent) as caller:
        yield caller


@pytest.fixture
def reference(library):
    signal = Signal(SignalType.PDQ, 1, hashlib.sha256(b"1").digest(), 90)
    return library._store.add_reference("K", NewReference(None, "image", (signal,), "1", "list.csv")).id


def matched(library, reference, *, sha256="a" * 64, **context):
    """A content that was checked and matched, and what the policies make of it; its item."""
    match = Match(reference, 0.95, Recommendation.STRONG, 0.5, 1.0, {"image": 0.95}, ())
    new = NewCheck(sha256, sha256, None, "image", None, None, (("K", match),), "up/key", Context(**context))
    [[found]] = (one.matches for one in library.seen.record_all([new]))
    HANDLERS[Kind.OUTCOME](library, Task("t", "outcome", {"matches": [found.id]}, datetime.now(UTC)), Now())
    [item] = [one for _, one in library.cases.items() if one.context == Context(**context)]
    return item.id


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


class TestPolicies:
    def test_drafted_signed_tried_and_put_in_force(self, library, address, ann, reference):
        assert ok(ann.get("/v1/policies/K"))["version"] is None
        made = ok(ann.post("/v1/policies/K/versions", json=POLICY), 201)
        assert (made["version"], made["state"], made["author"]) == (1, "draft", "ann/test")
        assert "news" in made["policy"]["exempt"]
        at = "/v1/policies/K/versions/1"
        refused(ann.post(f"{at}/live", json={"reason": "r"}), 409, "no_dry_run")
        signature = {"rule": "full copies", "statement": "I answer for it"}
        assert ok(ann.post(f"{at}/signatures", json=signature), 201)["name"] == "ann"
        match = Match(reference, 0.9, Recommendation.STRONG, 0.5, 1.0, {}, ())
        new = NewCheck("b" * 64, "b" * 64, None, "image", None, None, (("K", match),), "u", Context())
        library.seen.record_all([new])
        run = ok(ann.post(f"{at}/dry-runs", json={}), 201)
        assert (run["matches"], run["differing"], run["differences"][0]["would"]) == (1, 1, "act")
        assert ok(ann.get(f"{at}/dry-runs")) == [run]
        live = ok(ann.post(f"{at}/live", json={"reason": "r"}))
        assert ([one["state"] for one in live["history"]], len(live["signatures"])) == (["draft", "live"], 1)
        assert ok(ann.get("/v1/policies/K"))["version"] == 1
        [listed] = ok(ann.get("/v1/policies"))["items"]
        assert (listed["bank"], listed["policy"]) == ("K", made["policy"])
        second = ok(ann.post("/v1/policies/K/versions", json=POLICY), 201)
        assert [one["version"] for one in ok(ann.get("/v1/policies/K/versions"))["items"]] == [2, 1]
        first_page = ok(ann.get("/v1/policies/K/versions", params={"limit": 1}))
        cursor = {"cursor": first_page["next_cursor"]}
        assert [one["version"] for one in ok(ann.get("/v1/policies/K/versions", params=cursor))["items"]] == [
            1
        ]
        hurried = {"reason": "r", "without_dry_run": "an attack is on"}
        again = ok(ann.post(f"/v1/policies/K/versions/{second['version']}/live", json=hurried))
        assert again["history"][-1]["without_dry_run"] == "an attack is on"
        assert ok(ann.post("/v1/policies/K/versions/2/retire", json={"reason": "over"}))["state"] == "retired"
        assert ok(ann.get("/v1/policies"))["items"] == []

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"rules": []}, 422, "bad_request"),
            ({"rules": [{"name": "a", "step": "burn"}]}, 422, "bad_request"),
            ({"rules": [{"name": "a", "step": "act", "when": {"age": 3}}]}, 422, "bad_request"),
            ({"rules": [{"name": " ", "step": "act"}]}, 422, "bad_policy"),
            ({"note": ""}, 422, "bad_request"),
            ({"note": "  "}, 422, "bad_request"),
        ],
    )
    def test_what_cannot_be_a_policy_is_refused(self, ann, change, status, code):
        refused(ann.post("/v1/policies/K/versions", json={**POLICY, **change}), status, code)
        assert ok(ann.get("/v1/policies/K/versions"))["items"] == []

    def test_what_is_not_there_is_named(self, ann):
        refused(ann.get("/v1/policies/no"), 404, "bank_not_found")
        refused(ann.get("/v1/policies/K/versions/7"), 404, "record_not_found")
        refused(ann.get("/v1/policies/K/versions/99999999999"), 422, "bad_request")
        refused(ann.get("/v1/policies", params={"cursor": "zzz"}), 422, "bad_cursor")


class TestVerifications:
    def test_an_administrator_verifies_and_a_reviewer_cannot(self, ann, bob, reference):
        at = f"/v1/references/{reference}/verification"
        assert ok(ann.get(at)) == {"verified": False, "verifications": []}
        refused(bob.post(at, json={"grounds": "seen it"}), 403, "cannot_sign")
        assert ok(ann.post(at, json={"grounds": "seen it"}), 201)["name"] == "ann"
        known = ok(bob.get(at))
        assert (known["verified"], known["verifications"][0]["grounds"]) == (True, "seen it")
        refused(ann.get("/v1/references/no/verification"), 404, "reference_not_found")


class TestDecisions:
    def test_an_item_is_taken_decided_appealed_and_restored(self, library, ann, bob, reference):
        item = matched(library, reference, uploader="u", post="p")
        [listed] = ok(bob.get("/v1/items", params={"state": "open", "uploader": "u"}))["items"]
        assert (listed["id"], listed["matches"][0]["reference"]) == (item, reference)
        case = ok(bob.post("/v1/cases", json={"basis": "uploader", "value": "u"}), 201)
        at = f"/v1/cases/{case['id']}"
        taken = ok(bob.post(f"{at}/lease", json={}))
        assert (taken["state"], taken["assigned_to"]) == ("assigned", "bob")
        refused(ann.post("/v1/decisions", json={**RESTRICTION, "items": [item]}), 409, "record_conflict")
        first = ok(bob.post("/v1/decisions", json={**RESTRICTION, "items": [item]}), 201)
        assert (first["user"], first["stands_for"], first["policies"]) == (
            "bob",
            [item],
            [{"bank": "K", "version": None}],
        )
        assert ok(bob.get(at))["state"] == "decided"
        assert ok(bob.get(f"/v1/decisions/{first['id']}")) == first
        assert ok(bob.post(f"{at}/close", json={"reason": "done"}))["state"] == "closed"
        assert ok(bob.post(f"{at}/appeal", json={"reason": "it is news"}))["state"] == "appealed"
        back = {
            **RESTRICTION,
            "items": [item],
            "choice": "restore",
            "reverses": first["id"],
            "reason": "it is news",
            "feedback": [{"reference": reference, "verdict": "wrong_reference", "dispute": True}],
        }
        refused(bob.post("/v1/decisions", json=back), 409, "second_person")
        second = ok(ann.post("/v1/decisions", json=back), 201)
        assert ok(ann.get(f"/v1/decisions/{first['id']}"))["reversed_by"] == [second["id"]]
        assert ok(ann.get(f"/v1/items/{item}"))["decision"] == second["id"]
        assert library._store.reference(reference).state == "disputed"
        found = ok(ann.get("/v1/decisions", params={"item": item, "choice": "restore"}))["items"]
        assert [one["id"] for one in found] == [second["id"]]
        assert [event["what"] for event in ok(ann.get(at))["events"]] == [
            "opened",
            "assigned",
            "decided",
            "closed",
            "appealed",
            "decided",
        ]

    def test_two_pairs_of_eyes_are_those_of_two_people(self, library, address, ann, bob, reference):
        item = matched(library, reference)
        unsure = {**RESTRICTION, "items": [item], "purpose": "unclear"}
        made = ok(ann.post("/v1/decisions", json=unsure), 201)
        assert (made["needs_second"], made["stands_for"]) == (True, [])
        at = f"/v1/decisions/{made['id']}/second-blind"
        with client(address, key(library, user="ann")) as ann_elsewhere:
            refused(ann_elsewhere.post(at, json={"choice": "demote", "note": "n"}), 409, "second_person")
        waiting = ok(bob.get("/v1/decisions", params={"awaits_second": True}))["items"]
        assert [one["id"] for one in waiting] == [made["id"]]
        agreed = ok(bob.post(at, json={"choice": "demote", "note": "seen"}))
        assert (agreed["stands_for"], agreed["ruling"]["choice"]) == ([item], "demote")
        refused(bob.post(at, json={"choice": "label", "note": "n"}), 409, "record_conflict")

    def test_what_a_second_person_is_to_choose_blindly_is_told_to_nobody(
        self, library, address, ann, bob, reference
    ):
        item = matched(library, reference)
        made = ok(ann.post("/v1/decisions", json={**RESTRICTION, "items": [item], "purpose": "unclear"}), 201)
        shown = f"/v1/decisions/{made['id']}"
        with client(address, key(library, Scope.READ, user="eve")) as reader:
            for who in (bob, reader):
                [listed] = ok(who.get("/v1/decisions", params={"item": item}))["items"]
                for one in (listed, ok(who.get(shown))):
                    assert (one["ruling"], one["items"], one["stage"]) == (None, [item], "second")
                for choice in ("demote", "label"):
                    assert ok(who.get("/v1/decisions", params={"choice": choice}))["items"] == []
        assert ok(ann.get(shown))["ruling"] == made["ruling"]
        assert len(ok(ann.get("/v1/decisions", params={"choice": "demote"}))["items"]) == 1
        ok(bob.post(f"{shown}/second-blind", json={"choice": "label", "note": "n"}))
        assert ok(bob.get(shown))["ruling"] == made["ruling"]
        assert len(ok(bob.get("/v1/decisions", params={"choice": "demote"}))["items"]) == 1

    def test_a_decision_is_undone_by_its_maker_alone_and_until_it_goes_out(
        self, library, ann, bob, reference
    ):
        item = matched(library, reference)
        in_time = {**RESTRICTION, "items": [item], "undo_s": None}
        made = ok(bob.post("/v1/decisions", json=in_time), 201)
        at = f"/v1/decisions/{made['id']}/undo"
        assert (made["stage"], made["stands_for"], made["undone_at"]) == ("due", [], None)
        went = datetime.fromisoformat(made["out_at"]) - datetime.fromisoformat(made["at"])
        assert went.total_seconds() == 60
        refused(ann.post(at), 403, "not_their_own")
        undone = ok(bob.post(at))
        assert (undone["stage"], undone["out_at"], undone["ruling"]) == ("undone", None, made["ruling"])
        refused(bob.post(at), 409, "record_conflict")
        assert ok(bob.get(f"/v1/items/{item}"))["state"] == "open"
        done = ok(bob.post("/v1/decisions", json={**in_time, "undo_s": 0}), 201)
        refused(bob.post(f"/v1/decisions/{done['id']}/undo"), 409, "record_conflict")
        refused(bob.post("/v1/decisions", json={**in_time, "undo_s": 86401}), 422, "bad_request")
        refused(bob.post("/v1/decisions/no/undo"), 404, "record_not_found")

    def test_a_second_person_who_does_not_know_the_first_chooses_too(
        self, library, address, ann, bob, reference
    ):
        item = matched(library, reference)
        unsure = {**RESTRICTION, "items": [item], "purpose": "unclear"}
        first = ok(ann.post("/v1/decisions", json=unsure), 201)
        own = {"choice": "label", "note": "it is a report", "third": True}
        told = ok(bob.post(f"/v1/decisions/{first['id']}/second-blind", json=own))
        said = told["second"]
        assert (told["stage"], said["agrees"], said["choice"], said["third"]) == (
            "refused",
            False,
            "label",
            True,
        )
        for caller in (ann, bob):
            refused(caller.post("/v1/decisions", json=unsure), 409, "second_person")
        library.access.create_user("cid", Role.REVIEWER)
        sent = library.access.create_key("cid", "desk", (Scope.READ, Scope.REVIEW)).sent
        with client(address, sent) as cid:
            third = ok(cid.post("/v1/decisions", json=unsure), 201)
        same = {"choice": "demote", "note": "as before"}
        sealed = ok(ann.post(f"/v1/decisions/{third['id']}/second-blind", json=same))
        assert (sealed["second"]["agrees"], sealed["stands_for"]) == (True, [item])

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"choice": "remove"}, "bad_decision"),
            ({"choice": "remove", "preservation": "none"}, "bad_decision"),
            ({"choice": "remove", "not_preserved": "r", "purpose": None}, "bad_decision"),
            ({"grounds": []}, "bad_decision"),
            ({"redress": []}, "bad_decision"),
            ({"territory": []}, "bad_decision"),
            ({"territory": ["de"]}, "bad_request"),
            ({"views": []}, "bad_request"),
            ({"starts_at": "2026-01-01T00:00:00"}, "bad_request"),
            ({"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, "bad_decision"),
            ({"automated_decision": "fully"}, "bad_decision"),
            ({"colour": "red"}, "bad_request"),
        ],
    )
    def test_one_that_lacks_something_is_refused_and_nothing_is_decided(
        self, library, ann, reference, change, code
    ):
        item = matched(library, reference)
        refused(ann.post("/v1/decisions", json={**RESTRICTION, "items": [item], **change}), 422, code)
        assert ok(ann.get(f"/v1/items/{item}"))["state"] == "open"

    def test_of_two_people_who_decide_at_the_same_time_one_wins(self, library, ann, bob, reference):
        item = matched(library, reference)
        answers = []
        start = threading.Barrier(2)

        def decide(caller):
            start.wait()
            answers.append(caller.post("/v1/decisions", json={**RESTRICTION, "items": [item]}).status_code)

        threads = [threading.Thread(target=decide, args=(caller,)) for caller in (ann, bob)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [201, 409]
        assert len(ok(ann.get("/v1/decisions"))["items"]) == 1

    def test_pages_hold_all_once(self, library, ann, reference):
        made = [matched(library, reference, post=str(number)) for number in range(5)]
        seen, cursor = [], None
        while True:
            page = ok(ann.get("/v1/items", params={"limit": 2, **({"cursor": cursor} if cursor else {})}))
            seen += [one["id"] for one in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == made


@pytest.mark.parametrize(("method", "path"), MINE)
def test_every_route_asks_who_calls_and_whether_they_may(library, address, method, path):
    at = path
    for name in ("bank", "version", "reference", "item", "case", "decision"):
        at = at.replace(f"{{{name}}}", "1")
    with client(address, None) as stranger:
        assert stranger.request(method, at, json={}).status_code == 401
    with client(address, key(library, Scope.CHECK)) as other:
        assert other.request(method, at, json={}).status_code == 403


def test_the_description_shows_an_example_of_a_decision_that_passes(library, address, ann, reference):
    document = ok(ann.get("/v1/openapi.json"))
    example = document["components"]["schemas"]["Ruling"]["examples"][0]
    item = matched(library, reference)
    made = ok(ann.post("/v1/decisions", json={**example, "items": [item], "undo_s": 0}), 201)
    assert (made["stage"], made["ruling"]["items"]) == ("due", [item])
