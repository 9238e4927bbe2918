"""An incident as a STIX 2.1 bundle (OASIS, June 2021).

A reference is a `file` with its hashes, PDQ's under a key of its own, and an `indicator`; a copy of it an
`observed-data` with a `sighting`; a claim a `note` with a `confidence`; what is disputed an `opinion`.
Patterns of STIX say equality only: how near two pictures are does not travel. Ids are made of ours, so that a
second export is of the same objects.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from seawall.model.sharing import Shared, SharedClaim, SharedReference, Sighting, Tlp

Json = dict[str, object]

#: Our own: every id is a name in it.
_NAMESPACE: Final = uuid.UUID("7f1f6a9e-6f3c-5a53-9a37-5d0c1a4f8b11")

#: The markings of TLP 2.0, as the extension that OASIS publishes has them.
_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_MARKINGS: Final = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}

#: Credibility as a confidence of 0 to 100: the standard's appendix A, "Admiralty Credibility Scale".
CONFIDENCE: Final = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
#: With these words of reserve, what a text says is not what it holds to be so.
_DENYING: Final = frozenset({"denied", "negated"})


def bundle(shared: Shared) -> Json:
    """The bundle, as JSON."""
    made = _Bundle(shared)
    return {
        "type": "bundle",
        "id": _id("bundle", shared.incident, shared.tlp),
        "objects": list(made.objects()),
    }


class _Bundle:
    """The objects of one incident, each with its marking."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._who = _id("identity", "seawall")
        self._incident = _id("incident", shared.incident)

    def objects(self) -> Iterator[Json]:
        yield _marking(self._shared.tlp)
        identity = {"name": "A Seawall installation", "identity_class": "system"}
        yield self._domain("identity", self._who, self._shared.opened_at, self._shared.opened_at, **identity)
        rest = [*self._incident_itself(), *self._references(), *self._sightings(), *self._claims()]
        yield from rest
        name = self._name()
        yield self._domain(
            "report",
            _id("report", self._shared.incident),
            self._shared.opened_at,
            self._shared.changed_at,
            name=name,
            published=_time(self._shared.changed_at),
            object_refs=[one["id"] for one in rest],
        )

    def _name(self) -> str:
        return self._shared.title or f"Incident {self._shared.incident}"

    def _incident_itself(self) -> Iterator[Json]:
        told = {"name": self._name(), "labels": [f"status:{self._shared.status}"]}
        yield self._domain(
            "incident", self._incident, self._shared.opened_at, self._shared.changed_at, **told
        )

    def _references(self) -> Iterator[Json]:
        for one in self._shared.references:
            yield self._file(one)
            indicator = _id("indicator", one.id)
            yield self._domain(
                "indicator",
                indicator,
                one.added_at,
                one.added_at,
                name=one.name or f"{one.kind} {one.id}",
                pattern=_pattern(one),
                pattern_type="stix",
                pattern_version="2.1",
                valid_from=_time(one.added_at),
                **({"labels": list(one.labels)} if one.labels else {}),
            )
            yield self._related(indicator, self._incident, one.added_at)
            yield self._related(indicator, _id("file", one.id), one.added_at)
            yield from self._opinions(one, indicator)

    def _opinions(self, one: SharedReference, indicator: str) -> Iterator[Json]:
        if one.disputed:
            yield self._opinion(f"{one.id}/disputed", "disagree", indicator, one.added_at, None)
        for number, said in enumerate(one.opinions):
            yield self._opinion(f"{one.id}/{number}", said.stance, indicator, said.at, said.owner)

    def _file(self, one: SharedReference) -> Json:
        return self._observable(
            "file", _id("file", one.id), hashes={h.algorithm: h.value for h in one.hashes}
        )

    def _sightings(self) -> Iterator[Json]:
        for one in self._shared.sightings:
            observed = []
            if one.sha256 is not None:
                file = _id("file", one.key)
                yield self._observable("file", file, hashes={"SHA-256": one.sha256})
                observed.append(_id("observed-data", one.key))
                times = {"number_observed": one.times, "object_refs": [file]}
                yield self._domain(
                    "observed-data",
                    observed[0],
                    one.first_at,
                    one.last_at,
                    first_observed=_time(one.first_at),
                    last_observed=_time(one.last_at),
                    **times,
                )
            for reference in one.references:
                yield self._sighting(one, reference, observed)

    def _sighting(self, one: Sighting, reference: str, observed: list[str]) -> Json:
        return self._domain(
            "sighting",
            _id("sighting", one.key, reference),
            one.first_at,
            one.last_at,
            sighting_of_ref=_id("indicator", reference),
            first_seen=_time(one.first_at),
            last_seen=_time(one.last_at),
            count=one.times,
            **({"observed_data_refs": observed} if observed else {}),
        )

    def _claims(self) -> Iterator[Json]:
        for one in self._shared.claims:
            note = _id("note", self._shared.incident, one.id)
            more: Json = {} if (confidence := confidence_of(one)) is None else {"confidence": confidence}
            yield self._domain(
                "note",
                note,
                one.at,
                one.at,
                abstract=one.facet,
                content=one.sentence,
                object_refs=[self._incident],
                labels=[f"status:{one.status}", f"hedge:{one.hedge}", *_rated(one)],
                **({} if one.by is None else {"authors": [one.by]}),
                **more,
            )
            if one.disputed:
                yield self._opinion(f"{self._shared.incident}/{one.id}", "disagree", note, one.at, one.by)

    def _opinion(self, name: str, opinion: str, of: str, at: datetime, author: str | None) -> Json:
        told: Json = {} if author is None else {"authors": [author]}
        return self._domain(
            "opinion", _id("opinion", name), at, at, opinion=opinion, object_refs=[of], **told
        )

    def _related(self, source: str, target: str, at: datetime) -> Json:
        ends = {"relationship_type": "related-to", "source_ref": source, "target_ref": target}
        return self._domain("relationship", _id("relationship", source, target), at, at, **ends)

    def _domain(
        self, kind: str, name: str, created: datetime, modified: datetime, /, **fields: object
    ) -> Json:
        return {
            "type": kind,
            "spec_version": "2.1",
            "id": name,
            **({} if kind == "identity" else {"created_by_ref": self._who}),
            "created": _time(created),
            "modified": _time(max(created, modified)),
            "object_marking_refs": [_MARKINGS[self._shared.tlp]],
            **fields,
        }

    def _observable(self, kind: str, name: str, /, **fields: object) -> Json:
        marked = {"object_marking_refs": [_MARKINGS[self._shared.tlp]]}
        return {"type": kind, "spec_version": "2.1", "id": name, **marked, **fields}


def confidence_of(one: SharedClaim) -> int | None:
    """How surely a claim holds, 0 to 100, as a person has judged it; None where none has.

    Nobody's silence is a confidence: it needs a person who confirms that the text says so, and one who judged
    what it says. Of what is denied or disputed there is none.
    """
    if not one.confirmed or one.disputed or one.hedge in _DENYING or one.credibility is None:
        return None
    return CONFIDENCE[one.credibility]


def _rated(one: SharedClaim) -> list[str]:
    """The two axes of the Admiralty code, which are never made one."""
    reliable = [] if one.reliability is None else [f"admiralty-reliability:{one.reliability}"]
    return [*reliable, *([] if one.credibility is None else [f"admiralty-credibility:{one.credibility}"])]


def _pattern(one: SharedReference) -> str:
    return " OR ".join(f"[file:hashes.'{each.algorithm}' = '{each.value}']" for each in one.hashes)


def _marking(tlp: Tlp) -> Json:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _MARKINGS[tlp],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{tlp.value.upper()}",
        "extensions": {_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}},
    }


def _id(kind: str, *names: str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, '/'.join((kind, *names)))}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
