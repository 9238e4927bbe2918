"""A record as it may leave: every text with protected names covered, every offset as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seawall.model import certainty, names as protected
from seawall.model.claim import Span, Status
from seawall.model.incident import Claim, Document, Ledger, Origin, Revision
from seawall.model.names import Names

#: How far a claim has got, for a reader.
STANDING: Final = {
    Status.PROPOSED: "proposed by the machine, confirmed by nobody",
    Status.CONFIRMED: "{by} confirms that the text says so",
    Status.EDITED: "edited by {by}",
    Status.REJECTED: "rejected by {by}",
    Status.DISPUTED: "disputed by {by}",
    Status.WITHDRAWN: "withdrawn by {by}",
}


@dataclass(frozen=True, slots=True)
class View:
    """A ledger with what is needed to show it."""

    ledger: Ledger
    names: Names
    texts: Mapping[str, str]  #: of each document by its SHA-256, as it may be shown

    @classmethod
    def of(cls, ledger: Ledger) -> View:
        names = protected.of(ledger)
        return cls(ledger, names, {one.sha256: protected.shown(one, names) for one in ledger.documents})

    def words(self, document: str, span: Span) -> str:
        """The words of a span of a document. Their number of characters is the span's."""
        return self.texts[document][span.start : span.end]

    def text(self, text: str) -> str:
        """Any other text of the record."""
        return self.names.mask(text)

    def optional(self, text: str | None) -> str | None:
        """As `text`, for one that may be missing."""
        return None if text is None else self.names.mask(text)

    @property
    def title(self) -> str:
        return self.text(self.ledger.heading.title)

    @property
    def counted(self) -> tuple[Revision[Claim], ...]:
        """The claims that are neither rejected nor withdrawn."""
        return tuple(one for one in self.ledger.claims if one.state.status not in certainty.GONE)

    def outlet(self, document: Document) -> str:
        """What a document is called in a sentence."""
        named = self.optional(document.outlet) or "an outlet that is not named"
        dated = "without a date" if document.published is None else document.published.isoformat()
        return f"{named}, {dated}"

    def standing(self, entry: Revision[Claim]) -> str:
        """Where a claim stands, in words."""
        if entry.state.status is Status.PROPOSED and entry.state.origin is Origin.ANALYST:
            return f"proposed by {self.text(entry.by)}"
        return STANDING[entry.state.status].format(by=self.text(entry.by))
