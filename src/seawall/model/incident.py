"""The incident's record: documents, claims on them, and what people decided, revision by revision.

Nothing is overwritten. Every change is a `Revision` that holds a state whole; where something stands now is
what its last revision says, and `Ledger` reads it off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from seawall.model.claim import Facet, Group, Proposal, Span, Status
from seawall.model.match import Recommendation, Segment
from seawall.model.report import Line, Medium, Place, PlaceCandidate, Reading, Violation
from seawall.model.signal import Skipped

#: The group of what the record is about.
MAIN: Final = "main"


@dataclass(frozen=True, slots=True)
class Document:
    """A report as it came in. It never changes."""

    sha256: str  #: of the file's bytes
    text_sha256: str  #: of the text in UTF-8
    text: str  #: what all offsets count in
    reading: Reading  #: all that was found in it, proposed; its ids are unique in the incident
    name: str  #: of the file
    outlet: str | None
    author: str | None
    published: date | None
    retrieved_at: datetime
    imported_by: str

    @property
    def language(self) -> str:
        return self.reading.language

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.reading.lines


class IncidentStatus(StrEnum):
    """Where the work on an incident stands."""

    OPEN = "open"
    ACTIVE = "active"
    MONITORING = "monitoring"
    CLOSED = "closed"


class Origin(StrEnum):
    """Who put a claim into the ledger."""

    MACHINE = "machine"  #: a reading; the proposal's rule says which part of it
    ANALYST = "analyst"


class Reliability(StrEnum):
    """How far a source is trusted: the first axis of the Admiralty code. Never mixed with the second."""

    A = "A"  #: completely reliable
    B = "B"  #: usually reliable
    C = "C"  #: fairly reliable
    D = "D"  #: not usually reliable
    E = "E"  #: unreliable
    F = "F"  #: cannot be judged


class Credibility(IntEnum):
    """How far what is said is borne out: the second axis of the Admiralty code."""

    CONFIRMED_BY_OTHERS = 1
    PROBABLY_TRUE = 2
    POSSIBLY_TRUE = 3
    DOUBTFUL = 4
    IMPROBABLE = 5
    CANNOT_BE_JUDGED = 6


class Answer(StrEnum):
    """What a person answers to a precondition of a violation's label."""

    YES = "yes"
    NO = "no"
    NOT_STATED = "not_stated"


