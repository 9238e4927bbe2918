"""Sandboxes beside the one for media: for what is read seldom, with limits that fit it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from seawall import media


class Deferred:
    """A sandbox, made when the first file is read."""

    def __init__(self, make: Callable[[], media.Sandbox]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: media.Sandbox | None = None

    def get(self) -> media.Sandbox:
        """Raises as what makes it does."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """End its processes."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None
