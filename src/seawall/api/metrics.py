"""What this process measures, in the form that Prometheus collects."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

import seawall
from seawall import errors
from seawall.telemetry import measures
from seawall.telemetry.measures import Labels
from seawall.workflows import health
from seawall.workflows.library import Seawall

log = logging.getLogger(__name__)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_READ_S: Final = 1.0  #: how long one gauge may keep the collector waiting


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that is read when it is asked for."""

    name: str
    help: str
    labels: Labels
    read: Callable[[Seawall], Mapping[Labels, float]]
    every_s: float = 10.0  #: how long a reading holds


def _build(_: Seawall) -> Mapping[Labels, float]:
    return {(seawall.__version__, platform.python_version()): 1}


def _index(library: Seawall) -> Mapping[Labels, float]:
    return {(name,): count for name, count in library.index_counts().items()}


def _children(library: Seawall) -> Mapping[Labels, float]:
    busy, idle = library.decoding_processes()
    return {("busy",): busy, ("idle",): idle}


def _seen(library: Seawall) -> Mapping[Labels, float]:
    return {(): library.seen.count()}


def _jobs(library: Seawall) -> Mapping[Labels, float]:
    return {(state.value,): count for state, count in library.jobs.counts().items()}


def _database(library: Seawall) -> Mapping[Labels, float]:
    started_s = time.perf_counter()
    library.ping()
    return {(): time.perf_counter() - started_s}


GAUGES: Final[tuple[Gauge, ...]] = (
    Gauge("seawall_build_info", "What runs.", ("version", "python"), _build),
    Gauge("seawall_index_codes", "Codes in each index.", ("index",), _index),
    Gauge("seawall_sandbox_children", "Decoding processes.", ("state",), _children, every_s=0),
    Gauge("seawall_jobs", "Jobs by state.", ("state",), _jobs),
    Gauge("seawall_seen", "Contents that were checked and are remembered.", (), _seen, every_s=60),
    Gauge("seawall_database_seconds", "Time that the database took to answer.", (), _database),
)


class Metrics:
    """The measures of this process and the gauges of one library."""

    def __init__(self, library: Seawall, gauges: Iterable[Gauge] = GAUGES) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Collected(library, gauges))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All of them, in Prometheus' text format. A gauge that cannot be read in time is left out."""
        return generate_latest(self._registry)


class _Collected(Collector):
    def __init__(self, library: Seawall, gauges: Iterable[Gauge]) -> None:
        self._gauges = [
            (one, health.Probe(partial(one.read, library), every_s=one.every_s, limit_s=_READ_S))
            for one in gauges
        ]

    def describe(self) -> Iterable[Metric]:
        """Nothing: to be registered, nothing is read."""
        return ()

    def collect(self) -> Iterator[Metric]:
        for measure in measures.ALL:
            yield _counted(measure) if isinstance(measure, measures.Counter) else _timed(measure)
        for gauge, probe in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            try:
                for labels, value in probe.ask().items():
                    family.add_metric(labels, value)
            except (health.Late, errors.SeawallError) as error:
                log.warning("metric %s cannot be read: %s", gauge.name, error)
                continue
            yield family


def _counted(measure: measures.Counter) -> Metric:
    family = CounterMetricFamily(measure.name, measure.help, labels=measure.labels)
    for labels, value in sorted(measure.read().items()):
        family.add_metric(labels, value)
    return family


def _timed(measure: measures.Histogram) -> Metric:
    family = HistogramMetricFamily(measure.name, measure.help, labels=measure.labels)
    bounds = (*(f"{bound_s:g}" for bound_s in measure.bounds_s), "+Inf")
    for labels, times in sorted(measure.read().items(), key=lambda one: one[0]):
        family.add_metric(labels, list(zip(bounds, times.counts, strict=True)), times.total_s)
    return family
