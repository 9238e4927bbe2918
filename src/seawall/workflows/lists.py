"""Lists of hashes in and out: CSV or JSON lines of `type,value,quality,offset_s,reference,label,source`.

A malformed line is counted, named by its number and left out; the rest goes in. Rows that name the
same reference become one reference: its digests, its hash, or, where they carry offsets, the hashes
of a video. Rows of the types `image` and `video` carry Seawall's own fingerprints in base64, so that
a list moved between two Seawalls loses nothing; other programs pass over them.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO

from seawall import errors
from seawall.model import bank, content, signal
from seawall.signals import exact, pdq, video
from seawall.store.records import NewReference
from seawall.store.store import Store
from seawall.workflows.hashing import exchanged

COLUMNS: Final = ("type", "value", "quality", "offset_s", "reference", "label", "source")
LISTED_GAP_S: Final = 1.0  #: a video's hashes are written this far apart, as other lists hold them
MIN_SET_BITS: Final = 64  #: a PDQ hash sets half of its bits; far from that it is something else
_LISTED_MALFORMED: Final = 1000
_BATCH: Final = 5000
_DIGEST_BYTES: Final = {signal.SignalType.SHA256: 32, signal.SignalType.MD5: 16}
_OWN: Final = (signal.SignalType.IMAGE, signal.SignalType.VIDEO)

Progress = Callable[[int], None]


def no_progress(rows: int) -> None:
    """Tell nobody."""


class Form(StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that was left out."""

    line: int  #: from 1, the header counted
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of a list."""

    rows: int = 0  #: lines with content, the header not counted
    references_added: int = 0
    references_already: int = 0
    malformed_count: int = 0
    malformed: list[Malformed] = field(default_factory=list)  #: the first thousand

    def leave_out(self, line: int, reason: str) -> None:
        """Count a line that cannot be used."""
        self.malformed_count += 1
        if len(self.malformed) < _LISTED_MALFORMED:
            self.malformed.append(Malformed(line, reason))

    def as_record(self) -> dict[str, object]:
        """As `import --json` prints it."""
        return {
            "schema": "seawall.import/1",
            "rows": self.rows,
            "references_added": self.references_added,
            "references_already": self.references_already,
            "malformed_count": self.malformed_count,
            "malformed": [{"line": one.line, "reason": one.reason} for one in self.malformed],
        }


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    type: signal.SignalType
    value: bytes
    quality: int | None
    offset_s: float | None
    reference: str
    label: str
    source: str


class _Refused(Exception):
    """A line that cannot be used, and why."""


def read_into(store: Store, bank_name: str, path: Path, actor: str, progress: Progress) -> ImportReport:
    """Add a list's references to a bank. Raises BankNotFound, PathNotFound, BadList."""
    store.bank(bank_name)
    report = ImportReport()
    grouped: dict[str, list[_Row]] = {}
    with _opened(path) as stream:
        for line, record in _records(stream, path):
            report.rows += 1
            try:
                row = _row(line, record)
            except _Refused as refused:
                report.leave_out(line, str(refused))
                continue
            grouped.setdefault(row.reference or f"\0{line}", []).append(row)
            if report.rows % _BATCH == 0:
                progress(report.rows)
    for batch in _batches(grouped, path):
        for added in store.add_references(bank_name, batch, actor=actor):
            report.references_already += added.already
            report.references_added += not added.already
    progress(report.rows)
    return report


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            yield stream
    except FileNotFoundError as cause:
        raise errors.PathNotFound(path=os.fspath(path)) from cause
    except OSError as cause:
        raise errors.BadList(path=os.fspath(path), reason=cause.strerror or str(cause)) from cause


