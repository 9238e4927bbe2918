"""All that is on record of a case or an incident, gathered for who it is handed to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, cast

from seawall.model import clock
from seawall.model.decision import Decision, Item
from seawall.model.names import Names
from seawall.model.notice import LinkKind
from seawall.model.preservation import Preservation
from seawall.reports import record, sentences
from seawall.reports.view import View
from seawall.store.decision_rows import DecisionFilter
from seawall.store.items import ItemFilter
from seawall.store.lookup import Wanted
from seawall.store.store import Store
from seawall.store.tasks import Json

_PAGE: Final = 500


class AboutKind(StrEnum):
    """What a bag can be of."""

    CASE = "case"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is on record. Protected names are covered in all of its texts."""

    items: tuple[Item, ...]
    decisions: tuple[str, ...]
    record: dict[str, Json]
    provenance: dict[str, Json]  #: what contents say of themselves, by SHA-256, with their manifest stores


def gathered(store: Store, kind: AboutKind, target: str) -> Dossier:
    """The record of a case or an incident. Raises RecordNotFound, IncidentNotFound."""
    case = store.cases.get(target) if kind is AboutKind.CASE else None
    views = [] if case is not None else [View.of(store.incidents.ledger(target))]
    items = _items(store, kind, target)
    if case is not None:
        views = [View.of(store.incidents.ledger(one)) for one in _incidents(store, items)]
    decisions = _decisions(store, items)
    matches = store.seen.matches_of(match.match for one in items for match in one.matches)
    kept = list(_preservations(store, items))
    notices = store.notices.named_by(LinkKind(kind.value), target)
    made: dict[str, Any] = {
        "case": None if case is None else asdict(case),
        "incidents": [_incident(one) for one in views],
        "items": [asdict(one) for one in items],
        "matches": [asdict(one) for one in matches],
        "decisions": [asdict(one) for one in decisions],
        "preservations": [asdict(one) for one in kept],
        "notices": [asdict(store.notices.get(one.id)) for one in notices],
        "clocks": [asdict(one) for one in store.clocks.concerning(clock.AboutKind(kind.value), target)],
    }
    plain = json.loads(json.dumps(made, default=str))
    names = [one.names for one in views]
    covered = cast("dict[str, Json]", _covered(plain, names))
    provenance = {sha256: _covered(said, names) for sha256, said in _provenance(store, kept)}
    return Dossier(tuple(items), tuple(one.id for one in decisions), covered, provenance)


def signals(store: Store, items: Iterable[Item]) -> Iterator[tuple[str, dict[str, Json]]]:
    """The signals of the contents of items, as far as they are kept, by SHA-256."""
    wanted = dict.fromkeys(one.sha256 for one in items if one.sha256 is not None)
    for one in store.seen.with_digests(wanted, ()):
        if one.sha256 in wanted and one.signals is not None:
            del wanted[one.sha256]
            yield (
                one.sha256,
                {
                    "sha256": one.sha256,
                    "md5": one.md5,
                    "duration_s": one.duration_s,
                    "form": "signals of a query, as Seawall keeps them",
                    "base64": base64.b64encode(one.signals).decode("ascii"),
                },
            )


def _items(store: Store, kind: AboutKind, target: str) -> list[Item]:
    if kind is AboutKind.CASE:
        return list(_paged(partial(store.items.page, ItemFilter(case=target), limit=_PAGE)))
    found: dict[str, Item] = {}
    references = _paged(partial(store.lookup.references, Wanted(incident=target), limit=_PAGE))
    for reference in references:
        wanted = ItemFilter(reference=reference.id)
        found |= {one.id: one for one in _paged(partial(store.items.page, wanted, limit=_PAGE))}
    return list(found.values())


def _incidents(store: Store, items: Sequence[Item]) -> list[str]:
    """The incidents of the references that items were matched with."""
    known = store.lookup.known({match.reference for one in items for match in one.matches})
    return sorted({one.incident for one in known.values() if one.incident is not None})


def _decisions(store: Store, items: Sequence[Item]) -> list[Decision]:
    found: dict[str, Decision] = {}
    for item in items:
        wanted = DecisionFilter(item=item.id)
        found |= {one.id: one for one in _paged(partial(store.decisions.page, wanted, limit=_PAGE))}
    return sorted(found.values(), key=lambda one: one.at)


def _preservations(store: Store, items: Sequence[Item]) -> Iterator[Preservation]:
    for sha256 in dict.fromkeys(one.sha256 for one in items if one.sha256 is not None):
        yield from store.preservations.of(sha256)


def _provenance(store: Store, kept: Iterable[Preservation]) -> Iterator[tuple[str, Json]]:
    """What each original says of itself, once, with its manifest store."""
    said = {one.sha256: one.provenance for one in kept if one.provenance is not None}
    for sha256, one in said.items():
        manifests = store.preservations.store_of(sha256)
        whole = {
            "sha256": sha256,
            **asdict(one),
            "store": None if manifests is None else json.loads(manifests),
        }
        yield sha256, json.loads(json.dumps(whole, default=str))


def _incident(view: View) -> dict[str, object]:
    said = {one.state.id: sentences.claim(view, one) for one in view.counted}
    return {**record.incident(view), "sentences": said}


def _paged(page: Callable[..., list[tuple[int, Any]]]) -> Iterator[Any]:
    after = 0
    while found := page(after=after):
        yield from (one for _, one in found)
        after = found[-1][0]


def _covered(plain: Json, names: Sequence[Names]) -> Json:
    """The same with protected names covered in every text."""
    if isinstance(plain, str):
        for one in names:
            plain = one.mask(plain)
        return plain
    if isinstance(plain, list):
        return [_covered(one, names) for one in plain]
    if isinstance(plain, dict):
        return {name: _covered(one, names) for name, one in plain.items()}
    return plain
