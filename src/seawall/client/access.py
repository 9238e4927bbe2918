"""Users, keys and the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Me:
    """Who calls."""

    id: str
    name: str  #: what is recorded as the actor
    user: str  #: who answers for the call
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class User:
    """A person who is known by name."""

    id: str
    name: str
    role: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """What a program calls with, without its secret."""

    id: str
    user: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    rate_per_s: float | None
    bytes_per_day: int | None


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key as it is made. Its secret is what to call with, and is shown this once."""

    key: Key
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done."""

    at: datetime
    actor: str
    user: str
    action: str
    subject: str
    request: str
    details: Mapping[str, object]


class Users(Group):
    """Users: `users()` lists them by name."""

    def __call__(self) -> Iterator[User]:
        return self._listed(User, Call("GET", "/v1/users"))

    def get(self, name: str) -> User:
        """One user. Raises RecordNotFound."""
        return self._read(User, Call("GET", "/v1/users/{name}", {"name": name}))

    def create(
        self, name: str, role: str, *, password: str | None = None, idempotency_key: str | None = None
    ) -> User:
        """Make a user; without a password, one who only holds keys."""
        body = given(name=name, role=role, password=password)
        return self._read(User, Call("POST", "/v1/users", json=body, key=idempotency_key))

    def disable(self, name: str) -> User:
        """Shut a user out: keys and sessions end within two seconds."""
        return self._read(User, Call("POST", "/v1/users/{name}/disable", {"name": name}))

    def enable(self, name: str) -> User:
        """Let a user in again, with the keys that were not revoked."""
        return self._read(User, Call("POST", "/v1/users/{name}/enable", {"name": name}))

    def set_password(self, name: str, password: str) -> User:
        """Give a user another password. The user's sessions end."""
        body = {"password": password}
        return self._read(User, Call("PUT", "/v1/users/{name}/password", {"name": name}, json=body))

    def set_role(self, name: str, role: str) -> User:
        """Give a user another role. The user's sessions end; keys keep the scopes that the role has too."""
        return self._read(User, Call("PUT", "/v1/users/{name}/role", {"name": name}, json={"role": role}))


class Keys(Group):
    """Keys: `keys()` lists them in the order in which they were made, revoked ones too."""

    def __call__(self) -> Iterator[Key]:
        return self._listed(Key, Call("GET", "/v1/keys"))

    def create(
        self,
        user: str,
        name: str,
        scopes: Sequence[str],
        *,
        expires_at: datetime | None = None,
        rate_per_s: float | None = None,
        bytes_per_day: int | None = None,
        idempotency_key: str | None = None,
    ) -> MadeKey:
        """Make a key for a user, with scopes of that user's role."""
        body = given(
            user=user,
            name=name,
            scopes=scopes,
            expires_at=expires_at,
            rate_per_s=rate_per_s,
            bytes_per_day=bytes_per_day,
        )
        return self._read(MadeKey, Call("POST", "/v1/keys", json=body, key=idempotency_key))

    def revoke(self, key: str) -> Key:
        """End a key for good, within two seconds. key: its id."""
        return self._read(Key, Call("POST", "/v1/keys/{key}/revoke", {"key": key}))


class Audit(Group):
    """The audit log: `audit(user="ada")` lists what was written and revealed, the newest first."""

    def __call__(
        self,
        *,
        user: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        request: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[AuditEntry]:
        wanted = {
            "user": user,
            "action": action,
            "subject": subject,
            "request": request,
            "since": since,
            "until": until,
        }
        return self._listed(AuditEntry, Call("GET", "/v1/audit", query=wanted))
