"""What the queries of the yearly report have in common.

Every query gives, a row: `first` and `then`, by which rows are in order; `id` of what is counted, and
`decision`, the one on it; `at`, by which it is in a year; `part`, in which part of the figure it is; `begun`
and `ended`, where it is told how long it took. What was done later than the year with what came in during
it counts as it stands now.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Join, Select, String, Text, cast, null, select

from seawall.store.columns import UtcTime
from seawall.store.schema_actions import decision
from seawall.store.schema_undo import decision_out

Rows = Select[Any]

#: The decision whose place another one takes.
EARLIER: Final = decision.alias("earlier")


def ruled(name: str, of: Any = decision) -> Any:  # noqa: ANN401 - a table or its alias; a JSON comparator
    """A field of a ruling. On SQLite the text is read as JSON as it is."""
    return cast(of.c.ruling, JSON().with_variant(Text(), "sqlite"))[name]


def columns(
    first: ColumnElement[int],
    then: ColumnElement[int],
    named: ColumnElement[str],
    at: ColumnElement[Any],
    *,
    part: ColumnElement[Any] | None = None,
    decided: ColumnElement[Any] | None = None,
    begun: ColumnElement[Any] | None = None,
    ended: ColumnElement[Any] | None = None,
) -> Rows:
    """A query of these columns; those that are not given hold nothing."""
    nothing, never = cast(null(), String), cast(null(), UtcTime)
    return select(
        first.label("first"),
        then.label("then"),
        named.label("id"),
        (nothing if decided is None else decided).label("decision"),
        at.label("at"),
        (nothing if part is None else part).label("part"),
        (never if begun is None else begun).label("begun"),
        (never if ended is None else ended).label("ended"),
    )


def of_decisions(query: Rows, more: Any, on: ColumnElement[bool]) -> Rows:  # noqa: ANN401 - a table
    """A query of decisions that have effect, with those whose place they take, and one table more."""
    joined: Join = decision.join(decision_out, decision_out.c.decision_number == decision.c.number)
    joined = joined.join(EARLIER, decision.c.reverses == EARLIER.c.id, isouter=True)
    return query.select_from(joined.join(more, on))
