"""The dossier of an imminent threat to life: what is known, from where, and which authority was told.

Nothing is needed but one fact. What is not known is left out, and can be reported afterwards in another one
that names the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seawall import errors

MAX_LINE: Final = 500  #: characters
MAX_TEXT: Final = 5000
MAX_FACTS: Final = 100
_ATTACHED: Final = re.compile(r"[0-9a-f]{64}|https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class Question(StrEnum):
    """What an authority asks first."""

    WHAT = "what"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, and from where."""

    question: Question
    said: str
    source: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is handed over."""

    facts: tuple[Fact, ...]
    authority: str  #: that it goes to
    attachments: tuple[str, ...] = ()  #: SHA-256 digests and addresses
    country: str | None = None  #: of the authority, by two letters; None: not known
    items: tuple[str, ...] = ()  #: under review here, that it is about
    follows: str | None = None  #: id of an earlier one that it adds to


@dataclass(frozen=True, slots=True)
class Threat:
    """A dossier on record. It never changes."""

    id: str
    at: datetime
    actor: str
    dossier: Dossier


def check(new: Dossier) -> None:
    """Refuse what cannot be read by who gets it. Raises BadThreat."""
    if not 1 <= len(new.facts) <= MAX_FACTS:
        raise _bad("facts", f"state one at least, and {MAX_FACTS} at most")
    for one in new.facts:
        if not one.said.strip() or len(one.said) > MAX_TEXT:
            raise _bad("facts", f"each needs 1 to {MAX_TEXT} characters")
        if not one.source.strip() or len(one.source) > MAX_LINE:
            raise _bad("facts", f"each needs its source, in 1 to {MAX_LINE} characters")
    if not new.authority.strip() or len(new.authority) > MAX_LINE:
        raise _bad("authority", f"say whom it goes to, in 1 to {MAX_LINE} characters")
    if new.country is not None and not _COUNTRY.fullmatch(new.country):
        raise _bad("country", "it is two capital letters")
    if len(new.attachments) > MAX_FACTS or len(new.items) > MAX_FACTS:
        raise _bad("attachments", f"name up to {MAX_FACTS}")
    for place in new.attachments:
        if not _ATTACHED.fullmatch(place) or len(place) > 4 * MAX_LINE or not place.isprintable():
            raise _bad("attachments", "each is a SHA-256 digest, or an http or https address")


def _bad(field: str, reason: str) -> errors.BadThreat:
    return errors.BadThreat(field=field, reason=reason)
