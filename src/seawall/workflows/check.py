"""Is anything known in this file, and where: hash it, search, and say it with the references' names."""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall import errors, media
from seawall.matching import options, search
from seawall.matching.references import References
from seawall.model import bank, content, match, signal
from seawall.signals import compute, learned, roles, stages
from seawall.store.store import Store
from seawall.telemetry import measures
from seawall.workflows import compute as computing, files, pool
from seawall.workflows.catalogue import Catalogue

#: What is timed within `signals` and within `search`.
STAGES: Final = (compute.PANES, compute.KEYPOINTS, compute.SOUND, *search.STAGES)


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time went, in milliseconds."""

    decode_ms: float = 0.0
    signals_ms: float = 0.0
    search_ms: float = 0.0
    total_ms: float = 0.0
    stages_ms: Mapping[str, float] = dataclasses.field(default_factory=dict)  #: of `STAGES`


@dataclass(frozen=True, slots=True)
class Named:
    """A match with the reference that it found."""

    match: match.Match
    reference: bank.Reference
    suppressed_by: bank.Reference | None

    def as_record(self) -> dict[str, object]:
        """As `check --json` prints it."""
        record: dict[str, object] = {
            "bank": self.reference.bank,
            "reference": self.reference.id,
            "reference_name": self.reference.name,
            "incident": self.reference.incident,
            **match_record(self.match),
        }
        if self.suppressed_by is not None:
            record["suppressed_by"] = {
                "bank": self.suppressed_by.bank,
                "reference": self.suppressed_by.id,
                "reference_name": self.suppressed_by.name,
            }
        return record


def match_record(found: match.Match) -> dict[str, object]:
    """What `check --json` prints of a match itself; the reference is named by its id."""
    return {
        "reference": found.reference,
        "score": found.score,
        "recommendation": found.recommendation,
        "coverage_query": found.coverage_query,
        "coverage_reference": found.coverage_reference,
        "parts": found.parts,
        "segments": [_segment_record(one) for one in found.segments],
    }


def _segment_record(segment: match.Segment) -> dict[str, object]:
    record = dataclasses.asdict(segment)
    named_by_kind = {
        signal.SignalType.SHA256: "exact",
        signal.SignalType.PDQ: "image",
    }
    record["signal"] = named_by_kind.get(segment.signal, segment.signal.value)
    record["transform"] = list(segment.transform)
    for side in ("query_region", "reference_region"):
        region: match.Region | None = getattr(segment, side)
        record[side] = None if region is None else list(region)
    return record


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is known in one file."""

    path: str
    sha256: str | None = None
    kind: content.Kind | None = None
    duration_s: float | None = None
    matches: tuple[Named, ...] = ()
    suppressed: tuple[Named, ...] = ()
    skipped: tuple[signal.Skipped, ...] = ()
    partial: content.Partial | None = None
    error: errors.SeawallError | None = None
    timing: Timing = Timing()

    def as_record(self) -> dict[str, object]:
        """One element of `results` of `seawall.check/1`."""
        record: dict[str, object] = {
            "path": self.path,
            "sha256": self.sha256,
            "kind": self.kind,
            "duration_s": None if self.duration_s is None else round(self.duration_s, 3),
            "matches": [one.as_record() for one in self.matches],
            "suppressed": [one.as_record() for one in self.suppressed],
            "skipped": [{"signal": one.signal, "reason": one.reason} for one in self.skipped],
            "error": None if self.error is None else self.error.as_brief(),
            "timing_ms": {
                "decode": round(self.timing.decode_ms, 1),
                "signals": round(self.timing.signals_ms, 1),
                "search": round(self.timing.search_ms, 1),
                "total": round(self.timing.total_ms, 1),
                **{stage: round(self.timing.stages_ms.get(stage, 0.0), 1) for stage in STAGES},
            },
        }
        if self.partial is not None:
            record["partial"] = dataclasses.asdict(self.partial)
        return record


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is known in one file, and what it was searched by; None where its bytes could not be read."""

    result: CheckResult
    query: search.Query | None


#: said of every file that is checked: what the references were described by is not searched
_OTHER_MODEL: Final = (signal.Skipped(signal.SignalType.LEARNED, signal.SkipReason.OTHER_MODEL),)


class Checker:
    """Checks files against every bank of one data folder."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        sandbox: media.Sandbox,
        limits: media.Limits,
        workers: int,
        model: learned.Model | None = None,
        glance_s: float = 0.0,
    ) -> None:
        """glance_s: groups of pictures that are no longer are looked at by their key frames, at first."""
        self._store = store
        self._catalogue = catalogue
        self._sandbox = sandbox
        self._limits = limits
        self._workers = workers
        self._model = model
        self._glance_s = glance_s

    def check(self, found: Iterable[files.Found]) -> Iterator[CheckResult]:
        """A result for every file, in order. A file that cannot be used does not stop the others.

        Raises OutsideError or CorruptionError where going on makes no sense.
        """
        references = self._catalogue.references()
        untold = _OTHER_MODEL if self._catalogue.knows_other_models() else ()

        def checked(one: files.Found) -> CheckResult:
            return counted(self._check(one, references, untold).result)

        yield from pool.in_order(checked, found, self._workers)

    def look(self, found: files.Found) -> Looked:
        """The same for one file, with what was searched. Any number of threads may call this."""
        references = self._catalogue.references()
        untold = _OTHER_MODEL if self._catalogue.knows_other_models() else ()
        looked = self._check(found, references, untold)
        counted(looked.result)
        return looked

    def name(self, matches: Iterable[match.Match]) -> list[Named]:
        """The matches with their references' records; those removed meanwhile are left out."""
        found = list(matches)
        wanted = {one.reference for one in found} | {one.suppressed_by for one in found if one.suppressed_by}
        known = self._known(wanted)
        return [
            Named(one, known[one.reference], known.get(one.suppressed_by or ""))
            for one in found
            if one.reference in known
        ]

    def _known(self, ids: Iterable[str]) -> Mapping[str, bank.Reference]:
        known = {}
        for reference_id in ids:
            try:
                known[reference_id] = self._store.reference(reference_id)
            except errors.ReferenceNotFound:
                continue
        return known

    def _check(
        self, found: files.Found, references: References, untold: tuple[signal.Skipped, ...]
    ) -> Looked:
        path = os.fspath(found.path)
        if found.error is not None:
            return Looked(CheckResult(path, error=found.error), None)
        spent = _Spent()
        try:
            hashed, query, matches = self._search(found.path, references, spent)
        except (errors.MediaError, errors.PathNotFound) as error:
            return Looked(CheckResult(path, error=error), None)
        with spent.searching():
            named = self.name(matches)
        computed = hashed.computed
        result = CheckResult(
            path=path,
            sha256=hashed.digests.sha256,
            kind=None if computed is None else computed.kind,
            duration_s=None if computed is None else computed.duration_s,
            matches=tuple(one for one in named if one.match.suppressed_by is None),
            suppressed=tuple(one for one in named if one.match.suppressed_by is not None),
            skipped=() if computed is None else (*computed.skipped, *untold),
            partial=None if computed is None else computed.partial,
            error=hashed.error,
            timing=spent.timing(),
        )
        return Looked(result, query)

    def _search(
        self, path: Path, references: References, spent: _Spent
    ) -> tuple[computing.Hashed, search.Query, list[match.Match]]:
        """A file's signals, and what is known in it: by a glance where that shows that nothing is.

        The exact digest finds an untouched copy even of a file that no decoder can read.
        """
        hashed = self._hashed(path, self._glance_s, spent)
        query = query_of(hashed)
        if hashed.computed is not None and hashed.computed.glanced:
            with spent.searching():
                near = search.search(query, references, options.GLANCE, spent.clock)
            if not near:
                return hashed, query, []
            hashed = self._hashed(path, 0.0, spent)
            query = query_of(hashed)
        with spent.searching():
            return hashed, query, search.search(query, references, clock=spent.clock)

    def _hashed(self, path: Path, glance_s: float, spent: _Spent) -> computing.Hashed:
        began_s = time.perf_counter()
        hashed = computing.hashed(path, self._sandbox, roles.Role.QUERY, self._limits, self._model, glance_s)
        spent.hashing_s += time.perf_counter() - began_s
        if hashed.computed is not None:
            spent.hashing_stages_s.update(hashed.computed.spent_s)
        return hashed


