"""What is made when it is first needed, as it is large or seldom used: readers, sandboxes of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    """What holds something until it is closed."""

    def close(self) -> None:
        """Let go of it."""


T = TypeVar("T", bound=Closes)


class Deferred(Generic[T]):
    """One of these. Safe for threads."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: T | None = None

    def get(self) -> T:
        """Raises as what makes it does."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """Let go of it, if it was made; a later use makes another."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None
