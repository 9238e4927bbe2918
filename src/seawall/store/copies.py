"""The copies of an incident, read out of what was found when contents were checked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from seawall import errors
from seawall.model.bank import Reference
from seawall.model.copies import Copies as Known, Copy, Part, Standing, Stretch
from seawall.model.decision import Verdict
from seawall.model.match import Region
from seawall.model.signal import SignalType
from seawall.store import references
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema import content, incident, is_in_use, is_of_incident, reference
from seawall.store.schema_actions import case_file, decision, item, outcome
from seawall.store.schema_service import checked, found, seen

#: Copies of one incident that are read: of more, those that were seen first.
MOST_COPIES: Final = 5_000
#: Checks of them that are read: of more, the latest of those copies that were seen first.
MOST_CHECKS: Final = 50_000

#: A copy's speed this close to the reference's is its own.
_SAME_SPEED: Final = 0.03


@dataclass(frozen=True, slots=True)
class Mark:
    """Says whether anything has come to the copies of an incident: equal where nothing has."""

    references: tuple[str, ...]
    matches: int
    last_match: int
    checks: int
    last_check: int
    last_decision: int  #: of all: one may say that a content is no copy


class Copies:
    """What one store knows of copies of incidents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, incident_id: str) -> Mark:
        """How things stand, asked in little time. Raises IncidentNotFound."""
        with self._database.read() as connection:
            _expect(connection, incident_id)
            mine = _references(incident_id)
            known = tuple(connection.execute(mine.order_by(reference.c.seq)).scalars())
            told = func.count(), func.coalesce(func.max(found.c.number), 0)
            matches, last_match = connection.execute(select(*told).where(found.c.reference.in_(mine))).one()
            told = func.count(), func.coalesce(func.max(checked.c.number), 0)
            of_them = checked.c.seen_number.in_(_numbers(mine))
            checks, last_check = connection.execute(select(*told).where(of_them)).one()
            last_decision = connection.execute(select(func.max(decision.c.number))).scalar() or 0
            return Mark(known, matches, last_match, checks, last_check, last_decision)

    def read(self, incident_id: str) -> Known:
        """All copies, as `MOST_COPIES` and `MOST_CHECKS` bound them. Raises IncidentNotFound.

        What a person who decided called no match is none.
        """
        with self._database.read() as connection:
            _expect(connection, incident_id)
            mine = _references(incident_id)
            first = _numbers(mine).order_by(checked.c.seen_number).limit(MOST_COPIES + 1)
            found_in = list(connection.execute(first).scalars())
            none = _no_copies(connection, mine)
            numbers = [number for number in found_in[:MOST_COPIES] if number not in none]
            times, all_checks = _times(connection, numbers)
            copies = [
                _copy(row, times.get(row.number, []))
                for batch in batches(numbers)
                for row in connection.execute(select(seen).where(seen.c.number.in_(batch)))
            ]
            ordered = tuple(sorted(copies, key=lambda one: (one.first_at, one.number)))
            return Known(ordered, all_checks and len(found_in) <= MOST_COPIES)

    def parts(self, incident_id: str, numbers: Iterable[int]) -> dict[int, tuple[Part, ...]]:
        """What copies have of the references, by number: as the latest match of each two says."""
        made: dict[int, list[Part]] = {}
        with self._database.read() as connection:
            mine = frozenset(connection.execute(_references(incident_id)).scalars())
            for batch in batches(numbers):
                denied = _denied(connection, checked.c.seen_number.in_(batch))
                for number, match in _matches(connection, batch, mine):
                    part = _part(json.loads(match))
                    if (number, part.reference) not in denied:
                        made.setdefault(number, []).append(part)
        return {number: tuple(sorted(some, key=lambda one: one.reference)) for number, some in made.items()}

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
        """In how many posts, and of how many uploaders, copies were seen, by number.

        As the latest `MOST_CHECKS` checks of them say.
        """
        posts: dict[int, set[str]] = {}
        uploaders: dict[int, set[str]] = {}
        wanted = list(numbers)
        with self._database.read() as connection:
            for batch in batches(wanted):
                query = select(checked.c.seen_number, checked.c.context)
                query = query.where(checked.c.seen_number.in_(batch)).order_by(checked.c.number.desc())
                for number, context in connection.execute(query.limit(MOST_CHECKS)):
                    where = json.loads(context)
                    for told, known in ((where["post"], posts), (where["uploader"], uploaders)):
                        if told is not None:
                            known.setdefault(number, set()).add(told)
        return {one: (len(posts.get(one, ())), len(uploaders.get(one, ()))) for one in wanted}

    def standing(self, incident_id: str, numbers: Iterable[int]) -> dict[int, Standing]:
        """What became of these copies, by number."""
        made: dict[int, dict[int, Row[Any]]] = {}
        with self._database.read() as connection:
            mine = frozenset(connection.execute(_references(incident_id)).scalars())
            for batch in batches(numbers):
                query = _items().where(checked.c.seen_number.in_(batch))
                for row in connection.execute(query.order_by(item.c.number)):
                    if row.reference in mine:
                        made.setdefault(row.seen_number, {}).setdefault(row.number, row)
        return {number: _standing(rows.values()) for number, rows in made.items()}

    def states(self, incident_id: str) -> dict[str, int]:
        """How many items its copies have in each state."""
        with self._database.read() as connection:
            of_it = select(outcome.c.item_number).where(outcome.c.reference.in_(_references(incident_id)))
            query = select(item.c.state, func.count()).where(item.c.number.in_(of_it)).group_by(item.c.state)
            return {state: int(count) for state, count in connection.execute(query)}

    def references(
        self, incident_id: str, *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Reference]]:
        """The next references of an incident behind a number, withdrawn ones too, each with its number."""
        which = (reference.c.incident == incident_id, is_of_incident)
        with self._database.read() as connection:
            found_rows = references.select_page(connection, which, after, limit)
        return [(seq, one) for seq, _, one in found_rows]

    def banked(self, incident_id: str) -> dict[str, str]:
        """Ids of the incident's references that are files, by SHA-256."""
        query = select(content.c.sha256, reference.c.id)
        query = query.join_from(reference, content, reference.c.content_id == content.c.id)
        query = query.where(reference.c.id.in_(_references(incident_id)), content.c.sha256.is_not(None))
        with self._database.read() as connection:
            return {row.sha256: row.id for row in connection.execute(query.order_by(reference.c.seq))}

    def checked_between(self, edges: Sequence[datetime]) -> list[bool]:
        """Whether any check at all is on record between each two times, the later one left out."""
        with self._database.read() as connection:
            return [_any_check(connection, start, end) for start, end in pairwise(edges)]