class _Spent:
    """Where the time of one check goes."""

    def __init__(self) -> None:
        self._began_s = time.perf_counter()
        self.hashing_s = self.searching_s = 0.0
        self.hashing_stages_s: Counter[str] = Counter()
        self.clock = stages.Stages()  #: of the search

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Count what happens inside to the search."""
        began_s = time.perf_counter()
        yield
        self.searching_s += time.perf_counter() - began_s

    def timing(self) -> Timing:
        """As a result tells it."""
        spent_s = self.hashing_stages_s + Counter(self.clock.spent_s)
        decode_s = spent_s.pop(compute.DECODE, 0.0)
        return Timing(
            decode_ms=decode_s * 1000,
            signals_ms=(self.hashing_s - decode_s) * 1000,
            search_ms=self.searching_s * 1000,
            total_ms=(time.perf_counter() - self._began_s) * 1000,
            stages_ms={stage: seconds * 1000 for stage, seconds in spent_s.items()},
        )


def counted(result: CheckResult) -> CheckResult:
    """The same result, after it has been added to the measures."""
    timing = result.timing
    outcome = "match" if result.matches else "suppressed" if result.suppressed else "none"
    measures.CHECKS.add(
        "unknown" if result.kind is None else result.kind.value,
        outcome if result.error is None or result.matches else result.error.code,
    )
    if timing.total_ms:
        named = {"decode": timing.decode_ms, "signals": timing.signals_ms, "search": timing.search_ms}
        for stage, took_ms in {**named, "total": timing.total_ms, **timing.stages_ms}.items():
            measures.STAGES.observe(took_ms / 1000, stage)
    return result


def query_of(hashed: computing.Hashed) -> search.Query:
    """What a file is searched by."""
    computed = hashed.computed
    return search.Query(
        sha256=hashed.digests.sha256,
        md5=hashed.digests.md5,
        duration_s=None if computed is None else computed.duration_s,
        fingerprint=None if computed is None else computed.fingerprint,
        keypoints=None if computed is None else computed.keypoints,
        sound=None if computed is None else computed.sound,
        descriptors=None if computed is None else computed.descriptors,
        panes=() if computed is None else computed.panes,
        glanced=computed is not None and computed.glanced,
    )
