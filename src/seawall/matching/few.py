"""A handful of the references as all there are: what one of them alone would match, by the same search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from seawall.matching import candidates, index_codes, sound
from seawall.matching.references import References
from seawall.signals import pdq

_CodesAndIds = tuple[NDArray[np.uint8], NDArray[np.uint64]]


class Codes:
    """A `CodeIndex` in memory, by brute force."""

    def __init__(self, parts: Iterable[_CodesAndIds] = ()) -> None:
        """parts: codes (n, 32) with ids (n,)."""
        codes, ids = [np.zeros((0, pdq.CODE_BYTES), np.uint8)], [np.zeros(0, np.uint64)]
        for some, their in parts:
            codes.append(some)
            ids.append(their)
        self._words = index_codes.as_words(np.concatenate(codes))
        self._ids = np.concatenate(ids)

    def query(
        self, codes: NDArray[np.uint8], radius: int, sure: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int16]]:
        """As `HammingIndex.query`; all within the radius are found, whatever `sure` is."""
        hits = index_codes.scan(self._words, index_codes.as_words(codes), radius)
        order = np.argsort(hits.query_no, kind="stable")
        return hits.query_no[order], self._ids[hits.position[order]], hits.distance[order]


def only(everything: References, numbers: Sequence[int]) -> References:
    """Those references that have these numbers, of all; without keypoints and what a network says."""
    entries = dict(everything.load(numbers))
    shown = [
        (number, entry.fingerprint) for number, entry in entries.items() if entry.fingerprint is not None
    ]
    heard = [(number, fingerprint) for number in entries if (fingerprint := everything.load_sound(number))]
    own = [candidates.entry_ids(number, one) for number, one in shown if one.pdq is not None]
    listed = [candidates.entry_ids(number, one) for number, one in shown if one.pdq is None]
    return References(
        own=Codes(own),
        listed=Codes(listed),
        hashes=Codes(candidates.entry_ids(n, one.as_listed()) for n, one in shown if one.pdq is not None),
        keypoints=Codes(),
        sounds=Codes(sound.entry_ids(number, one) for number, one in heard),
        load=lambda wanted: {number: entries[number] for number in wanted if number in entries},
        load_keypoints=lambda _: None,
        load_sound=lambda number: everything.load_sound(number) if number in entries else None,
        exact=lambda sha256, md5: [one for one in everything.exact(sha256, md5) if one in entries],
    )
