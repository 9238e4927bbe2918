"""What is on record of the items of a ruling, and whether it fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from seawall import errors
from seawall.model import second
from seawall.model.decision import Automation, Origin, PoliciesUsed, PolicyUsed, Ruling
from seawall.model.policy import Step
from seawall.model.seen import Context
from seawall.store import banks, codec, policies, references
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
