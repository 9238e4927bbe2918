"""An index of words: written in the transaction of the record that has them, asked within bounds.

A text is folded (compatibility forms, no accents, no case) and cut into its words. A record is found by a
query if it has all words of it, each of three characters or more also as the beginning of a longer one. The
query goes through the word that the fewest records seem to have, the newest records first, and asks the
others of those only; no step reads more than a fixed number of rows, so that what is common costs no more
than what is rare. Languages that are written without blanks are found by the beginnings of their runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Final

from sqlalchemy import Connection, Table, delete, select

from seawall.store import bulk
from seawall.store.batches import batches

MOST_WORDS: Final = 64  #: of one text, and of one query
_WORD_CHARACTERS: Final = 48
_PREFIX_CHARACTERS: Final = 3
#: Longer words that one of a query may be the beginning of.
_MOST_BEGUN: Final = 32
#: Records of one word that a query goes through, the newest first.
_MOST_RECORDS: Final = 1000
#: Accents and vowel signs, and what says how letters join.
_LEFT_OUT: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_WORD: Final = re.compile(r"[^\W_]+")
#: Digests are found as hashes; as words they would be most of an index of a list.
_DIGEST: Final = re.compile(r"[0-9a-f]{32,}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Records that have all words of a query, the newest first."""

    numbers: list[int]
    complete: bool  #: whether all were looked at; else there may be older ones


def of(*texts: str | None) -> tuple[str, ...]:
    """The words of texts, each once, in their order."""
    whole = " ".join(text for text in texts if text)
    if not whole.isascii():  # most names are, and need none of this
        decomposed = unicodedata.normalize("NFKD", whole)
        whole = "".join(one for one in decomposed if unicodedata.category(one) not in _LEFT_OUT)
    cut = (word[:_WORD_CHARACTERS] for word in _WORD.findall(whole.casefold()) if not _DIGEST.fullmatch(word))
    return tuple(islice(dict.fromkeys(cut), MOST_WORDS))


def put_new(connection: Connection, table: Table, texts: Iterable[tuple[int, Sequence[str | None]]]) -> None:
    """Give new records the words of their texts."""
    rows: list[dict[str, object]] = [
        {"word": word, "number": number}
        for word, number in sorted((word.encode(), number) for number, said in texts for word in of(*said))
    ]
    bulk.insert_rows(connection, table, rows)  # in the order of the index, which is filled faster so


def put(connection: Connection, table: Table, number: int, *texts: str | None) -> None:
    """Give a record the words of texts, besides those that it has."""
    has = set(connection.execute(select(table.c.word).where(table.c.number == number)).scalars())
    news = [{"word": word, "number": number} for one in of(*texts) if (word := one.encode()) not in has]
    bulk.insert_rows(connection, table, news)


def replace(connection: Connection, table: Table, number: int, *texts: str | None) -> None:
    """Give a record the words of texts, and no others."""
    connection.execute(delete(table).where(table.c.number == number))
    put(connection, table, number, *texts)


def find(connection: Connection, table: Table, query: str, *, before: int | None, limit: int) -> Numbers:
    """The newest records below a number that have all words of a query; none for one without a word."""
    asked = [_begun(connection, table, word) for word in of(query)]
    if not asked or not all(asked):
        return Numbers([], complete=True)
    counted = sorted((_carriers(connection, table, some, before) for some in asked), key=len)
    first, cut = counted[0], any(len(some) > _MOST_BEGUN for some in asked)
    found, complete = first, not cut and len(first) < _MOST_RECORDS
    if len(asked) > 1:
        for some in asked:
            found = _having(connection, table, some, found)
    return Numbers(found[:limit], complete or len(found) > limit)


def _begun(connection: Connection, table: Table, word: str) -> list[bytes]:
    """The words that a word of a query stands for, one more than are looked at at most."""
    start = word.encode()
    if len(word) < _PREFIX_CHARACTERS:
        return [start]
    query = select(table.c.word).where(table.c.word >= start).order_by(table.c.word).limit(1)
    found: list[bytes] = []
    while len(found) <= _MOST_BEGUN:
        known = connection.execute(query).scalar()
        if known is None or not bytes(known).startswith(start):
            break
        found.append(bytes(known))
        query = select(table.c.word).where(table.c.word > found[-1]).order_by(table.c.word).limit(1)
    return found


def _carriers(connection: Connection, table: Table, some: Sequence[bytes], before: int | None) -> list[int]:
    """The newest records that have one of the words."""
    runs = []
    for word in some[:_MOST_BEGUN]:
        query = select(table.c.number).where(table.c.word == word)
        if before is not None:
            query = query.where(table.c.number < before)
        query = query.order_by(table.c.number.desc()).limit(_MOST_RECORDS)
        runs.append(connection.execute(query).scalars().all())
    return list(islice(dict.fromkeys(merge(*runs, reverse=True)), _MOST_RECORDS))


def _having(connection: Connection, table: Table, some: Sequence[bytes], numbers: list[int]) -> list[int]:
    """Those of the records that have one of the words."""
    having: set[int] = set()
    for batch in batches(numbers):
        query = select(table.c.number).where(table.c.word.in_(some[:_MOST_BEGUN]), table.c.number.in_(batch))
        having.update(connection.execute(query).scalars())
    return [number for number in numbers if number in having]
