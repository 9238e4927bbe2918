"""`seawall worker` as it is typed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

import seawall
from seawall.model.job import JobState

WORKER = [sys.executable, "-m", "seawall", "worker"]


@pytest.fixture
def data(tmp_path):
    """A data folder with a job that nothing does."""
    with seawall.open(tmp_path / "data") as library:
        library.tasks.put("nonsense", {}, id="mine")
    return tmp_path / "data"


def test_once_it_ends_when_nothing_is_left_to_do(data):
    done = subprocess.run(
        [*WORKER, "--once", "--json", "--data", data], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == "seawall.worker/1"
    assert json.loads(done.stdout)["jobs"]["parked"] == 1
    assert done.stderr == b""
    with seawall.open(data) as library:
        job = library.jobs.get("mine")
        assert (job.state, job.error.code) == (JobState.PARKED, "no_handler")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_is_told_to_stop(data, ending):
    with subprocess.Popen(
        [*WORKER, "--data", data], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as worker:
        assert worker.stdout.readline().startswith(b"working")
        worker.send_signal(ending)
        out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert out.startswith(b"waiting")
    assert err == b""
