"""`seawall serve`: the service over HTTP, in this process."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

import seawall
from seawall import errors
from seawall.cli.output import Output, verb

if TYPE_CHECKING:
    from seawall.workflows.health import Background


@click.command()
@click.option("--host", help="Address to listen at, instead of the one that is set.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen at; 0: any that is free.")
@click.option(
    "--behind-proxy",
    "proxy",
    metavar="ADDRESSES",
    help="Addresses or networks, with commas between, of what terminates TLS in front.",
)
@click.option("--no-jobs", is_flag=True, help="Answer calls only: workers do the jobs.")
@verb
def serve(output: Output, host: str | None, port: int | None, proxy: str | None, *, no_jobs: bool) -> None:
    """Serve the API and the console over HTTP until it is told to stop.

    It listens at an address that others can reach only where TLS protects what is sent: with a certificate of
    its own (`tls_certificate`), or behind a proxy that has one.
    """
    with output.open() as library:
        answer(output, library, host, port, proxy, no_jobs=no_jobs)
    end()


def answer(
    output: Output,
    library: seawall.Seawall,
    host: str | None,
    port: int | None,
    proxy: str | None = None,
    *,
    no_jobs: bool = False,
) -> None:
    """Serve a library until this process is told to stop; the caller closes it, and then calls `end`.

    Raises ServiceMissing, BadSetting, CannotListen.
    """
    needed()
    from seawall.api import serve as serving  # noqa: PLC0415 - as in `needed`
    from seawall.console import app as console  # noqa: PLC0415
    from seawall.telemetry import logs, tracing  # noqa: PLC0415

    logs.configure(library.settings)
    tracing.configure(library.settings)
    listening = serving.Listening.of(library.settings).given(host, port, proxy)
    listening.check()
    background = () if no_jobs else _background(library)
    serving.run(library, listening, output.line, background, console.install)


def needed() -> None:
    """Load what serves: only this verb needs it, and it is slow to load. Raises ServiceMissing."""
    try:
        importlib.import_module("seawall.console.app")
    except ModuleNotFoundError as missing:
        raise errors.ServiceMissing(name=missing.name or "uvicorn") from missing


def end() -> None:
    """End the process, whatever its threads still do."""
    from seawall.api import serve as serving  # noqa: PLC0415 - as above

    sys.stdout.flush()
    if not serving.threads_end():
        os._exit(0)  # all is written, and nothing that such a thread still does is waited for by anybody


def _background(library: seawall.Seawall) -> Sequence[Background]:
    """What runs beside the answering of requests."""
    from seawall.jobs.runner import Runner  # noqa: PLC0415 - as above

    return (Runner(library),)
