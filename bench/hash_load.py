"""Measures checks by hashes alone: a real server over a bank of a million codes, and a client that loads it.

    python bench/hash_load.py [--codes 1000000] [--seconds 20] [--rate 1000] [--connections 32] [--no-jobs]
        [--folder DIR]

The codes are those of listed videos of 100 hashes each. The server is `seawall serve`, one
process. The client, in this process, keeps connections
alive and speaks HTTP over plain asyncio streams, as a general client would cost more than the server. It
sends single-hash requests at a steady rate, whether or not answers come, so that a slow server shows as
latency and not as fewer questions; then as fast as they are answered. One request in a hundred asks for a
hash that is known; the others were never asked for, in no run before either. A folder given with --folder
keeps the bank for the next run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

import seawall
from seawall.model.access import SCOPES, Role
from seawall.model.signal import Signal, SignalType
from seawall.signals import pdq, video
from seawall.store import NewReference

if TYPE_CHECKING:
    from numpy.typing import NDArray

OF_ONE: Final = 100  #: codes of one reference
KNOWN: Final = 100  #: of so many requests one asks for what is known
HOST: Final = "localhost"
PORT: Final = 8731
START_S: Final = 60.0


@dataclass(slots=True)
class Tally:
    """What came of a run."""

    latencies_s: list[float] = field(default_factory=list)
    failed: int = 0
    matched: int = 0

    def line(self, what: str, seconds: float, used_s: float) -> str:
        """One row of figures. used_s: processor time of the server."""
        taken_ms = np.array(self.latencies_s) * 1000
        p50, p99, worst = (float(np.percentile(taken_ms, share)) for share in (50, 99, 100))
        rate = len(taken_ms) / seconds
        return (
            f"{what}: {rate:,.0f} requests/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {worst:.0f} ms, "
            f"{self.matched} matched, {self.failed} failed; {used_s / len(taken_ms) * 1000:.2f} ms of the "
            f"server's processor a request"
        )


def codes(count: int) -> NDArray[np.uint8]:
    """(count, 32) codes that are known."""
    return np.random.default_rng(31).integers(0, 256, (count, 32), dtype=np.uint8)


def fill(folder: Path, known: NDArray[np.uint8]) -> str:
    """Make the bank where it is missing; a key to call with."""
    with seawall.open(folder) as library:
        if not library.banks():
            library.bank_create("KNOWN")
            library.access.create_user("bench", Role.ADMIN)
            news = (_listed(known[first : first + OF_ONE]) for first in range(0, len(known), OF_ONE))
            library._store.add_references("KNOWN", news)  # noqa: SLF001 - there is no list to read
            library.index_counts()
            library._catalogue.forget_removed()  # noqa: SLF001 - merged, as the service's job leaves it
        return library.access.create_key("bench", f"bench {time.time():.0f}", SCOPES[Role.ADMIN]).sent


def _listed(some: NDArray[np.uint8]) -> NewReference:
    hashes = [pdq.Pdq(one.tobytes(), pdq.MAX_QUALITY) for one in some]
    made = video.listed(hashes, list(range(len(hashes))), len(hashes))
    signal = Signal(SignalType.VIDEO, video.VERSION, made.encode())
    return NewReference(None, "video", (signal,), some[0].tobytes().hex()[:8], "bench")


def serve(folder: Path, *, jobs: bool) -> subprocess.Popen[bytes]:
    """The server, in a process of its own. Only what goes wrong is logged. jobs: done in it too."""
    environment = {**os.environ, "SEAWALL_LOG_LEVEL": "warning", "SEAWALL_MIN_FREE_BYTES": "1"}
    command = [sys.executable, "-m", "seawall", "--data", str(folder), "serve", "--port", str(PORT)]
    command += [] if jobs else ["--no-jobs"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


class Client:
    """Keeps connections to the server, and sends one request at a time over each."""

    def __init__(self, sent: str, known: NDArray[np.uint8], connections: int) -> None:
        self._head = f"POST /v1/check/hashes HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {sent}\r\n"
        self._known = known
        self._count = connections
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self._random = random.Random()  # noqa: S311 - questions, no secrets; never those of an earlier run

    async def open(self) -> None:
        for _ in range(self._count):
            self._free.put_nowait(await asyncio.open_connection(HOST, PORT))

    def close(self) -> None:
        while not self._free.empty():
            self._free.get_nowait()[1].close()

    def _request(self) -> bytes:
        if self._random.randrange(KNOWN) == 0:
            code = self._known[self._random.randrange(len(self._known))].tobytes()
        else:
            code = self._random.randbytes(32)
        body = f'{{"queries":[{{"pdq":"{code.hex()}"}}]}}'
        typed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"{self._head}{typed}{body}".encode()

    async def ask(self, due_s: float, tally: Tally) -> None:
        """One request; its latency counts from when it was due."""
        reader, writer = await self._free.get()
        try:
            writer.write(self._request())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
        finally:
            self._free.put_nowait((reader, writer))
        tally.latencies_s.append(time.perf_counter() - due_s)
        if not head.startswith(b"HTTP/1.1 200"):
            tally.failed += 1
        elif json.loads(body)["results"][0]["matches"]:
            tally.matched += 1

    async def steady(self, rate: float, seconds: float) -> Tally:
        """Requests at a rate that does not wait for answers."""
        tally = Tally()
        asked: set[asyncio.Task[None]] = set()
        start_s = time.perf_counter()
        for number in range(int(rate * seconds)):
            due_s = start_s + number / rate
            if (early_s := due_s - time.perf_counter()) > 0:
                await asyncio.sleep(early_s)
            one = asyncio.create_task(self.ask(due_s, tally))
            asked.add(one)
            one.add_done_callback(asked.discard)
        await asyncio.gather(*asked)
        return tally

    async def flat_out(self, seconds: float) -> Tally:
        """As many as are answered."""
        tally = Tally()
        end_s = time.perf_counter() + seconds

        async def one_after_the_other() -> None:
            while time.perf_counter() < end_s:
                await self.ask(time.perf_counter(), tally)

        await asyncio.gather(*(one_after_the_other() for _ in range(self._count)))
        return tally


async def load(sent: str, known: NDArray[np.uint8], server: int, options: argparse.Namespace) -> None:
    """Print the figures."""
    client = Client(sent, known, options.connections)
    await client.open()
    await client.steady(200, 2)
    for what, run in (
        ("steady", lambda: client.steady(options.rate, options.seconds)),
        ("flat out", lambda: client.flat_out(options.seconds)),
    ):
        used_s, start_s = processor_s(server), time.perf_counter()
        tally = await run()
        print(tally.line(what, time.perf_counter() - start_s, processor_s(server) - used_s))
    client.close()


def processor_s(process: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def await_server() -> None:
    """Wait until the server takes connections."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            asyncio.run(_knock())
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


async def _knock() -> None:
    _, writer = await asyncio.open_connection(HOST, PORT)
    writer.close()


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Fill, serve, load."""
    known = codes(options.codes)
    start_s = time.perf_counter()
    sent = fill(folder, known)
    print(f"bank of {len(known):,} codes ready in {time.perf_counter() - start_s:.0f} s")
    server = serve(folder, jobs=not options.no_jobs)
    gc.collect()
    gc.freeze()  # the client's own stalls are nobody's latency
    try:
        await_server()
        asyncio.run(load(sent, known, server.pid, options))
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--codes", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=1000.0, help="requests a second")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--no-jobs", action="store_true", help="leave jobs to workers")
    parser.add_argument("--folder", type=Path, help="where the bank is kept (default: a temporary folder)")
    options = parser.parse_args()
    if options.folder is not None:
        measure(options.folder, options)
        return
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), options)


if __name__ == "__main__":
    main()
