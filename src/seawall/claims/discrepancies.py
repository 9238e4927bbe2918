"""What one text tells in two ways, or does not tell at all, that a record needs.

Each is a pointer for a person: the words side by side, never a verdict on which is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from seawall.claims import media_mentions, terms
from seawall.claims.groups import MAIN, Grouped
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.claim import HedgeLevel, Polarity, Proposal, Span
from seawall.model.report import Discrepancy, LineKind, Organisation, Person, Quantity, Time

_ROLE: Final = re.compile(
    r"\b(?:an?|the|another|un|une|le|la)\s+(?P<before>(?:(?!(?:of|in|by|to|and|or|the|a|an|with"
    r"|who|that)\b)[\w'\u2019-]+\s+){0,4}?)"
    r"(?P<noun>soldier|officer|leader|commander|general|colonel|captain|civilian|journalist"
    r"|policeman|pilot|spy|teacher"
    r"|driver|doctor|priest|soldat|officier|chef|civil|journaliste)\b(?!s|['\u2019]s\s)",
    re.IGNORECASE,
)
#: of whom such a noun tells the perpetrator's role, not the victim's
_OTHER_SIDE: Final = re.compile(
    r"\b(?:jihadi\w*|militant|rebel|extremist|terror\w*|insurgent|gang|group|militia|opposition"
    r"|activist|israeli|us|monitoring)\b",
    re.IGNORECASE,
)
_AGENTLESS: Final = re.compile(
    r"\b(?:has\s+been|have\s+been|was|were)\s+(?:\w+ly\s+)?(?:released|posted|published|uploaded"
    r"|put\s+online|circulated|broadcast)\b"
    r"(?!\s+(?:\w+\s+){0,4}?by\b)|\b(?:emerged|surfaced|appeared\s+online)\b"
    r"|\ba\s+été\s+(?:publiée?|diffusée?)\b(?!\s+(?:\w+\s+){0,4}?par\b)",
    re.IGNORECASE,
)
_FIRST_HEDGED: Final = re.compile(
    r"\bfirst\s+(?:reported|known|documented|recorded|confirmed|apparent)\b|\b(?:believed|thought"
    r"|said|reported)\s+to\s+be\s+the\s+first\b"
    r"|\b(?:apparently|reportedly|possibly)\s+(?:the\s+)?first\b",
    re.IGNORECASE,
)
_FIRST_BARE: Final = re.compile(
    r"\bfirst\s+(?:time|ever|such|\w+\s+of\s+its\s+kind)\b|\bla\s+première\s+fois\b", re.IGNORECASE
)
_FATE: Final = re.compile(
    r"[^.;\n]{0,40}?\b(?P<fate>killed|dead|died|wounded|injured|abducted|kidnapped|executed|shot"
    r"|beheaded|missing|captured"
    r"|morts|tués|blessés)\b",
    re.IGNORECASE,
)
_ONE_FATE: Final = {
    "dead": "killed",
    "died": "killed",
    "injured": "wounded",
    "kidnapped": "abducted",
    "tués": "killed",
    "morts": "killed",
}
_MOST_COMPARED: Final = 300
_SHARED: Final = 0.6  #: of the longer words of two claims that say yes and no to the same


def discrepancies(
    parsed: Parsed,
    grouped: Grouped,
    proposals: Sequence[Proposal],
    people: Sequence[Person],
    organisations: Sequence[Organisation],
    times: Sequence[Time],
    media: Sequence[media_mentions.Found],
    counts: Sequence[Quantity],
    published: date | None,
) -> tuple[Discrepancy, ...]:
    """All of them: of roles, release, "the first", dates, ages, counts and of yes and no."""
    return (
        *_roles(parsed, grouped, organisations),
        *_release(parsed, grouped, media),
        *_first_of_kind(parsed),
        *_dates(grouped, times, published),
        *_ages(people),
        *_counts(parsed, grouped, counts),
        *_polarity(proposals),
    )


def _lines(parsed: Parsed, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for line in parsed.lines:
        if line.kind is not LineKind.CREDIT:
            yield from pattern.finditer(parsed.text, line.start, line.end)


def _roles(parsed: Parsed, grouped: Grouped, organisations: Sequence[Organisation]) -> Iterator[Discrepancy]:
    """What the one who was harmed is called: soldier, officer, leader."""
    named = Intervals((one.span.start, one.span.end) for one in organisations)
    spans: dict[str, Span] = {}
    for match in _lines(parsed, _ROLE):
        of_group = named.meets(match.start(), match.end()) or _OTHER_SIDE.search(match["before"])
        if grouped.of(match.start()) == MAIN.id and not of_group:
            spans.setdefault(match["noun"].lower(), parsed.span(match.start(), match.end()))
    if len(spans) > 1:
        yield Discrepancy("role", _ordered(spans.values()), f"called {_either(spans)}")


def _release(
    parsed: Parsed, grouped: Grouped, media: Sequence[media_mentions.Found]
) -> Iterator[Discrepancy]:
    """Who put the footage out: the group, supporters, or nobody that the text names."""
    main = [one.medium for one in media if grouped.of(one.medium.span.start) == MAIN.id]
    told: dict[str, Span] = {}
    for medium in main:
        if medium.publisher is not None:
            told.setdefault("released by somebody named", medium.publisher)
        if medium.spread_by is not None:
            told.setdefault("shared by others", medium.spread_by)
    if main:
        agentless = (match for match in _lines(parsed, _AGENTLESS) if grouped.of(match.start()) == MAIN.id)
        for match in agentless:
            shared = any(m.spread_by and match.end() <= m.spread_by.start <= match.end() + 12 for m in main)
            if not shared:
                told.setdefault("put out by nobody named", parsed.span(match.start(), match.end()))
    if len(told) > 1:
        yield Discrepancy("release", _ordered(told.values()), f"the footage is {_either(told)}")


def _first_of_kind(parsed: Parsed) -> Iterator[Discrepancy]:
    hedged = next(_lines(parsed, _FIRST_HEDGED), None)
    bare = next(
        (
            m
            for m in _lines(parsed, _FIRST_BARE)
            if hedged is None or m.end() <= hedged.start() or m.start() >= hedged.end()
        ),
        None,
    )
    if hedged is not None and bare is not None:
        spans = _ordered([parsed.span(*hedged.span()), parsed.span(*bare.span())])
        yield Discrepancy("first_of_kind", spans, "said to be the first with a reserve, and without one")


def _dates(grouped: Grouped, times: Sequence[Time], published: date | None) -> Iterator[Discrepancy]:
    if published is None:
        yield Discrepancy(
            "no_publication_date", (), "no date of publication is known: times told from it are open"
        )
    main = [time for time in times if grouped.of(time.span.start) == MAIN.id]
    if not main:
        yield Discrepancy("no_date", (), "the text gives no time for the incident itself")


def _ages(people: Sequence[Person]) -> Iterator[Discrepancy]:
    for person in people:
        yield from _apart("age", person.ages, f"ages of {person.id} that do not meet")


def _counts(parsed: Parsed, grouped: Grouped, counts: Sequence[Quantity]) -> Iterator[Discrepancy]:
    """Numbers of people that share a fate in one group of claims."""
    told: dict[tuple[str, str], list[Quantity]] = {}
    for count in counts:
        before = parsed.text[max(0, count.span.start - 12) : count.span.start].lower()
        fate = _FATE.match(parsed.text, count.span.end)
        near = before + count.span.text.lower()
        toll = next((verb for verb in ("killed", "wounded") if verb in near), "")
        word = fate["fate"].lower() if fate else toll
        if word:
            told.setdefault((grouped.of(count.span.start), _ONE_FATE.get(word, word)), []).append(count)
    for (_, shared), quantities in told.items():
        yield from _apart("count", quantities, f"numbers of people {shared} that do not meet")


def _apart(kind: str, quantities: Sequence[Quantity], note: str) -> Iterator[Discrepancy]:
    """The first two quantities with no number in common."""
    for at, one in enumerate(quantities[:_MOST_COMPARED]):
        for other in quantities[at + 1 : _MOST_COMPARED]:
            if not _meet(one, other):
                yield Discrepancy(kind, _ordered([one.span, other.span]), note)
                return


def _meet(one: Quantity, other: Quantity) -> bool:
    slack = 1 if "approx" in {one.operator.value, other.operator.value} else 0
    low = max(one.low if one.low is not None else 0, other.low if other.low is not None else 0)
    highs = [quantity.high for quantity in (one, other) if quantity.high is not None]
    return not highs or low <= min(highs) + slack


def _polarity(proposals: Sequence[Proposal]) -> Iterator[Discrepancy]:
    """Claims of one group that say yes and no with mostly the same words."""
    words = [(one, _content(one.span.text)) for one in proposals[: _MOST_COMPARED * 10]]
    denied = [pair for pair in words if _denies(pair[0])][:_MOST_COMPARED]
    for one, its in denied:
        for other, others in words:
            if other.group == one.group and not _denies(other) and its and others:
                shared = len(its & others) / min(len(its), len(others))
                apart = other.span.end <= one.span.start or one.span.end <= other.span.start
                if shared >= _SHARED and len(its & others) >= 2 and apart:
                    yield Discrepancy(
                        "polarity", _ordered([one.span, other.span]), "told as so, and as not so"
                    )
                    break


def _denies(proposal: Proposal) -> bool:
    return proposal.polarity is Polarity.NEGATIVE or proposal.hedge.level in {
        HedgeLevel.DENIED,
        HedgeLevel.NEGATED,
    }


def _content(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in terms.words(text) if len(word.folded) >= 4)


def _ordered(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: span.start))


def _either(words: Iterable[str]) -> str:
    return " / ".join(words)
