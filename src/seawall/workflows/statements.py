"""Telling those whom decisions concern: when it is due, once, in words that stay on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from seawall.model.statement import Statement
from seawall.reports import statements as words
from seawall.store.statements import StatementFilter, Telling
from seawall.store.store import Store
from seawall.store.tasks import Json, Task

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps


class Statements:
    """The statements of one data folder. They come about with decisions that have effect."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, statement_id: str) -> Statement:
        """Raises RecordNotFound."""
        return self._store.statements.get(statement_id)

    def page(
        self, wanted: StatementFilter = StatementFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Statement]]:
        """A page of statements in the order in which they came about, each with its number."""
        return self._store.statements.page(wanted, after=after, limit=limit)

    def tell(self, statement_id: str) -> bool:
        """Tell what is due, once; whether this call did. Silence holds, whoever asks.

        Raises RecordNotFound.
        """
        return self._store.statements.tell(statement_id, _words)


def _words(what: Telling) -> str:
    return words.text(what.statement, what.decision, what.items, what.message)


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Of a task that names a `statement`: it is told, unless silence holds still or it was told before."""
    named = str(task.payload["statement"])
    return {"told": steps.run("tell", lambda: library.statements.tell(named))}
