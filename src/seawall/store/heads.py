"""Heads of the custody log that were signed, the key that signs them, and what authorities attest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import LargeBinary, Row, func, insert, select, update

from seawall.model.custody import NewCustody
from seawall.store.custody import Custody
from seawall.store.database import Database
from seawall.store.schema_custody import custody_head, custody_key, custody_token

#: What stands as error of a calendar's proof that ends in a promise.
PENDING: Final = "pending"


@dataclass(frozen=True, slots=True)
class Key:
    """The key of the log."""

    name: str
    public: bytes  #: 32 bytes
    sealed: str  #: the private one, in hex, sealed


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was signed."""

    size: int
    root: bytes
    at: datetime
    published: str  #: the signed checkpoint


@dataclass(frozen=True, slots=True)
class Token:
    """What an authority or a calendar said of a head when it was asked."""

    size: int
    authority: str
    at: datetime
    token: bytes | None  #: None where it could not be had
    error: str | None  #: why it attests nothing, or nothing yet


@dataclass(frozen=True, slots=True)
class Promised:
    """A calendar's proof that is pending."""

    number: int
    size: int
    proof: bytes
    published: str  #: the signed checkpoint that it is of


class Heads:
    """The signed heads of one store's log."""

    def __init__(self, database: Database, custody: Custody, now: Callable[[], datetime]) -> None:
        self._database = database
        self._custody = custody
        self._now = now

    def key(self) -> Key | None:
        """The key that signs, once it was made."""
        with self._database.read() as connection:
            row = connection.execute(select(custody_key)).first()
        return None if row is None else Key(row.name, row.public, row.sealed)

    def keep_key(self, new: Key) -> Key:
        """Keep a key, unless there is one by now; the one that there is."""
        with self._database.write() as connection:
            row = connection.execute(select(custody_key)).first()
            if row is not None:
                return Key(row.name, row.public, row.sealed)
            values = {"name": new.name, "public": new.public, "sealed": new.sealed}
            connection.execute(insert(custody_key).values(id=1, at=self._now(), **values))
            return new

    def newest(self) -> Head | None:
        """The largest head that was signed."""
        query = select(custody_head).order_by(custody_head.c.size.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _head(row)

    def keep(self, size: int, root: bytes, published: str) -> Head:
        """Keep a signed head; the one of that size where there is one."""
        with self._database.write() as connection:
            row = connection.execute(select(custody_head).where(custody_head.c.size == size)).first()
            if row is not None:
                return _head(row)
            made = Head(size, root, self._now(), published)
            values = {"size": size, "root": root, "at": made.at, "published": published}
            connection.execute(insert(custody_head).values(**values))
            return made

    def attest(self, tokens: Sequence[Token], steps: Sequence[NewCustody]) -> None:
        """Keep what authorities said, with the custody events that tell of it."""
        with self._database.write() as connection:
            for one in tokens:
                values = {"size": one.size, "authority": one.authority, "at": one.at}
                connection.execute(insert(custody_token).values(token=one.token, error=one.error, **values))
            self._custody.join(connection, steps)

    def tokens(self, size: int) -> list[Token]:
        """What authorities said of a head, in the order in which they were asked."""
        query = select(custody_token).where(custody_token.c.size == size).order_by(custody_token.c.number)
        with self._database.read() as connection:
            return [
                Token(row.size, row.authority, row.at, row.token, row.error)
                for row in connection.execute(query)
            ]

    def attested(self, below: int, prefix: bytes) -> Head | None:
        """The largest head of less than a size, and of more than 0, that a token with this prefix attests."""
        begins = func.substr(custody_token.c.token, 1, len(prefix), type_=LargeBinary) == prefix
        query = (
            select(custody_head)
            .join(custody_token, custody_token.c.size == custody_head.c.size)
            .where(custody_head.c.size.between(1, below - 1), custody_token.c.error.is_(None), begins)
            .order_by(custody_head.c.size.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _head(row)

    def promised(self, calendar: str, limit: int) -> list[Promised]:
        """What a calendar has yet to lead to a block, the newest head first: it stands for all before it."""
        columns = (
            custody_token.c.number,
            custody_token.c.size,
            custody_token.c.token,
            custody_head.c.published,
        )
        query = (
            select(*columns)
            .join(custody_head, custody_head.c.size == custody_token.c.size)
            .where(custody_token.c.authority == calendar, custody_token.c.error == PENDING)
            .order_by(custody_token.c.number.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Promised(*row) for row in connection.execute(query)]

    def confirm(self, one: Promised, proof: bytes, step: NewCustody) -> bool:
        """Put a proof in the place of a pending one, with the event that tells of it. False: it was not."""
        pending = (custody_token.c.number == one.number, custody_token.c.error == PENDING)
        with self._database.write() as connection:
            changed = connection.execute(
                update(custody_token).where(*pending).values(token=proof, error=None)
            )
            if changed.rowcount == 1:
                self._custody.join(connection, [step])
            return changed.rowcount == 1


def _head(row: Row[Any]) -> Head:
    return Head(row.size, row.root, row.at, row.published)