def _any_check(connection: Connection, start: datetime, end: datetime) -> bool:
    query = select(checked.c.number).where(checked.c.at >= start, checked.c.at < end).limit(1)
    return connection.execute(query).first() is not None


def _expect(connection: Connection, incident_id: str) -> None:
    if connection.execute(select(incident.c.seq).where(incident.c.id == incident_id)).first() is None:
        raise errors.IncidentNotFound(incident=incident_id)


def _references(incident_id: str) -> Select[Any]:
    """Ids of references of an incident that are not withdrawn."""
    return select(reference.c.id).where(reference.c.incident == incident_id, is_of_incident, is_in_use)


def _numbers(mine: Select[Any]) -> Select[Any]:
    """Of the contents in which these references were found."""
    query = select(checked.c.seen_number).distinct()
    query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
    return query.where(found.c.reference.in_(mine))


def _denied(connection: Connection, among: ColumnElement[bool]) -> set[tuple[int, str]]:
    """Contents, each with a reference, of which a decision that stands says that they are no match.

    among: of what was found, which is looked at.
    """
    query = select(checked.c.seen_number, found.c.reference, decision.c.ruling).distinct()
    query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
    query = query.join(outcome, outcome.c.match == found.c.id)
    query = query.join(item, outcome.c.item_number == item.c.number)
    query = query.join(decision, item.c.decision_number == decision.c.number)
    query = query.where(among, decision.c.ruling.contains(Verdict.NO_MATCH.value))
    return {
        (row.seen_number, row.reference)
        for row in connection.execute(query)
        for said in json.loads(row.ruling)["feedback"]
        if said["reference"] == row.reference and said["verdict"] == Verdict.NO_MATCH
    }


def _no_copies(connection: Connection, mine: Select[Any]) -> set[int]:
    """Contents of which this holds for each of the references that were found in them."""
    denied = _denied(connection, found.c.reference.in_(mine))
    pairs: set[tuple[int, str]] = set()
    for batch in batches({number for number, _ in denied}):
        query = select(checked.c.seen_number, found.c.reference).distinct()
        query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
        query = query.where(checked.c.seen_number.in_(batch), found.c.reference.in_(mine))
        pairs |= {(row.seen_number, row.reference) for row in connection.execute(query)}
    return {number for number, _ in denied} - {number for number, _ in pairs - denied}


