"""The tables that a scan writes, column by column: what the reference page says and what the files hold.

A version stays as long as a column keeps its name, type and meaning; columns may be added to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or a field of a structure."""

    name: str
    type: str  #: of Arrow; `struct` and `list<struct>` have fields
    about: str
    fields: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of result file."""

    name: str
    about: str
    columns: tuple[Column, ...]


_BATCH: Final = Column("batch", "string", "The batch that the file was worked in; one is one row group.")
_PATH: Final = Column(
    "path", "string", "The file's absolute path, or its s3:// address. Bytes that are no UTF-8 as `\\xNN`."
)

SIGNALS: Final = Table(
    "signals",
    "A row for each file that could be read and decoded.",
    (
        _BATCH,
        _PATH,
        Column("sha256", "string", "Digest of its bytes, 64 hex digits."),
        Column("md5", "string", "The same of MD5, 32 hex digits."),
        Column("size_bytes", "int64", "Its size."),
        Column("kind", "string", "`image`, `video` or `audio`."),
        Column("format", "string", "The container, as its decoder calls it."),
        Column("duration_s", "double", "Null for a picture."),
        Column("width_px", "int32", "Null for sound."),
        Column("height_px", "int32", "Null for sound."),
        Column(
            "partial",
            "struct",
            "Only where a part could not be read.",
            (
                Column("read_s", "double", "Seconds that were read."),
                Column("expected_s", "double", "Seconds that there should be."),
                Column("damaged_packets", "int64", "Packets that were damaged."),
                Column("reason", "string", "What was seen of the damage."),
            ),
        ),
        Column(
            "signals",
            "list<struct>",
            "What was made of it as a query: a PDQ hash of each moment, then fingerprints.",
            (
                Column("type", "string", "`pdq`, `image`, `video`, `local`, `audio` or `learned`."),
                Column("version", "int64", "The version of the type."),
                Column("offset_s", "double", "The second of a PDQ hash in a video; else null."),
                Column("quality", "int32", "Of a PDQ hash, 0 to 100; else null."),
                Column("value", "binary", "32 bytes of a PDQ hash; else the type's own form."),
            ),
        ),
        Column(
            "skipped",
            "list<struct>",
            "Signals that were not made.",
            (
                Column("signal", "string", "Its type."),
                Column("reason", "string", "Why, as `check` says it."),
            ),
        ),
    ),
)

MATCHES: Final = Table(
    "matches",
    "A row for each reference that was found in a file, the surest first, as `check` finds them.",
    (
        _BATCH,
        _PATH,
        Column("sha256", "string", "Digest of the file's bytes."),
        Column("bank", "string", "The reference's bank."),
        Column("reference", "string", "Its id."),
        Column("reference_name", "string", "Its name."),
        Column("incident", "string", "The incident that it belongs to, or null."),
        Column("score", "double", "0 to 1."),
        Column("recommendation", "string", "`strong`, `suggest`, or `none` where it is suppressed."),
        Column("coverage_query", "double", "Share of the file that the segments cover."),
        Column("coverage_reference", "double", "Share of the reference that they cover."),
        Column("parts", "map<string, double>", "The score's named parts."),
        Column(
            "segments",
            "list<struct>",
            "Where it reappears.",
            (
                Column("signal", "string", "What found it."),
                Column("query_start_s", "double", "In the file."),
                Column("query_end_s", "double", "In the file."),
                Column("reference_start_s", "double", "In the reference."),
                Column("reference_end_s", "double", "In the reference."),
                Column("speed", "double", "Seconds of the reference in one of the file."),
                Column("transform", "list<string>", "What was undone before it matched, such as `mirror`."),
                Column("score", "double", "0 to 1."),
                Column("query_region", "list<double>", "x, y, width, height in shares; null for all."),
                Column("reference_region", "list<double>", "The same of the reference's picture."),
            ),
        ),
        Column(
            "suppressed_by",
            "struct",
            "The known-good reference that explains the match away, or null.",
            (
                Column("bank", "string", "Its negative bank."),
                Column("reference", "string", "Its id."),
                Column("reference_name", "string", "Its name."),
            ),
        ),
    ),
)

ERRORS: Final = Table(
    "errors",
    "A row for each file that could not be used. It may have matches: an untouched copy is found by its "
    "digest even where no decoder can read it.",
    (
        _BATCH,
        _PATH,
        Column("sha256", "string", "Digest of its bytes; null where not even they could be read."),
        Column("code", "string", "The error's code."),
        Column("message", "string", "What happened."),
    ),
)

TABLES: Final = (SIGNALS, MATCHES, ERRORS)
