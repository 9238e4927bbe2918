"""Lists, a page at a time: `{items, next_cursor}`. A cursor holds where the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from seawall import errors

MOST_ITEMS: Final = 500
_LONGEST: Final = 512
_LARGEST: Final = (1 << 63) - 1

At = int | str
Item = TypeVar("Item")
Known = TypeVar("Known")


class Page(BaseModel, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next_cursor: Annotated[
        str | None,
        Field(description="What to call with for the next page; null on the last.", examples=[None]),
    ]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for."""

    limit: int
    cursor: str | None

    def after(self, kind: type[At]) -> At | None:
        """Behind what the page begins: a number or a text; None for the first. Raises BadCursor."""
        if self.cursor is None:
            return None
        found = decode(self.cursor)
        if type(found) is not kind:
            raise errors.BadCursor(cursor=self.cursor)
        return found

    def number(self) -> int:
        """Behind which number the page begins; 0 for the first. Raises BadCursor."""
        found = self.after(int)
        assert found is None or isinstance(found, int)
        return found or 0

    def page(self, found: Sequence[tuple[At, Known]], made: Callable[[Known], Item]) -> Page[Item]:
        """A page of what was found, each with its place. One more than `limit` says that there is more."""
        shown = found[: self.limit]
        more = len(found) > self.limit
        return Page(items=[made(one) for _, one in shown], next_cursor=encode(shown[-1][0]) if more else None)


def encode(at: At) -> str:
    """A cursor behind this number or text."""
    return base64.urlsafe_b64encode(json.dumps([at]).encode()).decode().rstrip("=")


def decode(cursor: str) -> At:
    """What a cursor holds. Raises BadCursor for anything that `encode` cannot have made."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        (at,) = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if isinstance(at, bool) or not isinstance(at, int | str):
            raise ValueError
        if isinstance(at, int) and not 0 <= at <= _LARGEST:
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise errors.BadCursor(cursor=cursor[:64]) from None
    return at


async def paging(
    limit: Annotated[
        int, Query(ge=1, le=MOST_ITEMS, description="How many items at most.", examples=[50])
    ] = 100,
    cursor: Annotated[
        str | None, Query(description="`next_cursor` of the page before; none for the first.")
    ] = None,
) -> Paging:
    """Which page a call asks for."""
    return Paging(limit, cursor)


Paged = Annotated[Paging, Depends(paging)]
