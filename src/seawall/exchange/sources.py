"""Every kind of source, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from seawall import errors
from seawall.exchange import adapter, files, tat, threatexchange

SOURCES: Final[Mapping[str, adapter.Source]] = MappingProxyType(
    {
        one.name: one
        for one in (files.OwnSource(), files.LocalFileSource(), threatexchange.Source(), tat.Source())
    }
)


def source(name: str) -> adapter.Source:
    """Raises BadExchange."""
    if name not in SOURCES:
        raise errors.BadExchange(adapter=name, reason=f"there are {', '.join(SOURCES)}")
    return SOURCES[name]
