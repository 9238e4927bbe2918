"""The measurement of retro-matches on few contents: real files, real checks, and every copy found."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench" / "retromatch.py"


def test_planted_copies_are_found_and_nothing_else(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("retromatch_bench", BENCH)
    bench = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, bench)
    spec.loader.exec_module(bench)
    figures = bench.measure(tmp_path, contents=300, count=3, seconds=8)
    assert (figures.copies, figures.found, figures.others, figures.again) == (3, 3, 0, 0)
    assert figures.codes["area"] == figures.codes["pdq"] > 300 * 4
