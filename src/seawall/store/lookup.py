"""What people look up: references by what is known of them, contents by their digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from seawall.model.bank import Reference, ReferenceState
from seawall.model.content import Content
from seawall.model.seen import Checked, Context
from seawall.store import codec, contents, references
from seawall.store.database import Database
from seawall.store.schema import bank, content, reference, reference_label, signal
from seawall.store.schema_service import checked, seen

_LATEST_CHECKS: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which references; None for any."""

    bank: str | None = None
    state: ReferenceState | None = None
    kind: str | None = None
    label: str | None = None
    incident: str | None = None
    sha256: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """On the tables that references are read from."""
        asked = (
            (bank.c.name, self.bank),
            (reference.c.state, self.state),
            (content.c.kind, self.kind),
            (reference.c.incident, self.incident),
            (content.c.sha256, self.sha256),
        )
        for column, value in asked:
            if value is not None:
                yield column == value
        if self.label is not None:
            labelled = select(reference_label.c.seq).where(reference_label.c.label == self.label)
            yield reference.c.seq.in_(labelled)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a content."""

    sha256: str
    content: Content | None  #: None where no bank has it
    references: tuple[Reference, ...]
    checks: tuple[Checked, ...]  #: the latest, the newest first


@dataclass(frozen=True, slots=True)
class Detail:
    """What a reference stands for."""

    content: Content | None  #: None where a list brought only its hash
    signals: Mapping[str, int]  #: how many of each type


class Lookup:
    """Questions to one store that no search asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def references(self, wanted: Wanted, *, after: int, limit: int) -> list[tuple[int, Reference]]:
        """The next references, oldest first, each with its sequence number."""
        with self._database.read() as connection:
            page = references.select_page(connection, wanted.conditions(), after, limit)
        return [(seq, found) for seq, _, found in page]

    def known(self, ids: Iterable[str]) -> dict[str, Reference]:
        """Those of the references that are there, by id."""
        with self._database.read() as connection:
            return references.known(connection, ids)

    def detail(self, reference_id: str) -> Detail:
        """What a reference stands for. Raises ReferenceNotFound."""
        with self._database.read() as connection:
            held = references.content_of(connection, reference_id)
            query = select(signal.c.type, func.count()).group_by(signal.c.type).order_by(signal.c.type)
            query = query.join_from(signal, reference, signal.c.content_id == reference.c.content_id)
            counts = connection.execute(query.where(reference.c.id == reference_id)).all()
        return Detail(held, {row[0]: row[1] for row in counts})

    def content(self, sha256: str) -> Known:
        """All that is known of a content, which may be nothing."""
        with self._database.read() as connection:
            row = connection.execute(select(content).where(content.c.sha256 == sha256)).first()
            held = references.select_page(connection, [content.c.sha256 == sha256], 0, 500)
            query = select(checked, seen.c.kind, seen.c.duration_s, seen.c.has_sound)
            query = query.join_from(checked, seen, checked.c.seen_number == seen.c.number)
            query = query.where(seen.c.sha256 == sha256).order_by(checked.c.number.desc())
            checks = [
                Checked(
                    id=one.id,
                    sha256=sha256,
                    kind=one.kind,
                    duration_s=one.duration_s,
                    at=one.at,
                    actor=one.actor,
                    context=codec.load(Context, one.context),
                    has_sound=one.has_sound,
                )
                for one in connection.execute(query.limit(_LATEST_CHECKS))
            ]
        known = None if row is None else contents.read(row)
        return Known(sha256, known, tuple(found for _, _, found in held), tuple(checks))
