"""Asks other programs what they take, in a Python of their own: Seawall's has none of them.

    python -m venv peers && peers/bin/pip install pdqhash threatexchange vpdq

vpdq is compiled and needs FFmpeg's headers: libavdevice-dev, libavfilter-dev, libavformat-dev,
libavcodec-dev, libswscale-dev and libavutil-dev of Debian.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What is asked: of each file, so many times, seconds on the clock and of the processor; and what was made.
_ASK: Final = """
import json, sys, time
from pathlib import Path
what, times, *paths = sys.argv[1:]
if what == "vpdq":
    import vpdq
    def made(path): return len(vpdq.computeHash(path, seconds_per_hash=1))
elif what == "threatexchange":
    from threatexchange.signal_type.pdq.signal import PdqSignal
    def made(path): return PdqSignal.hash_from_file(Path(path))
else:
    import numpy, pdqhash
    def made(path):
        bits, quality = pdqhash.compute(loaded)
        return numpy.packbits(bits.astype("u1")).tobytes().hex()
for path in paths:
    if what == "pdqhash":
        grey = numpy.load(path)
        loaded = numpy.repeat(grey[:, :, None], 3, axis=2)
    made(path)
    for _ in range(int(times)):
        wall_s, used_s = time.perf_counter(), time.process_time()
        value = made(path)
        taken = [time.perf_counter() - wall_s, time.process_time() - used_s]
        print(json.dumps([path, *taken, value]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Took:
    """One run of a peer on one file."""

    path: str
    wall_s: float
    used_s: float  #: of the processor, all threads together
    value: object  #: what it made


def as_a_child() -> None:
    """Begin this program anew with the environment that a sandbox's child has, which libraries read once."""
    wanted = {
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    }
    if not wanted.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)  # noqa: S606 - this program


def ask(python: Path | None, what: str, paths: list[Path], times: int) -> list[Took] | str:
    """Each run of `what` (vpdq, threatexchange or pdqhash), after one that is not counted; or why none is.

    python: the interpreter that has them; None for none. pdqhash gets (H, W) uint8 arrays as .npy files.
    """
    if python is None:
        return "no --peers given"
    command = [str(python), "-c", _ASK, what, str(times), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as was asked for
    if done.returncode:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed"
    return [Took(*json.loads(line)) for line in done.stdout.splitlines()]
