"""The system calls that a decoding process may still make: memory, time, threads, and what is open already.

A filter for Linux on x86-64 and aarch64, as a program of classic BPF (see seccomp(2)). Whatever is not
listed is refused with EPERM, as opening a file, a socket or a program is; numbers that are newer than
this list are refused with ENOSYS, so that the C library falls back to an older call.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from typing import Final

#: the call's number on (x86-64, aarch64)
_ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63), "readv": (19, 65), "pread64": (17, 67), "preadv": (295, 69),
    "write": (1, 64), "writev": (20, 66), "lseek": (8, 62), "close": (3, 57),
    "fstat": (5, 80), "fadvise64": (221, 223), "dup": (32, 23), "fcntl": (72, 25),
    "mmap": (9, 222), "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226),
    "madvise": (28, 233), "brk": (12, 214), "membarrier": (324, 283),
    "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "set_tid_address": (218, 96),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168),
    "exit": (60, 93), "exit_group": (231, 94), "gettid": (186, 178), "getpid": (39, 172),
    "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179), "getrandom": (318, 278),
    "getrlimit": (97, 163), "getrusage": (98, 165), "times": (100, 153),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "recvfrom": (45, 207), "recvmsg": (47, 212), "sendto": (44, 206), "sendmsg": (46, 211),
    "getsockopt": (55, 209), "setsockopt": (54, 208), "shutdown": (48, 210),
}  # fmt: skip

_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_TGKILL: Final = (234, 131)
_PRCTL: Final = (157, 167)
_PRLIMIT: Final = (302, 261)
_IOCTL: Final = (16, 29)
_NEWFSTATAT: Final = (262, 79)

_ARCHITECTURES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH_*
_NEWEST: Final = 462  # the last call that this list has considered

_CLONE_THREAD: Final = 0x00010000
_PR_SET_NAME: Final = 15
_AT_EMPTY_PATH: Final = 0x1000
_HARMLESS_IOCTLS: Final = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


@dataclass(frozen=True, slots=True)
class Step:
    """One BPF instruction."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        return struct.pack("=HBBI", self.code, self.if_true, self.if_false, self.value)


def program(machine: str, process: int) -> list[Step] | None:
    """The filter for one process on `machine`, as `platform.machine()` names it; None for other machines."""
    if machine not in _ARCHITECTURES:
        return None
    column, architecture = _ARCHITECTURES[machine]
    steps = [
        Step(_LOAD, _ARCHITECTURE_AT),
        Step(_JUMP_EQUAL, architecture, if_true=1),
        Step(_RETURN, _KILL),
        Step(_LOAD, _NUMBER_AT),
    ]
    for numbers in _ALLOWED.values():
        number = numbers[column]
        if number is not None:
            steps += [Step(_JUMP_EQUAL, number, if_false=1), Step(_RETURN, _ALLOW)]
    steps += _on_bits(_CLONE[column], 0, _CLONE_THREAD)  # a thread, never a process
    steps += _on_bits(_NEWFSTATAT[column], 3, _AT_EMPTY_PATH)  # of what is open, never of a path
    steps += _on_values(_TGKILL[column], 0, (process,))  # how the C library aborts
    steps += _on_values(_PRCTL[column], 0, (_PR_SET_NAME,))
    steps += _on_values(_PRLIMIT[column], 2, (0,))  # asking, not setting
    steps += _on_values(_IOCTL[column], 1, _HARMLESS_IOCTLS)
    unknown = [Step(_RETURN, _REFUSE | errno.ENOSYS)]
    steps += [Step(_JUMP_EQUAL, _CLONE3[column], if_false=1), *unknown]  # its flags lie in memory
    steps += [Step(_JUMP_AT_LEAST, _NEWEST + 1, if_false=1), *unknown]  # x86-64's second numbering as well
    return [*steps, Step(_RETURN, _REFUSE | errno.EPERM)]


def _on_bits(number: int, argument: int, bits: int) -> list[Step]:
    """Allow a call where one of the bits is set in an argument, else refuse it."""
    return _on(number, argument, [Step(_JUMP_BITS, bits, if_true=0, if_false=1), Step(_RETURN, _ALLOW)])


def _on_values(number: int, argument: int, values: tuple[int, ...]) -> list[Step]:
    """Allow a call where an argument has one of the values, else refuse it."""
    tests = [(Step(_JUMP_EQUAL, value, if_false=1), Step(_RETURN, _ALLOW)) for value in values]
    return _on(number, argument, [step for pair in tests for step in pair])


def _on(number: int, argument: int, tests: list[Step]) -> list[Step]:
    body = [
        Step(_LOAD, _ARGUMENTS_AT + 8 * argument),  # the lower half: both machines are little-endian
        *tests,
        Step(_RETURN, _REFUSE | errno.EPERM),
    ]
    return [Step(_JUMP_EQUAL, number, if_false=len(body)), *body]
