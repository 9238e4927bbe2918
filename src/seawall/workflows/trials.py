"""A draft of a policy tried on the matches of some days: what it would have done, and what was done."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from seawall.model.policy import DEFAULT, InForce, Outcome, Policy, Step, evaluate
from seawall.model.seen import RecordedMatch
from seawall.model.trial import Counted, Difference, DryRun
from seawall.store.policies import signed_rules
from seawall.store.store import Store
from seawall.workflows.outcomes import Judge

DAYS: Final = 7.0
MAX_DAYS: Final = 90.0
MAX_S: Final = 30.0  #: after which a dry run ends with what it has
MAX_MATCHES: Final = 200_000
LISTED: Final = 200  #: differing matches that are listed; all are counted
BATCH: Final = 1000


def run(
    store: Store,
    judge: Judge,
    draft: Policy,
    *,
    days: float,
    actor: str,
    now: datetime,
    clock_s: Callable[[], float] = time.monotonic,
) -> DryRun:
    """Hold a draft against the recorded matches of its bank. Nothing else happens.

    What was done is the outcome on record; where a match has none yet, what the policy in force makes of it.
    """
    signed = {one.digest for one in store.policies.signatures(draft.bank, draft.version)}
    wanted = InForce(draft.book, draft.version, signed_rules(draft.book, signed))
    live = judge.in_force().get(draft.bank, DEFAULT)
    found = store.seen.matches_since(now - timedelta(days=days), draft.bank)
    deadline_s = clock_s() + MAX_S
    tally = _Tally()
    for start in range(0, min(len(found), MAX_MATCHES), BATCH):
        if clock_s() > deadline_s:
            break
        batch = found[start : min(start + BATCH, MAX_MATCHES)]
        known = store.outcomes.known(one.id for one in batch)
        for one, given in zip(batch, judge.evidence(batch), strict=True):
            did = known.get(one.id) or evaluate(live, given).step
            tally.add(one, did, evaluate(wanted, given))
    return DryRun(
        bank=draft.bank,
        version=draft.version,
        at=now,
        actor=actor,
        days=days,
        matches=tally.matches,
        complete=tally.matches == len(found),
        did=_steps(tally.did),
        would=_steps(tally.would),
        rules=_counted([*(rule.name for rule in draft.book.rules), ""], tally.rules),
        differing=tally.differing,
        differences=tuple(tally.differences),
    )


class _Tally:
    def __init__(self) -> None:
        self.matches = 0
        self.differing = 0
        self.did: Counter[str] = Counter()
        self.would: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.differences: list[Difference] = []

    def add(self, found: RecordedMatch, did: Step, would: Outcome) -> None:
        self.matches += 1
        self.did[did.value] += 1
        self.would[would.step.value] += 1
        self.rules[would.rule or ""] += 1
        if did is would.step:
            return
        self.differing += 1
        if len(self.differences) < LISTED:
            self.differences.append(
                Difference(found.id, found.match.reference, found.at, did, would.step, would.rule, would.why)
            )


def _steps(counts: Counter[str]) -> tuple[Counted, ...]:
    return _counted((one.value for one in Step), counts)


def _counted(names: Iterable[str], counts: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(name, counts[name]) for name in names)
