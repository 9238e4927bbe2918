"""Policies of banks: drafted, signed, tried out, put in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with matches that meet all conditions, and no rule before."""

    name: str
    step: str  #: such as notify, hold, act
    when: Mapping[str, object] = field(default_factory=dict)  #: conditions, as the API's reference has them
    review: bool = False  #: open an item for a notification too


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a version says."""

    rules: Sequence[Rule]
    exempt: Sequence[str] | None = None  #: labels of a context that make an act a hold; None: the usual ones
    four_eyes: Sequence[str] = ()  #: decisions that a second person confirms


@dataclass(frozen=True, slots=True)
class InForce:
    """What decides on a bank's matches now."""

    bank: str
    version: int | None  #: None: what holds without a policy
    policy: Rulebook


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a bank's policy. What it says never changes."""

    bank: str
    version: int
    state: str
    policy: Rulebook
    author: str
    created_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A person answers for a rule that acts without a verified reference."""

    rule: str
    user: str
    name: str
    statement: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A version's state changed."""

    at: datetime
    actor: str
    state: str
    reason: str
    without_dry_run: str | None


@dataclass(frozen=True, slots=True)
class PolicyDetails:
    """A version with how it came to be where it stands."""

    bank: str
    version: int
    state: str
    policy: Rulebook
    author: str
    created_at: datetime
    note: str
    signatures: tuple[Signature, ...]
    history: tuple[PolicyChange, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many matches came to a step, or met a rule."""

    name: str
    matches: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A match with which the version would have done something else."""

    match: str
    reference: str
    at: datetime
    did: str
    would: str
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a version would have done with matches on record."""

    bank: str
    version: int
    at: datetime
    actor: str
    days: float
    matches: int
    complete: bool
    did: tuple[Counted, ...]
    would: tuple[Counted, ...]
    rules: tuple[Counted, ...]
    differing: int
    differences: tuple[Difference, ...]


class Policies(Group):
    """Policies: `policies()` lists the versions in force, by bank."""

    def __call__(self) -> Iterator[PolicyVersion]:
        return self._listed(PolicyVersion, Call("GET", "/v1/policies"))

    def in_force(self, bank: str) -> InForce:
        """What decides on a bank's matches now."""
        return self._read(InForce, Call("GET", "/v1/policies/{bank}", {"bank": bank}))

    def versions(self, bank: str) -> Iterator[PolicyVersion]:
        """Versions of a bank's policy, the newest first."""
        return self._listed(PolicyVersion, Call("GET", "/v1/policies/{bank}/versions", {"bank": bank}))

    def get(self, bank: str, version: int) -> PolicyDetails:
        """A version with its signatures and its history."""
        at = {"bank": bank, "version": version}
        return self._read(PolicyDetails, Call("GET", "/v1/policies/{bank}/versions/{version}", at))

    def draft(
        self, bank: str, policy: Rulebook, note: str, *, idempotency_key: str | None = None
    ) -> PolicyVersion:
        """A new version, not in force yet. Raises BadPolicy."""
        body = {**given(rules=policy.rules, exempt=policy.exempt, four_eyes=policy.four_eyes), "note": note}
        path = "/v1/policies/{bank}/versions"
        return self._read(PolicyVersion, Call("POST", path, {"bank": bank}, json=body, key=idempotency_key))

    def sign(self, bank: str, version: int, rule: str, statement: str) -> Signature:
        """Answer for a rule of a draft, as the user who answers for the key. Raises CannotSign."""
        at, body = {"bank": bank, "version": version}, given(rule=rule, statement=statement)
        path = "/v1/policies/{bank}/versions/{version}/signatures"
        return self._read(Signature, Call("POST", path, at, json=body))

    def dry_run(self, bank: str, version: int, *, days: float | None = None) -> DryRun:
        """What a version would have done with the last days' matches. Nothing else happens."""
        at = {"bank": bank, "version": version}
        path = "/v1/policies/{bank}/versions/{version}/dry-runs"
        return self._read(DryRun, Call("POST", path, at, json=given(days=days)))

    def dry_runs(self, bank: str, version: int) -> tuple[DryRun, ...]:
        """The last ones, the newest first."""
        at = {"bank": bank, "version": version}
        answer = self._transport.ask(Call("GET", "/v1/policies/{bank}/versions/{version}/dry-runs", at))
        return self._each(DryRun, answer)

    def make_live(
        self, bank: str, version: int, reason: str, *, without_dry_run: str | None = None
    ) -> PolicyDetails:
        """Put a version in force. without_dry_run: why it goes live without one. Raises NoDryRun."""
        at = {"bank": bank, "version": version}
        body = given(reason=reason, without_dry_run=without_dry_run)
        path = "/v1/policies/{bank}/versions/{version}/live"
        return self._read(PolicyDetails, Call("POST", path, at, json=body))

    def retire(self, bank: str, version: int, reason: str) -> PolicyDetails:
        """Take a version out of use, for good."""
        at = {"bank": bank, "version": version}
        path = "/v1/policies/{bank}/versions/{version}/retire"
        return self._read(PolicyDetails, Call("POST", path, at, json={"reason": reason}))
