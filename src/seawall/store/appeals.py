"""Complaints against decisions: each opens the appeal of the cases that the decision stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select, update

from seawall import errors
from seawall.model.decision import RESTRICTIONS, Basis, CaseState, ItemState
from seawall.model.notice import LinkKind, Message
from seawall.model.notice_fields import NoticeKind
from seawall.store import cases, reckoning, settling
from seawall.store.schema_actions import case_file, decision, item
from seawall.store.schema_notices import notice, notice_link

_ENDED = (CaseState.DECIDED, CaseState.CLOSED)


def begin(
    connection: Connection,
    notice_id: str,
    message: Message,
    actor: str,
    now: datetime,
    new_id: Callable[[], str],
) -> list[str]:
    """Open what a complaint is about again; the ids of the cases that it is in.

    None where the decision is not known here, restricts nothing or does not stand any more. A case on which
    people are at work already stays as it is: the complaint is joined to it.
    """
    said = message.value("decision")
    if message.kind is not NoticeKind.COMPLAINT or not isinstance(said, str):
        return []
    query = (
        select(item.c.number, item.c.case_number)
        .join(decision, item.c.decision_number == decision.c.number)
        .where(
            decision.c.id == said,
            decision.c.choice.in_([one.value for one in RESTRICTIONS]),
            item.c.state.in_((ItemState.DECIDED.value, ItemState.REOPENED.value)),
        )
    )
    found = connection.execute(query.order_by(item.c.number)).all()
    numbers = {row.case_number for row in found if row.case_number is not None}
    alone = [row.number for row in found if row.case_number is None]
    if alone:
        numbers.add(_gathered(connection, alone, notice_id, actor, now, new_id))
    query_cases = select(case_file.c.id, case_file.c.state).where(case_file.c.number.in_(numbers))
    opened = connection.execute(query_cases.order_by(case_file.c.number)).all()
    for row in opened:
        if row.state in _ENDED:
            cases.appeal(connection, row.id, actor=actor, reason=f"complaint {notice_id}", now=now)
    return [row.id for row in opened]


def expect_decided(connection: Connection, notice_id: str) -> None:
    """A complaint is not answered before another person has decided. Raises RecordConflict."""
    query = (
        select(case_file.c.number)
        .join(notice_link, notice_link.c.target == case_file.c.id)
        .join(notice, notice_link.c.notice_number == notice.c.number)
        .where(
            notice.c.id == notice_id,
            notice.c.kind == NoticeKind.COMPLAINT.value,
            notice_link.c.kind == LinkKind.CASE.value,
        )
    )
    for number in connection.execute(query).scalars().all():
        if settling.standing(connection, number) is CaseState.APPEALED:
            raise errors.RecordConflict(
                kind="notice", id=notice_id, state="with an appeal that is not decided", wanted="answered"
            )


def _gathered(
    connection: Connection,
    item_numbers: list[int],
    notice_id: str,
    actor: str,
    now: datetime,
    new_id: Callable[[], str],
) -> int:
    """A case of items that are decided and in none."""
    value = f"complaint {notice_id}"
    number = cases.begin(connection, Basis.CHOSEN, value, actor=actor, now=now, new_id=new_id)
    settling.note(connection, number, actor, "opened", value, now)
    connection.execute(update(item).where(item.c.number.in_(item_numbers)).values(case_number=number))
    reckoning.anew(connection, [number])
    settling.settle(connection, [number], actor, "all of its items are", now, has_effect=True)
    return number
