"""Incidents: the reports that came in, and the ledger of what was recorded of them. Rows are only added."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, RowMapping, Select, func, insert, select, true

from seawall import errors
from seawall.model import certainty, names as protected
from seawall.model.claim import Status
from seawall.model.incident import (
    Citation,
    Claim,
    Credibility,
    Document,
    Heading,
    IncidentStatus,
    Ledger,
    MediaLink,
    Origin,
    PlaceChoice,
    Position,
    Protection,
    Reliability,
    Revision,
    State,
    Still,
    Summary,
    ViolationLabel,
)
from seawall.model.names import Names
from seawall.model.report import Reading
from seawall.store import codec, laws, pictured, readings, references, words
from seawall.store.database import Database
from seawall.store.schema import document, incident, revision
from seawall.store.schema_search import incident_word

_KINDS: Final[dict[str, type[State]]] = {
    kind.kind: kind
    for kind in (
        *(Heading, Claim, Citation, Position, PlaceChoice, ViolationLabel, MediaLink, Still, Protection),
    )
}

#: Decides, from the record as it stands, what is to be added to it.
Decide = Callable[[Ledger], Sequence[State]]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A report before it is in a record."""

    sha256: str  #: of the file's bytes
    text: str
    reading: Reading
    name: str
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    reliability: Reliability = Reliability.F
    credibility: Credibility = Credibility.CANNOT_BE_JUDGED
    origin: str | None = None  #: whom it rests on, where the importer knows
    stills: tuple[Still, ...] = ()  #: its pictures as they were checked; which medium each is, is found here


