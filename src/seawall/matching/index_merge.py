"""Which segments are merged, and the thread that merges them while everybody else goes on.

A segment is rewritten together with what comes after it once that has a quarter of its size: so each code is
rewritten a few times for each time that the index grows fourfold, and a search looks into few files. Merging
holds a lock of its own, not the writers': they wait only while a manifest is replaced.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.matching.index_codes import Ids

Keep = Callable[[Ids], NDArray[np.bool_]]

LOCK_NAME: Final = "merging"
GROWTH: Final = 4
_KEEP_CODES: Final = 2**20
_log: Final = logging.getLogger(__name__)


class Abandoned(Exception):
    """A merge that goes on no further, because its index is being closed."""


def chosen(counts: Sequence[int], most: int) -> slice | None:
    """Which of the segments of these sizes, the oldest first, become one; None where they are few enough.

    most: codes that one can hold.
    """
    for end in range(len(counts), 1, -1):
        first, size = end - 1, counts[end - 1]
        while first and counts[first - 1] < GROWTH * size and counts[first - 1] + size <= most:
            first -= 1
            size += counts[first]
        if end - first > 1:
            return slice(first, end)
    return None


def grouped(counts: Sequence[int], most: int) -> list[slice]:
    """All segments of these sizes, in as few groups of neighbours as hold no more than most codes each."""
    groups: list[slice] = []
    size = most
    for number, count in enumerate(counts):
        if size + count > most:
            groups.append(slice(number, number))
            size = 0
        groups[-1] = slice(groups[-1].start, number + 1)
        size += count
    return groups


def kept(ids: Ids, keep: Keep | None) -> NDArray[np.bool_] | None:
    """(N,) which of the ids stay; None for all. Raises ValueError where keep does not say that."""
    if keep is None:
        return None
    stay = np.empty(ids.shape, np.bool_)
    for start in range(0, ids.size, _KEEP_CODES):
        part = ids[start : start + _KEEP_CODES].astype(np.uint64)
        said = np.asarray(keep(part))
        if said.dtype != np.bool_ or said.shape != part.shape:
            raise ValueError(f"keep must return ({part.size},) bool, not {said.shape} {said.dtype}")
        stay[start : start + part.size] = said
    return stay


class Merger:
    """A thread that merges as long as there is something to merge, and then ends until it is woken."""

    def __init__(self, step: Callable[[Callable[[], None]], bool]) -> None:
        """step: merges once; says whether it did. It calls what it is given now and then."""
        self._step = step
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False
        self._stopped = threading.Event()

    def wake(self) -> None:
        """There may be something to merge."""
        with self._guard:
            self._again = True
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name="seawall-merge", daemon=True)
                self._thread.start()

    def rest(self) -> None:
        """Wait until it has nothing to do."""
        with self._guard:
            thread = self._thread
        if thread is not None:
            thread.join()

    def stop(self) -> None:
        """End what it does at the next turn, for good; what was not finished is nowhere."""
        self._stopped.set()
        self.rest()

    def _run(self) -> None:
        while True:
            with self._guard:
                if not self._again or self._stopped.is_set():
                    self._thread = None
                    return
                self._again = False
            try:
                while self._step(self._go_on):
                    pass
            except Abandoned:
                pass
            except errors.StoreBusy:
                _log.debug("another process merges")
            except errors.SeawallError as error:
                _log.warning("merging failed, and is tried again after later adds: %s", error)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise Abandoned
