"""Tables of words, as they are written in this package."""

from __future__ import annotations


def listed(table: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(table.split())
