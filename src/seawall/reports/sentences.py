"""Sentences of a record. Each one carries the whole chain of who says so, every word of reserve, and where
the words stand. What the words tell of is never stated by the sentence itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from seawall import errors
from seawall.model.claim import HedgeLevel, Polarity, Source, SourceKind
from seawall.model.incident import Claim, Document, Position, Revision, Still, StillMatch
from seawall.model.signal import SignalType
from seawall.reports.view import View

#: How a link of the chain reads, with a source that is named and without one.
_LINKS: Final = {
    SourceKind.OUTLET_VOICE: ("in the voice of {}", "in its own voice"),
    SourceKind.NAMED_SOURCE: ("according to {}", "according to a source that it does not name here"),
    SourceKind.ANONYMOUS_SOURCE: ("according to {}, whom it does not name", "according to an unnamed source"),
    SourceKind.AGENTLESS_BELIEF: (
        "as {} believes",
        "as is believed by somebody whom it does not name",
    ),
    SourceKind.MEDIA_CONTENT: ("as it describes what {} shows", "as it describes what media show"),
    SourceKind.DIRECT_QUOTE: ("quoting {} directly", "in a direct quotation"),
    SourceKind.CAPTION: ("in a caption credited to {}", "in a caption"),
    SourceKind.PERPETRATOR_CLAIM: ("as {} claims of itself", "as the perpetrators claim of themselves"),
}

#: How one who speaks reads behind another who passes it on.
_QUOTED: Final = ("quoting {}", "quoting somebody whom it does not name")
_SPEAKERS: Final = frozenset({SourceKind.NAMED_SOURCE, SourceKind.ANONYMOUS_SOURCE, SourceKind.DIRECT_QUOTE})
_VOICE: Final = Source(SourceKind.OUTLET_VOICE, None, None)


def claim(view: View, entry: Revision[Claim]) -> str:
    """A claim as a sentence. Raises NoCitation for one that no document bears out."""
    document = cited(view, entry.state)
    said = entry.state.said
    chain = "".join(f", {part}" for part in _chain(view, document, said.attribution))
    words = view.words(document.sha256, said.span)
    denied = "" if said.polarity is Polarity.POSITIVE else ", in the negative"
    reserve = _reserve(view, entry.state)
    return (
        f"The text of {view.outlet(document)}, says{chain}{denied}: “{words}”{reserve} "
        f"[{entry.state.id}, characters {said.span.start} to {said.span.end}; {view.standing(entry)}]."
    )


def summary(view: View) -> Iterator[str]:
    """The incident's own claims as sentences, then those of every other group; gone ones are left out.

    Raises NoCitation.
    """
    held = {one.state.claim: one for one in view.ledger.latest(Position)}
    for group in view.ledger.groups:
        for entry in view.counted:
            if entry.state.said.group == group.id:
                yield claim(view, entry)
                if entry.state.id in held:
                    yield position(view, held[entry.state.id])


def position(view: View, entry: Revision[Position]) -> str:
    """Which claim an editor holds to, and why. The claim's own sentence says how surely."""
    facet = entry.state.facet.replace("_", " ")
    reason = view.text(entry.reason)
    return f"On {facet}, {view.text(entry.by)} holds to {entry.state.claim} in this record: “{reason}”."


def still(view: View, one: Still) -> str:
    """What a check found in a picture of a report. What the picture shows is not told."""
    report = view.outlet(view.ledger.document(one.document))
    name = f"Picture {one.number} of the report of {report},"
    if one.matches:
        found = " and ".join(_matched(view, match) for match in one.matches)
        which = "" if one.medium is None else f"; its caption mentions {one.medium}"
        return f"{name} matches {found}; by the picture, not by the text{which}{_limits(view, one)}."
    if one.error is not None:
        return f"{name} could not be checked: {one.error}."
    if not one.checked_against:
        return f"{name} was checked against nothing: no bank holds a reference."
    return f"{name} was checked against the banks: nothing is known of it{_limits(view, one)}."


def _limits(view: View, one: Still) -> str:
    """What kept a check from seeing all of a picture."""
    said = [] if one.damage is None else [f"damaged: {view.text(one.damage)}"]
    said += [
        f"not compared by its whole: {skipped.reason.replace('_', ' ')}"
        for skipped in one.skipped
        if skipped.signal is SignalType.PDQ
    ]
    return f" ({'; '.join(said)})" if said else ""


def _matched(view: View, match: StillMatch) -> str:
    return f"reference {match.reference} of bank {view.text(match.bank)}, {match.recommendation}"


def cited(view: View, one: Claim) -> Document:
    """The document that a claim is taken from, once it is certain that it is. Raises NoCitation."""
    try:
        document = view.ledger.document(one.document)
    except KeyError:
        raise errors.NoCitation(claim=one.id, reason="its document is not in the record") from None
    if not one.said.attribution:
        raise errors.NoCitation(claim=one.id, reason="nobody says so")
    if not one.said.span.holds_in(document.text):
        raise errors.NoCitation(claim=one.id, reason="its words are not in the document")
    return document


def _chain(view: View, document: Document, links: tuple[Source, ...]) -> Iterator[str]:
    """From the outlet inwards. The outlet's bare voice needs no words of its own where others follow."""
    outer = None
    for link in reversed(links):
        if link == _VOICE and len(links) > 1:
            continue
        quoted = link.kind in _SPEAKERS and outer in _SPEAKERS
        yield _link(view, document, link, _QUOTED if quoted else _LINKS[link.kind])
        outer = link.kind


def _link(view: View, document: Document, link: Source, reading: tuple[str, str]) -> str:
    named, unnamed = reading
    reads = unnamed if link.source is None else named.format(view.text(link.source))
    cue = "" if link.cue is None else f" (“{view.words(document.sha256, link.cue)}”)"
    inferred = " (inferred: no words of the text say so)" if link.inferred else ""
    return f"{reads}{cue}{inferred}"


def _reserve(view: View, one: Claim) -> str:
    """The hedge, spelled out: its cues may stand outside of the claim's own words."""
    hedge = one.said.hedge
    if hedge.level is HedgeLevel.NONE and not hedge.cues:
        return ""
    cues = ", ".join(f"“{view.words(one.document, cue)}”" for cue in hedge.cues)
    return f" ({hedge.level}{': ' if cues else ''}{cues})"
