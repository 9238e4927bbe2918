"""What people decide on what reports say. Each decision has a reason, which stays on record."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from seawall import errors
from seawall.api.calls import Trail
from seawall.api.deps import Library, Recorded, needs
from seawall.api.fields import Reason, Text
from seawall.api.routes.incidents import Claims, Incident, IncidentId, claims_of, shown
from seawall.model.access import Scope
from seawall.model.claim import Facet, HedgeLevel, Polarity, SourceKind, Status
from seawall.model.incident import MAIN, Answer, Citation, Credibility, IncidentStatus, Ledger, Reliability
from seawall.model.report import Violation
from seawall.workflows import edits

router = APIRouter(prefix="/v1/incidents/{incident}", tags=["incidents"])

_INCIDENTS: list[Any] = [Depends(needs(Scope.INCIDENTS))]

ClaimId = Annotated[str, Path(max_length=32, description="The claim's id.", examples=["c1"])]
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Decision(StrEnum):
    """What is decided on claims."""

    CONFIRM = "confirm"
    REJECT = "reject"
    DISPUTE = "dispute"
    WITHDRAW = "withdraw"


_STATUS: Final = {
    Decision.CONFIRM: Status.CONFIRMED,
    Decision.REJECT: Status.REJECTED,
    Decision.DISPUTE: Status.DISPUTED,
    Decision.WITHDRAW: Status.WITHDRAWN,
}


class Decided(Reason):
    """A decision on claims."""

    decision: Annotated[Decision, Field(examples=[Decision.CONFIRM])]
    claims: Annotated[list[Short], Field(min_length=1, max_length=500, examples=[["c1", "c4"]])]


class Words(BaseModel):
    """Words of the text: what they are, or where they stand in code points."""

    text: Annotated[str | None, Field(max_length=10_000, examples=["at least three people"])] = None
    start: Annotated[int | None, Field(ge=0, lt=1 << 31)] = None
    end: Annotated[int | None, Field(ge=1, lt=1 << 31)] = None

    def words(self) -> edits.Words:
        """As edits take them."""
        if (self.start is None) is not (self.end is None):
            raise errors.BadRequest(reason="`start` and `end` go together")
        return edits.Words(self.text, self.start, self.end)


class Said(BaseModel):
    """Who says so, and how surely, as a person reads it in the text."""

    source_kind: SourceKind | None = None
    source: Annotated[Text | None, Field(description="As the text calls it.")] = None
    cue: Words | None = None
    inferred: Annotated[bool, Field(description="No words of the text say who says so.")] = False
    hedge: HedgeLevel | None = None
    hedge_cues: Annotated[list[Words], Field(max_length=20)] = []

    def said(self) -> edits.Said:
        """As edits take it."""
        return edits.Said(
            kind=self.source_kind,
            source=self.source,
            cue=None if self.cue is None else self.cue.words(),
            inferred=self.inferred,
            level=self.hedge,
            hedge_cues=tuple(one.words() for one in self.hedge_cues),
        )


class Edit(Reason):
    """A change of a claim; null for what stays."""

    words: Words | None = None
    facet: Facet | None = None
    group: Short | None = None
    value: Annotated[Text | None, Field(description="Your note; never printed as the text's.")] = None
    said: Said = Said()


class NewClaim(Reason):
    """A claim that a person takes from a report."""

    words: Words
    facet: Facet
    group: Short = MAIN
    document: Annotated[str | None, Field(max_length=64, description="Its SHA-256; null: the first.")] = None
    polarity: Polarity | None = None
    value: Annotated[Text | None, Field(description="Your note; never printed as the text's.")] = None
    said: Said = Said()


class Description(Reason):
    """Another title or status."""

    title: Annotated[str | None, Field(min_length=1, max_length=500)] = None
    status: IncidentStatus | None = None


class Protected(Reason):
    """A name to mask."""

    name: Short


class Chosen(Reason):
    """Which candidate of a place is meant."""

    candidate: Annotated[int | None, Field(ge=1, le=10_000, description="From 1; null: none.")] = None


class Judged(Reason):
    """How far a report is trusted as a source, on two axes that are never mixed."""

    reliability: Reliability
    credibility: Annotated[int, Field(ge=1, le=6)]
    origin: Annotated[str | None, Field(max_length=500)] = None


class Labelled(Reason):
    """A grave violation against children, labelled on claims."""

    violation: Violation
    claims: Annotated[list[Short], Field(min_length=1, max_length=500)]
    armed_conflict: Answer
    child_under_18: Answer
    armed_force_or_group: Answer


@router.post("/claims/decide", dependencies=_INCIDENTS, summary="Decide on claims", response_model=Claims)
def decide(incident: IncidentId, given: Decided, library: Library, trail: Recorded) -> Response:
    """Confirm, reject, dispute or withdraw claims. They stay on record whatever is decided."""
    trail.details.update(decision=given.decision, claims=given.claims)
    ledger = library.incidents.set_status(incident, given.claims, _STATUS[given.decision], given.reason)
    return _claims(ledger, given.claims)


@router.post("/claims", dependencies=_INCIDENTS, summary="Add a claim", response_model=Claims)
def add(incident: IncidentId, given: NewClaim, library: Library, trail: Recorded) -> Response:
    """Add a claim with words of a report. It takes over the reserve of claims on the same words."""
    entry = edits.Entry(
        words=given.words.words(),
        facet=given.facet,
        group=given.group,
        polarity=given.polarity,
        value=given.value,
        said=given.said.said(),
        document=given.document,
    )
    ledger = library.incidents.add_claim(incident, entry, given.reason)
    trail.details["claim"] = ledger.claims[-1].state.id
    return _claims(ledger, [ledger.claims[-1].state.id])


@router.post("/claims/{claim}", dependencies=_INCIDENTS, summary="Change a claim", response_model=Claims)
def edit(incident: IncidentId, claim: ClaimId, given: Edit, library: Library) -> Response:
    """Change a claim. Reserve and sources can be added and never taken away."""
    change = edits.Edit(
        words=None if given.words is None else given.words.words(),
        facet=given.facet,
        group=given.group,
        value=given.value,
        said=given.said.said(),
    )
    return _claims(library.incidents.edit(incident, claim, change, given.reason), [claim])


@router.post(
    "/claims/{claim}/position", dependencies=_INCIDENTS, summary="Take a position", response_model=Incident
)
def position(incident: IncidentId, claim: ClaimId, given: Reason, library: Library) -> Response:
    """Choose a claim as the record's position on its facet. The others stay beside it."""
    return shown(library.incidents.hold(incident, claim, given.reason))