def _matches(
    connection: Connection, numbers: Sequence[int], mine: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """The latest match of each of these contents with each of these references, with the content's number.

    Which references they are is not asked of the database: it might begin there, at all that was ever
    found of them.
    """
    last = select(found.c.reference, func.max(found.c.number))
    last = last.join_from(found, checked, found.c.checked_number == checked.c.number)
    last = last.where(checked.c.seen_number.in_(numbers))
    last = last.group_by(checked.c.seen_number, found.c.reference)
    latest = [number for reference_id, number in connection.execute(last) if reference_id in mine]
    query = select(checked.c.seen_number, found.c.match)
    query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
    for batch in batches(latest):
        for row in connection.execute(query.where(found.c.number.in_(batch))):
            yield row.seen_number, row.match


def _part(match: Mapping[str, Any]) -> Part:
    """A match without what a tree does not need: made by hand, as there are thousands."""
    spans: dict[str, list[tuple[float, float]]] = {}
    transforms: set[str] = set()
    regions: list[list[float] | None] = []
    for one in match["segments"]:
        start, end = one["reference_start_s"], one["reference_end_s"]
        spans.setdefault(one["signal"], []).append((min(start, end), max(start, end)))
        transforms.update(one["transform"])
        if abs(one["speed"] - 1.0) > _SAME_SPEED:
            transforms.add(f"speed:{one['speed']:.2f}")
        if one["signal"] != SignalType.AUDIO:
            regions.append(one["reference_region"])
    return Part(
        reference=match["reference"],
        score=match["score"],
        recommendation=match["recommendation"],
        coverage_query=match["coverage_query"],
        coverage_reference=match["coverage_reference"],
        stretches=tuple(_stretches(spans)),
        transforms=frozenset(transforms),
        seen=_around(regions),
    )


def _stretches(spans: Mapping[str, list[tuple[float, float]]]) -> Iterator[Stretch]:
    for signal, some in sorted(spans.items()):
        open_s, until_s = None, 0.0
        for start, end in sorted(some):
            if open_s is not None and start <= until_s:
                until_s = max(until_s, end)
                continue
            if open_s is not None:
                yield Stretch(SignalType(signal), open_s, until_s)
            open_s, until_s = start, end
        if open_s is not None:
            yield Stretch(SignalType(signal), open_s, until_s)


def _around(regions: Sequence[list[float] | None]) -> Region | None:
    """The least that holds all regions; None for all of the picture, or where there is none."""
    known = [one for one in regions if one is not None]
    if not known or len(known) < len(regions):
        return None
    left, top = min(one[0] for one in known), min(one[1] for one in known)
    right, bottom = max(one[0] + one[2] for one in known), max(one[1] + one[3] for one in known)
    return Region(left, top, right - left, bottom - top)


def _times(connection: Connection, numbers: Sequence[int]) -> tuple[dict[int, list[datetime]], bool]:
    """When contents were checked, and whether these are all the times."""
    made: dict[int, list[datetime]] = {}
    left = MOST_CHECKS
    for batch in batches(numbers):
        query = select(checked.c.seen_number, checked.c.at).where(checked.c.seen_number.in_(batch))
        rows = connection.execute(query.order_by(checked.c.number.desc()).limit(left + 1)).all()
        for number, at in rows[:left]:
            made.setdefault(number, []).append(at)
        if len(rows) > left:
            return made, False
        left -= len(rows)
    return made, True


def _copy(row: Row[Any], times: Iterable[datetime]) -> Copy:
    at = tuple(sorted(times)) or (row.first_at,)
    return Copy(
        number=row.number,
        key=row.key,
        sha256=row.sha256,
        kind=row.kind,
        duration_s=row.duration_s,
        first_at=min(row.first_at, at[0]),
        last_at=at[-1],
        seen_at=at,
    )


def _items() -> Select[Any]:
    """Items with the contents that they are of, by the matches for which they were opened."""
    query = select(
        checked.c.seen_number,
        found.c.reference,
        item.c.id,
        item.c.state,
        decision.c.choice,
        case_file.c.id.label("case_id"),
    ).distinct()
    query = query.add_columns(item.c.number)
    query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
    query = query.join(outcome, outcome.c.match == found.c.id)
    query = query.join(item, outcome.c.item_number == item.c.number)
    query = query.join(case_file, item.c.case_number == case_file.c.number, isouter=True)
    return query.join(decision, item.c.decision_number == decision.c.number, isouter=True)


def _standing(rows: Collection[Row[Any]]) -> Standing:
    return Standing(
        items=Counter(row.state for row in rows),
        choices=Counter(row.choice for row in rows if row.choice is not None),
        cases=tuple(dict.fromkeys(row.case_id for row in rows if row.case_id is not None)),
    )
