"""How much one caller may ask of one process: calls a second, and bytes a day, as token buckets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from seawall import config, errors
from seawall.model.access import Principal

_DAY_S: Final = 24 * 3600.0
_MOST_CALLERS: Final = 10_000


@dataclass(slots=True)
class _Bucket:
    """Tokens that flow in at a rate, up to as many as the bucket holds."""

    rate_per_s: float
    holds: float
    tokens: float
    at_s: float

    def fill(self, now_s: float) -> None:
        self.tokens = min(self.holds, self.tokens + (now_s - self.at_s) * self.rate_per_s)
        self.at_s = now_s


class Throttle:
    """Counts what each caller asks for. Used from one event loop."""

    def __init__(self, settings: config.Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate_per_s = settings.number("rate_per_s")
        self._bytes_per_day = settings.whole("bytes_per_day")
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def call(self, who: Principal) -> None:
        """Count a call before it is answered. Raises TooManyCalls."""
        rate_per_s = self._rate_per_s if who.rate_per_s is None else who.rate_per_s
        if rate_per_s > 0:
            bucket = self._bucket(who, "calls", rate_per_s, max(1.0, rate_per_s))
            if bucket.tokens < 1:
                _refuse(who, f"{rate_per_s:g} calls a second", (1 - bucket.tokens) / bucket.rate_per_s)
            bucket.tokens -= 1
        if self._of_day(who) > 0:
            bucket = self._bytes(who)
            if bucket.tokens <= 0:
                _refuse(who, f"{bucket.holds:.0f} bytes a day", (1 - bucket.tokens) / bucket.rate_per_s)

    def sent(self, who: Principal, size_bytes: int) -> None:
        """Count what a call's body turned out to hold. The call that goes over the amount is still taken."""
        if size_bytes and self._of_day(who) > 0:
            self._bytes(who).tokens -= size_bytes

    def _of_day(self, who: Principal) -> int:
        return self._bytes_per_day if who.bytes_per_day is None else who.bytes_per_day

    def _bytes(self, who: Principal) -> _Bucket:
        holds = float(self._of_day(who))
        return self._bucket(who, "bytes", holds / _DAY_S, holds)

    def _bucket(self, who: Principal, what: str, rate_per_s: float, holds: float) -> _Bucket:
        now_s = self._clock()
        bucket = self._buckets.get((who.id, what))
        if bucket is None or bucket.rate_per_s != rate_per_s:
            if len(self._buckets) >= _MOST_CALLERS:
                self._buckets.clear()  # rarely, and then everybody begins anew
            bucket = self._buckets[who.id, what] = _Bucket(rate_per_s, holds, holds, now_s)
        bucket.fill(now_s)
        return bucket


def _refuse(who: Principal, limit: str, wait_s: float) -> None:
    raise errors.TooManyCalls(who=who.name, limit=limit, wait_s=round(wait_s, 3))
