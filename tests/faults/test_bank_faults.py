"""Kills and full disks while a bank is filled: what was acknowledged is there, whole, and nothing else."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FILES = 200
ROUNDS = 4


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """A folder of pictures, no two alike."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(FILES):
        grain = np.random.default_rng(number).integers(0, 256, (9, 12, 3), np.uint8)
        Image.fromarray(grain).resize((96, 72), Image.Resampling.BICUBIC).save(folder / f"{number:03}.png")
    return folder


def run(data: Path, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "seawall", "--data", str(data), *map(str, args)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def acknowledged(lines: str) -> set[str]:
    """The references that complete lines of output name."""
    whole = [line for line in lines.splitlines(keepends=True) if line.endswith("\n")]
    return {line.split()[1] for line in whole if line.startswith("added")}


def banked(data: Path) -> dict[str, str]:
    shown = run(data, "bank", "show", "KNOWN")
    assert shown.returncode == 0, shown.stderr
    return {line.split()[0]: line.split()[-1] for line in shown.stdout.splitlines()}


def matched_references(data: Path, folder: Path) -> set[str]:
    checked = json.loads(run(data, "check", folder, "--json").stdout)
    return {match["reference"] for result in checked["results"] for match in result["matches"]}


def test_kill_in_the_middle_of_bank_add_keeps_what_was_acknowledged(tmp_path, pictures):
    data = tmp_path / "data"
    assert run(data, "bank", "create", "KNOWN").returncode == 0
    chance = random.Random(5)
    promised: set[str] = set()
    for _ in range(ROUNDS):
        adding = subprocess.Popen(
            [sys.executable, "-m", "seawall", "--data", str(data), "bank", "add", "KNOWN", str(pictures)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        assert adding.stdout is not None
        seen = []
        wanted = chance.randint(5, 40)
        while len(acknowledged("".join(seen))) < wanted and (line := adding.stdout.readline()):
            seen.append(line)
        os.kill(adding.pid, signal.SIGKILL)
        seen.append(adding.stdout.read())
        adding.wait()
        adding.stdout.close()
        fresh = acknowledged("".join(seen))
        assert fresh
        there = banked(data)
        assert promised | fresh <= set(there)
        # One more can be safe without its line having reached us: the kill fell between the two.
        assert len(there) - len(promised | fresh) <= 1
        promised = set(there)
    finished = run(data, "bank", "add", "KNOWN", pictures)
    assert finished.returncode == 0
    there = banked(data)
    assert len(there) == len(set(there.values())) == FILES
    assert matched_references(data, pictures) == set(there)


def test_a_full_disk_stops_bank_add_with_its_error_and_loses_nothing(tmp_path, pictures, small_disk):
    data = small_disk / "data"
    created = run(data, "bank", "create", "KNOWN")
    assert created.returncode == 0, created.stderr
    stopped = run(data, "bank", "add", "KNOWN", pictures, "--keep")
    assert stopped.returncode == 20, stopped.stderr
    assert "disk_full" in stopped.stderr
    kept = acknowledged(stopped.stdout)
    assert kept
    (small_disk / "ballast").unlink()
    there = banked(data)
    assert kept <= set(there)
    assert len(there) - len(kept) <= 1
    finished = run(data, "bank", "add", "KNOWN", pictures, "--keep")
    assert finished.returncode == 0, finished.stderr
    assert len(banked(data)) == FILES
    assert matched_references(data, pictures) == set(banked(data))


@pytest.fixture
def small_disk(tmp_path, needs):
    """A file system with little room, most of it taken by a file `ballast`."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=44m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    needs(mounted.returncode == 0, "needs the right to mount a small file system")
    try:
        (folder / "ballast").write_bytes(b"\0" * (38 << 20))
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
