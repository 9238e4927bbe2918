"""The queue over HTTP: pages, counts, who gets which case, and verdicts that copies inherit."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import APIRoute
from serving import client, key, served

import seawall
from seawall import errors
from seawall.api.routes import queue
from seawall.client import Client, Ruling, Wanted
from seawall.model.access import Role, Scope
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.outcomes import Made
from seawall.store.recording import NewCheck

ROUTES = [
    (method, route.path)
    for route in queue.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
WHOLE = Segment(SignalType.SHA256, 0.0, 0.0, 0.0, 0.0, 1.0, (), 1.0)


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
def person(library, address):
    """person("ann") calls as a reviewer of that name."""
    opened = []

    def make(name, *scopes):
        if name not in {one.name for one in library.access.users()}:
            library.access.create_user(name, Role.REVIEWER)
        wanted = scopes or (Scope.READ, Scope.REVIEW)
        opened.append(Client(address, library.access.create_key(name, "desk", wanted).sent))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def case(library):
    """case(number) is that of an upload that is a full copy of the one reference, held by a policy."""
    signal = Signal(SignalType.PDQ, 1, b"1" * 32, 90)
    new = NewReference(None, "image", (signal,), "known", "list", labels=("speech",))
    reference = library._store.add_reference("K", new).id
    match = Match(reference, 0.95, Recommendation.STRONG, 1.0, 1.0, {"exact": 1.0}, (WHOLE,))

    def make(number, step=Step.HOLD, **context):
        sha256, where = f"{number:064x}", Context(**context)
        new = NewCheck(sha256, sha256, None, "image", None, None, (("K", match),), "up", where)
        [found] = library.seen.record_all([new])[0].matches
        made = Outcome(step, "rest", "a rule", 1, step, None, review=True)
        library._store.outcomes.record([Made(found, made, None)])
        return library.cases.items(limit=500)[-1][1].case

    return make


def test_the_queue_is_paged_in_any_order(library, person, case):
    ann = person("ann")
    cases = [case(number, post=str(number)) for number in range(3)]
    acted = case(9, Step.ACT)
    library.queue.set_due(cases[2], datetime.now(UTC) + timedelta(hours=1))
    assert [one.case for one in ann.queue()] == [cases[2], acted, *cases[:2]]
    assert [one.case for one in ann.queue(order="severity")] == [acted, cases[2], *cases[:2]]
    assert [one.case for one in ann.queue(Wanted(severity=4, label="Speech"))] == [acted]
    entry = ann.queue.get(cases[0])
    assert (entry.bank, entry.reference_name, entry.labels, entry.post) == ("K", "known", ("speech",), "0")
    counts = ann.queue.counts()
    assert (counts.states["open"], counts.severities["4"], counts.banks, counts.mine) == (4, 1, {"K": 4}, 0)


def test_cursors_of_one_order_are_no_cursors_of_another(library, address, case):
    for number in range(3):
        case(number)
    with client(address, key(library)) as caller:
        first = caller.get("/v1/queue", params={"limit": 2}).json()
        assert len(first["items"]) == 2
        rest = caller.get("/v1/queue", params={"limit": 2, "cursor": first["next_cursor"]}).json()
        assert (len(rest["items"]), rest["next_cursor"]) == (1, None)
        wrong = {"order": "spread", "cursor": first["next_cursor"]}
        answer = caller.get("/v1/queue", params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_many_who_ask_at_once_each_get_their_own(person, case):
    cases = {case(number) for number in range(8)}
    callers = [person(f"u{number}") for number in range(4)]
    begin = threading.Barrier(len(callers))
    taken = []

    def works(caller):
        begin.wait()
        while (found := caller.queue.take_next()) is not None:
            taken.append(found.id)

    threads = [threading.Thread(target=works, args=(one,)) for one in callers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(taken) == sorted(cases)


def test_who_passes_a_case_on_is_not_counted(library, person, case):
    ann, bob = person("ann"), person("bob")
    only = case(1)
    assert ann.queue.take_next(lease_s=60).id == only
    assert ann.queue.not_me(only).assigned_to is None
    assert (ann.queue.take_next(), list(ann.queue())) == (None, [])
    assert ann.queue.set_labels(["Speech"]) == ann.queue.labels() == ("speech",)
    assert bob.queue.labels() == ()
    assert bob.queue.take_next(Wanted(bank="K"), order="spread").id == only
    said = {one.action for one in library.access.entries(limit=100)}
    assert said == {"queue_take_next"}


def test_a_full_copy_follows_the_first(person, case, library):
    ann = person("ann")
    first = library.cases.get(case(1)).items
    made = ann.decisions.make(
        Ruling(
            items=first,
            choice="no_action",
            facts="it is harmless",
            origin="own_initiative",
            automated_detection=True,
            automated_decision="none",
            views=["stills"],
        ),
        undo_s=0,
    )
    copies = [case(number) for number in (2, 3, 4)]
    assert {one.inherits for one in ann.queue(Wanted(follows=made.id))} == {made.id}
    found = ann.queue.inherited(copies[0])
    assert (found.decision, found.ruling.choice, len(found.items)) == (made.id, "no_action", 1)
    [followed] = ann.queue.inherit(copies[0])
    assert (followed.ruling.follows, followed.ruling.views) == (made.id, ("metadata",))
    assert len(ann.queue.inherit_all(copies[1:])) == 2
    assert ann.queue.inherited(copies[0]) is None
    with pytest.raises(errors.RecordConflict):
        ann.queue.inherit(copies[0])
    with pytest.raises(errors.BadRequest):
        ann.queue.inherit_all(copies)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_calls_without_the_scope(library, address, method, path):
    with client(address, None) as nobody, client(address, key(library, Scope.CHECK)) as checker:
        at = path.replace("{case}", "x")
        assert nobody.request(method, at).status_code == 401
        assert checker.request(method, at).status_code == 403
