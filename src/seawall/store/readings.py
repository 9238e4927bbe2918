"""What becomes of a reading when its report joins a record: held to the text, its ids made unique."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from seawall import errors
from seawall.model.claim import Group, GroupRole, Span
from seawall.model.incident import MAIN
from seawall.model.report import Minor, Person, Reading, Time

#: Fields of a reading that hold ids of the incident's record.
_WITH_ID: Final = ("people", "places", "times", "media", "groups")


def settled(reading: Reading, text: str, published: date | None, position: int) -> Reading:
    """A reading as it is kept. position: of its document in the incident, from 1.

    Every span holds the text's very words; no time ends after the publication; no child has a name; ids of
    later documents say which one they are of. Raises SpanNotInText.
    """
    for span in spans(reading):
        if not span.holds_in(text):
            raise errors.SpanNotInText(start=span.start, end=span.end)
    kept = dataclasses.replace(
        reading,
        people=tuple(_unnamed(person) for person in reading.people),
        times=tuple(_not_after(time, published) for time in reading.times),
        groups=_with_main(reading.groups),
    )
    return kept if position == 1 else _renamed(kept, f"d{position}-")


def spans(record: object) -> Iterator[Span]:
    """Every span in a record, however deep."""
    if isinstance(record, Span):
        yield record
    elif dataclasses.is_dataclass(record) and not isinstance(record, type):
        for one in dataclasses.fields(record):
            yield from spans(getattr(record, one.name))
    elif isinstance(record, tuple):
        for part in record:
            yield from spans(part)


def _unnamed(person: Person) -> Person:
    if person.name is None or person.minor is Minor.UNKNOWN:
        return person
    return dataclasses.replace(person, name=None, withheld=(*person.withheld, person.name))


def _not_after(time: Time, published: date | None) -> Time:
    """A report tells of nothing later than itself: an interval is cut there, and none is made up."""
    if published is None:
        return time
    if time.earliest is not None and time.earliest > published:
        return dataclasses.replace(time, earliest=None, latest=None)
    if time.latest is not None and time.latest > published:
        return dataclasses.replace(time, latest=published)
    return time


def _with_main(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    if any(group.id == MAIN for group in groups):
        return groups
    return (Group(MAIN, GroupRole.MAIN), *groups)


def _renamed(reading: Reading, prefix: str) -> Reading:
    """With a prefix before every id but the main group's: only a person merges what two reports tell of."""
    changes: Mapping[str, Any] = {
        **{name: tuple(_id(one, prefix) for one in getattr(reading, name)) for name in _WITH_ID},
        "proposals": tuple(grouped(one, prefix) for one in reading.proposals),
        "violations": tuple(grouped(one, prefix) for one in reading.violations),
    }
    return dataclasses.replace(
        reading, **{**changes, "media": tuple(grouped(one, prefix) for one in changes["media"])}
    )


def _id(record: Any, prefix: str) -> Any:  # noqa: ANN401 - any record with an id
    return record if record.id == MAIN else dataclasses.replace(record, id=prefix + record.id)


def grouped(record: Any, prefix: str) -> Any:  # noqa: ANN401 - any record with a group
    return record if record.group == MAIN else dataclasses.replace(record, group=prefix + record.group)
