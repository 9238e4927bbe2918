"""Notices and clocks over the API and from Python: taken in once, counted from receipt, told of."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

import pytest
from serving import client, key, served

import seawall
from seawall import errors
from seawall.client import Client, NewNotice
from seawall.client.notices import About
from seawall.model.access import Scope
from seawall.workflows import clocks
from seawall.workflows.tasks import HANDLERS, PERIODIC, Kind


class Now:
    def run(self, name, work):
        return work()


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
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
def program(library, address):
    with Client(address, key(library, Scope.READ, Scope.REVIEW, user="mail")) as caller:
        yield caller


def order(**change):
    received = datetime.now(UTC) - timedelta(minutes=20)
    return {
        "kind": "order",
        "received_at": received.isoformat(),
        "zone": "Europe/Brussels",
        "subject": "Removal of a video",
        "urls": ["https://example.org/p/1"],
        **change,
    }


def test_one_message_is_taken_in_once(ann, library):
    headers, body = {"Idempotency-Key": "mail-1"}, order()
    first, second = (ann.post("/v1/notices", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(library.notices.page()) == 1
    made = first.json()
    assert made["state"] == "incomplete"
    assert {one["name"] for one in made["missing"]} >= {"law", "signed", "sender"}
    (clock,) = made["clocks"]
    assert (clock["period"], clock["state"], clock["bound"]) == ("tco_removal", "running", "before")
    assert 2390 < clock["remaining_s"] <= 2400
    assert [one["share"] for one in clock["alarms"]] == [0.25]


def test_from_python_it_is_worked_to_its_end(program):
    received = datetime.now(UTC) - timedelta(minutes=5)
    new = NewNotice("order", received, "Removal", zone="Europe/Brussels", particulars={"law": "tco"})
    made = program.notices.receive(new, idempotency_key="m-1")
    assert (made.received_at, made.particulars) == (received, {"law": "tco"})
    changes = {"sender": "An authority", "particulars": {"signed": "yes", "law": None}}
    made = program.notices.supplement(made.id, "they sent it", changes)
    assert (made.sender, made.particulars) == ("An authority", {"signed": "yes"})
    assert program.notices.take_up(made.id, "mine").state == "in_work"
    (clock,) = made.clocks
    held = program.clocks.suspend(clock.id, "unclear", "no address")
    assert (held.state, held.due_at) == ("suspended", None)
    again = program.clocks.resume(clock.id, "they sent it")
    assert (again.run, round(again.length_s)) == (2, 3600)
    with pytest.raises(errors.BadClock):
        program.clocks.extend(clock.id, "more")
    with pytest.raises(errors.RecordConflict):
        program.notices.close(made.id, "done")
    assert program.clocks.end(clock.id, "removed").is_past is False
    assert program.notices.answer(made.id, "told by e-mail").state == "answered"
    assert program.notices.close(made.id, "done").state == "closed"
    assert [one.id for one in program.notices(state="closed")] == [made.id]
    assert list(program.notices(overdue=True)) == []
    assert made.id in program.notices.receipt(made.id).text


def test_clocks_are_started_for_what_is_no_notice(program, library):
    period = {one.id: one for one in program.clocks.periods()}["tco_transparency"]
    assert (period.month, period.day, period.count, period.checked) == (3, 1, None, False)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = program.clocks.start("tco_transparency", About("provider"), "the year ended", at=at)
    assert made.due_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert program.clocks.get(made.id).about == About("provider", "")
    assert [one.id for one in program.clocks(about_kind="provider")] == [made.id]
    for about, wrong in (
        (About("notice", "none"), errors.RecordNotFound),
        (About("case", "none"), errors.RecordNotFound),
        (About("incident", "none"), errors.IncidentNotFound),
        (About("provider", "x"), errors.BadRequest),
    ):
        with pytest.raises(wrong):
            program.clocks.start("tco_preservation", about, "it was removed")
    with pytest.raises(errors.RecordNotFound):
        program.clocks.start("none", About("provider"), "r")


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": "2999-01-01T00:00:00Z"},
        {"received_at": "2026-01-01T00:00:00"},
        {"zone": "Nowhere/Land"},
        {"kind": "letter"},
        {"urls": ["javascript:alert(1)"]},
        {"sha256s": ["x"]},
        {"particulars": {"good_faith": "yes"}},
        {"particulars": {"law": "mine"}},
        {"more": 1},
    ],
)
def test_what_cannot_be_put_on_record_is_refused(ann, library, change):
    answer = ann.post("/v1/notices", json=order(**change))
    assert answer.status_code == 422
    assert answer.json()["code"] in ("bad_notice", "bad_request")
    assert library.notices.page() == []


def test_who_only_reads_changes_nothing(library, address):
    with client(address, key(library, Scope.READ, user="eve")) as eve:
        assert eve.get("/v1/notices").status_code == 200
        assert eve.get("/v1/periods").status_code == 200
        assert eve.post("/v1/notices", json=order()).status_code == 403
        assert eve.post("/v1/clocks", json={}).status_code == 403


def test_who_only_reads_is_not_told_who_sent_it(library, address, ann):
    person = {"sender": "Jo Citizen", "contact": "jo@example.org", "particulars": {"good_faith": "yes"}}
    sent = [order(sender="The authority", contact="desk@example.org"), order(kind="notice", **person)]
    made = [ann.post("/v1/notices", json=one).json() for one in sent]
    assert [(one["sender"], one["contact"]) for one in made] == [
        (sent[0]["sender"], "desk@example.org"),
        ("Jo Citizen", "jo@example.org"),
    ]
    with client(address, key(library, Scope.READ, user="eve")) as eve:
        answers = [eve.get(f"/v1/notices/{one['id']}") for one in made]
        answers += [eve.get(f"/v1/notices/{one['id']}/receipt") for one in made]
    seen = [answer.json() for answer in answers[:2]]
    assert [(one["sender"], one["contact"]) for one in seen] == [(sent[0]["sender"], None), (None, None)]
    assert not any(word in answer.text for answer in answers for word in ("Citizen", "jo@", "desk@"))


def test_an_alarm_reaches_the_outbox_by_the_task_that_comes_at_intervals(library, ann):
    hook = {"url": "https://example.org/hook", "types": ["clock.alarm"]}
    assert ann.post("/v1/webhooks", json=hook).status_code == 201
    assert HANDLERS[Kind.CLOCKS] is clocks.ring
    assert PERIODIC[Kind.CLOCKS] <= 60
    body = order(received_at=(datetime.now(UTC) - timedelta(minutes=14, seconds=59)).isoformat())
    notice = ann.post("/v1/notices", json=body).json()
    assert notice["clocks"][0]["alarms"] == []
    until = datetime.now(UTC) + timedelta(seconds=20)
    while (done := clocks.ring(library, None, Now()))["rung"] == 0 and datetime.now(UTC) < until:
        pass
    assert done == {"rung": 1, "joined": 0}
    assert clocks.ring(library, None, Now()) == {"rung": 0, "joined": 0}
    assert [one.kind for one in library.tasks.waiting(10) if one.kind == "delivery"] == ["delivery"]


def test_the_audit_says_who_took_it_in(ann, library):
    made = ann.post("/v1/notices", json=order()).json()
    ann.post(f"/v1/notices/{made['id']}/work", json={"reason": "mine"})
    actions = [one["action"] for one in ann.get("/v1/audit").json()["items"]]
    assert {"notices_create", "notices_work"} <= set(actions)


def test_words_of_ones_own_and_a_zone(tmp_path, monkeypatch):
    words = tmp_path / "words.toml"
    words.write_text('[tco_removal]\nduty = "Take it down"\n', encoding="utf-8")
    monkeypatch.setenv("SEAWALL_PERIOD_WORDS", str(words))
    monkeypatch.setenv("SEAWALL_TIME_ZONE", "Europe/Brussels")
    with seawall.open(tmp_path / "data") as library:
        assert library.clocks.wording["tco_removal"].duty == "Take it down"
        assert library.clocks.zone == "Europe/Brussels"
    none = str(tmp_path / "none")
    for name, value in (("PERIOD_WORDS", none), ("TIME_ZONE", "Nowhere/Land"), ("ORDER_LABELS", none)):
        with monkeypatch.context() as patch:
            patch.setenv(f"SEAWALL_{name}", value)
            with pytest.raises(errors.BadSetting):
                seawall.open(tmp_path / "data")
    gc.collect()  # a file that was left open would be told of here