@router.post("/describe", dependencies=_INCIDENTS, summary="Describe an incident", response_model=Incident)
def describe(incident: IncidentId, given: Description, library: Library, trail: Recorded) -> Response:
    """Give an incident another title or status."""
    if given.title is None and given.status is None:
        raise errors.BadRequest(reason="give `title` or `status`")
    _note(trail, status=given.status)
    return shown(
        library.incidents.describe(incident, title=given.title, status=given.status, reason=given.reason)
    )


@router.post("/protect", dependencies=_INCIDENTS, summary="Protect a name", response_model=Incident)
def protect(incident: IncidentId, given: Protected, library: Library) -> Response:
    """Mask a name in all that leaves the record, and refuse it in what is entered."""
    return shown(library.incidents.protect(incident, given.name, given.reason))


@router.post("/places/{place}", dependencies=_INCIDENTS, summary="Choose a place", response_model=Incident)
def place(
    incident: IncidentId,
    place: Annotated[str, Path(max_length=32, description="The place's id.", examples=["p1"])],
    given: Chosen,
    library: Library,
) -> Response:
    """Choose which candidate a mention of a place means, or that it is none of them."""
    return shown(library.incidents.choose_place(incident, place, given.candidate, given.reason))


@router.post(
    "/reports/{document}/cite", dependencies=_INCIDENTS, summary="Judge a report", response_model=Incident
)
def cite(
    incident: IncidentId,
    document: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The report's SHA-256.")],
    given: Judged,
    library: Library,
) -> Response:
    """Judge a report as a source."""
    judged = Citation(document, given.reliability, Credibility(given.credibility), given.origin)
    return shown(library.incidents.cite(incident, judged, given.reason))


@router.post("/violations", dependencies=_INCIDENTS, summary="Label a violation", response_model=Incident)
def violation(incident: IncidentId, given: Labelled, library: Library, trail: Recorded) -> Response:
    """Label a grave violation against children on claims of one group. Only a person does."""
    _note(trail, violation=given.violation, claims=given.claims)
    ledger = library.incidents.label(
        incident,
        given.violation,
        given.claims,
        armed_conflict=given.armed_conflict,
        child_under_18=given.child_under_18,
        armed_force_or_group=given.armed_force_or_group,
        reason=given.reason,
    )
    return shown(ledger)


def _note(trail: Trail, **details: object) -> None:
    trail.details.update({name: value for name, value in details.items() if value is not None})


def _claims(ledger: Ledger, ids: list[str]) -> Response:
    wanted = set(ids)
    return claims_of(ledger, [one for one in ledger.claims if one.state.id in wanted])
