"""A last look at the words: no reserve that a proposal's own words express is lost, whatever the parse says.

Where a sentence is parsed badly, "is understood to" may hang on a word that no clause begins with. So words
that express reserve by themselves are looked for once more, without a parse. Where no proposal has them as a
cue, the one with the fewest words around them gets them; and one that the outlet seemed to say in its own
voice is then what nobody in particular believes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.claims.parsed import Parsed
from seawall.model.claim import Hedge, HedgeLevel, Proposal, Source, SourceKind, Span

_BE: Final = r"(?:(?:is|are|was|were|be|been|being)\s+(?:[a-z]{2,12}ly\s+|now\s+|also\s+|still\s+)?)?"


@dataclass(frozen=True, slots=True)
class _Rule:
    words: re.Pattern[str]
    level: HedgeLevel
    agentless: bool  #: whether it is somebody's belief, nobody saying whose


def _rule(words: str, level: HedgeLevel, *, agentless: bool) -> _Rule:
    return _Rule(re.compile(rf"\b{words}\b", re.IGNORECASE), level, agentless)


_RULES: Final = (
    _rule(rf"{_BE}(?:believed|understood|thought|presumed) to", HedgeLevel.BELIEVED, agentless=True),
    _rule(rf"{_BE}(?:said|reported) to (?:be|have)", HedgeLevel.REPORTED, agentless=True),
    _rule("reportedly", HedgeLevel.REPORTED, agentless=True),
    _rule(r"(?:allegedly|purportedly|supposedly)", HedgeLevel.ALLEGED, agentless=False),
    _rule(r"(?:apparently|seemingly)", HedgeLevel.APPARENT, agentless=False),
    _rule(r"(?:possibly|perhaps|unconfirmed|unverified)", HedgeLevel.POSSIBLE, agentless=False),
    _rule(r"(?:may|might) have", HedgeLevel.POSSIBLE, agentless=False),
)


def kept(parsed: Parsed, proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The proposals, each with every reserve that its words express and no other's do more closely."""
    found = list(proposals)
    for rule, cue in _cues(parsed):
        around = [at for at, one in enumerate(found) if _holds(one.span, cue)]
        if not around or any(_meets(cue, known) for one in found for known in one.hedge.cues):
            continue
        closest = min(around, key=lambda at: found[at].span.end - found[at].span.start)
        found[closest] = _with(found[closest], cue, rule)
    return tuple(found)


def _cues(parsed: Parsed) -> Iterator[tuple[_Rule, Span]]:
    for sentence in parsed.sentences:
        if sentence.doc is None:  # of another language, or not read
            continue
        words = parsed.text[sentence.start : sentence.end]
        for rule in _RULES:
            for met in rule.words.finditer(words):
                yield rule, parsed.span(sentence.start + met.start(), sentence.start + met.end())


def _holds(span: Span, cue: Span) -> bool:
    return span.start <= cue.start and cue.end <= span.end


def _meets(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _with(one: Proposal, cue: Span, rule: _Rule) -> Proposal:
    cues = tuple(sorted((*one.hedge.cues, cue), key=lambda span: span.start))
    level = rule.level if one.hedge.level is HedgeLevel.NONE else one.hedge.level
    chain = one.attribution
    if rule.agentless and chain[0].kind is SourceKind.OUTLET_VOICE:
        chain = (Source(SourceKind.AGENTLESS_BELIEF, None, cue), *chain)
    return dataclasses.replace(
        one, hedge=Hedge(level, cues), attribution=chain, rule=f"{one.rule}+words-of-reserve"
    )
