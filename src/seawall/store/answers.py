"""What calls with an idempotency key were answered, so that a call that is sent again is not done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from seawall.store.database import Database
from seawall.store.schema_calls import answered

KEPT: Final = timedelta(hours=24)

#: A call that is under way says so again well within this time; after it, its process is taken for dead.
HELD: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered."""

    request_sha256: str
    body_sha256: str | None  #: None, as the rest, while the call is under way
    status: int | None
    sealed: str | None


class Answers:
    """The answers that one store keeps."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def claim(self, caller: str, key: str, request_sha256: str, holder: str) -> Answer | None:
        """Take the key for a call; or, where another call has it, what is known of that one."""
        now = self._now()
        mine = {"caller": caller, "key": key, "request_sha256": request_sha256, "holder": holder}
        row = {**mine, "held_until": now + HELD, "at": now}
        with self._database.write() as connection:
            connection.execute(delete(answered).where(answered.c.at < now - KEPT))
            abandoned = answered.c.status.is_(None) & (answered.c.held_until < now)
            connection.execute(delete(answered).where(_named(caller, key), abandoned))
            known = connection.execute(select(answered).where(_named(caller, key))).first()
            if known is None:
                connection.execute(insert(answered).values(**row))
                return None
        return Answer(known.request_sha256, known.body_sha256, known.status, known.answer)

    def hold(self, caller: str, key: str, holder: str) -> None:
        """Say that the call is still under way."""
        self._change(caller, key, holder, held_until=self._now() + HELD)

    def keep(self, caller: str, key: str, holder: str, answer: Answer) -> None:
        """The call has ended with this answer."""
        kept = {"body_sha256": answer.body_sha256, "status": answer.status, "answer": answer.sealed}
        self._change(caller, key, holder, **kept)

    def release(self, caller: str, key: str, holder: str) -> None:
        """The call has ended with nothing to keep: it may be made again."""
        with self._database.write() as connection:
            connection.execute(delete(answered).where(_named(caller, key), answered.c.holder == holder))

    def _change(self, caller: str, key: str, holder: str, **values: object) -> None:
        with self._database.write() as connection:
            change = update(answered).where(_named(caller, key), answered.c.holder == holder)
            connection.execute(change.values(**values))


def _named(caller: str, key: str) -> ColumnElement[bool]:
    return and_(answered.c.caller == caller, answered.c.key == key)
