"""Records are found by their words: the same on every database, within bounds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from seawall.model.bank import ReferenceState
from seawall.model.decision import Basis
from seawall.model.found import Subject
from seawall.model.incident import Heading, IncidentStatus, Protection
from seawall.store import migrate, words

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings
from platforms import Platform


@pytest.fixture
def bank(store):
    return store.create_bank("KNOWN").name


def names(store, query, subject=Subject.REFERENCE, **more):
    return [one.name for one in store.texts.find(subject, query, **more).hits]


def test_words_are_cut_from_what_people_write():
    assert words.of("Attack_2024-CLIP.mp4") == ("attack", "2024", "clip", "mp4")
    assert words.of("Café Zoë", None, "cafe") == ("cafe", "zoe")
    assert words.of("Ｆｕｌｌ ﬁle") == ("full", "file")
    assert words.of("a" * 64, "f" * 32, "abc123") == ("abc123",)  # digests are found as hashes
    assert len(words.of(" ".join(str(number) for number in range(200)))) == words.MOST_WORDS
    assert words.of("هجوم", "攻击") == ("هجوم", "攻击")
    assert words.of("", "--- !") == ()


def test_a_reference_is_found_by_name_note_and_labels(store, bank, make):
    added = store.add_reference(bank, make.file("Market square.mp4", note="sent by Zoë", labels=("crisis",)))
    store.add_reference(bank, make.file("market news.mp4"))
    assert names(store, "market") == ["market news.mp4", "Market square.mp4"]
    for query in ("square", "MARKET squ", "zoe", "crisis", "zoë square crisis"):
        assert names(store, query) == ["Market square.mp4"]
    for query in ("quare", "market zoe news", "sq", "", "!!"):
        assert names(store, query) == []
    (hit,) = store.texts.find(Subject.REFERENCE, "square").hits
    assert (hit.id, hit.bank, hit.state, hit.number) == (added.id, bank, "active", added.seq)


def test_words_follow_what_changes(store, bank, make):
    added = store.add_reference(bank, make.file("a.mp4", labels=("old",)))
    store.change_labels(added.id, add=["new"], drop=["old"])
    assert names(store, "old") == []
    assert names(store, "new") == ["a.mp4"]
    store.set_state(added.id, ReferenceState.WITHDRAWN, "ann", "wrong")
    assert [one.state for one in store.texts.find(Subject.REFERENCE, "new").hits] == ["withdrawn"]
    store.remove_reference(added.id, "ann", "wrong")
    assert names(store, "new") == []


def test_words_go_with_their_bank(store, bank, make):
    store.add_references(bank, [make.listed(f"listed {number}") for number in range(3)])
    assert len(names(store, "listed")) == 3
    store.remove_bank(bank, "ann", "wrong")
    assert names(store, "listed") == []


def test_pages_go_on_below_the_last_number(store, bank, make):
    store.add_references(bank, [make.listed(f"clip {number}") for number in range(7)])
    read, before = [], None
    while hits := store.texts.find(Subject.REFERENCE, "clip", before=before, limit=3).hits:
        read += [one.name for one in hits]
        before = hits[-1].number
    assert read == [f"clip {number}" for number in range(6, -1, -1)]


def test_what_is_common_is_looked_at_within_bounds_and_said_so(store, bank, make, monkeypatch):
    monkeypatch.setattr(words, "_MOST_RECORDS", 5)
    store.add_references(bank, [make.listed(f"first {number % 2}") for number in range(1)])
    store.add_references(bank, [make.listed(f"common {number}x second") for number in range(8)])
    store.add_references(bank, [make.listed(f"common {number}y third") for number in range(8)])
    hits = store.texts.find(Subject.REFERENCE, "common second")
    assert hits.hits == ()
    assert not hits.complete
    assert store.texts.find(Subject.REFERENCE, "first common").complete  # the rare word says all
    assert store.texts.find(Subject.REFERENCE, "common 3x").hits[0].name == "common 3x second"


def test_a_beginning_stands_for_a_bounded_number_of_words(store, bank, make, monkeypatch):
    monkeypatch.setattr(words, "_MOST_BEGUN", 3)
    store.add_references(bank, [make.listed(f"word{number}") for number in range(5)])
    hits = store.texts.find(Subject.REFERENCE, "word")
    assert len(hits.hits) == 3
    assert not hits.complete
    assert names(store, "word4") == ["word4"]


def test_words_of_every_script_keep_one_order(store, bank, make):
    """A database's own order of letters has no part in it."""
    said = ["Äpfel", "apfel", "zebra", "Ярмарка", "سوق", "市场", "ﬁre"]
    store.add_references(bank, [make.listed(name) for name in said])
    for name in said:
        assert name in names(store, name)
    assert set(names(store, "apf")) == {"Äpfel", "apfel"}


