"""Verdicts that full copies inherit: which decision of a person stands for a whole reference.

`case_file.inherits` names it for open cases of which every item that waits is a full copy of the reference.
It is what the queue shows and filters by; `workflows.queue` asks `of_case` again before anything is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, insert, select, update

from seawall.model.bank import ReferenceState
from seawall.model.decision import SETTLED, CaseState, Choice, ItemState, Ruling
from seawall.model.queue import INHERITABLE, can_be_followed
from seawall.store.batches import batches
from seawall.store.schema import reference
from seawall.store.schema_actions import case_file, decision, item, outcome
from seawall.store.schema_queue import verdict

#: References of one case that are looked at; a content is a full copy of few.
MOST_REFERENCES = 20


#: Made once, as they are asked for every full copy: to make one costs more than to ask it.
_STANDING: Final = (
    select(verdict.c.reference, decision.c.id, decision.c.choice)
    .join_from(verdict, decision, verdict.c.decision_number == decision.c.number)
    .join(reference, reference.c.id == verdict.c.reference)
    .where(
        verdict.c.reference.in_(bindparam("references", expanding=True)),
        reference.c.state == ReferenceState.ACTIVE.value,
        exists().where(item.c.decision_number == decision.c.number, item.c.state == ItemState.DECIDED.value),
    )
    .order_by(decision.c.number)
)
_COPIES: Final = (
    select(outcome.c.reference)
    .where(outcome.c.item_number == bindparam("item"), outcome.c.full_copy)
    .distinct()
    .limit(MOST_REFERENCES)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that stands for full copies of a reference."""

    reference: str
    decision: str  #: its id
    choice: Choice


def standing(connection: Connection, references: Iterable[str]) -> list[Standing]:
    """The first decision that stands for each of the references, of those that are in use.

    None for a reference on which people have decided differently.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for batch in batches(sorted(set(references))):
        for row in connection.execute(_STANDING, {"references": batch}):
            found.setdefault(row.reference, []).append((row.id, row.choice))
    agreed = {one: rows[0] for one, rows in found.items() if len({choice for _, choice in rows}) == 1}
    return [
        Standing(one, decision_id, Choice(choice))
        for one, (decision_id, choice) in agreed.items()
        if choice in INHERITABLE
    ]


def of_case(connection: Connection, case_number: int) -> Standing | None:
    """The verdict that all items of an open case that wait can inherit; None where there is none.

    None too where the content is a full copy of references on which different things were decided.
    """
    state = select(case_file.c.state).where(case_file.c.number == case_number)
    first = select(item.c.number).where(item.c.case_number == case_number, _waits()).limit(1)
    number = connection.execute(first).scalar()
    if number is None or connection.execute(state).scalar() != CaseState.OPEN.value:
        return None
    found = _agreed(standing(connection, full_copies(connection, number)))
    return next((one for one in found if _all_are(connection, case_number, one.reference)), None)


def touched(connection: Connection, case: Row[Any], item_number: int, *, is_alone: bool) -> None:
    """An item joined a case, or was matched again: what the case inherits now. Many may join at no cost."""
    copies = full_copies(connection, item_number)
    found = _agreed(standing(connection, copies)) if copies else []
    if (
        not is_alone
        and case.state == CaseState.OPEN.value
        and case.inherits in {one.decision for one in found}
    ):
        return
    if found:
        renew(connection, case.number)
    elif case.inherits is not None:
        _set(connection, case_file.c.number == case.number, None)


def renew(connection: Connection, case_number: int) -> None:
    """A case has another state or other items."""
    known = of_case(connection, case_number)
    _set(connection, case_file.c.number == case_number, None if known is None else known.decision)


def full_copies(connection: Connection, item_number: int) -> list[str]:
    """The references that an item is a full copy of."""
    return list(connection.execute(_COPIES, {"item": item_number}).scalars())


def keep(connection: Connection, decision_number: int, ruling: Ruling) -> None:
    """A decision has effect: full copies of what it is about may follow it, or follow none any more."""
    if ruling.follows is not None and ruling.reverses is None:
        return  # it says once more what stands already, of what may have a hundred thousand copies
    about = _references(connection, ruling.items)
    if can_be_followed(ruling) or ruling.reverses is not None:
        known = select(verdict.c.reference).where(verdict.c.decision_number == decision_number)
        new = set(about) - set(connection.execute(known).scalars())
        rows = [{"reference": one, "decision_number": decision_number} for one in sorted(new)]
        if rows:
            connection.execute(insert(verdict), rows)
    refresh(connection, about)


def refresh(connection: Connection, references: Iterable[str]) -> None:
    """What stands for references has changed, or whether they are in use: set it in all open cases.

    To be called wherever a decision begins or ceases to stand, after it is written.
    """
    wanted = sorted(set(references))
    known = {one.reference: one for one in standing(connection, wanted)}
    for one in wanted:
        copies = select(item.c.case_number).join_from(outcome, item, outcome.c.item_number == item.c.number)
        copies = copies.where(outcome.c.reference == one, outcome.c.full_copy, _waits())
        concerned = and_(case_file.c.state == CaseState.OPEN.value, case_file.c.number.in_(copies))
        if one in known:
            _set(connection, concerned & _every(one), known[one].decision)
        else:
            earlier = select(decision.c.id).join_from(
                verdict, decision, verdict.c.decision_number == decision.c.number
            )
            earlier = earlier.where(verdict.c.reference == one)
            _set(connection, concerned & case_file.c.inherits.in_(earlier), None)


def _references(connection: Connection, item_ids: Sequence[str]) -> list[str]:
    """The references that some of the items are full copies of."""
    found: set[str] = set()
    for batch in batches(item_ids):
        query = select(outcome.c.reference).join_from(item, outcome, outcome.c.item_number == item.c.number)
        found |= set(connection.execute(query.where(item.c.id.in_(batch), outcome.c.full_copy)).scalars())
    return sorted(found)


def _agreed(found: list[Standing]) -> list[Standing]:
    return found if len({one.choice for one in found}) == 1 else []


def _waits() -> ColumnElement[bool]:
    return item.c.state.not_in(SETTLED)


def _all_are(connection: Connection, case_number: int, reference_id: str) -> bool:
    query = select(case_file.c.number).where(case_file.c.number == case_number, _every(reference_id))
    return connection.execute(query).first() is not None


def _every(reference_id: str) -> ColumnElement[bool]:
    """No item of a case waits that is another thing than a full copy, or that was decided on before."""
    full = exists().where(
        outcome.c.item_number == item.c.number, outcome.c.reference == reference_id, outcome.c.full_copy
    )
    fresh = and_(item.c.state == ItemState.OPEN.value, item.c.decision_number.is_(None))
    return ~exists().where(item.c.case_number == case_file.c.number, _waits(), ~and_(fresh, full))


def _set(connection: Connection, which: ColumnElement[bool], decision_id: str | None) -> None:
    other = case_file.c.inherits.is_distinct_from(decision_id)
    connection.execute(update(case_file).where(which, other).values(inherits=decision_id))
