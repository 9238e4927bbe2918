"""Counters and times of this process, which any part may add to and a collector reads.

They are plain numbers under a lock, so that what counts needs no package, and each measure keeps a
bounded number of series: past that, labels become `other`.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

MAX_SERIES: Final = 2000
OTHER: Final = "other"

Labels = tuple[str, ...]


@dataclass(slots=True)
class Times:
    """How long one series of things took."""

    counts: list[int]  #: how many took at most each of the measure's bounds, and all
    total_s: float = 0.0


@dataclass(slots=True, eq=False)
class Counter:
    """How often something happened."""

    name: str
    help: str
    labels: Labels
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _series: dict[Labels, float] = field(default_factory=dict)

    def add(self, *values: str, by: float = 1) -> None:
        """values: of the labels, in their order."""
        with self._lock:
            series = _within(self._series, values, self.labels)
            self._series[series] = self._series.get(series, 0) + by

    def read(self) -> Mapping[Labels, float]:
        """How often, by the labels' values."""
        with self._lock:
            return dict(self._series)


@dataclass(slots=True, eq=False)
class Histogram:
    """How long something took."""

    name: str
    help: str
    labels: Labels
    bounds_s: tuple[float, ...]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    #: of each series, how many took at most a bound and more than the one before, and how long all took
    _series: dict[Labels, Times] = field(default_factory=dict)

    def observe(self, took_s: float, *values: str) -> None:
        """values: of the labels, in their order."""
        with self._lock:
            series = _within(self._series, values, self.labels)
            times = self._series.setdefault(series, Times([0] * (len(self.bounds_s) + 1)))
            times.total_s += took_s
            times.counts[bisect_left(self.bounds_s, took_s)] += 1

    def read(self) -> Mapping[Labels, Times]:
        """The times, by the labels' values."""
        with self._lock:
            return {
                series: Times(list(accumulate(times.counts)), times.total_s)
                for series, times in self._series.items()
            }


def _within(known: Mapping[Labels, object], values: Labels, labels: Labels) -> Labels:
    """The values as they are counted under."""
    assert len(values) == len(labels)
    return values if values in known or len(known) < MAX_SERIES else (OTHER,) * len(labels)


_FAST_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS: Final = Histogram(
    "seawall_request_seconds", "Time to answer a request.", ("method", "route", "status"), _FAST_S
)
CHECKS: Final = Counter("seawall_checks", "Contents that were checked.", ("kind", "outcome"))
STAGES: Final = Histogram(
    "seawall_check_stage_seconds", "Time that a stage of a check took.", ("stage",), _FAST_S
)
DELIVERIES: Final = Counter("seawall_deliveries", "Attempts to deliver an event to a webhook.", ("outcome",))
JOBS: Final = Histogram(
    "seawall_job_seconds", "Time that a job took.", ("kind", "outcome"), (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0)
)

ALL: Final[tuple[Counter | Histogram, ...]] = (REQUESTS, CHECKS, STAGES, DELIVERIES, JOBS)
