"""What is done with matches: policies in force, held to the laws, for a check at once and for the record."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence, Set as AbstractSet
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.model.bank import Reference
from seawall.model.policy import DEFAULT, Evidence, InForce, Outcome, Step, evaluate
from seawall.model.seen import Context, RecordedMatch
from seawall.store.outcomes import Made
from seawall.store.store import Store
from seawall.store.tasks import Json, Task
from seawall.store.verifications import Facts
from seawall.workflows.check import Named

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

#: A policy that another process has put in force decides here after this time, at the latest.
FRESH_S: Final = 0.5

#: Matches that are settled in one transaction.
BATCH: Final = 100

#: Those of the references that the flood breaker holds.
Held = Callable[[Collection[str]], AbstractSet[str]]


class Judge:
    """Decides by the policies in force, which it keeps at hand for half a second."""

    def __init__(self, store: Store, held: Held, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._held = held
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._known: Mapping[str, InForce] = {}
        self._until_s = float("-inf")

    def in_force(self) -> Mapping[str, InForce]:
        """What decides on matches, by bank; banks without a policy are absent."""
        with self._lock:
            if self._clock_s() >= self._until_s:
                asked_s = self._clock_s()
                self._known = self._store.policies.in_force()
                self._until_s = asked_s + FRESH_S
            return self._known

    def forget(self) -> None:
        """A policy was changed here: look again."""
        with self._lock:
            self._until_s = float("-inf")

    def outcomes(
        self, matches: Sequence[Named], *, kind: str | None, context: Context = Context()
    ) -> list[Outcome]:
        """What is done with the matches of a check, in their order. Nothing is written.

        kind: of the content that was checked, a `content.Kind`; None where it could not be told.
        """
        policies = self.in_force()
        wanted = {one.reference.id for one in matches if _can_act(policies.get(one.reference.bank, DEFAULT))}
        verified = self._store.verifications.verified(wanted) if wanted else frozenset()
        held: AbstractSet[str] = self._held(wanted) if wanted else frozenset()
        return [
            evaluate(
                policies.get(one.reference.bank, DEFAULT),
                Evidence(
                    match=one.match,
                    reference=one.reference,
                    kind=kind,
                    context=context,
                    verified=one.reference.id in verified,
                    held=one.reference.id in held,
                ),
            )
            for one in matches
        ]

    def evidence(self, found: Sequence[RecordedMatch]) -> list[Evidence]:
        """Recorded matches with their references as they stand now, in their order."""
        wanted = {one.match.reference for one in found}
        facts = self._store.verifications.facts(wanted)
        held = self._held(wanted)
        return [_evidence(one, facts.get(one.match.reference), held) for one in found]

    def settle(self, matches: Sequence[str]) -> dict[str, Json]:
        """Apply the policies to recorded matches that are not settled yet, and keep what comes of it.

        A match of which the record is gone is passed over.
        """
        count = 0
        for start in range(0, len(matches), BATCH):
            ids = matches[start : start + BATCH]
            settled = self._store.outcomes.settled(ids)
            found = [one for one in map(self._recorded, ids) if one is not None and one.id not in settled]
            policies = self.in_force()
            made = [
                Made(one, evaluate(policies.get(one.bank, DEFAULT), given), _incident(given.reference))
                for one, given in zip(found, self.evidence(found), strict=True)
            ]
            count += self._store.outcomes.record(made)
        return {"matches": len(matches), "settled": count}

    def _recorded(self, match_id: str) -> RecordedMatch | None:
        try:
            return self._store.seen.match(match_id)
        except errors.RecordNotFound:
            return None


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Of a task that names `matches`: what policies make of them."""
    named = task.payload.get("matches")
    if not isinstance(named, list):
        raise errors.BadRequest(reason="the task names no matches")
    ids = [str(one) for one in named]
    result = steps.run("settle", lambda: library.policies.settle(ids))
    assert isinstance(result, dict)
    return result


def _can_act(policy: InForce) -> bool:
    """Whether what is known of a reference, beyond its own record, bears on the outcome."""
    return any(rule.step is Step.ACT or rule.when.verified for rule in policy.book.rules)


def _evidence(found: RecordedMatch, facts: Facts | None, held: AbstractSet[str]) -> Evidence:
    return Evidence(
        match=found.match,
        reference=None if facts is None else facts.reference,
        kind=found.checked.kind,
        context=found.checked.context,
        verified=facts is not None and facts.verified,
        held=found.match.reference in held,
    )


def _incident(reference: Reference | None) -> str | None:
    return None if reference is None else reference.incident
