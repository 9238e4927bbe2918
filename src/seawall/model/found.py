"""What a search by text finds: records of several kinds, as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """What can be found by its words."""

    REFERENCE = "reference"  #: by name, note and labels
    ITEM = "item"  #: by post, uploader, address and labels of its context
    CASE = "case"  #: by what was written on it
    INCIDENT = "incident"  #: by its title


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has all words that were asked for."""

    number: int  #: among those of its kind
    subject: Subject
    id: str
    name: str  #: what people know it by
    state: str
    at: datetime  #: since when it is on record
    bank: str | None = None  #: of a reference
    case: str | None = None  #: that an item is in


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the newest first."""

    hits: tuple[Hit, ...]
    complete: bool  #: whether all were looked at; else there may be older ones that one more word shows
