"""The claims suite's figures. Each is a share: so many of so many, for one text or over several.

Plain accuracy says little, as most claims are the outlet's own and unhedged: `baseline_attribution` and
`baseline_hedge` are what always saying so would score.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import bootstrap, claims_match
from seawall.bench.claims_gold import PUBLICATION
from seawall.model.claim import HedgeLevel, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seawall.bench.claims_gold import Annotated
    from seawall.bench.claims_match import Verdict
    from seawall.model.claim import Proposal
    from seawall.model.report import Reading

#: what each figure is a share of
FIGURES: Final = {
    "overlap_recall": "gold claims that a proposal overlaps, one to one",
    "overlap_precision": "proposals that overlap a gold claim, one to one",
    "strict_recall": "gold claims with at least half of the characters in common",
    "strict_precision": "proposals with at least half of the characters in common",
    "all_recall": "gold claims with strict span, source and hedge right",
    "all_precision": "proposals with strict span, source and hedge right",
    "attribution_recall": "gold claims that are not the outlet's own: source right",
    "hedge_recall": "hedged gold claims: hedged",
    "hedge_cue_recall": "hedged gold claims: hedged by a word of the cue",
    "wrong_attribution": "matched proposals that name a source: not that one's claim",
    "speech_recall": "gold claims with a word of speech: somebody says so",
    "speech_source": "of those: the right one",
    "attribution_accuracy": "gold claims: source right",
    "baseline_attribution": "gold claims: the outlet's own",
    "hedge_accuracy": "gold claims: hedged or not, rightly",
    "baseline_hedge": "gold claims: not hedged",
    "span_integrity": "spans of the reading that hold the very words",
}

Shares = dict[str, tuple[int, int]]  #: by figure: how many, of how many


@dataclass(frozen=True, slots=True)
class Judged:
    """One text, read."""

    annotated: Annotated
    verdicts: tuple[Verdict, ...]
    proposals: int
    unmatched_named: int  #: proposals that name a source and overlap no gold claim: not judged
    shares: Shares


def judge(annotated: Annotated, reading: Reading | None) -> Judged:
    """A reading beside its gold. None, where nothing could be read, counts as empty."""
    proposals = () if reading is None else reading.proposals
    verdicts = claims_match.verdicts(annotated.claims, proposals)
    named = sum(claims_match.is_named(one.attribution[0]) for one in proposals)
    matched_named = sum(_names_source(one.proposal) for one in verdicts)
    return Judged(
        annotated=annotated,
        verdicts=verdicts,
        proposals=len(proposals),
        unmatched_named=named - matched_named,
        shares={
            **_found(verdicts, len(proposals)),
            **_sources(verdicts),
            **_hedges(verdicts),
            "span_integrity": _verbatim(annotated.text, reading),
        },
    )


def _found(verdicts: Sequence[Verdict], proposals: int) -> Shares:
    shares: Shares = {}
    for name, hits in (
        ("overlap", sum(one.proposal is not None for one in verdicts)),
        ("strict", sum(one.strict for one in verdicts)),
        ("all", sum(one.all_right for one in verdicts)),
    ):
        shares[f"{name}_recall"] = (hits, len(verdicts))
        shares[f"{name}_precision"] = (hits, proposals)
    return shares


def _sources(verdicts: Sequence[Verdict]) -> Shares:
    own = [one for one in verdicts if one.gold.attribution == PUBLICATION]
    others = [one for one in verdicts if one.gold.attribution != PUBLICATION]
    named = [one for one in verdicts if _names_source(one.proposal)]
    spoken = [one for one in verdicts if one.gold.explicit]
    heard = [one for one in spoken if _names_source(one.proposal)]
    return {
        "attribution_recall": (sum(one.attribution for one in others), len(others)),
        "wrong_attribution": (sum(not one.attribution for one in named), len(named)),
        "speech_recall": (len(heard), len(spoken)),
        "speech_source": (sum(one.attribution for one in heard), len(heard)),
        "attribution_accuracy": (sum(one.attribution for one in verdicts), len(verdicts)),
        "baseline_attribution": (len(own), len(verdicts)),
    }


def _hedges(verdicts: Sequence[Verdict]) -> Shares:
    hedged = [one for one in verdicts if one.gold.hedged]
    return {
        "hedge_recall": (sum(one.hedge for one in hedged), len(hedged)),
        "hedge_cue_recall": (sum(one.cue for one in hedged), len(hedged)),
        "hedge_accuracy": (sum(one.hedge for one in verdicts), len(verdicts)),
        "baseline_hedge": (len(verdicts) - len(hedged), len(verdicts)),
    }


def _names_source(proposal: Proposal | None) -> bool:
    return proposal is not None and claims_match.is_named(proposal.attribution[0])


def _verbatim(text: str, reading: Reading | None) -> tuple[int, int]:
    spans = list(_spans(reading))
    return sum(span.holds_in(text) for span in spans), len(spans)


def _spans(value: object) -> Iterator[Span]:
    """Every span in a record, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _spans(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _spans(getattr(value, field.name))


def estimates(judged: Sequence[Judged], seed: int) -> dict[str, bootstrap.Estimate]:
    """Every figure over at least one text, with intervals: texts are drawn again, not claims."""
    sources = bootstrap.Sources([one.annotated.name for one in judged], seed)
    numbers = sources.numbers([one.annotated.name for one in judged])
    out = {}
    for name in FIGURES:
        counts = np.array([one.shares[name] for one in judged], np.float64)
        figure = sources.estimate(bootstrap.ratio(counts[:, 0], counts[:, 1], numbers))
        # One text, drawn again and again, would seem to be sure of itself.
        out[name] = figure if len(judged) > 1 else replace(figure, low=None, high=None)
    return out


def pooled(judged: Sequence[Judged]) -> Shares:
    """The counts of several texts together."""
    return {
        name: (sum(one.shares[name][0] for one in judged), sum(one.shares[name][1] for one in judged))
        for name in FIGURES
    }


def failing(verdict: Verdict) -> str | None:
    """What is wrong with what stands for a gold claim, the most dangerous first; None if nothing is.

    A source or certainty that the text does not give is worse than one that is missed, and that worse
    than a span to edit.
    """
    proposal = verdict.proposal
    if proposal is None:
        return "not found"
    lost = verdict.gold.hedged and proposal.hedge.level is HedgeLevel.NONE
    for what, holds in (
        ("wrong source", _names_source(proposal) and not verdict.attribution),
        ("hedge lost", lost),
        ("source lost", not verdict.attribution),
        ("hedge added", not verdict.hedge),
        ("loose span", not verdict.strict),
    ):
        if holds:
            return what
    return None


#: what `failing` may say, the worst first
FAILINGS: Final = ("wrong source", "hedge lost", "source lost", "not found", "hedge added", "loose span")
