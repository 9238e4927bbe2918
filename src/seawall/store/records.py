"""What goes into the store and comes out of it, beyond the records of `seawall.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seawall.model.bank import ReferenceState
from seawall.model.content import Content
from seawall.model.signal import Signal


@dataclass(frozen=True, slots=True)
class NewReference:
    """A reference before the store has given it an id.

    With `content` its digests become signals of the types sha256 and md5; digests among
    `signals` are then left out, so that the two can never differ. Without `content`, `signals`
    must hold at least one: a list brought only hashes.
    """

    content: Content | None
    kind: str  #: a `content.Kind`
    signals: tuple[Signal, ...]
    name: str
    origin: str
    labels: tuple[str, ...] = ()
    note: str | None = None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class AddedReference:
    """Where a `NewReference` is now."""

    id: str
    seq: int
    already: bool  #: it was in the bank before, and nothing changed
    state: ReferenceState  #: a list's hash that was withdrawn stays so


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What the index needs of one reference. Whether it may act is asked when it is found."""

    seq: int  #: grows from reference to reference, never used again
    id: str
    signals: tuple[Signal, ...]  #: of the types that are searched by likeness; may be empty


@dataclass(frozen=True, slots=True)
class ReferenceEvent:
    """One change of a reference's state."""

    reference: str
    at: datetime
    actor: str
    from_state: ReferenceState
    to_state: ReferenceState
    reason: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What stays of a reference, or of a whole bank, after it was taken out."""

    bank: str
    reference: str | None  #: None for the bank itself
    seq: int | None  #: None for the bank itself
    sha256: str | None
    name: str
    actor: str
    at: datetime
    reason: str
