"""Console sessions and sign-ins. Of a session's id and of a name that was tried, only digests are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from seawall import errors
from seawall.model.access import SCOPES, Principal, Role
from seawall.store.database import Database
from seawall.store.schema_calls import session, sign_in
from seawall.store.schema_service import user

#: Sign-ins that may fail before each further one costs a wait, which doubles up to the longest.
FREE_FAILURES: Final = 5
LONGEST_WAIT_S: Final = 900.0
_FORGET: Final = timedelta(days=1)

#: A call is noted this rarely: a console asks for many things at once.
_NOTED: Final = timedelta(seconds=15)
_REFUSED: Final = "the session is unknown or over"


class Sessions:
    """The console sessions of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def open(self, user_name: str, session_id: str, longest_s: float) -> Principal:
        """Begin a session of a user who has signed in. Raises NotSignedIn for one who is not active."""
        with self._database.write() as connection:
            query = select(user).where(user.c.name == user_name, user.c.active)
            row = connection.execute(query).first()
            if row is None:
                raise errors.NotSignedIn(reason="the user is not active")
            now = self._now()
            connection.execute(delete(session).where(session.c.expires_at <= now))
            connection.execute(
                insert(session).values(
                    sha256=_digest(session_id),
                    user_number=row.number,
                    created_at=now,
                    last_at=now,
                    expires_at=now + timedelta(seconds=longest_s),
                )
            )
        return Principal(row.id, row.name, row.name, SCOPES[Role(row.role)])

    def principal(self, session_id: str, idle_s: float) -> Principal:
        """Who calls with a session. Raises NotSignedIn for one that is over or has idled too long."""
        query = select(session.c.last_at, session.c.expires_at, user.c.id, user.c.name, user.c.role)
        query = query.join_from(session, user, session.c.user_number == user.c.number)
        query = query.where(session.c.sha256 == _digest(session_id), user.c.active)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        now = self._now()
        if row is None or row.expires_at <= now or row.last_at + timedelta(seconds=idle_s) <= now:
            raise errors.NotSignedIn(reason=_REFUSED)
        if now - row.last_at > min(_NOTED, timedelta(seconds=idle_s / 4)):
            self._note(session_id, now)
        return Principal(row.id, row.name, row.name, SCOPES[Role(row.role)])

    def close(self, session_id: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(session).where(session.c.sha256 == _digest(session_id)))

    def try_sign_in(self, name: str) -> None:
        """Count a sign-in as failed before it is known to be. Raises TooManyCalls while the name waits.

        Counted first, so that many guesses at once are no way around the wait.
        """
        now = self._now()
        key = _digest(name)
        with self._database.write() as connection:
            connection.execute(delete(sign_in).where(sign_in.c.last_at < now - _FORGET))
            row = connection.execute(select(sign_in).where(sign_in.c.name_sha256 == key)).first()
            if row is not None and row.locked_until > now:
                wait_s = (row.locked_until - now).total_seconds()
                raise errors.TooManyCalls(who=f"user {name}", limit="attempts to sign in", wait_s=wait_s)
            failures = 1 if row is None else row.failures + 1
            values = {"failures": failures, "last_at": now, "locked_until": now + _wait(failures)}
            if row is None:
                connection.execute(insert(sign_in).values(name_sha256=key, **values))
            else:
                connection.execute(update(sign_in).where(sign_in.c.name_sha256 == key).values(**values))

    def signed_in(self, name: str) -> None:
        """Forget the failures of a name that has signed in."""
        with self._database.write() as connection:
            connection.execute(delete(sign_in).where(sign_in.c.name_sha256 == _digest(name)))

    def _note(self, session_id: str, now: datetime) -> None:
        with self._database.write() as connection:
            change = update(session).where(session.c.sha256 == _digest(session_id))
            connection.execute(change.values(last_at=now))


def _wait(failures: int) -> timedelta:
    if failures < FREE_FAILURES:
        return timedelta(0)
    return timedelta(seconds=min(LONGEST_WAIT_S, 2.0 ** min(failures - FREE_FAILURES, 20)))


def _digest(text: str) -> str:
    """Of an id of 256 random bits, for which one hash is enough, or of a name."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
