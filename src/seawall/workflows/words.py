"""What people say of what they do, which stays on record."""

from __future__ import annotations

from typing import Final

from seawall import errors

MAX_SAID: Final = 500  #: characters


def said(field: str, words: str) -> str:
    """A reason, statement or note as it was given. Raises BadRequest where it is empty or too long."""
    if not words.strip() or len(words) > MAX_SAID:
        raise errors.BadRequest(reason=f"{field} needs 1 to {MAX_SAID} characters")
    return words
