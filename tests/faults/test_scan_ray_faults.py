"""In a cluster of Ray a scan gives what it gives in processes, also where some are killed."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
import scanning
from scanning import DEADLINE_S, markers, scan, until

scanning.needs("pyarrow", "ray")

ON_RAY = ("--batch", "1", "--workers", "2", "--address", "local")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return scanning.banked(tmp_path_factory.mktemp("library"))


def tasks():
    """Processes of Ray that work or wait for a batch; others than ours may run on this machine."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            if (one / "cmdline").read_bytes().startswith(b"ray::_work"):
                found.append(int(one.name))
        except OSError:
            continue
    return found


def snapshots():
    """Of banks, on this machine; those of other scans may lie there."""
    folder = Path(tempfile.gettempdir(), f"seawall-scan-{os.getuid()}")
    return {one for one in folder.glob("*") if one.is_dir()}


def test_a_killed_driver_and_a_killed_worker_change_nothing(library, tmp_path):
    out = tmp_path / "out"
    others = snapshots()
    with scan(library, out, *ON_RAY) as process:
        until(lambda: markers(out), process)
        process.send_signal(signal.SIGKILL)
    kept = markers(out)
    until(lambda: not tasks())
    with scan(library, out, *ON_RAY) as process:
        for victim in until(tasks, process)[:1]:
            os.kill(victim, signal.SIGKILL)
        process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
    assert kept
    assert scanning.results(out) == library[2]
    assert snapshots() <= others