class Incidents:
    """The incidents of one store. Each method is one transaction; where it raises, nothing has changed."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def open(self, title: str, new: NewDocument, *, actor: str, reason: str = "opened") -> Ledger:
        """Make an incident of a report, with every proposal of its reading as a claim.

        Raises SpanNotInText, and ProtectedName where title, outlet, author or origin hold a child's name.
        """
        with self._database.write() as connection:
            incident_id = self._new_id()
            row = insert(incident).values(id=incident_id).returning(incident.c.seq)
            seq = connection.execute(row).scalar_one()
            first = (Heading(title, IncidentStatus.OPEN),)
            return self._add(connection, seq, Ledger(incident_id, (), ()), new, first, actor, reason)

    def add_document(
        self, incident_id: str, new: NewDocument, *, actor: str, reason: str = "added"
    ) -> Ledger:
        """Add a report to an incident. What is recorded already does not change.

        Raises IncidentNotFound, DocumentExists, and as `open`.
        """
        with self._database.write() as connection:
            seq, ledger = self._read(connection, incident_id, to_write=True)
            if any(one.sha256 == new.sha256 for one in ledger.documents):
                raise errors.DocumentExists(path=protected.of(ledger).mask(new.name))
            return self._add(connection, seq, ledger, new, (), actor, reason)

    def ledger(self, incident_id: str) -> Ledger:
        """All that is on record of an incident. Raises IncidentNotFound."""
        with self._database.read() as connection:
            return self._read(connection, incident_id)[1]

    def every(self) -> list[Summary]:
        """All incidents, the oldest first, as they may be shown."""
        with self._database.read() as connection:
            return summaries(connection)

    def revise(self, incident_id: str, decide: Decide, *, actor: str, reason: str) -> Ledger:
        """Add to a record what is decided on it as it stands: all or nothing; the record afterwards.

        Raises IncidentNotFound, ReferenceNotFound, and the errors of `laws.hold`.
        """
        with self._database.write() as connection:
            seq, ledger = self._read(connection, incident_id, to_write=True)
            return self._append(connection, seq, ledger, decide(ledger), actor, reason)

    def _add(
        self,
        connection: Connection,
        seq: int,
        ledger: Ledger,
        new: NewDocument,
        first: tuple[State, ...],
        actor: str,
        reason: str,
    ) -> Ledger:
        position = len(ledger.documents) + 1
        made = Document(
            sha256=new.sha256,
            text_sha256=hashlib.sha256(new.text.encode()).hexdigest(),
            text=new.text,
            reading=readings.settled(new.reading, new.text, new.published, position),
            name=new.name,
            outlet=new.outlet,
            author=new.author,
            published=new.published,
            retrieved_at=self._now(),
            imported_by=actor,
        )
        _insert_document(connection, seq, position, made)
        ledger = replace(ledger, documents=(*ledger.documents, made))
        protections = tuple(map(Protection, sorted({span.text for span in protected.withheld(made)})))
        citation = Citation(made.sha256, new.reliability, new.credibility, new.origin)
        ledger = self._append(connection, seq, ledger, (*protections, *first, citation), actor, reason)
        names = protected.of(ledger)
        names.refuse("outlet", made.outlet)
        names.refuse("author", made.author)
        proposed = _proposed(made, len(ledger.claims))
        _insert(connection, seq, proposed, self._now(), actor, reason)
        return self._add_stills(connection, seq, ledger, made, new.stills, actor, reason)

    def _add_stills(
        self,
        connection: Connection,
        seq: int,
        ledger: Ledger,
        made: Document,
        stills: Iterable[Still],
        actor: str,
        reason: str,
    ) -> Ledger:
        """The pictures of a document, and for each that is one of its media, the links by its matches."""
        kept = [pictured.settled(connection, made, one) for one in stills]
        ledger = self._append(connection, seq, ledger, kept, actor, reason)
        for one in kept:
            why = f"a match of picture {one.number} of the report, {one.sha256}"
            ledger = self._append(connection, seq, ledger, pictured.links(one), actor, why)
        return ledger

    def _append(
        self,
        connection: Connection,
        seq: int,
        ledger: Ledger,
        states: Iterable[State],
        actor: str,
        reason: str,
    ) -> Ledger:
        """Hold the states to the laws, each on top of those before it, and add them to the record."""
        now = self._now()
        names = protected.of(ledger)
        standing = {one.state.id: one.state for one in ledger.claims}
        kept: list[State] = []
        for state in states:
            if isinstance(state, Protection):
                names = Names((*names.names, state.name))
            for known in _references(state):
                references.get(connection, known)
            laws.hold(ledger, standing, state, names)
            if isinstance(state, Claim):
                standing[state.id] = state
            kept.append(state)
        names.refuse("reason", reason)
        _insert(connection, seq, kept, now, actor, reason)
        ledger = replace(ledger, revisions=_revisions(connection, seq))
        if any(isinstance(state, Heading | Protection) for state in kept):
            words.replace(connection, incident_word, seq, names.mask(ledger.heading.title))
        return ledger

    def _read(
        self, connection: Connection, incident_id: str, *, to_write: bool = False
    ) -> tuple[int, Ledger]:
        """to_write: other writers of the incident wait, where the database lets several write at a time."""
        query = select(incident.c.seq).where(incident.c.id == incident_id)
        seq = connection.execute(query.with_for_update() if to_write else query).scalar()
        if seq is None:
            raise errors.IncidentNotFound(incident=incident_id)
        rows = connection.execute(
            select(document).where(document.c.incident_seq == seq).order_by(document.c.position)
        )
        documents = tuple(self._document(row._mapping) for row in rows)  # noqa: SLF001 - its public name
        return int(seq), Ledger(incident_id, documents, _revisions(connection, seq))

    def _document(self, row: RowMapping) -> Document:
        """A document as it is kept. Raises StoreCorrupt where its text is not what it was."""
        if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_sha256"]:
            reason = f"the text of the report {row['sha256']} has changed"
            raise errors.StoreCorrupt(path=self._database.place, reason=reason)
        return Document(
            sha256=row["sha256"],
            text_sha256=row["text_sha256"],
            text=row["text"],
            reading=codec.load(Reading, row["reading"]),
            name=row["name"],
            outlet=row["outlet"],
            author=row["author"],
            published=row["published"],
            retrieved_at=row["retrieved_at"],
            imported_by=row["imported_by"],
        )


def _references(state: State) -> tuple[str, ...]:
    """The references that a state says to have been matched."""
    match state:
        case MediaLink():
            return (state.reference,)
        case Still():
            return tuple(one.reference for one in state.matches)
    return ()


def _proposed(made: Document, taken: int) -> list[Claim]:
    """A reading's proposals as claims, numbered on from those that are there."""
    groups = {group.id for group in made.reading.groups}
    claims = []
    for number, said in enumerate(made.reading.proposals, taken + 1):
        if said.group not in groups:
            raise errors.EntryNotFound(entry="group", name=said.group)
        new = Claim(f"c{number}", made.sha256, said, Status.PROPOSED, Origin.MACHINE)
        certainty.check_new(new, ())
        claims.append(new)
    return claims


