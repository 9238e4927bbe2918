"""Policies: what is done when a reference of a bank reappears, as data; and the laws above every policy.

A policy is an ordered list of rules. The first rule whose conditions a match meets names the step. A law can
then only weaken it. Both together are a pure function, `evaluate`.

More evidence never leads to less: a rule that stands before a stronger one must not ask for more evidence
than that one (`check` refuses it), so that what meets the later rule cannot drop out of it by being surer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import Final

from seawall import errors
from seawall.model.bank import Reference, ReferenceState
from seawall.model.content import Kind
from seawall.model.decision import Choice
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context
from seawall.model.signal import SignalType

MAX_RULES: Final = 100
MAX_WORDS: Final = 200  #: characters of a name or a label

#: What content may be there for without being what it shows (Regulation (EU) 2021/784, Article 1(3)).
EXEMPT: Final = ("art", "counter_speech", "documentation", "news", "research")


class Step(StrEnum):
    """What a rule asks for; each does what the one before it does, and more."""

    NOTHING = "nothing"
    NOTIFY = "notify"  #: an event is raised
    HOLD = "hold"  #: a person decides first
    ACT = "act"  #: the platform may act at once; a person looks at it afterwards

    @property
    def strength(self) -> int:
        """Its place in the order."""
        return _STEPS.index(self)


_STEPS: Final = tuple(Step)
_SURER: Final = (Recommendation.NONE, Recommendation.SUGGEST, Recommendation.STRONG)


class State(StrEnum):
    """Where a version of a policy stands."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"  #: for good; a new version may say the same


class Law(StrEnum):
    """Why a match does less than its rule says. None can be switched off."""

    SUPPRESSED = "suppressed"  #: known-good content explains the match away
    NOT_IN_USE = "not_in_use"  #: the reference is withdrawn or gone, or is known-good itself
    DISPUTED = "disputed"  #: the reference is disputed
    FLOOD = "flood"  #: the reference matches far more than its kind does, and waits for a person
    EXEMPT = "exempt"  #: the content may be there to report or to document
    UNPROVEN = "unproven"  #: no person has verified the reference, and none has signed the rule


