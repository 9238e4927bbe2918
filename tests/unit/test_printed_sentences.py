"""What is printed of a record: nothing without its source, nothing surer than its words."""

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.claim import Facet, Status
from seawall.model.incident import Citation, Claim, Heading, Ledger, Origin, Position, Protection, Revision
from seawall.reports import prose, record, sentences, table
from seawall.reports.view import View
from seawall.store import Store

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def ledger(store):
    return store.incidents.open("A ferry", ledger_readings.document(), actor="ann")


def revised(store, ledger, *states, reason="asked"):
    return store.incidents.revise(ledger.id, lambda _: states, actor="bob", reason=reason)


def said(ledger, claim_id):
    view = View.of(ledger)
    return next(sentences.claim(view, one) for one in ledger.claims if one.state.id == claim_id)


def test_a_sentence_has_the_whole_chain_every_cue_and_where_it_stands(ledger):
    assert said(ledger, "c8") == (
        "The text of The Chronicle, 2025-03-14, says, according to the Harbour Watch (“According to”), "
        "quoting a rower (“said”): “the crew would take every ferry of Ulm” (reported: “would”) "
        "[c8, characters 331 to 369; proposed by the machine, confirmed by nobody]."
    )
    assert said(ledger, "c7") == (
        "The text of The Chronicle, 2025-03-14, says, as is believed by somebody whom it does not name "
        "(“is believed to”): “is believed to have been the Petrel” (believed: “is believed to”) "
        "[c7, characters 249 to 284; proposed by the machine, confirmed by nobody]."
    )
    assert said(ledger, "c2").startswith(
        "The text of The Chronicle, 2025-03-14, says, in its own voice: “A film"
    )
    assert ", in the negative: “It was not" in said(ledger, "c9")


def test_an_inferred_link_is_said_to_be_inferred(ledger):
    assert "(inferred: no words of the text say so)" in said(ledger, "c6")
    assert "inferred" not in said(ledger, "c3")


def test_where_a_claim_stands_is_said(store, ledger):
    before = {one.state.id: one.state for one in ledger.claims}
    for name, status, words in (
        ("c2", Status.CONFIRMED, "bob confirms that the text says so"),
        ("c3", Status.DISPUTED, "disputed by bob"),
        ("c4", Status.REJECTED, "rejected by bob"),
        ("c5", Status.WITHDRAWN, "withdrawn by bob"),
    ):
        ledger = revised(store, ledger, replace(before[name], status=status))
        assert words in said(ledger, name)


def test_a_summary_leaves_out_what_is_gone_and_says_who_holds_to_what(store, ledger):
    before = {one.state.id: one.state for one in ledger.claims}
    ledger = revised(store, ledger, replace(before["c2"], status=Status.REJECTED))
    ledger = revised(store, ledger, Position("main", Facet.AGE, "c4"), reason="the only one")
    lines = list(sentences.summary(View.of(ledger)))
    assert not any("[c2," in line for line in lines)
    at = next(n for n, line in enumerate(lines) if "[c4," in line)
    assert lines[at + 1] == "On age, bob holds to c4 in this record: “the only one”."
    assert len(lines) == 11


def test_what_no_document_bears_out_is_not_printed(ledger):
    view = View.of(ledger)
    entry = ledger.claims[0]
    for wrong in (
        replace(entry.state, document="0" * 64),
        replace(entry.state, said=replace(entry.state.said, attribution=())),
        replace(entry.state, said=replace(entry.state.said, span=replace(entry.state.said.span, text="lie"))),
    ):
        with pytest.raises(errors.NoCitation):
            sentences.claim(view, replace(entry, state=wrong))
        broken = Ledger(ledger.id, ledger.documents, (*ledger.latest(Heading), replace(entry, state=wrong)))
        for write in (prose.incident, table.claims):
            if wrong.document in view.texts:
                with pytest.raises(errors.NoCitation):
                    write(View.of(broken))


def test_no_sentence_speaks_of_what_happened(ledger):
    text = " ".join(sentences.summary(View.of(ledger)))
    assert "happened" not in text
    assert "took place" not in text


