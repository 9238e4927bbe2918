"""Items under decision, the cases they are worked on in, and what was decided, on which grounds.

A decision that restricts something carries all that a statement of reasons needs (Regulation (EU)
2022/2065, Article 17(3)): the measure with its scope and duration, the facts and who brought them, the part
that machines had, the legal or contractual ground, and the ways to challenge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from seawall import errors
from seawall.model.seen import Context

MAX_FACTS: Final = 5000  #: characters, as the Commission's transparency database takes them
MAX_EXPLANATION: Final = 2000
MAX_WORDS: Final = 500
MAX_ITEMS: Final = 500  #: that one decision is about

#: A country (ISO 3166-1), the Union, the Economic Area, or everywhere.
TERRITORY: Final = re.compile(r"[A-Z]{2}|EEA|WORLD")


class ItemState(StrEnum):
    """Where a content under decision stands."""

    OPEN = "open"
    DECIDED = "decided"
    REOPENED = "reopened"  #: after a decision, something new came to light or an appeal came in
    REFERRED = "referred"  #: to a hotline: it is out of review for good


#: States in which nobody has anything to decide.
SETTLED: Final = frozenset({ItemState.DECIDED, ItemState.REFERRED})


class Priority(IntEnum):
    """What is looked at first: the highest."""

    LOW = 1  #: a notification
    NORMAL = 2  #: held for review
    HIGH = 3  #: acted on already


class CaseState(StrEnum):
    """Where the work on a case stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    SECOND = "second"  #: one person has decided, and a second has not yet
    DUE = "due"  #: what was decided goes out when its time has come, and can be undone until then
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class Basis(StrEnum):
    """What the items of a case have in common."""

    REFERENCE = "reference"
    INCIDENT = "incident"
    UPLOADER = "uploader"
    CHOSEN = "chosen"  #: by the person who opened it
    CONTENT = "content"  #: the same bytes; opened by itself


class Choice(StrEnum):
    """What is done with a content or an account."""

    NO_ACTION = "no_action"
    REMOVE = "remove"
    DISABLE = "disable"  #: no access to it
    DEMOTE = "demote"
    AGE_RESTRICT = "age_restrict"
    LABEL = "label"
    SUSPEND_ACCOUNT = "suspend_account"
    TERMINATE_ACCOUNT = "terminate_account"
    RESTORE = "restore"  #: what an earlier decision took away


#: Choices after which the content is not there for those for whom it was.
REMOVALS: Final = frozenset({Choice.REMOVE, Choice.DISABLE})
RESTRICTIONS: Final = frozenset(Choice) - {Choice.NO_ACTION, Choice.RESTORE}


class GroundKind(StrEnum):
    """Whether the law or the terms of use are broken."""

    LEGAL = "legal"
    CONTRACTUAL = "contractual"


class Origin(StrEnum):
    """What the decision follows."""

    OWN_INITIATIVE = "own_initiative"
    NOTICE = "notice"  #: under Article 16
    TRUSTED_FLAGGER = "trusted_flagger"
    OTHER_NOTICE = "other_notice"
    ORDER = "order"  #: of an authority


class Automation(StrEnum):
    """The part of machines in the decision itself."""

    NONE = "none"
    PARTIALLY = "partially"
    FULLY = "fully"


class Redress(StrEnum):
    """Ways to challenge a decision that its addressee is told of."""

    INTERNAL_COMPLAINT = "internal_complaint"
    OUT_OF_COURT = "out_of_court"
    COURT = "court"


class Purpose(StrEnum):
    """What the content is there for: asked before any removal that no authority has ordered."""

    NEWS = "news"
    COUNTER_SPEECH = "counter_speech"
    RESEARCH = "research"
    EVIDENCE = "evidence"  #: of abuse
    ART = "art"
    NO_SUCH = "none"
    UNCLEAR = "unclear"  #: a second person decides too


