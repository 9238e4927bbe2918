"""Decisions as they are read: how far each has come, and rows made records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from seawall import errors
from seawall.model.decision import Choice, Decision, PoliciesUsed, Ruling, Second, Stage
from seawall.store import codec
from seawall.store.batches import batches
from seawall.store.schema_actions import decision, decision_item, decision_second, item
from seawall.store.schema_undo import decision_out, decision_undone


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions are asked for; what is None is not asked about."""

    item: str | None = None
    choice: Choice | None = None
    user: str | None = None
    incident: str | None = None
    awaits_second: bool | None = None
    since: datetime | None = None
    reader: str | None = None  #: user who asks: by `choice`, no decision is found that hides it from them


def decisions() -> Select[Any]:
    """Decisions, with what a second person said and what became of them."""
    return (
        select(
            decision,
            decision_second.c.user_name.label("second_user"),
            decision_second.c.agrees,
            decision_second.c.note,
            decision_second.c.at.label("second_at"),
            decision_second.c.choice.label("second_choice"),
            decision_second.c.third,
            decision_out.c.at.label("out_at"),
            decision_undone.c.at.label("undone_at"),
        )
        .join_from(
            decision, decision_second, decision.c.number == decision_second.c.decision_number, isouter=True
        )
        .join(decision_out, decision.c.number == decision_out.c.decision_number, isouter=True)
        .join(decision_undone, decision.c.number == decision_undone.c.decision_number, isouter=True)
    )


def awaits_second() -> ColumnElement[bool]:
    """Of `decisions`: a second person has to agree, and none has spoken."""
    undone = decision_undone.c.at.is_not(None)
    return decision.c.needs_second.is_(True) & decision_second.c.agrees.is_(None) & ~undone


def is_pending() -> ColumnElement[bool]:
    """Of `decisions`: it may still have effect, and has none yet."""
    nobody_against = or_(decision_second.c.agrees.is_(None), decision_second.c.agrees.is_(True))
    return and_(decision_out.c.at.is_(None), decision_undone.c.at.is_(None), nobody_against)


def pending_on(item_numbers: Select[tuple[int]] | Sequence[int]) -> Select[Any]:
    """Decisions that are pending, with the item of these that each is about as `item_number`."""
    joined = decisions().join(decision_item, decision_item.c.decision_number == decision.c.number)
    about = decision_item.c.item_number.in_(item_numbers)
    return joined.add_columns(decision_item.c.item_number).where(about, is_pending())


def left_to_a_third(
    connection: Connection, item_numbers: Select[tuple[int]] | Sequence[int]
) -> frozenset[str]:
    """Names of the two who disagreed last on one of the items, and left it to a third person."""
    of_these = decision_item.c.item_number.in_(item_numbers)
    undone = select(decision_undone.c.decision_number)
    last = (
        select(func.max(decision_item.c.decision_number))
        .where(of_these, decision_item.c.decision_number.not_in(undone))
        .group_by(decision_item.c.item_number)
    )
    query = decisions().where(
        decision.c.number.in_(last), decision_second.c.agrees.is_(False), decision_second.c.third.is_(True)
    )
    return frozenset(name for one in connection.execute(query) for name in (one.user_name, one.second_user))


def stage_of(found: Row[Any]) -> Stage:
    """How far the decision of a row of `decisions` has come."""
    if found.undone_at is not None:
        return Stage.UNDONE
    if found.out_at is not None:
        return Stage.OUT
    if found.needs_second and found.agrees is not True:
        return Stage.SECOND if found.agrees is None else Stage.REFUSED
    return Stage.DUE


def row(connection: Connection, decision_id: str, *, to_write: bool = False) -> Row[Any]:
    """Of one decision. Raises RecordNotFound. to_write: other writers of it wait."""
    if to_write:
        locking = select(decision.c.number).where(decision.c.id == decision_id)
        connection.execute(locking.with_for_update())
    found = connection.execute(decisions().where(decision.c.id == decision_id)).first()
    if found is None:
        raise errors.RecordNotFound(kind="decision", id=decision_id)
    return found


def read(connection: Connection, found: Sequence[Row[Any]]) -> list[Decision]:
    """Records of rows of `decisions`, in their order."""
    stands: dict[int, list[str]] = {}
    later: dict[str, list[str]] = {}
    for batch in batches(one.number for one in found):
        query = select(item.c.decision_number, item.c.id).where(item.c.decision_number.in_(batch))
        for number, item_id in connection.execute(query.order_by(item.c.number)):
            stands.setdefault(number, []).append(item_id)
    for ids in batches(one.id for one in found):
        query = decisions().where(decision.c.reverses.in_(ids), decision_out.c.at.is_not(None))
        for one in connection.execute(query.order_by(decision.c.number)):
            later.setdefault(one.reverses, []).append(one.id)
    return [_decision(one, stands.get(one.number, ()), later.get(one.id, ())) for one in found]


def _decision(found: Row[Any], stands: Sequence[str], later: Sequence[str]) -> Decision:
    stage = stage_of(found)
    return Decision(
        id=found.id,
        at=found.at,
        actor=found.actor,
        user=found.user_name,
        ruling=codec.load(Ruling, found.ruling),
        policies=codec.load(PoliciesUsed, found.policies).policies,
        needs_second=found.needs_second,
        second=None if found.agrees is None else _second(found),
        stage=stage,
        out_at=_due_at(found) if stage is Stage.DUE else found.out_at,
        undone_at=found.undone_at,
        stands_for=tuple(stands),
        reversed_by=tuple(later),
    )


def _second(found: Row[Any]) -> Second:
    choice = None if found.second_choice is None else Choice(found.second_choice)
    return Second(found.second_user, found.agrees, found.note, found.second_at, choice, found.third)


def _due_at(found: Row[Any]) -> datetime:
    agreed_at: datetime = found.second_at if found.needs_second else found.at
    return agreed_at + timedelta(seconds=found.undo_s)


def conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    """What the rows of `decisions` that are asked for meet."""
    made: list[ColumnElement[bool]] = []
    if wanted.item is not None:
        of_it = select(decision_item.c.decision_number).join(
            item, decision_item.c.item_number == item.c.number
        )
        made.append(decision.c.number.in_(of_it.where(item.c.id == wanted.item)))
    if wanted.choice is not None:
        made.append(decision.c.choice == wanted.choice.value)
        if wanted.reader is not None:
            made.append(or_(decision.c.user_name == wanted.reader, ~awaits_second()))
    if wanted.user is not None:
        made.append(decision.c.user_name == wanted.user)
    if wanted.incident is not None:
        made.append(decision.c.incident == wanted.incident)
    if wanted.awaits_second is not None:
        made.append(awaits_second() if wanted.awaits_second else ~awaits_second())
    if wanted.since is not None:
        made.append(decision.c.at >= wanted.since)
    return made
