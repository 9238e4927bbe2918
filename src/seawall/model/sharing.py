"""An incident as it may be shared: marked, for a recipient, with what that recipient may see and no more.

What makes a `Shared` leaves out what its marking does not let out; what writes it down for other programs
gets nothing else to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seawall.model.content import Kind


class Tlp(StrEnum):
    """The Traffic Light Protocol 2.0, from what all may see to what its recipients alone may."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


#: How closely each is held.
RANK: Final = {one: number for number, one in enumerate(Tlp)}


class Recipient(StrEnum):
    """For whom an export is made."""

    PUBLIC = "public"
    COMMUNITY = "community"  #: of those who work against such content
    PARTNER = "partner"  #: an organisation and those for whom it works
    ORGANISATION = "organisation"  #: one organisation alone
    NAMED = "named"  #: persons who are known, such as officers of an authority


@dataclass(frozen=True, slots=True)
class SharedHash:
    """A hash under the name that other programs know its algorithm by."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class SharedOpinion:
    """What somebody thinks of a reference or a claim."""

    stance: str  #: one of `STANCES`
    owner: str | None  #: None: ours, or not told
    at: datetime


#: From one that denies to one that agrees, as STIX has it.
STANCES: Final = ("strongly-disagree", "disagree", "neutral", "agree", "strongly-agree")


@dataclass(frozen=True, slots=True)
class SharedReference:
    """A known file of the incident."""

    id: str
    kind: Kind
    hashes: tuple[SharedHash, ...]
    name: str | None  #: None here and below: not for this recipient, or not known
    duration_s: float | None
    labels: tuple[str, ...]
    added_at: datetime
    disputed: bool
    opinions: tuple[SharedOpinion, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A content in which references were found, without where and of whom."""

    key: str  #: tells it from others
    sha256: str | None
    references: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class SharedClaim:
    """What a report says, as a sentence that names who says so and how surely."""

    id: str
    facet: str
    sentence: str
    status: str
    hedge: str
    reliability: str | None  #: of its source, A to F
    credibility: int | None  #: of what it says, 1 to 6
    confirmed: bool  #: by a person, as what the text says
    disputed: bool
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class Shared:
    """All of an incident that a recipient may see."""

    incident: str
    tlp: Tlp
    recipient: Recipient
    title: str | None
    status: str
    opened_at: datetime
    changed_at: datetime
    references: tuple[SharedReference, ...]
    sightings: tuple[Sighting, ...]
    claims: tuple[SharedClaim, ...]
    complete: bool  #: no sighting was left out for there being too many
