"""Reports side by side: what agrees, what cannot both be so, and how many origins there really are."""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from seawall.model.claim import UNHEDGED, Facet, Hedge, HedgeLevel, Polarity, Source, SourceKind, Status
from seawall.model.incident import Citation, PlaceChoice, Position
from seawall.model.report import Medium, MediumKind, Operator, Organisation, Quantity
from seawall.reports import compare
from seawall.reports.view import View
from seawall.store import Store

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

FIRST = """Men seen near the mill
Forty men stood near the mill, the mayor said. It was shown by the Upland group in a short film."""
SECOND = """A gathering at the old mill
No men stood near the mill on that day. Fifty men were at the weir, the mayor said later on. \
A clip was published by Uplanders."""


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def empty(text, **changes):
    nothing = dict.fromkeys(
        ("people", "organisations", "places", "times", "media", "violations", "discrepancies", "unread"), ()
    )
    read = replace(ledger_readings.reading(), lines=ledger_readings.lines(text), proposals=(), **nothing)
    return replace(read, **changes)


def mayor(text):
    return Source(SourceKind.NAMED_SOURCE, "the mayor", ledger_readings.span(text, "the mayor said"))


def first(**fields):
    count = Quantity(ledger_readings.span(FIRST, "Forty men"), Operator.EQ, 40, 40)
    said = (
        ledger_readings.proposal(
            FIRST, "Forty men stood near the mill", Facet.COUNT, chain=(mayor(FIRST), ledger_readings.OUTLET)
        ),
        ledger_readings.proposal(FIRST, "stood near the mill", Facet.ACT),
        ledger_readings.proposal(FIRST, "It was shown by the Upland group", Facet.MEDIA),
    )
    group = ledger_readings.span(FIRST, "the Upland group")
    medium = Medium(
        "m1", ledger_readings.span(FIRST, "a short film"), MediumKind.VIDEO, "main", None, group, None
    )
    org = Organisation("org:upland", "Upland", group, "table")
    read = empty(FIRST, proposals=said, counts=(count,), media=(medium,), organisations=(org,))
    return ledger_readings.document(
        FIRST, reading=read, outlet="A", **{"published": date(2025, 1, 1), **fields}
    )


def second(org="org:upland", **fields):
    count = Quantity(ledger_readings.span(SECOND, "Fifty men"), Operator.EQ, 50, 50)
    said = (
        ledger_readings.proposal(
            SECOND, "Fifty men were at the weir", Facet.COUNT, chain=(mayor(SECOND), ledger_readings.OUTLET)
        ),
        ledger_readings.proposal(SECOND, "No men stood near the mill", Facet.ACT, polarity=Polarity.NEGATIVE),
        ledger_readings.proposal(SECOND, "A clip was published by Uplanders", Facet.MEDIA),
    )
    group = ledger_readings.span(SECOND, "Uplanders")
    medium = Medium("m1", ledger_readings.span(SECOND, "A clip"), MediumKind.VIDEO, "main", None, group, None)
    organisation = Organisation(org, "Upland", group, "table")
    read = empty(SECOND, proposals=said, counts=(count,), media=(medium,), organisations=(organisation,))
    return ledger_readings.document(
        SECOND, reading=read, outlet="B", **{"published": date(2025, 1, 2), **fields}
    )


def opened(store, *documents):
    ledger = store.incidents.open("A", documents[0], actor="ann")
    for one in documents[1:]:
        ledger = store.incidents.add_document(ledger.id, one, actor="ann")
    return ledger


def rows(ledger):
    return {row.facet: row for row in compare.compare(View.of(ledger)).rows}


def found(row, on):
    return [one.relation for one in row.findings if one.on == on]


def test_numbers_of_the_same_people_that_do_not_meet_contradict_each_other(store):
    row = rows(opened(store, first(), second()))[Facet.COUNT]
    assert (row.relation, found(row, "count")) == ("contradiction", ["contradiction"])
    assert "40 and 50 cannot both be so" in row.findings[-1].note


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ((None, 12), (13, None), "contradiction"),
        ((None, 12), (12, None), "agreement"),
        ((10, 10), (9, 11), "agreement"),
        ((10, 10), (11, 11), "contradiction"),
        ((None, None), (3, 3), "agreement"),
    ],
)
def test_ages_agree_where_their_intervals_meet(store, one, other, relation):
    text = "Correction\n" + ledger_readings.TEXT
    ledger = opened(
        store,
        ledger_readings.document(reading=ledger_readings.reading(years=one)),
        ledger_readings.document(text, reading=ledger_readings.reading(text, years=other)),
    )
    assert found(rows(ledger)[Facet.AGE], "age") == [relation]


def test_what_one_affirms_and_the_other_denies_in_like_words_is_a_contradiction(store):
    row = rows(opened(store, first(), second()))[Facet.ACT]
    assert (row.relation, found(row, "polarity")) == ("contradiction", ["contradiction"])


def test_two_names_of_one_publisher_agree_and_two_publishers_do_not(store):
    assert found(rows(opened(store, first(), second()))[Facet.MEDIA], "publisher") == ["agreement"]
    ledger = opened(store, first(), second("org:lowland"))
    assert found(rows(ledger)[Facet.MEDIA], "publisher") == ["contradiction"]


