"""Webhooks: every event reaches who wants it, signed, once he is there; and the log says how."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time

import pytest
from at_work import at_work, receiver, until
from serving import client, key, served

import seawall
from seawall import errors, signing
from seawall.model.access import Scope
from seawall.model.event import EventType
from seawall.model.job import JobState
from seawall.store.store import FILE_NAME
from seawall.workflows import webhooks


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("webhooks") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def work(library):
    with at_work(library) as running:
        yield running


@pytest.fixture
def hook(library):
    """hook(receiver, *types): a webhook, which is taken out after the test."""
    made = []

    def create(at, *types):
        new = webhooks.create(library, at.url, types or (EventType.MATCH_CREATED,), "tester")
        made.append(new.webhook.id)
        return new

    yield create
    for one in made:
        library.webhooks.remove(one)


def put(library, number=0, kind=EventType.MATCH_CREATED):
    return library.events.put(kind, {"number": number, "text": "ünï"})


def only_delivery(library, new):
    (found,) = library.webhooks.deliveries(new.webhook.id)
    return found


def test_an_event_comes_signed_as_the_receiver_can_compute_for_himself(work, library, hook):
    with receiver() as at:
        new = hook(at)
        event_id = put(library)
        until(lambda: at.got)
    (got,) = at.got
    stamp = got.headers["Seawall-Timestamp"]
    wanted = hmac.new(new.secret.encode(), stamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["Seawall-Signature"] == f"v1={wanted}"
    assert got.headers["Seawall-Event"] == "match.created"
    assert abs(int(stamp) - time.time()) < 30
    assert got.record["id"] == event_id
    assert set(got.record) == {"id", "type", "at", "data"}
    assert got.record["data"] == {"number": 0, "text": "ünï"}
    assert signing.verify(new.secret, got.headers, got.body)
    assert got.headers["Seawall-Delivery"] == only_delivery(library, new).id


def test_only_those_are_told_who_want_that_type_and_are_switched_on(work, library, hook):
    with receiver() as one, receiver() as other:
        hook(one, EventType.MATCH_CREATED, EventType.ITEM_OPENED)
        off = hook(other, EventType.MATCH_CREATED)
        webhooks.change(library, off.webhook.id, active=False)
        put(library, 1, EventType.JOB_DONE)
        put(library, 2, EventType.ITEM_OPENED)
        put(library, 3, EventType.MATCH_CREATED)
        until(lambda: len(one.got) == 2)
    assert sorted(got.record["data"]["number"] for got in one.got) == [2, 3]
    assert other.got == []
    assert library.webhooks.deliveries(off.webhook.id) == []


def test_a_receiver_that_was_down_gets_every_event_once_it_is_back(work, library, hook):
    with receiver() as at:
        new = hook(at)
        at.down()
        ids = {put(library, number) for number in range(10)}
        until(lambda: all(one.tries > 1 for one in library.webhooks.deliveries(new.webhook.id)))
        assert at.got == []
        at.up()
        until(lambda: {one.state for one in library.webhooks.deliveries(new.webhook.id)} == {"delivered"})
    assert sorted(got.record["id"] for got in at.got) == sorted(ids)
    found = library.webhooks.deliveries(new.webhook.id)[0]
    _, log = library.webhooks.delivery(new.webhook.id, found.id)
    assert [one.status for one in log] == [None] * (len(log) - 1) + [200]
    assert all(one.error for one in log[:-1])


def test_the_same_delivery_has_the_same_ids_and_bytes_at_every_try_but_its_own_time(work, library, hook):
    with receiver(status=503) as at:
        new = hook(at)
        put(library)
        until(lambda: len(at.got) >= 2)
        at.status = 200
        until(lambda: only_delivery(library, new).state == "delivered")
    assert len({got.headers["Seawall-Delivery"] for got in at.got}) == 1
    assert len({got.body for got in at.got}) == 1
    assert all(signing.verify(new.secret, got.headers, got.body) for got in at.got)
    _, log = library.webhooks.delivery(new.webhook.id, only_delivery(library, new).id)
    assert [one.status for one in log] == [503] * (len(at.got) - 1) + [200]


def test_a_receiver_that_is_gone_for_good_is_told_no_more(work, library, hook):
    with receiver(status=410) as at:
        new = hook(at)
        put(library)
        until(lambda: only_delivery(library, new).state == "refused")
        put(library)
    assert len(at.got) == 1
    known = library.webhooks.get(new.webhook.id)
    assert (known.active, known.inactive_reason) == (False, "it answered 410 Gone")
    assert len(library.webhooks.deliveries(new.webhook.id)) == 1


def test_an_address_that_is_not_safe_fails_the_delivery_at_once(work, library, hook):
    with receiver() as at:
        new = hook(at)
        webhooks.change(library, new.webhook.id, url="https://elsewhere.example/hook")
        put(library)
        until(lambda: only_delivery(library, new).state == "failed")
    assert library.jobs.get(only_delivery(library, new).job).error.code == "unsafe_url"
    _, log = library.webhooks.delivery(new.webhook.id, only_delivery(library, new).id)
    assert [one.status for one in log] == [None]


def test_a_receiver_that_hangs_does_not_stop_another(work, library, hook):
    with receiver(hangs=threading.Event()) as slow, receiver() as quick:
        hook(slow, EventType.ITEM_OPENED)
        hook(quick, EventType.MATCH_CREATED)
        for number in range(20):
            put(library, number, EventType.ITEM_OPENED)
        until(lambda: len(slow.got) >= 2)
        began = time.monotonic()
        for number in range(5):
            put(library, number)
        until(lambda: len(quick.got) == 5)
        assert time.monotonic() - began < 10


def test_a_delivery_is_replayed_under_its_own_ids(work, library, hook):
    with receiver() as at:
        new = hook(at)
        put(library)
        until(lambda: only_delivery(library, new).state == "delivered")
        for count in (2, 3):
            library.webhooks.replay(new.webhook.id, only_delivery(library, new).id)
            until(lambda count=count: len(at.got) == count)
            until(lambda: only_delivery(library, new).state == "delivered")
    assert len({got.headers["Seawall-Delivery"] for got in at.got}) == 1
    assert len({got.record["id"] for got in at.got}) == 1


def test_what_is_under_way_is_not_replayed_and_goes_with_its_webhook(work, library):
    with receiver() as at:
        new = webhooks.create(library, at.url, [EventType.MATCH_CREATED], "tester")
        at.down()
        put(library)
        found = only_delivery(library, new)
        with pytest.raises(errors.RecordConflict):
            library.webhooks.replay(new.webhook.id, found.id)
        library.webhooks.remove(new.webhook.id)
        until(lambda: library.jobs.get(found.job).state is JobState.DONE)
        assert library.jobs.get(found.job).result["delivered"] is False


def test_a_secret_is_stored_sealed_and_can_be_renewed(work, library, hook):
    with receiver() as at:
        new = hook(at)
        data = library.settings.data
        kept = b"".join(path.read_bytes() for path in data.glob(f"{FILE_NAME}*"))
        assert new.secret.encode() not in kept
        renewed = webhooks.renew_secret(library, new.webhook.id)
        assert renewed.secret != new.secret
        put(library)
        until(lambda: at.got)
    (got,) = at.got
    assert signing.verify(renewed.secret, got.headers, got.body)
    assert not signing.verify(new.secret, got.headers, got.body)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/",
        "http://",
        "//host/x",
        "http://user:hidden@host/",
        "http://a b/",
        "x",
        "http://host:99999/",
        "http://[::1",
        "http://host/\n",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(library, url):
    with pytest.raises(errors.UnsafeUrl) as caught:
        webhooks.create(library, url, [EventType.MATCH_CREATED], "tester")
    assert "hidden" not in caught.value.message


def test_webhooks_over_http(work, library):
    with receiver() as at, served(library) as address, client(address, key(library)) as caller:
        made = caller.post("/v1/webhooks", json={"url": at.url, "types": ["item.opened"]})
        assert made.status_code == 201
        new = made.json()
        hook = f"/v1/webhooks/{new['id']}"
        assert new["secret"].startswith("whs_")
        assert new["created_by"].startswith("tester/")
        assert "secret" not in caller.get(hook).json()
        assert new["id"] in [one["id"] for one in caller.get("/v1/webhooks").json()["webhooks"]]
        assert caller.post(f"{hook}/test").status_code == 202
        until(lambda: at.got)
        assert at.got[0].record["type"] == "webhook.test"
        assert signing.verify(new["secret"], at.got[0].headers, at.got[0].body)
        until(lambda: caller.get(f"{hook}/deliveries").json()["items"][0]["state"] == "delivered")
        sent = caller.get(f"{hook}/deliveries").json()["items"][0]
        log = caller.get(f"{hook}/deliveries/{sent['id']}").json()
        assert [one["status"] for one in log["attempts"]] == [200]
        assert caller.post(f"{hook}/deliveries/{sent['id']}/replay").status_code == 202
        until(lambda: len(at.got) == 2)
        changed = caller.patch(hook, json={"active": False, "types": ["match.created"]}).json()
        assert (changed["active"], changed["types"], changed["url"]) == (False, ["match.created"], at.url)
        assert caller.patch(hook, json={"active": True}).json()["inactive_reason"] is None
        assert caller.post(f"{hook}/secret").json()["secret"] != new["secret"]
        assert caller.delete(hook).status_code == 204
        assert caller.get(hook).json()["code"] == "record_not_found"
        assert caller.post("/v1/webhooks", json={"url": at.url, "types": ["x"]}).status_code == 422
        assert caller.post("/v1/webhooks", json={"url": at.url, "types": []}).status_code == 422
        with client(address, key(library, Scope.READ)) as reader:
            assert reader.get("/v1/webhooks").status_code == 403
            assert reader.post("/v1/webhooks", json={"url": at.url, "types": ["x"]}).status_code in {403, 422}
