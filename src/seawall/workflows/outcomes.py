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
from seawall.store.batches import batches
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

#: A task of no more matches than a check brings, rather than those of a flood that has ended.
FEW: Final = 20

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
        return self.settle_each([matches])[0]

    def settle_each(self, groups: Sequence[Sequence[str]]) -> list[dict[str, Json]]:
        """As `settle`, of several groups of matches at once, for less than one by one; what came of each."""
        fresh: set[str] = set()
        for ids in batches(dict.fromkeys(one for some in groups for one in some), BATCH):
            fresh.update(self._settled(ids))
        return [{"matches": len(some), "settled": len(fresh.intersection(some))} for some in groups]

    def _settled(self, ids: Sequence[str]) -> list[str]:
        """Those of a batch of matches that had not been settled."""
        settled = self._store.outcomes.settled(ids)
        found = self._store.seen.matches_of([one for one in ids if one not in settled])
        policies = self.in_force()
        made = [
            Made(one, evaluate(policies.get(one.bank, DEFAULT), given), _incident(given.reference))
            for one, given in zip(found, self.evidence(found), strict=True)
        ]
        return self._store.outcomes.record(made)


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Of a task that names `matches`: what policies make of them."""
    ids = _named(task)
    result = steps.run("settle", lambda: library.policies.settle(ids))
    assert isinstance(result, dict)
    return result


def is_small(task: Task) -> bool:
    """Whether a task is one that `handle_all` takes."""
    return len(_named(task)) <= FEW


def handle_all(library: Seawall, tasks: Sequence[Task]) -> Sequence[Mapping[str, Json]]:
    """As `handle`, of many small tasks at once; their results. A match that is settled stays as it is."""
    return library.policies.settle_each([_named(one) for one in tasks])


def _named(task: Task) -> list[str]:
    named = task.payload.get("matches")
    if not isinstance(named, list):
        raise errors.BadRequest(reason="the task names no matches")
    return [str(one) for one in named]


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
