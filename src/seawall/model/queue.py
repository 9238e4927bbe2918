"""The queue: what of a case it sorts and filters by, and verdicts that full copies inherit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final

from seawall.model import labels as words
from seawall.model.decision import Automation, Basis, CaseState, Choice, Origin, Purpose, Ruling, View
from seawall.model.match import Recommendation
from seawall.model.policy import Step

MAX_LABELS: Final = 100  #: that a person can have kept away


class Severity(IntEnum):
    """How much harm waiting does. `docs/explanation/queue.md` gives the reasons."""

    LOW = 0  #: a suggestion that somebody is told of
    NOTIFIED = 1  #: a strong match that somebody is told of, or a graphic suggestion
    HELD = 2  #: nobody sees it until a person has decided
    GRAPHIC = 3  #: held, and graphic
    FIRST = 4  #: acted on without a person, or children are in it


class Order(StrEnum):
    """By what a queue is sorted; each goes on to the others where two cases are equal."""

    DUE = "due"  #: the soonest deadline first, those without one last
    SEVERITY = "severity"  #: the most severe first
    SPREAD = "spread"  #: the most items first


#: Bits of a rank: seconds of a deadline reach to the year 2242, items to a million.
_DUE_BITS: Final = 33
_SPREAD_BITS: Final = 20
_SEVERITY_BITS: Final = 3
_NEVER: Final = (1 << _DUE_BITS) - 1
_MOST: Final = (1 << _SPREAD_BITS) - 1


def ranks(due_at: datetime | None, severity: int, spread: int) -> dict[Order, int]:
    """A number below 2**56 for each order: the case with the lowest comes first."""
    due = _NEVER if due_at is None else min(max(int(due_at.timestamp()), 0), _NEVER - 1)
    calm = int(Severity.FIRST) - severity
    few = _MOST - min(spread, _MOST)
    return {
        Order.DUE: _packed((due, _DUE_BITS), (calm, _SEVERITY_BITS), (few, _SPREAD_BITS)),
        Order.SEVERITY: _packed((calm, _SEVERITY_BITS), (due, _DUE_BITS), (few, _SPREAD_BITS)),
        Order.SPREAD: _packed((few, _SPREAD_BITS), (due, _DUE_BITS), (calm, _SEVERITY_BITS)),
    }


def due_before(at: datetime) -> int:
    """The rank by deadline that cases due before a time lie under."""
    due = min(max(int(at.astimezone(UTC).timestamp()), 0), _NEVER - 1)
    return due << (_SEVERITY_BITS + _SPREAD_BITS)


def _packed(*parts: tuple[int, int]) -> int:
    made = 0
    for value, bits in parts:
        made = made << bits | value
    return made


def severity(step: Step, recommendation: Recommendation, labels: Collection[str]) -> Severity:
    """Of an item: what was done with its match, how sure that was, what its reference is labelled with."""
    if step is Step.ACT or words.is_child(labels):
        return Severity.FIRST
    graphic = words.is_graphic(labels)
    if step is Step.HOLD:
        return Severity.GRAPHIC if graphic else Severity.HELD
    strong = recommendation is Recommendation.STRONG
    return Severity.NOTIFIED if strong or graphic else Severity.LOW


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as the queue shows it."""

    case: str  #: its id
    state: CaseState
    basis: Basis
    value: str
    opened_at: datetime
    due_at: datetime | None
    severity: Severity
    spread: int  #: items in it
    uploaders: int  #: that are known by name
    kind: str | None
    duration_s: float | None  #: of its first item
    bank: str | None  #: of its strongest match, as the two below
    reference: str | None
    score: float | None
    reference_name: str | None  #: None where the reference is gone
    graphic: bool
    child: bool
    labels: tuple[str, ...]  #: of its references and their banks, as they are compared
    uploader: str | None  #: of its first item, as the one below
    post: str | None
    inherits: str | None  #: the decision that it can follow
    assigned_to: str | None
    lease_until: datetime | None

    @property
    def is_grave(self) -> bool:
        """Whether nobody should have to look at it alone at night."""
        return self.graphic or self.child


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are. Those by bank and severity wait."""

    states: Mapping[CaseState, int]
    banks: Mapping[str, int]
    severities: Mapping[Severity, int]
    overdue: int
    inherits: int  #: that wait and can follow an earlier decision
    mine: int  #: that wait and are assigned to the one who asks


@dataclass(frozen=True, slots=True)
class Inherited:
    """An earlier decision that the items of a case that wait can follow: full copies of one reference."""

    case: str
    items: tuple[str, ...]  #: that wait, all full copies
    reference: str
    decision: str  #: the earlier one
    user: str  #: who answered for it
    at: datetime
    ruling: Ruling


#: Choices that are about a content and not about an account, and that need no earlier one to take back.
INHERITABLE: Final = frozenset(Choice) - {
    Choice.SUSPEND_ACCOUNT,
    Choice.TERMINATE_ACCOUNT,
    Choice.RESTORE,
}


def can_be_followed(ruling: Ruling) -> bool:
    """Whether what a person decided of one copy can hold for others.

    Not what a machine decided alone, what ends at a time, what nobody was clear about, and not what an
    authority ordered for one post without anybody saying what it is there for.
    """
    return (
        ruling.choice in INHERITABLE
        and ruling.follows is None
        and ruling.automated_decision is not Automation.FULLY
        and ruling.ends_at is None
        and ruling.purpose is not Purpose.UNCLEAR
        and not (ruling.origin is Origin.ORDER and ruling.purpose is None)
    )


SEEN: Final = (View.METADATA,)  #: of a copy whose verdict is inherited
