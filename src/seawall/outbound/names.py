"""Names resolved with a limit of time, which the system's own way does not keep."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

from seawall.outbound.addresses import Address

#: The addresses of a name, as texts. Raises OSError.
Resolver = Callable[[str, int], Sequence[str]]

MAX_ADDRESSES: Final = 16
_AT_ONCE: Final = threading.BoundedSemaphore(32)  #: threads that wait for a slow resolver


def system(host: str, port: int) -> list[str]:
    """As the machine resolves names."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(host: str, port: int, resolver: Resolver, limit_s: float) -> list[Address]:
    """All addresses of a name. Raises OSError, TimeoutError among them."""
    if not _AT_ONCE.acquire(timeout=limit_s):
        raise TimeoutError("too many names are being resolved")
    answers: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put([ipaddress.ip_address(one) for one in resolver(host, port)])
        except (OSError, ValueError) as error:
            answers.put(error)
        finally:
            _AT_ONCE.release()

    # A daemon: nothing ends the system's resolver before its time, and the process must not wait for it.
    threading.Thread(target=ask, name="seawall-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=limit_s)
    except queue.Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise OSError(str(answer)) from answer
    if not answer or len(answer) > MAX_ADDRESSES:
        raise OSError(f"it has {len(answer)} addresses")
    return answer
