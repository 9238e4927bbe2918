"""What was decided before on what a case is about: for who decides next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select

from seawall.model.decision import Decision
from seawall.model.second import Barred
from seawall.store import cases, decision_rows
from seawall.store.database import Database
from seawall.store.schema_actions import decision, decision_item, item, outcome
from seawall.store.schema_undo import decision_out

#: Decisions that are looked through for those of a bank: they are near the end, where there are any.
_LAST: Final = 500

#: A decision that can be undone is no older, but for one that waited longer for its second person.
_LONGEST: Final = timedelta(days=7)


class Precedents:
    """Earlier decisions of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def on_reference(self, reference: str, limit: int) -> list[Decision]:
        """The last decisions that stand, on items that were matched with a reference, the latest first."""
        about = (
            select(decision_item.c.decision_number)
            .join(outcome, decision_item.c.item_number == outcome.c.item_number)
            .where(outcome.c.reference == reference)
        )
        return self._out(decision.c.number.in_(about), limit)

    def in_bank(self, bank: str, limit: int) -> list[Decision]:
        """Those on items that were matched in a bank, of the last that were made at all."""
        about = (
            select(decision_item.c.decision_number)
            .join(outcome, decision_item.c.item_number == outcome.c.item_number)
            .where(outcome.c.bank == bank, decision_item.c.decision_number == decision.c.number)
        )
        last = decision.c.number > select(func.max(decision.c.number)).scalar_subquery() - _LAST
        return self._out(last & about.exists(), limit)

    def items_with(self, reference: str) -> int:
        """How many items were matched with a reference."""
        query = select(func.count(outcome.c.item_number.distinct())).where(outcome.c.reference == reference)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def pending(self, case_id: str) -> list[Decision]:
        """Decisions on a case's items that are not out, nor undone or refused. Raises RecordNotFound."""
        with self._database.read() as connection:
            number = cases.row_of(connection, case_id).number
            of_it = select(item.c.number).where(item.c.case_number == number)
            found = {row.number: row for row in connection.execute(decision_rows.pending_on(of_it))}
            return decision_rows.read(connection, [found[one] for one in sorted(found)])

    def undoable(self, user: str) -> list[Decision]:
        """Decisions of a user that go out soon, the latest first."""
        recent = decision.c.at > self._now() - _LONGEST
        query = decision_rows.decisions().where(
            recent,
            decision.c.user_name == user,
            decision_rows.is_pending(),
            ~decision_rows.awaits_second(),
        )
        return self._read(query.order_by(decision.c.number.desc()))

    def barred(self, case_id: str, user: str) -> Barred | None:
        """Why a user may not work on a case, where it calls for another person. Raises RecordNotFound."""
        with self._database.read() as connection:
            return cases.barred(connection, cases.row_of(connection, case_id), user)

    def _out(self, wanted: Any, limit: int) -> list[Decision]:  # noqa: ANN401 - a condition
        query = decision_rows.decisions().where(decision_out.c.at.is_not(None), wanted)
        return self._read(query.order_by(decision.c.number.desc()).limit(limit))

    def _read(self, query: Select[Any]) -> list[Decision]:
        with self._database.read() as connection:
            found: Sequence[Any] = connection.execute(query).all()
            return decision_rows.read(connection, found)
