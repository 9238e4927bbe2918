"""From records to documents that people and programs read. Pure: no database, no network, no settings.

All of it goes through `view`, which masks what must not leave the record.
"""
