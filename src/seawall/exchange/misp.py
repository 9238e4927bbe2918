"""An incident as an event of MISP, in the core format's JSON.

A reference is an object of our own template, `tvec-media.json`; a copy of it a sighting of its first hash; a
claim an attribute of text with tags of the taxonomies `admiralty-scale` and `estimative-language`; what is
disputed bears one of `false-positive`. The marking is a tag of `tlp`, and decides how far an instance may
spread the event.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final, cast

from seawall.exchange import stix
from seawall.model.sharing import Shared, SharedClaim, SharedReference, Tlp

Json = dict[str, object]

_NAMESPACE: Final = uuid.UUID("3e0a2f52-0f0f-5d8a-8c0e-6f1f3f0c9d27")
#: How far an instance passes an event on: not at all, in its community, to connected ones, to all.
DISTRIBUTION: Final = {Tlp.CLEAR: 3, Tlp.GREEN: 2, Tlp.AMBER: 1, Tlp.AMBER_STRICT: 0, Tlp.RED: 0}
_ANALYSIS: Final = {"open": 0, "active": 1, "monitoring": 1, "closed": 2}
_UNDEFINED_THREAT: Final = 4
_RELATIONS: Final = {"SHA-256": "sha256", "MD5": "md5", "PDQ": "pdq"}
#: Tags of `estimative-language` for the confidences of `stix.CONFIDENCE`.
_LIKELY: Final = {
    90: "very-likely",
    70: "likely",
    50: "roughly-even-chance",
    30: "unlikely",
    10: "very-unlikely",
}
_DISPUTED: Final = 'false-positive:risk="high"'


@cache
def template() -> Mapping[str, object]:
    """The template of our object."""
    text = resources.files("seawall.exchange").joinpath("tvec-media.json").read_text(encoding="utf-8")
    return cast("Mapping[str, object]", json.loads(text))


def event(shared: Shared) -> Json:
    """The event, as JSON."""
    return {
        "Event": {
            "uuid": _id("event", shared.incident),
            "info": shared.title or f"Incident {shared.incident}",
            "date": shared.opened_at.astimezone(UTC).date().isoformat(),
            "timestamp": _stamp(shared.changed_at),
            "published": False,
            "analysis": str(_ANALYSIS[shared.status]),
            "threat_level_id": str(_UNDEFINED_THREAT),
            "distribution": str(DISTRIBUTION[shared.tlp]),
            "Tag": [{"name": f"tlp:{shared.tlp.value}"}],
            "Attribute": [_claim(shared, one) for one in shared.claims],
            "Object": [_object(shared, one) for one in shared.references],
        }
    }


def _object(shared: Shared, one: SharedReference) -> Json:
    known = template()
    return {
        "uuid": _id("object", one.id),
        "name": known["name"],
        "meta-category": known["meta-category"],
        "description": known["description"],
        "template_uuid": known["uuid"],
        "template_version": str(known["version"]),
        "timestamp": _stamp(one.added_at),
        "Attribute": list(_attributes(shared, one)),
    }


def _attributes(shared: Shared, one: SharedReference) -> Iterator[Json]:
    for number, each in enumerate(one.hashes):
        relation = _RELATIONS[each.algorithm]
        made = _attribute(one, relation, each.value, acts=relation != "pdq" and not one.disputed)
        if number == 0:
            made["Sighting"] = list(_sightings(shared, one))
            tags = [*_stances(one), *([{"name": _DISPUTED}] if one.disputed else [])]
            made |= {"Tag": tags} if tags else {}
        yield made
    yield _attribute(one, "kind", one.kind.value)
    yield _attribute(one, "reference", one.id)
    if one.duration_s is not None:
        yield _attribute(one, "duration", f"{one.duration_s:g}")
    if one.name is not None:
        yield _attribute(one, "name", one.name)
    for label in one.labels:
        yield _attribute(one, "label", label)


def _attribute(one: SharedReference, relation: str, value: str, *, acts: bool = False) -> Json:
    fields = cast("Mapping[str, Mapping[str, object]]", template()["attributes"])
    return {
        "uuid": _id("attribute", one.id, relation, value),
        "object_relation": relation,
        "type": fields[relation]["misp-attribute"],
        "category": "Payload delivery" if acts else "Other",
        "value": value,
        "to_ids": acts,
        "disable_correlation": bool(fields[relation].get("disable_correlation", False)),
        "timestamp": _stamp(one.added_at),
    }


def _sightings(shared: Shared, one: SharedReference) -> Iterator[Json]:
    for seen in shared.sightings:
        if one.id in seen.references:
            named = {} if seen.sha256 is None else {"source": f"sha256:{seen.sha256}"}
            for what, at in (("first", seen.first_at), ("last", seen.last_at)):
                if what == "first" or seen.last_at > seen.first_at:
                    key = _id("sighting", one.id, seen.key, what)
                    yield {"uuid": key, "type": "0", "date_sighting": _stamp(at), **named}


def _stances(one: SharedReference) -> list[Json]:
    """What members of lists, and we, think of it."""
    found = {said.stance for said in one.opinions}
    return [{"name": f'seawall:opinion="{stance}"'} for stance in sorted(found)]


def _claim(shared: Shared, one: SharedClaim) -> Json:
    tags = [f'seawall:claim-status="{one.status}"', f'seawall:hedge="{one.hedge}"']
    if one.reliability is not None:
        tags.append(f'admiralty-scale:source-reliability="{one.reliability.lower()}"')
    if one.credibility is not None:
        tags.append(f'admiralty-scale:information-credibility="{one.credibility}"')
    if (confidence := stix.confidence_of(one)) is not None:
        tags.append(f'estimative-language:likelihood-probability="{_LIKELY[confidence]}"')
    if one.disputed:
        tags.append(_DISPUTED)
    return {
        "uuid": _id("claim", shared.incident, one.id),
        "type": "text",
        "category": "External analysis",
        "value": one.sentence,
        "comment": f"{one.id}: {one.facet}" + ("" if one.by is None else f", {one.by}"),
        "to_ids": False,
        "disable_correlation": True,
        "timestamp": _stamp(one.at),
        "Tag": [{"name": tag} for tag in tags],
    }


def _id(*names: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))
