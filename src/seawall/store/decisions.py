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
from seawall.model import second
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    CaseState,
    Choice,
    Decision,
    ItemState,
    Origin,
    PoliciesUsed,
    PolicyUsed,
    Ruling,
    Stage,
    Verdict,
)
from seawall.model.policy import Step
from seawall.model.second import Barred
from seawall.model.seen import Context
from seawall.store import (
    banks,
    cases,
    codec,
    decision_rows,
    items,
    notices,
    policies,
    references,
    settling,
    tasks,
    verdicts,
)
from seawall.store.database import Database
from seawall.store.decision_rows import DecisionFilter
from seawall.store.raising import Raise
from seawall.store.schema import incident
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
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def make(self, new: Ruling, *, user: str, actor: str, undo_s: float = 0.0) -> Decision:
        """Put a ruling that was checked on record.

        undo_s: after this time it goes out, which begins when a second person agrees where one has to.
        Raises RecordNotFound, IncidentNotFound; RecordConflict where the items stand otherwise than the
        ruling takes them to; BadDecision where it does not fit them; SecondPerson.
        """
        with self._database.write() as connection:
            rows = items.rows(connection, new.items, to_write=True)
            matched = _matched(connection, rows)
            _expect_incident(connection, new)
            self._expect_cases(connection, new, rows, user)
            _expect_standing(connection, new, rows)
            _expect_fitting(new, rows, matched)
            used = _used(matched)
            needs_two = _needs_two(connection, new, used, rows, matched)
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
            if needs_two or undo_s > 0:
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

        Raises RecordNotFound.
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
        if undo_s <= 0:
            self._take_effect(connection, row)
            return
        named = f"decision-{row.id}"
        tasks.put(connection, DECISION, {"decision": row.id}, id=named, now=now, wait_s=undo_s)

    def _note(self, connection: Connection, row: Row[Any], what: str, actor: str) -> None:
        """What became of a decision, in its cases, which stand accordingly."""
        now, numbers = self._now(), _cases_of(connection, row.number)
        for number in numbers:
            settling.note(connection, number, actor, what, f"decision {row.id}", now)
        settling.settle(connection, numbers, actor, f"decision {row.id}", now)

    def _take_effect(self, connection: Connection, row: Row[Any]) -> None:
        """The items stand as decided, their cases may be done, references that were wrong are disputed."""
        now, new = self._now(), codec.load(Ruling, row.ruling)
        connection.execute(insert(decision_out).values(decision_number=row.number, at=now))
        change = update(item).where(item.c.id.in_(new.items))
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
        told: dict[str, Json] = {
            "decision": row.id,
            "choice": new.choice.value,
            "items": list(new.items),
            "reverses": new.reverses,
            "incident": new.incident,
        }
        self._raise(connection, "decision.made", told)
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


def _matched(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """What the items were opened and joined for."""
    numbers = [row.number for row in rows]
    query = select(outcome).where(outcome.c.item_number.in_(numbers)).order_by(outcome.c.number)
    return list(connection.execute(query))


def _used(matched: Sequence[Row[Any]]) -> PoliciesUsed:
    newest: dict[tuple[str, int | None], None] = {}
    for row in matched:
        newest[row.bank, row.version] = None
    return PoliciesUsed(tuple(PolicyUsed(bank, version) for bank, version in newest))


def _expect_incident(connection: Connection, new: Ruling) -> None:
    if new.incident is not None:
        known = connection.execute(select(incident.c.seq).where(incident.c.id == new.incident)).first()
        if known is None:
            raise errors.IncidentNotFound(incident=new.incident)


def _expect_standing(connection: Connection, new: Ruling, rows: Sequence[Row[Any]]) -> None:
    """The ruling knows what stands for its items, and no other one is pending."""
    if new.reverses is not None:
        earlier = decision_rows.row(connection, new.reverses)
        if new.choice is Choice.RESTORE and earlier.choice not in RESTRICTIONS:
            raise errors.BadDecision(field="reverses", reason="that decision took nothing away")
    if new.follows is not None:
        decision_rows.row(connection, new.follows)
    for row in rows:
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


def _expect_fitting(new: Ruling, rows: Sequence[Row[Any]], matched: Sequence[Row[Any]]) -> None:
    """What is said of machines and of references is so."""
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


def _needs_two(
    connection: Connection,
    new: Ruling,
    used: PoliciesUsed,
    rows: Sequence[Row[Any]],
    matched: Sequence[Row[Any]],
) -> bool:
    live = policies.in_force(connection)
    four_eyes = {
        choice for one in used.policies if one.bank in live for choice in live[one.bank].book.four_eyes
    }
    labels = {label for row in rows for label in codec.load(Context, row.context).labels}
    known = references.known(connection, {row.reference for row in matched})
    for one in known.values():
        labels.update(one.labels, banks.get(connection, one.bank).labels)
    return second.needs_two(new, labels, four_eyes)
