"""What must be so before a ruling becomes a decision, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from seawall import errors
from seawall.model import second
from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    Choice,
    ItemState,
    Origin,
    PoliciesUsed,
    PolicyUsed,
    Ruling,
    Stage,
)
from seawall.model.policy import Step
from seawall.model.seen import Context
from seawall.store import banks, codec, decision_rows, policies, references
from seawall.store.schema import incident
from seawall.store.schema_actions import outcome


def matched(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """What the items were opened and joined for."""
    numbers = [row.number for row in rows]
    query = select(outcome).where(outcome.c.item_number.in_(numbers)).order_by(outcome.c.number)
    return list(connection.execute(query))


def used(matched: Sequence[Row[Any]]) -> PoliciesUsed:
    """The policies that brought the items up."""
    newest: dict[tuple[str, int | None], None] = {}
    for row in matched:
        newest[row.bank, row.version] = None
    return PoliciesUsed(tuple(PolicyUsed(bank, version) for bank, version in newest))


def expect_incident(connection: Connection, new: Ruling) -> None:
    """Raises IncidentNotFound."""
    if new.incident is not None:
        known = connection.execute(select(incident.c.seq).where(incident.c.id == new.incident)).first()
        if known is None:
            raise errors.IncidentNotFound(incident=new.incident)


def expect_standing(connection: Connection, new: Ruling, rows: Sequence[Row[Any]]) -> None:
    """The ruling knows what stands for its items, and no other one is pending.

    Raises RecordNotFound, BadDecision, RecordConflict.
    """
    if new.reverses is not None:
        earlier = decision_rows.row(connection, new.reverses)
        if new.choice is Choice.RESTORE and earlier.choice not in RESTRICTIONS:
            raise errors.BadDecision(field="reverses", reason="that decision took nothing away")
    if new.follows is not None:
        decision_rows.row(connection, new.follows)
    for row in rows:
        if row.state == ItemState.REFERRED:
            raise errors.RecordConflict(kind="item", id=row.id, state=row.state, wanted="decided")
        if row.decision_id != new.reverses:
            state = f"decided by {row.decision_id}" if row.decision_id else "not decided"
            raise errors.RecordConflict(kind="item", id=row.id, state=state, wanted="decided like this")
    for pending in connection.execute(decision_rows.pending_on([row.number for row in rows])):
        waits = decision_rows.stage_of(pending) is Stage.SECOND
        what = "before a second person with" if waits else "about to go out with"
        named = next(row.id for row in rows if row.number == pending.item_number)
        raise errors.RecordConflict(
            kind="item", id=named, state=f"{what} {pending.id}", wanted="decided again"
        )


def expect_fitting(new: Ruling, rows: Sequence[Row[Any]], matched: Sequence[Row[Any]]) -> None:
    """What is said of machines and of references is so. Raises BadDecision."""
    acted = {row.item_number for row in matched if row.step == Step.ACT}
    if new.automated_decision is Automation.FULLY and not all(row.number in acted for row in rows):
        raise errors.BadDecision(field="automated_decision", reason="no policy acted on all of the items")
    if matched and new.origin is Origin.OWN_INITIATIVE and not new.automated_detection:
        raise errors.BadDecision(field="automated_detection", reason="a match brought the content up")
    known = {row.reference for row in matched}
    for said in new.feedback:
        if said.reference not in known:
            reason = f"no item was matched with {said.reference}"
            raise errors.BadDecision(field="feedback", reason=reason)


def needs_two(
    connection: Connection,
    new: Ruling,
    used: PoliciesUsed,
    rows: Sequence[Row[Any]],
    matched: Sequence[Row[Any]],
) -> bool:
    """Whether a second person has to agree."""
    live = policies.in_force(connection)
    four_eyes = {
        choice for one in used.policies if one.bank in live for choice in live[one.bank].book.four_eyes
    }
    labels = {label for row in rows for label in codec.load(Context, row.context).labels}
    known = references.known(connection, {row.reference for row in matched})
    for one in known.values():
        labels.update(one.labels, banks.get(connection, one.bank).labels)
    return second.needs_two(new, labels, four_eyes)
