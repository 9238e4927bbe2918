"""Decisions: what was chosen, by whom, on which grounds, having seen what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Ground:
    """What is broken, and why."""

    kind: str  #: legal, contractual
    source: str  #: the law with its article, or the clause of the terms
    explanation: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict on a reference that an item was matched with."""

    reference: str
    verdict: str
    dispute: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision to put on record. What each field may hold, the API's reference says."""

    items: Sequence[str]
    choice: str  #: such as no_action, remove, label, restore
    facts: str  #: relied on, without personal data
    origin: str  #: such as own_initiative, notice, order
    automated_detection: bool
    automated_decision: str  #: none, partially, fully
    views: Sequence[str]  #: what was seen of it
    grounds: Sequence[Ground] = ()
    territory: Sequence[str] = ()  #: countries by two letters, EU, EEA or WORLD
    starts_at: datetime | None = None
    ends_at: datetime | None = None  #: None: for good
    redress: Sequence[str] = ()
    purpose: str | None = None  #: what the content is there for
    notice: str | None = None
    preservation: str | None = None
    not_preserved: str | None = None
    incident: str | None = None
    feedback: Sequence[Feedback] = ()
    reverses: str | None = None  #: the decision whose place it takes
    reason: str | None = None
    follows: str | None = None  #: the decision on a full copy whose verdict it inherits


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """A policy that brought an item up."""

    bank: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Second:
    """What the second person said."""

    user: str
    agrees: bool
    note: str
    at: datetime
    choice: str | None  #: their own, made before they saw the first; None: of an old record, they saw that
    third: bool  #: a third person is to decide, neither of the two


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on record. It never changes; another one may take its place."""

    id: str
    at: datetime
    actor: str
    user: str
    items: tuple[str, ...]
    ruling: Ruling | None  #: None to all but its maker, until a second person has chosen not knowing it
    policies: tuple[PolicyUsed, ...]
    needs_second: bool  #: it goes out once a second person agrees
    second: Second | None
    stage: str  #: second, refused, due, undone, out; only what is out has effect
    out_at: datetime | None  #: when it goes out, or went
    undone_at: datetime | None
    stands_for: tuple[str, ...]
    reversed_by: tuple[str, ...]


class Decisions(Group):
    """Decisions: `decisions(item=...)` lists them in the order in which they were made."""

    def __call__(
        self,
        *,
        item: str | None = None,
        choice: str | None = None,
        user: str | None = None,
        incident: str | None = None,
        awaits_second: bool | None = None,
        since: datetime | None = None,
    ) -> Iterator[Decision]:
        wanted = {
            "item": item,
            "choice": choice,
            "user": user,
            "incident": incident,
            "awaits_second": awaits_second,
            "since": since,
        }
        return self._listed(Decision, Call("GET", "/v1/decisions", query=wanted))

    def get(self, decision: str) -> Decision:
        """One decision. Raises RecordNotFound."""
        return self._read(Decision, Call("GET", "/v1/decisions/{decision}", {"decision": decision}))

    def make(
        self, ruling: Ruling, *, undo_s: float | None = None, idempotency_key: str | None = None
    ) -> Decision:
        """Decide on items. Raises BadDecision where what the choice needs is missing.

        undo_s: how long it can be undone before it goes out; None: as the service says; 0: not at all.
        """
        said = {one.name: getattr(ruling, one.name) for one in fields(ruling)}
        body = given(**said, undo_s=undo_s)
        return self._read(Decision, Call("POST", "/v1/decisions", json=body, key=idempotency_key))

    def undo(self, decision: str) -> Decision:
        """Take a decision of one's own back before it goes out. Raises RecordConflict, NotTheirOwn."""
        return self._read(Decision, Call("POST", "/v1/decisions/{decision}/undo", {"decision": decision}))

    def second_blind(self, decision: str, choice: str, note: str, *, third: bool = False) -> Decision:
        """Choose as the second person, not knowing the first's choice. Raises SecondPerson.

        third: where the two differ, a third person decides.
        """
        at, body = {"decision": decision}, given(choice=choice, note=note, third=third)
        return self._read(Decision, Call("POST", "/v1/decisions/{decision}/second-blind", at, json=body))
