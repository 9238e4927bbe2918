"""What a signal is made for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """References are known, few and looked for; queries are many, and most match nothing."""

    REFERENCE = "reference"  #: dense
    QUERY = "query"  #: sparse
