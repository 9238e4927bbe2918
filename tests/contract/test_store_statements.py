"""What every store promises of statements for the transparency database."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.decision import Choice, Origin, Purpose
from seawall.model.notice import Channel, Message
from seawall.model.notice_fields import NoticeKind
from seawall.model.statement import Finding, NewStatement, StatementState, WhyNone

sys.path.insert(0, str(Path(__file__).parent))
from platforms import AT, Platform, dismissal, removal


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


def out(store, *items, **change):
    return store.decisions.make(removal(*items, **change), user="ann", actor="ann")


def new(item, *findings):
    return NewStatement(item.id, f"p-{item.id}", {"decision_facts": "é"}, findings)


HELD = Finding("decision_facts", "handle", "@ann")


def test_only_what_restricts_and_has_gone_out_is_due_and_once(store, platform):
    items = [platform.item(post=str(number)) for number in range(4)]
    first = out(store, items[0])
    out(store, items[1], purpose=Purpose.UNCLEAR)  # waits for a second person
    store.decisions.make(dismissal(items[2]), user="ann", actor="a")
    store.decisions.make(removal(items[3]), user="ann", actor="a", undo_s=60)
    assert store.statements.due(10) == [first.id]
    assert store.statements.state_all(first.id, [new(items[0])], actor="s")
    assert not store.statements.state_all(first.id, [new(items[0])], actor="s")
    assert not store.statements.state_none(first.id, WhyNone.ORDER, actor="s")
    assert store.statements.due(10) == []
    [(_, known)] = store.statements.page()
    assert (known.decision, known.item, known.state) == (first.id, items[0].id, StatementState.PENDING)
    assert known.payload == {"decision_facts": "é"}


def test_a_decision_without_a_statement_is_not_looked_at_again(store, platform):
    made = out(store, platform.item(), origin=Origin.ORDER)
    assert store.statements.state_none(made.id, WhyNone.ORDER, actor="s")
    assert (store.statements.due(10), store.statements.page()) == ([], [])


def test_what_a_statement_is_made_of(store, platform):
    store.change_labels(platform.references[0], add=["crisis"])
    item = platform.item(uploader="Harbour", labels=("news",))
    message = Message(NoticeKind.ORDER, AT, "UTC", Channel.EMAIL, "An order")
    order = store.notices.receive(message, "UTC", actor="a")
    made = out(store, item, notice=order.id)
    stated = store.statements.stated(made.id)
    assert (stated.decision, [one.id for one in stated.items]) == (made, [item.id])
    assert stated.labels == {item.id: ("news", "crisis")}
    assert stated.order
    assert stated.incidents == frozenset()
    assert store.statements.uploaders(["harbour", "Harbour", "x"]) == {"Harbour"}
    assert not store.statements.stated(out(store, platform.item(post="2")).id).order


def test_what_was_found_holds_a_statement_until_a_person_lets_it_go(store, platform):
    item = platform.item()
    store.statements.state_all(out(store, item).id, [new(item, HELD)], actor="s")
    [(_, held)] = store.statements.page(StatementState.HELD)
    assert held.findings == (HELD,)
    assert store.statements.take(10, 60) == []
    free = store.statements.release(held.id, {"decision_facts": "x"}, actor="ann", reason="name taken out")
    assert (free.state, free.payload, free.findings) == (
        StatementState.PENDING,
        {"decision_facts": "x"},
        (),
    )
    assert [(one.what, one.actor, one.reason) for one in free.events] == [
        ("held", "s", "decision_facts: handle"),
        ("released", "ann", "name taken out"),
    ]
    with pytest.raises(errors.RecordConflict):
        store.statements.release(held.id, {}, actor="ann", reason="r")
    with pytest.raises(errors.RecordNotFound):
        store.statements.release("no", {}, actor="ann", reason="r")


def test_what_is_taken_is_nobody_elses_until_its_time_is_over(open_as, make):
    now = [datetime.fromisoformat("2026-03-04T12:00:00+00:00")]
    store = open_as(now=lambda: now[0])
    platform = Platform(store, make)
    for number in range(3):
        item = platform.item(post=str(number))
        store.statements.state_all(out(store, item).id, [new(item)], actor="s")
    first = store.statements.take(2, 60)
    assert [one.again for one in first] == [False, False]
    assert [one.puid for one in store.statements.take(2, 60)] != [one.puid for one in first]
    assert store.statements.take(2, 60) == []
    now[0] += timedelta(seconds=61)
    assert [one.again for one in store.statements.take(2, 60)] == [True, True]
    store.statements.give_back([first[0].id])
    assert [one.id for one in store.statements.take(1, 60)] == [first[0].id]


def test_what_was_answered_is_not_sent_again(store, platform):
    for number in range(2):
        item = platform.item(post=str(number))
        store.statements.state_all(out(store, item).id, [new(item)], actor="s")
    one, other = store.statements.take(10, 60)
    store.statements.answered(one.id, StatementState.SENT, {"uuid": "u"}, actor="s", reason="taken")
    wrong = {"errors": {"category": ["no"]}}
    store.statements.answered(other.id, StatementState.REFUSED, wrong, actor="s", reason="no")
    store.statements.give_back([one.id, other.id])
    assert store.statements.take(10, 60) == []
    sent, refused = store.statements.get(one.id), store.statements.get(other.id)
    assert (sent.answer, sent.tries, sent.sent_at is not None) == ({"uuid": "u"}, 1, True)
    assert (refused.answer, refused.sent_at) == (wrong, None)
    assert store.statements.counts() == {"pending": 0, "held": 0, "sent": 1, "refused": 1}
    store.statements.release(other.id, refused.payload, actor="a", reason="mended")
    [again] = store.statements.take(10, 60)
    assert again.again


def test_statements_are_found_by_decision_and_page_by_page(store, platform):
    items = [platform.item(post=str(number)) for number in range(3)]
    made = out(store, *items)
    store.statements.state_all(made.id, [new(one) for one in items], actor="s")
    other = out(store, platform.item(post="x"), choice=Choice.LABEL)
    assert len(store.statements.page(decision_id=made.id)) == 3
    assert store.statements.page(decision_id=other.id) == []
    first = store.statements.page(limit=2)
    assert [one.item for _, one in [*first, *store.statements.page(after=first[-1][0])]] == [
        one.id for one in items
    ]
