"""The database: banks, the references in them and their signals."""

from seawall.store.records import AddedReference, IndexEntry, NewReference, ReferenceEvent, Removal
from seawall.store.store import Store

__all__ = ["AddedReference", "IndexEntry", "NewReference", "ReferenceEvent", "Removal", "Store"]
