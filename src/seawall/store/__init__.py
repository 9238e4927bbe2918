"""The database: banks, the references in them and their signals; incidents and their ledgers."""

from seawall.store.incidents import NewDocument
from seawall.store.records import AddedReference, IndexEntry, NewReference, ReferenceEvent, Removal
from seawall.store.store import Store

__all__ = [
    "AddedReference",
    "IndexEntry",
    "NewDocument",
    "NewReference",
    "ReferenceEvent",
    "Removal",
    "Store",
]
