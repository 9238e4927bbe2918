"""Locks that a store puts on objects: until they end, it lets nobody delete or change the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seawall.model.custody import Value


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock, as the store itself says that it is."""

    mode: str  #: in the store's word: governance, compliance, legal hold
    until: datetime | None  #: None: until somebody takes it off

    def holds(self, at: datetime) -> bool:
        """Whether the store keeps the bytes at that time, whoever wants them gone."""
        return self.until is None or self.until > at

    def as_record(self) -> dict[str, Value]:
        """As custody events have it."""
        return {"mode": self.mode, "until": None if self.until is None else self.until.isoformat()}
