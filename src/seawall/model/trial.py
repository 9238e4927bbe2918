"""What a draft of a policy would have done with matches that are on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seawall.model.policy import Step


@dataclass(frozen=True, slots=True)
class Counted:
    """How many matches came to a step, or met a rule."""

    name: str  #: of the step or rule; "" for no rule
    matches: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A match with which the draft would have done something else."""

    match: str
    reference: str
    at: datetime
    did: Step
    would: Step
    rule: str | None  #: of the draft
    why: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """A draft held against the matches of some days."""

    bank: str
    version: int
    at: datetime
    actor: str
    days: float
    matches: int  #: that were looked at
    complete: bool  #: False where time or room ran out before all were looked at
    did: tuple[Counted, ...]  #: by step
    would: tuple[Counted, ...]  #: by step
    rules: tuple[Counted, ...]  #: of the draft, in their order
    differing: int
    differences: tuple[Difference, ...]  #: the first of them