class TestOtherRecords:
    def test_an_item_is_found_by_where_it_stands(self, store, make):
        platform = Platform(store, make)
        item = platform.item(post="post-0815", uploader="user_4711", url="https://example.org/clips/9")
        for query in ("post 0815", "4711", "example.org", "clips 9"):
            (hit,) = store.texts.find(Subject.ITEM, query).hits
            assert (hit.id, hit.name, hit.state) == (item.id, "post-0815", "open")

    def test_a_case_is_found_by_what_was_written_on_it(self, store, make):
        platform = Platform(store, make)
        case = store.cases.open(Basis.CHOSEN, "Market square", [platform.item().id], actor="ann")
        store.cases.take(case.id, user="ann", actor="ann", lease_s=60)
        store.cases.release(case.id, user="ann", actor="ann", reason="needs a translation")
        for query in ("square", "translation", "market needs"):
            (hit,) = store.texts.find(Subject.CASE, query).hits
            assert (hit.id, hit.name) == (case.id, "Market square")

    def test_an_incident_is_found_by_its_title_and_never_by_a_childs_name(self, store):
        opened = store.incidents.open("A ferry with Tomas", ledger_readings.document(), actor="ann")
        assert names(store, "tomas", Subject.INCIDENT) == ["A ferry with Tomas"]
        store.incidents.revise(opened.id, lambda _: [Protection("Tomas")], actor="ann", reason="a child")
        assert names(store, "tomas", Subject.INCIDENT) == []
        assert store.texts.find(Subject.INCIDENT, "ferry").hits[0].id == opened.id
        renamed = Heading("A boat", IncidentStatus.OPEN)
        store.incidents.revise(opened.id, lambda _: [renamed], actor="ann", reason="clearer")
        assert names(store, "ferry", Subject.INCIDENT) == []
        assert names(store, "boat", Subject.INCIDENT) == ["A boat"]


def test_what_is_there_before_the_words_gets_them(open_as, make):
    """From the step before, with records of each kind."""
    store = open_as()
    platform = Platform(store, make)
    store.create_bank("B")
    store.add_reference("B", make.file("harbour.mp4", labels=("crisis",)))
    item = platform.item(post="post-0815")
    case = store.cases.open(Basis.CHOSEN, "Market square", [item.id], actor="ann")
    opened = store.incidents.open("A ferry with Tomas", ledger_readings.document(), actor="ann")
    store.incidents.revise(opened.id, lambda _: [Protection("Tomas")], actor="ann", reason="a child")
    with store._database.replacing() as connection:
        migrate.downgrade(connection, "0009")
    again = open_as()
    assert names(again, "harbour crisis") == ["harbour.mp4"]
    assert [one.id for one in again.texts.find(Subject.ITEM, "0815").hits] == [item.id]
    assert [one.id for one in again.texts.find(Subject.CASE, "square").hits] == [case.id]
    assert [one.id for one in again.texts.find(Subject.INCIDENT, "ferry").hits] == [opened.id]
    assert names(again, "tomas", Subject.INCIDENT) == []
