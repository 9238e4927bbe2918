"""Who has verified which reference. Rows are only added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select

from seawall.model.access import User
from seawall.model.bank import Reference, ReferenceState
from seawall.model.policy import Verification
from seawall.store import references
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema import reference_event
from seawall.store.schema_actions import verification

#: Made once, as they are asked for every match: to make one costs more than to ask it.
_SAID: Final = (
    select(verification.c.reference, func.max(verification.c.at).label("at"))
    .where(verification.c.reference.in_(bindparam("these", expanding=True)))
    .group_by(verification.c.reference)
)
_ENDED: Final = (
    select(reference_event.c.reference, func.max(reference_event.c.at).label("at"))
    .where(
        reference_event.c.reference.in_(bindparam("these", expanding=True)),
        reference_event.c.to_state == ReferenceState.WITHDRAWN.value,
    )
    .group_by(reference_event.c.reference)
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A reference as it stands."""

    reference: Reference
    verified: bool


class Verifications:
    """The verifications of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def put(self, reference: str, *, user: User, grounds: str) -> Verification:
        """A user stands by a reference. Raises ReferenceNotFound."""
        with self._database.write() as connection:
            references.get(connection, reference)
            made = Verification(reference, user.id, user.name, grounds, self._now())
            row = {"reference": reference, "user_id": user.id, "user_name": user.name, "grounds": grounds}
            connection.execute(insert(verification).values(**row, at=made.at))
            return made

    def of(self, reference: str) -> list[Verification]:
        """Those of a reference, in order. Raises ReferenceNotFound."""
        with self._database.read() as connection:
            references.get(connection, reference)
            query = select(verification).where(verification.c.reference == reference)
            return [
                Verification(row.reference, row.user_id, row.user_name, row.grounds, row.at)
                for row in connection.execute(query.order_by(verification.c.number))
            ]

    def facts(self, ids: Iterable[str]) -> dict[str, Facts]:
        """What bears on what may be done with matches of these references; those that are gone are absent."""
        wanted = frozenset(ids)
        with self._database.read() as connection:
            stood_by = verified(connection, wanted)
            return {
                one.id: Facts(one, one.id in stood_by)
                for one in references.known(connection, wanted).values()
            }

    def verified(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the references that a person stands by."""
        with self._database.read() as connection:
            return verified(connection, ids)


def verified(connection: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Those of the references that a person stands by. What was said before a withdrawal holds no more."""
    found = set()
    for batch in batches(ids):
        ends = {row.reference: row.at for row in connection.execute(_ENDED, {"these": batch})}
        found |= {
            row.reference
            for row in connection.execute(_SAID, {"these": batch})
            if row.reference not in ends or row.at > ends[row.reference]
        }
    return frozenset(found)
