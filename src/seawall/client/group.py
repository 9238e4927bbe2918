"""What all parts of the client are made of: calls whose answers are records, and lists a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from seawall import errors
from seawall.client import reading
from seawall.client.call import Call
from seawall.client.transport import Transport

T = TypeVar("T")

PAGE_ITEMS: Final = 100


class Group:
    """Calls to one service."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.place!r})"

    def _ask(self, call: Call) -> Mapping[str, object]:
        answer = self._transport.ask(call)
        if not isinstance(answer, dict):
            raise errors.BadAnswer(place=self._transport.place, reason="what it answers is no object")
        return answer

    def _read(self, kind: type[T], call: Call) -> T:
        return self._made(kind, self._transport.ask(call))

    def _many(self, kind: type[T], call: Call, name: str) -> tuple[T, ...]:
        """The records under a name of an answer."""
        return self._each(kind, self._ask(call).get(name))

    def _one(self, kind: type[T], items: object) -> T:
        """The record of a list that has one."""
        made = self._each(kind, items)
        if len(made) != 1:
            raise errors.BadAnswer(place=self._transport.place, reason=f"it has {len(made)} of what is one")
        return made[0]

    def _each(self, kind: type[T], items: object) -> tuple[T, ...]:
        if not isinstance(items, list):
            raise errors.BadAnswer(place=self._transport.place, reason="a list is missing")
        return tuple(self._made(kind, one) for one in items)

    def _listed(self, kind: type[T], call: Call) -> Iterator[T]:
        """The records of all pages. A page is asked for when it is come to."""
        cursor: object = None
        while True:
            page = self._ask(replace(call, query={**call.query, "limit": PAGE_ITEMS, "cursor": cursor}))
            yield from self._each(kind, page.get("items"))
            before, cursor = cursor, page.get("next_cursor")
            if cursor is None:
                return
            if cursor == before:
                raise errors.BadAnswer(place=self._transport.place, reason="a page follows itself")

    def _made(self, kind: type[T], data: object) -> T:
        try:
            return reading.read(kind, data)
        except reading.Misread as error:
            reason = str(error)
        raise errors.BadAnswer(place=self._transport.place, reason=reason)
