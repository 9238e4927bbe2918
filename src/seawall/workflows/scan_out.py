"""What a scan leaves: a file of each table for each finished batch, and of those one file of each table.

A batch is finished once its marker is there, which comes last; until then its files count for nothing and are
written over. All files appear whole and durable, or not at all.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import seawall
from seawall import errors
from seawall.matching import index_files
from seawall.workflows import scan_plan, scan_schema

try:
    import pyarrow as pa
    from pyarrow import parquet
except ModuleNotFoundError as missing:
    raise errors.ScanExtraMissing(name=missing.name) from missing

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]  #: by the table's name

PARTS: Final = "parts"
_DONE: Final = "done"
_COMPRESSION: Final = "zstd"

_PLAIN: Final = {
    "string": pa.string(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "double": pa.float64(),
    "binary": pa.binary(),
    "list<string>": pa.list_(pa.string()),
    "list<double>": pa.list_(pa.float64()),
    "map<string, double>": pa.map_(pa.string(), pa.float64()),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of some files."""

    files: int = 0
    errors: int = 0  #: files that could not be used
    matched: int = 0  #: files in which a reference was found
    matches: int = 0
    suppressed: int = 0  #: matches that known-good content explains away

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Done:
    """A batch as it was worked: a Parquet file of each table, in memory."""

    batch: str
    tables: Mapping[str, bytes]
    counts: Counts


def schema(table: scan_schema.Table) -> Any:  # noqa: ANN401 - a pyarrow.Schema, which is not typed
    """The Arrow schema of a table, with its name and version in the metadata."""
    said = {
        "schema": f"seawall.scan-{table.name}",
        "schema_version": str(scan_schema.VERSION),
        "seawall": seawall.__version__,
    }
    return pa.schema([_field(one) for one in table.columns], metadata=said)


def _field(column: scan_schema.Column) -> Any:  # noqa: ANN401 - a pyarrow.Field
    if not column.fields:
        return pa.field(column.name, _PLAIN[column.type])
    inside = pa.struct([_field(one) for one in column.fields])
    return pa.field(column.name, pa.list_(inside) if column.type == "list<struct>" else inside)


_SCHEMAS: Final = {table.name: schema(table) for table in scan_schema.TABLES}


def packed(batch: scan_plan.Batch, rows: Rows) -> Done:
    """A batch's rows as files. rows: of every table, in the order of its files, without `batch`."""
    tables = {}
    for name, form in _SCHEMAS.items():
        listed = [_text({"batch": batch.id, **row}) for row in rows[name]]
        stream = io.BytesIO()
        with parquet.ParquetWriter(stream, form, compression=_COMPRESSION) as writer:
            _write_group(writer, pa.Table.from_pylist(listed, form))
        tables[name] = stream.getvalue()
    found = [one for one in rows["matches"] if one.get("suppressed_by") is None]
    counts = Counts(
        files=len(batch.files),
        errors=len(rows["errors"]),
        matched=len({one["path"] for one in found}),
        matches=len(found),
        suppressed=len(rows["matches"]) - len(found),
    )
    return Done(batch.id, tables, counts)


def _text(value: object) -> Any:  # noqa: ANN401 - of whatever type it was
    """The value with every text as UTF-8 can hold it: file names may have bytes that are no text."""
    match value:
        case str():
            return os.fsencode(value).decode("utf-8", errors="backslashreplace")
        case Mapping():
            return {name: _text(one) for name, one in value.items()}
        case list() | tuple():
            return [_text(one) for one in value]
    return value


def _write_group(writer: Any, table: Any) -> None:  # noqa: ANN401 - of pyarrow
    """One row group, also of no rows."""
    writer.write_table(table, row_group_size=max(1, table.num_rows))


class Parts:
    """The finished batches of the scan in a folder."""

    def __init__(self, out: Path) -> None:
        """Make the folders where they are missing. Raises DiskFull, WriteFailed."""
        self._out = out
        self._parts = out / PARTS
        for name in (*_SCHEMAS, _DONE):
            with errors.writing(self._parts / name):
                (self._parts / name).mkdir(parents=True, exist_ok=True)

    def finished(self) -> dict[str, Counts]:
        """The batches that are finished. Raises ScanCorrupt."""
        return dict(self._markers())

    def _markers(self) -> Iterator[tuple[str, Counts]]:
        for path in (self._parts / _DONE).glob("*.json"):
            try:
                yield path.stem, Counts(**json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError) as error:
                raise errors.ScanCorrupt(path=path, reason=str(error)) from error

    def keep(self, done: Done) -> None:
        """Keep a batch: it is finished when this returns. Raises DiskFull, WriteFailed."""
        for name, data in done.tables.items():
            with index_files.new_file(self._part(name, done.batch)) as sink:
                sink.write(data)
        with index_files.new_file(self._parts / _DONE / f"{done.batch}.json") as sink:
            sink.write(json.dumps(asdict(done.counts)).encode())

    def merge(self, batches: Iterable[str]) -> None:
        """Make the result files of all batches, in this order, one row group each.

        Raises ScanCorrupt, DiskFull, WriteFailed.
        """
        order = list(batches)
        for name, form in _SCHEMAS.items():
            with (
                index_files.new_file(result(self._out, name)) as sink,
                parquet.ParquetWriter(sink, form, compression=_COMPRESSION) as writer,
            ):
                for batch in order:
                    _write_group(writer, self._read(name, batch))

    def clear(self) -> None:
        """Take the parts away, once there are results."""
        shutil.rmtree(self._parts, ignore_errors=True)

    def _read(self, name: str, batch: str) -> Any:  # noqa: ANN401 - a pyarrow.Table
        path = self._part(name, batch)
        try:
            return parquet.read_table(io.BytesIO(path.read_bytes()), schema=_SCHEMAS[name])
        except (OSError, pa.ArrowException) as error:
            raise errors.ScanCorrupt(path=path, reason=str(error)) from error

    def _part(self, name: str, batch: str) -> Path:
        return self._parts / name / f"part-{batch}.parquet"


def result(out: Path, name: str) -> Path:
    """Where the result file of a table is."""
    return out / f"{name}.parquet"
