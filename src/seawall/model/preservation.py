"""What is kept of a content before it is taken away: on which basis, for how long, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from seawall import errors
from seawall.model.provenance import Provenance
from seawall.model.seen import Context

MAX_WORDS: Final = 500


class Basis(StrEnum):
    """Why the law lets us hold it."""

    REMOVED_TERRORIST_CONTENT = "removed_terrorist_content"  #: Regulation (EU) 2021/784, Article 6
    AUTHORITY = "authority"  #: an order or request to preserve, whose reference the record names
    LEGAL_CLAIM = "legal_claim"  #: to make or answer one; Regulation (EU) 2016/679, Article 17(3)(e)
    ARCHIVE = "archive"  #: archiving in the public interest; Regulation (EU) 2016/679, Article 89
    JOURNALISM = "journalism"  #: Regulation (EU) 2016/679, Article 85


class Purpose(StrEnum):
    """What an original may be read for: a closed list (Regulation (EU) 2021/784, Article 6(1))."""

    REVIEW = "review"  #: proceedings of review or complaint about its removal
    PROSECUTION = "prosecution"  #: prevention, detection, investigation or prosecution of terrorist offences


#: Months for which what was removed is held, from the removal; None: until somebody ends it.
HELD_MONTHS: Final[dict[Basis, int | None]] = {
    Basis.REMOVED_TERRORIST_CONTENT: 6,
    Basis.AUTHORITY: 6,
    Basis.LEGAL_CLAIM: None,
    Basis.ARCHIVE: None,
    Basis.JOURNALISM: None,
}


#: On these, who put it there is kept too. What is kept for what it shows needs no names.
_WITH_UPLOADER: Final = frozenset({Basis.REMOVED_TERRORIST_CONTENT, Basis.AUTHORITY, Basis.LEGAL_CLAIM})


def allowed(basis: Basis, related: Context) -> Context:
    """What may be kept beside an original on a basis, of what is known of where it stood."""
    if basis in _WITH_UPLOADER:
        return related
    return replace(related, uploader=None)


class PreservationState(StrEnum):
    """Where what is kept stands."""

    KEPT = "kept"
    ERASED = "erased"  #: its key is destroyed, its bytes are deleted; that it was there is still on record


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody needs it longer than it would be kept."""

    id: str
    requester: str
    reference: str  #: of the request, as the requester numbers it
    until: datetime
    set_at: datetime
    set_by: str
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read the original."""

    at: datetime
    user: str
    purpose: Purpose
    reason: str


@dataclass(frozen=True, slots=True)
class Preservation:
    """An original that is kept, under a key of its own."""

    id: str
    sha256: str  #: of the original
    bytes: int
    kind: str | None  #: a `content.Kind`
    locked_sha256: str | None  #: of the object in the vault; None once it is erased
    at: datetime
    actor: str
    basis: Basis
    reference: str | None  #: of the order or request that the basis is
    related: Context | None  #: where it stood; None once it is erased
    provenance: Provenance | None  #: what it says of itself; None once it is erased, or where nobody looked
    removed_at: datetime | None  #: when it was taken away on the platform
    expires_at: datetime | None
    state: PreservationState
    holds: tuple[Hold, ...] = ()
    readings: tuple[Reading, ...] = ()

    def may_go(self, at: datetime) -> bool:
        """Whether it may be erased: its time is over, and nobody who asked for it needs it longer."""
        over = self.expires_at is not None and self.expires_at <= at
        held = any(one.lifted_at is None and one.until > at for one in self.holds)
        return self.state is PreservationState.KEPT and over and not held


def months_after(at: datetime, months: int) -> datetime:
    """The same day and time of day so many months later, or the month's last day where it has no such day."""
    at = at.astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:  # a day that the month does not have
            continue
    raise AssertionError("every month has a first day")


def said(field: str, words: str) -> str:
    """Words that have to be there. Raises BadRequest."""
    if not words.strip() or len(words) > MAX_WORDS:
        raise errors.BadRequest(reason=f"{field} needs 1 to {MAX_WORDS} characters")
    return words.strip()
