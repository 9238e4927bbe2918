"""From scores to what Seawall suggests: nothing acts on a score alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seawall.matching.options import SearchOptions
from seawall.model.match import Match, Recommendation


def recommendation(score: float, options: SearchOptions, *, disputed: bool) -> Recommendation:
    """What a score of its own allows. A disputed reference never gives more than a suggestion."""
    if score < options.suggest_score:
        return Recommendation.NONE
    if score < options.strong_score or disputed:
        return Recommendation.SUGGEST
    return Recommendation.STRONG


def weigh_rivals(
    matches: Sequence[Match], codes: Sequence[NDArray[np.uint8] | None], options: SearchOptions
) -> list[Match]:
    """Lower to a suggestion every match that rests on one picture and has a rival as close.

    codes: for each match, the reference's code (32,) if it rests on one picture, else None. Rivals
    that show the same picture as each other are copies banked twice, and confirm instead.
    """
    weighed = list(matches)
    for number, (one, code) in enumerate(zip(matches, codes, strict=True)):
        for other, other_code in zip(matches, codes, strict=True):
            if other is one or code is None or other_code is None:
                continue
            close = abs(one.score - other.score) < options.ambiguous_gap
            differ = int(np.bitwise_count(code ^ other_code).sum()) > options.radius_bits
            if close and differ and one.recommendation is Recommendation.STRONG:
                weighed[number] = dataclasses.replace(one, recommendation=Recommendation.SUGGEST)
    return weighed
