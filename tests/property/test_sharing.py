"""No export holds what its recipient may not see, and other programs' libraries read what it holds."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stix2
from hypothesis import given, settings, strategies as st
from pymisp import MISPEvent, MISPObject

from seawall import errors
from seawall.exchange import misp, stix
from seawall.model.bank import Reference, ReferenceState
from seawall.model.claim import Status
from seawall.model.copies import Copy
from seawall.model.exchange import HeldOpinion, Opinion, Stance
from seawall.model.incident import Citation, Claim, Credibility, Heading, IncidentStatus, Reliability
from seawall.model.sharing import RANK, Recipient, Tlp
from seawall.model.signal import Signal, SignalType
from seawall.reports import share
from seawall.reports.view import View
from seawall.store import Store

sys.path.insert(0, str(Path(__file__).parent))
from test_ledger import NAMES, reports

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
#: Words of ours that no output has of its own, with the marking from which on they may leave.
SECRETS = {
    "zqanalyst": Tlp.AMBER_STRICT,
    "zqfilename": Tlp.AMBER,
    "zqmember": Tlp.AMBER_STRICT,
    "a1" * 32: Tlp.GREEN,
    "b2" * 32: Tlp.AMBER,
    "zqlabel": Tlp.GREEN,
    "zqtitle": Tlp.CLEAR,
    "zqorigin": None,
    "zqnote": None,
    "zqreason": None,
    "zqbank": None,
}


@pytest.fixture(scope="module")
def store():
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as opened:
        yield opened


def known(name, **change):
    made = Reference(
        id="r1",
        bank="zqbank",
        negative=False,
        name=f"zqfilename {name}.mp4",
        kind="video",
        sha256="a1" * 32,
        duration_s=31.2,
        state=ReferenceState.DISPUTED,
        labels=("zqlabel",),
        origin="zqorigin",
        note="zqnote",
        incident="i",
        created_at=AT,
    )
    signals = (Signal(SignalType.PDQ, 1, bytes(range(32)), 90), Signal(SignalType.VIDEO, 1, b"zq", None))
    theirs = HeldOpinion(
        1, "r1", Opinion("zqmember", Stance.NEGATIVE), mine=False, by=None, at=AT, note=None, sending=None
    )
    return share.Known(replace(made, **change), signals, (theirs,))


SEEN = (
    share.Seen(
        Copy(1, "b2" * 32, "b2" * 32, "video", 31.2, AT, AT + timedelta(hours=1), (AT, AT)), ("r1", "r9")
    ),
)


@st.composite
def views(draw, store):
    """A record in which a child is named, with claims in every state."""
    name = draw(st.sampled_from(NAMES))
    ledger = store.incidents.open("zqtitle", draw(reports(name)), actor="zqanalyst", reason="zqreason")
    rated = Citation(ledger.documents[0].sha256, Reliability.B, Credibility.PROBABLY_TRUE, origin="zqorigin")
    ledger = store.incidents.revise(ledger.id, lambda _: [rated], actor="zqanalyst", reason="zqreason")
    statuses = st.sampled_from([Status.CONFIRMED, Status.DISPUTED, Status.REJECTED, None])
    for one in ledger.claims:
        status = draw(statuses)
        if status is not None:
            changed = replace(one.state, status=status)
            with suppress(errors.SeawallError):
                ledger = store.incidents.revise(
                    ledger.id, lambda _, changed=changed: [changed], actor="zqanalyst", reason="zqreason"
                )
    return name, View.of(ledger)


def exported(view, name, tlp, **change):
    shared = share.shared(view, tlp, None, [known(name, **change)], SEEN)
    return shared, stix.bundle(shared), misp.event(shared)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_no_export_holds_what_its_marking_does_not_let_out(store, data):
    name, view = data.draw(views(store))
    for tlp in Tlp:
        _, bundle, event = exported(view, name, tlp)
        for document in (bundle, event):
            text = json.dumps(document, ensure_ascii=False)
            for secret, least in SECRETS.items():
                if least is None or RANK[tlp] < RANK[least]:
                    assert secret not in text, (secret, tlp)
            assert not view.names.within(text)
            for part in name.split():
                assert part.casefold() not in text.casefold() or len(part) < 3 or part == "Bin"


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_what_the_marking_lets_out_is_there_and_marked(store, data):
    name, view = data.draw(views(store))
    shared, bundle, event = exported(view, name, Tlp.RED)
    for document in (bundle, event):
        text = json.dumps(document)
        told = {secret for secret, least in SECRETS.items() if least is not None}
        if document is event:
            told.remove("zqmember")  # tags of MISP say what is held, and not by whom
        assert all(secret in text for secret in told)
    marking = bundle["objects"][0]["id"]
    assert all(one["object_marking_refs"] == [marking] for one in bundle["objects"][1:])
    assert event["Event"]["Tag"] == [{"name": "tlp:red"}]
    assert shared.recipient is Recipient.NAMED


@settings(max_examples=6, deadline=None)
@given(st.data(), st.sampled_from(Tlp))
def test_the_library_of_stix_reads_a_bundle_and_writes_it_again(store, data, tlp):
    name, view = data.draw(views(store))
    _, bundle, _ = exported(view, name, tlp)
    read = stix2.parse(json.dumps(bundle), allow_custom=True)
    again, sent = (_by_id(text) for text in (read.serialize(), json.dumps(bundle)))
    assert again == sent
    ids = [one["id"] for one in bundle["objects"]]
    assert len(set(ids)) == len(ids)
    refs = {
        ref
        for one in bundle["objects"]
        for key in ("object_refs", "observed_data_refs")
        for ref in one.get(key, ())
    }
    refs |= {one[key] for one in bundle["objects"] for key in one if key.endswith("_ref")}
    assert refs <= set(ids)


def _by_id(text):
    """The objects of a bundle. Noughts at a time's end say nothing, and the library leaves some out."""
    plain = re.sub(r"\.(\d*?)0+Z", lambda found: f".{found[1]}Z" if found[1] else "Z", text)
    return {one["id"]: one for one in json.loads(plain)["objects"]}


