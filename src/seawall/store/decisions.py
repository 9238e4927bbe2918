"""Decisions. Rows are only added: who changes their mind makes a new decision that points to the old one.

A decision has no effect, and nobody is told of it, before it goes out: when its time to undo it is over, and
a second person has agreed where one has to. A task of that time makes it go out, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    REMOVALS,
    CaseState,
    Choice,
    Decision,
    ItemState,
    Ruling,
    Stage,
    Verdict,
)
from seawall.model.second import Barred
from seawall.store import (
    cases,
    codec,
    decision_rows,
    items,
    notices,
    references,
    rulings,
    settling,
    statements,
    tasks,
    verdicts,
)
from seawall.store.database import Database
from seawall.store.decision_rows import DecisionFilter
from seawall.store.preservations import By
from seawall.store.raising import Raise
from seawall.store.relied import Relied
from seawall.store.schema_actions import (
    case_file,
    decision,
    decision_item,
    decision_second,
    item,
    outcome,
)
from seawall.store.schema_undo import decision_out, decision_undone
from seawall.store.tasks import Json
from seawall.version import TOOL

#: The kind of the task that makes a decision go out, as `workflows.tasks.Kind` has it.
DECISION: Final = "decision"


class Decisions:
    """The decisions of one store. Each method is one transaction; where it raises, nothing has changed."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        raising: Raise,
        relied: Relied,
    ) -> None:
        self._database = database
        self._relied = relied
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def make(
        self, new: Ruling, *, user: str, actor: str, undo_s: float = 0.0, needs_two: bool = False
    ) -> Decision:
        """Put a ruling that was checked on record.

        undo_s: after this time it goes out, which begins when a second person agrees where one has to. What
        removes is never done at once: its task preserves first. needs_two: whatever policies say of it.
        Raises RecordNotFound, IncidentNotFound; RecordConflict where the items stand otherwise than the
        ruling takes them to; BadDecision where it does not fit them; SecondPerson.
        """
        with self._database.write() as connection:
            rows = items.rows(connection, new.items, to_write=True)
            matched = rulings.matched(connection, rows)
            rulings.expect_incident(connection, new)
            self._expect_cases(connection, new, rows, user)
            rulings.expect_standing(connection, new, rows)
            rulings.expect_fitting(new, rows, matched)
            self._relied.named(connection, new, rows)
            used = rulings.used(matched)
            needs_two = needs_two or rulings.needs_two(connection, new, used, rows, matched)
            decision_id, now = self._new_id(), self._now()
            row = insert(decision).values(
                id=decision_id,
                at=now,
                actor=actor,
                user_name=user,
                choice=new.choice.value,
                incident=new.incident,
                reverses=new.reverses,
                ruling=codec.dump(new),
                policies=codec.dump(used),
                needs_second=needs_two,
                undo_s=undo_s,
            )
            number = connection.execute(row.returning(decision.c.number)).scalar_one()
            pairs = [{"decision_number": number, "item_number": row.number} for row in rows]
            connection.execute(insert(decision_item), pairs)
            made = decision_rows.row(connection, decision_id)
            if needs_two or undo_s > 0 or new.choice in REMOVALS:
                self._note(connection, made, "ruled", actor)
            if not needs_two:
                self._go_out_after(connection, made, undo_s, now)
            return _read(connection, decision_id)

    def second(
        self,
        decision_id: str,
        *,
        user: str,
        actor: str,
        note: str,
        choice: Choice,
        third: bool = False,
    ) -> Decision:
        """What a second person says of a decision that waits for one; if they agree, it goes out.

        choice: what they would choose, not knowing the decision; they agree where it is the same. third:
        where it is not, neither of the two decides next.
        Raises RecordNotFound; RecordConflict where none is waited for; SecondPerson.
        """
        with self._database.write() as connection:
            row = decision_rows.row(connection, decision_id, to_write=True)
            if decision_rows.stage_of(row) is not Stage.SECOND:
                raise errors.RecordConflict(
                    kind="decision", id=decision_id, state="settled", wanted="confirmed"
                )
            self._expect_second(connection, row, user)
            agree = choice.value == row.choice
            said = {
                "decision_number": row.number,
                "user_name": user,
                "agrees": agree,
                "note": note,
                "choice": choice.value,
                "third": third and not agree,
            }
            now = self._now()
            connection.execute(insert(decision_second).values(**said, at=now))
            if agree:
                self._go_out_after(connection, row, row.undo_s, now)
            for number in _cases_of(connection, row.number):
                settling.let_go(connection, number)
            self._note(connection, row, "agreed" if agree else "disagreed", actor)
            return _read(connection, decision_id)

    def undo(self, decision_id: str, *, user: str, actor: str) -> Decision:
        """Take a decision back that has not gone out: its items are what they were.

        Raises RecordNotFound; NotTheirOwn for anybody but its maker; RecordConflict where it has gone out.
        """
        with self._database.write() as connection:
            row = decision_rows.row(connection, decision_id, to_write=True)
            if row.user_name != user:
                raise errors.NotTheirOwn(who=user, what=f"decision {decision_id}", maker=row.user_name)
            stage = decision_rows.stage_of(row)
            if stage not in (Stage.DUE, Stage.SECOND):
                raise errors.RecordConflict(
                    kind="decision", id=decision_id, state=stage.value, wanted=Stage.UNDONE.value
                )
            connection.execute(insert(decision_undone).values(decision_number=row.number, at=self._now()))
            self._note(connection, row, "undone", actor)
            return _read(connection, decision_id)

    def go_out(self, decision_id: str) -> bool:
        """Give a decision effect, and tell of it, if it is due; whether this call did.

        Raises RecordNotFound; NotPreserved for one that would take away what is not preserved.
        """
        with self._database.write() as connection:
            row = decision_rows.row(connection, decision_id, to_write=True)
            if decision_rows.stage_of(row) is not Stage.DUE:
                return False
            self._take_effect(connection, row)
            return True

    def get(self, decision_id: str) -> Decision:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _read(connection, decision_id)

    def page(
        self, wanted: DecisionFilter = DecisionFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Decision]]:
        """The next decisions behind a number, in the order in which they were made, each with its number."""
        query = decision_rows.decisions().where(decision.c.number > after, *decision_rows.conditions(wanted))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(decision.c.number).limit(limit)).all()
            records = decision_rows.read(connection, found)
            return list(zip((row.number for row in found), records, strict=True))

    def _expect_cases(self, connection: Connection, new: Ruling, rows: Sequence[Row[Any]], user: str) -> None:
        """Nobody else works on the items, and who decides may: not twice on what calls for another person."""
        numbers = {row.case_number for row in rows if row.case_number is not None}
        query = select(case_file).where(case_file.c.number.in_(numbers)).order_by(case_file.c.number)
        for row in connection.execute(query.with_for_update()).all():
            cases.expect_free(row, user, self._now())
            if row.state == CaseState.APPEALED and new.reverses is not None:
                _expect_other(decision_rows.row(connection, new.reverses), user)
        if user in decision_rows.left_to_a_third(connection, [row.number for row in rows]):
            raise errors.SecondPerson(who=user, reason=Barred.THIRD.reason)

    def _expect_second(self, connection: Connection, row: Row[Any], user: str) -> None:
        """They have not decided themselves, nor on what an appeal is against; nobody else works on it."""
        if row.user_name == user:
            raise errors.SecondPerson(who=user, reason=Barred.OWN.reason)
        for number in _cases_of(connection, row.number):
            case = connection.execute(select(case_file).where(case_file.c.number == number)).one()
            cases.expect_free(case, user, self._now())
            if row.reverses is not None and settling.standing(connection, number) is CaseState.APPEALED:
                _expect_other(decision_rows.row(connection, row.reverses), user)

    def _go_out_after(self, connection: Connection, row: Row[Any], undo_s: float, now: datetime) -> None:
        if undo_s <= 0 and row.choice not in REMOVALS:
            self._take_effect(connection, row)
            return
        named, wait_s = f"decision-{row.id}", undo_s if undo_s > 0 else None
        tasks.put(connection, DECISION, {"decision": row.id}, id=named, now=now, wait_s=wait_s)

    def _note(self, connection: Connection, row: Row[Any], what: str, actor: str) -> None:
        """What became of a decision, in its cases, which stand accordingly."""
        now, numbers = self._now(), _cases_of(connection, row.number)
        for number in numbers:
            settling.note(connection, number, actor, what, f"decision {row.id}", now)
        settling.settle(connection, numbers, actor, f"decision {row.id}", now)

    def _take_effect(self, connection: Connection, row: Row[Any]) -> None:
        """The items stand as decided, their cases may be done, references that were wrong are disputed."""
        now, new = self._now(), codec.load(Ruling, row.ruling)
        self._relied.take(connection, row, By(row.actor, TOOL))
        connection.execute(insert(decision_out).values(decision_number=row.number, at=now))
        change = update(item).where(item.c.id.in_(new.items), item.c.state != ItemState.REFERRED.value)
        connection.execute(change.values(state=ItemState.DECIDED.value, decision_number=row.number))
        verdicts.keep(connection, row.number, new)
        again = self._reopen(connection, row)
        settling.settle(
            connection,
            _cases_of(connection, row.number),
            row.actor,
            f"decision {row.id}",
            now,
            has_effect=True,
        )
        for said in new.feedback:
            if said.dispute and said.verdict is not Verdict.RIGHT:
                reason = f"decision {row.id}: {said.verdict}"
                _dispute(connection, said.reference, row.actor, reason, now)
        if new.notice is not None:
            notices.decided(
                connection, new.notice, row.id, at=now, now=now, actor=row.actor, raising=self._raise
            )
        held = [one for one in items.rows(connection, new.items) if one.state != ItemState.REFERRED]
        statements.schedule(connection, row, new, held, now, self._new_id)
        told: dict[str, Json] = {
            "decision": row.id,
            "choice": new.choice.value,
            "items": list(new.items),
            "reverses": new.reverses,
            "incident": new.incident,
        }
        self._raise(connection, "decision.made", told)
        if new.choice is Choice.RESTORE:
            back: dict[str, Json] = {"decision": row.id, "items": [one.id for one in held]}
            self._raise(connection, "content.reinstated", {**back, "reverses": new.reverses})
        for one in again:
            self._raise(connection, "item.opened", {**one, "again": True})

    def _reopen(self, connection: Connection, row: Row[Any]) -> list[dict[str, Json]]:
        """Open those of the items again that were matched with another reference since it was decided."""
        of_it = select(decision_item.c.item_number).where(decision_item.c.decision_number == row.number)
        since = (
            select(func.max(outcome.c.number))
            .where(outcome.c.item_number.in_(of_it))
            .group_by(outcome.c.item_number, outcome.c.reference)
            .having(func.min(outcome.c.at) > row.at)
        )
        query = select(item.c.number, item.c.id, outcome.c.match, outcome.c.why).join_from(
            outcome, item, outcome.c.item_number == item.c.number
        )
        found = connection.execute(query.where(outcome.c.number.in_(since))).all()
        for one in found:
            items.reopen(connection, one.number)
        return [{"item": one.id, "match": one.match, "why": one.why} for one in found]


def _read(connection: Connection, decision_id: str) -> Decision:
    return decision_rows.read(connection, [decision_rows.row(connection, decision_id)])[0]


def _cases_of(connection: Connection, decision_number: int) -> list[int]:
    """The cases of the items that a decision is about."""
    query = (
        select(item.c.case_number)
        .join_from(decision_item, item, decision_item.c.item_number == item.c.number)
        .where(decision_item.c.decision_number == decision_number, item.c.case_number.is_not(None))
    )
    return list(connection.execute(query.distinct().order_by(item.c.case_number)).scalars())


def _expect_other(earlier: Row[Any], user: str) -> None:
    if user in (earlier.user_name, earlier.second_user):
        raise errors.SecondPerson(who=user, reason=Barred.APPEAL.reason)


def _dispute(connection: Connection, reference: str, actor: str, reason: str, now: datetime) -> None:
    """One that is gone or withdrawn meanwhile needs no dispute."""
    try:
        known = references.get(connection, reference)
    except errors.ReferenceNotFound:
        return
    if known.state is ReferenceState.ACTIVE:
        references.set_state(
            connection, reference, ReferenceState.DISPUTED, actor=actor, reason=reason, now=now
        )
