"""The work of people on items: cases, and what is decided."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Self

from seawall import errors
from seawall.model import decision, names as protected
from seawall.model.decision import REMOVALS, Basis, Case, Choice, Decision, Item, Ruling
from seawall.store.cases import CaseFilter
from seawall.store.decision_rows import DecisionFilter
from seawall.store.items import ItemFilter
from seawall.store.store import Store
from seawall.store.tasks import Json, Task
from seawall.workflows.words import said

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

LEASE_S: Final = 1800.0
MAX_LEASE_S: Final = 8 * 3600.0
MAX_UNDO_S: Final = 24 * 3600.0


class Cases:
    """Items, cases and decisions of one data folder. `user` is the name of the person who answers."""

    def __init__(
        self,
        store: Store,
        actor: str,
        undo_s: float = 0.0,
        is_kept: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """undo_s: how long a decision can be undone before it goes out, where it says nothing else.

        is_kept: whether the bytes of a SHA-256 are here, and will be preserved before they are taken away.
        """
        self._store = store
        self._actor = actor
        self._undo_s = undo_s
        self._is_kept = is_kept

    def acting_as(self, actor: str) -> Self:
        """The same cases, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    # Items

    def item(self, item_id: str) -> Item:
        """Raises RecordNotFound."""
        return self._store.items.get(item_id)

    def items(
        self, wanted: ItemFilter = ItemFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Item]]:
        """A page of items in the order in which they were opened, each with its number."""
        return self._store.items.page(wanted, after=after, limit=limit)

    # Cases

    def open(self, basis: Basis, value: str, items: Sequence[str] = ()) -> Case:
        """A case of these items, or of all that share its basis.

        Raises RecordNotFound, RecordConflict; BadRequest for a case of one content, which opens by itself.
        """
        if basis is Basis.CONTENT:
            raise errors.BadRequest(reason="a case of one content opens by itself; choose another basis")
        return self._store.cases.open(basis, said("value", value), items, actor=self._actor)

    def add(self, case_id: str, items: Sequence[str], reason: str) -> Case:
        """Put items into an open case. Raises RecordNotFound, RecordConflict."""
        return self._store.cases.add(case_id, items, actor=self._actor, reason=said("reason", reason))

    def get(self, case_id: str) -> Case:
        """Raises RecordNotFound."""
        return self._store.cases.get(case_id)

    def page(
        self, wanted: CaseFilter = CaseFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Case]]:
        """A page of cases in the order in which they were opened, each with its number."""
        return self._store.cases.page(wanted, after=after, limit=limit)

    def take(self, case_id: str, *, user: str, lease_s: float = LEASE_S) -> Case:
        """Assign a case to a user for a time, or for longer.

        Raises RecordNotFound, RecordConflict, SecondPerson, BadRequest.
        """
        check_lease(lease_s)
        return self._store.cases.take(case_id, user=user, actor=self._actor, lease_s=lease_s)

    def release(self, case_id: str, *, user: str, reason: str) -> Case:
        """Give a case back. Raises RecordNotFound, RecordConflict."""
        return self._store.cases.release(case_id, user=user, actor=self._actor, reason=said("reason", reason))

    def appeal(self, case_id: str, reason: str) -> Case:
        """Open what was restricted again. Raises RecordNotFound, RecordConflict."""
        return self._store.cases.appeal(case_id, actor=self._actor, reason=said("reason", reason))

    def close(self, case_id: str, reason: str) -> Case:
        """End the work on a decided case. Raises RecordNotFound, RecordConflict."""
        return self._store.cases.close(case_id, actor=self._actor, reason=said("reason", reason))

    # Decisions

    def decide(self, new: Ruling, *, user: str, undo_s: float | None = None) -> Decision:
        """Put a ruling on record, which goes out after a time; until then it can be undone.

        undo_s: how long that is; None: as it is set; 0: it goes out at once.
        Raises BadDecision, RecordNotFound, RecordConflict, IncidentNotFound, SecondPerson; ProtectedName
        where its words hold a name that is protected in its incident; BadRequest.
        """
        wait_s = self._undo_s if undo_s is None else undo_s
        if not 0 <= wait_s <= MAX_UNDO_S:
            raise errors.BadRequest(reason=f"undo_s must lie between 0 and {MAX_UNDO_S:g}")
        if new.incident is not None:
            names = protected.of(self._store.incidents.ledger(new.incident))
            for field, words in _words(new):
                names.refuse(field, words)
        kept = self._kept(new)
        decision.check(new, keeps=bool(kept) and all(kept))
        # What could be preserved and is not takes two.
        needs_two = new.not_preserved is not None and any(kept)
        return self._store.decisions.make(
            new, user=user, actor=self._actor, undo_s=wait_s, needs_two=needs_two
        )

    def undo(self, decision_id: str, *, user: str) -> Decision:
        """Take a decision back before it goes out. Raises RecordNotFound, RecordConflict, NotTheirOwn."""
        return self._store.decisions.undo(decision_id, user=user, actor=self._actor)

    def go_out(self, decision_id: str) -> bool:
        """Give a decision effect that is due, once; whether this call did.

        Raises RecordNotFound; NotPreserved for one that would take away what is not preserved.
        """
        return self._store.decisions.go_out(decision_id)

    def _kept(self, new: Ruling) -> list[bool]:
        """Of each item of a ruling that removes: whether its bytes are here. Raises RecordNotFound."""
        if new.choice not in REMOVALS or len(new.items) > decision.MAX_ITEMS:
            return []
        digests = [self._store.items.get(one).sha256 for one in new.items]
        known = {one: self._is_kept(one) for one in set(digests) if one is not None}
        return [one is not None and known[one] for one in digests]

    def second_blind(
        self, decision_id: str, choice: Choice, *, note: str, user: str, third: bool = False
    ) -> Decision:
        """What a second person chooses who does not know the decision: they agree where it is the same.

        third: where it is not, a third person decides, and neither of the two.
        Raises RecordNotFound, RecordConflict, SecondPerson.
        """
        return self._store.decisions.second(
            decision_id, choice=choice, note=said("note", note), user=user, actor=self._actor, third=third
        )

    def decision(self, decision_id: str) -> Decision:
        """Raises RecordNotFound."""
        return self._store.decisions.get(decision_id)

    def decisions(
        self, wanted: DecisionFilter = DecisionFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Decision]]:
        """A page of decisions in the order in which they were made, each with its number."""
        return self._store.decisions.page(wanted, after=after, limit=limit)


def check_lease(lease_s: float) -> None:
    """Raises BadRequest for a lease of no length, or of one that is too long."""
    if not 0 < lease_s <= MAX_LEASE_S:
        raise errors.BadRequest(reason=f"lease_s must lie above 0 and not above {MAX_LEASE_S:g}")


def _words(new: Ruling) -> Iterator[tuple[str, str]]:
    """What a ruling says in words: a statement of reasons will show it."""
    yield "facts", new.facts
    for ground in new.grounds:
        yield "grounds", ground.explanation
    for field, words in (("reason", new.reason), ("not_preserved", new.not_preserved)):
        if words is not None:
            yield field, words


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Of a task that names a `decision`: preserve, have the log stamped, and then act, unless it was undone.

    What it takes away is on record in the log before the log is stamped.
    """
    named = str(task.payload["decision"])
    if library.cases.decision(named).ruling.choice in REMOVALS:
        steps.run("preserve", lambda: library.preserving.for_decision(named))
        steps.run("stamp", library.preserving.stamp_anyway)
    return {"out": steps.run("go out", lambda: library.cases.go_out(named))}
