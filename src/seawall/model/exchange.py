"""Lists that others keep: what they hold of an item, and what members think of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Stance(StrEnum):
    """What a member thinks of an item. One negative opinion is enough to keep it from acting by itself."""

    POSITIVE = "positive"  #: it is what the list says
    SEED = "seed"  #: worth a look, not verified
    NEGATIVE = "negative"  #: it is not


@dataclass(frozen=True, slots=True)
class Opinion:
    """One member's opinion."""

    owner: str  #: the member, as the list names it; "" for ours
    stance: Stance
    labels: tuple[str, ...] = ()


class Sending(StrEnum):
    """What became of our opinion on its way to the lists that have the item."""

    LOCAL = "local"  #: the item is of no list
    WAITING = "waiting"
    SENT = "sent"
    NOT_TAKEN = "not_taken"  #: the list takes no opinions of that kind


@dataclass(frozen=True, slots=True)
class HeldOpinion:
    """An opinion on a reference, as it is kept."""

    number: int
    reference: str
    opinion: Opinion
    mine: bool
    by: str | None  #: who gave ours
    at: datetime
    note: str | None
    sending: Sending | None  #: None for those of others


@dataclass(frozen=True, slots=True)
class Hash:
    """One hash of an item, under the list's own name for its algorithm; also what cannot be searched."""

    algorithm: str
    value: str
    quality: int | None = None
    offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of a list, as its source gives it now."""

    key: str  #: which item: the source gives it the same one each time
    hashes: tuple[Hash, ...] = ()
    deleted: bool = False  #: the source has taken it out: a tombstone
    kind: str | None = None  #: a `content.Kind`, where the source says
    name: str = ""
    labels: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] | None = None  #: None where the list knows no opinions
    details: Mapping[str, Json] = field(default_factory=dict)  #: all else that the source says


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item, or a page, that cannot be used: it is noted, and the rest goes on."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """Part of a list, and where the next one begins."""

    items: tuple[ListItem, ...]
    bad: tuple[BadItem, ...]
    checkpoint: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A list that is followed into one bank."""

    id: str
    name: str
    adapter: str
    bank: str
    config: Mapping[str, Json]
    has_credentials: bool
    enabled: bool
    every_s: float  #: how often it is fetched
    checkpoint: Mapping[str, Json] | None  #: None before the first page
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the items of a run."""

    pages: int = 0
    added: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    bad: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.pages + other.pages,
            self.added + other.added,
            self.changed + other.changed,
            self.deleted + other.deleted,
            self.unchanged + other.unchanged,
            self.bad + other.bad,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a list was fetched."""

    number: int
    started_at: datetime
    ended_at: datetime | None  #: None while it goes on, or where its process died
    tally: Tally
    error: Mapping[str, Json] | None
    bad: tuple[BadItem, ...]  #: the first hundred
