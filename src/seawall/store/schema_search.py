"""The tables of words: which records have which words, so that people find them by text."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, LargeBinary, Table

from seawall.store.columns import Id
from seawall.store.schema import metadata


def _words_of(table: str, key: str) -> Table:
    """A word is UTF-8 as bytes: they have one order on every database, whatever its language is."""
    return Table(
        f"{table}_word",
        metadata,
        Column("word", LargeBinary, primary_key=True),
        Column(
            "number",
            Id,
            ForeignKey(key, ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
        sqlite_with_rowid=False,  # the key is the table: there is nothing else in it
    )


reference_word: Final = _words_of("reference", "reference.seq")
item_word: Final = _words_of("item", "item.number")
case_word: Final = _words_of("case", "case_file.number")
incident_word: Final = _words_of("incident", "incident.seq")
