"""What every store promises of incidents: all or nothing, nothing overwritten, nothing made surer."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from seawall import errors
from seawall.model import names
from seawall.model.claim import UNHEDGED, Facet, HedgeLevel, Status
from seawall.model.incident import (
    Answer,
    Citation,
    Claim,
    Credibility,
    Heading,
    IncidentStatus,
    MediaLink,
    Origin,
    PlaceChoice,
    Position,
    Protection,
    Reliability,
    ViolationLabel,
)
from seawall.model.match import Region, Segment
from seawall.model.report import Minor, Violation
from seawall.model.signal import SignalType

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings


@pytest.fixture
def opened(store):
    return store.incidents.open("A ferry", ledger_readings.document(), actor="ann")


def state(ledger, claim_id):
    return next(one.state for one in ledger.claims if one.state.id == claim_id)


def revise(store, ledger, *states, reason="because"):
    return store.incidents.revise(ledger.id, lambda _: states, actor="bob", reason=reason)


def rows(store):
    with store._database.read() as connection:
        return connection.execute(sql("SELECT * FROM revision ORDER BY number")).all()


class TestOpening:
    def test_a_report_becomes_a_record_that_reads_back_the_same(self, store, opened, open_store):
        again = open_store().incidents.ledger(opened.id)
        assert again == opened
        (document,) = again.documents
        assert document.text == ledger_readings.TEXT
        assert (document.outlet, document.published, document.imported_by) == (
            "The Chronicle",
            ledger_readings.PUBLISHED,
            "ann",
        )
        assert replace(document.reading, times=()) == replace(ledger_readings.reading(), times=())
        assert again.heading == Heading("A ferry", IncidentStatus.OPEN)

    def test_every_proposal_is_a_claim_in_order_and_only_proposed(self, opened):
        assert [one.state.id for one in opened.claims] == [f"c{n}" for n in range(1, 12)]
        assert [one.state.said for one in opened.claims] == list(ledger_readings.proposals())
        assert {(one.state.status, one.state.origin, one.by) for one in opened.claims} == {
            (Status.PROPOSED, Origin.MACHINE, "ann")
        }

    def test_no_time_ends_after_the_publication(self, store, opened):
        (time,) = opened.documents[0].reading.times
        assert (time.earliest, time.latest) == (date(2025, 3, 3), ledger_readings.PUBLISHED)
        early = store.incidents.open("B", ledger_readings.document(published=date(2025, 1, 1)), actor="ann")
        (time,) = early.documents[0].reading.times
        assert (time.earliest, time.latest) == (None, None)
        undated = store.incidents.open("C", ledger_readings.document(published=None), actor="ann")
        assert undated.documents[0].reading.times == ledger_readings.reading().times

    def test_a_reading_whose_words_are_not_the_texts_is_refused_whole(self, store):
        wrong = replace(ledger_readings.document(), text="x" + ledger_readings.TEXT)
        with pytest.raises(errors.SpanNotInText):
            store.incidents.open("A", wrong, actor="ann")
        assert store.incidents.every() == []

    def test_a_child_that_a_reading_names_has_no_name_in_the_record(self, store):
        read = ledger_readings.reading()
        named = replace(read.people[0], name=ledger_readings.span(ledger_readings.TEXT, "Timo"), withheld=())
        new = ledger_readings.document(reading=replace(read, people=(named,)))
        ledger = store.incidents.open("A", new, actor="ann")
        (person,) = ledger.documents[0].reading.people
        assert (person.name, person.minor) == (None, Minor.STATED)
        assert names.of(ledger).names == ("Timo",)

    @pytest.mark.parametrize("field", ["outlet", "author", "origin"])
    def test_a_childs_name_is_refused_wherever_a_report_is_described(self, store, field):
        with pytest.raises(errors.ProtectedName, match=field) as failure:
            store.incidents.open("A", ledger_readings.document(**{field: "News of TIMO"}), actor="ann")
        assert "timo" not in str(failure.value).lower()
        with pytest.raises(errors.ProtectedName, match="title"):
            store.incidents.open("The Varga ferry", ledger_readings.document(), actor="ann")
        assert store.incidents.every() == []

    def test_what_is_not_there_is_named(self, store):
        with pytest.raises(errors.IncidentNotFound):
            store.incidents.ledger("no")
        with pytest.raises(errors.IncidentNotFound):
            store.incidents.revise("no", lambda _: (), actor="a", reason="r")

    def test_a_text_that_was_changed_in_the_database_is_noticed(self, store, opened):
        with store._database.write() as connection:
            connection.execute(sql("UPDATE document SET text = replace(text, 'believed', 'known')"))
        with pytest.raises(errors.StoreCorrupt):
            store.incidents.ledger(opened.id)

    def test_words_that_no_database_takes_are_kept_readable(self, store, opened):
        ledger = revise(store, opened, Citation(opened.documents[0].sha256, origin="a\udcff\0"))
        assert ledger.citation(opened.documents[0].sha256).origin == "a\\udcff\\x00"


class TestSecondReport:
    def test_it_joins_without_changing_what_is_there_and_with_ids_of_its_own(self, store, opened):
        before = rows(store)
        more = ledger_readings.document("Correction\n" + ledger_readings.TEXT, outlet="The Courier")
        ledger = store.incidents.add_document(opened.id, more, actor="bob")
        assert rows(store)[: len(before)] == before
        assert ledger.claims[:11] == opened.claims
        assert [one.state.id for one in ledger.claims[11:]] == [f"c{n}" for n in range(12, 23)]
        assert {one.state.document for one in ledger.claims[11:]} == {more.sha256}
        assert [group.id for group in ledger.groups] == [
            "main", "threat-1", "earlier-1", "d2-threat-1", "d2-earlier-1",
        ]  # fmt: skip
        assert [place.id for place in ledger.places] == ["p1", "p2", "d2-p1", "d2-p2"]
        assert {one.state.said.group for one in ledger.claims[11:]} == {
            "main", "d2-threat-1", "d2-earlier-1",
        }  # fmt: skip
        assert [medium.group for medium in ledger.media] == ["main", "earlier-1", "main", "d2-earlier-1"]
        assert {one.state.status for one in ledger.claims} == {Status.PROPOSED}

    def test_the_same_bytes_are_refused(self, store, opened):
        with pytest.raises(errors.DocumentExists):
            store.incidents.add_document(opened.id, ledger_readings.document(), actor="bob")
        assert store.incidents.ledger(opened.id) == opened


class TestRevisions:
    def test_a_change_is_added_and_the_old_state_stays(self, store, opened):
        before = rows(store)
        changed = replace(state(opened, "c2"), status=Status.CONFIRMED)
        ledger = revise(store, opened, changed)
        assert rows(store)[: len(before)] == before
        assert state(ledger, "c2").status is Status.CONFIRMED
        history = ledger.history(Claim, "c2")
        assert [(one.by, one.reason, one.state.status) for one in history] == [
            ("ann", "opened", "proposed"),
            ("bob", "because", "confirmed"),
        ]
        assert [one.state.id for one in ledger.claims] == [one.state.id for one in opened.claims]

    def test_several_changes_are_all_or_none(self, store, opened):
        good = replace(state(opened, "c2"), status=Status.CONFIRMED)
        bad = replace(state(opened, "c7"), said=replace(state(opened, "c7").said, hedge=UNHEDGED))
        with pytest.raises(errors.CertaintyRaised):
            revise(store, opened, good, bad)
        assert store.incidents.ledger(opened.id) == opened

    @pytest.mark.parametrize("final", [Status.REJECTED, Status.WITHDRAWN])
    def test_what_is_rejected_or_withdrawn_stays_so(self, store, opened, final):
        ledger = revise(store, opened, replace(state(opened, "c2"), status=final))
        for status in Status:
            with pytest.raises(errors.ClaimConflict):
                revise(store, ledger, replace(state(ledger, "c2"), status=status))

    def test_a_claim_of_a_person_has_the_texts_words(self, store, opened):
        said = ledger_readings.proposal(ledger_readings.TEXT, "is named as", Facet.OTHER)
        new = Claim("c12", opened.documents[0].sha256, said, Status.CONFIRMED, Origin.ANALYST)
        assert state(revise(store, opened, new), "c12") == new
        lie = replace(new, id="c13", said=replace(said, span=replace(said.span, text="is called a")))
        with pytest.raises(errors.SpanNotInText):
            revise(store, opened, lie)
        with pytest.raises(errors.EntryNotFound, match="document"):
            revise(store, opened, replace(new, id="c13", document="0" * 64))
        with pytest.raises(errors.EntryNotFound, match="group"):
            revise(store, opened, replace(new, id="c13", said=replace(said, group="none")))

    def test_a_second_entry_is_no_way_around_a_hedge_until_the_first_is_rejected(self, store, opened):
        said = ledger_readings.proposal(
            ledger_readings.TEXT, "is believed to have been the Petrel", Facet.WHO_VICTIM
        )
        new = Claim("c12", opened.documents[0].sha256, said, Status.CONFIRMED, Origin.ANALYST)
        with pytest.raises(errors.CertaintyRaised, match="c7"):
            revise(store, opened, new)
        rejected = replace(state(opened, "c7"), status=Status.REJECTED)
        assert state(revise(store, opened, rejected, new), "c12").said.hedge.level is HedgeLevel.NONE

    @pytest.mark.parametrize(
        "name",
        ["Timo", "TIMO VARGA", "Varga, Timo", "T\u200bimo", "T\u0456m\u043e", "\uff34\uff49\uff4d\uff4f"],
    )
    def test_a_protected_name_is_refused_in_every_free_text(self, store, opened, name):
        sha256 = opened.documents[0].sha256
        noted = replace(state(opened, "c2"), status=Status.EDITED, value=f"by {name}")
        for what, change in {
            "value": noted,
            "title": Heading(f"{name}'s ferry", IncidentStatus.ACTIVE),
            "origin": Citation(sha256, origin=name),
        }.items():
            with pytest.raises(errors.ProtectedName, match=what) as failure:
                revise(store, opened, change)
            assert name not in str(failure.value)
        with pytest.raises(errors.ProtectedName, match="reason"):
            revise(store, opened, replace(noted, value=None), reason=f"says {name}")
        assert store.incidents.ledger(opened.id) == opened

    def test_a_name_that_a_person_protects_is_refused_from_then_on(self, store, opened):
        ledger = revise(store, opened, Protection("Mara Lund"))
        with pytest.raises(errors.ProtectedName):
            revise(store, ledger, Heading("Lund's ferry", IncidentStatus.OPEN))
        with pytest.raises(errors.UsageError):
            revise(store, ledger, Protection(" \u200b.-"))
        with pytest.raises(errors.ProtectedName, match="reason"):
            revise(store, ledger, Protection("Per Aas"), reason="Per is ten")

    def test_positions_rest_on_a_standing_claim_of_that_facet(self, store, opened):
        ledger = revise(store, opened, Position("main", Facet.AGE, "c4"))
        assert ledger.latest(Position)[0].by == "bob"
        with pytest.raises(errors.UsageError, match="c4"):
            revise(store, ledger, Position("main", Facet.COUNT, "c4"))
        ledger = revise(store, ledger, replace(state(ledger, "c4"), status=Status.WITHDRAWN))
        with pytest.raises(errors.ClaimConflict):
            revise(store, ledger, Position("main", Facet.AGE, "c4"))
        with pytest.raises(errors.EntryNotFound):
            revise(store, ledger, Position("main", Facet.AGE, "c99"))

    def test_a_place_is_chosen_among_its_candidates(self, store, opened):
        first, second = opened.places[0].candidates
        ledger = revise(store, opened, PlaceChoice("p1", second))
        ledger = revise(store, ledger, PlaceChoice("p1", None))
        assert [one.state.candidate for one in ledger.history(PlaceChoice, "p1")] == [second, None]
        with pytest.raises(errors.EntryNotFound, match="candidate"):
            revise(store, ledger, PlaceChoice("p1", replace(first, latitude=0.0)))
        with pytest.raises(errors.EntryNotFound, match="place"):
            revise(store, ledger, PlaceChoice("p9", None))

    def test_a_violation_is_labelled_by_a_person_on_claims_with_the_three_answers(self, store, opened):
        label = ViolationLabel(
            Violation.RECRUITMENT_USE, "main", ("c1",), Answer.NOT_STATED, Answer.YES, Answer.NOT_STATED
        )
        assert opened.latest(ViolationLabel) == ()
        ledger = revise(store, opened, label)
        assert [(one.by, one.state) for one in ledger.latest(ViolationLabel)] == [("bob", label)]
        for wrong in (replace(label, basis=()), replace(label, basis=("c10",))):
            with pytest.raises(errors.UsageError):
                revise(store, ledger, wrong)

    def test_a_document_is_judged_on_two_axes(self, store, opened):
        sha256 = opened.documents[0].sha256
        assert opened.citation(sha256) == Citation(sha256)
        judged = Citation(sha256, Reliability.B, Credibility.DOUBTFUL, "Harbour Watch")
        assert revise(store, opened, judged).citation(sha256) == judged

    def test_a_medium_is_linked_to_a_reference_that_is_there_by_segments(self, store, opened, make):
        store.create_bank("K")
        added = store.add_reference("K", make.file("1"))
        segment = Segment(SignalType.PDQ, 0, 0, 3.5, 3.5, 1, ("mirror",), 0.9, Region(0, 0, 0.5, 1))
        link = MediaLink("m1", added.id, 0.9, (segment,))
        assert revise(store, opened, link).latest(MediaLink)[0].state == link
        with pytest.raises(errors.ReferenceNotFound):
            revise(store, opened, replace(link, reference="none"))
        with pytest.raises(errors.UsageError):
            revise(store, opened, replace(link, segments=()))
        with pytest.raises(errors.EntryNotFound):
            revise(store, opened, replace(link, medium="m9"))


def test_a_list_counts_and_never_shows_a_name(store, opened):
    store.incidents.add_document(
        opened.id, ledger_readings.document("x\n" + ledger_readings.TEXT), actor="bob"
    )
    revise(store, opened, Heading("Ferry of Mara", IncidentStatus.ACTIVE))
    revise(store, opened, Protection("Mara Lund"))
    other = store.incidents.open("Other", ledger_readings.document(), actor="ann")
    one, two = store.incidents.every()
    assert (one.title, one.status, one.documents, one.claims) == ("Ferry of ████", "active", 2, 22)
    assert (two.id, two.documents, two.claims, two.opened_by) == (other.id, 1, 11, "ann")
