"""What is told of a decision once it has effect: to whom, in which words, and when silence allows it.

The kind of decision says which duty it is. What an authority has ordered is no matter of Article 17 of
Regulation (EU) 2022/2065, but of Article 11 of Regulation (EU) 2021/784.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from seawall.model.decision import RESTRICTIONS, Choice, Origin, Ruling


class StatementKind(StrEnum):
    """What is told."""

    REASONS = "reasons"  #: the statement of reasons (DSA 17)
    INFORMATION = "information"  #: what an order took away (TCO 11)
    REINSTATEMENT = "reinstatement"  #: that it is there again
    OUTCOME = "outcome"  #: of a complaint, to who complained


@dataclass(frozen=True, slots=True)
class Silence:
    """That nobody may be told yet."""

    until: datetime | None  #: None: it is not known


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is told to one person, who is named by an id and nothing else."""

    id: str
    kind: StatementKind
    decision: str
    notice: str | None  #: the notice, order or complaint that it follows
    recipient: str | None  #: the platform's id of the uploader, or the id of a complaint; None: not known
    items: tuple[str, ...]  #: of the recipient, that the decision is about
    created_at: datetime
    due_at: datetime | None  #: when it can be told; None while silence is ordered without a known end
    told_at: datetime | None
    text: str | None  #: the words that it was told in


def kind_of(new: Ruling) -> StatementKind | None:
    """What the uploader is told of a decision; None for one that leaves everything as it was."""
    if new.choice in RESTRICTIONS:
        return StatementKind.INFORMATION if new.origin is Origin.ORDER else StatementKind.REASONS
    return StatementKind.REINSTATEMENT if new.choice is Choice.RESTORE else None
