"""A scan of an archive: plan it, have its batches worked, keep each as it is done, join the results.

Exactly once: the plan is written before the first file is looked at, a finished batch is kept under its name
with a marker that comes last, and results are made of finished batches alone. So a scan that is killed at any
moment and called again works at most the batches that were under way a second time, and none of their files
is in the results twice.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import seawall
from seawall import config, errors
from seawall.matching import index_files
from seawall.workflows import (
    opening,
    scan_bank,
    scan_crew,
    scan_files,
    scan_local,
    scan_out,
    scan_plan,
    scan_ray,
    scan_work,
)

SCHEMA: Final = "seawall.scan/1"
_SUMMARY: Final = "summary.json"
_LOCK_WAIT_S: Final = 1.0

#: What a scan leaves while it goes on; anything else in its folder is somebody else's.
_OURS: Final = frozenset(
    {
        *(scan_plan.NAME, scan_plan.NAME + index_files.TEMPORARY_SUFFIX),
        *(scan_bank.NAME, scan_bank.NAME + index_files.TEMPORARY_SUFFIX),
        *(scan_out.PARTS, index_files.LOCK_NAME),
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for."""

    source: str
    out: Path
    against: tuple[str, ...] | None = None  #: names of banks; None for all
    signals_only: bool = False
    address: str | None = None  #: of a Ray cluster; None: processes of this machine
    workers: int | None = None  #: None: one a processor
    batch: int = scan_plan.BATCH  #: files in one


@dataclass(frozen=True, slots=True)
class Step:
    """How far a scan is."""

    files: int  #: of those that are done, since the scan began
    of: int
    fresh: int  #: of those that are done, by this call


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished scan has found."""

    out: str
    batches: int
    counts: scan_out.Counts

    def as_record(self) -> dict[str, object]:
        """As `scan --json` prints it."""
        tables = {
            name: os.fspath(scan_out.result(Path(self.out), name))
            for name in ("signals", "matches", "errors")
        }
        return {
            "schema": SCHEMA,
            "out": self.out,
            "batches": self.batches,
            **asdict(self.counts),
            "tables": tables,
        }


def scan(settings: config.Settings, wish: Wish, progress: Callable[[Step], None]) -> Summary:
    """Make a scan, or go on with it where it was cut off. A file that cannot be used is a row of errors.

    progress: is told at the beginning and after each batch. Raises BadSource, OtherScan, BankNotFound,
    ScanExtraMissing, ClusterUnusable, ScanCorrupt, StoreBusy where another process makes the same scan, and
    OutsideError or CorruptionError where going on makes no sense; then the same call goes on later.
    """
    out = Path(os.path.abspath(wish.out))  # noqa: PTH100 - a link stays the name that the user gave
    with errors.writing(out):
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    with index_files.locked(out, _LOCK_WAIT_S):
        plan = _plan(settings, wish, out)
        summary = _finished(out, plan)
        if summary is None:
            parts = scan_out.Parts(out)
            counts = _work(settings, wish, out, plan, parts, progress)
            summary = Summary(os.fspath(out), plan.batches, counts)
            parts.merge(one.id for one in plan.each())
            with index_files.new_file(out / _SUMMARY) as sink:
                sink.write(json.dumps(asdict(counts)).encode())
        _clear(out)
        return summary


def _plan(settings: config.Settings, wish: Wish, out: Path) -> scan_plan.Plan:
    """The folder's plan, made where there is none. Raises OtherScan where it is of another call."""
    source = scan_files.opened(wish.source, settings)
    call = _call(settings, wish, source)
    try:
        plan = scan_plan.read(out / scan_plan.NAME)
    except FileNotFoundError:
        if strange := sorted({one.name for one in out.iterdir()} - _OURS):
            raise errors.OtherScan(out=out, reason=f"there is something else in it: {strange[0]}") from None
        return _planned(settings, wish, out, call, source)
    other = [name for name, value in asdict(call).items() if value != asdict(plan.call)[name]]
    if other:
        raise errors.OtherScan(out=out, reason=f"it holds a scan with another {other[0].replace('_', ' ')}")
    return plan


def _planned(
    settings: config.Settings, wish: Wish, out: Path, call: scan_plan.Call, source: scan_files.Source
) -> scan_plan.Plan:
    """A new plan, after the snapshot that it goes with."""
    if Path(source.name) in (out, *out.parents):
        raise errors.OtherScan(out=out, reason="it lies in what is to be scanned")
    try:
        if not wish.signals_only:
            scan_bank.make(settings, out, wish.against)
        return scan_plan.write(out / scan_plan.NAME, call, source.addresses(), wish.source)
    except errors.SeawallError:
        _clear(out)
        raise


def _call(settings: config.Settings, wish: Wish, source: scan_files.Source) -> scan_plan.Call:
    if wish.signals_only and wish.against is not None:
        raise errors.UsageError(detail="--signals-only searches no bank, so --against says nothing")
    if wish.against == ():
        raise errors.UsageError(detail="--against names no bank")
    model = opening.model(settings)
    return scan_plan.Call(
        source=source.name,
        against=None if wish.against is None else tuple(sorted(set(wish.against))),
        signals_only=wish.signals_only,
        batch=wish.batch,
        seawall=seawall.__version__,
        model=None if model is None else model.sha256.hex(),
    )


def _finished(out: Path, plan: scan_plan.Plan) -> Summary | None:
    """What a scan that came to its end has found."""
    path = out / _SUMMARY
    try:
        return Summary(os.fspath(out), plan.batches, scan_out.Counts(**json.loads(path.read_bytes())))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise errors.ScanCorrupt(path=path, reason=str(error)) from error


def _work(
    settings: config.Settings,
    wish: Wish,
    out: Path,
    plan: scan_plan.Plan,
    parts: scan_out.Parts,
    progress: Callable[[Step], None],
) -> scan_out.Counts:
    """Have all batches worked that are not finished; what came of all."""
    finished = parts.finished()
    counts = sum(finished.values(), scan_out.Counts())
    before = counts.files
    progress(Step(before, plan.files, 0))
    if len(finished) == plan.batches:
        return counts
    told = scan_work.orders(settings, None if wish.signals_only else out / scan_bank.NAME)
    todo = (one for one in plan.each() if one.id not in finished)
    with closing(_crew(settings, wish, told)) as crew:
        for done in scan_crew.worked(crew, todo):
            parts.keep(done)
            counts += done.counts
            progress(Step(counts.files, plan.files, counts.files - before))
    return counts


def _crew(settings: config.Settings, wish: Wish, told: scan_work.Orders) -> scan_crew.Crew:
    if wish.address is not None:
        return scan_ray.Cluster(wish.address, wish.workers, told)
    return scan_local.Processes(wish.workers or settings.workers, told)


def _clear(out: Path) -> None:
    """Take away what only a scan that goes on needs; the snapshot's hashes are not to lie about."""
    scan_bank.clear(out)
    shutil.rmtree(out / scan_out.PARTS, ignore_errors=True)
