"""Records looked up by their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Table, select

from seawall.model.found import Hit, Hits, Subject
from seawall.model.seen import Context
from seawall.store import codec, incidents, words
from seawall.store.database import Database
from seawall.store.schema import bank, incident, reference
from seawall.store.schema_actions import case_file, item
from seawall.store.schema_search import case_word, incident_word, item_word, reference_word

_Read = Callable[[Connection, list[int]], list[Hit]]


class Texts:
    """The words of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, subject: Subject, query: str, *, before: int | None = None, limit: int = 20) -> Hits:
        """The newest records below a number with all words of a query, which may be beginnings of theirs."""
        table, read = _KINDS[subject]
        with self._database.read() as connection:
            numbers = words.find(connection, table, query, before=before, limit=limit)
            by_number = {hit.number: hit for hit in read(connection, numbers.numbers)}
        return Hits(tuple(by_number[number] for number in numbers.numbers), numbers.complete)


def _references(connection: Connection, numbers: list[int]) -> list[Hit]:
    query = select(reference, bank.c.name.label("bank"))
    query = query.join_from(reference, bank, reference.c.bank_id == bank.c.id)
    rows = connection.execute(query.where(reference.c.seq.in_(numbers)))
    return [
        Hit(row.seq, Subject.REFERENCE, row.id, row.name, row.state, row.created_at, row.bank) for row in rows
    ]


def _items(connection: Connection, numbers: list[int]) -> list[Hit]:
    found = []
    query = select(item, case_file.c.id.label("case"))
    query = query.join_from(item, case_file, item.c.case_number == case_file.c.number, isouter=True)
    for row in connection.execute(query.where(item.c.number.in_(numbers))):
        where = codec.load(Context, row.context)
        name = where.post or where.url or where.uploader or row.sha256 or row.id
        found.append(Hit(row.number, Subject.ITEM, row.id, name, row.state, row.opened_at, case=row.case))
    return found


def _cases(connection: Connection, numbers: list[int]) -> list[Hit]:
    rows = connection.execute(select(case_file).where(case_file.c.number.in_(numbers)))
    return [Hit(row.number, Subject.CASE, row.id, row.value, row.state, row.opened_at) for row in rows]


def _incidents(connection: Connection, numbers: list[int]) -> list[Hit]:
    rows = connection.execute(
        select(incident.c.seq).where(incident.c.seq.in_(numbers)).order_by(incident.c.seq)
    )
    seqs = list(rows.scalars())
    return [
        Hit(seq, Subject.INCIDENT, known.id, known.title, known.status.value, known.opened_at)
        for seq, known in zip(seqs, incidents.summaries(connection, seqs), strict=True)
    ]


_KINDS: Final[dict[Subject, tuple[Table, _Read]]] = {
    Subject.REFERENCE: (reference_word, _references),
    Subject.ITEM: (item_word, _items),
    Subject.CASE: (case_word, _cases),
    Subject.INCIDENT: (incident_word, _incidents),
}
