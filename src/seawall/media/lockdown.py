"""What a decoding process gives up before it meets a file, and the proof that it did.

Each measure stands alone: where the system lacks one, the others hold, and the report says so. On
Linux: no new privileges, Landlock (no file, no network, no other process), a seccomp filter, and
resource limits. The limits of processor and wall time are set by the parent, for each job.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from seawall.media import seccomp

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_GET_NO_NEW_PRIVS: Final = 39
_SECCOMP_MODE_FILTER: Final = 2

_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}  # how many there are, by version; later ones have 16
_NETWORK_RIGHTS: Final = 0b11  # from version 4: bind and connect
_SCOPES: Final = 0b11  # from version 6: abstract sockets and signals

_MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Protection:
    """One measure: whether it works here, as tried out, and how."""

    name: str
    active: bool
    detail: str


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends, and end now if it has ended already."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def lock(memory_bytes: int, descriptors: int) -> tuple[Protection, ...]:
    """Give up everything that decoding does not need, then try to do it anyway."""
    limits = _limit_resources(memory_bytes, descriptors)
    no_privileges = _give_up_privileges()
    how = ", ".join(filter(None, (_landlock(), _filter()))) or "not available on this system"
    return (
        _tried("files", _open_a_file, how),
        _tried("network", _open_a_socket, how),
        _tried("programs", _run_a_program, how),
        _tried("processes", _fork, how),
        Protection("privileges", no_privileges, "no_new_privs"),
        *limits,
    )


def _limit_resources(memory_bytes: int, descriptors: int) -> list[Protection]:
    """Set the limits that hold for the whole life of the process."""
    wanted = (
        ("memory", resource.RLIMIT_AS, _address_space_bytes() + memory_bytes),
        ("open_files", resource.RLIMIT_NOFILE, descriptors),
        ("file_size", resource.RLIMIT_FSIZE, 0),
        ("core_dumps", resource.RLIMIT_CORE, 0),
    )
    done = []
    for name, kind, value in wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (value, value))
        active = resource.getrlimit(kind) == (value, value)
        shown = f"{value // _MEBIBYTE} MiB of addresses" if name == "memory" else str(value)
        done.append(Protection(name, active, shown))
    return done


def _address_space_bytes() -> int:
    """What this process has mapped; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _give_up_privileges() -> bool:
    if sys.platform != "linux":
        return False
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    return _prctl(_PR_GET_NO_NEW_PRIVS) == 1


def _landlock() -> str | None:
    """Deny all files, ports and other processes; how, or None where the kernel cannot."""
    if sys.platform != "linux":
        return None
    version = _system_call(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return None
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = _NETWORK_RIGHTS if version >= 4 else 0
    scopes = _SCOPES if version >= 6 else 0
    rules = struct.pack("=QQQ", files, network, scopes)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _system_call(_LANDLOCK_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return None
    refused = _system_call(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return None if refused else f"Landlock {version}"


def _filter() -> str | None:
    """Install the filter of system calls; how, or None where the kernel cannot."""
    steps = seccomp.program(platform.machine(), os.getpid()) if sys.platform == "linux" else None
    if steps is None:
        return None
    code = ctypes.create_string_buffer(b"".join(step.pack() for step in steps))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    refused = _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header))
    return None if refused else "seccomp"


def _tried(name: str, attempt: Callable[[], None], how: str) -> Protection:
    """Active where the attempt is refused for want of permission."""
    try:
        attempt()
    except PermissionError:
        return Protection(name, active=True, detail=how)
    except OSError as error:
        return Protection(name, active=False, detail=f"not refused: {error.strerror}")
    return Protection(name, active=False, detail="not refused")


def _open_a_file() -> None:
    os.close(os.open("/etc/passwd", os.O_RDONLY))


def _open_a_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _run_a_program() -> None:
    os.execv("/nonexistent", ["nonexistent"])  # noqa: S606 - to be refused


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _prctl(option: int, *values: int) -> int:
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return int(ctypes.CDLL(None).prctl(ctypes.c_int(option), *words))


def _system_call(number: int, *values: bytes | int | None) -> int:
    words = [value if isinstance(value, bytes) else ctypes.c_ulong(value or 0) for value in values]
    return int(ctypes.CDLL(None).syscall(ctypes.c_long(number), *words))
