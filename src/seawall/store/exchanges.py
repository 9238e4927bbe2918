"""Exchanges: lists that are followed into banks, each page in one transaction with its checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from seawall import errors
from seawall.model.bank import BANK_NAME
from seawall.model.exchange import BadItem, Exchange, HeldOpinion, Json, ListItem, Opinion, Run, Tally
from seawall.store import banks, codec, opinions
from seawall.store.database import Database
from seawall.store.exchange_items import Taken, Taking
from seawall.store.schema_exchanges import exchange, exchange_run

_NOTED_BAD: Final = 100


class Exchanges:
    """The exchanges of one store. Each method is one transaction."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def add(
        self,
        name: str,
        adapter: str,
        bank: str,
        config: Mapping[str, Json],
        credentials: str | None,
        *,
        every_s: float,
        actor: str,
    ) -> Exchange:
        """Follow a list from now on. credentials: sealed. Raises BadName, ExchangeExists, BankNotFound."""
        if not BANK_NAME.fullmatch(name):
            raise errors.BadName(name=name)
        with self._database.write() as connection:
            banks.key(connection, bank)
            if connection.execute(select(exchange.c.id).where(exchange.c.name == name)).first():
                raise errors.ExchangeExists(exchange=name)
            row = {"id": self._new_id(), "name": name, "adapter": adapter, "bank": bank, "enabled": True}
            row |= {"config": json.dumps(dict(config)), "credentials": credentials, "every_s": every_s}
            connection.execute(insert(exchange).values(**row, created_at=self._now(), created_by=actor))
            return _exchange(_row(connection, name))

    def every(self) -> list[Exchange]:
        """All exchanges, by name."""
        with self._database.read() as connection:
            return [_exchange(row) for row in connection.execute(select(exchange).order_by(exchange.c.name))]

    def get(self, name: str) -> Exchange:
        """Raises ExchangeNotFound."""
        with self._database.read() as connection:
            return _exchange(_row(connection, name))

    def credentials(self, name: str) -> str | None:
        """As they are sealed. Raises ExchangeNotFound."""
        with self._database.read() as connection:
            sealed: str | None = _row(connection, name).credentials
            return sealed

    def change(
        self,
        name: str,
        *,
        enabled: bool | None = None,
        every_s: float | None = None,
        credentials: str | None = None,
        from_start: bool = False,
    ) -> Exchange:
        """Change what is given. from_start: read the list anew from its start. Raises ExchangeNotFound."""
        values: dict[str, object] = {"checkpoint": None} if from_start else {}
        given = {"enabled": enabled, "every_s": every_s, "credentials": credentials}
        values |= {key: value for key, value in given.items() if value is not None}
        with self._database.write() as connection:
            _row(connection, name)
            if values:
                connection.execute(update(exchange).where(exchange.c.name == name).values(**values))
            return _exchange(_row(connection, name))

    def remove(self, name: str) -> None:
        """Follow a list no longer. What it brought stays in its bank. Raises ExchangeNotFound."""
        with self._database.write() as connection:
            number = _row(connection, name).number
            connection.execute(delete(exchange).where(exchange.c.number == number))

    # Fetching

    def begin(self, name: str) -> int:
        """Write down that a run begins; its number. Raises ExchangeNotFound."""
        with self._database.write() as connection:
            row = {"exchange_number": _row(connection, name).number, "started_at": self._now()}
            made = insert(exchange_run).values(**row, tally=codec.dump(Tally()), bad="[]")
            return int(connection.execute(made.returning(exchange_run.c.number)).scalar_one())

    def take(
        self,
        name: str,
        run: int,
        page: Iterable[Taken],
        bad: Sequence[BadItem],
        *,
        before: Mapping[str, Json] | None,
        after: Mapping[str, Json],
        actor: str,
    ) -> Tally:
        """Take a page over and move the checkpoint; what the run has done so far.

        before: the checkpoint that the page was asked with. Raises ExchangeNotFound, BankNotFound, and
        RecordConflict where another run has moved it meanwhile.
        """
        with self._database.write() as connection:
            row = _row(connection, name)
            if _loaded(row.checkpoint) != (None if before is None else dict(before)):
                moved = "ahead: another run has moved it"
                raise errors.RecordConflict(kind="exchange", id=name, state=moved, wanted="taken over twice")
            taking = Taking(connection, row.number, row.bank, actor, self._now(), self._new_id)
            tally = taking.take(page).plus(Tally(bad=len(bad)))
            moved_on = update(exchange).where(exchange.c.number == row.number)
            connection.execute(moved_on.values(checkpoint=json.dumps(dict(after))))
            return _tell(connection, run, tally, bad)

    def end(self, run: int, error: Mapping[str, Json] | None) -> None:
        """Write down how a run ended."""
        told = None if error is None else json.dumps(dict(error))
        with self._database.write() as connection:
            this = update(exchange_run).where(exchange_run.c.number == run)
            connection.execute(this.values(ended_at=self._now(), error=told))

    def runs(self, name: str, *, below: int | None = None, limit: int = 20) -> list[Run]:
        """The latest runs, the newest first. Raises ExchangeNotFound."""
        with self._database.read() as connection:
            query = select(exchange_run).where(
                exchange_run.c.exchange_number == _row(connection, name).number
            )
            if below is not None:
                query = query.where(exchange_run.c.number < below)
            rows = connection.execute(query.order_by(exchange_run.c.number.desc()).limit(limit))
            return [_run(row) for row in rows]

    def run(self, name: str, number: int) -> Run:
        """Raises ExchangeNotFound, RecordNotFound."""
        with self._database.read() as connection:
            query = select(exchange_run).where(exchange_run.c.number == number)
            row = connection.execute(
                query.where(exchange_run.c.exchange_number == _row(connection, name).number)
            ).first()
            if row is None:
                raise errors.RecordNotFound(kind="run", id=number)
            return _run(row)

    # Opinions

    def opinions(self, reference_id: str) -> list[HeldOpinion]:
        """All opinions on a reference: ours first."""
        with self._database.read() as connection:
            return opinions.of(connection, reference_id)

    def opine(self, reference_id: str, ours: Opinion, *, actor: str, note: str | None) -> HeldOpinion:
        """Give our opinion on a reference, in the place of an older one. Raises ReferenceNotFound."""
        with self._database.write() as connection:
            return opinions.give(connection, reference_id, ours, by=actor, note=note, now=self._now())

    def waiting(self, name: str) -> list[tuple[HeldOpinion, ListItem]]:
        """Our opinions that are yet to go to the list, with its items. Raises ExchangeNotFound."""
        with self._database.read() as connection:
            number = _row(connection, name).number
            return [(held, codec.load(ListItem, item)) for held, item in opinions.waiting(connection, number)]

    def sent(self, number: int, *, taken: bool) -> None:
        """What became of an opinion of ours."""
        with self._database.write() as connection:
            opinions.sent(connection, number, taken=taken)


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(exchange).where(exchange.c.name == name)).first()
    if row is None:
        raise errors.ExchangeNotFound(exchange=name)
    return row


