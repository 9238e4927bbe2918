"""`seawall worker`: does jobs until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

import seawall
from seawall import errors
from seawall.cli.output import Output, verb
from seawall.model.job import JobState
from seawall.telemetry import logs, tracing

if TYPE_CHECKING:
    from seawall.jobs.runner import Runner

STOP_S: Final = 30.0
_LOOK_S: Final = 0.2


@click.command()
@click.option("--once", is_flag=True, help="End when nothing is left to do.")
@verb
def worker(output: Output, *, once: bool) -> int:
    """Do jobs: large checks, ingest, retro-matches, webhook deliveries, retention.

    Runs until SIGTERM or Ctrl-C, then lets what runs end, or hands it back for another worker.
    """
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    with output.open() as library:
        logs.configure(library.settings)
        tracing.configure(library.settings)
        runner = _runner(library)
        before = {name: signal.signal(name, stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            runner.start()
            output.line(f"working   {library.settings.data}")
            while not stopped.wait(_LOOK_S):
                if once and runner.is_idle():
                    break
            ended = runner.stop(STOP_S)
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
        counts = library.jobs.counts()
    output.line("   ".join(f"{state.value} {counts[state]}" for state in JobState))
    output.document(
        {"schema": "seawall.worker/1", "jobs": {state.value: counts[state] for state in JobState}}
    )
    if not ended:  # a thread still does what another process will do; Python would wait for it
        sys.stdout.flush()
        os._exit(0)
    return 0


def _runner(library: seawall.Seawall) -> Runner:
    """Raises ServiceMissing."""
    try:
        from seawall.jobs.runner import Runner  # noqa: PLC0415 - of packages that only a service needs
    except ModuleNotFoundError as cause:
        raise errors.ServiceMissing(name=cause.name or "dbos") from cause
    return Runner(library)
