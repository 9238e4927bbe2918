"""Which report rests on which: by wording, by source. Origins are counted apart from outlets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from seawall.model.claim import SourceKind
from seawall.model.incident import Claim, Document, Ledger

#: Words in a row that two texts share only where one has them from the other, or both from a third.
RUN: Final = 8
#: Share of the later text's runs that the earlier one has, from which on the whole text depends on it.
SHARE: Final = 0.2
#: No more words of a text are looked at.
MOST: Final = 200_000

_WORD: Final = re.compile(r"\w+")


class Reason(StrEnum):
    """Why one report is said to depend on another."""

    WORDING = "wording"
    ORIGIN = "origin"  #: a person noted the same origin for both


@dataclass(frozen=True, slots=True)
class Dependence:
    """A report that rests on another one."""

    later: str  #: a document's SHA-256
    earlier: str
    reason: Reason
    share: float  #: of the later one's runs of words, 0..1; 0 where a person says so


@dataclass(frozen=True, slots=True)
class Shared:
    """A source that several reports name. What they have from it is of one origin."""

    source: str
    documents: tuple[str, ...]


def shared(claims: Iterable[Claim]) -> list[Shared]:
    """Every source that claims of several documents name, as the first of them calls it."""
    called: dict[str, str] = {}
    naming: dict[str, dict[str, None]] = {}
    for claim in claims:
        for link in claim.said.attribution:
            key = _folded(link.source) if link.kind is SourceKind.NAMED_SOURCE else None
            if key is not None and link.source is not None:
                called.setdefault(key, link.source)
                naming.setdefault(key, {})[claim.document] = None
    return [Shared(called[key], tuple(in_)) for key, in_ in naming.items() if len(in_) > 1]


def dependences(ledger: Ledger) -> list[Dependence]:
    """Every report that depends on an earlier one; by the day of publication, then by the order of import."""
    ordered = sorted(ledger.documents, key=lambda one: one.published or date.max)
    runs = {one.sha256: _runs(one.text) for one in ordered}
    found = []
    for at, later in enumerate(ordered):
        for earlier in ordered[:at]:
            share = _share(runs[later.sha256], runs[earlier.sha256])
            origins = [ledger.citation(one.sha256).origin for one in (later, earlier)]
            if share >= SHARE:
                found.append(Dependence(later.sha256, earlier.sha256, Reason.WORDING, round(share, 3)))
            elif origins[0] is not None and _folded(origins[0]) == _folded(origins[1]):
                found.append(Dependence(later.sha256, earlier.sha256, Reason.ORIGIN, 0.0))
    return found


def origins(ledger: Ledger, claims: Iterable[Claim], depends: Sequence[Dependence]) -> int:
    """How many independent origins claims have: however many outlets carry one, it counts once.

    A claim's origin is the innermost source that its text names; without one, its document. Documents that
    depend on one another are one.
    """
    root = {one.sha256: one.sha256 for one in ledger.documents}
    for one in depends:
        old, new = root[one.later], root[one.earlier]
        root = {key: new if value == old else value for key, value in root.items()}
    return len({_named(claim) or root[claim.document] for claim in claims})


def outlets(documents: Iterable[Document]) -> int:
    """How many outlets there are; a report without one counts for itself."""
    return len({_folded(one.outlet) or one.sha256 for one in documents})


def _named(claim: Claim) -> str | None:
    """Only a named source is the same in two texts: "a relative" may be anybody's."""
    for link in claim.said.attribution:
        if link.kind is SourceKind.NAMED_SOURCE and link.source is not None:
            return f"source {_folded(link.source)}"
    return None


def _folded(name: str | None) -> str | None:
    if name is None:
        return None
    words = [word for word in _WORD.findall(name.casefold()) if word not in ("the", "a", "an")]
    return " ".join(words) or None


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())[:MOST]
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _share(later: set[tuple[str, ...]], earlier: set[tuple[str, ...]]) -> float:
    return len(later & earlier) / len(later) if later else 0.0
