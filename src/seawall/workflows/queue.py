"""The queue of cases, and verdicts that a full copy inherits: one person looks once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Self

from seawall import errors
from seawall.model import queue
from seawall.model.decision import (
    MAX_FACTS,
    MAX_ITEMS,
    MAX_WORDS,
    REMOVALS,
    Automation,
    Case,
    Decision,
    Item,
    ItemState,
    Origin,
    Ruling,
)
from seawall.model.night import Night
from seawall.model.queue import Counts, Entry, Inherited, Order
from seawall.store.items import ItemFilter
from seawall.store.queue import Place, QueueFilter
from seawall.store.store import Store
from seawall.workflows.cases import LEASE_S, Cases, check_lease

#: Cases that are decided in one call, all by one earlier decision.
MAX_CASES: Final = 200

_PAGE: Final = 500
_LABEL: Final = 200  #: characters


class Queue:
    """The queue of one data folder. `user` is the name of the person who answers."""

    def __init__(
        self,
        store: Store,
        cases: Cases,
        actor: str,
        is_kept: Callable[[str], bool],
        night: Night | None = None,
    ) -> None:
        """is_kept: whether the bytes of a SHA-256 are among the kept files.

        night: hours in which what is graphic is not offered to a person who works alone.
        """
        self._store = store
        self._night = night
        self._cases = cases
        self._actor = actor
        self._is_kept = is_kept

    def acting_as(self, actor: str, cases: Cases) -> Self:
        """The same queue, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor, other._cases = actor, cases  # noqa: SLF001 - its own class
        return other

    # Reading

    def page(
        self,
        wanted: QueueFilter = QueueFilter(),
        order: Order = Order.DUE,
        *,
        user: str | None = None,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[tuple[Place, Entry]]:
        """The next cases in an order, each with its place; without those that a user is not to be offered."""
        return self._store.queue.page(wanted, order, user=user, after=after, limit=limit)

    def entry(self, case_id: str) -> Entry:
        """One case as the queue shows it. Raises RecordNotFound."""
        return self._store.queue.entry(case_id)

    def counts(self, user: str | None = None) -> Counts:
        """How many cases there are. user: whose own are told."""
        return self._store.queue.counts(user)

    def labels(self) -> tuple[str, ...]:
        """All labels that cases have, as they are compared."""
        return self._store.queue.labels()

    # Claiming

    def spares(self, user: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> bool:
        """Whether graphic cases are not offered to a user: it is night, and nobody else has a case."""
        at_night = self._night is not None and self._night.holds(now())
        return at_night and not self._store.queue.at_work(but=user)

    def take_next(
        self,
        wanted: QueueFilter = QueueFilter(),
        order: Order = Order.DUE,
        *,
        user: str,
        lease_s: float = LEASE_S,
    ) -> Case | None:
        """Assign to a user the first case that waits, is free, and may be offered to them; None without one.

        Of two who ask at once, no two get the same case. At night, one who works alone is offered none that
        is graphic. Raises BadRequest for a lease of no length.
        """
        check_lease(lease_s)
        if self.spares(user):
            if wanted.graphic or wanted.child:
                return None
            wanted = replace(wanted, graphic=False, child=False)
        return self._store.queue.take_next(wanted, order, user=user, actor=self._actor, lease_s=lease_s)

    def take(self, case_id: str, *, user: str, lease_s: float = LEASE_S) -> Case:
        """Assign one case to a user. Raises RecordNotFound, RecordConflict, SecondPerson, BadRequest."""
        return self._cases.take(case_id, user=user, lease_s=lease_s)

    def not_me(self, case_id: str, *, user: str) -> None:
        """Give a case back, if the user has it, and never offer it to them again. Raises RecordNotFound.

        It asks for no reason, and nothing that others can read tells of it.
        """
        self._store.queue.pass_on(case_id, user=user)

    def set_due(self, case_id: str, at: datetime | None) -> None:
        """Give a case a deadline, or take it away. Raises RecordNotFound."""
        self._store.cases.set_due(case_id, at)

    def opted_out(self, user: str) -> tuple[str, ...]:
        """The labels that a user is not offered cases with. For nobody's eyes but the user's."""
        return self._store.queue.opted_out(user)

    def opt_out(self, user: str, labels: Iterable[str]) -> tuple[str, ...]:
        """Set the labels that a user is not offered cases with; as they are compared. Raises BadRequest."""
        wanted = list(labels)
        if len(wanted) > queue.MAX_LABELS or not all(one.strip() and len(one) <= _LABEL for one in wanted):
            reason = f"at most {queue.MAX_LABELS} labels of 1 to {_LABEL} characters"
            raise errors.BadRequest(reason=reason)
        return self._store.queue.opt_out(user, wanted)

    # Verdicts

    def inherited(self, case_id: str) -> Inherited | None:
        """The earlier decision that all of a case that waits can follow; None where somebody has to look.

        Raises RecordNotFound.
        """
        known = self._store.queue.standing(case_id)
        if known is None:
            return None
        earlier = self._cases.decision(known.decision)
        items = tuple(one.id for one in self._waiting(case_id))
        return Inherited(
            case_id, items, known.reference, earlier.id, earlier.user, earlier.at, earlier.ruling
        )

    def inherit(self, case_id: str, *, user: str) -> list[Decision]:
        """Decide on all of a case that waits as was decided on an earlier copy.

        One decision for each content, as its bytes are preserved or not, and for `MAX_ITEMS` of its items at
        most. Where one is refused, what was decided by then stays, and the others wait on.

        Raises RecordConflict where there is nothing to inherit, and as `Cases.decide`.
        """
        found = self.inherited(case_id)
        if found is None:
            raise errors.RecordConflict(
                kind="case", id=case_id, state="of its own kind", wanted="decided like an earlier copy"
            )
        return [
            self._cases.decide(self._ruling(found, items), user=user)
            for items in _pieces(self._waiting(case_id))
        ]

    def bulk(self, case_ids: Sequence[str], *, user: str) -> list[Decision]:
        """As `inherit`, for cases that all inherit from one earlier decision; that is looked at first.

        Raises BadRequest for more than `MAX_CASES`, or where they follow different decisions.
        """
        if not 1 <= len(case_ids) <= MAX_CASES or len(set(case_ids)) < len(case_ids):
            raise errors.BadRequest(reason=f"name 1 to {MAX_CASES} cases, each once")
        found = {case_id: self.inherited(case_id) for case_id in case_ids}
        followed = {None if one is None else one.decision for one in found.values()}
        if len(followed) > 1 or None in followed:
            raise errors.BadRequest(reason="the cases do not all inherit from one earlier decision")
        return [made for case_id in case_ids for made in self.inherit(case_id, user=user)]

    def _waiting(self, case_id: str) -> list[Item]:
        """The items of a case that wait for a decision, in the order in which they were opened."""
        found: list[Item] = []
        after = 0
        while True:
            page = self._store.items.page(
                ItemFilter(state=ItemState.OPEN, case=case_id), after=after, limit=_PAGE
            )
            found += [one for _, one in page]
            if len(page) < _PAGE:
                return found
            after = page[-1][0]

    def _ruling(self, found: Inherited, items: Sequence[Item]) -> Ruling:
        """The earlier ruling on other items, said to be what it is."""
        earlier = found.ruling
        facts = (
            f"The content is a full copy of the reference {found.reference}, and so is the one that"
            f" {found.user} decided on at {found.at:%Y-%m-%d %H:%M} UTC (decision {found.decision});"
            f" this decision follows that one. Of the content itself only metadata was seen."
            f" What was stated then: {earlier.facts}"
        )
        made = replace(
            earlier,
            items=tuple(one.id for one in items),
            facts=facts[:MAX_FACTS],
            origin=Origin.OWN_INITIATIVE,
            automated_detection=True,
            automated_decision=Automation.PARTIALLY,
            views=queue.SEEN,
            starts_at=None,
            notice=None,
            preservation=None,
            not_preserved=None,
            feedback=(),
            reverses=None,
            reason=None,
            follows=found.decision,
        )
        if made.choice not in REMOVALS:
            return made
        if items[0].sha256 is not None and self._is_kept(items[0].sha256):
            return made
        reason = f"no bytes of this copy are kept; decision {found.decision} is on another copy"
        return replace(made, not_preserved=reason[:MAX_WORDS])


def _pieces(items: Iterable[Item]) -> list[list[Item]]:
    """Items of one content together, as many as one decision takes."""
    by_content: dict[str, list[Item]] = {}
    for one in items:
        by_content.setdefault(one.sha256 or one.id, []).append(one)
    return [
        some[start : start + MAX_ITEMS]
        for some in by_content.values()
        for start in range(0, len(some), MAX_ITEMS)
    ]