@dataclass(frozen=True, slots=True)
class When:
    """Conditions of a rule, all of which must hold. Those of evidence are least values."""

    recommendation: Recommendation = Recommendation.SUGGEST
    score: float = 0.0
    coverage_query: float = 0.0
    coverage_reference: float = 0.0
    matched_s: float = 0.0  #: seconds of the query that lie in a segment; a still has none
    verified: bool = False  #: a person has verified the reference
    signals: tuple[SignalType, ...] = ()  #: one of them found it; empty: any
    kinds: tuple[Kind, ...] = ()  #: what the query is; empty: any
    labels_any: tuple[str, ...] = ()  #: the reference has one of them; empty: any
    labels_none: tuple[str, ...] = ()  #: the reference has none of them


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with matches of some sort."""

    name: str
    step: Step
    when: When = When()
    review: bool = False  #: a notification opens an item for review too, as a hold and an act always do


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What one version of a policy says."""

    rules: tuple[Rule, ...]
    exempt: tuple[str, ...] = EXEMPT  #: labels of a context that make an act a hold
    four_eyes: tuple[Choice, ...] = ()  #: decisions that a second person must confirm

    def digest(self, rule: Rule) -> str:
        """Of all that a signature of a rule answers for: the rule, those before it, and the exemptions."""
        until = self.rules.index(rule) + 1
        said = {"rules": [asdict(one) for one in self.rules[:until]], "exempt": sorted(self.exempt)}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def rule(self, name: str) -> Rule | None:
        """The rule of a name."""
        return next((one for one in self.rules if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one bank's policy. What it says never changes; its state does."""

    bank: str
    version: int
    state: State
    book: Rulebook
    author: str
    created_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A person answers for a rule that acts without a verified reference."""

    bank: str
    rule: str
    digest: str  #: `Rulebook.digest` of the rule
    user: str  #: id of the user
    name: str
    statement: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verification:
    """A person has looked at a reference and stands by it."""

    reference: str
    user: str  #: id of the user
    name: str
    grounds: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """What decides on a bank's matches now."""

    book: Rulebook
    version: int | None = None  #: None for what holds without a policy
    signed: frozenset[str] = frozenset()  #: names of the rules that a named user has signed


#: What holds for a bank without a policy: a person is told, nothing acts.
DEFAULT: Final = InForce(
    Rulebook(
        (
            Rule("strong", Step.NOTIFY, When(Recommendation.STRONG), review=True),
            Rule("suggest", Step.NOTIFY, When(Recommendation.SUGGEST)),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A match with all that bears on what may be done."""

    match: Match
    reference: Reference | None  #: None where it is gone
    kind: str | None = None  #: of the query, a `content.Kind`; None where it could not be told
    context: Context = field(default_factory=Context)
    verified: bool = False
    held: bool = False  #: by the flood breaker


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is done with a match."""

    step: Step
    rule: str | None  #: None where no rule was met
    why: str
    version: int | None  #: of the policy; None for what holds without one
    asked: Step  #: what the rule said; the step is never stronger
    law: Law | None = None  #: that weakened it
    review: bool = False  #: an item is opened, or joined


_WHY: Final = {
    Law.SUPPRESSED: "known-good content explains the match",
    Law.NOT_IN_USE: "the reference is not in use",
    Law.DISPUTED: "the reference is disputed",
    Law.FLOOD: "the reference matches unusually often and waits for a person",
    Law.EXEMPT: "the content may be there to report or to document",
    Law.UNPROVEN: "no person has verified the reference or signed the rule",
}


def evaluate(policy: InForce, given: Evidence) -> Outcome:
    """What a policy does with a match, held to the laws."""
    rule = _met(policy, given)
    if rule is None:
        return Outcome(Step.NOTHING, None, "no rule is met", policy.version, Step.NOTHING)
    step, law = _lawful(policy, rule, given)
    why = f"rule {rule.name!r}" if law is None else f"rule {rule.name!r} asks to {rule.step}; {_WHY[law]}"
    review = step in (Step.HOLD, Step.ACT) or (step is Step.NOTIFY and rule.review)
    return Outcome(step, rule.name, why, policy.version, rule.step, law, review)


def _met(policy: InForce, given: Evidence) -> Rule | None:
    """The first rule that is met.

    Of several in a row that act, the first that somebody answers for: a rule that nobody answers for must
    not stand in the way of one behind it, or a match could do less by being surer.
    """
    first: Rule | None = None
    for rule in policy.book.rules:
        if not meets(given, rule.when):
            continue
        if rule.step is not Step.ACT:
            return first or rule
        if _is_proven(policy, rule, given):
            return rule
        first = first or rule
    return first


def _is_proven(policy: InForce, rule: Rule, given: Evidence) -> bool:
    return given.verified or rule.name in policy.signed


def meets(given: Evidence, when: When) -> bool:
    """Whether all conditions hold. A content whose kind is unknown meets none that names kinds."""
    match, labels = given.match, () if given.reference is None else given.reference.labels
    mine = _folded(labels)
    return (
        _SURER.index(match.recommendation) >= max(_SURER.index(when.recommendation), 1)
        and match.score >= when.score
        and match.coverage_query >= when.coverage_query
        and match.coverage_reference >= when.coverage_reference
        and (when.matched_s == 0 or matched_s(match) >= when.matched_s)
        and (given.verified or not when.verified)
        and (not when.signals or any(one.signal in when.signals for one in match.segments))
        and (not when.kinds or given.kind in when.kinds)
        and (not when.labels_any or not mine.isdisjoint(_folded(when.labels_any)))
        and mine.isdisjoint(_folded(when.labels_none))
    )


def matched_s(match: Match) -> float:
    """Seconds of the query that lie in a segment, those that lie in several counted once."""
    covered, end = 0.0, float("-inf")
    for one in sorted(match.segments, key=lambda one: one.query_start_s):
        covered += max(0.0, one.query_end_s - max(one.query_start_s, end))
        end = max(end, one.query_end_s)
    return covered


def _lawful(policy: InForce, rule: Rule, given: Evidence) -> tuple[Step, Law | None]:
    """The step that is left, and the first law that took something of it."""
    for law, most in _laws(policy, rule, given):
        if rule.step.strength > most.strength:
            return most, law
    return rule.step, None


def _laws(policy: InForce, rule: Rule, given: Evidence) -> Iterator[tuple[Law, Step]]:
    """Laws that apply, each with the most that it leaves; those that leave least come first."""
    reference = given.reference
    if given.match.suppressed_by is not None:
        yield Law.SUPPRESSED, Step.NOTHING
    if reference is None or reference.negative or reference.state is ReferenceState.WITHDRAWN:
        yield Law.NOT_IN_USE, Step.NOTHING
    elif reference.state is ReferenceState.DISPUTED:
        yield Law.DISPUTED, Step.HOLD
    if given.held:
        yield Law.FLOOD, Step.HOLD
    if is_exempt(given.context.labels, policy.book.exempt):
        yield Law.EXEMPT, Step.HOLD
    if not _is_proven(policy, rule, given):
        yield Law.UNPROVEN, Step.HOLD


def check(book: Rulebook) -> None:
    """Refuse what cannot be a policy. Raises BadPolicy."""
    names = [rule.name for rule in book.rules]
    if not 1 <= len(names) <= MAX_RULES:
        raise errors.BadPolicy(reason=f"it needs 1 to {MAX_RULES} rules")
    if len(set(names)) < len(names):
        raise errors.BadPolicy(reason="two rules have the same name")
    for rule in book.rules:
        _check_words(f"rule {rule.name!r}", (rule.name, *rule.when.labels_any, *rule.when.labels_none))
        _check_conditions(rule)
    _check_words("exempt", book.exempt)
    for earlier, later in combinations(book.rules, 2):
        if earlier.step.strength < later.step.strength and (more := _asks_more(earlier.when, later.when)):
            raise errors.BadPolicy(
                reason=f"rule {earlier.name!r} stands before {later.name!r}, is weaker, and asks for more "
                f"{more}: a surer match would do less; put it behind"
            )


def _check_words(where: str, words: Sequence[str]) -> None:
    if not all(one.strip() and len(one) <= MAX_WORDS for one in words):
        raise errors.BadPolicy(reason=f"{where}: names and labels need 1 to {MAX_WORDS} characters")


def _check_conditions(rule: Rule) -> None:
    when = rule.when
    if when.recommendation is Recommendation.NONE:
        raise errors.BadPolicy(reason=f"rule {rule.name!r}: a match without a recommendation does nothing")
    for name in ("score", "coverage_query", "coverage_reference"):
        if not 0 <= getattr(when, name) <= 1:
            raise errors.BadPolicy(reason=f"rule {rule.name!r}: {name} must lie between 0 and 1")
    if not 0 <= when.matched_s < float("inf"):
        raise errors.BadPolicy(reason=f"rule {rule.name!r}: matched_s must not be below 0")


def _asks_more(earlier: When, later: When) -> str | None:
    """The condition of evidence in which the earlier rule is stricter."""
    if _SURER.index(earlier.recommendation) > _SURER.index(later.recommendation):
        return "recommendation"
    for name in ("score", "coverage_query", "coverage_reference", "matched_s", "verified"):
        if getattr(earlier, name) > getattr(later, name):
            return name
    narrower = earlier.signals and not (later.signals and set(later.signals) <= set(earlier.signals))
    return "signals" if narrower else None


def is_exempt(labels: Sequence[str], exempt: Sequence[str]) -> bool:
    """Whether what a content is there for is among what is exempt."""
    return not _folded(labels).isdisjoint(_folded(exempt))


def _folded(labels: Sequence[str]) -> frozenset[str]:
    return frozenset(one.casefold() for one in labels)


#: Names of what a rule may ask for, in their order.
CONDITIONS: Final = tuple(one.name for one in fields(When))
