"""The peer to beat: vPDQ as published, on the same files.

A video is a bag of PDQ hashes, one a second by the count of frames, each of the whole picture at its
coded size. Two videos are compared by the share of either's hashes that have one of the other within 31
bits; which share decides is where the two published rules differ.

Source: facebook/ThreatExchange, vpdq/ 0.2.5 and its README. Hashes of quality under 50 are dropped and
of equal ones the first is kept, as its index does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import media
from seawall.bench import brute, make
from seawall.bench.peers.peer import Said
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS_A_HASH: Final = 1.0


@dataclass(frozen=True, slots=True)
class Shares:
    """How much two videos have in common, in per cent of the hashes of each."""

    query_pct: float
    compared_pct: float


@dataclass(frozen=True, slots=True)
class Rule:
    """When two videos match."""

    name: str
    what: str
    min_query_pct: float
    min_compared_pct: float

    def matches(self, shares: Shares) -> bool:
        """Whether both shares are large enough."""
        return shares.query_pct >= self.min_query_pct and shares.compared_pct >= self.min_compared_pct

    def share(self, shares: Shares) -> float:
        """The one that decides, in per cent."""
        return shares.query_pct if self.min_query_pct else shares.compared_pct


RULES: Final = (
    Rule("vpdq_query_80", "80 % of the query's hashes: the code's default", 80.0, 0.0),
    Rule("vpdq_compared_80", "80 % of the reference's hashes: the README's", 0.0, 80.0),
)


class Vpdq:
    """The peer, with both of its rules."""

    name = "vpdq"
    rules = tuple((rule.name, rule.what) for rule in RULES)
    file_version = 1

    def lacks(self) -> str | None:
        return None

    def prepare(self, path: Path, rate_hz: float) -> NDArray[np.uint8]:
        """Raises the errors of `hash_video`."""
        return hash_video(path, rate_hz)

    def compare(self, query: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[Said, ...]:
        shares = compare(query, reference)
        return tuple(Said(rule.share(shares) / 100, rule.matches(shares)) for rule in RULES)


def hash_video(path: Path, rate_hz: float) -> NDArray[np.uint8]:
    """The video's hashes worth comparing: (n, 32). Raises the errors of `media.open`.

    rate_hz: frames a second on average, of which vPDQ makes its step through the decoded frames.
    """
    step = frame_step(rate_hz)
    with media.open(path) as source:
        hashes = [
            pdq.hash_luma(frame.luma())
            for frame in source.frames(source=media.LumaSource.RGB)
            if frame.number % step == 0
        ]
    return worth_comparing([hashed.value for hashed in hashes], [hashed.quality for hashed in hashes])


def kept_hashes(path: Path, rate_hz: float, kept: Path) -> NDArray[np.uint8]:
    """`hash_video`, from the file `kept` where an earlier run left it there."""
    if kept.is_file():
        codes: NDArray[np.uint8] = np.load(kept, allow_pickle=False)
        return codes
    codes = hash_video(path, rate_hz)
    partial = make.partial_path(kept)
    np.save(partial, codes, allow_pickle=False)
    partial.replace(kept)
    return codes


def frame_step(rate_hz: float) -> int:
    """Every how many frames one is hashed."""
    return max(1, math.trunc(SECONDS_A_HASH * rate_hz))


def worth_comparing(values: Sequence[bytes], qualities: Sequence[int]) -> NDArray[np.uint8]:
    """Those of good quality, each once, in order: (n, 32)."""
    good = (value for value, quality in zip(values, qualities, strict=True) if quality >= pdq.MATCH_QUALITY)
    return np.frombuffer(b"".join(dict.fromkeys(good)), np.uint8).reshape(-1, pdq.CODE_BYTES)


def compare(query: NDArray[np.uint8], compared: NDArray[np.uint8]) -> Shares:
    """The shares that two videos have in common; none where either has no hash."""
    if not len(query) or not len(compared):
        return Shares(0.0, 0.0)
    near = brute.distances(query, compared) <= pdq.MATCH_BITS
    return Shares(100 * float(near.any(axis=1).mean()), 100 * float(near.any(axis=0).mean()))
