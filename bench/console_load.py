"""Measures the queue: how long its first page, its counts and a claim take with many cases.

    python bench/console_load.py [--sizes 1000,10000,100000] [--rounds 20] [--folder DIR]

The first thousand cases come about as in production: each is a content whose match a policy holds, recorded
through `store.outcomes`; one in fifty is another copy of the content before it, one in ten a full copy of a
reference on which somebody has decided. They are spread over banks, labels, deadlines and severities. The
others are rows of these once more, under other ids. What is timed is what a page of the console asks for: the
first fifty cases in each order, with filters that many and that few cases meet, pages further on, the counts,
and the next case for a person who keeps labels away. Times are on the clock, and of this process on the
processor, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import select

from seawall.model.decision import Automation, Choice, Origin, Ruling, View
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Outcome, Step
from seawall.model.queue import Order, Severity
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store, bulk
from seawall.store.outcomes import Made
from seawall.store.queue import QueueFilter
from seawall.store.schema_actions import case_file, item, outcome
from seawall.store.schema_queue import case_label

BANKS: Final = ("KNOWN", "LISTED", "PARTNER", "RARE")
LABELS: Final = ("graphic", "manifesto", "child", "language:xx", "speech")
SELDOM: Final = "seldom"  #: of one reference
REFERENCES: Final = 400
FIRST: Final = 1000  #: cases that come about by themselves
BATCH: Final = 500
DURATION_S: Final = 30.0
AT: Final = datetime(2026, 1, 2, tzinfo=UTC)
WHOLE: Final = Segment(SignalType.SHA256, 0.0, DURATION_S, 0.0, DURATION_S, 1.0, (), 1.0)


class Filling:
    """Brings a store to a number of cases."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._random = random.Random(31)  # noqa: S311 - the same each time
        self._count = 0
        for bank in BANKS:
            store.create_bank(bank)
        self._known = [self._reference(number) for number in range(REFERENCES)]

    def _reference(self, number: int) -> tuple[str, str]:
        bank = BANKS[min(number % 200 // 60, 3)] if number % 200 != 199 else "RARE"
        labels = (SELDOM,) if number == 7 else (LABELS[number % 5],) if number % 4 == 0 else ()
        signal = Signal(SignalType.PDQ, 1, number.to_bytes(32, "big"), 90)
        new = NewReference(None, "video", (signal,), f"clip {number}.mp4", "bench", labels=labels)
        return bank, self._store.add_reference(bank, new).id

    def to(self, cases: int) -> float:
        """Fill up; how long it took, in seconds."""
        began = time.perf_counter()
        if self._count == 0:
            self._store.outcomes.record([self._made(0, full=True)])
            self._decide()
            self._count = 1
        while self._count < min(cases, FIRST):
            first, self._count = self._count, min(cases, self._count + BATCH)
            self._store.outcomes.record(list(self._some(first, self._count)))
        self._deadlines(min(cases, FIRST))
        while self._count < cases:
            self._again(min(FIRST, cases - self._count))
        return time.perf_counter() - began

    def _again(self, cases: int) -> None:
        """The first cases once more, with all that belongs to them."""
        shift = self._count * 10
        with self._store._database.write() as connection:  # noqa: SLF001 - no other way is as quick
            first = connection.execute(select(case_file.c.number).order_by(case_file.c.number).limit(cases))
            numbers = list(first.scalars())
            items = item.c.case_number.in_(numbers)
            held = select(item.c.number).where(items)
            for table, which in (
                (case_file, case_file.c.number.in_(numbers)),
                (item, items),
                (outcome, outcome.c.item_number.in_(held)),
                (case_label, case_label.c.case_number.in_(numbers)),
            ):
                known = connection.execute(select(table).where(which)).mappings()
                rows = [{name: _shifted(name, value, shift) for name, value in row.items()} for row in known]
                bulk.insert_rows(connection, table, rows)
        self._count += cases

    def _some(self, first: int, last: int) -> Iterator[Made]:
        for number in range(first, last):
            yield self._made(number, full=number % 10 == 0)
            if number % 50 == 0:
                yield self._made(number, copy=1, full=number % 10 == 0)

    def _made(self, number: int, *, copy: int = 0, full: bool = False) -> Made:
        bank, reference = self._known[0 if full else self._random.randrange(1, REFERENCES)]
        context = Context(f"user-{self._random.randrange(5000)}", f"post-{number}-{copy}")
        checked = Checked(f"c{number}-{copy}", f"{number:064x}", "video", DURATION_S, AT, "bench", context)
        coverage = 1.0 if full else 0.4
        match = Match(reference, 0.9, Recommendation.STRONG, coverage, 1.0, {}, (WHOLE,) if full else ())
        found = RecordedMatch(f"m{number}-{copy}", checked, bank, match, How.CHECK, AT)
        step = self._random.choices((Step.NOTIFY, Step.HOLD, Step.ACT), (3, 6, 1))[0]
        return Made(found, Outcome(step, "rule", "a rule is met", 1, step, None, review=True), None)

    def _decide(self) -> None:
        [(_, item)] = self._store.items.page(limit=1)
        ruling = Ruling(
            items=(item.id,),
            choice=Choice.NO_ACTION,
            facts="it is harmless",
            origin=Origin.OWN_INITIATIVE,
            automated_detection=True,
            automated_decision=Automation.NONE,
            views=(View.METADATA,),
        )
        self._store.decisions.make(ruling, user="ann", actor="ann")

    def _deadlines(self, cases: int) -> None:
        """One case in twenty has one."""
        for _, entry in self._store.queue.page(order=Order.SPREAD, limit=min(cases // 20, 500)):
            due_at = datetime.now(UTC) + timedelta(hours=self._random.randrange(-5, 200))
            self._store.cases.set_due(entry.case, due_at)


def _shifted(name: str, value: object, shift: int) -> object:
    if name in ("number", "case_number", "item_number") and isinstance(value, int):
        return value + shift
    return f"{shift:x}-{value}"[:64] if name in ("id", "key", "match") else value


def measured(store: Store, rounds: int) -> Iterator[tuple[str, str]]:
    """What was asked, and how long it took."""
    queue = store.queue
    questions: dict[str, Callable[[], object]] = {
        **{f"first page by {order}": partial(queue.page, order=order, user="ann") for order in Order},
        "first page of a bank": lambda: queue.page(QueueFilter(bank="LISTED"), user="ann"),
        "first page of a bank with few": lambda: queue.page(QueueFilter(bank="RARE"), user="ann"),
        "first page of a label": lambda: queue.page(QueueFilter(label="child"), user="ann"),
        "first page of a label that few have": lambda: queue.page(QueueFilter(label=SELDOM), user="ann"),
        "first page of a label that none has": lambda: queue.page(QueueFilter(label="none"), user="ann"),
        "first page of the severe": lambda: queue.page(QueueFilter(severity=Severity.FIRST), user="ann"),
        "first page of what inherits": lambda: queue.page(QueueFilter(inherits=True), user="ann"),
        "first page of what follows nothing there": lambda: queue.page(QueueFilter(follows="x"), user="ann"),
        "first page of nothing": lambda: queue.page(QueueFilter(kind="audio"), user="ann"),
        "first page of one's own": lambda: queue.page(QueueFilter(assigned_to="ann"), user="ann"),
        "a page in the middle": lambda: queue.page(after=middle, user="ann"),
        "counts": lambda: queue.counts("ann"),
        "take the next": lambda: queue.take_next(user="ann", actor="ann", lease_s=0.001),
    }
    cases = sum(queue.counts().states.values())
    middle = queue.page(limit=cases // 2)[-1][0]
    for name, ask in questions.items():
        ask()
        taken = []
        used_s = time.process_time()
        for _ in range(rounds):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
        used_ms = (time.process_time() - used_s) / rounds * 1000
        median_ms, longest_ms = statistics.median(taken), max(taken)
        yield name, f"median {median_ms:.1f} ms, longest {longest_ms:.1f} ms, used {used_ms:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, Store.open(given.folder or Path(made)) as store:
        filling = Filling(store)
        store.queue.opt_out("ann", ["child", "language:xx"])
        for size in sorted(int(one) for one in given.sizes.split(",")):
            print(f"{size:,} cases, filled in {filling.to(size):.0f} s more", flush=True)
            for name, taken in measured(store, given.rounds):
                print(f"  {name}: {taken}", flush=True)


if __name__ == "__main__":
    main()
