"""Compares what scans have left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyarrow import compute, parquet

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

TABLES: Final = ("signals", "matches", "errors")
NAMING: Final = ("path", "message")  #: columns that say where a file lies


def check(one: Path, one_source: str, other: Path, other_source: str) -> None:
    """The same bytes, if of one source; otherwise the same rows, but for where the files lie and the batches.

    Raises AssertionError.
    """
    for name in TABLES:
        paths = [out / f"{name}.parquet" for out in (one, other)]
        if one_source == other_source:
            same = paths[0].read_bytes() == paths[1].read_bytes()
        else:
            left, right = (
                _rows(path, at) for path, at in zip(paths, (one_source, other_source), strict=True)
            )
            same = left.equals(right)
        assert same, f"the results differ in {name}"


def check_errors(out: Path, files: int, damaged: AbstractSet[str]) -> None:
    """Each file is there once, those that are damaged among the errors. Raises AssertionError."""
    named = {
        name: [Path(path).name for path in parquet.read_table(out / f"{name}.parquet")["path"].to_pylist()]
        for name in ("signals", "errors")
    }
    all_named = [*named["signals"], *named["errors"]]
    assert len(all_named) == len(set(all_named)) == files, "a file is missing, or there twice"
    assert damaged <= set(named["errors"]), "a damaged file is not among the errors"


def _rows(path: Path, source: str) -> Any:  # noqa: ANN401 - a pyarrow.Table
    table = parquet.read_table(path).drop_columns("batch").replace_schema_metadata()
    for column in set(NAMING) & set(table.column_names):
        place = table.column_names.index(column)
        table = table.set_column(place, column, compute.replace_substring(table[column], f"{source}/", ""))
    return table
