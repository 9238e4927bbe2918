"""Nothing is taken away that is not preserved, however it is asked for; and what is preserved can be read."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authority import authority
from sqlalchemy import update

from seawall import errors
from seawall.evidence.checkpoint import opened
from seawall.model.custody import CustodyType, Outcome
from seawall.model.decision import Choice, ItemState, Stage
from seawall.model.match import Match, Recommendation
from seawall.model.preservation import Basis, PreservationState, Purpose
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.outbound import guarded
from seawall.store import NewReference
from seawall.store.custody import CustodyFilter
from seawall.store.outcomes import Made
from seawall.store.preservations import By
from seawall.store.recording import NewCheck
from seawall.store.schema_custody import custody_event
from seawall.store.tasks import Task
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import HANDLERS, Kind

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from platforms import HELD, removal

BYTES = b"a harmless upload " * 10_000
SHA256 = hashlib.sha256(BYTES).hexdigest()


class Now:
    """Steps that are done at once."""

    def __init__(self):
        self.names = []

    def run(self, name, work):
        self.names.append(name)
        return work()


@pytest.fixture(params=["sqlite", "postgres"])
def library(request, new_settings):
    with Seawall(new_settings(request.param)) as made:
        made.bank_create("K")
        signal = Signal(SignalType.PDQ, 1, b"1" * 32, 90)
        made.known = made._store.add_reference("K", NewReference(None, "image", (signal,), "1", "l")).id
        yield made


def uploaded(library, tmp_path, data=BYTES, **context):
    """An upload that waits for a decision, whose bytes are kept."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = tmp_path / "upload"
    path.write_bytes(data)
    library.viewing.keep(path, sha256)
    return listed(library, sha256, **context)


def listed(library, sha256, **context):
    match = Match(library.known, 0.95, Recommendation.STRONG, 0.5, 1.0, {"image": 0.95}, ())
    where = Context(**context)
    new = NewCheck(sha256 or "e" * 64, sha256, None, "image", None, None, (("K", match),), "up", where)
    [[found]] = (one.matches for one in library.seen.record_all([new]))
    library._store.outcomes.record([Made(found, HELD, None)])
    return next(one for _, one in library.cases.items() if one.context == where and one.sha256 == sha256)


def done(library, made):
    """The job of a decision, as the queue does it."""
    steps = Now()
    task = Task(f"decision-{made.id}", "decision", {"decision": made.id}, datetime.now(UTC))
    HANDLERS[Kind.DECISION](library, task, steps)
    return steps.names


def events(library, **wanted):
    return library.preserving.custody.events(CustodyFilter(**wanted), limit=500)


def test_a_removal_preserves_logs_and_stamps_before_it_acts(library, tmp_path):
    item = uploaded(library, tmp_path, uploader="u-1", post="p-1")
    made = library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0)
    assert (made.stage, library.cases.item(item.id).state) == (Stage.DUE, ItemState.OPEN)
    assert done(library, made) == ["preserve", "stamp", "go out"]
    assert library.cases.decision(made.id).stage is Stage.OUT
    [known] = library._store.preservations.of(SHA256)
    assert (known.basis, known.related.uploader) == (Basis.REMOVED_TERRORIST_CONTENT, "u-1")
    assert known.removed_at is not None
    assert known.expires_at > datetime.now(UTC) + timedelta(days=150)
    assert library.objects.has(known.locked_sha256)
    assert [one.type for one in events(library, object=SHA256)] == [
        CustodyType.CAPTURE,
        CustodyType.DIGEST,
        CustodyType.ENCRYPTION,
        CustodyType.INGESTION,
        CustodyType.VALIDATION,
        CustodyType.EXTRACTION,
        CustodyType.POLICY,
        CustodyType.POLICY,
        CustodyType.ACTION,
    ]
    [stamp] = events(library, type=CustodyType.SIGNATURE)
    assert (stamp.says("outcome"), stamp.says("detail")["why"]) == ("skipped", "no authority is set")
    assert done(library, made) == ["preserve", "stamp", "go out"]
    assert len(events(library, type=CustodyType.ACTION)) == 1
    assert list(library.preserving.custody.faults()) == []


def test_no_way_leads_round_it(library, tmp_path):
    item = uploaded(library, tmp_path)
    made = library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0)
    for way in (library.cases.go_out, library._store.decisions.go_out):
        with pytest.raises(errors.NotPreserved):
            way(made.id)
    assert library.cases.item(item.id).state is ItemState.OPEN
    assert events(library, type=CustodyType.ACTION) == []
    other = listed(library, "b" * 64, post="other")
    direct = library._store.decisions.make(removal(other), user="ann", actor="ann", undo_s=0)
    assert direct.stage is Stage.DUE
    with pytest.raises(errors.NotPreserved):
        library._store.decisions.go_out(direct.id)
    with pytest.raises(errors.RecordNotFound):
        library._store.relied.rely(made.id, {item.id: "none"}, {}, By("eve", "t"))
    foreign = library.preserving.take_in(_file(tmp_path, b"other bytes"), Basis.ARCHIVE)
    with pytest.raises(errors.RecordConflict):
        library._store.relied.rely(made.id, {item.id: foreign.id}, {}, By("eve", "t"))
    with pytest.raises(errors.NotPreserved):
        library.cases.go_out(made.id)


