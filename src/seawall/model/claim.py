"""Claims: what a text says, who says so, and how surely. Never what happened.

Offsets count Unicode code points of the document's text as stored. A value taken from the text carries its
span, and a span holds the very words: `Span.holds_in` is checked wherever one is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a document, verbatim."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The words between two offsets of a document's text. Raises ValueError outside of it."""
        if not 0 <= start < end <= len(text):
            raise ValueError(f"no words between {start} and {end} of {len(text)} characters")
        return cls(start, end, text[start:end])

    def holds_in(self, text: str) -> bool:
        """Whether the document's text has these words there."""
        return 0 <= self.start < self.end <= len(text) and text[self.start : self.end] == self.text


class SourceKind(StrEnum):
    """In which way a text says who says so."""

    OUTLET_VOICE = "outlet_voice"  #: the outlet itself: nobody else is named
    NAMED_SOURCE = "named_source"
    ANONYMOUS_SOURCE = "anonymous_source"  #: "security sources", "a relative": somebody, without a name
    AGENTLESS_BELIEF = "agentless_belief"  #: "is believed to": nobody at all
    MEDIA_CONTENT = "media_content"  #: what footage or a picture shows, as the outlet describes it
    DIRECT_QUOTE = "direct_quote"
    CAPTION = "caption"
    PERPETRATOR_CLAIM = "perpetrator_claim"  #: what the group says of its own deed


@dataclass(frozen=True, slots=True)
class Source:
    """One link of the chain from the innermost speaker to the outlet."""

    kind: SourceKind
    source: str | None  #: as the text calls it; None where it names none
    cue: Span | None  #: the words that say so
    inferred: bool = False  #: no words say so: a narrative of what footage shows, say


class HedgeLevel(StrEnum):
    """What kind of reserve the words express. No number: words have none."""

    NONE = "none"
    REPORTED = "reported"
    BELIEVED = "believed"
    APPARENT = "apparent"
    POSSIBLE = "possible"
    ALLEGED = "alleged"
    DENIED = "denied"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True)
class Hedge:
    """The reserve with which something is said, and the words that express it."""

    level: HedgeLevel
    cues: tuple[Span, ...] = ()


UNHEDGED = Hedge(HedgeLevel.NONE)


class Polarity(StrEnum):
    """Whether the text says that something is so, or that it is not."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Facet(StrEnum):
    """What a claim is about."""

    WHO_PERPETRATOR = "who_perpetrator"
    WHO_VICTIM = "who_victim"
    WHO_CHILD = "who_child"
    ACT = "act"
    METHOD = "method"
    WHERE = "where"
    WHEN = "when"
    CAPTURE = "capture"
    AGE = "age"
    COUNT = "count"
    MEDIA = "media"
    THREAT = "threat"
    QUOTE = "quote"
    PURPOSE = "purpose"
    FIRST_OF_KIND = "first_of_kind"
    CONTEXT = "context"
    OTHER = "other"


class GroupRole(StrEnum):
    """How what a text tells of stands to the incident that the record is about."""

    MAIN = "main"
    EARLIER = "earlier"
    PATTERN = "pattern"
    CONTEXT = "context"
    THREAT = "threat"


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that a text tells of one and the same thing. Only a person merges or splits groups."""

    id: str  #: "main" for the incident itself
    role: GroupRole


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim as a reader of the text proposes it; nothing before a person has confirmed it."""

    span: Span
    facet: Facet
    group: str  #: a `Group.id`
    attribution: tuple[Source, ...]  #: from the innermost speaker to the outlet; at least one
    hedge: Hedge
    polarity: Polarity
    rule: str  #: what made it


class Status(StrEnum):
    """Where a claim stands in the ledger."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    EDITED = "edited"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
