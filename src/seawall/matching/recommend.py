"""From scores to what Seawall suggests: nothing acts on a score alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seawall.matching.options import SearchOptions
from seawall.model.match import Match, Recommendation
from seawall.signals import pdq


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The one picture of a reference that a match rests on."""

    code: NDArray[np.uint8]  #: (32,)
    listed: bool  #: a PDQ hash from a list, rather than an area code: the two are not comparable

    def differs(self, other: Picture) -> bool:
        """Whether the two are known to show different things."""
        if self.listed != other.listed:
            return False
        return int(np.bitwise_count(self.code ^ other.code).sum()) > pdq.MATCH_BITS


def recommendation(score: float, options: SearchOptions, *, disputed: bool) -> Recommendation:
    """What a score of its own allows. A disputed reference never gives more than a suggestion."""
    if score < options.suggest_score:
        return Recommendation.NONE
    if score < options.strong_score or disputed:
        return Recommendation.SUGGEST
    return Recommendation.STRONG


def weigh_rivals(
    matches: Sequence[Match], pictures: Sequence[Picture | None], options: SearchOptions
) -> list[Match]:
    """Lower to a suggestion every match that rests on one picture and has a rival as close.

    pictures: for each match, the reference's picture if it rests on one, else None. Rivals that show
    the same picture as each other are copies banked twice, and confirm instead.
    """
    weighed = list(matches)
    for number, (one, picture) in enumerate(zip(matches, pictures, strict=True)):
        for other, other_picture in zip(matches, pictures, strict=True):
            if other is one or picture is None or other_picture is None:
                continue
            close = abs(one.score - other.score) < options.ambiguous_gap
            differ = picture.differs(other_picture)
            if close and differ and one.recommendation is Recommendation.STRONG:
                weighed[number] = dataclasses.replace(one, recommendation=Recommendation.SUGGEST)
    return weighed