def test_places_agree_by_candidate_and_by_a_persons_choice(store):
    text = "Correction\n" + ledger_readings.TEXT
    ledger = opened(store, ledger_readings.document(), ledger_readings.document(text))
    assert found(rows(ledger)[Facet.WHERE], "place") == ["agreement"]
    other = ledger.places[0].candidates[1]
    choice = PlaceChoice("d2-p1", other)
    ledger = store.incidents.revise(ledger.id, lambda _: [choice], actor="a", reason="r")
    assert found(rows(ledger)[Facet.WHERE], "place") == ["contradiction"]
    nowhere = PlaceChoice("p1", None)
    ledger = store.incidents.revise(ledger.id, lambda _: [nowhere], actor="a", reason="r")
    assert found(rows(ledger)[Facet.WHERE], "place") == []


def test_one_source_is_one_origin_however_many_outlets_carry_it(store):
    compared = compare.compare(View.of(opened(store, first(), second())))
    row = {row.facet: row for row in compared.rows}[Facet.COUNT]
    assert (row.outlets, row.origins) == (2, 1)
    act = {row.facet: row for row in compared.rows}[Facet.ACT]
    assert (act.outlets, act.origins) == (2, 2)
    assert compared.dependences == ()
    assert [(one.source, len(one.documents)) for one in compared.shared] == [("the mayor", 2)]


def test_a_later_text_with_an_earlier_ones_wording_depends_on_it_whatever_the_order_of_import(store):
    text = "Correction\n" + ledger_readings.TEXT
    later = ledger_readings.document(text, published=date(2025, 4, 1), outlet="Later")
    ledger = opened(store, later, ledger_readings.document())
    compared = compare.compare(View.of(ledger))
    (one,) = compared.dependences
    assert (one.later, one.earlier, one.reason) == (
        later.sha256,
        ledger_readings.document().sha256,
        "wording",
    )
    assert one.share > 0.9
    assert {row.origins for row in compared.rows if row.claims} == {1}


def test_a_person_may_know_that_two_rest_on_one(store):
    ledger = opened(store, first(origin="Hill Agency"), second())
    assert rows(ledger)[Facet.ACT].origins == 2
    judged = Citation(ledger.documents[1].sha256, origin="the HILL agency")
    ledger = store.incidents.revise(ledger.id, lambda _: [judged], actor="a", reason="asked them")
    assert rows(ledger)[Facet.ACT].origins == 1


def test_what_only_one_or_none_states_is_said_so_and_gone_claims_do_not_count(store):
    ledger = opened(store, first(), second())
    assert rows(ledger)[Facet.AGE].relation == "not_stated"
    gone = replace(ledger.claims[4].state, status=Status.REJECTED)
    ledger = store.incidents.revise(ledger.id, lambda _: [gone], actor="a", reason="no")
    assert rows(ledger)[Facet.ACT].relation == "one_report"


def test_a_position_stands_beside_what_contradicts_it_and_raises_nothing(store):
    ledger = opened(store, first(), second())
    held = Position("main", Facet.COUNT, "c1")
    ledger = store.incidents.revise(ledger.id, lambda _: [held], actor="bob", reason="counted on the film")
    view = View.of(ledger)
    made = json.loads(json.dumps(compare.as_record(view, compare.compare(view))))
    row = next(one for one in made["facets"] if one["facet"] == "count")
    assert row["relation"] == "contradiction"
    assert [one["id"] for one in row["claims"]] == ["c1", "c4"]
    assert row["position"] == {"claim": "c1", "by": "bob", "reason": "counted on the film"}
    assert {one["status"] for one in row["claims"]} == {"proposed"}
    assert all("says" in one["sentence"] for one in row["claims"])
    assert made["schema"] == "seawall.compare/1"


def told(words, number, count, *, outlet, hedge=UNHEDGED):
    """A report of one sentence with one number."""
    text = f"From the mill\n{words}."
    said = ledger_readings.proposal(text, words, Facet.COUNT, hedge=hedge)
    quantity = Quantity(ledger_readings.span(text, number), Operator.EQ, count, count)
    return ledger_readings.document(
        text, reading=empty(text, proposals=(said,), counts=(quantity,)), outlet=outlet
    )


def test_the_same_words_with_other_numbers_are_no_agreement(store):
    one = told("Two people were hurt at the mill", "Two", 2, outlet="A")
    other = told("Three people were hurt at the mill", "Three", 3, outlet="B")
    row = rows(opened(store, one, other))[Facet.COUNT]
    assert row.relation == "contradiction"
    assert (found(row, "wording"), found(row, "number"), found(row, "count")) == (
        [],
        ["contradiction"],
        ["contradiction"],
    )


def test_numbers_of_other_things_are_not_compared(store):
    one = told("Two people were hurt at the mill", "Two", 2, outlet="A")
    other = told("Three lorries stood at the mill", "Three", 3, outlet="B")
    assert found(rows(opened(store, one, other))[Facet.COUNT], "count") == []


def test_an_agreement_says_where_only_one_has_a_reserve(store):
    text = "From the mill\nTwo people reportedly were hurt at the mill."
    hedge = Hedge(HedgeLevel.REPORTED, (ledger_readings.span(text, "reportedly"),))
    one = told("Two people were hurt at the mill", "Two", 2, outlet="A")
    other = told("Two people reportedly were hurt at the mill", "Two", 2, outlet="B", hedge=hedge)
    row = rows(opened(store, one, other))[Facet.COUNT]
    assert [one.note for one in row.findings if one.on == "wording"] == [
        "much the same words, one of them with reserve"
    ]
