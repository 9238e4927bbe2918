"""Backups: all that the database holds in one file, from one moment, and back into an empty database.

The file is the same from SQLite and from PostgreSQL, so it is also the way from one to the other. The index
is not in it: it holds nothing that the database has not, and is built anew when a backup is put back.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from seawall import config, errors, objects
from seawall.store import migrate, transfer
from seawall.store.database import Database
from seawall.store.store import backend
from seawall.workflows import archive
from seawall.workflows.library import Seawall

FORMAT: Final = "seawall.backup/1"

#: A table is cut into members of this size before they are packed, so that none needs to be in memory whole.
PART_BYTES: Final = 8 << 20

_TABLES: Final = "tables/"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    schema_revision: str
    rows: Mapping[str, int]  #: by table
    objects: int

    def as_record(self) -> dict[str, object]:
        """As it is printed as JSON."""
        return asdict(self)


def create(settings: config.Settings, path: Path, *, with_objects: bool = False) -> Backup:
    """Write a backup of the database that is set, while others use it: all of it as of one moment.

    with_objects: the kept files too. Raises UsageError where something is at the path, DiskFull, WriteFailed,
    and the errors of the database and of the object store.
    """
    now = datetime.now(UTC)
    database = Database.open(backend(settings.text("database"), settings.data))
    try:
        with archive.written(path, int(now.timestamp())) as writer, database.read() as connection:
            revision = str(database.revision(connection))
            tables = [_table(writer, connection, layout) for layout in transfer.layouts().values()]
            last_numbers = database.last_numbers(connection)
            kept = _objects(writer, objects.opened(settings)) if with_objects else 0
            about = {
                "format": FORMAT,
                "seawall": metadata.version("seawall"),
                "made_at": now.isoformat(),
                "schema_revision": revision,
                "tables": tables,
                "last_numbers": last_numbers,
                "objects": kept,
            }
            writer.close(about)
        return Backup(revision, {str(one["name"]): int(str(one["rows"])) for one in tables}, kept)
    finally:
        database.close()


def restore(settings: config.Settings, path: Path) -> Backup:
    """Put a backup into the database that is set, which must be empty; all of it or nothing.

    Kept files that are in the backup go to where the settings say. The index is built anew.
    Raises BackupCorrupt, StoreVersion, StoreNotEmpty, PathNotFound, UnreadableFile, and as `create`.
    """
    checked = archive.checked(path)
    about = _about(checked)
    database = Database(backend(settings.text("database"), settings.data))
    try:
        database.prepare()
        with database.replacing() as connection:
            filling = transfer.Filling(database, connection, about.schema_revision)
            _fill(filling, checked, about, objects.opened(settings))
            filling.finish(about.last_numbers)
    finally:
        database.close()
    _index(settings)
    return Backup(about.schema_revision, about.rows, about.objects)


@dataclass(frozen=True, slots=True)
class _About:
    """What the manifest says besides its members."""

    schema_revision: str
    layouts: Mapping[str, transfer.Layout]  #: of the tables, by name
    rows: Mapping[str, int]  #: likewise
    last_numbers: Mapping[str, int]  #: likewise
    objects: int


def _about(checked: archive.Checked) -> _About:
    """Raises BackupCorrupt for a manifest of another kind, StoreVersion for one of a newer Seawall."""
    said = checked.about
    try:
        if said["format"] != FORMAT:
            raise errors.BackupCorrupt(path=checked.path, reason=f"it is of the kind {said['format']!r}")
        if not migrate.knows(said["schema_revision"]):
            raise errors.StoreVersion(path=checked.path, found=said["schema_revision"])
        layouts = {one["name"]: _layout(one) for one in said["tables"]}
        rows = {one["name"]: int(one["rows"]) for one in said["tables"]}
        last_numbers = {str(name): int(number) for name, number in said["last_numbers"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise errors.BackupCorrupt(path=checked.path, reason="its manifest is no manifest") from error
    return _About(said["schema_revision"], layouts, rows, last_numbers, said["objects"])


def _layout(said: Mapping[str, Any]) -> transfer.Layout:
    columns = tuple((str(name), transfer.Kind(kind)) for name, kind in said["columns"])
    return transfer.Layout(str(said["name"]), columns)


def _table(writer: archive.Writer, connection: Connection, layout: transfer.Layout) -> dict[str, object]:
    """Write a table, member by member; what the manifest says of it."""
    lines = (f"{json.dumps(row)}\n".encode() for row in transfer.rows(connection, layout.name))
    count = 0
    for number, part in enumerate(_parts(lines), 1):
        packed = gzip.compress(b"".join(part), compresslevel=3, mtime=0)
        writer.add(f"{_TABLES}{layout.name}/{number:06}.jsonl.gz", io.BytesIO(packed), len(packed))
        count += len(part)
    columns = [[name, str(kind)] for name, kind in layout.columns]
    return {"name": layout.name, "columns": columns, "rows": count}


def _parts(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The lines in lists of about PART_BYTES, each of at least one."""
    part: list[bytes] = []
    size_bytes = 0
    for line in lines:
        part.append(line)
        size_bytes += len(line)
        if size_bytes >= PART_BYTES:
            yield part
            part, size_bytes = [], 0
    if part:
        yield part


def _objects(writer: archive.Writer, kept: objects.Objects) -> int:
    """Write every kept file; how many. Raises UnreadableFile for one whose bytes are not its digest's."""
    count = 0
    for sha256 in kept.every():
        with kept.open(sha256) as stream:
            size_bytes = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            if writer.add(archive.OBJECTS + sha256, stream, size_bytes) != sha256:
                raise errors.UnreadableFile(path=f"{kept.place}: {sha256}", reason="its bytes have changed")
        count += 1
    return count


def _fill(filling: transfer.Filling, checked: archive.Checked, about: _About, kept: objects.Objects) -> None:
    counts = dict.fromkeys(about.layouts, 0)
    for name, stream in checked.members():
        try:
            if name.startswith(_TABLES):
                table = name.removeprefix(_TABLES).partition("/")[0]
                with gzip.GzipFile(fileobj=stream) as lines:
                    counts[table] += filling.insert(about.layouts[table], map(json.loads, lines))
            elif name.startswith(archive.OBJECTS):
                kept.put(stream, name.removeprefix(archive.OBJECTS))
        except (ValueError, KeyError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise errors.BackupCorrupt(path=checked.path, reason=f"{name}: {error}") from error
    if counts != about.rows:
        raise errors.BackupCorrupt(path=checked.path, reason="it has not the rows that its manifest counts")


def _index(settings: config.Settings) -> None:
    """Build the index from the database as it is now."""
    with errors.writing(settings.data / "index"):
        shutil.rmtree(settings.data / "index", ignore_errors=True)
    with Seawall(settings) as library:
        library.index_counts()