class View(StrEnum):
    """What the reviewer has seen of the content."""

    METADATA = "metadata"  #: no picture, no sound
    STILLS_REDUCED = "stills_reduced"  #: grey and blurred
    STILLS = "stills"
    TRANSCRIPT = "transcript"
    SOUND = "sound"
    FULL = "full"


class Verdict(StrEnum):
    """What the reviewer says of a match."""

    RIGHT = "right"
    NO_MATCH = "no_match"  #: the content is not what the reference shows
    WRONG_REFERENCE = "wrong_reference"  #: it is, but the reference does not belong in its bank


@dataclass(frozen=True, slots=True)
class Ground:
    """What is broken, and why."""

    kind: GroundKind
    source: str  #: the law with its article, or the clause of the terms
    explanation: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict on one reference that an item was matched with."""

    reference: str
    verdict: Verdict
    dispute: bool = False  #: dispute the reference, with the decision as the reason


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decides, before it is a decision on record."""

    items: tuple[str, ...]
    choice: Choice
    facts: str
    origin: Origin
    automated_detection: bool
    automated_decision: Automation
    views: tuple[View, ...]
    grounds: tuple[Ground, ...] = ()
    territory: tuple[str, ...] = ()
    starts_at: datetime | None = None  #: None: when it is decided
    ends_at: datetime | None = None  #: None: for good
    redress: tuple[Redress, ...] = ()
    purpose: Purpose | None = None
    notice: str | None = None  #: id of the notice or order that it follows
    preservation: str | None = None  #: id of what is preserved; not needed where it is kept here
    not_preserved: str | None = None  #: why nothing could be preserved
    incident: str | None = None
    feedback: tuple[Feedback, ...] = ()
    reverses: str | None = None  #: id of the decision whose place it takes
    reason: str | None = None  #: why the earlier one is reversed
    follows: str | None = None  #: id of the decision on a full copy whose verdict this one inherits


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """The policy that brought an item up."""

    bank: str
    version: int | None  #: None for what holds without a policy


@dataclass(frozen=True, slots=True)
class PoliciesUsed:
    """The policies that brought a decision's items up."""

    policies: tuple[PolicyUsed, ...]


class Stage(StrEnum):
    """How far a decision has come."""

    SECOND = "second"  #: it waits for a second person
    REFUSED = "refused"  #: the second person would have decided otherwise
    DUE = "due"  #: it goes out when its time has come
    UNDONE = "undone"  #: its maker took it back before it went out
    OUT = "out"  #: it has effect


@dataclass(frozen=True, slots=True)
class Second:
    """What the second person says."""

    user: str
    agrees: bool
    note: str
    at: datetime
    choice: Choice | None  #: their own, made before they saw the first; None where they saw that
    third: bool  #: a third person is to decide, neither of the two


@dataclass(frozen=True, slots=True)
class Decision:
    """A ruling on record. It never changes; another one may take its place."""

    id: str
    at: datetime
    actor: str
    user: str  #: name of the user who answers for it
    ruling: Ruling
    policies: tuple[PolicyUsed, ...]
    needs_second: bool
    second: Second | None
    stage: Stage
    out_at: datetime | None  #: when it goes out, or went; None where it does not, or not yet
    undone_at: datetime | None
    stands_for: tuple[str, ...]  #: ids of the items that stand as it says
    reversed_by: tuple[str, ...]  #: ids of decisions that point to it

    def hides(self, user: str) -> bool:
        """Whether its ruling is kept from a user: a second person is to choose without knowing it."""
        return self.stage is Stage.SECOND and user != self.user


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """A match that an item was opened or joined for, with what its policy made of it."""

    match: str  #: its id
    reference: str
    bank: str
    recommendation: str
    score: float
    coverage_query: float
    coverage_reference: float
    version: int | None  #: of the policy
    rule: str | None
    step: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """A content under decision, where it stands on the platform."""

    id: str
    sha256: str | None  #: None where only hashes were given
    kind: str | None
    duration_s: float | None
    context: Context
    state: ItemState
    priority: Priority
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
    state: CaseState
    basis: Basis
    value: str  #: what they have in common; words of the person for `chosen`
    opened_at: datetime
    opened_by: str
    assigned_to: str | None  #: name of a user; None where nobody's lease runs
    lease_until: datetime | None
    items: tuple[str, ...]
    events: tuple[CaseEvent, ...]


