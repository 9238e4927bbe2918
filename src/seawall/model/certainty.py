"""Certainty never rises: the order of how surely something is said, and what an edit may not do.

A claim is as sure as its words: the level and cues of its hedge, the chain of those who say it, and whether
it is affirmed. An edit may add reserve and sources. It may take none away: for that, the claim is rejected
and another one is made from the text, so that both stay on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from seawall import errors
from seawall.model.claim import Hedge, HedgeLevel, Proposal, Source, Span, Status
from seawall.model.incident import Claim, Origin

#: How sure a level leaves the reader. Levels of one rank say different things, none more than the other.
_RANK: Final = {
    HedgeLevel.NONE: 2,
    HedgeLevel.BELIEVED: 1,
    HedgeLevel.REPORTED: 0,
    HedgeLevel.APPARENT: 0,
    HedgeLevel.POSSIBLE: 0,
    HedgeLevel.ALLEGED: 0,
}
#: What is denied or said not to be so is not less sure but another thing: there is no way out of it.
_OTHER: Final = frozenset({HedgeLevel.DENIED, HedgeLevel.NEGATED})

#: From where to where a claim's status may go. Rejected and withdrawn are final.
_STEPS: Final = {
    Status.PROPOSED: frozenset(
        {Status.CONFIRMED, Status.EDITED, Status.REJECTED, Status.DISPUTED, Status.WITHDRAWN}
    ),
    Status.CONFIRMED: frozenset({Status.EDITED, Status.REJECTED, Status.DISPUTED, Status.WITHDRAWN}),
    Status.EDITED: frozenset(
        {Status.CONFIRMED, Status.EDITED, Status.REJECTED, Status.DISPUTED, Status.WITHDRAWN}
    ),
    Status.DISPUTED: frozenset({Status.CONFIRMED, Status.DISPUTED, Status.REJECTED, Status.WITHDRAWN}),
    Status.REJECTED: frozenset[Status](),
    Status.WITHDRAWN: frozenset[Status](),
}

#: Claims that do not count any more. They stay on record.
GONE: Final = frozenset({Status.REJECTED, Status.WITHDRAWN})


def level_holds(before: HedgeLevel, after: HedgeLevel) -> bool:
    """Whether going from one level to the other raises nothing."""
    if before is after:
        return True
    if before in _OTHER:
        return False
    return after in _OTHER or _RANK[after] <= _RANK[before]


def raised(before: Proposal, after: Proposal) -> Iterator[str]:
    """What of a change would make something surer than it was, in words. Nothing for a lawful change."""
    yield from _loosened(before, after)
    if before.span.end <= after.span.start or after.span.end <= before.span.start:
        yield "other words make another claim"
    for cue in _cues(before):
        if _inside(cue, before.span) and not _inside(cue, after.span):
            yield f"its words would lose those at {cue.start} to {cue.end}, which are a hedge or a source"


def _loosened(before: Proposal, after: Proposal) -> Iterator[str]:
    """Reserve and sources that would be lost."""
    if not level_holds(before.hedge.level, after.hedge.level):
        yield f"its hedge is {before.hedge.level}, and would be {after.hedge.level}"
    for cue in before.hedge.cues:
        if cue not in after.hedge.cues:
            yield f"it would lose the hedge at {cue.start} to {cue.end}"
    if lost := _lost_links(before.attribution, after.attribution):
        yield f"it would lose who says so ({', '.join(lost)})"
    if before.polarity is not after.polarity:
        yield f"it is {before.polarity}, and would be {after.polarity}"


def check(before: Claim, after: Claim, others: Iterable[Claim] = ()) -> None:
    """Hold a revision of a claim to the law. Raises CertaintyRaised, ClaimConflict.

    others: the claims of the ledger. Words that a claim takes in bring their reserve and sources along.
    """
    if after.status not in _STEPS[before.status] and after.status is not before.status:
        raise errors.ClaimConflict(claim=before.id, status=before.status, wanted=after.status)
    if before.status in GONE or (after.status is before.status and after == before):
        raise errors.ClaimConflict(claim=before.id, status=before.status, wanted=after.status)
    if before.document != after.document:
        raise errors.CertaintyRaised(claim=before.id, reason="it is another document's")
    for reason in raised(before.said, after.said):
        raise errors.CertaintyRaised(claim=before.id, reason=reason)
    if before.said.span != after.said.span:
        _check_words(after, others)


def check_new(new: Claim, others: Iterable[Claim]) -> None:
    """Hold a new claim to the law. Raises CertaintyRaised.

    A reading only ever proposes. A person's claim has the reserve and the sources of every claim that still
    stands on the same words: a second entry is no way around the first one's.
    """
    if new.origin is Origin.MACHINE and new.status is not Status.PROPOSED:
        raise errors.CertaintyRaised(claim=new.id, reason="a reading only proposes")
    if not new.said.attribution:
        raise errors.CertaintyRaised(claim=new.id, reason="nobody would say so")
    if new.origin is Origin.MACHINE:
        return
    _check_words(new, others)
    if new.said.hedge.cues and new.said.hedge.level is HedgeLevel.NONE:
        raise errors.CertaintyRaised(claim=new.id, reason="it has words of reserve and the level none")


def _check_words(new: Claim, others: Iterable[Claim]) -> None:
    for other in related(others, new.document, new.said.span):
        for reason in _loosened(other.said, new.said) if other.id != new.id else ():
            raise errors.CertaintyRaised(claim=new.id, reason=f"claim {other.id} stands there: {reason}")


def related(claims: Iterable[Claim], document: str, span: Span) -> Iterator[Claim]:
    """The standing claims on the same words: those within the span, and those that it lies within."""
    for one in claims:
        if one.document == document and one.status not in GONE:
            held = one.said.span
            if _inside(held, span) or _inside(span, held):
                yield one


def weakest(hedges: Iterable[Hedge]) -> HedgeLevel:
    """The level of the least sure of several hedges; none for no hedge."""
    levels = [hedge.level for hedge in hedges]
    return min(levels, key=lambda level: _RANK.get(level, -1), default=HedgeLevel.NONE)


def _lost_links(before: tuple[Source, ...], after: tuple[Source, ...]) -> list[str]:
    """The links that the chain would not have any more, in their order, as they were."""
    lost, at = [], 0
    for link in before:
        kept = next((i for i, other in enumerate(after[at:], at) if _keeps(link, other)), None)
        if kept is None:
            lost.append(link.kind.value)  # not its name, which may be protected
        else:
            at = kept + 1
    return lost


def _keeps(before: Source, after: Source) -> bool:
    """Whether a link is still there. What was inferred stays inferred; what was stated may become so."""
    same = (before.kind, before.source, before.cue) == (after.kind, after.source, after.cue)
    return same and (after.inferred or not before.inferred)


def _cues(said: Proposal) -> Iterator[Span]:
    yield from said.hedge.cues
    yield from (link.cue for link in said.attribution if link.cue is not None)


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
