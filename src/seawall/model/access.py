"""Who may do what: scopes, roles, and the person or program that makes a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Scope(StrEnum):
    """What a call needs. A route names one."""

    CHECK = "check"  #: have content checked, and read what came of it
    READ = "read"  #: banks, references, matches, items, policies
    BANKS = "banks"  #: change banks and references, and give opinions on them
    INCIDENTS = "incidents"  #: open and change incident records
    REVIEW = "review"  #: decide on items and cases
    EXCHANGES = "exchanges"  #: lists in and out
    POLICIES = "policies"  #: write and sign policies, and set webhooks
    AUDIT = "audit"  #: read the audit log
    ADMIN = "admin"  #: users, keys, jobs


class Role(StrEnum):
    """What a user is here for."""

    ADMIN = "admin"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    UPLOADER = "uploader"
    AUDITOR = "auditor"


SCOPES: Final[Mapping[Role, frozenset[Scope]]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Scope),
        Role.ANALYST: frozenset(
            {Scope.CHECK, Scope.READ, Scope.BANKS, Scope.INCIDENTS, Scope.REVIEW, Scope.EXCHANGES}
        ),
        Role.REVIEWER: frozenset({Scope.READ, Scope.REVIEW}),
        Role.UPLOADER: frozenset({Scope.CHECK}),
        Role.AUDITOR: frozenset({Scope.READ, Scope.AUDIT}),
    }
)


@dataclass(frozen=True, slots=True)
class User:
    """A person who is known by name."""

    id: str
    name: str
    role: Role
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """What a program calls with. The secret itself is shown once and kept by nobody."""

    id: str
    name: str
    user: str  #: name of the user who answers for it
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    rate_per_s: float | None = None  #: calls; None, as below, where the setting holds
    bytes_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a call."""

    id: str  #: of the key or of the user
    name: str  #: what is recorded as the actor
    user: str  #: name of the user who answers for the call
    scopes: frozenset[Scope]
    rate_per_s: float | None = None  #: as of its `Key`
    bytes_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done through the service."""

    number: int
    at: datetime
    actor: str
    user: str
    action: str  #: the operation's id
    subject: str
    request: str  #: id of the call
    details: Mapping[str, object]
