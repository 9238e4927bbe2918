"""Fields that many requests have."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

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
