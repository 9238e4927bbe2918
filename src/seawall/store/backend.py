"""What differs from one database to another; `sqlite` and `postgres` each have one of these."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine


class Backend(Protocol):
    """One database of a kind. `Database` asks it for transactions and for what its errors mean."""

    @property
    def place(self) -> str:
        """Where it is, as anybody may read it: without a password."""

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver raises."""

    @property
    def reads(self) -> Engine:
        """Begins transactions that see one unchanging view."""

    @property
    def writes(self) -> Engine:
        """Begins transactions that take turns, each seeing all that the ones before it kept."""

    @property
    def appends(self) -> Engine:
        """Begins transactions that add rows of which the order does not matter."""

    def prepare(self) -> None:
        """Make ready what must be there before the first transaction."""

    def turn(self) -> AbstractContextManager[None]:
        """Around each transaction that writes. Raises StoreBusy."""

    def migrating(self) -> AbstractContextManager[Connection]:
        """A transaction that may change the schema, with all other writers kept out.

        Raises StoreCorrupt at its end where rows point to rows that are not there; then nothing is kept.
        """

    def last_numbers(self, connection: Connection) -> dict[str, int]:
        """By table: the highest number that it has ever given by itself."""

    def number_on(self, connection: Connection, last: Mapping[str, int]) -> None:
        """Have tables give numbers above these and above those that they hold."""

    def translate(self, error: Exception) -> Exception:
        """The error of ours that stands for one of the driver or of SQLAlchemy."""

    def close(self) -> None:
        """Give up all connections. A later use opens new ones."""
