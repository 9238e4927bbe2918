"""Imminent threats to life: a dossier on record at once, whatever else is known, at work or broken."""

from __future__ import annotations

import copy
from typing import Self

from seawall import config
from seawall.model import threat
from seawall.model.threat import Dossier, Threat
from seawall.store.store import Store

#: Whom to tell where no contact point is set, or the Member State is not known.
DEFAULT: tuple[str, ...] = (
    "Emergency services of the place",
    "Contact point of the competent authority under Article 12(2), Regulation (EU) 2021/784",
    "Europol",
)


class Threats:
    """The dossiers of one data folder."""

    def __init__(self, store: Store, settings: config.Settings, actor: str) -> None:
        self._store = store
        self._actor = actor
        set_ones = (one.strip() for one in settings.text("threat_contacts").split(";"))
        #: whom a dossier can go to
        self.contacts = (*(one for one in set_ones if one), *DEFAULT)

    def acting_as(self, actor: str) -> Self:
        """The same dossiers, in which another one is recorded as having made them."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    def report(self, new: Dossier) -> Threat:
        """Put a dossier on record, and tell of it. Raises BadThreat."""
        threat.check(new)
        return self._store.threats.report(new, actor=self._actor)

    def get(self, threat_id: str) -> Threat:
        """Raises RecordNotFound."""
        return self._store.threats.get(threat_id)

    def page(self, *, after: int = 0, limit: int = 100) -> list[tuple[int, Threat]]:
        """A page of dossiers in the order in which they were made, each with its number."""
        return self._store.threats.page(after=after, limit=limit)

    def newest(self, limit: int = 20) -> list[Threat]:
        """The last that were made, the newest first."""
        return self._store.threats.newest(limit)
