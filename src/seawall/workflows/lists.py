"""Lists of hashes in and out: CSV or JSON lines of `type,value,quality,offset_s,reference,label,source`.

A malformed line is counted, named by its number and left out; the rest goes in. Rows that name the
same reference become one reference: its digests, its hash, or, where they carry offsets, the hashes
of a video. Rows of the types `image` and `video` carry Seawall's own fingerprints in base64, so that
a list moved between two Seawalls loses nothing; other programs pass over them.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final, TextIO

from seawall import errors
from seawall.exchange import hashes, rows as list_rows
from seawall.exchange.rows import DIGEST_BYTES, OWN, Malformed, Row
from seawall.model import bank, content, signal
from seawall.signals import audio, exact, local, pdq, video
from seawall.store.records import NewReference
from seawall.store.store import Store
from seawall.workflows.hashing import exchanged
from seawall.workflows.uploads import About

COLUMNS: Final = ("type", "value", "quality", "offset_s", "reference", "label", "source")
_LISTED_MALFORMED: Final = 1000
_BATCH: Final = 5000

Progress = Callable[[int], None]


def no_progress(rows: int) -> None:
    """Tell nobody."""


class Form(StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(slots=True)
class ImportReport:
    """What became of a list."""

    rows: int = 0  #: lines with content, the header not counted
    references_added: int = 0
    references_already: int = 0
    deleted: int = 0  #: rows that their source has taken back: left out
    malformed_count: int = 0
    malformed: list[Malformed] = field(default_factory=list)  #: the first thousand

    def leave_out(self, line: Malformed) -> None:
        """Count a line that cannot be used."""
        self.malformed_count += 1
        if len(self.malformed) < _LISTED_MALFORMED:
            self.malformed.append(line)

    def as_record(self) -> dict[str, object]:
        """As `import --json` prints it."""
        return {
            "schema": "seawall.import/1",
            "rows": self.rows,
            "references_added": self.references_added,
            "references_already": self.references_already,
            "deleted": self.deleted,
            "malformed_count": self.malformed_count,
            "malformed": [{"line": one.line, "reason": one.reason} for one in self.malformed],
        }


def read_into(store: Store, bank_name: str, path: Path, actor: str, progress: Progress) -> ImportReport:
    """Add a list's references to a bank. Raises BankNotFound, PathNotFound, BadList."""
    store.bank(bank_name)
    report = ImportReport()
    grouped: dict[str, list[Row]] = {}
    for row in list_rows.read(path):
        report.rows += 1
        if isinstance(row, Malformed):
            report.leave_out(row)
        elif row.deleted:
            report.deleted += 1
        else:
            grouped.setdefault(row.reference or f"\0{row.line}", []).append(row)
        if report.rows % _BATCH == 0:
            progress(report.rows)
    for batch in _batches(grouped, path):
        for added in store.add_references(bank_name, batch, actor=actor):
            report.references_already += added.already
            report.references_added += not added.already
    progress(report.rows)
    return report


def one_reference(hashes: Iterable[Mapping[str, object]], about: About) -> NewReference:
    """A content that is known by its hashes, each with the fields of a list's row. Raises BadRequest."""
    rows: list[Row] = []
    for number, fields in enumerate(hashes, 1):
        read = list_rows.row(number, {**fields, "reference": about.name})
        if isinstance(read, Malformed):
            raise errors.BadRequest(reason=f"hash {number}: {read.reason}")
        rows.append(read)
    made = list(_new_references(rows, Path(about.name))) if rows else []
    if len(made) != 1:
        raise errors.BadRequest(reason="the hashes are to be those of one content")
    return replace(
        made[0],
        name=about.name,
        origin=about.origin,
        labels=about.labels,
        note=about.note,
        incident=about.incident,
    )


_SHOWN: Final = (signal.SignalType.IMAGE, signal.SignalType.VIDEO)
_VERSIONS: Final = {
    **dict.fromkeys(DIGEST_BYTES, exact.VERSION),
    **dict.fromkeys(_SHOWN, video.VERSION),
    signal.SignalType.PDQ: pdq.VERSION,
    signal.SignalType.LOCAL: local.VERSION,
    signal.SignalType.AUDIO: audio.VERSION,
}


