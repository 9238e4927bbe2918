"""Items under decision, and the cases that they are worked on in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Place:
    """Where the content stands on the platform, as the caller said."""

    uploader: str | None
    post: str | None
    url: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """A match that an item was opened or joined for, and what its policy made of it."""

    match: str
    reference: str
    bank: str
    recommendation: str
    score: float
    coverage_query: float
    coverage_reference: float
    version: int | None
    rule: str | None
    step: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """A content under decision."""

    id: str
    sha256: str | None
    kind: str | None
    duration_s: float | None
    context: Place
    state: str  #: open, decided, reopened
    priority: int  #: 3 was acted on already, 2 is held, 1 is a notification
    why: str
    opened_at: datetime
    case: str | None
    decision: str | None  #: id of the one that stands
    matches: tuple[ItemMatch, ...]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """What happened to a case."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """The work of a person on items that belong together."""

    id: str
    state: str  #: open, assigned, second, due, decided, appealed, closed
    basis: str  #: content, reference, incident, uploader, chosen
    value: str
    opened_at: datetime
    opened_by: str
    assigned_to: str | None
    lease_until: datetime | None
    items: tuple[str, ...]
    events: tuple[CaseEvent, ...]


class Items(Group):
    """Items: `items(state="open")` lists them in the order in which they were opened."""

    def __call__(
        self,
        *,
        state: str | None = None,
        priority: int | None = None,
        bank: str | None = None,
        reference: str | None = None,
        uploader: str | None = None,
        sha256: str | None = None,
        case: str | None = None,
    ) -> Iterator[Item]:
        """Items. priority: at least this."""
        wanted = {
            "state": state,
            "priority": priority,
            "bank": bank,
            "reference": reference,
            "uploader": uploader,
            "sha256": sha256,
            "case": case,
        }
        return self._listed(Item, Call("GET", "/v1/items", query=wanted))

    def get(self, item: str) -> Item:
        """One item. Raises RecordNotFound."""
        return self._read(Item, Call("GET", "/v1/items/{item}", {"item": item}))


class Cases(Group):
    """Cases: `cases(state="open")` lists them in the order in which they were opened."""

    def __call__(
        self,
        *,
        state: str | None = None,
        basis: str | None = None,
        value: str | None = None,
        assigned_to: str | None = None,
    ) -> Iterator[Case]:
        wanted = {"state": state, "basis": basis, "value": value, "assigned_to": assigned_to}
        return self._listed(Case, Call("GET", "/v1/cases", query=wanted))

    def get(self, case: str) -> Case:
        """One case, with what happened to it. Raises RecordNotFound."""
        return self._read(Case, Call("GET", "/v1/cases/{case}", {"case": case}))

    def open(
        self, basis: str, value: str, items: Sequence[str] = (), *, idempotency_key: str | None = None
    ) -> Case:
        """A case of the items that are named, or of all that share its basis."""
        body = given(basis=basis, value=value, items=items)
        return self._read(Case, Call("POST", "/v1/cases", json=body, key=idempotency_key))

    def add(self, case: str, items: Sequence[str], reason: str) -> Case:
        """Put items into a case that are in none yet."""
        body = given(items=items, reason=reason)
        return self._read(Case, Call("POST", "/v1/cases/{case}/items", {"case": case}, json=body))

    def take(self, case: str, *, lease_s: float | None = None) -> Case:
        """Take a case: nobody else decides on its items while the lease runs."""
        body = given(lease_s=lease_s)
        return self._read(Case, Call("POST", "/v1/cases/{case}/lease", {"case": case}, json=body))

    def release(self, case: str, reason: str) -> Case:
        """Give a case back. Any reason will do."""
        body = {"reason": reason}
        return self._read(Case, Call("POST", "/v1/cases/{case}/release", {"case": case}, json=body))

    def appeal(self, case: str, reason: str) -> Case:
        """Record an appeal: what was restricted is open again, for another person."""
        body = {"reason": reason}
        return self._read(Case, Call("POST", "/v1/cases/{case}/appeal", {"case": case}, json=body))

    def close(self, case: str, reason: str) -> Case:
        """End the work on a decided case. An appeal opens it again."""
        body = {"reason": reason}
        return self._read(Case, Call("POST", "/v1/cases/{case}/close", {"case": case}, json=body))
