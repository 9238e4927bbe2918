"""Suspected child sexual abuse material: that it was handed to a hotline, and is not here any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Referral:
    """That a content was referred. It never changes."""

    id: str
    at: datetime
    actor: str
    hotline: str
    receipt: str | None  #: the hotline's own reference
    reason: str
    sha256: str | None  #: kept so that no bank takes it; None where it was never known
    items: tuple[str, ...]  #: that were taken out of review
