"""Submissions for the DSA Transparency Database (Regulation (EU) 2022/2065, Article 24(5)) out of decisions.

The mapping and the schema are data beside this module, each with its source. A submission is about one item.
The database asks for the day on which a content was posted; what is known here is the day on which it was
first opened for review, and that is what is said.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from seawall.model.decision import RESTRICTIONS, Decision, Ground, GroundKind, Item, Origin, Stage
from seawall.model.exchange import Json
from seawall.model.names import Names
from seawall.model.submission import Finding, WhyNone
from seawall.reports import personal, shape

MOST_AT_ONCE: Final = 100  #: submissions in one call, as the database takes them

_PARTS: Final = frozenset({"choice", "origin", "automation", "kind", "unknown_kind", "category", "territory"})
_BETWEEN: Final = "; "
_DAY: Final = re.compile(r"_date$|^end_date_")


@dataclass(frozen=True, slots=True)
class Mapped:
    """How records are said in the database's values."""

    table: Mapping[str, Any]


@cache
def shipped() -> Mapped:
    """The mapping that comes along."""
    return Mapped(tomllib.loads(_resource("transparency.toml")))


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a submission."""
    return cast("Mapping[str, Any]", json.loads(_resource("transparency.schema.json")))


def remapped(text: str) -> Mapped:
    """The mapping, with parts of one's own in the place of ours. Raises ValueError, naming what is wrong.

    text: TOML of the form of `transparency.toml`; a part that it has takes the place of ours whole.
    """
    given = tomllib.loads(text)
    for part in given:
        if part not in _PARTS:
            raise ValueError(f"{part}: there is no such part; there are {', '.join(sorted(_PARTS))}")
    made = Mapped({**shipped().table, **given})
    values = {one for part in _PARTS for one in _values(made.table[part])}
    known = _enumerated(schema())
    for value in sorted(values):
        if value.isupper() and value not in known:
            raise ValueError(f"{value}: the database has no such value")
    return made


def why_none(decision: Decision, mapped: Mapped, *, order: bool) -> WhyNone | None:
    """Why a decision that restricts and has gone out needs no submission; None where it needs one.

    order: whether what it follows is an order on record.
    """
    if decision.ruling.choice not in RESTRICTIONS or decision.stage is not Stage.OUT:
        raise ValueError(f"decision {decision.id} restricts nothing, or has no effect yet")
    if order or decision.ruling.origin is Origin.ORDER:
        return WhyNone.ORDER
    return None if _countries(decision.ruling.territory, mapped) else WhyNone.ELSEWHERE


def puid(decision: str, item: str) -> str:
    """By which the database knows a submission: the two ids, which are drawn by chance and say nothing."""
    return f"{decision}-{item}"


def payload(decision: Decision, item: Item, labels: Iterable[str], mapped: Mapped) -> dict[str, Json]:
    """The submission on one item of a decision that needs one.

    labels: of the content, then of references and banks that it was matched with.
    """
    ruling, table = decision.ruling, mapped.table
    choice = table["choice"][ruling.choice.value]
    starts_at = ruling.starts_at or decision.out_at or decision.at
    listed = choice["field"] == "decision_visibility"
    category = _category(labels, table["category"])
    made: dict[str, Json] = {
        choice["field"]: [choice["value"]] if listed else choice["value"],
        **_grounds(ruling.grounds),
        **_content_type(item.kind, table),
        "category": category["value"],
        "category_specification": list(category["keywords"]),
        "territorial_scope": list[Json](_countries(ruling.territory, mapped)),
        "content_date": _day(item.opened_at),
        "application_date": _day(starts_at),
        "decision_facts": ruling.facts,
        "source_type": table["origin"][ruling.origin.value],
        "automated_detection": "Yes" if ruling.automated_detection else "No",
        "automated_decision": table["automation"][ruling.automated_decision.value],
        "puid": puid(decision.id, item.id),
    }
    if ruling.ends_at is not None:
        made[choice["ends"]] = _day(ruling.ends_at)
    return made


def words(submission: Mapping[str, Json]) -> dict[str, str]:
    """The fields of a submission that hold words of people, and not values of a list."""
    fields: Mapping[str, Mapping[str, object]] = schema()["properties"]
    return {
        name: value
        for name, value in submission.items()
        if isinstance(value, str) and "maxLength" in fields.get(name, {}) and "pattern" not in fields[name]
    }


def faults(submission: Mapping[str, Json]) -> list[Finding]:
    """What is wrong with a submission, by the schema and the order of its dates."""
    found = [Finding(field, "schema", why) for field, why in shape.faults(schema(), dict(submission))]
    found += [
        Finding(name, "schema", "there is no such day")
        for name, value in submission.items()
        if _DAY.search(name) and isinstance(value, str) and not _is_day(value)
    ]
    begins = submission.get("application_date")
    for name, value in submission.items():
        if (
            name.startswith("end_date_")
            and isinstance(value, str)
            and isinstance(begins, str)
            and value < begins
        ):
            found.append(Finding(name, "schema", "it lies before application_date"))
    return found


def looked_at(
    submission: Mapping[str, Json],
    *,
    uploaders: frozenset[str],
    own: frozenset[str],
    protected: Names,
) -> tuple[Finding, ...]:
    """All that keeps a submission from going out: faults, and what looks like personal data."""
    said = words(submission)
    return (*faults(submission), *personal.scan(said, uploaders=uploaders, own=own, protected=protected))


def _grounds(grounds: Sequence[Ground]) -> dict[str, Json]:
    """The legal grounds, or where there are none, those of the terms; all of a kind, in their order."""
    legal = [one for one in grounds if one.kind is GroundKind.LEGAL]
    chosen = legal or list(grounds)
    source = _BETWEEN.join(dict.fromkeys(one.source for one in chosen))
    why = _BETWEEN.join(dict.fromkeys(one.explanation for one in chosen))
    if legal:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": source,
            "illegal_content_explanation": why,
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": source,
        "incompatible_content_explanation": why,
        "incompatible_content_illegal": "No",
    }


def _content_type(kind: str | None, table: Mapping[str, Any]) -> dict[str, Json]:
    if kind in table["kind"]:
        return {"content_type": [table["kind"][kind]]}
    unknown = table["unknown_kind"]
    return {"content_type": [unknown["value"]], "content_type_other": unknown["other"]}


def _category(labels: Iterable[str], table: Mapping[str, Any]) -> Mapping[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = table.get("labels", {})
    return next((known[one] for one in labels if one in known), table)


def _countries(territory: Iterable[str], mapped: Mapped) -> list[str]:
    """The countries of the Economic Area among those of a decision."""
    table = mapped.table["territory"]
    named: set[str] = set()
    for one in territory:
        named.update(table["EEA"] if one in ("EEA", "WORLD") else table["EU"] if one == "EU" else (one,))
    return sorted(named & set(table["EEA"]))


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _is_day(said: str) -> bool:
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return False
    return True


def _values(part: object) -> Iterable[str]:
    """Every text of a part of the mapping."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from _values(one)
    elif isinstance(part, list):
        for one in part:
            yield from _values(one)


def _enumerated(part: object) -> frozenset[str]:
    """Every value that a schema lists."""
    if isinstance(part, Mapping):
        own = part.get("enum", ())
        return frozenset(own).union(*(_enumerated(one) for one in part.values()))
    return frozenset()


def _resource(name: str) -> str:
    return resources.files("seawall.reports").joinpath(name).read_text(encoding="utf-8")