def _batches(grouped: Mapping[str, list[Row]], path: Path) -> Iterator[list[NewReference]]:
    batch: list[NewReference] = []
    for rows in grouped.values():
        batch += _new_references(rows, path)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _new_references(rows: list[Row], path: Path) -> Iterator[NewReference]:
    """The references that one group of rows makes: one, unless it holds several pictures' hashes."""
    digests = {row.type: row for row in rows if row.type in DIGEST_BYTES}
    own = [row for row in rows if row.type in _SHOWN]
    beside = {row.type: row for row in rows if row.type in OWN and row.type not in _SHOWN}
    timed = [row for row in rows if row.type is signal.SignalType.PDQ and row.offset_s is not None]
    pictures = [row for row in rows if row.type is signal.SignalType.PDQ and row.offset_s is None]
    whole = [_signal(row) for row in digests.values()]
    if own:
        kind = content.Kind.VIDEO if own[0].type is signal.SignalType.VIDEO else content.Kind.IMAGE
        yield _new(rows, kind, [*whole, *map(_signal, (own[0], *beside.values(), *pictures[:1]))], path)
    elif timed:
        yield _new(rows, content.Kind.VIDEO, [*whole, _timed_signal(timed)], path)
    elif pictures:
        yield _new(rows, content.Kind.IMAGE, [*whole, _signal(pictures[0])], path)
        for row in pictures[1:]:
            yield _new([row], content.Kind.IMAGE, [_signal(row)], path)
    elif beside:
        yield _new(rows, content.Kind.AUDIO, [*whole, *map(_signal, beside.values())], path)
    else:
        yield _new(rows, content.Kind.VIDEO, whole, path)


def _signal(row: Row) -> signal.Signal:
    return signal.Signal(row.type, _VERSIONS[row.type], row.value, row.quality)


def _timed_signal(rows: list[Row]) -> signal.Signal:
    """The hashes of a video as a fingerprint. A list that names no quality is taken at its word."""
    return hashes.listed(
        (row.offset_s or 0.0, pdq.Pdq(row.value, 100 if row.quality is None else row.quality)) for row in rows
    )


def _new(rows: list[Row], kind: content.Kind, signals: Iterable[signal.Signal], path: Path) -> NewReference:
    first = rows[0]
    labels = dict.fromkeys(part.strip() for row in rows for part in row.label.split(";") if part.strip())
    return NewReference(
        content=None,
        kind=kind,
        signals=tuple(signals),
        name=first.reference or f"{path.name}:{first.line}",
        origin=first.source or os.fspath(path),
        labels=tuple(labels),
    )


def write(store: Store, bank_name: str | None, path: Path | None, form: Form) -> int:
    """Write a bank, or all, as a list; how many rows. Raises BankNotFound, DiskFull, WriteFailed.

    A file is complete or not there: it is written under another name first.
    """
    rows = _rows(store.export_rows(bank_name))
    if path is None:
        return _write(rows, sys.stdout, form)
    part = path.with_name(path.name + ".part")
    with errors.writing(path):
        try:
            with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                count = _write(rows, stream, form)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return count


def _rows(pairs: Iterable[tuple[bank.Reference, signal.Signal]]) -> Iterator[dict[str, object]]:
    for reference, one in pairs:
        if one.type is signal.SignalType.LEARNED:
            continue  # whether its network's licence lets it be given away is not ours to say
        if one.type in OWN:
            yield _export(reference, one.type, base64.b64encode(one.value).decode(), None, None)
        if one.type is signal.SignalType.VIDEO:
            yield from _video_rows(reference, video.decode(one.value))
        elif one.type not in OWN:
            yield _export(reference, one.type, one.value.hex(), one.quality, None)


def _video_rows(reference: bank.Reference, fingerprint: video.Fingerprint) -> Iterator[dict[str, object]]:
    next_s = 0.0
    for code, offset_s in exchanged(fingerprint):
        if offset_s is not None and offset_s >= next_s:
            next_s = offset_s + hashes.LISTED_GAP_S  # as other lists hold them
            yield _export(reference, signal.SignalType.PDQ, code.value.hex(), code.quality, offset_s)


def _export(
    reference: bank.Reference,
    kind: signal.SignalType,
    value: str,
    quality: int | None,
    offset_s: float | None,
) -> dict[str, object]:
    return {
        "type": kind.value,
        "value": value,
        "quality": quality,
        "offset_s": offset_s,
        "reference": reference.id,
        "label": ";".join(reference.labels),
        "source": PurePath(reference.origin).name,  # where a file lay is nobody else's business
    }


def _write(rows: Iterable[Mapping[str, object]], stream: TextIO | io.TextIOBase, form: Form) -> int:
    count = 0
    if form is Form.CSV:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _one_line(value) for name, value in row.items()})
            count += 1
        return count
    for row in rows:
        stream.write(json.dumps(row) + "\n")
        count += 1
    return count


def _one_line(value: object) -> object:
    """A line is a row: line breaks in paths become spaces."""
    return " ".join(value.splitlines()) if isinstance(value, str) else value
