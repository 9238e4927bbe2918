"""Policies written, signed, tried and put in force, and references verified, by people known by name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Self

from seawall import errors
from seawall.model import policy
from seawall.model.access import Role, User
from seawall.model.policy import InForce, Outcome, Policy, Rulebook, Signature, Verification
from seawall.model.seen import Context
from seawall.model.trial import DryRun
from seawall.store.policies import PolicyEvent
from seawall.store.store import Store
from seawall.store.tasks import Json
from seawall.workflows import trials
from seawall.workflows.check import Named
from seawall.workflows.outcomes import Held, Judge
from seawall.workflows.words import said

#: Who may stand by a reference or a rule.
SIGNING: Final = frozenset({Role.ADMIN, Role.ANALYST})


def nothing_held(_: object) -> frozenset[str]:
    """Where no flood breaker watches."""
    return frozenset()


class Policies:
    """The policies of one data folder, and what they make of matches."""

    def __init__(
        self,
        store: Store,
        actor: str,
        held: Held = nothing_held,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """held: those of references that the flood breaker holds."""
        self._store = store
        self._actor = actor
        self._judge = Judge(store, held)
        self._now = now

    def acting_as(self, actor: str) -> Self:
        """The same policies, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    # What they say

    def draft(self, bank: str, book: Rulebook, note: str) -> Policy:
        """A new version, not in force yet. Raises BankNotFound, BadPolicy."""
        policy.check(book)
        return self._store.policies.create(bank, book, author=self._actor, note=said("note", note))

    def get(self, bank: str, version: int) -> Policy:
        """Raises RecordNotFound."""
        return self._store.policies.get(bank, version)

    def versions(self, bank: str, *, before: int | None = None, limit: int = 100) -> list[Policy]:
        """Versions of a bank's policy, the newest first. Raises BankNotFound."""
        return self._store.policies.versions(bank, before=before, limit=limit)

    def live(self, *, after: str = "", limit: int = 100) -> list[Policy]:
        """Policies in force, by bank."""
        return self._store.policies.live(after=after, limit=limit)

    def in_force(self, bank: str) -> InForce:
        """What decides on a bank's matches now. Raises BankNotFound."""
        return self._store.policies.in_force().get(self._store.bank(bank).name, policy.DEFAULT)

    def events(self, bank: str, version: int) -> list[PolicyEvent]:
        """How a version's state came about. Raises RecordNotFound."""
        return self._store.policies.events(bank, version)

    def sign(self, bank: str, version: int, rule: str, *, statement: str, user: str) -> Signature:
        """A user, by name, answers for a rule of a draft.

        Raises RecordNotFound, RecordConflict, CannotSign.
        """
        return self._store.policies.sign(
            bank, version, rule, user=self._signer(user), statement=said("statement", statement)
        )

    def signatures(self, bank: str, version: int) -> list[Signature]:
        """Those that hold for a version's rules. Raises RecordNotFound."""
        return self._store.policies.signatures(bank, version)

    def dry_run(self, bank: str, version: int, *, days: float = trials.DAYS) -> DryRun:
        """Try a draft on the last days' matches; the result is kept. Raises RecordNotFound, BadRequest."""
        if not 0 < days <= trials.MAX_DAYS:
            raise errors.BadRequest(reason=f"days must lie above 0 and not above {trials.MAX_DAYS:g}")
        draft = self.get(bank, version)
        made = trials.run(self._store, self._judge, draft, days=days, actor=self._actor, now=self._now())
        self._store.policies.keep_dry_run(made)
        return made

    def dry_runs(self, bank: str, version: int) -> list[DryRun]:
        """The last ones of a version, the newest first. Raises RecordNotFound."""
        return self._store.policies.dry_runs(bank, version)

    def make_live(
        self, bank: str, version: int, *, reason: str, without_dry_run: str | None = None
    ) -> Policy:
        """Put a draft in force. without_dry_run: why none is needed. As `store.policies.make_live`."""
        if without_dry_run is not None:
            said("without_dry_run", without_dry_run)
        made = self._store.policies.make_live(
            bank,
            version,
            actor=self._actor,
            reason=said("reason", reason),
            without_dry_run=without_dry_run,
        )
        self._judge.forget()
        return made

    def retire(self, bank: str, version: int, *, reason: str) -> Policy:
        """Take a version out of use. Raises RecordNotFound, RecordConflict."""
        made = self._store.policies.retire(bank, version, actor=self._actor, reason=said("reason", reason))
        self._judge.forget()
        return made

    # References

    def verify(self, reference: str, *, grounds: str, user: str) -> Verification:
        """A user, by name, stands by a reference. Raises ReferenceNotFound, CannotSign."""
        signer = self._signer(user)
        return self._store.verifications.put(reference, user=signer, grounds=said("grounds", grounds))

    def verifications(self, reference: str) -> list[Verification]:
        """Who stands by a reference, in order. Raises ReferenceNotFound."""
        return self._store.verifications.of(reference)

    def is_verified(self, reference: str) -> bool:
        """Whether one that was said counts; none does that was said before a withdrawal."""
        return reference in self._store.verifications.verified([reference])

    # Matches

    def outcomes(
        self, matches: Sequence[Named], *, kind: str | None, context: Context = Context()
    ) -> list[Outcome]:
        """What is done with the matches of a check, at once and without a trace. As `Judge.outcomes`."""
        return self._judge.outcomes(matches, kind=kind, context=context)

    def settle(self, matches: Sequence[str]) -> dict[str, Json]:
        """Keep what the policies make of recorded matches. As `Judge.settle`."""
        return self._judge.settle(matches)

    def settle_each(self, groups: Sequence[Sequence[str]]) -> list[dict[str, Json]]:
        """The same for several groups of matches at once. As `Judge.settle_each`."""
        return self._judge.settle_each(groups)

    def _signer(self, name: str) -> User:
        try:
            user = self._store.access.user(name)
        except errors.RecordNotFound:
            raise errors.CannotSign(who=name, reason="there is no user of that name") from None
        if not user.active or user.role not in SIGNING:
            reason = "it takes an active analyst or administrator"
            raise errors.CannotSign(who=name, reason=reason)
        return user
