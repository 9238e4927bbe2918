"""Fields that many requests have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

from seawall import errors

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Labels = Annotated[list[Label], Field(max_length=100, examples=[["manifesto"]])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])]

ReasonQuery = Annotated[
    str, Query(min_length=1, max_length=2000, description="Why; it stays on record.", examples=["a mistake"])
]
ReferenceId = Annotated[str, Path(min_length=1, max_length=64, examples=["5f0c6f9e2b7a4d1c8e3f5a6b7c8d9e0f"])]


class Reason(BaseModel):
    """Why something is done."""

    reason: Annotated[
        str,
        Field(
            min_length=1, max_length=2000, description="It stays on record.", examples=["a news report of it"]
        ),
    ]


def aware(at: datetime | None) -> datetime | None:
    """A time in UTC, which one without a zone is taken for. Raises BadRequest where UTC has no such time."""
    if at is None:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise errors.BadRequest(reason=f"{at} is beyond what can be reckoned in UTC") from None