@settings(max_examples=5, deadline=None)
@given(st.data(), st.sampled_from(Tlp))
def test_the_library_of_misp_reads_an_event_and_writes_it_again(store, data, tlp):
    name, view = data.draw(views(store))
    shared, _, event = exported(view, name, tlp)
    read = MISPEvent()
    read.load(json.dumps(event))
    again = json.loads(read.to_json())
    assert {one["value"] for one in again.get("Attribute", ())} == {one.sentence for one in shared.claims}
    found = {each.object_relation: each.value for one in read.objects for each in one.attributes}
    assert {found[misp._RELATIONS[one.algorithm]] for known in shared.references for one in known.hashes} == {
        one.value for known in shared.references for one in known.hashes
    }
    if shared.sightings:
        [first] = [each for one in read.objects for each in one.attributes if each.Sighting]
        assert len(first.Sighting) == 2
    made = MISPObject("tvec-media", strict=True, misp_objects_template_custom=dict(misp.template()))
    for relation, value in found.items():
        made.add_attribute(relation, value=value)


def test_a_marking_that_a_recipient_may_not_hold_is_refused(store):
    view = View.of(store.incidents.open("t", _plain(), actor="a"))
    for recipient in Recipient:
        most = RANK[Tlp(share.rules().recipients[recipient])]
        for tlp in Tlp:
            if RANK[tlp] <= most:
                assert share.shared(view, tlp, recipient, [], []).recipient is recipient
            else:
                with pytest.raises(errors.NotForRecipient, match=tlp.value.upper().replace("+", r"\+")):
                    share.shared(view, tlp, recipient, [], [])


def test_what_is_withdrawn_or_harmless_is_not_passed_on(store):
    view = View.of(store.incidents.open("t", _plain(), actor="a"))
    for change in ({"state": ReferenceState.WITHDRAWN}, {"negative": True}):
        shared, *_ = exported(view, "x", Tlp.RED, **change)
        assert (shared.references, shared.sightings) == ((), ())


def test_a_confidence_needs_a_person_who_confirms_and_one_who_judges(store):
    ledger = store.incidents.open("t", _plain(), actor="a")
    [claim] = ledger.claims

    def confidence(ledger):
        return stix.confidence_of(share.shared(View.of(ledger), Tlp.RED, None, [], []).claims[0])

    def revise(*states):
        return store.incidents.revise(ledger.id, lambda _: states, actor="a", reason="r")

    assert confidence(ledger) is None
    confirmed = replace(claim.state, status=Status.CONFIRMED)
    assert confidence(revise(confirmed)) is None
    cited = Citation(ledger.documents[0].sha256, Reliability.A, Credibility.PROBABLY_TRUE)
    assert confidence(revise(cited)) == 70
    assert confidence(revise(replace(claim.state, status=Status.DISPUTED))) is None


def test_a_second_export_is_of_the_same_objects_and_a_title_is_no_need(store):
    view = View.of(store.incidents.open("t", _plain(), actor="a"))
    assert exported(view, "x", Tlp.AMBER)[1:] == exported(view, "x", Tlp.AMBER)[1:]
    closed = Heading("t", IncidentStatus.CLOSED)
    view = View.of(store.incidents.revise(view.ledger.id, lambda _: [closed], actor="a", reason="r"))
    assert exported(view, "x", Tlp.CLEAR)[2]["Event"]["analysis"] == "2"
    assert isinstance(view.ledger.claims[0].state, Claim)


def _plain():
    sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
    import ledger_readings  # noqa: PLC0415 - beside the unit tests

    from seawall.model.claim import Facet, Group, GroupRole  # noqa: PLC0415 - for this alone
    from seawall.model.report import Reading  # noqa: PLC0415 - for this alone
    from seawall.store import NewDocument  # noqa: PLC0415 - for this alone

    text = "The ferry was taken from the quay."
    said = ledger_readings.proposal(text, text, Facet.ACT)
    nothing = dict.fromkeys(
        ("people", "organisations", "places", "times", "media", "violations", "discrepancies", "unread"), ()
    )
    reading = Reading(
        language="en", lines=(), proposals=(said,), groups=(Group("main", GroupRole.MAIN),), **nothing
    )
    return NewDocument("e" * 64, text, reading, "report.txt")