def test_a_second_person_who_agrees_does_not_act_either(library, tmp_path):
    item = uploaded(library, tmp_path)
    made = library.cases.decide(removal(item), user="ann", undo_s=0)
    assert made.needs_second, "what could be preserved and is not takes two"
    agreed = library.cases.second_blind(made.id, Choice.REMOVE, note="n", user="bob")
    assert agreed.stage is Stage.DUE
    with pytest.raises(errors.NotPreserved):
        library.cases.go_out(made.id)
    done(library, agreed)
    [skipped] = [one for one in events(library, object=SHA256) if one.says("outcome") == Outcome.SKIPPED]
    assert skipped.says("detail")["why"] == made.ruling.not_preserved
    assert library._store.preservations.of(SHA256) == []


def test_what_one_person_would_not_preserve_is_preserved(library, tmp_path):
    item = uploaded(library, tmp_path)
    alone = library._store.decisions.make(removal(item), user="ann", actor="ann")
    done(library, alone)
    assert library._store.preservations.of(SHA256)[0].removed_at is not None


@pytest.mark.parametrize(("sha256", "why"), [("c" * 64, "only its hash came"), (None, "only its hash came")])
def test_what_cannot_be_preserved_is_an_event(library, sha256, why):
    item = listed(library, sha256, post="p")
    made = library.cases.decide(removal(item), user="ann", undo_s=0)
    assert not made.needs_second
    done(library, made)
    [skipped] = [one for one in events(library) if one.says("outcome") == Outcome.SKIPPED][:1]
    assert (skipped.says("object"), skipped.says("detail")["why"]) == (sha256, why)
    assert library.cases.decision(made.id).stage is Stage.OUT


def test_where_nothing_is_kept_somebody_says_so_and_where_it_is_nobody_need(library, tmp_path):
    with pytest.raises(errors.BadDecision):
        library.cases.decide(removal(listed(library, "d" * 64), not_preserved=None), user="ann")
    library.cases.decide(removal(uploaded(library, tmp_path), not_preserved=None), user="ann")


def test_a_record_that_is_named_is_looked_up(library, tmp_path):
    item = listed(library, SHA256)
    naming = {"not_preserved": None, "preservation": "nothing"}
    with pytest.raises(errors.BadDecision, match="nothing of that id"):
        library.cases.decide(removal(item, **naming), user="ann")
    other = library.preserving.take_in(_file(tmp_path, b"other"), Basis.ARCHIVE)
    with pytest.raises(errors.BadDecision, match="another content"):
        library.cases.decide(removal(item, **{**naming, "preservation": other.id}), user="ann")
    right = library.preserving.take_in(_file(tmp_path, BYTES), Basis.ARCHIVE)
    made = library.cases.decide(removal(item, **{**naming, "preservation": right.id}), user="ann", undo_s=0)
    done(library, made)
    assert library.preserving.get(right.id).removed_at is not None


def test_bytes_that_are_not_what_they_are_called_are_not_removed(library, tmp_path):
    item = uploaded(library, tmp_path)
    made = library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0)
    kept = library.settings.data / "objects" / SHA256[:2] / SHA256
    kept.chmod(0o600)
    kept.write_bytes(BYTES[:-1] + b"x")
    with pytest.raises(errors.BadEvidence):
        done(library, made)
    [failed] = events(library, object=SHA256)
    assert (failed.type, failed.says("outcome")) == (CustodyType.INGESTION, "failure")
    assert library.cases.item(item.id).state is ItemState.OPEN


def test_the_same_bytes_lie_in_the_vault_once(library, tmp_path):
    items = [uploaded(library, tmp_path, post=f"p{number}") for number in range(3)]
    made = library.cases.decide(removal(*items, not_preserved=None), user="ann", undo_s=0)
    done(library, made)
    known = library._store.preservations.of(SHA256)
    assert [one.related.post for one in known] == ["p0", "p1", "p2"]
    assert len({one.locked_sha256 for one in known}) == 1
    assert len(events(library, type=CustodyType.ENCRYPTION)) == 1


