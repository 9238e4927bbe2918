"""Referrals to a hotline: what was referred leaves review in the transaction that says so; no bank takes it.

Only its digest stays, so that it is known again, and where it stood, for who has to find it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from seawall import errors
from seawall.model.decision import CaseState, ItemState
from seawall.model.event import EventType
from seawall.model.referral import Referral
from seawall.model.signal import SignalType
from seawall.store import items, reckoning, references, settling
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.records import NewReference
from seawall.store.schema import content, reference
from seawall.store.schema_actions import case_file, item
from seawall.store.schema_orders import referral
from seawall.store.schema_viewing import original, transcript, working_copy
from seawall.store.tasks import Json


class Referrals:
    """The referrals of one store."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str], raising: Raise
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def refer(
        self,
        item_id: str,
        hotline: str,
        *,
        receipt: str | None,
        actor: str,
        reason: str,
        remove: Callable[[str], None],
    ) -> Referral:
        """Take a content out of review, wherever it stands, and let `remove` take its objects away.

        Raises RecordNotFound, and RecordConflict where it was referred before.
        """
        with self._database.write() as connection:
            (row,) = items.rows(connection, [item_id], to_write=True)
            if row.state == ItemState.REFERRED:
                raise errors.RecordConflict(
                    kind="item", id=item_id, state=row.state, wanted=ItemState.REFERRED
                )
            now, referral_id = self._now(), self._new_id()
            found = _same(connection, row)
            self._out_of_review(connection, [one.number for one in found], referral_id, actor, now)
            if row.sha256 is not None:
                _out_of_banks(connection, row.sha256, referral_id, actor, now)
                for gone in sorted(_forgotten(connection, row.sha256)):
                    remove(gone)
            held = tuple(one.id for one in found)
            made = Referral(referral_id, now, actor, hotline, receipt, reason, row.sha256, held)
            kept = {"hotline": hotline, "receipt": receipt, "reason": reason, "sha256": row.sha256}
            values = {"id": referral_id, "at": now, "actor": actor, "items": json.dumps(held), **kept}
            connection.execute(insert(referral).values(values))
            told: dict[str, Json] = {"referral": referral_id, "items": list(held), "hotline": hotline}
            self._raise(connection, EventType.CONTENT_REFERRED, told)
            return made

    def get(self, referral_id: str) -> Referral:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(referral).where(referral.c.id == referral_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="referral", id=referral_id)
        return _read(row)

    def page(self, *, after: int = 0, limit: int = 100) -> list[tuple[int, Referral]]:
        """The next referrals behind a number, in the order of their making, each with its number."""
        query = select(referral).where(referral.c.number > after).order_by(referral.c.number).limit(limit)
        with self._database.read() as connection:
            return [(row.number, _read(row)) for row in connection.execute(query)]

    def expect_bankable(self, sha256: str) -> None:
        """Raises NeverBanked."""
        with self._database.read() as connection:
            refuse(connection, [sha256])

    def holds(self, sha256: str) -> bool:
        """Whether a content was referred."""
        with self._database.read() as connection:
            return bool(barred(connection, [sha256]))

    @staticmethod
    def _out_of_review(
        connection: Connection, numbers: list[int], referral_id: str, actor: str, now: datetime
    ) -> None:
        which = item.c.number.in_(numbers)
        query = select(item.c.case_number).where(which, item.c.case_number.is_not(None)).distinct()
        left = list(connection.execute(query).scalars())
        connection.execute(update(item).where(which).values(state=ItemState.REFERRED.value, case_number=None))
        reckoning.anew(connection, set(left))
        for number in left:
            settling.note(connection, number, actor, "referred", f"referral {referral_id}", now)
            row = connection.execute(select(case_file).where(case_file.c.number == number)).one()
            if row.spread == 0:
                settling.let_go(connection, number)
                settling.set_state(connection, number, CaseState.CLOSED)
                settling.note(connection, number, actor, "closed", "nothing is left in it", now)
            else:
                reason = f"referral {referral_id}"
                settling.settle(connection, [number], actor, reason, now, has_effect=True)


def refuse(connection: Connection, sha256s: Iterable[str]) -> None:
    """Raises NeverBanked where one of the contents was referred."""
    for one in sorted(barred(connection, sha256s)):
        raise errors.NeverBanked(sha256=one)


def barred(connection: Connection, sha256s: Iterable[str]) -> set[str]:
    """Those of the contents that were referred."""
    found: set[str] = set()
    for batch in batches(sha256s):
        query = select(referral.c.sha256).where(referral.c.sha256.in_(batch))
        found.update(connection.execute(query).scalars())
    return found


def digests(new: NewReference) -> set[str]:
    """The SHA-256 digests that a new reference is known by."""
    said = {one.value.hex() for one in new.signals if one.type is SignalType.SHA256}
    return said if new.content is None else {*said, new.content.sha256}


def _same(connection: Connection, row: Row[Any]) -> list[Row[Any]]:
    """The items of the same bytes, of which this is one."""
    if row.sha256 is None:
        return [row]
    query = select(item.c.id).where(item.c.sha256 == row.sha256).order_by(item.c.number)
    return items.rows(connection, list(connection.execute(query).scalars()), to_write=True)


def _out_of_banks(connection: Connection, sha256: str, referral_id: str, actor: str, now: datetime) -> None:
    """References of the very content match no more, and no list holds them."""
    query = (
        select(reference.c.id)
        .join(content, reference.c.content_id == content.c.id)
        .where(content.c.sha256 == sha256)
    )
    for one in connection.execute(query).scalars().all():
        references.remove(connection, one, actor=actor, reason=f"referral {referral_id}", now=now)


def _forgotten(connection: Connection, sha256: str) -> set[str]:
    """What was kept of a content is noted no more; the objects that are to go."""
    query = select(working_copy.c.object).where(working_copy.c.sha256 == sha256)
    gone = {sha256, *connection.execute(query).scalars()}
    for table in (working_copy, original, transcript):
        connection.execute(delete(table).where(table.c.sha256 == sha256))
    return gone


def _read(row: Row[Any]) -> Referral:
    held = tuple(json.loads(row.items))
    return Referral(row.id, row.at, row.actor, row.hotline, row.receipt, row.reason, row.sha256, held)
