"""How a change tells of itself: in its own transaction, so that the event is kept where the change is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from seawall.store.tasks import Json

#: Write an event of a type down in a transaction that is open.
Raise = Callable[[Connection, str, Mapping[str, Json]], None]
