"""Proposed claims: every clause of a text with its chain of sources, its reserve and a label."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from seawall.claims import attribution, clauses, facets, hedges
from seawall.claims.frames import Frame, Framed, Words
from seawall.claims.parsed import Parsed
from seawall.claims.pieces import Clause
from seawall.model.claim import Hedge, HedgeLevel, Proposal, Source, Span
from seawall.model.report import LineKind

GROUP: Final = "main"  #: until the groups of a text are told apart


def proposals(parsed: Parsed) -> tuple[Proposal, ...]:
    """What the parsed sentences of a text say, in the text's order; a repeated line is read once.

    Spans are verbatim, do not overlap, and hold no words of the frame that says who says so.
    """
    found: list[Proposal] = []
    told: set[str] = set()
    for framed in attribution.framed(parsed):
        text = parsed.text[framed.sentence.start : framed.sentence.end].strip()
        if framed.sentence.kind is not LineKind.BODY and text in told:
            continue
        told.add(text)
        found.extend(_proposals(parsed, framed))
    return tuple(sorted(found, key=lambda one: (one.span.start, one.span.end)))


def _proposals(parsed: Parsed, framed: Framed) -> Iterator[Proposal]:
    doc = framed.sentence.doc
    assert doc is not None
    at = Words(parsed, framed.sentence)
    terse = framed.sentence.kind is LineKind.HEADLINE
    earlier: Proposal | None = None
    for clause in clauses.clauses(doc, framed.frames, terse=terse):
        start = framed.sentence.start
        span = parsed.span(start + clause.start, start + clause.end)
        chain, used = attribution.chain(framed, clause.head)
        hedge, polarity = hedges.hedge(at, clause, used)
        proposal = Proposal(
            span,
            facets.facet(clause, span.text, chain),
            GROUP,
            chain,
            hedge,
            polarity,
            _rule(clause, chain, used),
        )
        doubt = hedges.doubted(at, clause)
        if earlier is not None:
            yield earlier if doubt is None else _doubted(earlier, doubt)
        earlier = proposal
    if earlier is not None:
        yield earlier


def _doubted(proposal: Proposal, cue: Span) -> Proposal:
    """The claim with the reserve of the clause after it: "..., but this could not be verified"."""
    level = HedgeLevel.POSSIBLE if proposal.hedge.level is HedgeLevel.NONE else proposal.hedge.level
    return dataclasses.replace(proposal, hedge=Hedge(level, (*proposal.hedge.cues, cue)))


def _rule(clause: Clause, chain: tuple[Source, ...], used: tuple[Frame, ...]) -> str:
    """As in "clause:finite+speech:say": what cut the words out, and what says who says so."""
    by = [frame.rule for frame in used]
    if not by and len(chain) > 1:
        by = ["footage-narrative" if chain[0].inferred else "caption"]
    return "+".join([f"clause:{clause.kind}", *by])