def _tell(connection: Connection, run: int, tally: Tally, bad: Sequence[BadItem]) -> Tally:
    this = exchange_run.c.number == run
    row = connection.execute(select(exchange_run).where(this)).one()
    total = codec.load(Tally, row.tally).plus(tally)
    noted = [*json.loads(row.bad), *(asdict(one) for one in bad)][:_NOTED_BAD]
    connection.execute(
        update(exchange_run).where(this).values(tally=codec.dump(total), bad=json.dumps(noted))
    )
    return total


def _exchange(row: Row[Any]) -> Exchange:
    return Exchange(
        id=row.id,
        name=row.name,
        adapter=row.adapter,
        bank=row.bank,
        config=json.loads(row.config),
        has_credentials=row.credentials is not None,
        enabled=row.enabled,
        every_s=row.every_s,
        checkpoint=_loaded(row.checkpoint),
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _loaded(text: str | None) -> dict[str, Json] | None:
    if text is None:
        return None
    found: dict[str, Json] = json.loads(text)
    return found


def _run(row: Row[Any]) -> Run:
    return Run(
        number=row.number,
        started_at=row.started_at,
        ended_at=row.ended_at,
        tally=codec.load(Tally, row.tally),
        error=_loaded(row.error),
        bad=tuple(BadItem(**one) for one in json.loads(row.bad)),
    )
