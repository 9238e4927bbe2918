"""Incidents: opened from reports, compared, and decided on claim by claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from seawall.client.call import Call, File, Form, given
from seawall.client.copies import Copy, Spread, Variant
from seawall.client.group import Group
from seawall.client.reading import WHOLE


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """An incident in a list."""

    incident: str
    title: str
    status: str
    documents: int
    claims: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a report says, as it stands in the record."""

    id: str
    facet: str
    group: str
    status: str  #: such as proposed, confirmed, rejected
    sentence: str | None  #: what may be printed: it says who says so, and how surely
    record: Mapping[str, object] = field(metadata=WHOLE, repr=False)  #: all of it, as it came


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident's record, with protected names masked."""

    incident: str
    title: str
    status: str
    claims: tuple[Claim, ...]
    documents: tuple[Mapping[str, object], ...]
    record: Mapping[str, object] = field(metadata=WHOLE, repr=False)  #: all of it, as it came


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a report, and how far it is trusted as a source."""

    published: date | None = None
    outlet: str | None = None
    author: str | None = None
    reliability: str = "F"  #: of the source, A to F
    credibility: int = 6  #: of what it says, 1 to 6
    origin: str | None = None  #: whom it rests on


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a report: what they are, or where they stand in code points."""

    text: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Who says so, and how surely, as a person reads it in the text."""

    source_kind: str | None = None
    source: str | None = None
    cue: Words | None = None
    inferred: bool = False  #: no words of the text say who says so
    hedge: str | None = None
    hedge_cues: Sequence[Words] = ()


class Incidents(Group):
    """Incidents: `incidents()` lists them, the oldest first. Each change needs a reason."""

    def __call__(self) -> Iterator[IncidentSummary]:
        return self._listed(IncidentSummary, Call("GET", "/v1/incidents"))

    def get(self, incident: str) -> Incident:
        """One incident's record. Raises IncidentNotFound."""
        return self._read(Incident, Call("GET", "/v1/incidents/{incident}", {"incident": incident}))

    def open(
        self,
        report: File,
        *,
        title: str | None = None,
        about: About | None = None,
        idempotency_key: str | None = None,
    ) -> Incident:
        """Open an incident from a report. All that is read in it is proposed, nothing decided."""
        known = _fields(about, title=title)
        return self._read(
            Incident, Call("POST", "/v1/incidents", form=Form([report], known), key=idempotency_key)
        )

    def add_report(
        self,
        incident: str,
        report: File,
        *,
        about: About | None = None,
        reason: str = "added",
        idempotency_key: str | None = None,
    ) -> Incident:
        """Add a report. What it says stands beside what the others say. Raises DocumentExists."""
        form = Form([report], _fields(about, reason=reason))
        path = "/v1/incidents/{incident}/reports"
        return self._read(
            Incident, Call("POST", path, {"incident": incident}, form=form, key=idempotency_key)
        )

    def compare(self, incident: str) -> Mapping[str, object]:
        """An incident's reports, facet by facet, as `seawall.compare/1` has it."""
        return self._ask(Call("GET", "/v1/incidents/{incident}/comparison", {"incident": incident}))

    def watch(self, incident: str, medium: str, file: File) -> Incident:
        """Ask the banks about a file of a medium that a report mentions. Only a match links the two."""
        at = {"incident": incident, "medium": medium}
        path = "/v1/incidents/{incident}/media/{medium}/watch"
        return self._read(Incident, Call("POST", path, at, form=Form([file])))

    def copies(self, incident: str) -> Iterator[Copy]:
        """Contents in which the incident's references were found, in the order in which they were seen."""
        return self._listed(Copy, Call("GET", "/v1/incidents/{incident}/copies", {"incident": incident}))

    def spread(self, incident: str) -> Spread:
        """Copies over time: new ones, and those that came again."""
        return self._read(Spread, Call("GET", "/v1/incidents/{incident}/spread", {"incident": incident}))

    def family(self, incident: str) -> Iterator[Variant]:
        """Which copy could have been cut from which, each behind the one that it could be from."""
        return self._listed(Variant, Call("GET", "/v1/incidents/{incident}/family", {"incident": incident}))

    def export(
        self,
        incident: str,
        form: str,
        tlp: str,
        *,
        recipient: str | None = None,
    ) -> Mapping[str, object]:
        """An incident as a STIX 2.1 bundle or an event of MISP, no more than its marking lets out.

        Args:
            incident: its id.
            form: `stix` or `misp`.
            tlp: the marking: clear, green, amber, amber+strict or red.
            recipient: for whom, such as `partner`; None: whom the marking is made for.
        """
        body = given(format=form, tlp=tlp, recipient=recipient)
        path = "/v1/incidents/{incident}/export"
        found = self._ask(Call("POST", path, {"incident": incident}, json=body)).get("document")
        return found if isinstance(found, dict) else {}

    def claims(
        self,
        incident: str,
        *,
        status: str | None = None,
        facet: str | None = None,
        group: str | None = None,
    ) -> tuple[Claim, ...]:
        """Claims as they stand, each with its sentence."""
        wanted = {"status": status, "facet": facet, "group": group}
        call = Call("GET", "/v1/incidents/{incident}/claims", {"incident": incident}, wanted)
        return self._many(Claim, call, "claims")

    def decide(self, incident: str, claims: Sequence[str], decision: str, reason: str) -> tuple[Claim, ...]:
        """Confirm, reject, dispute or withdraw claims. They stay on record whatever is decided."""
        body = given(claims=claims, decision=decision, reason=reason)
        path = "/v1/incidents/{incident}/claims/decide"
        return self._many(Claim, Call("POST", path, {"incident": incident}, json=body), "claims")

    def add_claim(
        self,
        incident: str,
        words: Words,
        facet: str,
        reason: str,
        *,
        group: str | None = None,
        document: str | None = None,
        polarity: str | None = None,
        value: str | None = None,
        said: Said | None = None,
    ) -> Claim:
        """Add a claim with words of a report. document: its SHA-256; None for the first."""
        body = given(
            words=words,
            facet=facet,
            reason=reason,
            group=group,
            document=document,
            polarity=polarity,
            value=value,
            said=said,
        )
        path = "/v1/incidents/{incident}/claims"
        answer = self._ask(Call("POST", path, {"incident": incident}, json=body))
        return self._one(Claim, answer.get("claims"))

    def edit_claim(
        self,
        incident: str,
        claim: str,
        reason: str,
        *,
        words: Words | None = None,
        facet: str | None = None,
        group: str | None = None,
        value: str | None = None,
        said: Said | None = None,
    ) -> Claim:
        """Change a claim. Reserve and sources can be added and never taken away."""
        body = given(reason=reason, words=words, facet=facet, group=group, value=value, said=said)
        at = {"incident": incident, "claim": claim}
        path = "/v1/incidents/{incident}/claims/{claim}"
        return self._one(Claim, self._ask(Call("POST", path, at, json=body)).get("claims"))

    def take_position(self, incident: str, claim: str, reason: str) -> Incident:
        """Choose a claim as the record's position on its facet. The others stay beside it."""
        at = {"incident": incident, "claim": claim}
        path = "/v1/incidents/{incident}/claims/{claim}/position"
        return self._read(Incident, Call("POST", path, at, json={"reason": reason}))

    def describe(
        self, incident: str, reason: str, *, title: str | None = None, status: str | None = None
    ) -> Incident:
        """Give an incident another title or status."""
        body = given(title=title, status=status, reason=reason)
        path = "/v1/incidents/{incident}/describe"
        return self._read(Incident, Call("POST", path, {"incident": incident}, json=body))

    def protect(self, incident: str, name: str, reason: str) -> Incident:
        """Mask a name in all that leaves the record, and refuse it in what is entered."""
        body = {"name": name, "reason": reason}
        path = "/v1/incidents/{incident}/protect"
        return self._read(Incident, Call("POST", path, {"incident": incident}, json=body))

    def choose_place(self, incident: str, place: str, candidate: int | None, reason: str) -> Incident:
        """Choose which candidate a mention of a place means, from 1; None: none of them."""
        at, body = {"incident": incident, "place": place}, given(candidate=candidate, reason=reason)
        path = "/v1/incidents/{incident}/places/{place}"
        return self._read(Incident, Call("POST", path, at, json=body))

    def cite(
        self,
        incident: str,
        document: str,
        reliability: str,
        credibility: int,
        reason: str,
        *,
        origin: str | None = None,
    ) -> Incident:
        """Judge a report as a source: its reliability A to F, what it says 1 to 6. document: its SHA-256."""
        at = {"incident": incident, "document": document}
        body = given(reliability=reliability, credibility=credibility, origin=origin, reason=reason)
        path = "/v1/incidents/{incident}/reports/{document}/cite"
        return self._read(Incident, Call("POST", path, at, json=body))

    def label_violation(
        self,
        incident: str,
        violation: str,
        claims: Sequence[str],
        reason: str,
        *,
        armed_conflict: str,
        child_under_18: str,
        armed_force_or_group: str,
    ) -> Incident:
        """Label a grave violation against children on claims of one group. Only a person does."""
        body = given(
            violation=violation,
            claims=claims,
            reason=reason,
            armed_conflict=armed_conflict,
            child_under_18=child_under_18,
            armed_force_or_group=armed_force_or_group,
        )
        path = "/v1/incidents/{incident}/violations"
        return self._read(Incident, Call("POST", path, {"incident": incident}, json=body))


def _fields(about: About | None, **more: object) -> dict[str, object]:
    return given(
        **more,
        **{} if about is None else {name: getattr(about, name) for name in About.__dataclass_fields__},
    )
