"""Several queries at once have the candidates that each has alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings, strategies as st

from seawall.matching import candidates, few
from seawall.signals import pdq, video

SIDE = 12  #: so many codes that all draw from, so that most meet


def fingerprint(moments, seed):
    """Moments by their numbers among a few codes, some bits off."""
    random = np.random.default_rng(seed)
    codes = np.random.default_rng(0).integers(0, 256, (SIDE, 32), np.uint8)[moments]
    codes ^= (random.random(codes.shape) < 0.05).astype(np.uint8)
    hashes = [pdq.Pdq(code.tobytes(), 100) for code in codes]
    return video.listed(hashes, [float(at) for at in range(len(hashes))], float(len(hashes)))


MOMENTS = st.lists(st.integers(0, SIDE - 1), max_size=60)


@settings(deadline=None)
@given(
    known=st.lists(MOMENTS, min_size=1, max_size=4),
    asked=st.lists(MOMENTS, max_size=6),
    radius=st.integers(0, 40),
    every=st.integers(1, 2),
)
def test_at_once_as_one_by_one(known, asked, radius, every):
    index = few.Codes(candidates.entry_ids(at, fingerprint(one, at)) for at, one in enumerate(known))
    queries = [fingerprint(one, 99 - at) for at, one in enumerate(asked)]
    together = candidates.of_each(index, queries, radius, every)
    apart = [candidates.candidates(index, one, radius, every) for one in queries]
    assert [told(some) for some in together] == [told(some) for some in apart]


def told(some):
    return [
        (one.number, one.hits.query.tolist(), one.hits.reference.tolist(), one.hits.distances.tolist())
        for one in some
    ]
