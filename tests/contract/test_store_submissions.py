"""What every store promises of submissions for the transparency database."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.decision import Choice, Origin, Purpose
from seawall.model.notice import Channel, Message
from seawall.model.notice_fields import NoticeKind
from seawall.model.submission import Finding, NewSubmission, SubmissionState, WhyNone

sys.path.insert(0, str(Path(__file__).parent))
from platforms import AT, Platform, carried_out, dismissal, removal


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


def out(store, *items, **change):
    return carried_out(store, store.decisions.make(removal(*items, **change), user="ann", actor="ann"))


def new(item, *findings):
    return NewSubmission(item.id, f"p-{item.id}", {"decision_facts": "é"}, findings)


HELD = Finding("decision_facts", "handle", "@ann")


def test_only_what_restricts_and_has_gone_out_is_due_and_once(store, platform):
    items = [platform.item(post=str(number)) for number in range(4)]
    first = out(store, items[0])
    out(store, items[1], purpose=Purpose.UNCLEAR)  # waits for a second person
    store.decisions.make(dismissal(items[2]), user="ann", actor="a")
    store.decisions.make(removal(items[3]), user="ann", actor="a", undo_s=60)
    assert store.submissions.due(10) == [first.id]
    assert store.submissions.state_all(first.id, [new(items[0])], actor="s")
    assert not store.submissions.state_all(first.id, [new(items[0])], actor="s")
    assert not store.submissions.state_none(first.id, WhyNone.ORDER, actor="s")
    assert store.submissions.due(10) == []
    [(_, known)] = store.submissions.page()
    assert (known.decision, known.item, known.state) == (first.id, items[0].id, SubmissionState.PENDING)
    assert known.payload == {"decision_facts": "é"}


def test_a_decision_without_a_submission_is_not_looked_at_again(store, platform):
    made = out(store, platform.item(), origin=Origin.ORDER)
    assert store.submissions.state_none(made.id, WhyNone.ORDER, actor="s")
    assert (store.submissions.due(10), store.submissions.page()) == ([], [])


def test_what_a_submission_is_made_of(store, platform):
    store.change_labels(platform.references[0], add=["crisis"])
    item = platform.item(uploader="Harbour", labels=("news",))
    message = Message(NoticeKind.ORDER, AT, "UTC", Channel.EMAIL, "An order")
    order = store.notices.receive(message, "UTC", actor="a")
    made = out(store, item, notice=order.id)
    stated = store.submissions.stated(made.id)
    assert (stated.decision, [one.id for one in stated.items]) == (made, [item.id])
    assert stated.labels == {item.id: ("news", "crisis")}
    assert stated.order
    assert stated.incidents == frozenset()
    assert store.submissions.uploaders(["harbour", "Harbour", "x"]) == {"Harbour"}
    assert not store.submissions.stated(out(store, platform.item(post="2")).id).order


def test_what_was_found_holds_a_submission_until_a_person_lets_it_go(store, platform):
    item = platform.item()
    store.submissions.state_all(out(store, item).id, [new(item, HELD)], actor="s")
    [(_, held)] = store.submissions.page(SubmissionState.HELD)
    assert held.findings == (HELD,)
    assert store.submissions.take(10, 60) == []
    free = store.submissions.release(held.id, {"decision_facts": "x"}, actor="ann", reason="name taken out")
    assert (free.state, free.payload, free.findings) == (
        SubmissionState.PENDING,
        {"decision_facts": "x"},
        (),
    )
    assert [(one.what, one.actor, one.reason) for one in free.events] == [
        ("held", "s", "decision_facts: handle"),
        ("released", "ann", "name taken out"),
    ]
    with pytest.raises(errors.RecordConflict):
        store.submissions.release(held.id, {}, actor="ann", reason="r")
    with pytest.raises(errors.RecordNotFound):
        store.submissions.release("no", {}, actor="ann", reason="r")


def test_what_is_taken_is_nobody_elses_until_its_time_is_over(open_as, make):
    now = [datetime.fromisoformat("2026-03-04T12:00:00+00:00")]
    store = open_as(now=lambda: now[0])
    platform = Platform(store, make)
    for number in range(3):
        item = platform.item(post=str(number))
        store.submissions.state_all(out(store, item).id, [new(item)], actor="s")
    first = store.submissions.take(2, 60)
    assert [one.again for one in first] == [False, False]
    assert [one.puid for one in store.submissions.take(2, 60)] != [one.puid for one in first]
    assert store.submissions.take(2, 60) == []
    now[0] += timedelta(seconds=61)
    assert [one.again for one in store.submissions.take(2, 60)] == [True, True]
    store.submissions.give_back([first[0].id])
    assert [one.id for one in store.submissions.take(1, 60)] == [first[0].id]


def test_what_was_answered_is_not_sent_again(store, platform):
    for number in range(2):
        item = platform.item(post=str(number))
        store.submissions.state_all(out(store, item).id, [new(item)], actor="s")
    one, other = store.submissions.take(10, 60)
    store.submissions.answered(one.id, SubmissionState.SENT, {"uuid": "u"}, actor="s", reason="taken")
    wrong = {"errors": {"category": ["no"]}}
    store.submissions.answered(other.id, SubmissionState.REFUSED, wrong, actor="s", reason="no")
    store.submissions.give_back([one.id, other.id])
    assert store.submissions.take(10, 60) == []
    sent, refused = store.submissions.get(one.id), store.submissions.get(other.id)
    assert (sent.answer, sent.tries, sent.sent_at is not None) == ({"uuid": "u"}, 1, True)
    assert (refused.answer, refused.sent_at) == (wrong, None)
    assert store.submissions.counts() == {"pending": 0, "held": 0, "sent": 1, "refused": 1}
    store.submissions.release(other.id, refused.payload, actor="a", reason="mended")
    [again] = store.submissions.take(10, 60)
    assert again.again


def test_submissions_are_found_by_decision_and_page_by_page(store, platform):
    items = [platform.item(post=str(number)) for number in range(3)]
    made = out(store, *items)
    store.submissions.state_all(made.id, [new(one) for one in items], actor="s")
    other = out(store, platform.item(post="x"), choice=Choice.LABEL)
    assert len(store.submissions.page(decision_id=made.id)) == 3
    assert store.submissions.page(decision_id=other.id) == []
    first = store.submissions.page(limit=2)
    assert [one.item for _, one in [*first, *store.submissions.page(after=first[-1][0])]] == [
        one.id for one in items
    ]
