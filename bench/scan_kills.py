"""A scan in Ray of which a worker is killed, then the driver, and that is called again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import processes

TASK: Final = b"ray::_work"  #: how Ray names a process while it works a batch
IDLE: Final = b"ray::IDLE"  #: ... and while it waits for one
WAIT_S: Final = 3600.0
END_S: Final = 180.0

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Call:
    """What is called, each time the same."""

    data: Path
    source: str
    out: Path
    workers: int
    batch: int
    environment: Mapping[str, str]

    def start(self) -> subprocess.Popen[bytes]:
        """Begin, or go on."""
        command = [sys.executable, "-m", "seawall", "--data", str(self.data), "scan", self.source]
        command += ["--out", str(self.out), "--json", "--address", "local"]
        command += ["--workers", str(self.workers), "--batch", str(self.batch)]
        environment = {**os.environ, **self.environment}
        return subprocess.Popen(  # noqa: S603 - our own
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def finished(self) -> dict[str, int]:
        """The batches that are, each with the moment at which it was."""
        found = {}
        for path in self.out.glob("parts/done/*.json"):
            try:
                found[path.stem] = path.stat().st_mtime_ns
            except FileNotFoundError:  # the scan has come to its end
                continue
        return found

    def batches(self) -> int:
        """Of the plan: a line each, one before and one after."""
        return len((self.out / "plan.jsonl").read_bytes().splitlines()) - 2


def survived(call: Call) -> str:
    """Do it, and tell what was seen. Raises AssertionError where a finished batch was done again."""
    began_s = time.monotonic()
    with call.start() as first:
        until(call.finished, first)
        batches = call.batches()
        until(lambda: len(call.finished()) >= batches // 4, first)
        workers = until(lambda: _workers(first.pid), first)
        os.kill(workers[0], signal.SIGKILL)
        at_worker = len(call.finished())
        until(lambda: len(call.finished()) >= max(batches // 2, at_worker + 1), first)
        below = list(processes.under(first.pid))[1:]
        killed_s = time.monotonic() - began_s
        first.kill()
    until(lambda: not any(_is_worker(one) for one in below), None, END_S)
    kept = call.finished()
    again_s = time.monotonic()
    with call.start() as second:
        last = kept
        while second.poll() is None:
            now = call.finished()
            last = now if len(now) >= len(last) else last
            time.sleep(0.05)
    ended_s = time.monotonic()
    until(lambda: not any(map(processes.is_there, below)), None, END_S)
    assert second.returncode == 0, "it did not go on"
    assert kept.items() <= last.items(), "a finished batch was done again"
    return (
        f"a worker killed after {at_worker} of {batches} batches, the driver after {len(kept)}, at "
        f"{killed_s:.0f} s; called again it took {ended_s - again_s:.0f} s and did none of these again"
    )


def _workers(driver: int) -> list[int]:
    """The processes that work a batch."""
    return [one.number for one in processes.under(driver).values() if one.command.startswith(TASK)]


def _is_worker(number: int) -> bool:
    """Whether a process works batches, or waits for one; agents of Ray stay for a minute after all else."""
    one = processes.read(number)
    return one is not None and one.command.startswith((TASK, IDLE))


def until(
    condition: Callable[[], Found], process: subprocess.Popen[bytes] | None, wait_s: float = WAIT_S
) -> Found:
    """Wait until something is there. Raises AssertionError after too long, or where the process ends."""
    end_s = time.monotonic() + wait_s
    while not (found := condition()):
        assert time.monotonic() < end_s, "it did not come to it"
        assert process is None or process.poll() is None, "it ended before"
        time.sleep(0.02)
    return found
