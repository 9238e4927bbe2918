"""Workers that are killed between the steps of a removal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "preserve_kills.py"

#: The places where it matters most: before, within and after what is preserved, stamped, and acted on.
RUNS = """
import sys
sys.path.insert(0, sys.argv[1])
import preserve_kills
from seawall import config

values = {one.name: one.default for one in config.SETTINGS}
settings = config.Settings({**values, "data": sys.argv[2], "workers": 1})
preserve_kills.POINTS_IN_TURN = (2, 7, 9, 14, 16, 17)
print("died", preserve_kills.run(settings, 6, tell=lambda _: None))
"""


def test_nothing_is_removed_that_is_not_preserved_and_nothing_twice(tmp_path):
    command = [sys.executable, "-c", RUNS, str(BENCH.parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["died", "6"]
