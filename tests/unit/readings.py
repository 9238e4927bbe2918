"""Gold claims and readings made by hand, for tests that judge the one by the other."""

from seawall.bench import claims_gold
from seawall.model.claim import (
    UNHEDGED,
    Facet,
    Group,
    GroupRole,
    Hedge,
    HedgeLevel,
    Polarity,
    Proposal,
    Source,
    SourceKind,
    Span,
)
from seawall.model.report import Reading

OUTLET = Source(SourceKind.OUTLET_VOICE, None, None)


def gold(text, words, attribution="publication", holder=None, cue=None, *, name="A01", explicit=False):
    start = text.index(words)
    return claims_gold.Gold(
        id=name,
        start=start,
        end=start + len(words),
        span=words,
        attribution=attribution,
        holder=holder,
        hedged=cue is not None,
        cue=cue,
        explicit=explicit,
    )


def annotated(text, *claims, name="one.txt", folder=".", held=False):
    return claims_gold.Annotated(name, folder, held, text, tuple(claims))


def source(kind, who=None):
    return Source(SourceKind(kind), who, None)


def hedge(text, words, level="believed"):
    start = text.index(words)
    return Hedge(HedgeLevel(level), (Span(start, start + len(words), words),))


def proposal(text, words, inner=OUTLET, hedged=UNHEDGED):
    start = text.index(words)
    chain = (inner,) if inner.kind is SourceKind.OUTLET_VOICE else (inner, OUTLET)
    span = Span(start, start + len(words), words)
    return Proposal(span, Facet.OTHER, "main", chain, hedged, Polarity.POSITIVE, "by hand")


def reading(*proposals):
    return Reading(
        language="en",
        lines=(),
        proposals=proposals,
        groups=(Group("main", GroupRole.MAIN),),
        people=(),
        organisations=(),
        places=(),
        times=(),
        media=(),
        violations=(),
        discrepancies=(),
        unread=(),
    )


#: how a reading would put what a gold ledger says
KINDS = {
    "publication": "outlet_voice",
    "named": "named_source",
    "unattributed_belief": "agentless_belief",
    "video": "media_content",
    "credit": "caption",
}


def perfect(text):
    """The reading that a gold ledger itself is."""
    proposals = []
    for claim in text.claims:
        inner = source(KINDS[claim.attribution], claim.holder)
        hedged = hedge(text.text, claim.cue) if claim.hedged else UNHEDGED
        proposals.append(proposal(text.text, claim.span, inner, hedged))
    return reading(*proposals)
