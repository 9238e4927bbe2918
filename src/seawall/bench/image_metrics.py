"""Recall of pictures at a precision, and at a system's own threshold.

Two ways to say how much is found, never mixed up here:

- *at precision*: for each edit the loosest threshold at which 99.99 % of all matches are right,
  chosen on the same answers that are counted, as published tables of hashes do it. It says what a
  perfectly set threshold would find.
- *as shipped*: the threshold that a user gets, the same for every edit. It says what is found.

A match is right where it is the query's own picture, and of no account where it is another picture
that may show in the query: a frame of the same clip, or what it was put into. Every other match is
false, and all count: of queries whose picture is banked, and of those whose is not. (The published
table counts only the nearest false one of a query, and has no queries whose picture is not banked.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence

PRECISION: Final = 0.9999


@dataclass(frozen=True, slots=True)
class Judged:
    """One query's answer of one system. Scores: up is better, whatever the system calls them."""

    source: str  #: the picture's name
    group: str  #: pictures of one file are drawn together
    banked: bool
    own: float | None  #: score of its own picture, if that is banked and was found
    false: tuple[float, ...]  #: scores of pictures that do not show in it


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What a threshold finds."""

    threshold: float | None  #: None where no threshold reaches the precision
    recall: bootstrap.Estimate
    false_matches: int
    false_unbanked: int  #: of those, how many of queries whose picture is not banked


@dataclass(frozen=True, slots=True)
class Figures:
    """One system on one edit."""

    at_precision: AtThreshold
    shipped: tuple[AtThreshold, ...]  #: one for each threshold that it ships with, loosest first
    missed: tuple[str, ...]  #: the banked pictures that the loosest does not find


def figures(judged: Sequence[Judged], shipped: Sequence[float], sources: bootstrap.Sources) -> Figures:
    """Of the answers to one edit's queries, or to several edits'."""
    chosen = loosest_threshold(
        [one.own for one in judged if one.own is not None],
        [score for one in judged for score in one.false],
    )
    loosest = min(shipped)
    return Figures(
        at_precision=at(judged, chosen, sources),
        shipped=tuple(at(judged, threshold, sources) for threshold in shipped),
        missed=tuple(one.source for one in judged if one.banked and not _found(one, loosest)),
    )


def at(judged: Sequence[Judged], threshold: float | None, sources: bootstrap.Sources) -> AtThreshold:
    """Recall and false matches at a threshold."""
    banked = [one for one in judged if one.banked]
    found = np.array([_found(one, threshold) for one in banked], np.float64)
    groups = sources.numbers([one.group for one in banked])
    counts = [(_false(one, threshold), one.banked) for one in judged]
    return AtThreshold(
        threshold=threshold,
        recall=sources.estimate(bootstrap.ratio(found, np.ones(len(found)), groups)),
        false_matches=sum(count for count, _ in counts),
        false_unbanked=sum(count for count, known in counts if not known),
    )


def loosest_threshold(own: Sequence[float], false: Sequence[float]) -> float | None:
    """The lowest score down to which, all the way, PRECISION of the matches are right; None for none."""
    chosen = None
    right, wrong = np.sort(own), np.sort(false)
    for threshold in sorted(set(own), reverse=True):
        rights = len(right) - int(np.searchsorted(right, threshold))
        wrongs = len(wrong) - int(np.searchsorted(wrong, threshold))
        if rights < PRECISION * (rights + wrongs):
            break
        chosen = float(threshold)
    return chosen


def _found(one: Judged, threshold: float | None) -> bool:
    return one.own is not None and threshold is not None and one.own >= threshold


def _false(one: Judged, threshold: float | None) -> int:
    return 0 if threshold is None else sum(score >= threshold for score in one.false)
