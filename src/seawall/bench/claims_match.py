"""Which proposal stands for which gold claim, and what of it is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.bench.claims_gold import NAMED
from seawall.model.claim import HedgeLevel, SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.bench.claims_gold import Gold
    from seawall.model.claim import Proposal, Source

STRICT_IOU: Final = 0.5  #: from this share of characters on, a span needs no edit
HOLDER_OVERLAP: Final = 0.5  #: of the shorter name's words

#: what a gold ledger calls each kind of source
CALLED: Final = {
    SourceKind.OUTLET_VOICE: "publication",
    SourceKind.NAMED_SOURCE: NAMED,
    SourceKind.ANONYMOUS_SOURCE: NAMED,
    SourceKind.DIRECT_QUOTE: NAMED,
    SourceKind.PERPETRATOR_CLAIM: NAMED,
    SourceKind.AGENTLESS_BELIEF: "unattributed_belief",
    SourceKind.MEDIA_CONTENT: "video",
    SourceKind.CAPTION: "credit",
}

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SMALL: Final = frozenset(
    _WORD.findall(
        "a an the of for from in at on by with to and who whom whose which that said his her their its our "
        "my mr mrs ms miss dr sir"
    )
)
#: Say what somebody is, not who: they decide only where nothing else is left.
_OFFICES: Final = frozenset(
    _WORD.findall(
        "spokesman spokeswoman spokesperson spokespeople official officials source sources representative"
    )
)
#: Name nobody, so nobody wrong.
_PRONOUNS: Final = frozenset(_WORD.findall("he she they it we i one this these those you him them"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gold claim, and the proposal that stands for it."""

    gold: Gold
    proposal: Proposal | None
    iou: float  #: characters that both have, of all that either has; 0 without a proposal
    attribution: bool  #: the kind of source is right and, where somebody says so, who
    hedge: bool  #: hedged where the gold claim is, and nowhere else
    cue: bool  #: hedged, and by a word of the gold claim's cue

    @property
    def strict(self) -> bool:
        """The span needs no edit."""
        return self.iou >= STRICT_IOU

    @property
    def all_right(self) -> bool:
        """A person would confirm it as it is."""
        return self.strict and self.attribution and self.hedge


def verdicts(golds: Sequence[Gold], proposals: Sequence[Proposal]) -> tuple[Verdict, ...]:
    """One for each gold claim, in their order.

    Each proposal stands for one gold claim at most, and the other way round. Pairs are taken by their share
    of common characters, the largest first; of equal ones the earlier in the text.
    """
    chosen = _pairs(golds, proposals)
    return tuple(_verdict(gold, chosen.get(number)) for number, gold in enumerate(golds))


def _pairs(golds: Sequence[Gold], proposals: Sequence[Proposal]) -> dict[int, tuple[Proposal, float]]:
    ranked = []
    for number, gold in enumerate(golds):
        for other, proposal in enumerate(proposals):
            share = iou(gold, proposal)
            if share > 0:
                ranked.append((-share, gold.start, gold.id, _place(proposal), number, other))
    chosen: dict[int, tuple[Proposal, float]] = {}
    taken: set[int] = set()
    for negative, _, _, _, number, other in sorted(ranked):
        if number not in chosen and other not in taken:
            chosen[number] = (proposals[other], -negative)
            taken.add(other)
    return chosen


def _place(proposal: Proposal) -> tuple[int, int, str, str, str]:
    """Where it stands; for proposals of the same words something else that does not hang on their order."""
    inner = proposal.attribution[0]
    return proposal.span.start, proposal.span.end, inner.kind, inner.source or "", proposal.hedge.level


def _verdict(gold: Gold, chosen: tuple[Proposal, float] | None) -> Verdict:
    if chosen is None:
        return Verdict(gold, None, 0.0, attribution=False, hedge=False, cue=False)
    proposal, share = chosen
    return Verdict(
        gold,
        proposal,
        share,
        attribution=attribution_right(gold, proposal.attribution[0]),
        hedge=hedge_right(gold, proposal),
        cue=cue_right(gold, proposal),
    )


def iou(gold: Gold, proposal: Proposal) -> float:
    """Characters that both have, of all that either has."""
    common = min(gold.end, proposal.span.end) - max(gold.start, proposal.span.start)
    if common <= 0:
        return 0.0
    return common / (gold.end - gold.start + proposal.span.end - proposal.span.start - common)


def is_named(source: Source) -> bool:
    """Whether it says that somebody says so."""
    return CALLED[source.kind] == NAMED


def attribution_right(gold: Gold, inner: Source) -> bool:
    """Whether the innermost link is of the gold's kind and, where somebody says so, the same one."""
    if CALLED[inner.kind] != gold.attribution:
        return False
    return gold.attribution != NAMED or same_holder(gold.holder, inner.source)


def hedge_right(gold: Gold, proposal: Proposal) -> bool:
    """Whether it is hedged as the gold is. A plain "not" is neither right nor wrong: it is polarity."""
    level = proposal.hedge.level
    return level is HedgeLevel.NEGATED or (level is not HedgeLevel.NONE) == gold.hedged


def cue_right(gold: Gold, proposal: Proposal) -> bool:
    """Whether a word of the gold's cue is among the proposal's cues."""
    wanted = set(_words(gold.cue or ""))
    return proposal.hedge.level is not HedgeLevel.NONE and any(
        wanted & set(_words(cue.text)) for cue in proposal.hedge.cues
    )


def same_holder(gold: str | None, said: str | None) -> bool:
    """Whether two wordings may call the same one: "the ministry" and "the Ministry of Defence".

    Articles, small words and titles do not count, nor does what follows in brackets, which names an outer
    link ("the militant (via a monitor)"). Half of the shorter wording's words have to be in the other. A
    pronoun names nobody wrong and is taken as right.
    """
    if gold is None or said is None:
        return False
    ours, theirs = (_holder(one.partition("(")[0]) for one in (gold, said))
    if not ours or not theirs:
        return False
    if ours <= _PRONOUNS or theirs <= _PRONOUNS:
        return True
    if ours - _OFFICES and theirs - _OFFICES:
        ours, theirs = ours - _OFFICES, theirs - _OFFICES
    return len(ours & theirs) >= HOLDER_OVERLAP * min(len(ours), len(theirs))


def _holder(name: str) -> set[str]:
    return {re.sub(r"['\u2019]s$", "", word) for word in _words(name)} - _SMALL


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
