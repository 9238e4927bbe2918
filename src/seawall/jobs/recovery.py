"""Finds executions that nobody carries on, and has them carried on.

Three kinds: those of a process that has died; those that this process was given, but never heard of,
because the database's answer was lost; and those that the queue does not know, as after its database
was restored from an older copy than ours.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from seawall.jobs import system
from seawall.jobs.lives import Lives
from seawall.store.jobs import Jobs

#: Between being given an execution and beginning it lie milliseconds.
STRAY_S: Final = 5.0
_LOST_EVERY_S: Final = 60.0
_BATCH: Final = 500
_log: Final = logging.getLogger(__name__)


class Recovery:
    """What one process does for executions that nobody carries on."""

    def __init__(self, jobs: Jobs, lives: Lives, executor: str) -> None:
        self._jobs = jobs
        self._lives = lives
        self._executor = executor
        self._stray_since: dict[str, float] = {}
        self._lost_looked_at: float | None = None

    def look(self) -> None:
        """Once a second or so. Raises OutsideError, and SQLAlchemyError of the queue's database."""
        begun = system.being_done()
        dead = self._lives.dead(set(begun.values()) - {self._executor})
        if dead:
            _log.warning("%d jobs go on that other processes have died under", system.recover(dead))
        self._put_back_strays({name for name, executor in begun.items() if executor == self._executor})
        now = time.monotonic()
        if self._lost_looked_at is None or now - self._lost_looked_at >= _LOST_EVERY_S:
            self._ask_again_for_lost()
            self._lost_looked_at = now

    def _put_back_strays(self, mine: set[str]) -> None:
        now = time.monotonic()
        strays = mine - system.active()
        self._stray_since = {name: self._stray_since.get(name, now) for name in strays}
        for name, since in list(self._stray_since.items()):
            if now - since >= STRAY_S:
                _log.warning("job %s was given to this process, which did not hear of it", name)
                system.put_back(name, self._executor)
                del self._stray_since[name]

    def _ask_again_for_lost(self) -> None:
        after = 0
        while True:
            turns, after = self._jobs.handed_on(after, _BATCH)
            for turn in system.unknown(turns):
                _log.warning("job %s was lost by the queue, and begins anew", turn.job)
                self._jobs.ask_again(turn)
            if len(turns) < _BATCH:
                return