def test_an_original_is_read_for_a_purpose_and_that_is_on_record(library, tmp_path):
    known = library.preserving.take_in(
        _file(tmp_path, BYTES), Basis.ARCHIVE, related=Context("u", "p", "https://e.example")
    )
    assert known.related == Context(None, "p", "https://e.example"), "an archive needs no names"
    with pytest.raises(errors.BadRequest):
        library.preserving.read(known.id, Purpose.REVIEW, " ", user="ann")
    assert library.preserving.get(known.id).readings == ()
    pieces = library.preserving.read(known.id, Purpose.REVIEW, "complaint 3", user="ann")
    assert [one.user for one in library.preserving.get(known.id).readings] == ["ann"], "before the bytes"
    assert b"".join(pieces) == BYTES
    with pytest.raises(errors.BadRequest):
        library.preserving.preserve(SHA256, Basis.AUTHORITY)


def test_what_changed_in_the_vault_is_found_at_night(library, tmp_path):
    sound = library.preserving.take_in(_file(tmp_path, b"sound"), Basis.ARCHIVE)
    known = library.preserving.take_in(_file(tmp_path, BYTES), Basis.ARCHIVE)
    assert library.fixity.check()["failed"] == 0
    path = library.settings.data / "objects" / known.locked_sha256[:2] / known.locked_sha256
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert {**library.fixity.check(), "log_events": 0} == {
        "checked": 2,
        "failed": 1,
        "log_events": 0,
        "log_faults": 0,
    }
    report = library.fixity.report()
    assert (report.says("outcome"), report.says("detail")["failed"]) == ("failure", 1)
    [failed] = [one for one in events(library, object=known.sha256) if one.type is CustodyType.FIXITY]
    assert failed.says("outcome") == "failure"
    path.unlink()
    assert library.fixity.check()["failed"] == 1
    assert sound.state is PreservationState.KEPT


def test_its_time_over_it_is_gone_and_the_proofs_hold(library, tmp_path):
    item = uploaded(library, tmp_path)
    made = library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0)
    done(library, made)
    [known] = library._store.preservations.of(SHA256)
    assert library.fixity.expire() == 0
    library._store.preservations._now = lambda: known.expires_at + timedelta(seconds=1)
    held = library.preserving.hold(known.id, "Court", "1", known.expires_at + timedelta(days=9))
    assert library.fixity.expire() == 0
    library.preserving.lift(known.id, held.holds[0].id, "it ended")
    size, root = library.preserving.custody.root()
    assert library.fixity.expire() == 1
    assert not library.objects.has(known.locked_sha256)
    assert events(library, object=SHA256) == []
    assert library.preserving.custody.root(size) == (size, root)
    assert list(library.preserving.custody.faults()) == []
    with pytest.raises(errors.RecordConflict):
        library.preserving.read(known.id, Purpose.REVIEW, "r", user="ann")


def test_authorities_attest_the_head_and_one_that_fails_stops_nothing(new_settings, tmp_path):
    with (
        authority(tmp_path / "a", "North") as (_, first),
        authority(tmp_path / "b", "South") as (south, second),
    ):
        hosts = ",".join(one.removeprefix("http://").rstrip("/") for one in (first, second))
        settings = new_settings("sqlite", fetch_hosts=hosts, timestamp_authorities=f"{first}, {second}")
        with Seawall(settings) as library:
            library.web = guarded.opened(settings)
            library.preserving.take_in(_file(tmp_path, BYTES), Basis.ARCHIVE)
            head = library.preserving.stamp()
            assert opened(head.published, library.preserving.verifier()).size == head.size
            assert [one.error for one in library.preserving.heads.tokens(head.size)] == [None, None]
            south.refuses = True
            again = library.preserving.stamp()
            errors_ = [one.error for one in library.preserving.heads.tokens(again.size)]
            assert errors_[0] is None
            assert errors_[1].startswith("fetch_failed")
            outcomes = [one.says("outcome") for one in events(library, type=CustodyType.SIGNATURE)]
            assert outcomes == ["success", "success", "success", "failure"]


def test_a_log_that_was_changed_is_not_signed_again(library, tmp_path):
    library.preserving.take_in(_file(tmp_path, BYTES), Basis.ARCHIVE)
    library.preserving.stamp()
    with library._store._database.write() as connection:
        change = update(custody_event).where(custody_event.c.number == 1)
        connection.execute(change.values(leaf=bytes(32)))
    with pytest.raises(errors.BadEvidence):
        library.preserving.stamp()
    assert library.preserving.stamp_anyway() is None
    assert events(library, type=CustodyType.SIGNATURE)[-1].says("outcome") == "failure"


def test_restrictions_that_remove_nothing_wait_for_nothing(library, tmp_path):
    item = uploaded(library, tmp_path)
    made = library.cases.decide(removal(item, choice=Choice.LABEL, not_preserved=None), user="ann", undo_s=0)
    assert made.stage is Stage.OUT
    assert library._store.preservations.of(SHA256) == []


def _file(tmp_path, data):
    path = tmp_path / hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    return path
