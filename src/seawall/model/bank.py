"""Banks and the references in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

BANK_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class ReferenceState(StrEnum):
    """Whether a reference may act. A change is recorded with who, when and why."""

    ACTIVE = "active"
    DISPUTED = "disputed"  #: still matched, never more than suggested
    WITHDRAWN = "withdrawn"  #: not matched any more; the record stays


@dataclass(frozen=True, slots=True)
class Bank:
    """A set of known references under one policy."""

    name: str
    negative: bool  #: known-good content, which suppresses instead of matching
    labels: tuple[str, ...]
    created_at: datetime
    references: int  #: how many it holds, withdrawn ones left out


@dataclass(frozen=True, slots=True)
class Reference:
    """One known item in a bank."""

    id: str
    bank: str
    negative: bool
    name: str  #: what people call it: the file's name, or what a list called it
    kind: str  #: a `content.Kind`
    sha256: str | None  #: None where only a hash came, from a list
    duration_s: float | None
    state: ReferenceState
    labels: tuple[str, ...]
    origin: str  #: where it came from: a path, a list
    note: str | None
    incident: str | None
    created_at: datetime
