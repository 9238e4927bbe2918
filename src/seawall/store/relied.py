"""Nothing is taken away that is not preserved: what each decision that removes relies on, item by item.

The one place where that is held. A decision that removes has no effect before each of its items has a row
here: what is kept of it, or the custody event that says why nothing could be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from seawall import errors
from seawall.model.custody import CustodyType, NewCustody, Outcome, Value
from seawall.model.decision import REMOVALS, Choice, Item, Ruling, Stage
from seawall.model.preservation import PreservationState
from seawall.store import codec, decision_rows, items
from seawall.store.custody import Custody
from seawall.store.database import Database
from seawall.store.preservations import By, Preservations
from seawall.store.schema_actions import decision_item, item
from seawall.store.schema_preservation import decision_preserved, preservation


class Relied:
    """What decisions that remove rely on, of one store."""

    def __init__(
        self,
        database: Database,
        custody: Custody,
        preservations: Preservations,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._custody = custody
        self._preservations = preservations
        self._now = now

    def wanting(self, decision_id: str) -> list[Item]:
        """The items of a decision that removes, and may go out, which it may not take away yet.

        None for any other decision. Raises RecordNotFound.
        """
        with self._database.read() as connection:
            row = decision_rows.row(connection, decision_id)
            if row.choice not in REMOVALS or decision_rows.stage_of(row) is not Stage.DUE:
                return []
            missing = [one.id for one in _lacking(connection, row.number)]
            return items.read(connection, items.rows(connection, missing))

    def rely(
        self,
        decision_id: str,
        kept: Mapping[str, str],
        skipped: Mapping[str, str],
        by: By,
    ) -> None:
        """Put on record what a decision relies on, by the ids of its items.

        kept: ids of records of what is preserved. skipped: why nothing is, which is an event too.
        Raises RecordNotFound; RecordConflict for what is preserved of another content.
        """
        with self._database.write() as connection:
            row = decision_rows.row(connection, decision_id, to_write=True)
            known = {one.id: one for one in items.rows(connection, [*kept, *skipped])}
            rows: list[dict[str, int | str | None]] = [
                {"preservation_number": _matching(connection, known[one], named), "event": None}
                for one, named in kept.items()
            ]
            told = [_skipped(known[one], why, decision_id, by) for one, why in skipped.items()]
            events = self._custody.join(connection, told)
            rows += [{"preservation_number": None, "event": one.id} for one in events]
            for item_id, made in zip([*kept, *skipped], rows, strict=True):
                where = {"decision_number": row.number, "item_number": known[item_id].number}
                old = delete(decision_preserved).where(
                    decision_preserved.c.decision_number == row.number,
                    decision_preserved.c.item_number == known[item_id].number,
                )
                connection.execute(old)
                connection.execute(insert(decision_preserved).values(**where, **made))

    def named(self, connection: Connection, new: Ruling, rows: Sequence[Row[Any]]) -> None:
        """Look up the record that a ruling names. Raises BadDecision."""
        if new.preservation is None:
            return
        query = select(preservation).where(preservation.c.id == new.preservation)
        row = connection.execute(query).first()
        if row is None or row.state != PreservationState.KEPT.value:
            raise errors.BadDecision(field="preservation", reason="nothing of that id is preserved")
        digests = {one.sha256 for one in rows}
        if row.sha256 not in digests and None not in digests:
            raise errors.BadDecision(field="preservation", reason="it is of another content")

    def take(self, connection: Connection, row: Row[Any], by: By) -> None:
        """A decision takes effect: hold it to what is preserved, and put on record that it acts.

        Raises NotPreserved.
        """
        if row.choice in REMOVALS:
            lacking = _lacking(connection, row.number)
            if lacking:
                raise errors.NotPreserved(decision=row.id, item=lacking[0].id)
        elif row.choice != Choice.RESTORE.value:
            return
        relied = connection.execute(_items(row.number)).all()
        self._preservations.removed(connection, [one.preserved for one in relied if one.preserved], by)
        self._custody.join(connection, [_acted(row, one, by) for one in relied])

    def relied_on(self, decision_id: str) -> dict[str, str | None]:
        """By item of a decision: the record of what is preserved; None where it was skipped, or is open."""
        with self._database.read() as connection:
            number = decision_rows.row(connection, decision_id).number
            return {one.id: one.preserved for one in connection.execute(_items(number))}


def _items(decision_number: int) -> Any:  # noqa: ANN401 - a Select of three tables' columns
    """The items of a decision, with what each relies on."""
    joined = decision_item.join(item, decision_item.c.item_number == item.c.number)
    joined = joined.join(
        decision_preserved,
        (decision_preserved.c.decision_number == decision_item.c.decision_number)
        & (decision_preserved.c.item_number == item.c.number),
        isouter=True,
    )
    joined = joined.join(
        preservation, preservation.c.number == decision_preserved.c.preservation_number, isouter=True
    )
    columns = (item.c.id, item.c.sha256, preservation.c.id.label("preserved"), preservation.c.state)
    query = select(*columns, decision_preserved.c.event).select_from(joined)
    return query.where(decision_item.c.decision_number == decision_number).order_by(item.c.number)


def _lacking(connection: Connection, decision_number: int) -> list[Row[Any]]:
    """The items of a decision of which nothing is kept, and no event says why."""
    return [
        one
        for one in connection.execute(_items(decision_number))
        if one.event is None and one.state != PreservationState.KEPT.value
    ]


def _matching(connection: Connection, of: Row[Any], preservation_id: str) -> int:
    row = connection.execute(select(preservation).where(preservation.c.id == preservation_id)).first()
    if row is None or row.state != PreservationState.KEPT.value:
        raise errors.RecordNotFound(kind="preserved original", id=preservation_id)
    if of.sha256 is not None and of.sha256 != row.sha256:
        raise errors.RecordConflict(
            kind="preserved original", id=preservation_id, state="of another content", wanted="relied on"
        )
    return int(row.number)


def _skipped(of: Row[Any], why: str, decision_id: str, by: By) -> NewCustody:
    detail: dict[str, Value] = {"decision": decision_id, "item": of.id, "why": why}
    return NewCustody(CustodyType.INGESTION, by.actor, by.tool, of.sha256, Outcome.SKIPPED, detail)


def _acted(row: Row[Any], of: Row[Any], by: By) -> NewCustody:
    ruling = codec.load(Ruling, row.ruling)
    detail: dict[str, Value] = {
        "decision": row.id,
        "item": of.id,
        "choice": ruling.choice.value,
        "preservation": of.preserved,
    }
    return NewCustody(CustodyType.ACTION, by.actor, by.tool, of.sha256, detail=detail)
