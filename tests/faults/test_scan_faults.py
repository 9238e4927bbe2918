"""A scan that is killed, or whose workers are, ends with the results that it would have had."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
import scanning
from scanning import BATCHES, DEADLINE_S, children, markers, scan, until

scanning.needs("pyarrow")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return scanning.banked(tmp_path_factory.mktemp("library"))


MOMENTS = {
    "while the snapshot is made": lambda out: (out / "bank.tmp").exists() or (out / "bank").exists(),
    "after the plan": lambda out: (out / "plan.jsonl").exists(),
    "after one batch": lambda out: len(markers(out)) >= 1,
    "in the middle": lambda out: len(markers(out)) >= BATCHES // 2,
    "with the last batch": lambda out: len(markers(out)) == BATCHES,
}


def test_killed_at_any_moment_it_goes_on_and_has_each_file_once(library, tmp_path):
    out, known = tmp_path / "out", {}
    for moment in MOMENTS.values():
        with scan(library, out, "--batch", "1", "--workers", "2") as process:
            until(lambda moment=moment: moment(out) or (out / "summary.json").exists())
            process.send_signal(signal.SIGKILL)
        if (out / "summary.json").exists():
            break  # it was quicker than the signal
        now = markers(out)
        assert known.items() <= now.items(), "a finished batch was done again"
        known = now
    with scan(library, out, "--batch", "1") as process:
        process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
    assert scanning.results(out) == library[2]
    assert scanning.scanned(out) == scanning.named(library[1])
    assert not (out / "bank").exists()


def test_workers_end_with_the_one_that_gives_them_work(library, tmp_path):
    with scan(library, tmp_path / "out", "--batch", "1", "--workers", "2") as process:
        found = until(lambda: children(process.pid, b"spawn_main"), process)
        process.send_signal(signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{one}").exists() for one in found))


def test_a_worker_that_is_killed_costs_its_batch_alone(library, tmp_path):
    out = tmp_path / "out"
    with scan(library, out, "--batch", "1", "--workers", "2") as process:
        until(lambda: markers(out), process)
        for victim in until(lambda: children(process.pid, b"spawn_main"), process):
            os.kill(victim, signal.SIGKILL)
        process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
    assert scanning.results(out) == library[2]


def test_a_batch_that_ends_its_worker_three_times_is_rows(library, tmp_path):
    out, killed = tmp_path / "out", set()
    with scan(library, out, "--batch", "100", "--workers", "1") as process:
        for _ in range(3):
            found = until(lambda: set(children(process.pid, b"spawn_main")).difference(killed), process)
            killed.update(found)
            for victim in found:
                os.kill(victim, signal.SIGKILL)
        process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
    assert scanning.scanned(out) == scanning.named(library[1])
    assert {row["code"] for row in scanning.rows(out, "errors")} == {"worker_lost"}
