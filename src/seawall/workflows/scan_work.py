"""One batch of a scan: each file fetched, decoded in the sandbox, hashed and searched; its rows.

The same in every worker, whether it is a process of this machine or of a cluster.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import seawall
from seawall import config, errors, media
from seawall.matching import search
from seawall.model import signal
from seawall.signals import compute, learned, pdq, roles
from seawall.store.store import Store
from seawall.workflows import check, compute as computing, hashing, opening, scan_files, scan_out, scan_plan
from seawall.workflows.catalogue import Catalogue

#: What a worker needs of the settings. Of secrets it gets only the key of the bucket.
_NEEDED: Final = (
    *("max_bytes", "max_pixels", "max_duration_s", "max_frames", "max_cpu_s", "max_wall_s"),
    *("max_memory_bytes", "learned_model", "s3_endpoint", "s3_region", "s3_access_key", "s3_secret_key"),
)


@dataclass(frozen=True, slots=True)
class Orders:
    """What every worker of a scan is told."""

    settings: Mapping[str, config.Value]
    bank: str | None  #: folder of the snapshot on the machine that gives the orders; None: signals only
    seawall: str = seawall.__version__


@dataclass(frozen=True, slots=True)
class Failed:
    """An error that concerns more than one file: the scan cannot go on."""

    code: str
    message: str

    def as_error(self) -> errors.SeawallError:
        """The error itself, in the process that gave the orders."""
        return errors.named(self.code, self.message)


def orders(settings: config.Settings, bank: Path | None) -> Orders:
    """Orders by these settings."""
    needed = {name: settings.values[name] for name in _NEEDED}
    return Orders(needed, None if bank is None else os.fspath(bank))


class Worker:
    """Works batches, one file after the other."""

    def __init__(self, told: Orders, bank: Path | None) -> None:
        """bank: the snapshot's folder on this machine. Raises BadSetting, IndexCorrupt, StoreCorrupt."""
        settings = config.Settings(told.settings)
        self._limits = opening.limits(settings)
        self._model = opening.model(settings)
        self._fetcher = scan_files.Fetcher(settings)
        self._sandbox = media.Sandbox(1, self._limits)
        self._bank = None if bank is None else _Bank(bank, self._sandbox, self._limits, self._model)

    def close(self) -> None:
        """End the decoding process and close the files."""
        self._sandbox.close()
        if self._bank is not None:
            self._bank.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, batch: scan_plan.Batch) -> scan_out.Done | Failed:
        """The batch's rows, or what stops the scan."""
        try:
            return self.work(batch)
        except errors.SeawallError as error:
            return Failed(error.code, error.message)

    def work(self, batch: scan_plan.Batch) -> scan_out.Done:
        """The batch's rows. A file that cannot be used is one; raises OutsideError, CorruptionError."""
        rows: dict[str, list[scan_out.Row]] = {"signals": [], "matches": [], "errors": []}
        for address in batch.files:
            self._file(address, rows)
        return scan_out.packed(batch, rows)

    def _file(self, address: str, rows: dict[str, list[scan_out.Row]]) -> None:
        try:
            with self._fetcher.fetched(address) as path:
                hashed = computing.hashed(path, self._sandbox, roles.Role.QUERY, self._limits, self._model)
        except (errors.MediaError, errors.PathNotFound) as error:
            rows["errors"].append(_error_row(address, None, error))
            return
        if hashed.error is not None:
            rows["errors"].append(_error_row(address, hashed.digests.sha256, hashed.error))
        if hashed.computed is not None:
            rows["signals"].append(_signal_row(address, hashed, hashed.computed))
        if self._bank is not None:
            found = (
                {"path": address, "sha256": hashed.digests.sha256, **one}
                for one in self._bank.matches(hashed)
            )
            rows["matches"].extend(found)


def lost(batch: scan_plan.Batch, times: int) -> scan_out.Done:
    """What is said of a batch that ends whoever works it."""
    rows = [_error_row(one, None, errors.WorkerLost(path=one, times=times)) for one in batch.files]
    return scan_out.packed(batch, {"signals": (), "matches": (), "errors": rows})


class _Bank:
    """The snapshot of the banks, open to be searched."""

    def __init__(
        self, folder: Path, sandbox: media.Sandbox, limits: media.Limits, model: learned.Model | None
    ) -> None:
        self._store = Store.open(folder)
        self._catalogue = Catalogue(self._store, folder / "index", model)
        self._checker = check.Checker(self._store, self._catalogue, sandbox, limits, 1, model)

    def matches(self, hashed: computing.Hashed) -> list[scan_out.Row]:
        """What is known in a file, the suppressed last."""
        found = search.search(check.query_of(hashed), self._catalogue.references())
        return [one.as_record() for one in self._checker.name(found)]

    def close(self) -> None:
        self._catalogue.close()
        self._store.close()


def _error_row(address: str, sha256: str | None, error: errors.SeawallError) -> scan_out.Row:
    """As told of the address: what was opened may have been a copy of it."""
    told = type(error)(**{**error.fields, "path": address})
    return {"path": address, "sha256": sha256, **told.as_brief()}


def _signal_row(address: str, hashed: computing.Hashed, computed: compute.Computed) -> scan_out.Row:
    return {
        "path": address,
        **dataclasses.asdict(hashed.digests),
        "kind": computed.kind.value,
        "format": computed.format,
        "duration_s": computed.duration_s,
        "width_px": computed.width_px,
        "height_px": computed.height_px,
        "partial": None if computed.partial is None else dataclasses.asdict(computed.partial),
        "signals": [*_hashes(computed), *_fingerprints(computed)],
        "skipped": [{"signal": one.signal.value, "reason": one.reason.value} for one in computed.skipped],
    }


def _hashes(computed: compute.Computed) -> list[scan_out.Row]:
    """The PDQ hashes, as other programs compute them."""
    if computed.fingerprint is None:
        return []
    kind = {"type": signal.SignalType.PDQ.value, "version": pdq.VERSION}
    return [
        {**kind, "offset_s": offset_s, "quality": code.quality, "value": code.value}
        for code, offset_s in hashing.exchanged(computed.fingerprint)
    ]


def _fingerprints(computed: compute.Computed) -> list[scan_out.Row]:
    return [
        {"type": one.type.value, "version": one.version, "quality": one.quality, "value": one.value}
        for one in computed.signals()
        if one.type is not signal.SignalType.PDQ
    ]
