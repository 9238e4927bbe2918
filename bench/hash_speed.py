"""Measures PDQ hashes beside the programs of those who defined them, and counts the bits that differ.

    python bench/hash_speed.py [--peers PYTHON] [--times 9] [--folder DIR]

Pictures are made, textured and as large as is usual: luma at 640x360 to 3840x2160 against pdqhash, and
JPEG photos of 12 megapixels, from the file to the hash, against python-threatexchange's
`PdqSignal.hash_from_file`. One thread each; medians. Without --peers only Seawall's own figures are printed.
`bench/peers.py` says what the peers' Python needs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import peers

from seawall import media
from seawall.bench import synthetic
from seawall.media import encode
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIZES: Final = ((640, 360), (1280, 720), (1920, 1080), (3840, 2160))
PHOTO: Final = (4000, 3000)
PHOTOS: Final = 3


def picture(seed: int, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """(H, W, 3): a made picture with the grain of a camera."""
    _, shown = next(synthetic.frames(seed, 1.0, width_px, height_px, 1.0))
    grain = np.random.default_rng(seed).integers(-5, 6, shown.shape)
    return np.asarray(np.clip(shown + grain, 0, 255), np.uint8)


def median_ms(made: Callable[[], object], times: int) -> float:
    """On the clock, after one run that is not counted."""
    made()
    taken = []
    for _ in range(times):
        began_s = time.perf_counter()
        made()
        taken.append(time.perf_counter() - began_s)
    return statistics.median(taken) * 1000


def from_file(path: Path) -> pdq.Pdq:
    """The PDQ hash of a picture's file."""
    with media.open(path) as opened:
        return pdq.hash_luma(opened.picture().luma())


def line(what: str, own_ms: float, own: pdq.Pdq, said: list[peers.Took] | str, peer: str) -> str:
    """One row of figures."""
    if isinstance(said, str):
        return f"{what}: {own_ms:.2f} ms; {peer} left out: {said}"
    peer_ms = statistics.median(took.wall_s for took in said) * 1000
    value = said[0].value
    theirs = pdq.Pdq(bytes.fromhex(value[0] if isinstance(value, list) else str(value)), 0)
    return (
        f"{what}: {own_ms:.2f} ms, {peer} {peer_ms:.1f} ms: {peer_ms / own_ms:.1f} times as fast, "
        f"{own.distance(theirs)} bits apart"
    )


def measure(folder: Path, python: Path | None, times: int) -> None:
    """Print all rows."""
    for width, height in SIZES:
        luma = np.ascontiguousarray(picture(1, width, height)[:, :, 1])
        kept = folder / f"luma-{width}x{height}.npy"
        np.save(kept, luma)
        said = peers.ask(python, "pdqhash", [kept], times)
        own_ms = median_ms(partial(pdq.hash_luma, luma), times * 3)
        print(line(f"luma {width}x{height}", own_ms, pdq.hash_luma(luma), said, "pdqhash"))
    for number in range(PHOTOS):
        path = folder / f"photo-{number}.jpg"
        encode.write_jpeg(path, picture(number + 2, *PHOTO), quality=90)
        said = peers.ask(python, "threatexchange", [path], times)
        own_ms = median_ms(partial(from_file, path), times)
        print(
            line(
                f"JPEG of 12 megapixels, {number + 1}", own_ms, from_file(path), said, "python-threatexchange"
            )
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seawall-hash-speed-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, chosen.peers, chosen.times)


if __name__ == "__main__":
    peers.as_a_child()
    main()