def check(new: Ruling, *, keeps: bool = False) -> None:
    """Refuse a ruling that lacks what its choice needs. Raises BadDecision. keeps: as `faults`."""
    for fault in faults(new, keeps=keeps):
        raise fault


def faults(new: Ruling, *, keeps: bool = False) -> Iterator[errors.BadDecision]:
    """All that keeps a ruling from being a decision.

    keeps: the bytes of all its items are here, so that nobody need say what is preserved: they will be.
    """
    yield from _in_words(new)
    if not 1 <= len(new.items) <= MAX_ITEMS or len(set(new.items)) < len(new.items):
        yield _bad("items", f"name 1 to {MAX_ITEMS} items, each once")
    if not new.views:
        yield _bad("views", "say what was seen of the content, be it the metadata alone")
    if new.ends_at is not None and new.starts_at is not None and new.ends_at <= new.starts_at:
        yield _bad("ends_at", "it must lie after starts_at")
    if (new.reverses is None) is not (new.reason is None):
        yield _bad("reverses", "a reversal names the earlier decision and its reason, and nothing else does")
    elif new.choice is Choice.RESTORE and new.reverses is None:
        yield _bad("reverses", "a restoration names the decision that it takes back")
    if new.choice in RESTRICTIONS:
        yield from _in_restriction(new)
    if new.choice in REMOVALS:
        yield from _in_preservation(new, keeps=keeps)
        if new.purpose is None and new.origin is not Origin.ORDER:
            yield _bad("purpose", "say what the content is there for before it is removed")


def _in_preservation(new: Ruling, *, keeps: bool) -> Iterator[errors.BadDecision]:
    """Nothing is removed before it is preserved. That it is, the store holds to (`store.relied`)."""
    said = (new.preservation is not None) + (new.not_preserved is not None)
    if said > 1 or (not said and not keeps):
        yield _bad("preservation", "name the record of what was preserved, or why nothing could be")


def _in_restriction(new: Ruling) -> Iterator[errors.BadDecision]:
    """What a statement of reasons needs (Article 17(3))."""
    if not new.grounds:
        yield _bad("grounds", "name the law and article, or the clause of the terms")
    if not new.territory or not all(TERRITORY.fullmatch(one) for one in new.territory):
        yield _bad("territory", "name countries by two letters, EU, EEA or WORLD")
    if not new.redress:
        yield _bad("redress", "say how it can be challenged")


def _in_words(new: Ruling) -> Iterator[errors.BadDecision]:
    if not new.facts.strip() or len(new.facts) > MAX_FACTS:
        yield _bad("facts", f"state them in 1 to {MAX_FACTS} characters")
    for ground in new.grounds:
        if not ground.source.strip() or len(ground.source) > MAX_WORDS:
            yield _bad("grounds", f"the source needs 1 to {MAX_WORDS} characters")
        if not ground.explanation.strip() or len(ground.explanation) > MAX_EXPLANATION:
            yield _bad("grounds", f"the explanation needs 1 to {MAX_EXPLANATION} characters")
    for field in ("notice", "preservation", "not_preserved", "incident", "reverses", "reason", "follows"):
        said: str | None = getattr(new, field)
        if said is not None and (not said.strip() or len(said) > MAX_WORDS):
            yield _bad(field, f"it needs 1 to {MAX_WORDS} characters")


def _bad(field: str, reason: str) -> errors.BadDecision:
    return errors.BadDecision(field=field, reason=reason)
