"""The queue: cases in the order in which they are worked on, who gets which, verdicts that copies inherit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.decisions import Decision, Ruling
from seawall.client.group import Group
from seawall.client.review import Case


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as the queue shows it."""

    case: str  #: its id
    state: str  #: open, assigned, decided, appealed, closed
    basis: str  #: content, reference, incident, uploader, chosen
    value: str
    opened_at: datetime
    due_at: datetime | None
    severity: int  #: 0 to 4, which comes first
    spread: int  #: items in it
    uploaders: int
    kind: str | None
    duration_s: float | None
    bank: str | None  #: of its strongest match, as the three below
    reference: str | None
    score: float | None
    reference_name: str | None
    graphic: bool
    child: bool
    labels: tuple[str, ...]
    uploader: str | None  #: of its first item, as the one below
    post: str | None
    inherits: str | None  #: id of the decision that it can follow
    assigned_to: str | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are asked for; what is None is not asked about."""

    bank: str | None = None
    severity: int | None = None  #: at least
    kind: str | None = None
    label: str | None = None
    reference: str | None = None
    graphic: bool | None = None
    child: bool | None = None
    inherits: bool | None = None
    follows: str | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are. Those by bank and severity wait."""

    states: Mapping[str, int]
    banks: Mapping[str, int]
    severities: Mapping[str, int]
    overdue: int
    inherits: int
    mine: int


@dataclass(frozen=True, slots=True)
class Inherited:
    """An earlier decision that all of a case that waits can follow."""

    case: str
    items: tuple[str, ...]
    reference: str
    decision: str
    user: str
    at: datetime
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking for the next case."""

    case: Case | None = None  #: None where none waits


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a case can inherit."""

    inherited: Inherited | None = None  #: None where somebody has to look


class Queue(Group):
    """The queue: `queue(order="severity")` lists it."""

    def __call__(
        self,
        wanted: Wanted = Wanted(),
        *,
        order: str | None = None,
        state: str | None = None,
        assigned_to: str | None = None,
        free: bool | None = None,
    ) -> Iterator[Entry]:
        """Cases in order, `due`, `severity` or `spread`, without those that one is not to be offered."""
        query = {**given(**_asked(wanted)), "order": order, "state": state}
        query |= {"assigned_to": assigned_to, "free": free}
        return self._listed(Entry, Call("GET", "/v1/queue", query=query))

    def counts(self) -> Counts:
        """How many cases there are, by state, bank and severity."""
        return self._read(Counts, Call("GET", "/v1/queue/counts"))

    def get(self, case: str) -> Entry:
        """One case as the queue shows it. Raises RecordNotFound."""
        return self._read(Entry, Call("GET", "/v1/queue/{case}", {"case": case}))

    def take_next(
        self, wanted: Wanted = Wanted(), *, order: str | None = None, lease_s: float | None = None
    ) -> Case | None:
        """Take the first case that nobody works on; None without one."""
        body = given(**_asked(wanted), order=order, lease_s=lease_s)
        return self._read(Taken, Call("POST", "/v1/queue/next", json=body)).case

    def not_me(self, case: str) -> Entry:
        """Give a case back, and never be offered it again."""
        return self._read(Entry, Call("POST", "/v1/queue/{case}/not-me", {"case": case}))

    def inherited(self, case: str) -> Inherited | None:
        """The earlier decision that all of a case that waits can follow; None where somebody has to look."""
        return self._read(Inheritance, Call("GET", "/v1/queue/{case}/inherited", {"case": case})).inherited

    def inherit(self, case: str) -> tuple[Decision, ...]:
        """Decide a case by the decision that it inherits from. Raises RecordConflict where there is none."""
        return self._many(Decision, Call("POST", "/v1/queue/{case}/inherit", {"case": case}), "decisions")

    def inherit_all(self, cases: Sequence[str]) -> tuple[Decision, ...]:
        """Decide cases that all inherit from one earlier decision."""
        body = {"cases": list(cases)}
        return self._many(Decision, Call("POST", "/v1/queue/inherit", json=body), "decisions")

    def labels(self) -> tuple[str, ...]:
        """The labels of cases that one is not offered: one's own, for nobody else to read."""
        return self._many(str, Call("GET", "/v1/queue/labels"), "labels")

    def set_labels(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Set the labels of cases that one is not offered."""
        return self._many(str, Call("PUT", "/v1/queue/labels", json={"labels": list(labels)}), "labels")


def _asked(wanted: Wanted) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
