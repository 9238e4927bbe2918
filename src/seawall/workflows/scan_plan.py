"""The plan of a scan: all its files in batches, written once and followed to the end.

A batch's name follows from the addresses in it alone, so it means the same whoever works it, and when.

Form: JSON lines. First the header; then `{"batch", "files"}` for each batch; then `{"batches", "files"}`,
which counts them. The file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.matching import index_files

NAME: Final = "plan.jsonl"
BATCH: Final = 16  #: files in a batch, where nothing else is asked for
SCHEMA: Final = "seawall.scan-plan/1"


@dataclass(frozen=True, slots=True)
class Call:
    """What makes two calls the same scan."""

    source: str
    against: tuple[str, ...] | None  #: names of banks; None for all
    signals_only: bool
    batch: int  #: files in one
    seawall: str  #: the version, which says which signals are made
    model: str | None  #: SHA-256 of the network that is set


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are worked together, and kept together."""

    id: str
    files: tuple[str, ...]  #: addresses


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was written."""

    path: Path
    call: Call
    batches: int
    files: int

    def each(self) -> Iterator[Batch]:
        """The batches in their order. Raises ScanCorrupt."""
        count = 0
        try:
            with self.path.open("rb") as stream:
                for line in islice(stream, 1, 1 + self.batches):
                    record = json.loads(line)
                    batch = Batch(record["batch"], tuple(record["files"]))
                    if batch.id != batch_id(batch.files):
                        raise ValueError(f"batch {count + 1} has other files than its name says")
                    count += 1
                    yield batch
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise errors.ScanCorrupt(path=self.path, reason=str(error)) from error


def batch_id(addresses: Iterable[str]) -> str:
    """What a batch of these files is called: 32 hex digits."""
    return hashlib.blake2b(json.dumps(list(addresses)).encode(), digest_size=16).hexdigest()


def write(path: Path, call: Call, addresses: Iterator[str], given: str) -> Plan:
    """Part files into batches and keep the plan. given: what an error calls the source.

    Raises BadSource for a source without a file, DiskFull, WriteFailed.
    """
    batches = files = 0
    with index_files.new_file(path) as sink:
        sink.write(_line({"schema": SCHEMA, **asdict(call)}))
        while part := tuple(islice(addresses, call.batch)):
            sink.write(_line({"batch": batch_id(part), "files": part}))
            batches, files = batches + 1, files + len(part)
        if not files:
            raise errors.BadSource(source=given, reason="there is no file in it")
        sink.write(_line({"batches": batches, "files": files}))
    return Plan(path, call, batches, files)


def read(path: Path) -> Plan:
    """The plan at a path. Raises FileNotFoundError, ScanCorrupt."""
    try:
        with path.open("rb") as stream:
            head = json.loads(stream.readline())
            last = b""
            for last in stream:  # noqa: B007 - the last line is what is wanted
                pass
        counts = json.loads(last)
        if head.pop("schema") != SCHEMA:
            raise ValueError("it is of another version")
        against = head.pop("against")
        call = Call(**head, against=None if against is None else tuple(against))
        return Plan(path, call, int(counts["batches"]), int(counts["files"]))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.ScanCorrupt(path=path, reason=str(error)) from error


def _line(record: dict[str, object]) -> bytes:
    return json.dumps(record).encode() + b"\n"
