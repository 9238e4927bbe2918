"""Measures the pages of an incident with many copies: how long the server takes for each.

    python bench/incident_load.py [--copies 5000] [--checks 20000] [--calls 20]

The copies are made-up cuts of one reference with made-up changes, written down as checks are. `first` is the
first call after the server has begun, when nothing is kept in memory; the others are the median and the
slowest of the calls that follow. For `changed` a copy comes in once more before each call, which is counted.
The time is what a client waits on the same machine; the processor's time, client and server together, is what
counts where others use the machine too.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx2
import uvicorn

import seawall
from seawall.api import app, serve
from seawall.console import app as console
from seawall.model.access import Role
from seawall.model.claim import Group, GroupRole
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.report import Reading
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewDocument, NewReference
from seawall.store.recording import NewCheck
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

HOST: Final = "localhost"
BATCH: Final = 500
REFERENCE_S: Final = 600.0
PASSWORD: Final = "quiet harbour wall"  # noqa: S105 - of a library that is removed afterwards
NO_FLOOD: Final = Rule(window_h=1, floor=1 << 40, factor=10.0, baseline_h=168)
PARTS: Final = ("", "/copies", "/copies?at=4900", "/family", "/map", "/print")


def cut(chance: random.Random, reference: str) -> Match:
    """A cut of the reference: picture and sound, one piece or two, changed or not."""
    start = chance.uniform(0, REFERENCE_S - 100)
    end = min(REFERENCE_S, start + chance.uniform(10, 400))
    middle = (start + end) / 2
    pieces = [(start, middle - 3), (middle, end)] if chance.random() < 0.4 else [(start, end)]
    changes = tuple(one for one in ("mirror", "crop", "inset") if chance.random() < 0.2)
    segments = tuple(
        Segment(signal, a - start, b - start, a, b, 1.0, changes if signal is SignalType.VIDEO else (), 0.95)
        for signal in (SignalType.VIDEO, SignalType.AUDIO)
        for a, b in pieces
    )
    share = (end - start) / REFERENCE_S
    return Match(reference, 0.95, Recommendation.STRONG, 0.9, share, {"video": 0.95}, segments)


def fill(library: Seawall, copies: int, checks: int, bank: str = "KNOWN") -> str:
    """An incident with so many copies; its id."""
    text = "A film shows a ferry being taken."
    reading = Reading("en", (), (), (Group("main", GroupRole.MAIN),), (), (), (), (), (), (), (), ())
    document = NewDocument(hashlib.sha256(text.encode()).hexdigest(), text, reading, "report.txt")
    incident = library._store.incidents.open("A ferry", document, actor="bench").id  # noqa: SLF001
    library.bank_create(bank)
    signals = (Signal(SignalType.PDQ, 1, b"x" * 32, 90),)
    new = NewReference(None, "video", signals, "original.mp4", "bench", incident=incident)
    reference = library._store.add_reference(bank, new).id  # noqa: SLF001
    chance = random.Random(1)  # noqa: S311 - figures that repeat
    matches = [cut(chance, reference) for _ in range(copies)]
    news: list[NewCheck] = []
    for number in range(max(checks, copies)):
        which = number if number < copies else chance.randrange(copies)
        key = hashlib.sha256(str(which).encode()).hexdigest()
        found = ((bank, matches[which]),)
        context = Context(uploader=f"u{chance.randrange(900)}", post=f"p{number}")
        news.append(NewCheck(key, key, key[:32], "video", 60.0, None, found, "bench", context))
        if len(news) == BATCH:
            library.seen.record_all(news, timedelta(0), NO_FLOOD)
            news = []
    library.seen.record_all(news, timedelta(0), NO_FLOOD)
    return incident


@contextmanager
def served(library: Seawall) -> Iterator[str]:
    """The address of a server with the console, until the block ends."""
    made = app.create(library)
    console.install(made)
    listener = socket.create_server((HOST, 0))
    server = uvicorn.Server(uvicorn.Config(made, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    serve._settle_memory()  # noqa: SLF001 - as a server does before its first call
    thread.start()
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def sign_in(caller: httpx2.Client) -> None:
    """As a person does."""
    form = {"user": "ann", "password": PASSWORD, "next": "/console/preferences"}
    caller.post("/console/sign-in", data=form).raise_for_status()


def measure(library: Seawall, incident: str, calls: int) -> None:
    """Call each page, and print what it took."""
    library.access.create_user("ann", Role.ADMIN, accounts.hashed(PASSWORD))
    with (
        served(library) as address,
        httpx2.Client(base_url=address, follow_redirects=True, timeout=60) as caller,
    ):
        sign_in(caller)
        for part, anew in (*((one, False) for one in PARTS), ("", True), ("/family", True)):
            taken: list[tuple[float, float]] = []
            for _ in range(calls + 1):
                if anew:
                    see_again(library, incident)
                start_s, used_s = time.perf_counter(), time.process_time()
                answer = caller.get(f"/console/incidents/{incident}{part}")
                answer.raise_for_status()
                taken.append((time.perf_counter() - start_s, time.process_time() - used_s))
            name = f"{part or '(the incident)'}{', changed' if anew else ''}"
            print(line(name, taken, len(answer.content)))


def see_again(library: Seawall, incident: str) -> None:
    """A copy comes in once more, so that nothing that is kept in memory holds."""
    copy = library.copies.of(incident).known.copies[0]
    new = NewCheck(copy.key, copy.key, None, "video", 60.0, None, (), "bench", Context(post="again"))
    library.seen.record_all([new], timedelta(0), NO_FLOOD)


def line(part: str, taken: list[tuple[float, float]], size_bytes: int) -> str:
    """One row of figures. taken: seconds on the clock and of the processor, of each call."""
    (first_s, first_used_s), *others = taken
    clock = [one * 1000 for one, _ in others]
    used = [one * 1000 for _, one in others]
    return (
        f"{part:23} first {first_s * 1000:5.0f} ms ({first_used_s * 1000:5.0f} of processor),"
        f" then {statistics.median(clock):4.0f} ms ({statistics.median(used):4.0f}),"
        f" slowest {max(clock):4.0f} ms, {size_bytes / 1000:4.0f} kB"
    )


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=5_000)
    parser.add_argument("--checks", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, seawall.open(Path(folder) / "data") as library:
        start_s = time.perf_counter()
        incident = fill(library, options.copies, options.checks)
        print(
            f"{options.copies:,} copies in {options.checks:,} checks, {time.perf_counter() - start_s:.0f} s"
        )
        measure(library, incident, options.calls)


if __name__ == "__main__":
    main()
