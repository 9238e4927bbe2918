"""What the queue sorts and filters by, kept in the case's row by those who change what it is made of.

A case that grows is reckoned on from where it stands, so that the hundred-thousandth copy costs no more than
the second; one that loses items is reckoned anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from seawall.model import labels as words, queue
from seawall.model.decision import CaseState
from seawall.model.match import Recommendation
from seawall.model.policy import Step
from seawall.model.queue import Severity
from seawall.store import verdicts
from seawall.store.batches import batches
from seawall.store.columns import Words
from seawall.store.schema import bank_label, reference, reference_label
from seawall.store.schema_actions import case_file, item, outcome
from seawall.store.schema_queue import case_label

#: Of a case without an item.
NOTHING: Final[dict[str, Any]] = {
    "severity": 0,
    "spread": 0,
    "uploaders": 0,
    "kind": None,
    "bank": None,
    "reference": None,
    "score": None,
    "graphic": False,
    "child": False,
    "inherits": None,
}


#: Made once, as they are asked for every match: to make one costs more than to ask it.
_CASE_OF: Final = (
    select(case_file)
    .join_from(item, case_file, item.c.case_number == case_file.c.number)
    .where(item.c.number == bindparam("item"))
)
_NEW: Final = select(item.c.uploader, item.c.kind).where(item.c.number == bindparam("item"))
_THESE: Final = reference.c.id.in_(bindparam("references", expanding=True))
_LABELS: Final = union_all(
    select(reference.c.id, reference_label.c.label)
    .join_from(reference, reference_label, reference_label.c.seq == reference.c.seq)
    .where(_THESE),
    select(reference.c.id, bank_label.c.label)
    .join_from(reference, bank_label, bank_label.c.bank_id == reference.c.bank_id)
    .where(_THESE),
)
_CHANGE: Final = update(case_file).where(case_file.c.number == bindparam("changed"))


def ranked(due_at: datetime | None, severity: int, spread: int) -> dict[str, int]:
    """The columns that a queue is sorted by."""
    made = queue.ranks(due_at, severity, spread)
    return {f"rank_{order}": rank for order, rank in made.items()}


def fresh() -> dict[str, Any]:
    """The columns of a case that is opened, before its items are in it."""
    return {**NOTHING, **ranked(None, 0, 0)}


def matched(connection: Connection, item_number: int, one: Row[Any], *, is_new: bool) -> None:
    """An item was opened or joined for a match with this outcome. is_new: in its case."""
    case = connection.execute(_CASE_OF, {"item": item_number}).first()
    if case is None:
        return
    grown = _grown(connection, case, item_number) if is_new else {}
    _set(connection, case, {**grown, **_with(connection, case, [one])})
    if one.full_copy or case.inherits is not None:  # nothing else makes or ends an inheritance
        verdicts.touched(connection, case, item_number, is_alone=is_new and case.spread == 0)


def _grown(connection: Connection, case: Row[Any], item_number: int) -> dict[str, Any]:
    """What a new item, to be told apart from the moment on, makes of its case."""
    new = connection.execute(_NEW, {"item": item_number}).one()
    other = select(item.c.number).where(
        item.c.case_number == case.number, item.c.uploader == new.uploader, item.c.number != item_number
    )
    is_other = new.uploader is not None and connection.execute(other.limit(1)).first() is None
    grown = {"spread": case.spread + 1, "uploaders": case.uploaders + is_other}
    return {**grown, "kind": case.kind or new.kind}


def anew(connection: Connection, case_numbers: Iterable[int]) -> None:
    """Items have moved: reckon cases by what is in them now."""
    for number in sorted(set(case_numbers)):
        connection.execute(delete(case_label).where(case_label.c.case_number == number))
        count = select(func.count(), func.count(item.c.uploader.distinct()), func.min(item.c.kind))
        spread, uploaders, kind = connection.execute(count.where(item.c.case_number == number)).one()
        values = {**NOTHING, "spread": spread, "uploaders": uploaders, "kind": kind}
        query = select(outcome).join_from(item, outcome, outcome.c.item_number == item.c.number)
        rows = connection.execute(query.where(item.c.case_number == number).order_by(outcome.c.number)).all()
        case = _case(connection, number)
        _set(connection, case, values)
        _set(connection, case, {**values, **_with(connection, _case(connection, number), rows)})
        verdicts.renew(connection, number)


def due(connection: Connection, case_number: int, due_at: datetime | None) -> None:
    """Give a case a deadline, or none."""
    _set(connection, _case(connection, case_number), {"due_at": due_at})


def relabelled(connection: Connection, reference_id: str) -> None:
    """A reference has other labels: cases that wait and hold matches of it take in those that are new.

    None is taken away: what was a reason to be careful of a case stays one.
    """
    labels = _labels(connection, [reference_id])[reference_id]
    holding = select(item.c.case_number).join_from(outcome, item, outcome.c.item_number == item.c.number)
    waiting = case_file.c.state.in_((CaseState.OPEN.value, CaseState.APPEALED.value, CaseState.SECOND.value))
    concerned = and_(waiting, case_file.c.number.in_(holding.where(outcome.c.reference == reference_id)))
    for label in sorted(labels):
        known = exists().where(case_label.c.case_number == case_file.c.number, case_label.c.label == label)
        new = select(case_file.c.number, literal(label, Words)).where(concerned, ~known)
        connection.execute(insert(case_label).from_select(["case_number", "label"], new))
    if words.is_graphic(labels):
        _raise(connection, concerned, Severity.HELD, Severity.GRAPHIC)
        _raise(connection, concerned, Severity.LOW, Severity.NOTIFIED)
        connection.execute(update(case_file).where(concerned).values(graphic=True))
    if words.is_child(labels):
        for severity in (one for one in Severity if one is not Severity.FIRST):
            _raise(connection, concerned, severity, Severity.FIRST)
        connection.execute(update(case_file).where(concerned).values(child=True))


def _raise(connection: Connection, which: ColumnElement[bool], low: Severity, high: Severity) -> None:
    """Make cases of one severity more severe, however many they are."""
    lower, higher = queue.ranks(None, low, 0), queue.ranks(None, high, 0)
    ranks = {
        f"rank_{order}": case_file.c[f"rank_{order}"] + (higher[order] - lower[order])
        for order in queue.Order
    }
    change = update(case_file).where(which, case_file.c.severity == low.value)
    connection.execute(change.values(severity=high.value, **ranks))


def _with(connection: Connection, case: Row[Any], rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """What outcomes of a case's items, which may be the strongest or the most severe, make of it."""
    if not rows:
        return {}
    labels = _labels(connection, {row.reference for row in rows})
    strongest = max(rows, key=lambda row: float(row.score))
    made: dict[str, Any] = {}
    if case.score is None or strongest.score > case.score:
        made = {"bank": strongest.bank, "reference": strongest.reference, "score": strongest.score}
    severe = max(_severity(row, labels[row.reference]) for row in rows)
    every = frozenset().union(*labels.values())
    _label(connection, case.number, every)
    return {
        **made,
        "severity": max(case.severity, severe),
        "graphic": case.graphic or words.is_graphic(every),
        "child": case.child or words.is_child(every),
    }


