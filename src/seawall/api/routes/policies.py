"""Policies of banks: drafted, signed, tried out, put in force."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import policy as records, policy_form, trial
from seawall.model.access import Principal, Scope
from seawall.model.content import Kind
from seawall.model.decision import Choice
from seawall.model.match import Recommendation
from seawall.model.policy import EXEMPT, MAX_RULES, MAX_WORDS, State, Step
from seawall.model.signal import SignalType
from seawall.workflows.library import Seawall
from seawall.workflows.trials import DAYS, MAX_DAYS
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1/policies", tags=["policies"])

BankName = Annotated[str, Path(description="The bank's name.", max_length=64, examples=["KNOWN"])]
Version = Annotated[int, Path(description="Of the bank's policy.", ge=1, le=2**31 - 1, examples=[3])]
Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
Said = Annotated[str, Field(min_length=1, max_length=MAX_SAID)]
Share = Annotated[float, Field(ge=0, le=1, examples=[0.8])]


class Conditions(BaseModel):
    """Conditions of a rule, all of which must hold."""

    model_config = ConfigDict(extra="forbid")

    recommendation: Annotated[Recommendation, Field(description="At least this.", examples=["strong"])] = (
        Recommendation.SUGGEST
    )
    score: Share = 0.0
    coverage_query: Share = 0.0
    coverage_reference: Share = 0.0
    matched_s: Annotated[
        float, Field(ge=0, le=1e9, description="Seconds of the query in segments; a still has none.")
    ] = 0.0
    verified: Annotated[bool, Field(description="Only references that a person has verified.")] = False
    signals: Annotated[list[SignalType], Field(max_length=20, description="One of them found it.")] = []
    kinds: Annotated[list[Kind], Field(max_length=20, description="What the query is.")] = []
    labels_any: Annotated[list[Words], Field(max_length=100, description="Of the reference.")] = []
    labels_none: Annotated[list[Words], Field(max_length=100, description="Of the reference.")] = []


class Rule(BaseModel):
    """What is done with matches that meet all conditions, and no rule before."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Words, Field(examples=["verified full copies"])]
    step: Annotated[Step, Field(examples=["act"])]
    review: Annotated[bool, Field(description="Open an item for a notification too.")] = False
    when: Conditions = Conditions()


class Rulebook(BaseModel):
    """What a version says."""

    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[Rule], Field(min_length=1, max_length=MAX_RULES)]
    exempt: Annotated[
        list[Words],
        Field(
            max_length=100, description="Labels of a context that make an act a hold.", examples=[["news"]]
        ),
    ] = list(EXEMPT)
    four_eyes: Annotated[
        list[Choice],
        Field(max_length=20, description="Decisions that a second person confirms.", examples=[["remove"]]),
    ] = []

    @classmethod
    def of(cls, known: records.Rulebook) -> Rulebook:
        """The record as it is sent."""
        return cls.model_validate(policy_form.write(known))

    def read(self) -> records.Rulebook:
        """What was sent as a record. Raises BadPolicy."""
        return policy_form.read(self.model_dump(mode="json"))


class NewVersion(Rulebook):
    """A version to make, as a draft."""

    note: Annotated[Said, Field(description="Why.", examples=["full copies of verified footage act"])]


class Version_(BaseModel):  # noqa: N801 - `Version` is the path's
    """One version of a bank's policy. What it says never changes."""

    model_config = ConfigDict(title="PolicyVersion")

    bank: Annotated[str, Field(examples=["KNOWN"])]
    version: Annotated[int, Field(examples=[3])]
    state: State
    policy: Rulebook
    author: Annotated[str, Field(examples=["ann/console"])]
    created_at: datetime
    note: str

    @classmethod
    def of(cls, known: records.Policy) -> Version_:
        """The record as it is sent."""
        return cls(
            bank=known.bank,
            version=known.version,
            state=known.state,
            policy=Rulebook.of(known.book),
            author=known.author,
            created_at=known.created_at,
            note=known.note,
        )


class InForce(BaseModel):
    """What decides on a bank's matches now."""

    bank: Annotated[str, Field(examples=["KNOWN"])]
    version: Annotated[int | None, Field(description="None: what holds without a policy.", examples=[3])]
    policy: Rulebook


class Signature(BaseModel):
    """A person answers for a rule that acts without a verified reference."""

    rule: Annotated[str, Field(examples=["full copies"])]
    user: Annotated[str, Field(description="Id of the user.")]
    name: Annotated[str, Field(examples=["ann"])]
    statement: str
    at: datetime

    @classmethod
    def of(cls, known: records.Signature) -> Signature:
        """The record as it is sent."""
        return cls(rule=known.rule, user=known.user, name=known.name, statement=known.statement, at=known.at)


class Change(BaseModel):
    """A version's state changed."""

    at: datetime
    actor: str
    state: State
    reason: str
    without_dry_run: Annotated[str | None, Field(description="Why it went live without one.")]


class Details(Version_):
    """A version with how it came to be where it stands."""

    model_config = ConfigDict(title="PolicyVersionDetails")

    signatures: list[Signature]
    history: list[Change]


class NewSignature(BaseModel):
    """A rule to sign; the user who answers for the key or session signs."""

    rule: Annotated[Words, Field(examples=["full copies"])]
    statement: Annotated[
        Said, Field(examples=["I have looked at where the list comes from and answer for it."])
    ]


class NewDryRun(BaseModel):
    """How far back to try."""

    days: Annotated[float, Field(gt=0, le=MAX_DAYS, examples=[7])] = DAYS


