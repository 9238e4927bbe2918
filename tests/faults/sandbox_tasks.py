"""Tasks that only tests give to a sandbox: reading everything, and misbehaving in every way."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from seawall import errors, media
from seawall.media import wire


def read_all(file: media.Media) -> wire.Wire:
    """Decode every picture and sample, and say what was there."""
    frames, checksum, samples = 0, 0, 0
    if file.has_video:
        for frame in file.frames():
            frames += 1
            checksum += int(frame.luma()[::7, ::5].sum())
            if frame.number == 0:
                frame.rgb()
    elif not file.has_audio:
        checksum = int(file.picture().luma()[::7, ::5].sum())
    if file.has_audio:
        samples = sum(len(chunk) for chunk in file.audio())
    return {
        "kind": file.kind.value,
        "frames": frames,
        "checksum": checksum,
        "samples": samples,
        "partial": None if file.partial is None else file.partial.reason,
    }


def echo(file: media.Media, value: wire.Wire) -> wire.Wire:
    return value


def process(file: media.Media) -> int:
    return os.getpid()


def sleep(file: media.Media, seconds: float) -> None:
    time.sleep(seconds)


def spin(file: media.Media) -> None:
    while True:
        pass


def hog(file: media.Media) -> int:
    held = [np.ones(1 << 20) for _ in range(1 << 20)]
    return len(held)


def die(file: media.Media, number: int) -> None:
    signal.raise_signal(number)


def fault(file: media.Media) -> None:
    ctypes.string_at(0)


def leave(file: media.Media) -> None:
    os._exit(3)


def stumble(file: media.Media) -> None:
    raise KeyError("no such thing\n\x1b[31m")


def refuse(file: media.Media) -> None:
    raise errors.MediaTooLarge(path="elsewhere", size=7, unit="pixels", limit=3)


def babble(file: media.Media) -> None:
    """Answer in place of the worker, with nonsense."""
    for number in range(3, 1024):
        with suppress(OSError):
            os.write(number, b"\xff" * 64)
    time.sleep(60)


def break_out(file: media.Media) -> dict[str, wire.Wire]:
    """Try all that a decoder taken over by a file would try; for each, the system's answer."""
    attempts: Mapping[str, Callable[[], object]] = {
        "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "read own code": lambda: os.open(__file__, os.O_RDONLY),
        "read memory": lambda: os.open("/proc/self/mem", os.O_RDONLY),
        "write a file": lambda: os.open("/tmp/seawall-broke-out", os.O_WRONLY | os.O_CREAT),
        "list a folder": lambda: list(Path("/").iterdir()),
        "see a file": lambda: Path("/etc/passwd").stat(),
        "remove a file": lambda: Path("/tmp/seawall-broke-out").unlink(),
        "connect": lambda: _libc_call("connect", 0, ctypes.create_string_buffer(16), 16),
        "make a socket": lambda: socket.socket(socket.AF_UNIX),
        "make a pair": socket.socketpair,
        "run a program": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "kill the parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "make memory files": lambda: os.memfd_create("x"),
        "raise its limits": lambda: _libc_call("setrlimit", 0, ctypes.create_string_buffer(b"\xff" * 16)),
        "trace": lambda: _libc_call("ptrace", 16, os.getppid(), 0, 0),
        "mount": lambda: _libc_call("mount", b"none", b"/tmp", b"tmpfs", 0, 0),
        "outlive the parent": lambda: _libc_call("prctl", 1, 0, 0, 0, 0),
        "become another": lambda: _libc_call("setuid", 1),
        "change the file": lambda: os.fchmod(0, 0o777),
    }
    return {name: _answer(attempt) for name, attempt in attempts.items()}


def _answer(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "allowed"


def _libc_call(name: str, *values: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*values) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
