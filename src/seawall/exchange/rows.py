"""The rows of a list, read line by line and checked: what a line cannot say is refused with a reason."""

from __future__ import annotations

import base64
import binascii
import csv
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from seawall import errors
from seawall.model import signal
from seawall.signals import audio, local, pdq, video

MIN_SET_BITS: Final = 64  #: a PDQ hash sets half of its bits; far from that it is something else
DIGEST_BYTES: Final = {signal.SignalType.SHA256: 32, signal.SignalType.MD5: 16}
#: what only a Seawall writes, and how it is read
OWN: Final[Mapping[signal.SignalType, Callable[[bytes], object]]] = {
    signal.SignalType.IMAGE: video.decode,
    signal.SignalType.VIDEO: video.decode,
    signal.SignalType.LOCAL: local.decode,
    signal.SignalType.AUDIO: audio.decode,
}
_MAX_OFFSET_S: Final = 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One line that can be used."""

    line: int
    type: signal.SignalType
    value: bytes
    quality: int | None
    offset_s: float | None
    reference: str
    label: str
    source: str
    deleted: bool = False  #: its source takes it back


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that was left out."""

    line: int  #: from 1, the header counted
    reason: str


class RefusedError(Exception):
    """A line that cannot be used, and why."""


def read(path: Path) -> Iterator[Row | Malformed]:
    """Every line with content, in order. Raises PathNotFound, BadList."""
    with _opened(path) as stream:
        for line, record in _records(stream, path):
            yield row(line, record)


def row(line: int, record: Mapping[str, object]) -> Row | Malformed:
    """A line's fields, checked."""
    try:
        return _row(line, record)
    except RefusedError as refused:
        return Malformed(line, str(refused))


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
        # The reader refuses fields over a limit that is the whole process's: long videos have longer ones.
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))
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


def _row(line: int, record: Mapping[str, object]) -> Row:
    """A line's fields, checked. Raises RefusedError."""
    if "" in record:
        raise RefusedError(str(record[""]))
    name = _text(record, "type").lower()
    try:
        kind = signal.SignalType(name)
    except ValueError:
        raise RefusedError(f"unknown type {name[:40]!r}") from None
    if kind is signal.SignalType.LEARNED:
        raise RefusedError("lists do not carry what networks say")
    return Row(
        line=line,
        type=kind,
        value=value_of(kind, _text(record, "value")),
        quality=_quality(record.get("quality")),
        offset_s=_offset_s(record),
        reference=_text(record, "reference") or _text(record, "reference_id"),
        label=_text(record, "label"),
        source=_text(record, "source"),
        deleted=_truth(record.get("deleted")),
    )


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusedError(f"{name} is not a text")
    return value.strip()


def value_of(kind: signal.SignalType, text: str) -> bytes:
    """A value as its bytes. Raises RefusedError for what such a signal cannot be."""
    if kind in OWN:
        return _own_value(OWN[kind], text)
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise RefusedError(f"value is not hexadecimal: {text[:40]!r}") from None
    expected = DIGEST_BYTES.get(kind, pdq.CODE_BYTES)
    if len(value) != expected or len(text) != 2 * expected:
        raise RefusedError(f"a {kind} value has {2 * expected} hex digits, not {len(text)}")
    if kind is signal.SignalType.PDQ:
        set_bits = int.from_bytes(value).bit_count()
        if not MIN_SET_BITS <= set_bits <= pdq.BITS - MIN_SET_BITS:
            raise RefusedError(f"not a PDQ hash: {set_bits} of {pdq.BITS} bits are set, not about half")
    return value


def _own_value(decode: Callable[[bytes], object], text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
        decode(value)
    except (ValueError, binascii.Error) as cause:
        raise RefusedError(f"not a fingerprint: {cause}") from None
    return value


def _offset_s(record: Mapping[str, object]) -> float | None:
    """In seconds, or as other lists have it, in milliseconds."""
    if record.get("offset_s") not in (None, ""):
        return _number(record.get("offset_s"), "offset_s", _MAX_OFFSET_S)
    found_ms = _number(record.get("offset_ms"), "offset_ms", _MAX_OFFSET_S * 1000)
    return None if found_ms is None else found_ms / 1000


def _truth(value: object) -> bool:
    """Whether a column says yes. Anything that is not a plain no counts: what is taken back stays away."""
    return str(value if value is not None else "").strip().lower() not in ("", "0", "false", "no", "n")


def _quality(value: object) -> int | None:
    number = _number(value, "quality", 100)
    if number is not None and number != int(number):
        raise RefusedError(f"quality is not a whole number: {number}")
    return None if number is None else int(number)


def _number(value: object, name: str, most: float) -> float | None:
    """A number from 0 to `most`, or None where the field is empty. Raises RefusedError."""
    if value is None or value == "":
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not 0 <= number <= most:
        raise RefusedError(f"{name} is not a number from 0 to {most:g}: {str(value)[:40]!r}")
    return number
