"""What lies before the person who decides: a case, one of its contents, and what is known of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from seawall import errors
from seawall.model import lanes
from seawall.model.bank import Reference
from seawall.model.decision import SETTLED, Case, Decision, Ground, Item, ItemMatch, Stage
from seawall.model.lanes import Lines
from seawall.model.second import Barred
from seawall.model.seen import RecordedMatch
from seawall.store.items import ItemFilter
from seawall.store.store import Store

#: How much of each is laid out; where there is more, its number is said.
MAX_CARDS: Final = 10
MAX_EARLIER: Final = 20
MAX_COPIES: Final = 20
MAX_ITEMS: Final = 100
MAX_GROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class Card:
    """One match, with what is known of its reference."""

    match: ItemMatch
    recorded: RecordedMatch | None  #: None where the record of the match is not kept any more
    lines: Lines | None  #: as `recorded`
    reference: Reference | None  #: None where it is in no bank any more
    verified: bool  #: a person stands by the reference
    earlier: tuple[Decision, ...]  #: the last on items that were matched with it, the latest first
    items: int  #: that were matched with it so far


@dataclass(frozen=True, slots=True)
class Desk:
    """A case as one person has it before them."""

    case: Case
    items: tuple[Item, ...]  #: of the case, at most `MAX_ITEMS`
    item: Item  #: the one that is laid out
    cards: tuple[Card, ...]  #: its matches, the surest first, at most `MAX_CARDS`
    copies: tuple[Item, ...]  #: the same content elsewhere, in other cases too, at most `MAX_COPIES`
    pending: tuple[Decision, ...]  #: on items of the case, not out yet
    standing: Decision | None  #: what stands for the item
    barred: Barred | None  #: why this person may not decide
    grounds: tuple[Ground, ...]  #: that were given before for the same references and banks
    preserved: bool  #: the bytes of the item's content are kept

    @property
    def waiting(self) -> tuple[Item, ...]:
        """Items that nobody has decided on."""
        taken = {item for one in self.pending for item in one.ruling.items}
        return tuple(one for one in self.items if one.state not in SETTLED and one.id not in taken)

    @property
    def to_second(self) -> Decision | None:
        """The decision that waits for a second person."""
        return next((one for one in self.pending if one.stage is Stage.SECOND), None)


class Desks:
    """The desks of one data folder."""

    def __init__(self, store: Store, is_kept: Callable[[str], bool]) -> None:
        """is_kept: whether the bytes of a SHA-256 are among the kept files."""
        self._store = store
        self._is_kept = is_kept

    def of(self, case_id: str, user: str, item_id: str | None = None) -> Desk:
        """A case before a user. item_id: which of its items is laid out; None: the first that waits.

        Raises RecordNotFound, also for an item of another case.
        """
        case = self._store.cases.get(case_id)
        items = tuple(item for _, item in self._store.items.page(ItemFilter(case=case_id), limit=MAX_ITEMS))
        pending = tuple(self._store.precedents.pending(case_id))
        item = self._laid_out(case, items, pending, item_id)
        cards = tuple(self._card(item, one) for one in _surest(item.matches)[:MAX_CARDS])
        return Desk(
            case=case,
            items=items,
            item=item,
            cards=cards,
            copies=self._copies(item),
            pending=pending,
            standing=None if item.decision is None else self._store.decisions.get(item.decision),
            barred=self._store.precedents.barred(case_id, user),
            grounds=self._grounds(cards),
            preserved=item.sha256 is not None and self._is_kept(item.sha256),
        )

    def undoable(self, user: str) -> list[Decision]:
        """Decisions of a user that go out soon, the latest first."""
        return self._store.precedents.undoable(user)

    def _laid_out(
        self, case: Case, items: Sequence[Item], pending: Sequence[Decision], item_id: str | None
    ) -> Item:
        if item_id is None:
            taken = {item for one in pending for item in one.ruling.items}
            waiting = [one for one in items if one.state not in SETTLED and one.id not in taken]
            if not items:
                raise errors.RecordNotFound(kind="item", id=f"in case {case.id}")
            return (waiting or list(items))[0]
        item = self._store.items.get(item_id)
        if item.case != case.id:
            raise errors.RecordNotFound(kind="item", id=item_id)
        return item

    def _card(self, item: Item, match: ItemMatch) -> Card:
        facts = self._store.verifications.facts([match.reference]).get(match.reference)
        reference = None if facts is None else facts.reference
        recorded = self._recorded(match.match)
        of_reference = None if reference is None else reference.duration_s
        return Card(
            match=match,
            recorded=recorded,
            lines=None if recorded is None else lanes.lines(recorded.match, item.duration_s, of_reference),
            reference=reference,
            verified=facts is not None and facts.verified,
            earlier=tuple(self._store.precedents.on_reference(match.reference, MAX_EARLIER)),
            items=self._store.precedents.items_with(match.reference),
        )

    def _recorded(self, match_id: str) -> RecordedMatch | None:
        try:
            return self._store.seen.match(match_id)
        except errors.RecordNotFound:
            return None

    def _copies(self, item: Item) -> tuple[Item, ...]:
        if item.sha256 is None:
            return ()
        found = self._store.items.page(ItemFilter(sha256=item.sha256), limit=MAX_COPIES + 1)
        return tuple(one for _, one in found if one.id != item.id)[:MAX_COPIES]

    def _grounds(self, cards: Sequence[Card]) -> tuple[Ground, ...]:
        """Each once, those of the same reference first."""
        earlier = [one for card in cards for one in card.earlier]
        for bank in dict.fromkeys(card.match.bank for card in cards):
            earlier += self._store.precedents.in_bank(bank, MAX_EARLIER)
        found = dict.fromkeys(ground for one in earlier for ground in one.ruling.grounds)
        return tuple(found)[:MAX_GROUNDS]


def _surest(matches: Sequence[ItemMatch]) -> list[ItemMatch]:
    """The last match with each reference, the surest first."""
    last = {one.reference: one for one in matches}
    return sorted(last.values(), key=lambda one: -one.score)
