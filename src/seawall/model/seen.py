"""Checks that were made, and what was found in them, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from seawall.model.match import Match


class How(StrEnum):
    """How a match came about."""

    CHECK = "check"  #: the content was checked, and the reference was known
    RETRO = "retro"  #: the reference was added later


@dataclass(frozen=True, slots=True)
class Context:
    """Where a content stands on the platform, as the caller says."""

    uploader: str | None = None
    post: str | None = None
    url: str | None = None
    labels: tuple[str, ...] = ()  #: what it is there for, such as `news`


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of one content."""

    id: str
    sha256: str | None  #: None where only hashes were given
    kind: str | None  #: a `content.Kind`; None where it could not be told
    duration_s: float | None
    at: datetime
    actor: str
    context: Context = Context()
    has_sound: bool | None = None  #: None where it is not known


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """A match, with the check in which it was found."""

    id: str
    checked: Checked
    bank: str
    match: Match  #: `match.reference` is the reference's id
    how: How
    at: datetime
    held: bool = False  #: the reference is held, so that a person decides what comes of this


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A check with what was found in it at the time and since."""

    checked: Checked
    matches: tuple[RecordedMatch, ...]
