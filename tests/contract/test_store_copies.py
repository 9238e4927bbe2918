"""What every store knows of the copies of an incident."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import Basis, Feedback, Verdict
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Region, Segment
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Context
from seawall.model.signal import SignalType
from seawall.store import copies as records
from seawall.store.outcomes import Made
from seawall.store.recording import NewCheck

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings

sys.path.insert(0, str(Path(__file__).parent))
from platforms import dismissal

KEEP = timedelta(days=90)
RULE = Rule(window_h=1, floor=1000, factor=10, baseline_h=168)
HELD = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)


@pytest.fixture
def incident(store):
    return store.incidents.open("A ferry", ledger_readings.document(), actor="ann").id


@pytest.fixture
def known(store, make, incident):
    """A file of the incident, one that is only a hash, and one of none."""
    store.create_bank("K")
    news = [make.file("1", incident=incident), make.listed("2", incident=incident), make.file("3")]
    return [one.id for one in store.add_references("K", news)]


def segment(start, end, signal=SignalType.VIDEO, **more):
    fields = {"speed": 1.0, "transform": (), "score": 0.9} | more
    return Segment(signal, 0.0, end - start, start, end, **fields)


def match(reference, *segments):
    return Match(reference, 0.9, Recommendation.STRONG, 0.8, 0.5, {"video": 0.9}, segments)


def check(store, name, *matches, **context):
    key = f"{name:0>64}"
    found = tuple(("K", one) for one in matches)
    new = NewCheck(key, key, f"{name:0>32}", "video", 31.2, None, found, "up/key", Context(**context))
    return store.seen.record_all([new], KEEP, RULE)[0]


def names(found):
    return [one.key.lstrip("0") for one in found.copies]


def test_each_content_is_one_copy_with_all_times_of_its_checks(store, incident, known):
    first = check(store, "a", match(known[0]), post="p1", uploader="u")
    check(store, "b", match(known[2]))
    check(store, "c", match(known[1]), match(known[2]))
    last = check(store, "a", post="p2", uploader="u")
    found = store.copies.read(incident)
    assert (names(found), found.complete) == (["a", "c"], True)
    a = found.copies[0]
    assert (a.first_at, a.last_at) == (first.checked.at, last.checked.at)
    assert a.seen_at == (first.checked.at, last.checked.at)
    assert store.copies.places([a.number, found.copies[1].number]) == {
        a.number: (2, 1),
        found.copies[1].number: (0, 0),
    }


def test_what_a_copy_has_is_what_its_latest_match_says(store, incident, known):
    check(store, "a", match(known[0], segment(0, 5)))
    half = {"reference_region": Region(0.1, 0.2, 0.3, 0.4), "transform": ("mirror",)}
    more = {"reference_region": Region(0.2, 0.1, 0.5, 0.4), "speed": 1.25}
    segments = [segment(10, 20, **half), segment(15, 30, **more), segment(40, 50, SignalType.AUDIO)]
    check(store, "a", match(known[0], *segments))
    (copy,) = store.copies.read(incident).copies
    (part,) = store.copies.parts(incident, [copy.number])[copy.number]
    assert [(one.signal, one.start_s, one.end_s) for one in part.stretches] == [
        ("audio", 40, 50),
        ("video", 10, 30),
    ]
    assert part.transforms == {"mirror", "speed:1.25"}
    assert part.seen == pytest.approx((0.1, 0.1, 0.6, 0.5))


def test_a_withdrawn_reference_has_no_copies_and_anothers_incident_none_of_these(store, incident, known):
    check(store, "a", match(known[0]))
    other = store.incidents.open("Another", ledger_readings.document(), actor="ann").id
    assert names(store.copies.read(other)) == []
    before = store.copies.mark(incident)
    store.set_state(known[0], ReferenceState.WITHDRAWN, "ann", "wrong")
    assert names(store.copies.read(incident)) == []
    assert store.copies.mark(incident) != before
    for ask in (store.copies.read, store.copies.mark):
        with pytest.raises(errors.IncidentNotFound):
            ask("none")


def test_the_mark_moves_with_a_match_and_with_a_check_and_with_nothing_else(store, incident, known):
    marks = [store.copies.mark(incident)]
    for name, *matches in (("a", match(known[0])), ("a",), ("a", match(known[1]))):
        check(store, name, *matches)
        marks.append(store.copies.mark(incident))
    assert len(set(marks)) == 4
    check(store, "b", match(known[2]))
    assert store.copies.mark(incident) == marks[-1]


def test_copies_say_what_became_of_their_items(store, incident, known):
    made = check(store, "a", match(known[0]), post="p")
    again = check(store, "a", match(known[0]), post="q")
    news = [Made(one.matches[0], HELD, incident) for one in (made, again)]
    store.outcomes.record(news)
    items = [one for _, one in store.items.page()]
    case = store.cases.open(Basis.CHOSEN, "x", [items[0].id], actor="ann")
    by_itself = store.items.get(items[1].id).case
    (copy,) = store.copies.read(incident).copies
    standing = store.copies.standing(incident, [copy.number])[copy.number]
    assert (dict(standing.items), dict(standing.choices)) == ({"open": 2}, {})
    assert set(standing.cases) == {case.id, by_itself}
    assert store.copies.states(incident) == {"open": 2}


def test_more_than_can_be_shown_is_said_to_be_missing(store, incident, known, monkeypatch):
    for name in "abc":
        check(store, name, match(known[0]))
        check(store, name, match(known[0]))
    monkeypatch.setattr(records, "MOST_COPIES", 2)
    found = store.copies.read(incident)
    assert (names(found), found.complete) == (["a", "b"], False)
    monkeypatch.setattr(records, "MOST_COPIES", 3)
    monkeypatch.setattr(records, "MOST_CHECKS", 5)
    assert store.copies.read(incident).complete is False
    monkeypatch.setattr(records, "MOST_CHECKS", 6)
    assert store.copies.read(incident).complete is True


def test_files_of_the_incident_and_times_without_a_check(store, incident, known, make):
    assert set(store.copies.banked(incident).values()) == {known[0]}
    made = check(store, "a").checked.at
    hour = timedelta(hours=1)
    edges = [made - 2 * hour, made - hour, made + hour, made + 2 * hour]
    assert store.copies.checked_between(edges) == [False, True, False]


def test_what_a_person_calls_no_match_is_no_copy(store, incident, known):
    made = [check(store, "a", match(known[0])), check(store, "b", match(known[0]), match(known[1]))]
    store.outcomes.record([Made(found, HELD, incident) for one in made for found in one.matches])
    before = store.copies.mark(incident)
    feedback = (Feedback(known[0], Verdict.NO_MATCH),)
    for _, item in store.items.page():
        store.decisions.make(dismissal(item, feedback=feedback), user="ann", actor="ann/k")
    assert store.copies.mark(incident) != before
    (copy,) = store.copies.read(incident).copies
    assert copy.key.lstrip("0") == "b"
    (part,) = store.copies.parts(incident, [copy.number])[copy.number]
    assert part.reference == known[1]
