"""The client against the service: what a program does with it from day to day."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from calling import write_picture
from serving import key, served

from seawall import config, errors
from seawall.client import About, Client, Feedback, Ground, Hash, Rule, Rulebook, Ruling, Words, group
from seawall.model.access import Role, Scope
from seawall.outbound.web import Answer
from seawall.workflows.library import Seawall

URL = "https://example.org/media/known.png"
REPORT = """Three killed in attack on market, police say

HALLE, March 1 - At least three people were killed on Saturday in an attack on a market, police said.
The attacker, named as Max Mustermann, is believed to have streamed a video of about 17 minutes.
"""


class Web:
    """A way out on which one address answers."""

    def __init__(self, data):
        self.data = data

    def save(self, url, target, **_):
        if url != URL:
            raise errors.UnsafeUrl(url=url, reason="a test says so")
        target.write(self.data)
        return Answer(url, 200)


def pdq(name):
    half = hashlib.sha256(name.encode()).digest()[:16]
    return (half + bytes(255 - byte for byte in half)).hex()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    return [write_picture(folder / f"{seed}.png", seed) for seed in range(3)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Seawall(config.load(tmp_path_factory.mktemp("client") / "data", {})) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(library, pictures):
    with served(library, web=Web(pictures[0].read_bytes())) as where:
        yield where


@pytest.fixture(scope="module")
def seawall(library, address):
    with Client(address, key(library)) as made:
        yield made


@pytest.fixture(scope="module")
def known(seawall, pictures):
    seawall.banks.create("KNOWN", labels=["attack"])
    return seawall.banks.add("KNOWN", pictures[0], labels=["one", "two"], note="a note", keep=True)


def test_a_file_is_checked(seawall, known, pictures):
    checked = seawall.check(pictures[0], uploader="u-1", post="p-1")
    assert (checked.path, checked.kind, checked.error) == ("0.png", "image", None)
    assert checked.sha256 == hashlib.sha256(pictures[0].read_bytes()).hexdigest()
    (match,) = checked.matches
    assert (match.bank, match.reference) == ("KNOWN", known.reference.id)
    assert match.recommendation == "strong"
    assert match.score > 0.9
    assert seawall.check(io.BytesIO(pictures[1].read_bytes())).matches == ()


def test_a_reference_is_as_it_was_added(known):
    reference = known.reference
    assert (reference.labels, reference.note, reference.state) == (("one", "two"), "a note", "active")
    assert known.signals["sha256"] == 1
    assert not known.already
    assert reference.created_at - datetime.now(UTC) < timedelta(minutes=5)


def test_several_files_are_checked_and_a_bad_one_says_so(seawall, known, pictures):
    results = seawall.check_batch([pictures[0], io.BytesIO(b"no picture"), pictures[1]], post="p")
    assert [len(one.matches) for one in results] == [1, 0, 0]
    assert [one.error is None for one in results] == [True, False, True]
    assert results[1].error.code == "unsupported_format"


def test_an_address_is_checked_or_refused(seawall, known):
    assert seawall.check_url(URL).matches[0].reference == known.reference.id
    with pytest.raises(errors.UnsafeUrl, match="a test says so") as raised:
        seawall.check_url("http://169.254.169.254/latest", uploader="u")
    assert raised.value.request_id
    assert raised.value.http_status == 422


def test_the_same_key_of_idempotency_adds_once(seawall, pictures):
    seawall.banks.create("ONCE")
    first, again = (
        seawall.banks.add("ONCE", pictures[1], labels=["a"], idempotency_key="once-1") for _ in range(2)
    )
    assert again == first
    assert not again.already  # it is the first answer, not that of a second call
    with pytest.raises(errors.KeyReused):
        seawall.banks.add("ONCE", pictures[2], labels=["a"], idempotency_key="once-1")
    assert seawall.banks.get("ONCE").references == 1
    seawall.banks.remove("ONCE", "a test")
    with pytest.raises(errors.BankNotFound, match="ONCE"):
        seawall.banks.get("ONCE")


@contextmanager
def losing_the_first_answer(address):
    """A way to the service on which the first answer is lost once it has come."""
    upstream = (urlsplit(address).hostname, urlsplit(address).port)
    lost = []

    def relay(caller):
        with caller, socket.create_connection(upstream, timeout=30) as service:
            back = threading.Thread(target=answer, args=(service, caller))
            back.start()
            with suppress(OSError):
                while piece := caller.recv(1 << 16):
                    service.sendall(piece)
            with suppress(OSError):
                service.shutdown(socket.SHUT_RDWR)
            back.join()

    def answer(service, caller):
        with suppress(OSError):
            while piece := service.recv(1 << 16):
                if not lost:
                    lost.append(piece)
                    caller.shutdown(socket.SHUT_RDWR)
                    return
                caller.sendall(piece)

    def accept():
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                threads.append(threading.Thread(target=relay, args=(caller,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = [threading.Thread(target=accept)]
        threads[0].start()
        host, port = listener.getsockname()
        try:
            yield f"http://{host}:{port}", lost
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def test_what_was_done_when_the_answer_was_lost_is_not_done_again(library, seawall, address, pictures):
    seawall.banks.create("LOST")
    with losing_the_first_answer(address) as (there, lost), Client(there, key(library)) as over_it:
        added = over_it.banks.add("LOST", pictures[2], labels=["a"])
    assert lost[0].startswith(b"HTTP/1.1 201")
    assert not added.already  # as the first call was answered
    assert [one.id for one in seawall.references(bank="LOST")] == [added.reference.id]
    actions = [one.action for one in seawall.audit(subject="LOST")]
    assert actions == ["adding_add", "banks_create"]


def test_references_come_over_several_pages(seawall, monkeypatch):
    monkeypatch.setattr(group, "PAGE_ITEMS", 3)
    seawall.banks.create("LIST")
    made = [
        seawall.banks.add_hashes("LIST", [Hash("pdq", pdq(str(one)), 100)], reference_name=f"n{one}")
        for one in range(7)
    ]
    listed = list(seawall.references(bank="LIST"))
    assert [one.name for one in listed] == [f"n{number}" for number in range(7)]
    assert [one.id for one in listed] == [one.reference.id for one in made]
    with pytest.raises(errors.BankNotFound):
        next(seawall.references(bank="NONE"))


def test_a_reference_is_labelled_disputed_and_withdrawn(seawall):
    seawall.banks.create("STATES")
    added = seawall.banks.add_hashes("STATES", [Hash("pdq", pdq("states"))], labels=["one"])
    reference = added.reference.id
    assert seawall.references.label(reference, "two", "three").labels == ("one", "three", "two")
    assert seawall.references.unlabel(reference, "one").labels == ("three", "two")
    assert seawall.references.dispute(reference, "a news report").state == "disputed"
    assert seawall.references.clear(reference, "it is not").state == "active"
    opinion = seawall.references.opine(reference, "positive", labels=["x"], note="seen")
    assert (opinion.mine, opinion.stance, opinion.note) == (True, "positive", "seen")
    assert seawall.references.opinions(reference) == (opinion,)
    assert not seawall.references.verification(reference).verified
    assert seawall.references.verify(reference, "I have seen it whole").name == "tester"
    assert seawall.references.verification(reference).verified
    assert seawall.references.withdraw(reference, "a mistake").state == "withdrawn"
    with pytest.raises(errors.StateConflict):
        seawall.references.dispute(reference, "again")
    assert [one.to_state for one in seawall.references.events(reference)] == [
        "disputed",
        "active",
        "withdrawn",
    ]
    assert [one.id for one in seawall.references(state="withdrawn")] == [reference]
    seawall.references.remove(reference, "done")
    with pytest.raises(errors.ReferenceNotFound):
        seawall.references.get(reference)


def test_a_policy_is_drafted_tried_and_put_in_force(seawall, known):
    book = Rulebook([Rule("all", "hold", {"recommendation": "strong", "score": 0.5}, review=True)])
    assert seawall.policies.in_force("KNOWN").version is None
    drafted = seawall.policies.draft("KNOWN", book, "a first one")
    assert (drafted.version, drafted.state) == (1, "draft")
    assert drafted.policy.rules[0].when["score"] == 0.5
    with pytest.raises(errors.NoDryRun):
        seawall.policies.make_live("KNOWN", 1, "it is right")
    tried = seawall.policies.dry_run("KNOWN", 1, days=2)
    assert (tried.days, seawall.policies.dry_runs("KNOWN", 1)) == (2.0, (tried,))
    live = seawall.policies.make_live("KNOWN", 1, "tried for two days")
    assert live.history[-1].reason == "tried for two days"
    assert [(one.bank, one.version) for one in seawall.policies()] == [("KNOWN", 1)]
    assert seawall.policies.in_force("KNOWN").policy == live.policy
    again = seawall.policies.draft("KNOWN", live.policy, "the same again")
    assert again.policy == live.policy
    assert [one.version for one in seawall.policies.versions("KNOWN")] == [2, 1]
    with pytest.raises(errors.BadPolicy):
        seawall.policies.draft("KNOWN", Rulebook([book.rules[0], book.rules[0]]), "twice")
    assert seawall.policies.retire("KNOWN", 1, "over").state == "retired"


def test_a_list_is_followed(seawall):
    seawall.banks.create("FOLLOWED")
    adapters = {one.name: one for one in seawall.exchanges.adapters()}
    assert any(one.name == "url" for one in adapters["list"].fields)
    made = seawall.exchanges.add("partner", "list", "FOLLOWED", {"url": "https://example.org/list.csv"})
    assert seawall.exchanges.get("partner") == made
    assert list(seawall.exchanges()) == [made]
    changed = seawall.exchanges.change("partner", enabled=False, every_s=7200)
    assert (changed.enabled, changed.every_s) == (False, 7200.0)
    assert list(seawall.exchanges.runs("partner")) == []
    with pytest.raises(errors.ExchangeExists):
        seawall.exchanges.add("partner", "list", "FOLLOWED", {"url": "https://example.org/list.csv"})
    seawall.exchanges.remove("partner")
    with pytest.raises(errors.ExchangeNotFound):
        seawall.exchanges.get("partner")


def test_an_incident_is_opened_and_decided_on(seawall, tmp_path):
    report = tmp_path / "report.txt"
    report.write_text(REPORT, encoding="utf-8")
    about = About(published=datetime(2026, 3, 1, tzinfo=UTC).date(), outlet="The Outlet", reliability="B")
    opened = seawall.incidents.open(report, about=about)
    assert opened.record["schema"] == "seawall.incident/1"
    assert {one.status for one in opened.claims} == {"proposed"}
    assert [one.claims for one in seawall.incidents()] == [len(opened.claims)]
    first = opened.claims[0].id
    (decided,) = seawall.incidents.decide(opened.incident, [first], "confirm", "it says so")
    assert (decided.id, decided.status) == (first, "confirmed")
    assert seawall.incidents.claims(opened.incident, status="confirmed") == (decided,)
    added = seawall.incidents.add_claim(opened.incident, Words("an attack on a market"), "act", "read")
    assert added.sentence
    described = seawall.incidents.describe(opened.incident, "shorter", title="Attack on a market")
    assert described.title == "Attack on a market"
    assert seawall.incidents.compare(opened.incident)["incident"] == opened.incident
    with pytest.raises(errors.SpanNotInText):
        seawall.incidents.add_claim(opened.incident, Words("nothing of it"), "act", "read")
    with pytest.raises(errors.DocumentExists):
        seawall.incidents.add_report(opened.incident, report)


def test_users_keys_and_the_audit_log(seawall, address):
    made = seawall.users.create("ann", Role.ANALYST, password="twelve or more characters")
    assert (made.role, made.active) == ("analyst", True)
    sent = seawall.keys.create("ann", "uploads", [Scope.CHECK], rate_per_s=50.0)
    with Client(address, sent.secret, tries=1) as theirs:
        assert (theirs.me().user, theirs.me().scopes) == ("ann", ("check",))
        with pytest.raises(errors.NotAllowed, match="read"):
            next(theirs.banks())
    assert not seawall.users.disable("ann").active
    assert seawall.users.enable("ann") == seawall.users.get("ann")
    assert seawall.keys.revoke(sent.key.id).revoked_at is not None
    assert {one.name for one in seawall.users()} >= {"ann", "tester"}
    listed = list(seawall.keys())
    assert sent.key.id in {made.id for made in listed}
    assert [one.action for one in seawall.audit(subject=sent.key.id)] == [
        "access_revoke_key",
        "access_create_key",
    ]
    with Client(address, "swk_no_such_key", tries=1) as stranger, pytest.raises(errors.NotSignedIn):
        stranger.me()


def test_items_cases_and_decisions_are_there(seawall):
    assert list(seawall.items(state="open", priority=2)) == []
    assert list(seawall.cases(state="open")) == []
    assert list(seawall.decisions(awaits_second=False, since=datetime(2026, 1, 1, tzinfo=UTC))) == []
    ruling = Ruling(
        items=["no-such-item"],
        choice="remove",
        facts="a copy of known footage",
        origin="own_initiative",
        automated_detection=True,
        automated_decision="none",
        views=["stills"],
        grounds=[Ground("contractual", "Terms, 4.2", "it bars such material")],
        territory=["WORLD"],
        redress=["court"],
        purpose="none",
        preservation="evidence-1",
        feedback=[Feedback("no-such-reference", "right")],
    )
    with pytest.raises(errors.SeawallError) as raised:
        seawall.decide(ruling)
    assert raised.value.code in ("record_not_found", "bad_decision", "reference_not_found")
    with pytest.raises(errors.RecordNotFound):
        seawall.items.get("no-such-item")
    with pytest.raises(errors.RecordNotFound):
        seawall.cases.get("no-such-case")


def test_what_is_known_of_a_content(seawall, known):
    found = seawall.matches.of_content(known.reference.sha256)
    assert (found.file.kind, [one.id for one in found.references]) == ("image", [known.reference.id])
    with pytest.raises(errors.RecordNotFound):
        seawall.matches.of_content("0" * 64)


def test_whatever_there_is_can_be_called(seawall):
    assert seawall.call("GET", "/v1/health/live") == {"status": "alive"}
    for name in ("CALLED", "CALLED-TOO"):
        seawall.banks.create(name)
    assert seawall.call("GET", "/v1/banks", query={"limit": 1})["next_cursor"]
    with pytest.raises(errors.NoSuchRoute):
        seawall.call("GET", "/v1/none")
    with pytest.raises(errors.WrongMethod):
        seawall.call("PATCH", "/v1/banks", json={})
