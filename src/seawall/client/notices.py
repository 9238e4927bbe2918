"""Notices and orders, and the clocks that run for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from seawall.client.call import Call, given, plain
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What came in."""

    kind: str  #: order, notice, trusted_flagger, complaint
    received_at: datetime  #: when it came in, whenever it was seen
    subject: str
    zone: str = "UTC"
    channel: str = "program"
    sender: str | None = None
    contact: str | None = None
    reference: str | None = None
    language: str | None = None
    urls: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    sha256s: tuple[str, ...] = ()
    file_name: str | None = None
    grounds: str | None = None
    particulars: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason for which a period may be suspended."""

    id: str
    words: str
    source: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Period:
    """A period of law."""

    id: str
    duty: str
    source: str
    starts: str
    count: int | None
    unit: str | None  #: hours, weeks, months; None for a yearly date
    month: int | None
    day: int | None
    bound: str  #: before, until
    holds: tuple[Hold, ...]
    resumed: str  #: rest, anew
    extensions: int
    shares: tuple[float, ...]
    ended_by: str  #: decision, answer, person
    checked: bool


@dataclass(frozen=True, slots=True)
class About:
    """What a clock is about."""

    kind: str  #: notice, incident, case, provider
    id: str = ""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """What happened to a clock."""

    what: str
    at: datetime
    recorded_at: datetime
    actor: str
    reason: str
    hold: str | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A share of the period that was reached, and told of."""

    run: int
    extensions: int
    share: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock. Its seconds are those of the moment of the answer."""

    id: str
    period: str
    duty: str
    source: str
    bound: str
    about: About
    zone: str
    state: str  #: running, suspended, ended
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    length_s: float
    elapsed_s: float
    remaining_s: float  #: below 0: so long past the end
    suspended_s: float
    set_aside_s: float
    is_past: bool
    run: int
    extensions: int
    events: tuple[ClockEvent, ...]
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that the kind needs and that says nothing."""

    name: str
    label: str
    source: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What a notice was joined to."""

    kind: str  #: item, case, incident
    id: str
    at: datetime
    actor: str
    why: str


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """What happened to a notice."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice or order on record."""

    id: str
    kind: str
    state: str  #: received, incomplete, in_work, answered, closed
    received_at: datetime
    zone: str
    channel: str
    subject: str
    sender: str | None  #: a person's name is for callers with the scope `review` alone
    contact: str | None  #: as a person's name
    reference: str | None
    language: str | None
    urls: tuple[str, ...]
    posts: tuple[str, ...]
    sha256s: tuple[str, ...]
    file_name: str | None
    grounds: str | None
    particulars: Mapping[str, str]
    recorded_at: datetime
    recorded_by: str
    missing: tuple[Missing, ...]
    due_at: datetime | None
    links: tuple[Link, ...]
    clocks: tuple[Clock, ...]
    events: tuple[NoticeEvent, ...]


