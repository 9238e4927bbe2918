"""Looks queries up together that came while the event loop was busy with others.

A look into an index of a million codes waits for memory, and nearly as long again for the steps of the
language in between, which several queries share. One that comes alone waits for nothing; where they come
one after the other, looks are a moment apart, so that there are several for each.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from seawall.matching import search
from seawall.matching.references import References

#: At once: the loop goes on within two milliseconds, and these are written down while others are looked up.
MOST: Final = 8
APART_S: Final = 0.003  #: the next look comes no sooner, unless more wait than are looked up at once

_Asked = tuple[search.Query, "asyncio.Future[bool]"]


class Looks:
    """The queries of one process that wait to be looked up."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.AbstractEventLoop, list[_Asked]] = {}
        self._next_s = 0.0  #: when a look may come, by the monotonic clock

    async def may_find(self, query: search.Query, references: References) -> bool:
        """As `search.may_find`. Those that are looked up together share the references."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(loop, [])
        promised: asyncio.Future[bool] = loop.create_future()
        waiting.append((query, promised))
        if len(waiting) == 1:
            wait_s = self._next_s - time.monotonic()
            if wait_s > 0:
                loop.call_later(wait_s, self._look, loop, references, 0)
            else:
                loop.call_soon(self._look, loop, references, 1)
        return await promised

    def _look(self, loop: asyncio.AbstractEventLoop, references: References, before: int) -> None:
        """Look up what waits, unless the last turn of the loop has brought more. before: how many waited."""
        waiting = self._waiting[loop]
        if before < len(waiting) < MOST:
            loop.call_soon(self._look, loop, references, len(waiting))
            return
        self._next_s = time.monotonic() + APART_S
        some, later = waiting[:MOST], waiting[MOST:]
        if later:
            self._waiting[loop] = later
            loop.call_soon(self._look, loop, references, len(later))
        else:
            del self._waiting[loop]
        _answer(some, references)


def _answer(some: list[_Asked], references: References) -> None:
    try:
        found = search.may_find([query for query, _ in some], references)
    except Exception as error:  # noqa: BLE001 - raised again, where it was asked
        for _, promised in some:
            if not promised.done():
                promised.set_exception(error)
        return
    for (_, promised), may in zip(some, found, strict=True):
        if not promised.done():  # whoever asked may have hung up
            promised.set_result(may)
