"""The steps that build the schema, each with its way back.

A step that rebuilds `reference` on SQLite must pass `table_kwargs={"sqlite_autoincrement": True}`
and carry its row of `sqlite_sequence` over, or a sequence number could be given twice.
"""
