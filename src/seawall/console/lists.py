"""Lists on pages: what is asked for in the address, and where the list goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from starlette.requests import HTTPConnection

from seawall import errors
from seawall.api import paging
from seawall.api.paging import At

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

ROWS: Final = 50
_CURSOR: Final = "cursor"


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part of a list, and the addresses of the next one and of the first."""

    rows: tuple[T, ...]
    next: str
    first: str


def behind(call: HTTPConnection, kind: type[At]) -> At | None:
    """Behind what the part begins that the address asks for; None for the first. Raises BadCursor."""
    cursor = call.query_params.get(_CURSOR)
    if not cursor:
        return None
    found = paging.decode(cursor)
    if type(found) is not kind:
        raise errors.BadCursor(cursor=cursor[:64])
    return found


def number(call: HTTPConnection) -> int | None:
    """As `behind`, for a list by number."""
    found = behind(call, int)
    assert found is None or isinstance(found, int)
    return found


def word(call: HTTPConnection) -> str | None:
    """As `behind`, for a list by name."""
    found = behind(call, str)
    assert found is None or isinstance(found, str)
    return found


def part(call: HTTPConnection, found: Sequence[tuple[At, T]], rows: int = ROWS) -> Part[T]:
    """A part of what was found, each with its place. One more than `rows` says that there is more."""
    shown = found[:rows]
    more = len(found) > rows
    return Part(
        rows=tuple(one for _, one in shown),
        next=_address(call, paging.encode(shown[-1][0])) if more else "",
        first=_address(call, None) if _CURSOR in call.query_params else "",
    )


def asked(call: HTTPConnection, name: str) -> str | None:
    """What the address says of a filter; None where it says nothing."""
    return call.query_params.get(name, "").strip()[:200] or None


def one_of(call: HTTPConnection, name: str, kind: type[E]) -> E | None:
    """As `asked`, of what there is to choose from."""
    said = asked(call, name)
    return next((one for one in kind if one.value == said), None)


def _address(call: HTTPConnection, cursor: str | None) -> str:
    kept = [(name, value) for name, value in call.query_params.multi_items() if name not in (_CURSOR, "said")]
    query = urlencode([*kept, *([] if cursor is None else [(_CURSOR, cursor)])])
    return f"{call.url.path}?{query}" if query else call.url.path
