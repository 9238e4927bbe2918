"""An archive of pictures to scan, and what a scan of it left."""

from __future__ import annotations

import importlib.util
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from calling import CommandLine, write_picture

DEADLINE_S = 300
BATCHES = 13  #: of one file, where an archive is scanned so


def needs(*packages: str) -> None:
    """Go on only where the packages of an extra are installed."""
    for name in packages:
        if importlib.util.find_spec(name) is None:
            pytest.skip(
                f"needs {name}: the extras 'scan' and 'ray' are not installed", allow_module_level=True
            )


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


def banked(folder: Path) -> tuple[CommandLine, Path, dict[str, bytes]]:
    """A command line over a bank, an archive, and what a scan of it leaves that nothing disturbs."""
    known = archive(folder / "in", write_picture)
    command = CommandLine(folder / "data")
    command.json("bank", "create", "KNOWN")
    command.json("bank", "add", "KNOWN", known / "000.png", known / "001.png")
    summary = command.json("scan", known, "--out", folder / "out", "--batch", "1")
    assert summary["batches"] == BATCHES
    return command, known, results(folder / "out")


def until(condition, process=None):
    """Wait until something is there; whatever ends the process before fails."""
    end = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to it"
        assert process is None or process.poll() is None, "it ended before"
        time.sleep(0.002)
    return found


@contextmanager
def scan(library, out, *more):
    command, archive, _ = library
    process = command.start("scan", archive, "--out", out, "--json", *more)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def markers(out):
    """The finished batches, each with the moment at which it was."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("parts/done/*.json")}


def children(process: int, sign: bytes) -> list[int]:
    """The processes under another one of which the command line has a sign."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            if sign in (one / "cmdline").read_bytes() and parent == process:
                found.append(int(one.name))
        except (OSError, ValueError, IndexError):
            continue
    return found