class Counted(BaseModel):
    """How many matches came to a step, or met a rule."""

    name: Annotated[str, Field(description="Empty: no rule.", examples=["act"])]
    matches: Annotated[int, Field(examples=[12])]


class Difference(BaseModel):
    """A match with which the version would have done something else."""

    match: str
    reference: str
    at: datetime
    did: Step
    would: Step
    rule: str | None
    why: str


class DryRun(BaseModel):
    """What a version would have done with matches on record."""

    bank: str
    version: int
    at: datetime
    actor: str
    days: float
    matches: int
    complete: Annotated[bool, Field(description="False where not all matches could be looked at.")]
    did: list[Counted]
    would: list[Counted]
    rules: list[Counted]
    differing: int
    differences: Annotated[list[Difference], Field(description="The first of those that differ.")]

    @classmethod
    def of(cls, known: trial.DryRun) -> DryRun:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class GoLive(BaseModel):
    """Put a version in force."""

    reason: Annotated[Said, Field(examples=["dry run of a week shows 12 acts, all right"])]
    without_dry_run: Annotated[
        Said | None, Field(description="Why it goes live without a dry run; it stays on record.")
    ] = None


class Retire(BaseModel):
    """Take a version out of use."""

    reason: Annotated[Said, Field(examples=["the campaign is over"])]


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List policies in force")
def list_(library: Library, paging: Paged) -> Page[Version_]:
    """Versions in force, by bank. A bank that is not named has none: a person is told, nothing acts."""
    found = library.policies.live(after=str(paging.after(str) or ""), limit=paging.limit + 1)
    return paging.page([(one.bank, one) for one in found], Version_.of)


@router.get("/{bank}", dependencies=[Depends(needs(Scope.READ))], summary="Show what is in force")
def in_force(bank: BankName, library: Library) -> InForce:
    """What decides on a bank's matches now."""
    known = library.policies.in_force(bank)
    return InForce(bank=bank, version=known.version, policy=Rulebook.of(known.book))


@router.get("/{bank}/versions", dependencies=[Depends(needs(Scope.READ))], summary="List versions")
def versions(bank: BankName, library: Library, paging: Paged) -> Page[Version_]:
    """Versions of a bank's policy, the newest first."""
    found = library.policies.versions(bank, before=paging.number() or None, limit=paging.limit + 1)
    return paging.page([(one.version, one) for one in found], Version_.of)


@router.post(
    "/{bank}/versions",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.POLICIES))],
    summary="Draft a version",
)
def draft(bank: BankName, new: NewVersion, library: Library) -> Version_:
    """A new version, not in force yet. A change of a policy is always a new version."""
    book = policy_form.read(new.model_dump(mode="json", exclude={"note"}))
    return Version_.of(library.policies.draft(bank, book, new.note))


@router.get("/{bank}/versions/{version}", dependencies=[Depends(needs(Scope.READ))], summary="Show a version")
def show(bank: BankName, version: Version, library: Library) -> Details:
    """A version with its signatures and its history."""
    return _details(library, bank, version)


@router.post(
    "/{bank}/versions/{version}/signatures", status_code=status.HTTP_201_CREATED, summary="Sign a rule"
)
def sign(
    bank: BankName,
    version: Version,
    new: NewSignature,
    library: Library,
    who: Annotated[Principal, Depends(needs(Scope.POLICIES))],
) -> Signature:
    """The user who answers for the call answers for a rule of a draft. Another rule before it voids this."""
    made = library.policies.sign(bank, version, new.rule, statement=new.statement, user=who.user)
    return Signature.of(made)


@router.post(
    "/{bank}/versions/{version}/dry-runs",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.POLICIES))],
    summary="Try a version out",
)
def dry_run(bank: BankName, version: Version, new: NewDryRun, library: Library) -> DryRun:
    """What the version would have done with the last days' matches. Nothing else happens."""
    return DryRun.of(library.policies.dry_run(bank, version, days=new.days))


@router.get(
    "/{bank}/versions/{version}/dry-runs",
    dependencies=[Depends(needs(Scope.READ))],
    summary="Show the last dry runs",
)
def dry_runs(bank: BankName, version: Version, library: Library) -> list[DryRun]:
    """The last ones, the newest first."""
    return [DryRun.of(one) for one in library.policies.dry_runs(bank, version)]


@router.post(
    "/{bank}/versions/{version}/live",
    dependencies=[Depends(needs(Scope.POLICIES))],
    summary="Put a version in force",
)
def make_live(bank: BankName, version: Version, new: GoLive, library: Library) -> Details:
    """It takes the place of the one that is in force; everywhere within a second."""
    library.policies.make_live(bank, version, reason=new.reason, without_dry_run=new.without_dry_run)
    return _details(library, bank, version)


@router.post(
    "/{bank}/versions/{version}/retire",
    dependencies=[Depends(needs(Scope.POLICIES))],
    summary="Take a version out of use",
)
def retire(bank: BankName, version: Version, new: Retire, library: Library) -> Details:
    """For good. Without a version in force, a person is told of strong matches, and nothing acts."""
    library.policies.retire(bank, version, reason=new.reason)
    return _details(library, bank, version)


def _details(library: Seawall, bank: str, version: int) -> Details:
    return Details(
        **dict(Version_.of(library.policies.get(bank, version))),
        signatures=[Signature.of(one) for one in library.policies.signatures(bank, version)],
        history=[Change(**asdict(one)) for one in library.policies.events(bank, version)],
    )
