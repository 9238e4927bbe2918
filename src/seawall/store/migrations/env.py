"""Runs the steps in the transaction that the caller has opened and will end."""

from __future__ import annotations

from alembic import context

from seawall.store import (  # noqa: F401 - each names its tables
    schema,
    schema_actions,
    schema_calls,
    schema_custody,
    schema_exchanges,
    schema_hma,
    schema_jobs,
    schema_notices,
    schema_orders,
    schema_preservation,
    schema_queue,
    schema_search,
    schema_seen,
    schema_service,
    schema_submissions,
    schema_undo,
    schema_viewing,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    transactional_ddl=True,  # SQLite's is, once BEGIN is ours; Alembic takes it for one that is not
    render_as_batch=True,
)
context.run_migrations()