def _insert_document(connection: Connection, seq: int, position: int, made: Document) -> None:
    row = insert(document).values(
        incident_seq=seq,
        position=position,
        sha256=made.sha256,
        text_sha256=made.text_sha256,
        text=made.text,
        reading=codec.dump(made.reading),
        name=made.name,
        outlet=made.outlet,
        author=made.author,
        published=made.published,
        retrieved_at=made.retrieved_at,
        imported_by=made.imported_by,
    )
    connection.execute(row)


def _insert(
    connection: Connection, seq: int, states: Sequence[State], now: datetime, actor: str, reason: str
) -> None:
    rows = [
        {
            "incident_seq": seq,
            "kind": state.kind,
            "subject": state.subject,
            "at": now,
            "actor": actor,
            "reason": reason,
            "state": codec.dump(state),
        }
        for state in states
    ]
    if rows:
        connection.execute(insert(revision), rows)


def _revisions(connection: Connection, seq: int) -> tuple[Revision[State], ...]:
    rows = connection.execute(
        select(revision).where(revision.c.incident_seq == seq).order_by(revision.c.number)
    )
    return tuple(
        Revision(row.number, row.at, row.actor, row.reason, codec.load(_KINDS[row.kind], row.state))
        for row in rows
    )


def summaries(connection: Connection, seqs: Sequence[int] | None = None) -> list[Summary]:
    """What a list shows of incidents, without their texts: four questions, however many there are.

    seqs: of those that are wanted; None: of all. In the order in which they were opened.
    """
    wanted = true() if seqs is None else incident.c.seq.in_(seqs)
    mine = select(incident.c.seq).where(wanted)
    some = revision.c.kind.in_((Heading.kind, Protection.kind)) & revision.c.incident_seq.in_(mine)
    said: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(revision).where(some).order_by(revision.c.number)):
        said.setdefault(row.incident_seq, []).append(row)
    claims = _counts(
        connection,
        select(revision.c.incident_seq, func.count(revision.c.subject.distinct()))
        .where(revision.c.kind == Claim.kind, revision.c.incident_seq.in_(mine))
        .group_by(revision.c.incident_seq),
    )
    documents = _counts(
        connection,
        select(document.c.incident_seq, func.count())
        .where(document.c.incident_seq.in_(mine))
        .group_by(document.c.incident_seq),
    )
    rows = connection.execute(select(incident).where(wanted).order_by(incident.c.seq))
    return [
        _summary(row.id, said[row.seq], claims.get(row.seq, 0), documents.get(row.seq, 0)) for row in rows
    ]


def _counts(connection: Connection, query: Select[Any]) -> dict[int, int]:
    return {seq: int(count) for seq, count in connection.execute(query)}


def _summary(incident_id: str, said: Sequence[Row[Any]], claims: int, documents: int) -> Summary:
    """said: the incident's headings and protections, in their order."""
    headings = [row for row in said if row.kind == Heading.kind]
    names = Names(
        tuple(codec.load(Protection, row.state).name for row in said if row.kind == Protection.kind)
    )
    heading = codec.load(Heading, headings[-1].state)
    return Summary(
        id=incident_id,
        title=names.mask(heading.title),
        status=heading.status,
        documents=documents,
        claims=claims,
        opened_at=headings[0].at,
        opened_by=names.mask(headings[0].actor),
    )
