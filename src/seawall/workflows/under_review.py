"""What is known of a content under decision before anything of it is shown, and who may be shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seawall import errors
from seawall.model import spans, viewing
from seawall.model.access import Principal
from seawall.model.bank import Reference, ReferenceState
from seawall.model.decision import Item, ItemMatch
from seawall.model.match import Recommendation, Segment
from seawall.model.spans import Span
from seawall.model.viewing import Cover, Graphic
from seawall.objects import Objects
from seawall.store.store import Store


@dataclass(frozen=True, slots=True)
class Matched:
    """A match of an item, with the reference and where it lies."""

    match: ItemMatch
    reference: Reference
    segments: tuple[Segment, ...]
    kept: bool  #: the reference's bytes are here


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a content before anything of it is shown."""

    item: Item
    labels: tuple[str, ...]  #: of the references that it was matched with, and of their banks
    matched: tuple[Matched, ...]  #: the best first
    graphic: Graphic
    floor: Cover  #: what may be shown without a reason
    kept: bool  #: its bytes are here
    unmatched: tuple[Span, ...]
    held: bool  #: the case is held by who asks
    transcript: str | None
    decided: bool  #: a person has decided on an item with one of these references before


class UnderReview:
    """The contents under decision of one data folder."""

    def __init__(self, store: Store, objects: Objects, rules: viewing.Rules) -> None:
        self._store = store
        self._objects = objects
        self._rules = rules

    def about(self, case_id: str, item_id: str, who: Principal) -> About:
        """What is known of a content and what may be shown of it. Raises RecordNotFound."""
        item = self.item(case_id, item_id)
        matched = self.matched(item)
        labels = self.labels(matched)
        graphic = self._rules.graphic((*labels, *item.context.labels))
        return About(
            item=item,
            labels=labels,
            matched=matched,
            graphic=graphic,
            floor=self.floor(graphic, who.user),
            kept=item.sha256 is not None and self._objects.has(item.sha256),
            unmatched=unmatched(item, matched),
            held=self._store.cases.get(case_id).assigned_to == who.user,
            transcript=None if item.sha256 is None else self._store.working.transcript(item.sha256),
            decided=any(self._store.precedents.on_reference(one.reference.id, 1) for one in matched),
        )

    def floor(self, graphic: Graphic, user: str) -> Cover:
        """What a user may be shown without a reason."""
        return self._rules.floor(graphic, self._store.exposures.floor(user))

    def item(self, case_id: str, item_id: str) -> Item:
        item = self._store.items.get(item_id)
        if item.case != case_id:
            raise errors.RecordNotFound(kind="item", id=item_id)
        return item

    def held(self, case_id: str, item_id: str, who: Principal) -> Item:
        """The item, if the person holds its case. Raises RecordNotFound, RevealNotAllowed."""
        item = self.item(case_id, item_id)
        if self._store.cases.get(case_id).assigned_to != who.user:
            raise errors.RevealNotAllowed(who=who.user, reason=f"the case {case_id} is not held by them")
        return item

    def kept(self, item: Item) -> str:
        if item.sha256 is None:
            raise errors.NothingToShow(reason="only hashes of it are known")
        if not self._objects.has(item.sha256):
            raise errors.MediaNotKept(sha256=item.sha256)
        return item.sha256

    def matched(self, item: Item) -> tuple[Matched, ...]:
        """Matches with references that are still there, the best first."""
        found = []
        for one in item.matches:
            try:
                reference = self._store.reference(one.reference)
            except errors.ReferenceNotFound:
                continue
            try:
                segments = self._store.seen.match(one.match).match.segments
            except errors.RecordNotFound:
                segments = ()
            kept = reference.sha256 is not None and self._objects.has(reference.sha256)
            found.append(Matched(one, reference, segments, kept))
        return tuple(sorted(found, key=lambda one: -one.match.score))

    def labels(self, matched: Sequence[Matched]) -> tuple[str, ...]:
        said: dict[str, None] = {}
        for one in matched:
            said.update(dict.fromkeys(one.reference.labels))
            said.update(dict.fromkeys(self._store.bank(one.reference.bank).labels))
        return tuple(said)

    def graphic(self, item: Item, matched: Sequence[Matched]) -> Graphic:
        return self._rules.graphic((*self.labels(matched), *item.context.labels))


def unmatched(item: Item, matched: Sequence[Matched]) -> tuple[Span, ...]:
    """The seconds that no sure match with a reference in good standing covers."""
    sure = [
        segment
        for one in matched
        if one.match.recommendation == Recommendation.STRONG and one.reference.state is ReferenceState.ACTIVE
        for segment in one.segments
    ]
    return spans.unmatched(sure, item.duration_s, spans.senses(item.kind), slack_s=spans.SLACK_S)
