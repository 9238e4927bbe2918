"""What the service shows of a content: forged calls are refused, and all that is shown is on record."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from serving import client, key, served

from seawall.client import Client
from seawall.model.access import Role, Scope
from seawall.workflows import viewing_tasks
from seawall.workflows.library import Seawall
from seawall.workflows.working import Form

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
import reviewing

WHY = {"reason": "context", "words": "is it a news report?"}


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return reviewing.clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def service(new_settings, clips):
    """A service, a case that rita holds, and calls by her key and by another's."""
    with Seawall(new_settings("sqlite")) as library:
        one = reviewing.reviewed(library, clips["known"], clips["longer"])
        library.access.create_user("otto", Role.REVIEWER)
        scopes = [Scope.READ, Scope.REVIEW]
        keys = {name: library.access.create_key(name, "k", scopes).sent for name in ("rita", "otto")}
        with (
            served(library) as address,
            client(address, keys["rita"]) as rita,
            client(address, keys["otto"]) as otto,
        ):
            yield one, rita, otto, address, keys


def path(one, rest):
    return f"/v1/cases/{one.case}/items/{one.item}/{rest}"


def ledger(caller):
    return caller.get("/v1/exposure/ledger").json()["items"]


def reveals(one):
    return [
        entry
        for entry in one.library.access.entries(limit=100)
        if "piece" in entry.action or "reveal" in entry.action
    ]


def test_every_route_holds_to_lease_and_floor_whatever_is_sent(service):
    one, rita, otto, _, _ = service
    board = rita.post(path(one, "storyboard")).json()
    ask = {"board": board["id"], "frame": 0, "cover": "stylised"}
    made = one.library.viewing.make(Form.GREY, one.sha256, {"spans": [[5.5, 7.0]], "cover": "grey"})
    forged = [
        ("reveal", {**ask, "cover": "grey"}, "below_floor"),
        ("reveal", {**ask, "cover": "plain"}, "below_floor"),
        ("reveal", {**ask, "full": True}, "below_floor"),
        ("reveal", {**ask, "cover": "covered"}, "bad_request"),
        ("reveal", {**ask, "cover": "plain", "why": {"reason": "context", "words": "  "}}, "bad_request"),
        ("reveal", {**ask, "cover": "plain", "why": {"reason": "curiosity", "words": "x"}}, "bad_request"),
        ("reveal", {**ask, "frame": 400}, "nothing_to_show"),
        ("reveal", {**ask, "board": made.id}, "record_not_found"),
        ("reveal", {**ask, "region": {"x": 0.9, "y": 0, "width": 0.5, "height": 1}}, "bad_request"),
        ("reveal", {**ask, "region": {"x": -1, "y": 0, "width": 0.5, "height": 1}}, "bad_request"),
        (f"proxy/{made.id}/0", {}, "bad_request"),
        (f"proxy/{made.id}/99", WHY, "nothing_to_show"),
        (f"proxy/{board['id']}/0", WHY, "record_not_found"),
        ("proxy", {"medium": "video"}, "bad_request"),
        ("proxy", {**WHY, "cover": "stylised"}, "bad_request"),
    ]
    for rest, body, code in forged:
        answer = rita.post(path(one, rest), json=body)
        assert answer.json()["code"] == code, (rest, body, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json")
    for rest, body in (
        ("reveal", ask),
        ("reveal", {**ask, "cover": "plain", "why": WHY}),
        ("proxy", WHY),
        (f"proxy/{made.id}/0", WHY),
    ):
        answer = otto.post(path(one, rest), json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "reveal_not_allowed")
    assert ledger(rita) == ledger(otto) == reveals(one) == []


def test_what_is_shown_is_on_record_once_and_by_whom(service):
    one, rita, otto, _, _ = service
    board = rita.post(path(one, "storyboard")).json()
    ask = {"board": board["id"], "frame": 0, "cover": "stylised", "region": {"width": 0.5}}
    answer = rita.post(path(one, "reveal"), json=ask)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    [line] = ledger(rita)
    assert (line["cover"], line["area"], line["seconds"]) == ("stylised", 0.5, 1.5)
    [entry] = reveals(one)
    assert (entry.user, entry.request) == ("rita", answer.headers["x-request-id"])
    assert ledger(otto) == []
    assert rita.get("/v1/exposure").json()["today"]["seconds"] == 1.5
    assert otto.get("/v1/exposure").json()["today"]["seconds"] == 0


def test_a_call_that_is_sent_again_is_on_record_again_and_its_picture_is_kept_nowhere(service):
    one, rita, _, _, _ = service
    board = rita.post(path(one, "storyboard")).json()
    ask = {"board": board["id"], "frame": 0, "cover": "stylised"}
    for count in (1, 2):
        answer = rita.post(path(one, "reveal"), json=ask, headers={"Idempotency-Key": "the-same"})
        assert answer.status_code == 200
        assert "idempotency-replayed" not in answer.headers
        assert len(ledger(rita)) == len(reveals(one)) == count
    one.library.cases.release(one.case, user="rita", reason="done")
    answer = rita.post(path(one, "reveal"), json=ask, headers={"Idempotency-Key": "the-same"})
    assert answer.status_code == 403


def test_sums_of_all_are_for_administrators_and_of_nobody(service):
    one, rita, _, address, _ = service
    between = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert rita.get("/v1/exposure/together", params=between).status_code == 403
    with client(address, key(one.library)) as admin:
        told = admin.get("/v1/exposure/together", params=between).json()
        assert (told["people"], told["sums"], told["share_shown"]) == (None, None, None)
        assert "rita" not in str(told)
        assert admin.get("/v1/exposure/ledger").json()["items"] == []


def test_a_program_sees_as_little(service, monkeypatch):
    one, _, _, address, keys = service
    with Client(address, keys["rita"]) as seawall:
        about = seawall.viewing.about(one.case, one.item)
        assert (about.graphic, about.floor, about.depicted[0].note) == (2, "stylised", "A parade")
        board = seawall.viewing.storyboard(one.case, one.item)
        shown = seawall.viewing.reveal(one.case, one.item, board.id, 0, region=(0, 0, 0.5, 0.5))
        assert shown.startswith(b"\xff\xd8\xff")
        assert seawall.viewing.peaks(one.case, one.item).peaks == ()
        # The job is done here, as a worker would.
        put = one.library.tasks.put

        def at_once(library, kind, payload, **more):
            viewing_tasks.make(one.library, type("Task", (), {"payload": payload})(), _Steps())
            return put(kind, payload, **more)

        monkeypatch.setattr(type(one.library.tasks), "put", at_once)
        monkeypatch.setattr(type(seawall.jobs), "result", lambda jobs, job, wait_s: {})
        proxy = seawall.viewing.proxy(one.case, one.item, **WHY)
        piece = seawall.viewing.piece(one.case, one.item, proxy.id, proxy.pieces[0].number, **WHY)
        assert piece[4:8] == b"ftyp"
        seawall.viewing.set_transcript(one.sha256, "(music)")
        assert seawall.viewing.about(one.case, one.item).transcript == "(music)"
        seawall.exposure.set_floor("covered")
        assert seawall.exposure.own().floor == "covered"
        assert [line.medium for line in seawall.exposure.ledger()] == ["video", "still"]


class _Steps:
    def run(self, name, work):
        return work()