def test_the_json_has_the_agreed_fields(store, ledger):
    made = json.loads(json.dumps(record.incident(View.of(ledger))))
    assert set(made) >= {
        "schema", "incident", "document", "claims", "groups", "people", "organisations", "places", "times",
        "media", "violations_suggested", "discrepancies", "unread",
    }  # fmt: skip
    assert made["schema"] == "seawall.incident/1"
    assert set(made["document"]) >= {"sha256", "chars", "published", "outlet", "lines"}
    assert made["document"]["chars"] == len(ledger_readings.TEXT)
    assert made["document"]["lines"][0] == {"start": 0, "end": 25, "kind": "headline"}
    claim = made["claims"][7]
    assert set(claim) >= {
        "id", "start", "end", "text", "facet", "group", "status", "attribution", "hedge", "polarity", "rule",
    }  # fmt: skip
    assert [link["kind"] for link in claim["attribution"]] == [
        "anonymous_source", "named_source", "outlet_voice",
    ]  # fmt: skip
    assert claim["attribution"][1] == {
        "kind": "named_source",
        "source": "the Harbour Watch",
        "cue": {"start": 286, "end": 298, "text": "According to"},
        "inferred": False,
    }
    assert claim["hedge"] == {"level": "reported", "cues": [{"start": 340, "end": 345, "text": "would"}]}
    assert made["groups"][0] == {"id": "main", "role": "main"}
    assert "text" not in made["document"]
    assert record.incident(View.of(ledger), with_text=True)["document"]["text"].startswith("Ferry taken")


def test_a_place_says_who_chose_it_and_a_person_has_no_childs_name(store, ledger):
    made = record.incident(View.of(ledger))
    assert made["places"][0]["chosen"] is None
    child = made["people"][0]
    assert (child["id"], child["minor"], child["name"], child["withheld"]) == ("child-1", "stated", None, 1)


def test_a_name_that_is_protected_later_is_masked_in_what_was_entered_before(store, ledger):
    sha256 = ledger.documents[0].sha256
    ledger = revised(store, ledger, Citation(sha256, origin="Mara Lund"), reason="Mara said so")
    ledger = revised(store, ledger, Protection("Mara Lund"))
    view = View.of(ledger)
    for text in (json.dumps(record.incident(view, with_text=True)), prose.incident(view), table.claims(view)):
        assert "Mara" not in text
        assert "Varga" not in text
    assert ledger_readings.CHILD in ledger.documents[0].text


def test_the_table_is_one_line_a_claim_and_no_formula(store, ledger):
    document = ledger_readings.document("=1+1 is a line\n" + ledger_readings.TEXT)
    span = ledger_readings.span(document.text, "=1+1 is a line")
    read = replace(
        document.reading,
        proposals=(replace(ledger_readings.proposal(document.text, "the wheel"), span=span),),
    )
    ledger = store.incidents.open("B", replace(document, reading=read), actor="ann")
    header, row = csv.reader(io.StringIO(table.claims(View.of(ledger))))
    assert tuple(header) == table.COLUMNS
    assert dict(zip(header, row, strict=True))["text"] == "'=1+1 is a line"


def test_markdown_says_what_is_not_stated_and_takes_no_markup_from_the_text(store):
    text = ledger_readings.TEXT.replace("the Petrel", "<script>*Petrel*</script>")
    read = replace(ledger_readings.reading(), proposals=())
    span = ledger_readings.span(text, "<script>*Petrel*</script>")
    read = replace(
        read,
        proposals=(replace(ledger_readings.proposal(text, "The ferry"), span=span),),
        unread=(),
        media=(),
    )
    moved = ("people", "organisations", "places", "times", "discrepancies", "violations")
    read = replace(read, lines=ledger_readings.lines(text), **dict.fromkeys(moved, ()))
    ledger = store.incidents.open(
        "A", replace(ledger_readings.document(), text=text, reading=read), actor="ann"
    )
    page = prose.incident(View.of(ledger))
    assert "<" not in page.replace("\\<", "")
    assert "- **age**: not stated" in page
    assert page.count("Not stated.") == 5


def test_a_claim_of_a_person_that_is_only_proposed_says_whose_it_is(ledger):
    entry = ledger.claims[0]
    own = replace(entry.state, origin=Origin.ANALYST)
    assert "proposed by ann]" in sentences.claim(View.of(ledger), Revision(1, entry.at, "ann", "r", own))
    assert isinstance(own, Claim)
