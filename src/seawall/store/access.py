"""Users and keys, and the log of what they did."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from seawall import errors
from seawall.model.access import SCOPES, USER_NAME, AuditEntry, Key, Principal, Role, Scope, User
from seawall.store.database import Database
from seawall.store.schema_calls import session
from seawall.store.schema_service import access_key, audit_entry, user

#: Of a key as it is sent: who it is, then the secret.
_SENT: Final = re.compile(r"swk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_REFUSED: Final = "it is unknown, expired or revoked"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is made."""

    key: Key
    sent: str  #: what to call with; not to be had again


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the audit log are asked for; what is None is not asked about."""

    user: str | None = None
    action: str | None = None
    subject: str | None = None
    request: str | None = None
    since: datetime | None = None
    until: datetime | None = None  #: before it

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """On the table of entries."""
        for name in ("user", "action", "subject", "request"):
            value = getattr(self, name)
            if value is not None:
                yield audit_entry.c[name] == value
        if self.since is not None:
            yield audit_entry.c.at >= self.since
        if self.until is not None:
            yield audit_entry.c.at < self.until


class Access:
    """Users, keys and the audit log of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def create_user(self, name: str, role: Role, password_hash: str | None = None) -> User:
        """Raises BadRequest for what is no name, RecordConflict for one that is taken."""
        _check_name(name)
        with self._database.write() as connection:
            if connection.execute(select(user.c.id).where(user.c.name == name)).first():
                raise errors.RecordConflict(kind="user", id=name, state="there already", wanted="made")
            return self._insert(connection, name, role, password_hash)

    def create_first_user(self, name: str, password_hash: str) -> User:
        """An administrator, where there is no user at all. Raises BadRequest, RecordConflict."""
        _check_name(name)
        with self._database.write() as connection:
            if connection.execute(select(user.c.id).limit(1)).first():
                raise errors.RecordConflict(kind="user", id=name, state="not the first", wanted="made so")
            return self._insert(connection, name, Role.ADMIN, password_hash)

    def _insert(self, connection: Connection, name: str, role: Role, password_hash: str | None) -> User:
        made = User(self._new_id(), name, role, active=True, created_at=self._now())
        row = {"id": made.id, "name": name, "role": role.value, "password_hash": password_hash}
        connection.execute(insert(user).values(**row, active=True, created_at=made.created_at))
        return made

    def user(self, name: str) -> User:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _user(_user_row(connection, name))

    def users(self) -> list[User]:
        """All users, by name."""
        with self._database.read() as connection:
            return [_user(row) for row in connection.execute(select(user).order_by(user.c.name))]

    def password_hash(self, name: str) -> str | None:
        """Of an active user who has a password; None for anybody else."""
        query = select(user.c.password_hash).where(user.c.name == name, user.c.active)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def set_password(self, name: str, password_hash: str) -> User:
        """Give a user another password, which ends the sessions. Raises RecordNotFound."""
        return self._change(name, password_hash=password_hash)

    def set_active(self, name: str, *, active: bool) -> User:
        """Shut a user out with all keys and sessions, or let the user in again. Raises RecordNotFound."""
        return self._change(name, active=active)

    def set_role(self, name: str, role: Role) -> User:
        """Give a user another role, which ends the sessions. Keys keep the scopes that the role has too.

        Raises RecordNotFound.
        """
        return self._change(name, role=role.value)

    def _change(self, name: str, **values: object) -> User:
        with self._database.write() as connection:
            number = _user_row(connection, name).number
            connection.execute(update(user).where(user.c.number == number).values(**values))
            connection.execute(delete(session).where(session.c.user_number == number))
            return _user(_user_row(connection, name))

    def create_key(
        self,
        user_name: str,
        name: str,
        scopes: Iterable[Scope],
        expires_at: datetime | None = None,
        *,
        rate_per_s: float | None = None,
        bytes_per_day: int | None = None,
    ) -> NewKey:
        """A key for a user, with scopes of that user's role. Raises RecordNotFound, NotAllowed."""
        wanted = frozenset(scopes)
        with self._database.write() as connection:
            row = _user_row(connection, user_name)
            for scope in sorted(wanted - SCOPES[Role(row.role)]):
                raise errors.NotAllowed(who=f"user {user_name}", scope=scope)
            key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
            key = Key(
                key_id, name, row.name, wanted, self._now(), expires_at, None, rate_per_s, bytes_per_day
            )
            limits = {"rate_per_s": rate_per_s, "bytes_per_day": bytes_per_day}
            values = {"id": key.id, "user_number": row.number, "name": name, "secret_sha256": _digest(secret)}
            times = {"created_at": key.created_at, "expires_at": expires_at}
            stored = " ".join(sorted(wanted))
            connection.execute(insert(access_key).values(**values, **times, **limits, scopes=stored))
            return NewKey(key, f"swk_{key_id}_{secret}")

    def every_key(self, *, after: int = 0, limit: int | None = None) -> list[tuple[int, Key]]:
        """Keys in the order in which they were made, revoked ones too, each with its number."""
        query = select(access_key, user.c.name.label("user"))
        query = query.join_from(access_key, user, access_key.c.user_number == user.c.number)
        query = query.where(access_key.c.number > after).order_by(access_key.c.number).limit(limit)
        with self._database.read() as connection:
            return [(row.number, _key(row)) for row in connection.execute(query)]

    def key(self, key_id: str) -> Key:
        """Raises RecordNotFound."""
        query = select(access_key, user.c.name.label("user"))
        query = query.join_from(access_key, user, access_key.c.user_number == user.c.number)
        with self._database.read() as connection:
            row = connection.execute(query.where(access_key.c.id == key_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="key", id=key_id)
        return _key(row)

    def revoke_key(self, key_id: str) -> None:
        """Raises RecordNotFound. A key that is revoked stays so since when it was."""
        with self._database.write() as connection:
            which = access_key.c.id == key_id
            if connection.execute(select(access_key.c.id).where(which)).first() is None:
                raise errors.RecordNotFound(kind="key", id=key_id)
            change = update(access_key).where(which, access_key.c.revoked_at.is_(None))
            connection.execute(change.values(revoked_at=self._now()))

    def principal(self, sent: str) -> Principal:
        """Who calls with a key. Raises NotSignedIn."""
        parts = _SENT.fullmatch(sent)
        if parts is None:
            raise errors.NotSignedIn(reason=_REFUSED)
        with self._database.read() as connection:
            query = select(access_key, user.c.name.label("user"), user.c.role, user.c.active)
            query = query.join_from(access_key, user, access_key.c.user_number == user.c.number)
            row = connection.execute(query.where(access_key.c.id == parts[1])).first()
        if row is None or not hmac.compare_digest(row.secret_sha256, _digest(parts[2])):
            raise errors.NotSignedIn(reason=_REFUSED)
        expired = row.expires_at is not None and row.expires_at <= self._now()
        if expired or row.revoked_at is not None or not row.active:
            raise errors.NotSignedIn(reason=_REFUSED)
        scopes = frozenset(Scope(one) for one in row.scopes.split()) & SCOPES[Role(row.role)]
        limits = (row.rate_per_s, row.bytes_per_day)
        return Principal(row.id, f"{row.user}/{row.name}", row.user, scopes, *limits)

    def record(
        self, who: Principal, action: str, subject: str, request: str, details: Mapping[str, object]
    ) -> None:
        """Add an entry to the audit log."""
        with self._database.append() as connection:
            note(connection, self._now(), who, action, subject, request, details)

    def entries(
        self, wanted: AuditFilter = AuditFilter(), *, before: int | None = None, limit: int
    ) -> list[AuditEntry]:
        """Entries of the audit log, the newest first, behind the entry of a number where one is given."""
        column = audit_entry.c
        query = select(audit_entry).where(*wanted.conditions())
        with self._database.read() as connection:
            if before is not None:
                at = connection.execute(select(column.at).where(column.number == before)).scalar()
                if at is None:
                    return []
                query = query.where(column.at <= at, or_(column.at < at, column.number < before))
            # By time first: that is what the indexes of who, what and to what go on with.
            query = query.order_by(column.at.desc(), column.number.desc()).limit(limit)
            return [_entry(row) for row in connection.execute(query)]


def note(
    connection: Connection,
    now: datetime,
    who: Principal,
    action: str,
    subject: str,
    request: str,
    details: Mapping[str, object],
) -> None:
    """Add an entry to the audit log, in the transaction of what it tells of."""
    row = {"at": now, "actor": who.name, "user": who.user, "action": action, "subject": subject}
    connection.execute(insert(audit_entry).values(**row, request=request, details=json.dumps(dict(details))))


def _check_name(name: str) -> None:
    if not USER_NAME.fullmatch(name):
        raise errors.BadRequest(reason="a user's name is 1 to 64 of A-Z, a-z, 0-9, '.', '_', '@' and '-'")


def _user_row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(user).where(user.c.name == name)).first()
    if row is None:
        raise errors.RecordNotFound(kind="user", id=name)
    return row


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, Role(row.role), row.active, row.created_at)


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        user=row.user,
        scopes=frozenset(Scope(one) for one in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        rate_per_s=row.rate_per_s,
        bytes_per_day=row.bytes_per_day,
    )


def _entry(row: Row[Any]) -> AuditEntry:
    details = json.loads(row.details)
    return AuditEntry(row.number, row.at, row.actor, row.user, row.action, row.subject, row.request, details)


def _digest(secret: str) -> str:
    """Of a random secret of 256 bits, for which one hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
