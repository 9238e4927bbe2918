"""Frames at other times: what a player shows at each tick of a steady clock.

A frame is on the screen from its time until the next one's, so a tick takes the last frame at or
before it. What lies in the written file at time t is then what was on the screen at t, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")

#: two times that differ by less were the same before they were rounded
_SAME_S: Final = 1e-6


class Sampler(Generic[Item]):
    """Takes items with their times, in order, and hands out one for each tick."""

    def __init__(self, rate_hz: float, emit: Callable[[float, Item], None]) -> None:
        self._rate_hz = rate_hz
        self._emit = emit
        self._ticks = 0
        self._shown: Item | None = None

    def push(self, time_s: float, item: Item) -> None:
        """From `time_s` on, `item` is on the screen."""
        self.finish(time_s)
        self._shown = item

    def finish(self, end_s: float) -> None:
        """Hand out the ticks before `end_s`. Ticks before the first item are passed over."""
        while (tick_s := self._ticks / self._rate_hz) < end_s - _SAME_S:
            if self._shown is not None:
                self._emit(tick_s, self._shown)
            self._ticks += 1
