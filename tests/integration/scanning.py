"""An archive of pictures to scan, and what a scan of it left."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest


def needs(*packages: str) -> None:
    """Go on only where the packages of an extra are installed."""
    for name in packages:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}: the extras 'scan' and 'ray' are not installed")


def archive(folder: Path, picture, known=(0, 1, 2), others=7) -> Path:
    """Known pictures, others, and damaged files. picture: of `conftest`."""
    folder.mkdir()
    for seed in (*known, *range(100, 100 + others)):
        picture(folder / f"{seed:03}.png", seed)
    (folder / "bad.png").write_bytes((folder / "100.png").read_bytes()[:200])
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("hello")
    return folder


def rows(out: Path, table: str) -> list[dict]:
    """The rows of a result file."""
    from pyarrow import parquet  # noqa: PLC0415 - of an extra

    return parquet.read_table(out / f"{table}.parquet").to_pylist()


def results(out: Path) -> dict[str, bytes]:
    """The result files."""
    return {name: (out / f"{name}.parquet").read_bytes() for name in ("signals", "matches", "errors")}


def scanned(out: Path) -> list[str]:
    """The files that were worked, as often as they are in the results."""
    return sorted(row["path"] for name in ("signals", "errors") for row in rows(out, name))


def named(folder: Path) -> list[str]:
    return sorted(os.fspath(path) for path in folder.rglob("*") if path.is_file())
