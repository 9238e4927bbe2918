"""Fingerprints of sample files, made in at most two processes: the costly part of the golden tests."""

from __future__ import annotations

import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from seawall import media
from seawall.signals import compute, roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PROCESSES = 2
T = TypeVar("T")
JPEG_QUALITY = 50


@dataclass(frozen=True)
class Both:
    """One video as a reference and as a query, encoded."""

    name: str
    reference: bytes
    query: bytes


@dataclass(frozen=True)
class Stills:
    """One video as a reference, and pictures taken from it: (time in seconds, fingerprint), encoded."""

    name: str
    reference: bytes
    stills: list[tuple[float, bytes]]


def at_once(make: Callable[[Path], T], paths: Iterable[Path]) -> list[T]:
    """What `make` makes of each path, in their order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        return list(pool.map(make, paths))


def both(path: Path) -> Both:
    return Both(path.name, encoded(path, roles.Role.REFERENCE), encoded(path, roles.Role.QUERY))


def encoded(source: Path | io.BytesIO, role: roles.Role) -> bytes:
    with media.open(source) as opened:
        made = compute.compute(opened, role).fingerprint
    return b"" if made is None else made.encode()


def stills(path: Path) -> Stills:
    """A frame of each second, at a phase that only chance knows, at half size and JPEG quality 50."""
    random = np.random.default_rng(len(path.name))
    taken = []
    next_s = random.random()
    with media.open(path) as opened:
        for frame in opened.frames():
            if frame.time_s >= next_s:
                taken.append((frame.time_s, encoded(_as_posted(frame.rgb()), roles.Role.QUERY)))
                next_s = int(frame.time_s) + 1 + random.random()
    return Stills(path.name, encoded(path, roles.Role.REFERENCE), taken)


def _as_posted(rgb: np.ndarray) -> io.BytesIO:
    picture = Image.fromarray(rgb)
    posted = io.BytesIO()
    picture.resize((picture.width // 2, picture.height // 2)).save(posted, "JPEG", quality=JPEG_QUALITY)
    posted.seek(0)
    return posted