class State(Protocol):
    """What a revision holds. `kind` says what sort of thing it is of, `subject` which one."""

    kind: ClassVar[str]

    @property
    def subject(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Heading:
    """What the incident is called, neutrally, and where the work on it stands."""

    kind: ClassVar[str] = "incident"
    title: str
    status: IncidentStatus

    @property
    def subject(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one document says, and where that stands in the ledger."""

    kind: ClassVar[str] = "claim"
    id: str  #: "c1": unique in the incident
    document: str  #: the SHA-256 of its file
    said: Proposal
    status: Status
    origin: Origin
    value: str | None = None  #: what a person noted as its value; never printed as what the text says

    @property
    def subject(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Citation:
    """How a document is judged as a source. `origin` is whom it rests on, where a person found that out."""

    kind: ClassVar[str] = "citation"
    document: str
    source_reliability: Reliability = Reliability.F
    info_credibility: Credibility = Credibility.CANNOT_BE_JUDGED
    origin: str | None = None

    @property
    def subject(self) -> str:
        return self.document


@dataclass(frozen=True, slots=True)
class Position:
    """The claim that an editor holds to where claims on one facet differ. The others stay beside it."""

    kind: ClassVar[str] = "position"
    group: str
    facet: Facet
    claim: str

    @property
    def subject(self) -> str:
        return f"{self.group}/{self.facet}"


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Which candidate is meant by a mention of a place; None for none of them."""

    kind: ClassVar[str] = "place"
    place: str
    candidate: PlaceCandidate | None

    @property
    def subject(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class ViolationLabel:
    """A grave violation, as a person labels it, with the three things that the label presupposes."""

    kind: ClassVar[str] = "violation"
    violation: Violation
    group: str
    basis: tuple[str, ...]  #: ids of the claims that it rests on
    armed_conflict: Answer
    child_under_18: Answer
    armed_force_or_group: Answer

    @property
    def subject(self) -> str:
        return f"{self.group}/{self.violation}"


@dataclass(frozen=True, slots=True)
class MediaLink:
    """A medium that a report mentions is known footage. A match says so, never a text."""

    kind: ClassVar[str] = "link"
    medium: str
    reference: str
    score: float
    segments: tuple[Segment, ...]

    @property
    def subject(self) -> str:
        return f"{self.medium}/{self.reference}"


@dataclass(frozen=True, slots=True)
class StillMatch:
    """What a picture of a report was found to be. Known-good content is no match."""

    reference: str
    bank: str
    score: float
    recommendation: Recommendation
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that a report's file carries, checked against the banks as any file is. It is not kept.

    It is taken for a medium that the report mentions only where its caption's line mentions one picture, or
    one video and no picture.
    """

    kind: ClassVar[str] = "still"
    document: str  #: the SHA-256 of the report's file
    number: int  #: from 1, in the text's order
    sha256: str  #: of the picture's bytes
    size_bytes: int
    offset: int  #: in the text, where it stands; the text's end where the file does not tell
    caption: Span | None  #: its line, where the file tells
    medium: str | None  #: a `Medium.id`
    checked_against: int  #: how many references the banks held
    matches: tuple[StillMatch, ...]  #: the surest first; none where nothing is known
    error: str | None = None  #: the code of what stood in the way of checking it
    damage: str | None = None  #: that the decoder passed over
    skipped: tuple[Skipped, ...] = ()  #: what could not be compared of it, and why

    @property
    def subject(self) -> str:
        return f"{self.document}/{self.number}"


@dataclass(frozen=True, slots=True)
class Protection:
    """A name that is masked in all that leaves the record."""

    kind: ClassVar[str] = "protection"
    name: str

    @property
    def subject(self) -> str:
        return self.name


S_co = TypeVar("S_co", bound=State, covariant=True)
S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Revision(Generic[S_co]):
    """One change: who, when, why, and what has held since then."""

    number: int  #: grows from revision to revision
    at: datetime
    by: str
    reason: str
    state: S_co


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is on record of one incident."""

    id: str
    documents: tuple[Document, ...]  #: in the order in which they came in
    revisions: tuple[Revision[State], ...]  #: every one, in order

    def latest(self, kind: type[S]) -> tuple[Revision[S], ...]:
        """Where everything of a kind stands, in the order in which it came into the record."""
        found: dict[str, Revision[S]] = {}
        for one in self.revisions:
            if isinstance(one.state, kind):
                found[one.state.subject] = Revision(one.number, one.at, one.by, one.reason, one.state)
        return tuple(found.values())

    def history(self, kind: type[S], subject: str) -> tuple[Revision[S], ...]:
        """Every revision of one thing."""
        return tuple(
            Revision(one.number, one.at, one.by, one.reason, one.state)
            for one in self.revisions
            if isinstance(one.state, kind) and one.state.subject == subject
        )

    @property
    def heading(self) -> Heading:
        return self.latest(Heading)[0].state

    @property
    def claims(self) -> tuple[Revision[Claim], ...]:
        """The claims as they stand, rejected and withdrawn ones too."""
        return self.latest(Claim)

    @property
    def groups(self) -> tuple[Group, ...]:
        """What the documents tell of, the incident itself first."""
        found = {group.id: group for document in self.documents for group in document.reading.groups}
        return tuple(sorted(found.values(), key=lambda group: group.id != MAIN))

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for document in self.documents for place in document.reading.places)

    @property
    def media(self) -> tuple[Medium, ...]:
        return tuple(medium for document in self.documents for medium in document.reading.media)

    def document(self, sha256: str) -> Document:
        """Raises KeyError."""
        for one in self.documents:
            if one.sha256 == sha256:
                return one
        raise KeyError(sha256)

    def citation(self, sha256: str) -> Citation:
        """How a document is judged; not at all before a person has."""
        judged = {one.state.document: one.state for one in self.latest(Citation)}
        return judged.get(sha256, Citation(sha256))


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident in a list, as it may be shown."""

    id: str
    title: str
    status: IncidentStatus
    documents: int
    claims: int
    opened_at: datetime
    opened_by: str
