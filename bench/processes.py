"""The processes under this one: what they are, and what each has used of the processor (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """One of them."""

    number: int
    parent: int
    command: bytes
    used_s: float  #: of the processor, so far


def under(root: int) -> dict[int, Process]:
    """A process and all under it, by their numbers; those above before those below."""
    seen = {one.number: one for one in map(read, _numbers()) if one is not None}
    below: dict[int, list[int]] = {}
    for one in seen.values():
        below.setdefault(one.parent, []).append(one.number)
    found: dict[int, Process] = {}
    ahead = [root]
    while ahead:
        number = ahead.pop(0)
        if number in seen:
            found[number] = seen[number]
            ahead += below.get(number, [])
    return found


def used_s(root: int) -> float:
    """Seconds of the processor that a process and all under it have used, of those that are there."""
    return sum(one.used_s for one in under(root).values())


def is_there(number: int) -> bool:
    """Whether there is such a process."""
    return Path("/proc", str(number)).exists()


def _numbers() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def read(number: int) -> Process | None:
    """None where it has gone."""
    folder = Path("/proc", str(number))
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes()
    except OSError:
        return None
    ticks = int(fields[11]) + int(fields[12])
    return Process(number, int(fields[1]), command, ticks / TICKS_A_SECOND)
