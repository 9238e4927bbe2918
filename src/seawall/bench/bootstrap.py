"""How far a figure may be off: intervals by drawing the source clips again, with replacement.

All queries made from one clip succeed or fail together, so clips are drawn, not queries. A statistic is
written over weights: how often each clip was drawn. Weights of one give the figure itself.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval, here of
clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

RESAMPLES: Final = 1000
CONFIDENCE: Final = 0.95
_DIGITS: Final = 4

Weights = NDArray[np.float64]  #: (resamples, sources): how often each source is counted
#: (resamples, sources) -> (resamples,); NaN where the figure is not defined
Statistic = Callable[[Weights], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the interval that holds it in 95 of 100 such corpora; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None

    def percent(self) -> str:
        """As "91.2 % (85.0 to 96.1)"."""
        return self._worded(100.0, 1, " %")

    def plain(self) -> str:
        """As "0.21 (0.10 to 0.44)"."""
        return self._worded(1.0, 2, "")

    def _worded(self, factor: float, digits: int, unit: str) -> str:
        if self.value is None:
            return "-"
        value = f"{factor * self.value:.{digits}f}{unit}"
        if self.low is None or self.high is None:
            return value
        return f"{value} ({factor * self.low:.{digits}f} to {factor * self.high:.{digits}f})"


NOTHING: Final = Estimate(None, None, None)


class Sources:
    """The source clips of a run, at least one, and the same draws of them for every figure."""

    def __init__(self, names: Sequence[str], seed: int, resamples: int = RESAMPLES) -> None:
        self.names = tuple(dict.fromkeys(names))
        self._number = {name: number for number, name in enumerate(self.names)}
        count = len(self.names)
        # As many clips as there are, each as likely as any other, every time.
        draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), resamples)
        self._weights: Weights = draws.astype(np.float64)

    def numbers(self, names: Sequence[str]) -> NDArray[np.intp]:
        """(n,) columns of the weights, of the source of each of n things. Raises KeyError."""
        return np.array([self._number[name] for name in names], np.intp)

    def estimate(self, statistic: Statistic) -> Estimate:
        """The figure with its interval. Draws in which it is not defined are passed over."""
        value = float(statistic(np.ones((1, len(self.names))))[0])
        if np.isnan(value):
            return NOTHING
        drawn = statistic(self._weights)
        drawn = drawn[~np.isnan(drawn)]
        if not len(drawn):
            return Estimate(round(value, _DIGITS), None, None)
        tail = 50 * (1 - CONFIDENCE)
        low, high = np.percentile(drawn, (tail, 100 - tail))
        return Estimate(round(value, _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS))


def ratio(parts: NDArray[np.float64], wholes: NDArray[np.float64], sources: NDArray[np.intp]) -> Statistic:
    """Sum of `parts` over sum of `wholes`, both (n,), of things of those sources."""

    def statistic(weights: Weights) -> NDArray[np.float64]:
        each = weights[:, sources]
        return divided(each @ parts, each @ wholes)

    return statistic


def quantile(values: NDArray[np.float64], sources: NDArray[np.intp], share: float) -> Statistic:
    """The smallest of `values` (n,) that `share` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]

    def statistic(weights: Weights) -> NDArray[np.float64]:
        if not len(ranked):
            return np.full(len(weights), np.nan)
        reached = np.cumsum(weights[:, sources[order]], axis=1)
        total = reached[:, -1]
        # As far as rounding goes, a reached share counts as reached.
        enough = reached >= (share * total - 1e-9)[:, None]
        return np.where(total > 0, ranked[np.argmax(enough, axis=1)], np.nan)

    return statistic


def divided(parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quotients; NaN of nothing."""
    out: NDArray[np.float64] = np.full(parts.shape, np.nan)
    return np.divide(parts, wholes, out=out, where=wholes > 0)
