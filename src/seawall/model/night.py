"""The hours in which nobody is to look at what is graphic alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Self
from zoneinfo import ZoneInfo

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Night:
    """A stretch of each day, which may go past midnight."""

    start: time
    end: time  #: left out
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, zone: ZoneInfo) -> Self | None:
        """Of hours such as `22:00-06:00`; None for an empty text. Raises ValueError."""
        if not text:
            return None
        found = _HOURS.fullmatch(text)
        if found is None:
            raise ValueError("it is written like 22:00-06:00")
        start_h, start_m, end_h, end_m = map(int, found.groups())
        made = cls(time(start_h, start_m), time(end_h, end_m), zone)
        if made.start == made.end:
            raise ValueError("it ends when it begins")
        return made

    def holds(self, at: datetime) -> bool:
        """Whether it is night at a time."""
        local = at.astimezone(self.zone).time()
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end
