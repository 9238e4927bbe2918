"""Workers of a scan as processes of this machine, which open the same snapshot of the banks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.workflows import scan_crew, scan_out, scan_plan, scan_work

_SPAWN: Final = multiprocessing.get_context("spawn")  # a fork would take threads' locks along
_STOP_S: Final = 5.0


@dataclass(slots=True, eq=False)
class _Hand:
    """One process."""

    process: SpawnProcess
    line: Connection
    batch: str | None = None  #: that it is at


class Processes:
    """A crew of so many processes. One that is lost is replaced when there is something to do."""

    def __init__(self, workers: int, told: scan_work.Orders) -> None:
        self._room = workers
        self._told = told
        self._hands: list[_Hand] = []

    @property
    def room(self) -> int:
        """As `Crew.room`."""
        return self._room

    def give(self, batch: scan_plan.Batch) -> None:
        """As `Crew.give`. Raises SandboxUnavailable where no process can be started."""
        while True:
            hand = next((one for one in self._hands if one.batch is None), None) or self._start()
            try:
                hand.line.send(batch)
            except (BrokenPipeError, ConnectionResetError):  # it went while it had nothing to do
                self._drop(hand)
                continue
            hand.batch = batch.id
            return

    def take(self) -> scan_crew.Answer:
        """As `Crew.take`."""
        busy = {one.line: one for one in self._hands if one.batch is not None}
        ready = connection.wait(list(busy))[0]  # a process that ends closes its line
        hand = next(one for line, one in busy.items() if line is ready)
        batch = hand.batch or ""
        try:
            said: scan_out.Done | scan_work.Failed = hand.line.recv()
        except (EOFError, OSError):  # also in the middle of an answer
            self._drop(hand)
            return scan_crew.Answer(batch, None)
        hand.batch = None
        return scan_crew.Answer(batch, said)

    def close(self) -> None:
        """As `Crew.close`."""
        while self._hands:
            self._drop(self._hands[0])

    def _start(self) -> _Hand:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_serve, args=(theirs, self._told), name="seawall-scan")
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise errors.SandboxUnavailable(reason=error.strerror or str(error)) from error
        finally:
            theirs.close()
        hand = _Hand(process, ours)
        self._hands.append(hand)
        return hand

    def _drop(self, hand: _Hand) -> None:
        self._hands.remove(hand)
        hand.line.close()
        hand.process.kill()  # its decoding process goes with it
        hand.process.join(_STOP_S)
        if not hand.process.is_alive():
            hand.process.close()


def _serve(line: Connection, told: scan_work.Orders) -> None:
    """What a process does: batch for batch, until the one that gives them has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; ours ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        worker = scan_work.Worker(told, None if told.bank is None else Path(told.bank))
    except errors.SeawallError as error:
        line.recv()
        line.send(scan_work.Failed(error.code, error.message))
        return
    with worker:
        while True:
            try:
                batch = line.recv()
            except EOFError:
                return
            line.send(worker.answer(batch))


def _end_with_parent() -> None:
    """End at once when the parent does, however it ends: what is under way is worked again anyway."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
