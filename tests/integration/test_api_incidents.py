"""Incidents over HTTP: opened from a report, decided on, shown with what must not leave masked."""

from __future__ import annotations

import pytest
from serving import client, key, served

import seawall

REPORT = """Three killed in attack on market, police say

HALLE, March 1 - At least three people were killed on Saturday in an attack on a market, police said.
The attacker, named as Max Mustermann, is believed to have streamed a video of about 17 minutes.
"""
FURTHER = "Attack on market\n\nFour people were killed in the attack on a market in Halle, officials said.\n"


@pytest.fixture(scope="module")
def caller(tmp_path_factory):
    folder = tmp_path_factory.mktemp("incidents") / "data"
    with seawall.open(folder) as library, served(library) as address, client(address, key(library)) as made:
        yield made


@pytest.fixture(scope="module")
def opened(caller):
    answer = caller.post(
        "/v1/incidents",
        files={"file": ("report.txt", REPORT.encode())},
        data={"outlet": "The Outlet", "published": "2026-03-01", "reliability": "B", "credibility": "2"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_report_becomes_a_record_of_proposals(caller, opened):
    assert opened["schema"] == "seawall.incident/1"
    assert {one["status"] for one in opened["claims"]} == {"proposed"}
    (document,) = opened["documents"]
    assert (document["name"], document["outlet"]) == ("report.txt", "The Outlet")
    assert (document["source_reliability"], document["info_credibility"]) == ("B", 2)
    assert document["imported_by"] == "tester/test"
    assert caller.get(f"/v1/incidents/{opened['incident']}").json() == opened
    listed = caller.get("/v1/incidents").json()["items"]
    assert [one["incident"] for one in listed] == [opened["incident"]]


def test_what_is_no_report_opens_nothing(caller, opened):
    answer = caller.post("/v1/incidents", files={"file": ("r.bin", b"\0\1\2" * 100)})
    assert 400 <= answer.status_code < 500
    assert "r.bin" in answer.json()["detail"]
    assert len(caller.get("/v1/incidents").json()["items"]) == 1
    for wrong in ({"published": "tomorrow"}, {"credibility": "7"}, {"reliability": "Z"}, {"colour": "red"}):
        assert caller.post("/v1/incidents", files={"file": b"a text"}, data=wrong).status_code == 422


def test_claims_are_decided_on_with_reasons(caller, opened):
    where = f"/v1/incidents/{opened['incident']}/claims"
    first, second = (one["id"] for one in opened["claims"][:2])
    assert caller.post(f"{where}/decide", json={"decision": "confirm", "claims": [first]}).status_code == 422
    sent = {"decision": "confirm", "claims": [first], "reason": "read"}
    (claim,) = caller.post(f"{where}/decide", json=sent).json()["claims"]
    assert (claim["status"], claim["sentence"][:1].strip()) == ("confirmed", claim["sentence"][:1])
    rejected = {"decision": "reject", "claims": [second], "reason": "not said"}
    assert caller.post(f"{where}/decide", json=rejected).json()["claims"][0]["status"] == "rejected"
    listed = caller.get(where, params={"status": "confirmed"}).json()["claims"]
    assert [one["id"] for one in listed] == [first]
    unknown = {"decision": "reject", "claims": ["c999"], "reason": "x"}
    assert caller.post(f"{where}/decide", json=unknown).status_code == 404


def test_claims_are_added_and_changed_and_never_made_surer(caller, opened):
    where = f"/v1/incidents/{opened['incident']}/claims"
    sent = {"words": {"text": "about 17 minutes"}, "facet": "media", "reason": "missed"}
    (added,) = caller.post(where, json=sent).json()["claims"]
    assert added["origin"] == "analyst"
    change = {"said": {"hedge": "alleged"}, "reason": "weaker"}
    (changed,) = caller.post(f"{where}/{added['id']}", json=change).json()["claims"]
    assert changed["hedge"]["level"] == "alleged"
    surer = caller.post(f"{where}/{added['id']}", json={"said": {"hedge": "none"}, "reason": "surer"})
    assert (surer.status_code, surer.json()["code"]) == (409, "certainty_raised")
    held = caller.post(f"{where}/{added['id']}/position", json={"reason": "best"}).json()
    assert held["positions"][0]["claim"] == added["id"]


def test_a_protected_name_does_not_leave(caller, opened):
    where = f"/v1/incidents/{opened['incident']}"
    caller.post(f"{where}/protect", json={"name": "Max Mustermann", "reason": "a test"})
    for answer in (caller.get(where), caller.get(f"{where}/claims"), caller.get(f"{where}/comparison")):
        assert answer.status_code == 200
        assert "Mustermann" not in answer.text
    log = caller.get("/v1/audit", params={"action": "claims_protect"})
    assert len(log.json()["items"]) == 1
    assert "Mustermann" not in log.text


def test_a_further_report_stands_beside_the_first(caller, opened):
    where = f"/v1/incidents/{opened['incident']}"
    answer = caller.post(
        f"{where}/reports", files={"file": ("b.txt", FURTHER.encode())}, data={"reason": "more"}
    )
    assert answer.status_code == 201
    assert len(answer.json()["documents"]) == 2
    again = caller.post(f"{where}/reports", files={"file": ("b.txt", FURTHER.encode())})
    assert (again.status_code, again.json()["code"]) == (409, "document_exists")
    judged = {"reliability": "A", "credibility": 1, "reason": "an agency"}
    sha256 = answer.json()["documents"][1]["sha256"]
    cited = caller.post(f"{where}/reports/{sha256}/cite", json=judged).json()
    assert cited["documents"][1]["source_reliability"] == "A"


def test_a_record_is_described(caller, opened):
    where = f"/v1/incidents/{opened['incident']}/describe"
    assert caller.post(where, json={"title": "Halle", "reason": "short"}).json()["title"] == "Halle"
    assert caller.post(where, json={"reason": "nothing"}).status_code == 422


def test_an_incident_that_is_not_there_is_not_found(caller):
    assert caller.get("/v1/incidents/none").json()["code"] == "incident_not_found"
