"""Threads take turns in the order in which they come.

A plain lock goes to whoever asks first once it is free, and that is as a rule the thread that had it before.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """One thread at a time has the turn."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, longest_s: float) -> bool:
        """Wait for the turn; whether it came in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=longest_s):
            return True
        with self._guard:
            if called not in self._waiting:  # it was called at the last moment
                return True
            self._waiting.remove(called)
            return False

    def pass_on(self) -> None:
        """End the turn."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
