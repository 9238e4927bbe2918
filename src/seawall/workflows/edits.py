"""What a person asks of the ledger, as the claims that it is to hold. The store holds them to the laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from seawall import errors
from seawall.model import certainty
from seawall.model.claim import (
    Facet,
    Hedge,
    HedgeLevel,
    Polarity,
    Proposal,
    Source,
    SourceKind,
    Span,
    Status,
)
from seawall.model.incident import MAIN, Claim, Document, Ledger, Origin
from seawall.store import laws

#: The rule that is noted for what a person entered.
RULE = "analyst"

OUTLET = Source(SourceKind.OUTLET_VOICE, None, None)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a document: where they stand, or what they are."""

    text: str | None = None
    start: int | None = None
    end: int | None = None

    def find(self, document: Document) -> Span:
        """Raises SpanNotInText; UsageError where the text has the words more than once."""
        if self.start is not None and self.end is not None:
            try:
                found = Span.of(document.text, self.start, self.end)
            except ValueError:
                raise errors.SpanNotInText(start=self.start, end=self.end) from None
            if self.text is not None and found.text != self.text:
                raise errors.SpanNotInText(start=self.start, end=self.end)
            return found
        if not self.text:
            raise errors.UsageError(detail="Say which words: their text, or their start and end")
        at = document.text.find(self.text)
        if at < 0:
            raise errors.SpanNotInText(start=0, end=len(document.text))
        if document.text.find(self.text, at + 1) >= 0:
            raise errors.UsageError(detail="The text has these words more than once: give start and end")
        return Span.of(document.text, at, at + len(self.text))


@dataclass(frozen=True, slots=True)
class Said:
    """Who says so and how surely, as a person reads it in the text."""

    kind: SourceKind | None = None
    source: str | None = None
    cue: Words | None = None
    inferred: bool = False
    level: HedgeLevel | None = None
    hedge_cues: tuple[Words, ...] = ()

    def link(self, document: Document) -> tuple[Source, ...]:
        """The link that it adds to a chain, if it adds one."""
        if self.kind is None:
            if self.source is not None or self.cue is not None:
                raise errors.UsageError(detail="A source needs its kind")
            return ()
        cue = None if self.cue is None else self.cue.find(document)
        return (Source(self.kind, self.source, cue, self.inferred),)

    def hedge(self, document: Document, before: Hedge) -> Hedge:
        """A hedge with what it adds to one."""
        added = tuple(one.find(document) for one in self.hedge_cues)
        cues = (*before.cues, *(cue for cue in added if cue not in before.cues))
        return Hedge(self.level or before.level, cues)


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to change in a claim; None for what stays."""

    words: Words | None = None
    facet: Facet | None = None
    group: str | None = None
    value: str | None = None
    said: Said = Said()

    def apply(self, ledger: Ledger, claim_id: str) -> Claim:
        """The claim as edited. A dispute is not settled by an edit."""
        before = laws.claim(ledger, claim_id)
        document = laws.document(ledger, before.document)
        said = replace(
            before.said,
            span=before.said.span if self.words is None else self.words.find(document),
            facet=self.facet or before.said.facet,
            group=self.group or before.said.group,
            attribution=(*self.said.link(document), *before.said.attribution),
            hedge=self.said.hedge(document, before.said.hedge),
        )
        status = Status.DISPUTED if before.status is Status.DISPUTED else Status.EDITED
        value = before.value if self.value is None else self.value
        return replace(before, said=said, status=status, value=value)


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim that a person takes from a document."""

    words: Words
    facet: Facet
    group: str = MAIN
    polarity: Polarity | None = None  #: None: as that of the claims on the same words
    value: str | None = None
    said: Said = Said()
    document: str | None = None  #: its SHA-256; None for the first one

    def make(self, ledger: Ledger) -> Claim:
        """The claim. It takes over reserve and sources of the claims that stand on the same words."""
        document = laws.document(ledger, self.document or ledger.documents[0].sha256)
        span = self.words.find(document)
        standing = (one.state for one in ledger.claims)
        others = [one.said for one in certainty.related(standing, document.sha256, span)]
        others.sort(key=lambda said: abs(said.span.start - span.start) + abs(said.span.end - span.end))
        polarity = self.polarity or (others[0].polarity if others else Polarity.POSITIVE)
        said = Proposal(
            span=span,
            facet=self.facet,
            group=self.group,
            attribution=(*self.said.link(document), *_chain(others)),
            hedge=self.said.hedge(document, _hedge(others)),
            polarity=polarity,
            rule=RULE,
        )
        number = f"c{len(ledger.claims) + 1}"
        return Claim(number, document.sha256, said, Status.CONFIRMED, Origin.ANALYST, self.value)


def to_status(claim_ids: Sequence[str], status: Status) -> Callable[[Ledger], list[Claim]]:
    """Claims with another status."""

    def decide(ledger: Ledger) -> list[Claim]:
        standing = {one.state.id: one.state for one in ledger.claims}
        missing = next((one for one in claim_ids if one not in standing), None)
        if missing is not None:
            raise errors.EntryNotFound(entry="claim", name=missing)
        return [replace(standing[one], status=status) for one in dict.fromkeys(claim_ids)]

    return decide


def _chain(others: Sequence[Proposal]) -> tuple[Source, ...]:
    """The links of all of the chains, the outlet last."""
    links = dict.fromkeys(link for said in others for link in said.attribution if link != OUTLET)
    return (*links, OUTLET)


def _hedge(others: Sequence[Proposal]) -> Hedge:
    """The cues of all of the hedges, and the level of the least sure."""
    cues = dict.fromkeys(cue for said in others for cue in said.hedge.cues)
    return Hedge(certainty.weakest(said.hedge for said in others), tuple(cues))