def _records(stream: TextIO, path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Every line's fields with its number: JSON lines if the first line starts with a brace, else CSV."""
    first = stream.readline()
    rest: Iterable[str] = stream
    if first.lstrip().startswith("{"):
        yield from _json_lines([first], rest)
        return
    header = next(csv.reader([first]), [])
    names = [name.strip().lower() for name in header]
    if not {"type", "value"} <= set(names):
        raise errors.BadList(
            path=os.fspath(path), reason="its first line names no columns 'type' and 'value', nor is it JSON"
        )
    for line, text in enumerate(rest, start=2):
        if text.strip():
            yield line, _csv_fields(names, text)


def _csv_fields(names: list[str], text: str) -> Mapping[str, object]:
    """One line's fields. A line is a row: a quoted line break would hide where a broken list goes wrong."""
    try:
        values = next(csv.reader([text], strict=True))
    except csv.Error as cause:
        return {"": f"not CSV: {cause}"}
    if len(values) > len(names):
        return {"": f"{len(values)} fields where the header has {len(names)}"}
    return dict(zip(names, values, strict=False))


def _json_lines(first: list[str], rest: Iterable[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for lines, start in ((first, 1), (rest, 2)):
        for line, text in enumerate(lines, start=start):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except (json.JSONDecodeError, RecursionError):
                record = {"": "not JSON"}
            yield line, record if isinstance(record, dict) else {"": "not a JSON object"}


def _row(line: int, record: Mapping[str, object]) -> _Row:
    """A line's fields, checked. Raises _Refused."""
    if "" in record:
        raise _Refused(str(record[""]))
    name = _text(record, "type").lower()
    try:
        kind = signal.SignalType(name)
    except ValueError:
        raise _Refused(f"unknown type {name[:40]!r}") from None
    return _Row(
        line=line,
        type=kind,
        value=_value(kind, _text(record, "value")),
        quality=_quality(record.get("quality")),
        offset_s=_offset_s(record.get("offset_s")),
        reference=_text(record, "reference"),
        label=_text(record, "label"),
        source=_text(record, "source"),
    )


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Refused(f"{name} is not a text")
    return value.strip()


def _value(kind: signal.SignalType, text: str) -> bytes:
    if kind in _OWN:
        return _own_value(text)
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise _Refused(f"value is not hexadecimal: {text[:40]!r}") from None
    expected = _DIGEST_BYTES.get(kind, pdq.CODE_BYTES)
    if len(value) != expected or len(text) != 2 * expected:
        raise _Refused(f"a {kind} value has {2 * expected} hex digits, not {len(text)}")
    if kind is signal.SignalType.PDQ:
        set_bits = int.from_bytes(value).bit_count()
        if not MIN_SET_BITS <= set_bits <= pdq.BITS - MIN_SET_BITS:
            raise _Refused(f"not a PDQ hash: {set_bits} of {pdq.BITS} bits are set, where about half must be")
    return value


def _own_value(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
        video.decode(value)
    except (ValueError, binascii.Error) as cause:
        raise _Refused(f"not a fingerprint: {cause}") from None
    return value


def _quality(value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = (
            float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
        )
    except ValueError:
        number = math.nan
    if not (0 <= number <= 100 and number == int(number)):
        raise _Refused(f"quality is not a whole number from 0 to 100: {str(value)[:40]!r}")
    return int(number)


def _offset_s(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = (
            float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
        )
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1e6:
        raise _Refused(f"offset_s is not a number of seconds: {str(value)[:40]!r}")
    return number


def _batches(grouped: Mapping[str, list[_Row]], path: Path) -> Iterator[list[NewReference]]:
    batch: list[NewReference] = []
    for rows in grouped.values():
        batch += _new_references(rows, path)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _new_references(rows: list[_Row], path: Path) -> Iterator[NewReference]:
    """The references that one group of rows makes: one, unless it holds several pictures' hashes."""
    digests = {row.type: row for row in rows if row.type in _DIGEST_BYTES}
    own = [row for row in rows if row.type in _OWN]
    timed = [row for row in rows if row.type is signal.SignalType.PDQ and row.offset_s is not None]
    pictures = [row for row in rows if row.type is signal.SignalType.PDQ and row.offset_s is None]
    whole = [_signal(row) for row in digests.values()]
    if own:
        kind = content.Kind.VIDEO if own[0].type is signal.SignalType.VIDEO else content.Kind.IMAGE
        yield _new(rows, kind, [*whole, _signal(own[0]), *map(_signal, pictures[:1])], path)
    elif timed:
        yield _new(rows, content.Kind.VIDEO, [*whole, _timed_signal(timed)], path)
    elif pictures:
        yield _new(rows, content.Kind.IMAGE, [*whole, _signal(pictures[0])], path)
        for row in pictures[1:]:
            yield _new([row], content.Kind.IMAGE, [_signal(row)], path)
    else:
        yield _new(rows, content.Kind.VIDEO, whole, path)


def _signal(row: _Row) -> signal.Signal:
    versions = {signal.SignalType.PDQ: pdq.VERSION, **dict.fromkeys(_DIGEST_BYTES, exact.VERSION)}
    return signal.Signal(row.type, versions.get(row.type, video.VERSION), row.value, row.quality)


def _timed_signal(rows: list[_Row]) -> signal.Signal:
    """The hashes of a video as a fingerprint. A list that names no quality is taken at its word."""
    ordered = sorted(rows, key=lambda row: row.offset_s or 0.0)
    times_s = [row.offset_s or 0.0 for row in ordered]
    hashes = [pdq.Pdq(row.value, 100 if row.quality is None else row.quality) for row in ordered]
    made = video.listed(hashes, times_s, times_s[-1] + LISTED_GAP_S)
    return signal.Signal(signal.SignalType.VIDEO, video.VERSION, made.encode())


def _new(rows: list[_Row], kind: content.Kind, signals: Iterable[signal.Signal], path: Path) -> NewReference:
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
    try:
        with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            count = _write(rows, stream, form)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as cause:
        part.unlink(missing_ok=True)
        raise errors.write_error(cause, path) from cause
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return count


def _rows(pairs: Iterable[tuple[bank.Reference, signal.Signal]]) -> Iterator[dict[str, object]]:
    for reference, one in pairs:
        if one.type in _OWN:
            yield _export(reference, one.type, base64.b64encode(one.value).decode(), None, None)
        if one.type is signal.SignalType.VIDEO:
            yield from _video_rows(reference, video.decode(one.value))
        elif one.type not in _OWN:
            yield _export(reference, one.type, one.value.hex(), one.quality, None)


def _video_rows(reference: bank.Reference, fingerprint: video.Fingerprint) -> Iterator[dict[str, object]]:
    next_s = 0.0
    for code, offset_s in exchanged(fingerprint):
        if offset_s is not None and offset_s >= next_s:
            next_s = offset_s + LISTED_GAP_S
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
        "source": reference.origin,
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
