"""Workers of a scan in a cluster of Ray, which is imported only where one is asked for: it is an extra."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import seawall
from seawall import errors
from seawall.workflows import scan_bank, scan_crew, scan_out, scan_plan, scan_work

LOCAL: Final = "local"  #: the address by which a cluster is started on this machine, and ended with the scan
_FORGET_S: Final = 30.0

#: The worker of this process, with what it was made for: a process of Ray works one batch after the other.
_kept: tuple[object, scan_work.Worker] | None = None


class Cluster:
    """A crew in a cluster; the snapshot of the banks is put there once, and unpacked once a machine."""

    def __init__(self, address: str, workers: int | None, told: scan_work.Orders) -> None:
        """workers: batches at a time; None: one a processor. Raises ScanExtraMissing, ClusterUnusable."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told that a scan is made
        try:
            import ray  # noqa: PLC0415 - as said above
        except ModuleNotFoundError as missing:
            raise errors.ScanExtraMissing(name=missing.name) from missing
        self._ray: Any = ray
        self._address = address
        more: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
        if address == LOCAL and workers is not None:
            more["num_cpus"] = workers
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **more)
        except (ConnectionError, OSError, RuntimeError, ValueError, ImportError) as error:
            raise errors.ClusterUnusable(address=address, reason=str(error).partition("\n")[0]) from error
        try:
            self._room = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
            self._told = ray.put(told)
            self._digest, self._pieces = self._put(None if told.bank is None else Path(told.bank))
        except BaseException:
            ray.shutdown()
            raise
        self._work = ray.remote(num_cpus=1, max_retries=0)(_work)
        self._under_way: dict[Any, str] = {}

    def _put(self, bank: Path | None) -> tuple[str, list[Any]]:
        """The snapshot's digest, and its pieces in the cluster."""
        if bank is None:
            return "", []
        digest, stream = scan_bank.packed(bank)
        with stream:
            return digest, [self._ray.put(piece) for piece in scan_bank.pieces(stream)]

    @property
    def room(self) -> int:
        """As `Crew.room`."""
        return self._room

    def give(self, batch: scan_plan.Batch) -> None:
        """As `Crew.give`."""
        asked = self._work.remote(self._told, self._digest, self._pieces, batch, self._address)
        self._under_way[asked] = batch.id

    def take(self) -> scan_crew.Answer:
        """As `Crew.take`."""
        (asked,), _ = self._ray.wait(list(self._under_way), num_returns=1)
        batch = self._under_way.pop(asked)
        try:
            return scan_crew.Answer(batch, self._ray.get(asked))
        except self._ray.exceptions.RayError:  # the process, or its machine, or the answer on its way
            return scan_crew.Answer(batch, None)

    def close(self) -> None:
        """As `Crew.close`; unpacked snapshots are taken away."""
        try:
            for asked in self._under_way:
                self._ray.cancel(asked, force=True)
            if self._digest:
                self._forget()
        except (self._ray.exceptions.RayError, OSError):
            pass  # they lie in a folder for temporary files
        finally:
            self._ray.shutdown()

    def _forget(self) -> None:
        on = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        forget = self._ray.remote(num_cpus=0, max_retries=0)(scan_bank.forget)
        asked = [
            forget.options(scheduling_strategy=on(node["NodeID"], soft=False)).remote(self._digest)
            for node in self._ray.nodes()
            if node["Alive"]
        ]
        self._ray.wait(asked, num_returns=len(asked), timeout=_FORGET_S)


def _work(
    told: scan_work.Orders, digest: str, pieces: Sequence[Any], batch: scan_plan.Batch, address: str
) -> scan_out.Done | scan_work.Failed:
    """What a process of the cluster does with a batch."""
    if told.seawall != seawall.__version__:
        reason = f"a machine has Seawall {seawall.__version__} instead of {told.seawall}"
        error = errors.ClusterUnusable(address=address, reason=reason)
        return scan_work.Failed(error.code, error.message)
    try:
        worker = _worker(told, digest, pieces)
    except errors.SeawallError as error:
        return scan_work.Failed(error.code, error.message)
    return worker.answer(batch)


def _worker(told: scan_work.Orders, digest: str, pieces: Sequence[Any]) -> scan_work.Worker:
    """This process's worker, made when it is first needed."""
    global _kept  # noqa: PLW0603 - a task has nothing else that outlives it
    if _kept is not None and _kept[0] == (told, digest):
        return _kept[1]
    if _kept is not None:
        _kept[1].close()
        _kept = None
    import ray  # noqa: PLC0415 - this process is one of Ray's

    bank = scan_bank.unpacked(digest, map(ray.get, pieces)) if digest else None
    worker = scan_work.Worker(told, bank)
    _kept = ((told, digest), worker)
    return worker