@dataclass(frozen=True, slots=True)
class NoticeListed:
    """A notice in a list, which names no person."""

    id: str
    kind: str
    state: str
    subject: str
    authority: str | None
    reference: str | None
    received_at: datetime
    zone: str
    due_at: datetime | None
    missing: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledgment of receipt."""

    text: str


class Notices(Group):
    """Notices and orders: `notices(overdue=True)` lists them in the order in which they were recorded."""

    def __call__(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        running: bool | None = None,
        overdue: bool | None = None,
        reference: str | None = None,
    ) -> Iterator[NoticeListed]:
        wanted = {
            "state": state,
            "kind": kind,
            "running": running,
            "overdue": overdue,
            "reference": reference,
        }
        return self._listed(NoticeListed, Call("GET", "/v1/notices", query=wanted))

    def get(self, notice: str) -> Notice:
        """One notice. Raises RecordNotFound."""
        return self._read(Notice, Call("GET", "/v1/notices/{notice}", {"notice": notice}))

    def receive(self, new: NewNotice, *, idempotency_key: str | None = None) -> Notice:
        """Take a notice in. Its clocks start at its receipt. Raises BadNotice."""
        return self._read(Notice, Call("POST", "/v1/notices", json=plain(new), key=idempotency_key))

    def supplement(self, notice: str, reason: str, changes: Mapping[str, object]) -> Notice:
        """Have fields say something else, by their names; None empties a field.

        Further fields stand under `particulars`, by their names. Raises RecordConflict, BadNotice.
        """
        body = {"reason": reason, **{name: plain(value) for name, value in changes.items()}}
        return self._read(Notice, Call("PATCH", "/v1/notices/{notice}", {"notice": notice}, json=body))

    def receipt(self, notice: str) -> Receipt:
        """The text of an acknowledgment of receipt."""
        return self._read(Receipt, Call("GET", "/v1/notices/{notice}/receipt", {"notice": notice}))

    def take_up(self, notice: str, reason: str) -> Notice:
        """Say that somebody works on it. Raises RecordConflict."""
        at, body = {"notice": notice}, given(reason=reason)
        return self._read(Notice, Call("POST", "/v1/notices/{notice}/work", at, json=body))

    def link(self, notice: str, kind: str, target: str, reason: str) -> Notice:
        """Join it to an item, case or incident. Raises RecordNotFound, IncidentNotFound."""
        at, body = {"notice": notice}, given(kind=kind, id=target, reason=reason)
        return self._read(Notice, Call("POST", "/v1/notices/{notice}/links", at, json=body))

    def unlink(self, notice: str, kind: str, target: str, reason: str) -> Notice:
        """Take it off what it was joined to. Raises RecordNotFound."""
        at, body = {"notice": notice}, given(kind=kind, id=target, reason=reason)
        return self._read(Notice, Call("POST", "/v1/notices/{notice}/unlink", at, json=body))

    def answer(self, notice: str, words: str) -> Notice:
        """Keep what the sender was answered. Raises RecordConflict."""
        at, body = {"notice": notice}, given(words=words)
        return self._read(Notice, Call("POST", "/v1/notices/{notice}/answer", at, json=body))

    def close(self, notice: str, reason: str) -> Notice:
        """End the work on it. Raises RecordConflict, also where a clock of it runs."""
        at, body = {"notice": notice}, given(reason=reason)
        return self._read(Notice, Call("POST", "/v1/notices/{notice}/close", at, json=body))


class Clocks(Group):
    """Clocks: `clocks(state="running")` lists them in the order in which they were started."""

    def __call__(
        self,
        *,
        state: str | None = None,
        period: str | None = None,
        about_kind: str | None = None,
        about: str | None = None,
    ) -> Iterator[Clock]:
        wanted = {"state": state, "period": period, "about_kind": about_kind, "about": about}
        return self._listed(Clock, Call("GET", "/v1/clocks", query=wanted))

    def periods(self) -> tuple[Period, ...]:
        """The periods of law that clocks measure."""
        return self._many(Period, Call("GET", "/v1/periods"), "items")

    def get(self, clock: str) -> Clock:
        """One clock. Raises RecordNotFound."""
        return self._read(Clock, Call("GET", "/v1/clocks/{clock}", {"clock": clock}))

    def start(
        self,
        period: str,
        about: About,
        reason: str,
        *,
        at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Clock:
        """Start a clock, at a time or now. Raises RecordNotFound, BadClock."""
        body = given(period=period, about=about, reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/clocks", json=body, key=idempotency_key))

    def suspend(self, clock: str, hold: str, reason: str, *, at: datetime | None = None) -> Clock:
        """Hold a clock for a reason that its period knows. Raises BadClock."""
        where, body = {"clock": clock}, given(hold=hold, reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/clocks/{clock}/suspend", where, json=body))

    def resume(self, clock: str, reason: str, *, at: datetime | None = None) -> Clock:
        """Have a clock go on. Raises BadClock."""
        where, body = {"clock": clock}, given(reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/clocks/{clock}/resume", where, json=body))

    def extend(self, clock: str, reason: str, *, at: datetime | None = None) -> Clock:
        """Make a clock's period longer by its length. Raises BadClock."""
        where, body = {"clock": clock}, given(reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/clocks/{clock}/extend", where, json=body))

    def end(self, clock: str, reason: str, *, at: datetime | None = None) -> Clock:
        """End a clock. Raises BadClock."""
        where, body = {"clock": clock}, given(reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/clocks/{clock}/end", where, json=body))