def _label(connection: Connection, number: int, labels: frozenset[str]) -> None:
    if not labels:
        return
    known = select(case_label.c.label).where(case_label.c.case_number == number)
    missing = labels - set(connection.execute(known).scalars())
    if missing:
        rows = [{"case_number": number, "label": one} for one in sorted(missing)]
        connection.execute(insert(case_label), rows)


def _severity(row: Row[Any], labels: frozenset[str]) -> int:
    return int(queue.severity(Step(row.step), Recommendation(row.recommendation), labels))


def _labels(connection: Connection, references: Iterable[str]) -> dict[str, frozenset[str]]:
    """Of references and their banks, folded; none for one that is gone."""
    wanted = sorted(set(references))
    found: dict[str, set[str]] = {one: set() for one in wanted}
    for batch in batches(wanted):
        for one, label in connection.execute(_LABELS, {"references": batch}):
            found[one].add(words.folded(label))
    return {one: frozenset(labels) for one, labels in found.items()}


def _case(connection: Connection, number: int) -> Row[Any]:
    return connection.execute(select(case_file).where(case_file.c.number == number)).one()


def _set(connection: Connection, case: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of a case, and its ranks with them."""
    now = {"due_at": case.due_at, "severity": case.severity, "spread": case.spread, **values}
    ranks = ranked(now["due_at"], now["severity"], now["spread"])
    connection.execute(_CHANGE, {"changed": case.number, **values, **ranks})
